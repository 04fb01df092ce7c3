// The offers found: how they are looked at, where they are, one row each with its dossier, and some side by side.
import { html, nothing, type TemplateResult } from 'lit'
import { type Frame, placeAt } from '../../charts/facility-frame.ts'
import type { Catalogue, Offer, OfferPage, Ranking } from '../../client.ts'
import '../../elements/chart-figure.ts'
import { moneyText, numberText } from '../../format.ts'
import {
  admissionTexts,
  distanceText,
  type Grade,
  gradesOf,
  narrowed,
  rateUnits,
  sorted,
  type Sorting,
  sortings,
  unitWords,
  type Wanted,
  type WantedChoice,
  wishesMet,
} from './help-selection.ts'
import { mostCompared, offerComparison } from './offer-comparison.ts'
import './offer-dossier.ts'
import { offerMap } from './offer-map.ts'
import { listedAtOnce } from './offer-pages.ts'
import { knownPoint, pointOf } from './places.ts'

type List = {
  page: OfferPage
  wanted: Wanted
  catalogue: Catalogue
  ranking: Ranking | undefined
  /** Being asked anew, or further. */
  late: boolean
  /** How many rows are shown at most. */
  most: number
  /** Ids of the offer chosen and of those laid side by side. */
  chosen: string | undefined
  compared: string[]
  case_id: string | undefined
  /** Of the offer chosen. */
  budget: string
  /** Said below: what is left out, and when the search was recorded. */
  told: unknown
  map: Placing
  look: (changed: WantedChoice) => void
  more: () => void
  pick: (offer_id: string) => void
  compare: (offer_id: string, on: boolean) => void
  /** Of a full offer: the place in the waiting list, or the way there. */
  waiting: (offer: Offer) => unknown
}
type Placing = {
  open: boolean
  toggle: (open: boolean) => void
  district: string | undefined
  asked_at: string
  setPoint: (point: string) => void
  /** What the drawing covers, to find the place of a click. */
  frame: { drawn: Frame | undefined }
}

export const offerList = (list: List) => {
  const { page, wanted, late, most, compared } = list
  const grades = gradesOf(list.ranking)
  const found = sorted(narrowed(page.items, wanted, grades), wanted.sorting, grades, wanted.wished)
  const offers = found.slice(0, most)
  const sideBySide = page.items.filter(({ offer_id }) => compared.includes(offer_id))
  return html`
    ${lookBar(list)} ${mapOf(list, offers)}
    ${found.length === 0 && !late ? html`<p class="sj-empty">Keines dieser Angebote ist nah und gut genug. Bitte Note oder Entfernung weiter fassen.</p>` : nothing}
    <table class="sj-table sj-offers ${late ? 'sj-stale' : ''}" role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Einrichtung <small>Anbieter, Ort</small></th>
          <th role="columnheader" scope="col" class="sj-num">Freie <small>Plätze</small></th>
          <th role="columnheader" scope="col" class="sj-num">Note 1–5 <small>(Fälle), Rang</small></th>
          <th role="columnheader" scope="col" class="sj-num">Entgelt <small>je ${rateUnits[wanted.service_kind.unit]}</small></th>
          <th role="columnheader" scope="col" class="sj-num">
            Soll-Entgelt
            <small
              >${page.planned_units === null ? '' : `${numberText(page.planned_units, page.planned_units % 1 === 0 ? 0 : 2)} ${unitWords[wanted.service_kind.unit][1]}`}</small
            >
          </th>
          <th role="columnheader" scope="col" class="sj-num">Differenz</th>
          <th role="columnheader" scope="col" class="sj-num sj-no-print">Ver&shy;gleich</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${offers.map((offer) => row(offer, list, grades.get(offer.provider_id)))}
      </tbody>
    </table>
    ${rest(list, offers.length, found.length)}
    <p class="sj-meta">
      ${list.told} Soll-Entgelt auf volle Euro aufgerundet, Differenz zwischen gezeigten Werten. Note: Mittel aus Struktur und Prozess des
      Anbieters, 1 ist am besten; unter 5 Fällen keine. Entfernung: Luftlinie. Der Preis ist ein Hinweis, keine Vorgabe (§§ 5, 36 SGB VIII).
    </p>
    ${
      sideBySide.length < 2
        ? nothing
        : offerComparison(sideBySide, {
            catalogue: list.catalogue,
            wanted,
            grades,
            chosen: list.chosen,
            choose: ({ offer_id }) => list.pick(offer_id),
            remove: ({ offer_id }) => list.compare(offer_id, false),
          })
    }
  `
}

