import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import type { DistrictShape } from '../../charts/districts.ts'
import { type Frame, placeAt } from '../../charts/facility-frame.ts'
import { awayReasons, dearerReasons } from './reasons.ts'
import {
  bookAway,
  type CaseCourse,
  type Catalogue,
  discardDraft,
  getCaseCourse,
  getCatalogue,
  getHelpCase,
  getOffers,
  getPlaces,
  getRanking,
  getRemainingBudget,
  getReservationTerms,
  getWaiting,
  leaveWaiting,
  type Offer,
  type OfferPage,
  recordSearch,
  RequestProblem,
  reserveOffer,
  type Session,
  type WaitingEntry,
  waitForPlace,
} from '../../client.ts'
import { checkGroups } from '../../elements/check-groups.ts'
import { grouped } from '../../elements/filter-bar.ts'
import { confirmField, faultLine, type Faults, faultSummary, numberOf } from '../../elements/form-fields.ts'
import '../../elements/chart-figure.ts'
import { problemAlert } from '../../elements/problem-alert.ts'
import { selectField } from '../../elements/select-field.ts'
import { Sending } from '../../elements/sending.ts'
import { berlinDay, dateText, minuteText, moneyText, noBreakSpace, numberText } from '../../format.ts'
import { Navigate } from '../../navigation.ts'
import { reservationPath } from '../../route.ts'
import { homeText, parallelLabel } from '../case-manager/reservation-words.ts'
import { lastCompleteMonth } from '../../selection.ts'
import { kindText } from '../../sentence.ts'
import { sexLabels } from './sexes.ts'
import './client-choice.ts'
import './selection-draft.ts'
import type { SelectionContent } from './selection-draft.ts'
import {
  admissionTexts,
  ageOn,
  ageText,
  areaOf,
  around,
  beginText,
  costText,
  budgetText,
  distanceText,
  type Fault,
  faultsOf,
  type Grade,
  gradesOf,
  leftOutText,
  narrowed,
  neighboursOf,
  offerQuery,
  otherHomes,
  periodText,
  rateUnits,
  readWanted,
  resolveWanted,
  sorted,
  type Sorting,
  sortings,
  unitsMissing,
  unitsOf,
  unitWords,
  type Wanted,
  type WantedChoice,
  wishesMet,
  writeWanted,
} from './help-selection.ts'
import { mostCompared, offerComparison } from './offer-comparison.ts'
import './offer-dossier.ts'
import { offerMap } from './offer-map.ts'
import './place-choice.ts'
import { districtPlaces, facilityPlaces, knownPoint, type NamedPlace, pointOf } from './places.ts'
import '../../elements/table.css'
import './selection-page.css'

