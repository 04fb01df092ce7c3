import { Task } from '@lit/task'
import { html, LitElement } from 'lit'
import { getOwnFacilities, getOwnOffers, getReservations, type Session } from '../../client.ts'
import { dateText, minuteText, numberText, percentText } from '../../format.ts'
import { onReturn } from '../../on-return.ts'
import { ownFacilitiesPath, providerRequestsPath } from '../../route.ts'
import { helpText, leftText, personText } from '../case-manager/reservation-words.ts'
import { type FacilityPlaces, openRequests, type Places, placesOf, sumOf } from './provider-matters-lines.ts'
import { ownMatters } from './own-matters.ts'

type Loaded = { requests: ReturnType<typeof openRequests>; places: FacilityPlaces[]; all: Places }
const mostRequests = 8

/** What waits for a provider: requests to answer, the one that expires first on top, and the places of its facilities today. */
export class ProviderMatters extends LitElement {
  static override properties = { session: { attribute: false } }
  declare session: Session

  readonly #loaded = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: async (_, { signal }): Promise<Loaded> => {
      const [{ items }, offers, facilities] = await Promise.all([
        getReservations({ state: 'requested', limit: '200' }, signal),
        getOwnOffers(signal),
        getOwnFacilities(signal),
      ])
      return { requests: openRequests(items), places: placesOf(offers, facilities), all: sumOf(offers) }
    },
  })

  constructor() {
    super()
    onReturn(this, () => void this.#loaded.run())
  }

  protected override createRenderRoot() {
    return this
  }

  override render() {
    return ownMatters(this.#loaded, [
      { id: 'offen', title: 'Offene Anfragen', lines: (loaded) => this.#requests(loaded) },
      { id: 'plaetze', title: 'Plätze heute', lines: (loaded) => this.#places(loaded) },
    ])
  }

  #requests({ requests }: Loaded) {
    if (requests.length === 0) return html`<p class="sj-empty">Keine Anfrage wartet auf Ihre Antwort.</p>`
    return html`
      <ul class="sj-consultations">
        ${requests.slice(0, mostRequests).map(
          (request) => html`
            <li>
              <a class="sj-link" href=${providerRequestsPath}>${helpText(request)}, ${request.facility_name}</a>
              <small>
                <b>Antwort bis ${minuteText(request.held_until)}</b>, ${leftText(request.held_until, new Date())}.
                ${request.authority_name}, ab ${dateText(request.first_day)}, ${personText(request)}.
              </small>
            </li>
          `,
        )}
      </ul>
      <p>
        <a class="sj-link sj-no-print" href=${providerRequestsPath}
          >${requests.length === 1 ? 'Anfrage beantworten' : `Alle ${numberText(requests.length)} Anfragen beantworten`}</a
        >
      </p>
    `
  }

  #places({ places, all }: Loaded) {
    if (places.length === 0) return html`<p class="sj-empty">Für Ihren Träger ist noch kein Angebot erfasst.</p>`
    return html`
      <table role="table" class="sj-table sj-matters__places">
        <caption class="kern-sr-only">
          Plätze Ihrer Einrichtungen: wie viele es sind und wie viele heute frei sind
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">Einrichtung</th>
            <th role="columnheader" scope="col" class="sj-num">Frei</th>
            <th role="columnheader" scope="col" class="sj-num">Plätze</th>
            <th role="columnheader" scope="col" class="sj-num">Belegt</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${places.map((each) => this.#row(each.name, each))}
        </tbody>
        <tfoot role="rowgroup">
          ${this.#row('Zusammen', all)}
        </tfoot>
      </table>
      <p class="sj-meta">
        Belegt: gebucht, für eine Anfrage gehalten oder von Ihnen gesperrt.
        <a class="sj-link sj-no-print" href=${ownFacilitiesPath}>Plätze sperren oder freigeben</a>
      </p>
    `
  }

  #row(name: string, { free_places, capacity, taken_share }: Places) {
    return html`
      <tr role="row">
        <th role="rowheader" scope="row">${name}</th>
        <td role="cell" class="sj-num"><b>${numberText(free_places)}</b></td>
        <td role="cell" class="sj-num">${numberText(capacity)}</td>
        <td role="cell" class="sj-num">${taken_share === null ? '–' : percentText(taken_share, 0)}</td>
      </tr>
    `
  }
}

customElements.define('sj-provider-matters', ProviderMatters)