/** How many of them are shown, where not all are, and the way to more. */
const rest = ({ page, wanted, late, more }: List, shown: number, found: number): TemplateResult | typeof nothing => {
  const total = page.next_cursor === null ? found : wanted.available ? page.offers_available : page.offers_matching
  const left = total - shown
  if (left <= 0) return nothing
  return html`
    <p class="sj-offers__rest">
      <span role="status">
        ${late ? 'Weitere Angebote werden geladen.' : `Gezeigt sind ${numberText(shown)} von ${numberText(total)} Angeboten. Auch die Karte zeigt nur diese.`}
      </span>
      <button type="button" class="kern-btn kern-btn--secondary sj-no-print" ?disabled=${late} @click=${more}>
        <span class="kern-label">${left === 1 ? 'Ein weiteres' : `Weitere ${numberText(Math.min(left, listedAtOnce))}`} zeigen</span>
      </button>
    </p>
  `
}

const lookBar = ({ wanted, look }: List) => {
  const possible = (Object.keys(sortings) as Sorting[]).filter(
    (by) => (by !== 'wished' || wanted.wished.length > 0) && (by !== 'distance' || wanted.point !== undefined),
  )
  const select = (name: 'sort' | 'grade' | 'distance', label: string, options: [string, string][], value: string) => html`
    <span>
      <label for=${name}>${label}</label>
      <select id=${name} @change=${(event: Event) => look({ [name]: (event.target as HTMLSelectElement).value })}>
        ${options.map(([key, text]) => html`<option value=${key} .selected=${key === value}>${text}</option>`)}
      </select>
    </span>
  `
  const grades: [string, string][] = [['', 'jede'], ...[2, 3, 4].map((grade): [string, string] => [`${grade}`, `höchstens ${grade},0`])]
  const distances = [...new Set([10, 25, 50, 100, ...(wanted.farthest ? [wanted.farthest] : [])])].toSorted((a, b) => a - b)
  const farthest: [string, string][] = [['', 'jede'], ...distances.map((far): [string, string] => [`${far}`, `bis ${far} km`])]
  const orders = possible.map((by): [string, string] => [by, sortings[by]])
  return html`
    <p class="sj-offers__sort sj-no-print">
      ${select('sort', 'Sortiert nach', orders, possible.includes(wanted.sorting) ? wanted.sorting : 'cost')}
      ${select('grade', 'Note', grades, `${wanted.worstGrade ?? ''}`)}
      ${wanted.point === undefined ? nothing : select('distance', 'Entfernung', farthest, `${wanted.farthest ?? ''}`)}
    </p>
  `
}

type Drawn = Pick<List, 'wanted' | 'chosen' | 'pick'> & { map: Omit<Placing, 'open' | 'toggle'> }

/** Where offers are; a click beside them sets the place that distances are told from. */
export const offerFigure = (offers: Offer[], { wanted, chosen, pick, map }: Drawn) => {
  const { district, asked_at, setPoint, frame } = map
  const view = offerMap(offers, { wanted, district, chosen, choose: pick, asked_at, framed: (drawn) => (frame.drawn = drawn) })
  const pointed = (event: MouseEvent) => {
    const target = event.target as Element
    // found from the frame around it: it may have been drawn anew while the mouse was down
    const drawing = target.closest('.sj-plot')?.querySelector('svg')
    if (!drawing || !frame.drawn || target.closest('[data-id], [data-target]')) return
    const box = drawing.getBoundingClientRect()
    const scale = frame.drawn.width / box.width
    const [latitude, longitude] = placeAt(frame.drawn, (event.clientX - box.left) * scale, (event.clientY - box.top) * scale)
    const point = knownPoint(pointOf(latitude, longitude))
    if (point) setPoint(point)
  }
  return html`<sj-chart-figure .view=${view} @click=${pointed}></sj-chart-figure>`
}

