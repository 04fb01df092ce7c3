import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { dearerReasonLabels } from './reasons.ts'
import {
  bookAway,
  type Catalogue,
  getCatalogue,
  getHelpCase,
  getOffers,
  getRanking,
  getRemainingBudget,
  type Offer,
  type OfferPage,
  recordSearch,
  RequestProblem,
  reserveOffer,
  type Session,
} from '../../client.ts'
import { checkGroups } from '../../elements/check-groups.ts'
import { grouped } from '../../elements/filter-bar.ts'
import { faultLine, faultsOf as fieldFaults, type Faults, faultSummary } from '../../elements/form-fields.ts'
import { problemAlert } from '../../elements/problem-alert.ts'
import { selectField } from '../../elements/select-field.ts'
import { dateText, minuteText, moneyText, noBreakSpace, numberText } from '../../format.ts'
import { Navigate } from '../../navigation.ts'
import { reservationPath } from '../../route.ts'
import { lastCompleteMonth } from '../../selection.ts'
import { kindText } from '../../sentence.ts'
import { sexLabels } from './client-choice.ts'
import './client-choice.ts'
import {
  admissionTexts,
  ageOn,
  costText,
  budgetText,
  type Fault,
  faultsOf,
  type Grade,
  gradesOf,
  leftOutText,
  offerQuery,
  periodText,
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
import '../../elements/table.css'
import './selection-page.css'

const berlinDay = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin' })
/** What stood unchanged for so long was looked at, and is a search. */
const lookedAtMs = 4000
const formLabels: Record<string, string> = { case: 'Fall', first_day: 'Beginn', last_day: 'Ende', offer_id: 'Angebot', units_per_week: 'Umfang je Woche', rate_cents: 'Entgelt' } // prettier-ignore

/** Verwaltung / HzE-Auswahl. */
export class SelectionPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    chosen: { state: true },
    sorting: { state: true },
    reason: { state: true },
    away: { state: true },
    awayRate: { state: true },
    refusal: { state: true },
    refused: { state: true },
    recordedAt: { state: true },
  }
  declare session: Session
  declare search: string
  /** Id of the offer chosen. */
  declare chosen: string | undefined
  declare sorting: Sorting
  /** Why a dearer offer. */
  declare reason: string
  /** Whether a help outside the system is being booked. */
  declare away: boolean
  declare awayRate: string
  declare refusal: string | undefined
  declare refused: Faults
  /** When the search shown was recorded. */
  declare recordedAt: Date | undefined
  #recorded: { key: string; id: string } | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #busy = false
  #key = crypto.randomUUID()

  readonly #catalogue = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getCatalogue(signal),
  })
  readonly #case = new Task(this, {
    args: () => [this.#choice.case] as const,
    task: async ([id], { signal }) => (id ? getHelpCase(id, signal) : undefined),
  })
  readonly #offers = new Task(this, {
    args: () => [this.#asked] as const,
    task: async ([asked], { signal }): Promise<OfferPage | undefined> =>
      asked === undefined ? undefined : getOffers(JSON.parse(asked) as Parameters<typeof getOffers>[0], signal),
  })
  readonly #ranking = new Task(this, {
    args: () => [this.#catalogue.value, this.#wanted?.service_kind.code] as const,
    task: async ([catalogue, service_kind], { signal }) =>
      catalogue && service_kind ? getRanking({ service_kind, month: lastCompleteMonth(catalogue) }, signal) : undefined,
  })

  readonly #budget = new Task(this, {
    args: () => [this.#wanted && this.#chosenOffer && this.#asked, this.chosen] as const,
    task: async ([asked], { signal }) => {
      const wanted = this.#wanted
      const offer = this.#chosenOffer
      if (!asked || !wanted || !offer || unitsMissing(wanted)) return undefined
      const { service_kind, first_day, last_day, counting_rule, units_per_week } = offerQuery(wanted, undefined)
      const rate_cents = String(offer.rate_cents)
      return getRemainingBudget({ service_kind, first_day, last_day, counting_rule, units_per_week, rate_cents }, signal)
    },
  })

  constructor() {
    super()
    this.sorting = 'cost'
    this.reason = ''
    this.away = false
    this.awayRate = ''
    this.refused = {}
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
    return catalogue && resolveWanted(this.#choice, catalogue, this.session, berlinDay.format(new Date()))
  }
  get #person() {
    return this.#case.value?.client ?? undefined
  }
  get #chosenOffer(): Offer | undefined {
    return this.#offers.value?.items.find(({ offer_id }) => offer_id === this.chosen)
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
    this.refusal = undefined
    this.refused = {}
    this.dispatchEvent(new Navigate(location.pathname + writeWanted({ ...this.#choice, ...changed }), { replace: true }))
  }

  protected override updated() {
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
          area: wanted.area,
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

  async #submit(event: SubmitEvent) {
    event.preventDefault()
    const wanted = this.#wanted
    if (this.#busy || !wanted) return
    const case_id = this.#choice.case
    this.refused = {}
    this.refusal = case_id ? undefined : 'Bitte zuerst oben einen Fall auswählen.'
    const units = unitsOf(wanted.units)
    if (case_id && unitsMissing(wanted)) this.refusal = `Bitte oben die ${unitWords[wanted.service_kind.unit][0]} angeben.`
    const rate = Math.round(Number(this.awayRate.replace(/\./g, '').replace(',', '.')) * 100)
    if (case_id && this.away && !(rate > 0))
      this.refused = { rate_cents: 'Bitte das vereinbarte Entgelt in Euro angeben, zum Beispiel 98,50.' }
    if (!case_id || this.refusal || this.refused['rate_cents']) return this.#showRefusal()
    this.#busy = true
    const terms = {
      case_id,
      first_day: wanted.first_day,
      last_day: wanted.last_day,
      counting_rule: wanted.counting_rule,
      specialisations: wanted.specialisations,
      ...(units !== undefined && { units_per_week: units }),
    }
    try {
      const search_id = await this.#record()
      if (this.away) {
        const { id } = await bookAway({ ...terms, away: true, service_kind: wanted.service_kind.code, rate_cents: rate }, this.#key)
        this.dispatchEvent(new Navigate(`${reservationPath}?booking=${id}`))
        return
      }
      const reserved = await reserveOffer(
        { ...terms, offer_id: this.chosen!, area: wanted.area, ...(search_id && { search_id }), dearer_reason: this.reason || null },
        this.#key,
      )
      this.dispatchEvent(new Navigate(`${reservationPath}?reservation=${reserved.id}`))
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      if (problem.status > 0 && problem.status < 500) this.#key = crypto.randomUUID()
      this.refusal = problem.message
      this.refused = fieldFaults(problem.details, Object.keys(formLabels))
      // the place may be gone
      if (problem.status === 409) void this.#offers.run()
      await this.#showRefusal()
    } finally {
      this.#busy = false
    }
  }

  async #showRefusal() {
    await this.updateComplete
    this.querySelector<HTMLElement>('.sj-choice .sj-summary')?.focus()
  }

  override render() {
    return html`
      <h1 class="sj-h1">HzE-Auswahl</h1>
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
        <h2 id="klient">Klient/in</h2>
        ${
          this.#choice.case
            ? html`${told}
                <p><button type="button" class="sj-link" @click=${() => this.#choose({ case: '' })}>Anderen Fall wählen</button></p>`
            : html`<sj-client-choice .begin=${wanted.first_day}></sj-client-choice>`
        }
      </section>
    `
  }

  #periodSection(wanted: Wanted) {
    const faults: Faults = { ...Object.fromEntries(this.#faults.map(({ field, message }) => [field, message])), ...this.refused }
    const offers = this.#offers.value
    return html`
      <section aria-labelledby="zeitraum">
        <h2 id="zeitraum">Hilfeplanzeitraum</h2>
        <div class="sj-pair">${this.#day('first_day', 'Beginn', wanted, faults)} ${this.#day('last_day', 'Ende', wanted, faults)}</div>
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
          aria-describedby=${faults[name] ? `fault-${name}` : nothing}
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
    const fault = this.#faults.find(({ field }) => field === 'units')
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
                    ${options.map(({ value, label }) => html`<option value=${value} ?selected=${value === wanted.service_kind.code}>${label}</option>`)}
                  </optgroup>`,
              )}
            </select>
          </div>
        </div>
        ${selectField({
          name: 'area',
          label: 'Region',
          options: [
            ...(youth_authority ? [[youth_authority.id, youth_authority.name] as [string, string]] : []),
            [federal_state, federal_state_name],
            ['de', 'Deutschland'],
          ],
          value: wanted.area,
          chosen: (area) => this.#choose({ area }),
        })}
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
            ${faultLine('units', fault ? { units: fault.message } : {})}
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
        <h2 class="sj-h2" id="angebote">Angebote nach Kosten</h2>
        <fieldset class="sj-tabs" aria-label="Welche Angebote" aria-live="polite">
          ${tab('all', `Alle Angebote (${page ? numberText(page.offers_matching) : '…'})`, !wanted.available)}
          ${tab('', `Verfügbare Angebote (${page ? numberText(page.offers_available) : '…'})`, wanted.available)}
        </fieldset>
      </div>
      ${
        this.#faults.length > 0
          ? html`<p class="sj-empty">${this.#faults[0]!.message}</p>`
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
    const offers = sorted(page.items, this.sorting, grades, wanted.wished)
    const options = (Object.keys(sortings) as Sorting[]).filter((by) => by !== 'wished' || wanted.wished.length > 0)
    return html`
      <p class="sj-offers__sort sj-no-print">
        <label for="sorting">Sortiert nach</label>
        <select id="sorting" @change=${(event: Event) => (this.sorting = (event.target as HTMLSelectElement).value as Sorting)}>
          ${options.map((by) => html`<option value=${by} ?selected=${by === this.sorting}>${sortings[by]}</option>`)}
        </select>
      </p>
      <table class="sj-table sj-offers ${late ? 'sj-stale' : ''}" role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">Einrichtung <small>Anbieter, Ort</small></th>
            <th role="columnheader" scope="col" class="sj-num">Freie <small>Plätze</small></th>
            <th role="columnheader" scope="col" class="sj-num">Note 1–5 <small>(Fälle)</small></th>
            <th role="columnheader" scope="col" class="sj-num">
              Entgelt <small>je ${{ day: 'Tag', hour: 'Stunde', flat: 'Pauschale' }[wanted.service_kind.unit]}</small>
            </th>
            <th role="columnheader" scope="col" class="sj-num">
              Soll-Entgelt
              <small
                >${page.planned_units === null ? '' : `${numberText(page.planned_units, page.planned_units % 1 === 0 ? 0 : 2)} ${unitWords[wanted.service_kind.unit][1]}`}</small
              >
            </th>
            <th role="columnheader" scope="col" class="sj-num">Differenz</th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${offers.map((offer) => this.#row(offer, wanted, grades.get(offer.provider_id)))}
        </tbody>
      </table>
      <p class="sj-meta">
        ${page.next_cursor ? `Gezeigt sind die ${numberText(page.items.length)} günstigsten. ` : ''}${left} Soll-Entgelt auf volle Euro
        aufgerundet, Differenz zwischen gezeigten Werten. Note: Mittel aus Struktur und Prozess des Anbieters, 1 ist am besten; unter 5
        Fällen keine. Der Preis ist ein Hinweis, keine Vorgabe (§§ 5, 36 SGB VIII). ${this.#recordedText()}
      </p>
    `
  }

  #recordedText() {
    return this.recordedAt && this.#recorded?.key === this.#searchKey ? `Suche festgehalten am ${minuteText(this.recordedAt)}.` : ''
  }

  #row(offer: Offer, wanted: Wanted, grade: Grade | undefined) {
    const on = offer.offer_id === this.chosen
    const met = wishesMet(offer, wanted.wished)
    const choose = () => {
      this.chosen = offer.offer_id
      this.away = false
      this.refusal = undefined
      this.refused = {}
      this.#key = crypto.randomUUID()
    }
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
              @change=${choose}
            />
            <span>
              <b>${offer.facility_name}</b>${admissionTexts(offer).map((text) => html`<em>${text}</em>`)}
              <small>${[offer.provider_name, offer.town ?? offer.abbreviation].join(', ')}</small>
              ${wanted.wished.length > 0 ? html`<small>${met} von ${wanted.wished.length} Wünschen</small>` : nothing}
            </span>
          </label>
        </th>
        <td role="cell" class="sj-num sj-c-free">${offer.free_places}</td>
        <td role="cell" class="sj-num sj-c-grade">
          ${!grade || grade.grade === null ? '–' : numberText(grade.grade, 1)}
          <small>${!grade || grade.cases === null ? '' : `(${grade.cases})`}</small>
        </td>
        <td role="cell" class="sj-num sj-c-rate">${moneyText(offer.rate_cents)}</td>
        <td role="cell" class="sj-num sj-c-cost">${offer.shown_euros === null ? '–' : moneyText(offer.shown_euros * 100, 0)}</td>
        <td role="cell" class="sj-num sj-c-diff">
          ${offer.bestprice ? html`<span class="sj-best">bestprice</span>` : offer.difference_euros === null ? '–' : moneyText(offer.difference_euros * 100, 0)}
        </td>
      </tr>
    `
  }

  #choiceBar(wanted: Wanted) {
    const offer = this.#chosenOffer
    const budget = this.#budget.value
    const startAway = () => {
      this.away = true
      this.chosen = undefined
      this.refusal = undefined
      this.refused = {}
      this.#key = crypto.randomUUID()
    }
    return html`
      <form class="sj-choice sj-no-print" novalidate aria-labelledby="wahl" @submit=${this.#submit}>
        ${faultSummary({ refusal: this.refusal, faults: this.refused, labels: formLabels })}
        <div>
          <h3 id="wahl">
            ${offer ? `${offer.facility_name}${offer.town ? `, ${offer.town}` : ''}` : this.away ? 'Hilfe außerhalb des Systems' : 'Noch kein Angebot gewählt'}
          </h3>
          <p class="sj-meta">
            ${
              offer
                ? `${costText(offer)}. ${offer.free_places === 1 ? '1 Platz ist' : `${offer.free_places} Plätze sind`} frei.${budget ? ` ${budgetText(budget, wanted.first_day)}` : ''}`
                : this.away
                  ? 'Ohne Einrichtung und Angebot, zum vereinbarten Entgelt. Zählt als auswärtige Buchung.'
                  : 'Wählen Sie ein Angebot aus der Liste, oder buchen Sie eine Hilfe außerhalb des Systems.'
            }
          </p>
        </div>
        ${
          this.away
            ? html`<div class="kern-form-input ${this.refused['rate_cents'] ? 'kern-form-input--error' : ''}">
                <label class="kern-label" for="rate_cents"
                  >Entgelt je ${{ day: 'Tag', hour: 'Stunde', flat: 'Pauschale' }[wanted.service_kind.unit]} in Euro</label
                >
                <input
                  class="kern-form-input__input"
                  id="rate_cents"
                  inputmode="decimal"
                  autocomplete="off"
                  .value=${this.awayRate}
                  @input=${(event: Event) => (this.awayRate = (event.target as HTMLInputElement).value)}
                />
                ${faultLine('rate_cents', this.refused)}
              </div>`
            : offer && !offer.bestprice
              ? selectField({
                  name: 'reason',
                  label: 'Grund für das teurere Angebot',
                  options: [['', 'Bitte wählen'], ...dearerReasonLabels],
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
                  <button type="button" class="kern-btn kern-btn--secondary" @click=${startAway}>
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
