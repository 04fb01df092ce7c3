// All that happened to one help, reserved or booked, in one line of time.
import { html, nothing } from 'lit'
import { minuteText } from '../../format.ts'
import { bookingStepText, reservationStepText } from './case-words.ts'
import type { Help } from './help.ts'

export type Happened = { label: string; at: string | null; by: string | null; note: string | null }

/** First what led to the booking, then what happened to it. */
export const happened = ({ reservation, booking }: Help): Happened[] => [
  ...(reservation?.steps ?? []).map(({ step, at, by, note }) => ({
    label: reservationStepText(step, reservation?.decline_reason ?? null),
    at,
    by: step === 'expired' ? 'durch Zeitablauf' : by,
    note,
  })),
  ...(booking?.steps ?? []).map((step) => ({ label: bookingStepText(step), at: step.at, by: step.by, note: step.note })),
]

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