const mapOf = (list: List, offers: Offer[]) => html`
  <details
    class="sj-offers__map sj-no-print"
    ?open=${list.map.open}
    @toggle=${(event: Event) => event.target === event.currentTarget && list.map.toggle((event.target as HTMLDetailsElement).open)}
  >
    <summary class="sj-link">Karte</summary>
    ${list.map.open ? offerFigure(offers, list) : nothing}
  </details>
`

const row = (offer: Offer, list: List, grade: Grade | undefined) => {
  const { wanted, compared } = list
  const isChosen = offer.offer_id === list.chosen
  const isCompared = compared.includes(offer.offer_id)
  const distance = offer.distance_km === null ? [] : [distanceText(offer.distance_km)]
  const place = [offer.provider_name, offer.town ?? offer.abbreviation, ...distance]
  return html`
    <tr role="row" class=${isChosen ? 'sj-chosen' : nothing}>
      <th role="rowheader" scope="row" class="sj-c-offer">
        <label>
          <input
            type="radio"
            name="offer"
            value=${offer.offer_id}
            .checked=${isChosen}
            ?disabled=${offer.free_places === 0}
            @change=${() => list.pick(offer.offer_id)}
          />
          <span>
            <b>${offer.facility_name}</b>${admissionTexts(offer).map((text) => html`<em>${text}</em>`)}
            <small>${place.join(', ')}</small>
            ${wanted.wished.length > 0 ? html`<small>${wishesMet(offer, wanted.wished)} von ${wanted.wished.length} Wünschen</small>` : nothing}
          </span>
        </label>
        ${list.waiting(offer)}
      </th>
      <td role="cell" class="sj-num sj-c-free">${offer.free_places}</td>
      <td role="cell" class="sj-num sj-c-grade">
        ${!grade || grade.grade === null ? '–' : numberText(grade.grade, 1)}
        <small>${!grade || grade.cases === null ? '' : `(${grade.cases})${grade.rank === null ? '' : `, ${grade.rank}.`}`}</small>
      </td>
      <td role="cell" class="sj-num sj-c-rate">${moneyText(offer.rate_cents)}</td>
      <td role="cell" class="sj-num sj-c-cost">${offer.shown_euros === null ? '–' : moneyText(offer.shown_euros * 100, 0)}</td>
      <td role="cell" class="sj-num sj-c-diff">
        ${offer.bestprice ? html`<span class="sj-best">bestprice</span>` : offer.difference_euros === null ? '–' : moneyText(offer.difference_euros * 100, 0)}
      </td>
      <td role="cell" class="sj-num sj-c-compare sj-no-print">
        <input
          type="checkbox"
          aria-label="${offer.facility_name} vergleichen"
          .checked=${isCompared}
          ?disabled=${!isCompared && compared.length >= mostCompared}
          @change=${(event: Event) => list.compare(offer.offer_id, (event.target as HTMLInputElement).checked)}
        />
      </td>
    </tr>
    ${isChosen ? dossier(offer, list) : nothing}
  `
}

const dossier = (offer: Offer, { wanted: { first_day, last_day, counting_rule }, case_id, budget }: List) => html`
  <tr role="row" class="sj-c-details">
    <td role="cell" colspan="7">
      <sj-offer-dossier
        .offer=${offer}
        .query=${{ first_day, last_day, counting_rule, ...(case_id && { case_id }) }}
        .budget=${budget}
      ></sj-offer-dossier>
    </td>
  </tr>
`
