import { Task, TaskStatus } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import type { DistrictShape } from '../../charts/districts.ts'
import type { Frame } from '../../charts/facility-frame.ts'
import {
  bookAway,
  type CaseCourse,
  type Catalogue,
  discardDraft,
  getCaseCourse,
  getCatalogue,
  getHelpCase,
  getPlaces,
  getRanking,
  getRemainingBudget,
  getReservationTerms,
  getWaiting,
  leaveWaiting,
  type Offer,
  type OfferPage,
  type OfferQuery,
  RequestProblem,
  reserveOffer,
  type Session,
  type WaitingEntry,
  waitForPlace,
} from '../../client.ts'
import { type Faults, numberOf } from '../../elements/form-fields.ts'
import { problemAlert } from '../../elements/problem-alert.ts'
import { Sending } from '../../elements/sending.ts'
import { berlinDay, dateText, numberText } from '../../format.ts'
import { Navigate } from '../../navigation.ts'
import { reservationPath } from '../../route.ts'
import { lastCompleteMonth } from '../../selection.ts'
import { choiceBar, type Chosen, parallelMissing } from './choice-bar.ts'
import './client-choice.ts'
import {
  areaOf,
  around,
  budgetText,
  described,
  type Fault,
  faultsOf,
  isSought,
  leftOutText,
  needsAll,
  offerQuery,
  otherHomes,
  readWanted,
  resolveWanted,
  unitsMissing,
  unitsOf,
  unitWords,
  type Wanted,
  type WantedChoice,
  writeWanted,
} from './help-selection.ts'
import { offerFigure, offerList } from './offer-list.ts'
import { listedAtOnce, OfferPages } from './offer-pages.ts'
import { districtPlaces, facilityPlaces, type NamedPlace } from './places.ts'
import { SearchRecord } from './search-record.ts'
import './selection-draft.ts'
import type { SelectionContent } from './selection-draft.ts'
import { selectionForm } from './selection-form.ts'
import { sexLabels } from './sexes.ts'
import { toWaitingList, waitingLine } from './waiting.ts'
import '../../elements/table.css'
import './selection-page.css'

const formFields: Record<string, string> = { case_id: 'klient', offer_id: 'angebote', units_per_week: 'units' }
const nothingSaid: Chosen = { reason: '', away: false, awayRate: '', awayReason: '', parallel: false }
const centsOf = (euros: string) => Math.round(numberOf(euros) * 100)

