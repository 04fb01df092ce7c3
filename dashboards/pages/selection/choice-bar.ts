// The form below the offers: what is chosen, why, and reserving or booking it.
import { html, nothing } from 'lit'
import type { CaseCourse, Offer, RemainingBudget } from '../../client.ts'
import { confirmField, faultLine, faultSummary } from '../../elements/form-fields.ts'
import { selectField } from '../../elements/select-field.ts'
import type { Sending } from '../../elements/sending.ts'
import { numberText } from '../../format.ts'
import { reservationPath } from '../../route.ts'
import { homeText, parallelLabel } from '../case-manager/reservation-words.ts'
import { budgetText, costText, rateUnits, type Wanted } from './help-selection.ts'
import { awayReasons, dearerReasons } from './reasons.ts'

export const parallelMissing = 'Bitte bestätigen, dass beide Hilfen nebeneinander laufen.'
const labels = { klient: 'Fall', first_day: 'Beginn', last_day: 'Ende', angebote: 'Angebot', units: 'Umfang je Woche', rate_cents: 'Entgelt', parallel: 'Andere stationäre Hilfe' } // prettier-ignore

/** What is said of the choice beside the offer. */
export type Chosen = {
  /** why a dearer offer */
  reason: string
  /** whether a help outside the system is being booked, at which rate in euros, as typed, and why */
  away: boolean
  awayRate: string
  awayReason: string
  /** that the help is to run beside another residential one */
  parallel: boolean
}
type Bar = {
  wanted: Wanted
  offer: Offer | undefined
  chosen: Chosen
  /** Where the person already lives in these days. */
  homes: CaseCourse['helps']
  /** At the rate written so far. */
  awayCost: (RemainingBudget & { rate_cents: number }) | undefined
  compared: number
  sending: Sending
  change: (changed: Partial<Chosen>) => void
  startAway: () => void
  showCompared: () => void
  submit: (event: SubmitEvent) => void
}

export const choiceBar = (bar: Bar) => {
  const { offer, chosen, compared, sending } = bar
  const { away } = chosen
  return html`
    <form
      class="sj-choice ${offer ? 'sj-choice--made' : ''} sj-no-print"
      novalidate
      aria-labelledby="wahl"
      @submit=${(event: SubmitEvent) => bar.submit(event)}
    >
      ${faultSummary({ refusal: sending.refusal, faults: sending.faults, labels })}
      <div>
        <h3 id="wahl">
          ${offer ? `${offer.facility_name}${offer.town ? `, ${offer.town}` : ''}` : away ? 'Hilfe außerhalb des Systems' : 'Noch kein Angebot gewählt'}
        </h3>
        <p class="sj-meta">
          ${
            offer
              ? `${costText(offer)}. ${offer.free_places === 1 ? '1 Platz ist' : `${offer.free_places} Plätze sind`} frei.`
              : away
                ? 'Ohne Einrichtung und Angebot, zum vereinbarten Entgelt. Zählt als auswärtige Buchung.'
                : 'Wählen Sie ein Angebot aus der Liste, oder buchen Sie eine Hilfe außerhalb des Systems.'
          }
          ${
            compared < 2
              ? nothing
              : html`<button type="button" class="sj-link" @click=${bar.showCompared}>
                  ${numberText(compared)} Angebote nebeneinander ansehen
                </button>`
          }
        </p>
        ${away ? awayCost(bar) : nothing} ${beside(bar)}
      </div>
      ${
        away
          ? awayFields(bar)
          : offer && !offer.bestprice
            ? selectField({
                name: 'reason',
                label: 'Grund für das teurere Angebot',
                options: [['', 'Bitte wählen'], ...dearerReasons],
                value: chosen.reason,
                chosen: (reason) => bar.change({ reason }),
              })
            : html`<span></span>`
      }
      <div class="sj-actions">
        ${
          away
            ? html`<button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Auswärtig buchen</span></button>
                <button type="button" class="kern-btn kern-btn--secondary" @click=${() => bar.change({ away: false })}>
                  <span class="kern-label">Abbrechen</span>
                </button>`
            : html`<button type="submit" class="kern-btn kern-btn--primary" ?disabled=${!offer}>
                  <span class="kern-label">Reservieren</span>
                </button>
                <button type="button" class="kern-btn kern-btn--secondary" @click=${bar.startAway}>
                  <span class="kern-label">Auswärtig buchen</span>
                </button>`
        }
      </div>
    </form>
  `
}

const awayFields = ({ wanted, chosen, sending: { faults }, change }: Bar) => html`
  <div class="sj-choice__away">
    <div class="kern-form-input ${faults['rate_cents'] ? 'kern-form-input--error' : ''}">
      <label class="kern-label" for="rate_cents">Entgelt je ${rateUnits[wanted.service_kind.unit]} in Euro</label>
      <input
        class="kern-form-input__input"
        id="rate_cents"
        inputmode="decimal"
        autocomplete="off"
        aria-invalid=${faults['rate_cents'] ? 'true' : 'false'}
        aria-describedby=${faults['rate_cents'] ? 'fault-rate_cents' : nothing}
        .value=${chosen.awayRate}
        @input=${(event: Event) => change({ awayRate: (event.target as HTMLInputElement).value })}
      />
      ${faultLine('rate_cents', faults)}
    </div>
    ${selectField({
      name: 'away_reason',
      label: 'Grund für die Buchung außerhalb',
      options: [['', 'Bitte wählen'], ...awayReasons],
      value: chosen.awayReason,
      chosen: (awayReason) => change({ awayReason }),
    })}
  </div>
`

/** What the help would cost at the rate written so far, and what would be left of the budget. */
const awayCost = ({ wanted, awayCost: told }: Bar) =>
  html`<p class="sj-meta" role="status">
    ${told ? html`<b>${costText({ ...told, unit: wanted.service_kind.unit })}</b><br />${budgetText(told, wanted.first_day)}` : ''}
  </p>`

/** Asked where another home is known here, or where the service knows of one in another case. */
const beside = ({ homes, chosen, sending: { faults }, change }: Bar) => {
  if (homes.length === 0 && !chosen.parallel && faults['parallel'] === undefined) return nothing
  return html`
    <div class="sj-parallel">
      ${
        homes.length === 0
          ? nothing
          : html`<p role="status">
              In diesen Tagen ist schon gebucht:
              ${homes.map((help, n) => html`${n > 0 ? '; ' : ''}<a class="sj-link" href="${reservationPath}?booking=${help.id}">${homeText(help)}</a>`)}.
            </p>`
      }
      ${confirmField({
        name: 'parallel',
        label: parallelLabel,
        checked: chosen.parallel,
        faults,
        chosen: (parallel) => change({ parallel }),
      })}
    </div>
  `
}
