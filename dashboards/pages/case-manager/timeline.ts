// All that happened to one help, reserved or booked, in one line of time.
import { html, nothing } from 'lit'
import { minuteText } from '../../format.ts'
import { bookingStepText, reservationStepText } from './case-words.ts'
import type { Help } from './help.ts'

export type Happened = { label: string; at: string | null; by: string | null; note: string | null }

const timeOf = ({ at }: Happened) => (at === null ? Infinity : Date.parse(at))

/** First what led to the booking, then what happened to it, with the reason of a choice where it was told later. */
export const happened = ({ reservation, booking }: Help): Happened[] => {
  const reserved = (reservation?.steps ?? []).map(({ step, at, by, note }) => ({
    label: reservationStepText(step, reservation?.decline_reason ?? null),
    at,
    by: step === 'expired' ? 'durch Zeitablauf' : by,
    note,
  }))
  const booked = (reservation?.steps ?? []).findIndex(({ step }) => step === 'booked') + 1 || reserved.length
  const since = (booking?.steps ?? []).map((step) => ({ label: bookingStepText(step), at: step.at, by: step.by, note: step.note }))
  return [...reserved.slice(0, booked), ...[...reserved.slice(booked), ...since].toSorted((a, b) => timeOf(a) - timeOf(b))]
}

/** "Zuletzt: Verlängert bis zum 30.06.2027, 10.03.2026, 10:00 Uhr, Falk Beistand." */
export const latestText = (help: Help): string => {
  const last = happened(help).at(-1)
  if (!last) return ''
  const told = [last.label, last.at && minuteText(last.at), last.by].filter(Boolean)
  return `Zuletzt: ${told.join(', ')}.`
}

export const timeline = (help: Help) => html`
  <section class="sj-help__steps" aria-labelledby="verlauf">
    <h2 class="sj-h2" id="verlauf">Verlauf</h2>
    <ol>
      ${happened(help).map(
        ({ label, at, by, note }) => html`
          <li>
            <b>${label}</b>
            <span class="sj-meta"
              >${at === null ? nothing : html`<time datetime=${at}>${minuteText(at)}</time>`}${by === null ? nothing : `, ${by}`}</span
            >
            ${note === null ? nothing : html`<q>${note}</q>`}
          </li>
        `,
      )}
    </ol>
  </section>
`