/** What stood unchanged for so long was looked at, and is a search. */
const lookedAtMs = 4000
const formLabels = { klient: 'Fall', first_day: 'Beginn', last_day: 'Ende', angebote: 'Angebot', units: 'Umfang je Woche', rate_cents: 'Entgelt', parallel: 'Andere stationäre Hilfe' } // prettier-ignore
const formFields: Record<string, string> = { case_id: 'klient', offer_id: 'angebote', units_per_week: 'units' }
const parallelMissing = 'Bitte bestätigen, dass beide Hilfen nebeneinander laufen.'
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
    reason: { state: true },
    away: { state: true },
    awayRate: { state: true },
    awayReason: { state: true },
    parallel: { state: true },
    recordedAt: { state: true },
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
  /** Why a dearer offer. */
  declare reason: string
  /** Whether a help outside the system is being booked. */
  declare away: boolean
  declare awayRate: string
  declare awayReason: string
  /** That the help is to run beside another residential one. */
  declare parallel: boolean
  /** When the search shown was recorded. */
  declare recordedAt: Date | undefined
  #recorded: { key: string; id: string } | undefined
  #askedAt = new Date().toISOString()
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #sending = new Sending(this, { fieldOf: (field) => formFields[field] ?? field, summary: '.sj-choice .sj-summary' })
  #frame: Frame | undefined

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
    args: () => [this.#asked] as const,
    task: async ([asked], { signal }): Promise<OfferPage | undefined> => {
      if (asked === undefined) return undefined
      const page = await getOffers(JSON.parse(asked) as Parameters<typeof getOffers>[0], signal)
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
    this.reason = ''
    this.away = false
    this.awayRate = ''
    this.awayReason = ''
    this.parallel = false
  }

  protected override createRenderRoot() {
    return this
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
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
    if (!this.away) return this.#chosenOffer?.rate_cents
    const cents = centsOf(this.awayRate)
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

  #choose(changed: WantedChoice) {
    this.chosen = undefined
    this.compared = []
    this.parallel = false
    this.#sending.clear()
    this.#look(changed)
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

  readonly #pointed = (event: MouseEvent) => {
    const target = event.target as Element
    // found from the frame around it: it may have been drawn anew while the mouse was down
    const drawing = target.closest('.sj-plot')?.querySelector('svg')
    if (!drawing || !this.#frame || target.closest('[data-id], [data-target]')) return
    const box = drawing.getBoundingClientRect()
    const scale = this.#frame.width / box.width
    const [latitude, longitude] = placeAt(this.#frame, (event.clientX - box.left) * scale, (event.clientY - box.top) * scale)
    const point = knownPoint(pointOf(latitude, longitude))
    if (point) this.#setPoint(point)
  }

  #setPoint(point: string) {
    if (this.#wanted?.area === around) this.#choose({ point })
    else this.#look({ point })
  }

  /** Goes on with what was kept. */
  #continue({ search, chosen, reason, away, away_rate, away_reason }: SelectionContent) {
    this.#choose(readWanted(search))
    this.chosen = chosen || undefined
    this.reason = reason
    this.away = away
    this.awayRate = away_rate
    this.awayReason = away_reason
  }

  get #content(): SelectionContent {
    const { search, chosen = '', reason, away } = this
    return { search, chosen, reason, away, away_rate: this.awayRate, away_reason: this.awayReason }
  }

  protected override updated() {
    this.#listed = this.#offers.value?.items ?? this.#listed
    if (this.#choice.point && !this.shapes) void this.#loadPlaces()
    const asked = this.#asked
    const seen = asked !== undefined && this.#offers.value !== undefined && this.#choice.case !== undefined
    if (!seen || this.#recorded?.key === this.#searchKey) return
    clearTimeout(this.#timer)
    const key = this.#searchKey
    this.#timer = setTimeout(() => key === this.#searchKey && void this.#record(), lookedAtMs)
  }

  /** What makes it the same search: not whether full offers are listed too. */
  get #searchKey() {
    const wanted = this.#wanted
    return wanted && JSON.stringify([offerQuery({ ...wanted, available: true }, this.#person), this.#choice.case])
  }

  /** Records the search shown, once. */
  async #record(): Promise<string | undefined> {
    const wanted = this.#wanted
    const key = this.#searchKey
    const case_id = this.#choice.case
    if (!wanted || !key || !case_id) return undefined
    if (this.#recorded?.key === key) return this.#recorded.id
    const person = this.#person
    const units = unitsOf(wanted.units)
    try {
      const { id } = await recordSearch(
        {
          service_kind: wanted.service_kind.code,
          first_day: wanted.first_day,
          last_day: wanted.last_day,
          counting_rule: wanted.counting_rule,
          area: areaOf(wanted),
          specialisations: wanted.specialisations,
          ...(units !== undefined && { units_per_week: units }),
          ...(person && { sex: person.sex, age: Math.max(0, ageOn(person.birth_date, wanted.first_day)) }),
          case_id,
        },
        crypto.randomUUID(),
      )
      this.#recorded = { key, id }
      this.recordedAt = new Date()
      return id
    } catch (problem) {
      // the list stands without it; it is recorded with the next change or choice
      if (!(problem instanceof RequestProblem)) throw problem
      return undefined
    }
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
        this.away && this.#rateCents === undefined ? 'Bitte das vereinbarte Entgelt in Euro angeben, zum Beispiel 98,50.' : undefined,
      parallel: this.#otherHomes.length > 0 && !this.parallel ? parallelMissing : undefined,
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
    const search_id = await this.#record()
    if (this.away) {
      const away = { parallel: this.parallel, away: true as const, service_kind: wanted.service_kind.code, rate_cents: this.#rateCents! }
      return `${reservationPath}?booking=${(await bookAway({ ...terms, ...away, away_reason: this.awayReason || null }, key)).id}`
    }
    const offer = { parallel: this.parallel, offer_id: this.chosen!, area: areaOf(wanted), dearer_reason: this.reason || null }
    const { id } = await reserveOffer({ ...terms, ...offer, ...(search_id && { search_id }) }, key)
    return `${reservationPath}?reservation=${id}`
  }

  async #send(work: (key: string) => Promise<string>, missing?: Faults) {
    const refused = await this.#sending.send(work, missing)
    if (refused?.status !== 409) return
    // a place may be gone, or free by now, or another help be booked
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

  #waitingLine(entry: WaitingEntry) {
    return html`
      <small class="sj-waiting">
        ${
          entry.free_places > 0
            ? html`<b>Für die Wartezeit ${dateText(entry.first_day)} bis ${dateText(entry.last_day)} ist ein Platz frei.</b>
                <button
                  type="button"
                  class="sj-link"
                  aria-label="Angebot wählen: ${entry.facility_name}"
                  @click=${() => this.#takeUp(entry)}
                >
                  Angebot wählen
                </button>`
            : `Auf der Warteliste, Stelle ${entry.position}, seit ${dateText(entry.waiting_since)}.`
        }
        <button type="button" class="sj-link" aria-label="Warteliste verlassen: ${entry.facility_name}" @click=${() => this.#leave(entry)}>
          Verlassen
        </button>
      </small>
    `
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

  #page(catalogue: Catalogue, wanted: Wanted) {
    return html`
      <div class="sj-selection" @sj-case=${(event: CustomEvent<string>) => this.#choose({ case: event.detail })}>
        <div class="sj-selection__form" role="group" aria-label="Hilfe auswählen">
          ${this.#clientSection(wanted)} ${this.#periodSection(wanted)} ${this.#helpSection(catalogue, wanted)}
        </div>
        <section aria-labelledby="angebote">${this.#list(wanted)} ${this.#choiceBar(wanted)}</section>
      </div>
    `
  }

  #clientSection(wanted: Wanted) {
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
                    ${Math.max(0, ageOn(found.client.birth_date, wanted.first_day))} Jahre${found.client.unaccompanied_minor ? ', umA' : ''}
                  </span>`
              : html`<span class="sj-meta">Zu diesem Fall ist keine Person erfasst.</span>`
          }
        </p>`,
      error: () => html`<p class="sj-meta">Diesen Fall gibt es hier nicht.</p>`,
    })
    return html`
      <section aria-labelledby="klient">
        <h2 id="klient" tabindex="-1">Klient/in</h2>
        ${
          this.#choice.case
            ? html`${told}
                ${this.#waiting.value?.map((entry) => html`<p class="sj-meta">${entry.facility_name}: ${this.#waitingLine(entry)}</p>`)}
                <p><button type="button" class="sj-link" @click=${() => this.#choose({ case: '' })}>Anderen Fall wählen</button></p>`
            : html`<sj-client-choice .begin=${wanted.first_day}></sj-client-choice>`
        }
      </section>
    `
  }

  #periodSection(wanted: Wanted) {
    const faults: Faults = { ...Object.fromEntries(this.#faults.map(({ field, message }) => [field, message])), ...this.#sending.faults }
    const offers = this.#offers.value
    return html`
      <section aria-labelledby="zeitraum">
        <h2 id="zeitraum">Hilfeplanzeitraum</h2>
        <div class="sj-pair">${this.#day('first_day', 'Beginn', wanted, faults)} ${this.#day('last_day', 'Ende', wanted, faults)}</div>
        <p class="sj-past" id="hint-first_day" role="status">${faults['first_day'] ? '' : beginText(wanted, this.#terms.value)}</p>
        <p class="sj-past" id="hint-last_day" role="status">${faults['last_day'] ? '' : ageText(wanted, this.#person)}</p>
        <p class="sj-meta" role="status">
          ${offers && this.#faults.length === 0 ? html`<b>${periodText(offers.planned_days)}</b>${wanted.counting_rule === 'last_day_free' ? ', letzter Tag nicht gezählt' : ''}` : ''}
        </p>
        ${selectField({
          name: 'counting_rule',
          label: 'Zählweise',
          options: [
            ['last_day_free', 'letzter Tag zählt nicht'],
            ['calendar_days', 'Kalendertage'],
          ],
          value: wanted.counting_rule,
          chosen: (counting_rule) => this.#choose({ counting_rule }),
        })}
      </section>
    `
  }

  #day(name: 'first_day' | 'last_day', label: string, wanted: Wanted, faults: Faults) {
    return html`
      <div class="kern-form-input ${faults[name] ? 'kern-form-input--error' : ''}">
        <label class="kern-label" for=${name}>${label}</label>
        <input
          class="kern-form-input__input"
          id=${name}
          name=${name}
          type="date"
          required
          aria-invalid=${faults[name] ? 'true' : 'false'}
          aria-describedby=${faults[name] ? `fault-${name}` : `hint-${name}`}
          .value=${wanted[name]}
          @change=${(event: Event) => {
            const { value } = event.target as HTMLInputElement
            if (value) this.#choose({ [name]: value })
          }}
        />
        ${faultLine(name, faults)}
      </div>
    `
  }

  #helpSection(catalogue: Catalogue, wanted: Wanted) {
    const { youth_authority, federal_state, federal_state_name } = this.session
    const kinds = grouped(
      catalogue.service_kinds,
      ({ form }) => ({ ambulant: 'Ambulant', teilstationaer: 'Teilstationär', stationaer: 'Stationär' })[form as 'ambulant'],
      (kind) => ({ value: kind.code, label: kindText(kind) }),
    )
    const specialisations = (name: 'specialisations' | 'wished', label: string) =>
      checkGroups({
        name,
        summary:
          wanted[name].length === 0
            ? `${label} Spezialisierungen: keine`
            : `${label} Spezialisierungen: ${wanted[name].map((code) => labelOf(catalogue, code)).join(', ')}`,
        groups: [
          { label: `${label} Spezialisierungen`, options: catalogue.specialisations.map(({ code, label }) => ({ value: code, label })) },
        ],
        chosen: wanted[name],
        most: 20,
        choose: (chosen) => this.#choose({ [name]: chosen.join(',') }),
      })
    const fault = this.#faults.find(({ field }) => field === 'units')?.message ?? this.#sending.faults['units']
    const [unitsLabel, unitsWord] = unitWords[wanted.service_kind.unit]
    const planned = this.#offers.value?.planned_units ?? null
    return html`
      <section aria-labelledby="hilfe">
        <h2 id="hilfe">Hilfe</h2>
        <div class="kern-form-input">
          <label class="kern-label" for="service_kind">Hilfeart</label>
          <div class="kern-form-input__select-wrapper">
            <select
              class="kern-form-input__select"
              id="service_kind"
              name="service_kind"
              @change=${(event: Event) => this.#choose({ service_kind: (event.target as HTMLSelectElement).value, units: '' })}
            >
              ${kinds.map(
                ({ label, options }) =>
                  html`<optgroup label=${label}>
                    ${options.map(({ value, label }) => html`<option value=${value} .selected=${value === wanted.service_kind.code}>${label}</option>`)}
                  </optgroup>`,
              )}
            </select>
          </div>
        </div>
        ${selectField({
          name: 'area',
          label: 'Region',
          options: [
            ...(youth_authority
              ? ([
                  [youth_authority.id, youth_authority.name],
                  [neighboursOf(youth_authority.id), `${youth_authority.name} und Nachbarkreise`],
                ] as [string, string][])
              : []),
            [around, 'Umkreis um einen Ort'],
            [federal_state, federal_state_name],
            ['de', 'Deutschland'],
          ],
          value: wanted.area,
          chosen: (area) => this.#choose({ area }),
        })}
        <sj-place-choice
          .point=${wanted.point}
          .places=${this.#places}
          .radius=${wanted.area === around ? wanted.radius : undefined}
          .missing=${this.#faults.find(({ field }) => field === 'place')?.message}
          @focusin=${() => void this.#loadPlaces()}
          @sj-point=${(event: CustomEvent<string>) => this.#setPoint(event.detail)}
          @sj-radius=${(event: CustomEvent<string>) => this.#choose({ radius: event.detail })}
        ></sj-place-choice>
        ${specialisations('specialisations', 'Verlangte')} ${specialisations('wished', 'Gewünschte')}
        <div class="sj-pair">
          <div class="kern-form-input ${fault ? 'kern-form-input--error' : ''}">
            <label class="kern-label" for="units">${unitsLabel}</label>
            <input
              class="kern-form-input__input"
              id="units"
              name="units"
              type="text"
              inputmode="decimal"
              autocomplete="off"
              placeholder=${wanted.service_kind.unit === 'day' ? '7' : ''}
              .value=${wanted.units}
              @change=${(event: Event) => this.#choose({ units: (event.target as HTMLInputElement).value.trim() })}
            />
            ${faultLine('units', { units: fault })}
          </div>
          <p class="sj-meta">
            ${planned === null || this.#faults.length > 0 ? '' : `Umfang: ${numberText(planned, 2)}${noBreakSpace}${unitsWord}`}
          </p>
        </div>
      </section>
    `
  }

  #list(wanted: Wanted) {
    const page = this.#offers.value
    const late = this.#offers.status === 1
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
      ${
        this.#faults.length > 0
          ? html`<p class="sj-empty">${this.#faults[0]!.message}</p>
              ${
                this.#faults[0]!.field === 'place'
                  ? html`<sj-chart-figure .view=${this.#mapView([], wanted)} @click=${this.#pointed}></sj-chart-figure>`
                  : nothing
              }`
          : page === undefined
            ? this.#offers.error
              ? html`<p class="sj-empty">
                  ${(this.#offers.error as Error).message}
                  <button type="button" class="sj-link" @click=${() => void this.#offers.run()}>Noch einmal versuchen</button>
                </p>`
              : html`<p class="sj-meta" aria-busy="true">Die Angebote werden gesucht</p>`
            : this.#table(page, wanted, late)
      }
    `
  }

  #table(page: OfferPage, wanted: Wanted, late: boolean) {
    const left = leftOutText(page, wanted, this.#person?.sex)
    if (page.items.length === 0)
      return html`<p class="sj-empty">
        ${wanted.available && page.offers_matching > 0 ? 'Kein passendes Angebot hat in diesem Zeitraum einen freien Platz.' : 'Kein Angebot passt.'}
        ${left} ${this.#recordedText()}
      </p>`
    const grades = gradesOf(this.#ranking.value)
    const listed = narrowed(page.items, wanted, grades)
    const offers = sorted(listed, wanted.sorting, grades, wanted.wished)
    const compared = page.items.filter(({ offer_id }) => this.compared.includes(offer_id))
    return html`
      ${this.#lookBar(wanted)} ${this.#map(listed, wanted)}
      ${listed.length === 0 ? html`<p class="sj-empty">Keines dieser Angebote ist nah und gut genug. Bitte Note oder Entfernung weiter fassen.</p>` : nothing}
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
          ${offers.map((offer) => this.#row(offer, wanted, grades.get(offer.provider_id)))}
        </tbody>
      </table>
      <p class="sj-meta">
        ${page.next_cursor ? `Gezeigt sind die ${numberText(page.items.length)} günstigsten. ` : ''}${left} Soll-Entgelt auf volle Euro
        aufgerundet, Differenz zwischen gezeigten Werten. Note: Mittel aus Struktur und Prozess des Anbieters, 1 ist am besten; unter 5
        Fällen keine. Entfernung: Luftlinie. Der Preis ist ein Hinweis, keine Vorgabe (§§ 5, 36 SGB VIII). ${this.#recordedText()}
      </p>
      ${
        compared.length < 2
          ? nothing
          : offerComparison(compared, {
              catalogue: this.#catalogue.value!,
              wanted,
              grades,
              chosen: this.chosen,
              choose: ({ offer_id }) => this.#pick(offer_id),
              remove: ({ offer_id }) => (this.compared = this.compared.filter((id) => id !== offer_id)),
            })
      }
    `
  }

  #lookBar(wanted: Wanted) {
    const possible = (Object.keys(sortings) as Sorting[]).filter(
      (by) => (by !== 'wished' || wanted.wished.length > 0) && (by !== 'distance' || wanted.point !== undefined),
    )
    const select = (name: 'sort' | 'grade' | 'distance', label: string, options: [string, string][], value: string) => html`
      <span>
        <label for=${name}>${label}</label>
        <select id=${name} @change=${(event: Event) => this.#look({ [name]: (event.target as HTMLSelectElement).value })}>
          ${options.map(([key, text]) => html`<option value=${key} .selected=${key === value}>${text}</option>`)}
        </select>
      </span>
    `
    const grades: [string, string][] = [['', 'jede'], ...[2, 3, 4].map((grade): [string, string] => [`${grade}`, `höchstens ${grade},0`])]
    const distances = [...new Set([10, 25, 50, 100, ...(wanted.farthest ? [wanted.farthest] : [])])].toSorted((a, b) => a - b)
    return html`
      <p class="sj-offers__sort sj-no-print">
        ${select(
          'sort',
          'Sortiert nach',
          possible.map((by) => [by, sortings[by]]),
          possible.includes(wanted.sorting) ? wanted.sorting : 'cost',
        )}
        ${select('grade', 'Note', grades, `${wanted.worstGrade ?? ''}`)}
        ${
          wanted.point === undefined
            ? nothing
            : select(
                'distance',
                'Entfernung',
                [['', 'jede'], ...distances.map((far): [string, string] => [`${far}`, `bis ${far} km`])],
                `${wanted.farthest ?? ''}`,
              )
        }
      </p>
    `
  }

  #mapView(offers: Offer[], wanted: Wanted) {
    return offerMap(offers, {
      wanted,
      district: this.session.youth_authority?.id.slice(0, 5),
      chosen: this.chosen,
      choose: (offer_id) => this.#pick(offer_id),
      asked_at: this.#askedAt,
      framed: (frame) => (this.#frame = frame),
    })
  }

  #map(offers: Offer[], wanted: Wanted) {
    return html`
      <details
        class="sj-offers__map sj-no-print"
        ?open=${this.mapOpen}
        @toggle=${(event: Event) => event.target === event.currentTarget && (this.mapOpen = (event.target as HTMLDetailsElement).open)}
      >
        <summary class="sj-link">Karte</summary>
        ${this.mapOpen ? html`<sj-chart-figure .view=${this.#mapView(offers, wanted)} @click=${this.#pointed}></sj-chart-figure>` : nothing}
      </details>
    `
  }

  #pick(offer_id: string) {
    const offer = this.#offers.value?.items.find((each) => each.offer_id === offer_id)
    if (!offer || offer.free_places === 0) return
    this.chosen = offer_id
    this.away = false
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

  #recordedText() {
    return this.recordedAt && this.#recorded?.key === this.#searchKey ? `Suche festgehalten am ${minuteText(this.recordedAt)}.` : ''
  }

  #row(offer: Offer, wanted: Wanted, grade: Grade | undefined) {
    const on = offer.offer_id === this.chosen
    const met = wishesMet(offer, wanted.wished)
    const compared = this.compared.includes(offer.offer_id)
    const place = [
      offer.provider_name,
      offer.town ?? offer.abbreviation,
      ...(offer.distance_km === null ? [] : [distanceText(offer.distance_km)]),
    ]
    return html`
      <tr role="row" class=${on ? 'sj-chosen' : nothing}>
        <th role="rowheader" scope="row" class="sj-c-offer">
          <label>
            <input
              type="radio"
              name="offer"
              value=${offer.offer_id}
              .checked=${on}
              ?disabled=${offer.free_places === 0}
              @change=${() => this.#pick(offer.offer_id)}
            />
            <span>
              <b>${offer.facility_name}</b>${admissionTexts(offer).map((text) => html`<em>${text}</em>`)}
              <small>${place.join(', ')}</small>
              ${wanted.wished.length > 0 ? html`<small>${met} von ${wanted.wished.length} Wünschen</small>` : nothing}
            </span>
          </label>
          ${this.#waitingOf(offer, wanted)}
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
            .checked=${compared}
            ?disabled=${!compared && this.compared.length >= mostCompared}
            @change=${(event: Event) => this.#compare(offer.offer_id, (event.target as HTMLInputElement).checked)}
          />
        </td>
      </tr>
      ${on ? this.#dossier(offer, wanted) : nothing}
    `
  }

  #dossier(offer: Offer, { first_day, last_day, counting_rule }: Wanted) {
    const case_id = this.#choice.case
    const budget = this.#budget.value
    return html`
      <tr role="row" class="sj-c-details">
        <td role="cell" colspan="7">
          <sj-offer-dossier
            .offer=${offer}
            .query=${{ first_day, last_day, counting_rule, ...(case_id && { case_id }) }}
            .budget=${budget ? budgetText(budget, first_day) : ''}
          ></sj-offer-dossier>
        </td>
      </tr>
    `
  }

  #waitingOf(offer: Offer, wanted: Wanted) {
    const case_id = this.#choice.case
    if (offer.free_places > 0 || !case_id) return nothing
    const entry = this.#waiting.value?.find(({ offer_id }) => offer_id === offer.offer_id)
    if (entry) return this.#waitingLine(entry)
    return html`
      <small class="sj-waiting sj-no-print">
        <button
          type="button"
          class="sj-link"
          aria-label="Auf die Warteliste: ${offer.facility_name}"
          @click=${() => void this.#wait(offer, wanted, case_id)}
        >
          Auf die Warteliste
        </button>
      </small>
    `
  }

  #awayFields(wanted: Wanted) {
    const { faults } = this.#sending
    return html`
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
            .value=${this.awayRate}
            @input=${(event: Event) => (this.awayRate = (event.target as HTMLInputElement).value)}
          />
          ${faultLine('rate_cents', faults)}
        </div>
        ${selectField({
          name: 'away_reason',
          label: 'Grund für die Buchung außerhalb',
          options: [['', 'Bitte wählen'], ...awayReasons],
          value: this.awayReason,
          chosen: (reason) => (this.awayReason = reason),
        })}
      </div>
    `
  }

  /** What the help would cost at the rate written so far, and what would be left of the budget. */
  #awayCost(wanted: Wanted) {
    const cost = this.#budget.value
    const told = cost && cost.rate_cents === this.#rateCents ? cost : undefined
    return html`<p class="sj-meta" role="status">
      ${told ? html`<b>${costText({ ...told, unit: wanted.service_kind.unit })}</b><br />${budgetText(told, wanted.first_day)}` : ''}
    </p>`
  }

  #parallel() {
    const others = this.#otherHomes
    if (others.length === 0) return nothing
    return html`
      <div class="sj-parallel">
        <p role="status">
          In diesen Tagen ist schon gebucht:
          ${others.map((help, n) => html`${n > 0 ? '; ' : ''}<a class="sj-link" href="${reservationPath}?booking=${help.id}">${homeText(help)}</a>`)}.
        </p>
        ${confirmField({
          name: 'parallel',
          label: parallelLabel,
          checked: this.parallel,
          faults: this.#sending.faults,
          chosen: (on) => (this.parallel = on),
        })}
      </div>
    `
  }

  #choiceBar(wanted: Wanted) {
    const offer = this.#chosenOffer
    const { refusal, faults } = this.#sending
    const startAway = async () => {
      this.away = true
      this.chosen = undefined
      this.#sending.clear()
      await this.updateComplete
      this.querySelector<HTMLElement>('#rate_cents')?.focus()
    }
    return html`
      <form class="sj-choice ${offer ? 'sj-choice--made' : ''} sj-no-print" novalidate aria-labelledby="wahl" @submit=${this.#submit}>
        ${faultSummary({ refusal, faults, labels: formLabels })}
        <div>
          <h3 id="wahl">
            ${offer ? `${offer.facility_name}${offer.town ? `, ${offer.town}` : ''}` : this.away ? 'Hilfe außerhalb des Systems' : 'Noch kein Angebot gewählt'}
          </h3>
          <p class="sj-meta">
            ${
              offer
                ? `${costText(offer)}. ${offer.free_places === 1 ? '1 Platz ist' : `${offer.free_places} Plätze sind`} frei.`
                : this.away
                  ? 'Ohne Einrichtung und Angebot, zum vereinbarten Entgelt. Zählt als auswärtige Buchung.'
                  : 'Wählen Sie ein Angebot aus der Liste, oder buchen Sie eine Hilfe außerhalb des Systems.'
            }
            ${
              this.compared.length < 2
                ? nothing
                : html`<button type="button" class="sj-link" @click=${() => this.#showCompared()}>
                    ${numberText(this.compared.length)} Angebote nebeneinander ansehen
                  </button>`
            }
          </p>
          ${this.away ? this.#awayCost(wanted) : nothing} ${this.#parallel()}
        </div>
        ${
          this.away
            ? this.#awayFields(wanted)
            : offer && !offer.bestprice
              ? selectField({
                  name: 'reason',
                  label: 'Grund für das teurere Angebot',
                  options: [['', 'Bitte wählen'], ...dearerReasons],
                  value: this.reason,
                  chosen: (reason) => (this.reason = reason),
                })
              : html`<span></span>`
        }
        <div class="sj-actions">
          ${
            this.away
              ? html`<button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Auswärtig buchen</span></button>
                  <button type="button" class="kern-btn kern-btn--secondary" @click=${() => (this.away = false)}>
                    <span class="kern-label">Abbrechen</span>
                  </button>`
              : html`<button type="submit" class="kern-btn kern-btn--primary" ?disabled=${!offer}>
                    <span class="kern-label">Reservieren</span>
                  </button>
                  <button type="button" class="kern-btn kern-btn--secondary" @click=${() => void startAway()}>
                    <span class="kern-label">Auswärtig buchen</span>
                  </button>`
          }
        </div>
      </form>
    `
  }
}

const labelOf = ({ specialisations }: Catalogue, code: string) => specialisations.find((each) => each.code === code)?.label ?? code

customElements.define('sj-selection-page', SelectionPage)
