import { html, nothing } from 'lit'
import type { Catalogue, Offer } from '../../client.ts'
import { moneyText, numberText } from '../../format.ts'
import { distanceText, type Grade, rateUnits, type Wanted } from './help-selection.ts'

export const mostCompared = 4

type Compared = {
  catalogue: Catalogue
  wanted: Wanted
  grades: Map<string, Grade>
  chosen: string | undefined
  choose: (offer: Offer) => void
  remove: (offer: Offer) => void
}
type Line = { head: string; of: (offer: Offer) => unknown }

const admitted = { all: 'alle', w: 'nur weiblich', m: 'nur männlich' } as const
const gradeText = (grade: Grade | undefined) =>
  !grade || grade.grade === null ? '–' : `${numberText(grade.grade, 1)} (${numberText(grade.cases ?? 0)} Fälle)`

/** Offers side by side, one a column. */
export const offerComparison = (offers: Offer[], { catalogue, wanted, grades, chosen, choose, remove }: Compared) => {
  const labelOf = (code: string) => catalogue.specialisations.find((each) => each.code === code)?.label ?? code
  const asked = [...wanted.specialisations, ...wanted.wished]
  const met = ({ specialisations }: Offer) => {
    const found = asked.filter((code) => specialisations.includes(code))
    if (asked.length === 0) return specialisations.length === 0 ? '–' : specialisations.map(labelOf).join(', ')
    return html`${found.length} von ${asked.length}${found.length === 0 ? nothing : html`<small>${found.map(labelOf).join(', ')}</small>`}`
  }
  const lines: Line[] = [
    { head: 'Anbieter', of: ({ provider_name }) => provider_name },
    { head: 'Ort', of: ({ town, abbreviation }) => town ?? abbreviation },
    ...(wanted.point === undefined
      ? []
      : [{ head: 'Entfernung', of: ({ distance_km }: Offer) => (distance_km === null ? '–' : distanceText(distance_km)) }]),
    { head: `Entgelt je ${rateUnits[wanted.service_kind.unit]}`, of: ({ rate_cents }) => moneyText(rate_cents) },
    { head: 'Soll-Entgelt', of: ({ shown_euros }) => (shown_euros === null ? '–' : html`<b>${moneyText(shown_euros * 100, 0)}</b>`) },
    {
      head: 'Differenz zum günstigsten',
      of: ({ bestprice, difference_euros }) =>
        bestprice ? html`<span class="sj-best">bestprice</span>` : difference_euros === null ? '–' : moneyText(difference_euros * 100, 0),
    },
    { head: 'Note 1–5', of: ({ provider_id }) => gradeText(grades.get(provider_id)) },
    { head: 'Rang im Trägerranking', of: ({ provider_id }) => grades.get(provider_id)?.rank ?? '–' },
    { head: 'Freie Plätze', of: ({ free_places, capacity }) => `${numberText(free_places)} von ${numberText(capacity)}` },
    { head: asked.length === 0 ? 'Spezialisierungen' : 'Erfüllte Spezialisierungen', of: met },
    { head: 'Alter', of: ({ age_from, age_to }) => `${age_from} bis ${age_to} Jahre` },
    { head: 'Geschlecht', of: ({ sex_admitted }) => admitted[sex_admitted] },
    { head: 'Hinweis', of: ({ note }) => note ?? '–' },
  ]
  return html`
    <div class="sj-compared">
      <h2 class="sj-h2" id="vergleich" tabindex="-1">Angebote nebeneinander</h2>
      <div class="sj-scroll" role="region" aria-labelledby="vergleich" tabindex="0">
        <table class="sj-table">
          <thead>
            <tr>
              <td></td>
              ${offers.map(
                (offer) => html`
                  <th scope="col">
                    ${offer.facility_name}
                    ${
                      offer.free_places === 0
                        ? nothing
                        : html`<button
                            type="button"
                            class="sj-link sj-no-print"
                            aria-label="auswählen: ${offer.facility_name}"
                            aria-pressed=${offer.offer_id === chosen ? 'true' : 'false'}
                            @click=${() => choose(offer)}
                          >
                            ${offer.offer_id === chosen ? 'ausgewählt' : 'auswählen'}
                          </button>`
                    }
                    <button
                      type="button"
                      class="sj-link sj-no-print"
                      aria-label="entfernen: ${offer.facility_name}"
                      @click=${() => remove(offer)}
                    >
                      entfernen
                    </button>
                  </th>
                `,
              )}
            </tr>
          </thead>
          <tbody>
            ${lines.map(
              ({ head, of }) =>
                html`<tr>
                  <th scope="row">${head}</th>
                  ${offers.map((offer) => html`<td>${of(offer)}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </div>
  `
}