/** Verwaltung / HzE-Auswahl. */
export class SelectionPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    chosen: { state: true },
    compared: { state: true },
    mapOpen: { state: true },
    shapes: { state: true },
    known: { state: true },
    said: { state: true },
    most: { state: true },
  }
  declare session: Session
  declare search: string
  /** Id of the offer chosen. */
  declare chosen: string | undefined
  /** Ids of offers laid side by side. */
  declare compared: string[]
  declare mapOpen: boolean
  /** Of the districts, once places are chosen by name. */
  declare shapes: DistrictShape[] | undefined
  /** Towns, postcodes and youth authorities, as the portal knows them. */
  declare known: NamedPlace[]
  /** What is said of the choice beside the offer. */
  declare said: Chosen
  /** How many offers are shown at most. */
  declare most: number
  #askedAt = new Date().toISOString()
  readonly #sending = new Sending(this, { fieldOf: (field) => formFields[field] ?? field, summary: '.sj-choice .sj-summary' })
  readonly #frame: { drawn: Frame | undefined } = { drawn: undefined }
  readonly #pages = new OfferPages()
  readonly #record = new SearchRecord(this, () => this.#sought)

  readonly #catalogue = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getCatalogue(signal),
  })
  readonly #terms = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getReservationTerms(signal),
  })
  readonly #case = new Task(this, {
    args: () => [this.#choice.case] as const,
    task: async ([id], { signal }) => (id ? getHelpCase(id, signal) : undefined),
  })
  readonly #course = new Task(this, {
    args: () => [this.#choice.case] as const,
    task: async ([id], { signal }) => (id ? getCaseCourse(id, signal) : undefined),
  })
  readonly #offers = new Task(this, {
    args: () => [this.#asked, this.#needed] as const,
    task: async ([asked, needed], { signal }): Promise<OfferPage | undefined> => {
      if (asked === undefined) return undefined
      const page = await this.#pages.upTo(needed, JSON.parse(asked) as OfferQuery, signal)
      this.#askedAt = new Date().toISOString()
      return page
    },
  })
  /** Last listed: a place is named by them also while nothing can be listed. */
  #listed: Offer[] = []
  readonly #waiting = new Task(this, {
    args: () => [this.#choice.case] as const,
    task: async ([case_id], { signal }) => (case_id ? getWaiting(case_id, signal) : []),
  })
  readonly #ranking = new Task(this, {
    args: () => [this.#catalogue.value, this.#wanted?.service_kind.code] as const,
    task: async ([catalogue, service_kind], { signal }) =>
      catalogue && service_kind ? getRanking({ service_kind, month: lastCompleteMonth(catalogue) }, signal) : undefined,
  })

  readonly #budget = new Task(this, {
    args: () => [this.#asked, this.#rateCents] as const,
    task: async ([asked, rate_cents], { signal }) => {
      const wanted = this.#wanted
      if (!asked || !wanted || rate_cents === undefined || unitsMissing(wanted)) return undefined
      const { service_kind, first_day, last_day, counting_rule, units_per_week } = offerQuery(wanted, undefined)
      const help = { service_kind, first_day, last_day, counting_rule, units_per_week }
      return { rate_cents, ...(await getRemainingBudget({ ...help, rate_cents: String(rate_cents) }, signal)) }
    },
  })

  constructor() {
    super()
    this.compared = []
    this.known = []
    this.mapOpen = false
    this.said = nothingSaid
    this.most = listedAtOnce
  }

  protected override createRenderRoot() {
    return this
  }

  get #choice(): WantedChoice {
    return readWanted(this.search)
  }
  get #wanted(): Wanted | undefined {
    const catalogue = this.#catalogue.value
    return catalogue && resolveWanted(this.#choice, catalogue, this.session, berlinDay(new Date()))
  }
  get #person() {
    return this.#case.value?.client ?? undefined
  }
  get #chosenOffer(): Offer | undefined {
    return this.#offers.value?.items.find(({ offer_id }) => offer_id === this.chosen)
  }
  /** Of what is to be reserved or booked; undefined while that is not known. */
  get #rateCents(): number | undefined {
    if (!this.said.away) return this.#chosenOffer?.rate_cents
    const cents = centsOf(this.said.awayRate)
    return cents > 0 ? cents : undefined
  }
  /** Where the person already lives in these days. */
  get #otherHomes(): CaseCourse['helps'] {
    const [wanted, catalogue, course] = [this.#wanted, this.#catalogue.value, this.#course.value]
    return wanted && catalogue && course ? otherHomes(wanted, course.helps, catalogue) : []
  }
  get #faults(): Fault[] {
    return this.#wanted ? faultsOf(this.#wanted) : []
  }
  /** The question as text, so that it is asked once; undefined while it cannot be asked. */
  get #asked(): string | undefined {
    const wanted = this.#wanted
    if (!wanted || this.#faults.length > 0 || (this.#choice.case && this.#case.value === undefined)) return undefined
    return JSON.stringify(offerQuery(wanted, this.#person))
  }

  /** How many offers the list needs to know. */
  get #needed(): number {
    const wanted = this.#wanted
    const isMissed = this.chosen !== undefined && this.#chosenOffer === undefined
    return isMissed || (wanted && needsAll(wanted)) ? Infinity : this.most
  }
  /** What is looked for, where that is a search: chosen by somebody, and found. */
  get #sought() {
    const wanted = this.#wanted
    if (!wanted || !isSought(this.#choice) || this.#asked === undefined || this.#offers.value === undefined) return undefined
    return { wanted, person: this.#person, case_id: this.#choice.case }
  }

  #choose(changed: WantedChoice) {
    this.chosen = undefined
    this.compared = []
    this.most = listedAtOnce
    this.#say({ parallel: false })
    this.#sending.clear()
    this.#look(changed)
  }

  #say(changed: Partial<Chosen>) {
    this.said = { ...this.said, ...changed }
  }

  /** What changes how the list is looked at, not what is looked for. */
  #look(changed: WantedChoice) {
    this.dispatchEvent(new Navigate(location.pathname + writeWanted({ ...this.#choice, ...changed }), { replace: true }))
  }

  #isPlacing = false
  /** What places are called; without it they are still chosen by coordinates. */
  async #loadPlaces() {
    if (this.#isPlacing) return
    this.#isPlacing = true
    const { loadDistricts } = await import('../../charts/districts.ts')
    const [shapes, known] = await Promise.all([loadDistricts().catch(() => undefined), getPlaces().catch(() => undefined)])
    this.shapes = shapes
    this.known = known ?? this.known
    // what failed is tried again with the next look at it
    this.#isPlacing = shapes !== undefined && known !== undefined
  }

  get #places(): NamedPlace[] {
    const districts = this.shapes ? districtPlaces(this.shapes) : []
    return [...districts, ...this.known, ...facilityPlaces(this.#offers.value?.items ?? this.#listed)]
  }

  #setPoint(point: string) {
    if (this.#wanted?.area === around) this.#choose({ point })
    else this.#look({ point })
  }

  /** Goes on with what was kept. */
  #continue({ search, chosen, reason, away, away_rate, away_reason }: SelectionContent) {
    this.#choose(readWanted(search))
    this.chosen = chosen || undefined
    this.#say({ reason, away, awayRate: away_rate, awayReason: away_reason })
  }

  get #content(): SelectionContent {
    const { reason, away, awayRate, awayReason } = this.said
    return { search: this.search, chosen: this.chosen ?? '', reason, away, away_rate: awayRate, away_reason: awayReason }
  }

  protected override updated() {
    this.#listed = this.#offers.value?.items ?? this.#listed
    if (this.#choice.point && !this.shapes) void this.#loadPlaces()
    if (this.#sought) this.#record.shown()
  }

  #submit(event: SubmitEvent) {
    event.preventDefault()
    const wanted = this.#wanted
    const case_id = this.#choice.case
    if (!wanted) return
    const missing: Faults = {
      klient: case_id ? undefined : 'Bitte zuerst oben einen Fall auswählen.',
      units: unitsMissing(wanted) ? `Bitte oben die ${unitWords[wanted.service_kind.unit][0]} angeben.` : undefined,
      rate_cents:
        this.said.away && this.#rateCents === undefined ? 'Bitte das vereinbarte Entgelt in Euro angeben, zum Beispiel 98,50.' : undefined,
      parallel: this.#otherHomes.length > 0 && !this.said.parallel ? parallelMissing : undefined,
    }
    return this.#send(async (key) => {
      const href = await this.#take(wanted, case_id!, key)
      void discardDraft({ form: 'selection' }).catch(() => undefined)
      this.dispatchEvent(new Navigate(href))
      return ''
    }, missing)
  }

  /** Books away or reserves, and returns where that is shown. */
  async #take(wanted: Wanted, case_id: string, key: string): Promise<string> {
    const terms = this.#termsOf(wanted, case_id)
    const search_id = await this.#record.record()
    const { parallel, reason, awayReason } = this.said
    if (this.said.away) {
      const away = { parallel, away: true as const, service_kind: wanted.service_kind.code, rate_cents: this.#rateCents! }
      return `${reservationPath}?booking=${(await bookAway({ ...terms, ...away, away_reason: awayReason || null }, key)).id}`
    }
    const offer = { parallel, offer_id: this.chosen!, area: areaOf(wanted), dearer_reason: reason || null }
    const { id } = await reserveOffer({ ...terms, ...offer, ...(search_id && { search_id }) }, key)
    return `${reservationPath}?reservation=${id}`
  }

  async #send(work: (key: string) => Promise<string>, missing?: Faults) {
    const refused = await this.#sending.send(work, missing)
    if (refused?.status !== 409) return
    // a place may be gone, or free by now, or another help be booked
    this.#pages.forget()
    void this.#offers.run()
    void this.#course.run()
  }

  #termsOf(wanted: Wanted, case_id: string) {
    const units = unitsOf(wanted.units)
    return {
      case_id,
      first_day: wanted.first_day,
      last_day: wanted.last_day,
      counting_rule: wanted.counting_rule,
      specialisations: wanted.specialisations,
      ...(units !== undefined && { units_per_week: units }),
    }
  }

  /** What somebody does about the waiting list, and what is said after. */
  async #onWaitingList(said: string, act: (key: string) => Promise<unknown>) {
    await this.#send(async (key) => {
      await act(key)
      return said
    })
    await this.#waiting.run()
  }

  #wait(offer: Offer, wanted: Wanted, case_id: string) {
    const terms = this.#termsOf(wanted, case_id)
    return this.#onWaitingList(
      `Der Fall wartet auf einen Platz: ${offer.facility_name}. Wird einer frei, kommt eine Nachricht in Ihr Postfach.`,
      (key) => waitForPlace({ ...terms, offer_id: offer.offer_id }, key),
    )
  }

  #leave({ id, facility_name }: WaitingEntry) {
    return this.#onWaitingList(`Der Fall wartet nicht mehr: ${facility_name}.`, () => leaveWaiting(id))
  }

  /** The offer that was waited for, as it was waited for. */
  #takeUp({ offer_id, service_kind, first_day, last_day, counting_rule, specialisations, units_per_week }: WaitingEntry) {
    const units = units_per_week === null ? '' : String(units_per_week).replace('.', ',')
    this.#choose({ service_kind, first_day, last_day, counting_rule, specialisations: specialisations.join(','), units, area: 'de' })
    this.chosen = offer_id
  }

  override render() {
    return html`
      <h1 class="sj-h1">HzE-Auswahl</h1>
      <sj-selection-draft
        .content=${this.#content}
        @sj-draft=${(event: CustomEvent<SelectionContent>) => this.#continue(event.detail)}
      ></sj-selection-draft>
      ${this.#catalogue.render({
        pending: () => html`<p class="sj-meta" aria-busy="true">Die Auswahl wird geladen</p>`,
        complete: (catalogue) => this.#page(catalogue, this.#wanted!),
        error: (error) =>
          error instanceof RequestProblem && error.status === 401
            ? nothing
            : problemAlert({
                title: 'Die Auswahl ist gerade nicht möglich',
                text: 'Nichts ist verloren.',
                retry: () => void this.#catalogue.run(),
              }),
      })}
    `
  }

  #pick(offer_id: string) {
    const offer = this.#offers.value?.items.find((each) => each.offer_id === offer_id)
    if (!offer || offer.free_places === 0) return
    this.chosen = offer_id
    this.#say({ away: false })
    this.#sending.clear()
  }

  #showCompared() {
    const heading = this.querySelector<HTMLElement>('#vergleich')
    heading?.focus({ preventScroll: true })
    heading?.scrollIntoView({ block: 'start' })
  }

  #compare(offer_id: string, on: boolean) {
    this.compared = on ? [...this.compared, offer_id] : this.compared.filter((id) => id !== offer_id)
  }

  readonly #startAway = async () => {
    this.#say({ away: true })
    this.chosen = undefined
    this.#sending.clear()
    await this.updateComplete
    this.querySelector<HTMLElement>('#rate_cents')?.focus()
  }

  #page(catalogue: Catalogue, wanted: Wanted) {
    const budget = this.#budget.value
    return html`
      <div class="sj-selection" @sj-case=${(event: CustomEvent<string>) => this.#choose({ case: event.detail })}>
        ${selectionForm({
          catalogue,
          wanted,
          session: this.session,
          person: this.#person,
          client: this.#client(wanted),
          faults: this.#faults,
          refused: this.#sending.faults,
          offers: this.#offers.value,
          terms: this.#terms.value,
          places: this.#places,
          choose: (changed) => this.#choose(changed),
          setPoint: (point) => this.#setPoint(point),
          loadPlaces: () => void this.#loadPlaces(),
        })}
        <section aria-labelledby="angebote">
          ${this.#found(catalogue, wanted)}
          ${choiceBar({
            wanted,
            offer: this.#chosenOffer,
            chosen: this.said,
            homes: this.#otherHomes,
            awayCost: budget && budget.rate_cents === this.#rateCents ? budget : undefined,
            compared: this.compared.length,
            sending: this.#sending,
            change: (changed) => this.#say(changed),
            startAway: () => void this.#startAway(),
            showCompared: () => this.#showCompared(),
            submit: (event) => void this.#submit(event),
          })}
        </section>
      </div>
    `
  }

  /** Whose case it is, and what it waits for; where none is chosen, the way to one. */
  #client(wanted: Wanted) {
    if (!this.#choice.case) return html`<sj-client-choice .begin=${wanted.first_day}></sj-client-choice>`
    const told = this.#case.render({
      pending: () => html`<p class="sj-meta" aria-busy="true">Der Fall wird geladen</p>`,
      complete: (found) =>
        found &&
        html`<p>
          <b>Fall ${found.file.case_number}</b><br />
          ${
            found.client
              ? html`${found.client.family_name}, ${found.client.given_name}<br />
                  <span class="sj-meta">
                    geb. ${dateText(found.client.birth_date)}, ${sexLabels[found.client.sex]}, bei Beginn
                    ${described(found.client, wanted.first_day).age} Jahre${found.client.unaccompanied_minor ? ', umA' : ''}
                  </span>`
              : html`<span class="sj-meta">Zu diesem Fall ist keine Person erfasst.</span>`
          }
        </p>`,
      error: () => html`<p class="sj-meta">Diesen Fall gibt es hier nicht.</p>`,
    })
    return html`
      ${told} ${this.#waiting.value?.map((entry) => html`<p class="sj-meta">${entry.facility_name}: ${this.#waitingLine(entry)}</p>`)}
      <p><button type="button" class="sj-link" @click=${() => this.#choose({ case: '' })}>Anderen Fall wählen</button></p>
    `
  }

  #found(catalogue: Catalogue, wanted: Wanted) {
    const page = this.#offers.value
    const tab = (value: 'all' | '', text: string, on: boolean) => html`
      <label>
        <input type="radio" name="places" .checked=${on} @change=${() => this.#choose({ places: value })} />
        <span>${text}</span>
      </label>
    `
    return html`
      <div class="sj-offers__head">
        <h2 class="sj-h2" id="angebote" tabindex="-1">Angebote nach Kosten</h2>
        <fieldset class="sj-tabs" aria-label="Welche Angebote" aria-live="polite">
          ${tab('all', `Alle Angebote (${page ? numberText(page.offers_matching) : '…'})`, !wanted.available)}
          ${tab('', `Verfügbare Angebote (${page ? numberText(page.offers_available) : '…'})`, wanted.available)}
        </fieldset>
      </div>
      <p class="sj-meta" role="status">${this.#sending.said}</p>
      ${this.#faults.length > 0 ? this.#without(this.#faults[0]!, wanted) : page === undefined ? this.#awaited() : this.#list(page, catalogue, wanted)}
    `
  }

  /** Where a place is missing, the map is one way to say it. */
  #without({ field, message }: Fault, wanted: Wanted) {
    const pick = (offer_id: string) => this.#pick(offer_id)
    return html`
      <p class="sj-empty">${message}</p>
      ${field === 'place' ? offerFigure([], { wanted, chosen: undefined, pick, map: this.#map }) : nothing}
    `
  }

  #awaited() {
    if (!this.#offers.error) return html`<p class="sj-meta" aria-busy="true">Die Angebote werden gesucht</p>`
    return html`<p class="sj-empty">
      ${(this.#offers.error as Error).message}
      <button type="button" class="sj-link" @click=${() => void this.#offers.run()}>Noch einmal versuchen</button>
    </p>`
  }

  get #map() {
    const district = this.session.youth_authority?.id.slice(0, 5)
    return { district, asked_at: this.#askedAt, setPoint: (point: string) => this.#setPoint(point), frame: this.#frame }
  }

  #list(page: OfferPage, catalogue: Catalogue, wanted: Wanted) {
    const told = [leftOutText(page, wanted, this.#person?.sex), this.#record.text].filter(Boolean).join(' ')
    if (page.items.length === 0)
      return html`<p class="sj-empty">
        ${wanted.available && page.offers_matching > 0 ? 'Kein passendes Angebot hat in diesem Zeitraum einen freien Platz.' : 'Kein Angebot passt.'}
        ${told}
      </p>`
    const budget = this.#budget.value
    return offerList({
      page,
      wanted,
      catalogue,
      ranking: this.#ranking.value,
      late: this.#offers.status === TaskStatus.PENDING,
      most: this.most,
      chosen: this.chosen,
      compared: this.compared,
      case_id: this.#choice.case,
      budget: budget ? budgetText(budget, wanted.first_day) : '',
      told,
      map: { ...this.#map, open: this.mapOpen, toggle: (open) => (this.mapOpen = open) },
      look: (changed) => this.#look(changed),
      more: () => (this.most += listedAtOnce),
      pick: (offer_id) => this.#pick(offer_id),
      compare: (offer_id, on) => this.#compare(offer_id, on),
      waiting: (offer) => this.#waitingOf(offer, wanted),
    })
  }

  #waitingLine(entry: WaitingEntry) {
    return waitingLine(entry, { takeUp: () => this.#takeUp(entry), leave: () => void this.#leave(entry) })
  }

  #waitingOf(offer: Offer, wanted: Wanted) {
    const case_id = this.#choice.case
    if (offer.free_places > 0 || !case_id) return nothing
    const entry = this.#waiting.value?.find(({ offer_id }) => offer_id === offer.offer_id)
    return entry ? this.#waitingLine(entry) : toWaitingList(offer, () => void this.#wait(offer, wanted, case_id))
  }
}

customElements.define('sj-selection-page', SelectionPage)
