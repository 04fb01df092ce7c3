import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { findClients, type ManagedHelp, type ManagedPage, manageCases, RequestProblem, type Session } from '../../client.ts'
import { listSearch } from '../../elements/list-search.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { selectField } from '../../elements/select-field.ts'
import { dateText, instantText, moneyText, numberText } from '../../format.ts'
import { Navigate } from '../../navigation.ts'
import { onReturn } from '../../on-return.ts'
import { casePath, helpSelectionPath } from '../../route.ts'
import { fileHref } from '../case-file/case-file.ts'
import { authorityChanges } from './authority-changes.ts'
import {
  countIn,
  dueChoices,
  dueText,
  foundText,
  groupsOf,
  isFiltered,
  leadText,
  type ManagedChoice,
  nextText,
  questionOf,
  rangeText,
  readManaged,
  stageWords,
  tabOf,
  tabs,
  withoutFilters,
  workHref,
  writeManaged,
} from './case-manager.ts'
import { myConsultations } from './my-consultations.ts'
import { draftedStep } from './step-form.ts'
import './bulk-actions.ts'
import './matters.ts'
import './case-manager-page.css'

/** A page with the question it answers: while the next one is asked for, the former stays as it is. */
type Shown = ManagedPage & { of: { choice: ManagedChoice; text: string; cursors: string[]; asked_at: string } }

const typingMs = 300
const pageSize = 50
const day = (date: string | null) => (date === null ? '–' : html`<time datetime=${date}>${dateText(date)}</time>`)
/** In lists rounded up to full euros. */
const euros = (cents: number | null) => (cents === null ? '–' : moneyText(Math.ceil(cents / 100) * 100, 0))

/** Verwaltung / Fallmanager: the helps under way, what is due first on top. */
export class CaseManagerPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    text: { state: true },
    cursors: { state: true },
    chosen: { state: true },
    resumed: { state: true },
  }
  declare session: Session
  declare search: string
  /** What is looked for, as typed. Names and case numbers stay out of the address. */
  declare text: string
  /** Where the pages after the first begin, up to the one shown. */
  declare cursors: string[]
  /** Ids of the helps marked on this page. */
  declare chosen: ReadonlySet<string>
  /** Whether they were being handed over when somebody left. */
  declare resumed: boolean
  #timer: ReturnType<typeof setTimeout> | undefined

  readonly #page = new Task(this, {
    args: () => [this.search, this.#sought, this.cursors, this.session.user_name] as const,
    task: async ([search, text, cursors], { signal }): Promise<Shown> => {
      const choice = readManaged(search)
      const page = await manageCases(questionOf(choice, text, cursors.at(-1)), signal)
      return { ...page, of: { choice, text, cursors, asked_at: new Date().toISOString() } }
    },
  })

  /** Whoever is looked for, also without a help under way: a case whose helps ended is found by its person. */
  readonly #people = new Task(this, {
    args: () => [this.#sought, this.session.user_name] as const,
    task: async ([text], { signal }) => (text.length < 2 ? undefined : { ...(await findClients(text, signal)), text }),
  })

  constructor() {
    super()
    this.search = ''
    this.text = ''
    this.cursors = []
    this.chosen = new Set()
    this.resumed = false
    onReturn(this, () => void this.#page.run())
  }

  protected override createRenderRoot() {
    return this
  }

  override connectedCallback() {
    super.connectedCallback()
    void this.#resume()
  }

  /** Marks again what was being handed over, where all of it is on this page. */
  async #resume() {
    const drafted = await draftedStep()
    await this.#page.taskComplete.catch(() => undefined)
    const listed = new Set(this.#page.value?.items.map(({ id }) => id))
    if (!drafted || this.chosen.size > 0 || !drafted.helps.every((id) => listed.has(id))) return
    this.chosen = new Set(drafted.helps)
    this.resumed = true
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (changed.get('search') !== undefined) this.cursors = []
    if (changed.has('search') || changed.has('text') || changed.has('cursors')) this.chosen = new Set()
  }

  get #sought() {
    return this.text.trim()
  }

  #choose(changed: ManagedChoice) {
    this.dispatchEvent(new Navigate(location.pathname + writeManaged({ ...readManaged(this.search), ...changed }), { replace: true }))
  }

  #look(text: string) {
    clearTimeout(this.#timer)
    if (text === this.text) return
    this.cursors = []
    this.text = text
  }

  async #turn(cursors: string[]) {
    this.cursors = cursors
    await this.updateComplete
    await this.#page.taskComplete.catch(() => undefined)
    await this.updateComplete
    const list = this.querySelector<HTMLElement>('#hilfen')
    list?.focus({ preventScroll: true })
    list?.scrollIntoView({ block: 'start' })
  }

  #pick(id: string, isChosen: boolean) {
    const chosen = new Set(this.chosen)
    if (isChosen) chosen.add(id)
    else chosen.delete(id)
    this.chosen = chosen
  }

  async #changed() {
    this.chosen = new Set()
    await this.#page.run()
  }

  override render() {
    const page = this.#page.value
    return html`
      <div class="sj-list-title">
        <h1 class="sj-h1">Fallmanager</h1>
        <a class="kern-btn kern-btn--primary sj-no-print" href=${helpSelectionPath}><span class="kern-label">Neue Hilfe auswählen</span></a>
      </div>
      ${printLine(this.session)}
      ${
        page
          ? html`<p class="sj-lead">
              ${page.of.text === '' && !isFiltered(page.of.choice) ? leadText(page) : foundText(countIn(tabs[0]!, page.counts))}
            </p>`
          : this.#page.error
            ? nothing
            : html`<p class="sj-lead" aria-busy="true"><i class="sj-skeleton sj-skeleton--title"></i></p>`
      }
      <div class="sj-manager__matters">
        <sj-case-matters .load=${myConsultations}></sj-case-matters>
        <sj-case-matters .load=${authorityChanges}></sj-case-matters>
      </div>
      ${this.#tools(page)} ${this.#failed(this.#page.error)} ${page ? this.#list(page) : nothing} ${this.#found()}
    `
  }

  #found() {
    const people = this.#people.value
    if (people?.text !== this.#sought || this.#page.value?.of.text !== this.#sought) return nothing
    const listed = new Set(this.#page.value.items.map(({ case_id }) => case_id))
    const found = people.items
      .map((person) => ({ ...person, cases: person.cases.filter(({ id }) => !listed.has(id)) }))
      .filter(({ cases }) => cases.length > 0)
    if (found.length === 0) return nothing
    return html`
      <section class="sj-manager__people sj-no-print" aria-labelledby="personen">
        <h2 class="sj-h2" id="personen">Weitere Fälle, auch beendete</h2>
        <ul>
          ${found.map(
            ({ family_name, given_name, birth_date, cases }) => html`
              <li>
                ${family_name}, ${given_name} <span class="sj-meta">geb. ${dateText(birth_date)}</span>
                ${cases.map(
                  ({ id, case_number, end_on }) => html`
                    <a class="sj-link" href="${casePath}?case=${id}">Fall ${case_number}</a>
                    ${end_on === null ? nothing : html`<span class="sj-meta">bis ${dateText(end_on)}</span>`}
                  `,
                )}
              </li>
            `,
          )}
        </ul>
        ${people.more ? html`<p class="sj-meta">Es gibt weitere. Bitte genauer angeben.</p>` : nothing}
      </section>
    `
  }

  #tools(page: ManagedPage | undefined) {
    const choice = readManaged(this.search)
    const chosen = tabOf(choice)
    const mine = choice.mine === 'true'
    const link = (changed: ManagedChoice, current: boolean, label: unknown) => html`
      <li>
        <a
          href="${location.pathname}${writeManaged({ ...choice, ...changed })}"
          aria-current=${current ? 'true' : nothing}
          @click=${(event: MouseEvent) => {
            if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return
            event.preventDefault()
            this.#choose(changed)
          }}
          >${label}</a
        >
      </li>
    `
    return html`
      <div class="sj-list-tools sj-manager__tools sj-no-print">
        <div class="sj-manager__stage">
          ${selectField({
            name: 'stage',
            label: 'Stand',
            options: tabs.map((tab): [string, string] => [
              tab.key,
              page ? `${tab.label} (${numberText(countIn(tab, page.counts))})` : tab.label,
            ]),
            value: chosen.key,
            chosen: (stage) => this.#choose({ stage }),
          })}
        </div>
        <nav class="sj-manager__stages" aria-label="Hilfen nach Stand">
          <ul class="sj-list-tabs">
            ${tabs.map((tab) => link({ stage: tab.key }, tab === chosen, html`${tab.label} ${page ? html`<span>${numberText(countIn(tab, page.counts))}</span>` : nothing}`))}
          </ul>
        </nav>
        <nav aria-label="Wessen Fälle">
          <ul class="sj-list-tabs">
            ${link({ mine: '' }, !mine, 'Alle Fälle')} ${link({ mine: 'true', caseworker: '' }, mine, 'Meine Fälle')}
          </ul>
        </nav>
        ${listSearch({
          placeholder: 'Name, Fall-Nr. oder Anbieter',
          value: this.text,
          typed: (text) => {
            clearTimeout(this.#timer)
            this.#timer = setTimeout(() => this.#look(text), typingMs)
          },
          sought: (text) => this.#look(text),
        })}
        ${page ? this.#filters(page, choice) : nothing}
      </div>
    `
  }

  #filters({ choices }: ManagedPage, choice: ManagedChoice) {
    const select = (name: 'service_kind' | 'provider' | 'caseworker' | 'due', label: string, options: [string, string][]) =>
      selectField({ name, label, options, value: choice[name] ?? '', chosen: (value) => this.#choose({ [name]: value }) })
    const all: [string, string] = ['', 'Alle']
    return html`
      <details class="sj-manager__filters" ?open=${isFiltered(choice)}>
        <summary class="sj-link">Auswahl eingrenzen</summary>
        <div>
          ${select('service_kind', 'Hilfeart', [all, ...choices.service_kinds.map(({ code, legal_basis, label }): [string, string] => [code, `${legal_basis.replace(' SGB VIII', '')} ${label}`])])}
          ${select('provider', 'Anbieter', [all, ...choices.providers.map(({ id, name }): [string, string] => [id, name])])}
          ${
            choice.mine === 'true'
              ? nothing
              : select('caseworker', 'Bearbeitung', [all, ...choices.caseworkers.map(({ id, name }): [string, string] => [id, name])])
          }
          ${select(
            'due',
            'Frist',
            dueChoices.map(({ key, label }): [string, string] => [key, label]),
          )}
        </div>
      </details>
    `
  }

  #list(page: Shown) {
    const { cursors, asked_at } = page.of
    const total = page.listed
    if (page.items.length === 0) return this.#empty(page.of, total)
    const range = rangeText(cursors.length * pageSize, page.items.length, total)
    return html`
      <div class="sj-manager__head" id="hilfen" tabindex="-1">
        <p class="sj-meta" role="status">Stand <time datetime=${asked_at}>${instantText(asked_at)}</time>, nach Frist geordnet</p>
        ${this.#pager(page, range, 'Seiten')}
      </div>
      <sj-bulk-actions
        class="sj-no-print"
        .helps=${page.items.filter(({ id }) => this.chosen.has(id))}
        .resumed=${this.resumed}
        @sj-done=${() => void this.#changed()}
      ></sj-bulk-actions>
      <table role="table" class="sj-table sj-cases">
        <caption class="kern-sr-only">
          Hilfen ${range}, nach Frist geordnet
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col" class="sj-cases__pick">
              <input
                type="checkbox"
                aria-label="Alle Hilfen dieser Seite auswählen"
                .checked=${page.items.every(({ id }) => this.chosen.has(id))}
                @change=${(event: Event) =>
                  (this.chosen = new Set((event.target as HTMLInputElement).checked ? page.items.map(({ id }) => id) : []))}
              />
            </th>
            <th role="columnheader" scope="col">Fall</th>
            <th role="columnheader" scope="col" aria-sort="ascending">Frist</th>
            <th role="columnheader" scope="col">Status <small>nächster Schritt</small></th>
            <th role="columnheader" scope="col">Hilfeart <small>Anbieter</small></th>
            <th role="columnheader" scope="col" class="sj-cases__reserved">Reserviert</th>
            <th role="columnheader" scope="col" class="sj-cases__booked">Zustimmung</th>
            <th role="columnheader" scope="col" class="sj-cases__booked">Gebucht</th>
            <th role="columnheader" scope="col" class="sj-cases__worker">Bearbeitung <small>örtl. Träger</small></th>
            <th role="columnheader" scope="col" class="sj-num sj-cases__cost">Soll-Kosten</th>
            <th role="columnheader" scope="col" class="sj-cases__act">Aktion</th>
          </tr>
        </thead>
        ${groupsOf(page).map(
          ({ label, count, helps }) => html`
            <tbody role="rowgroup">
              <tr role="row" class="sj-cases__group">
                <th role="rowheader" scope="rowgroup" colspan="11">${label} <span>${numberText(count)}</span></th>
              </tr>
              ${helps.map((help) => this.#row(help, page.today))}
            </tbody>
          `,
        )}
      </table>
      <div class="sj-manager__head sj-no-print">
        <p></p>
        ${this.#pager(page, range, 'Seiten unten')}
      </div>
    `
  }

  #row(help: ManagedHelp, today: string) {
    const { label, action, step } = stageWords[help.stage]
    return html`
      <tr role="row">
        <td role="cell" class="sj-cases__pick">
          <input
            type="checkbox"
            aria-label="${help.case_number}, ${label}, auswählen"
            .checked=${this.chosen.has(help.id)}
            @change=${(event: Event) => this.#pick(help.id, (event.target as HTMLInputElement).checked)}
          />
        </td>
        <th role="rowheader" scope="row" class="sj-cases__no">
          <a class="sj-link" href=${workHref(help)}>${help.case_number}</a>
          ${help.family_name === null ? nothing : html`<span class="sj-cases__name">${help.family_name}, ${help.given_name}</span>`}
          <small>
            <a class="sj-link" href="${casePath}?case=${help.case_id}" aria-label="Verlauf des Falls, ${help.case_number}">Verlauf</a>
            <a class="sj-link" href=${fileHref(help.case_id)} aria-label="Akte, ${help.case_number}">Akte</a>
          </small>
        </th>
        <td role="cell" class="sj-cases__due ${help.due === 'past' ? 'sj-late' : ''}">
          ${day(help.due_on)} <small>${dueText(help.due_on, today)}</small>
        </td>
        <td role="cell" class="sj-cases__state">${label} <small>${nextText(help)}</small></td>
        <td role="cell" class="sj-cases__kind">
          ${help.legal_basis.replace(' SGB VIII', '')} ${help.service_kind_label}
          <small>${help.provider_name ?? 'außerhalb des Systems'}</small>
        </td>
        <td role="cell" class="sj-cases__date sj-cases__reserved">${day(help.reserved_on)}</td>
        <td role="cell" class="sj-cases__date sj-cases__booked">${day(help.consented_on)}</td>
        <td role="cell" class="sj-cases__date sj-cases__booked">${day(help.booked_on)}</td>
        <td role="cell" class="sj-cases__worker">${help.caseworker ?? '–'} <small>${this.session.youth_authority?.abbreviation}</small></td>
        <td role="cell" class="sj-num sj-cases__cost">${euros(help.planned_cents)}</td>
        <td role="cell" class="sj-cases__act">
          <a class="sj-link" href=${workHref(help, step)} aria-label="${action}, ${help.case_number}">${action}</a>
        </td>
      </tr>
    `
  }

  #pager({ next_cursor, of: { cursors } }: Shown, range: string, label: string) {
    return html`
      <nav class="sj-manager__pager" aria-label=${label}>
        <p>${range}</p>
        ${
          cursors.length > 0
            ? html`<button type="button" class="sj-link sj-no-print" @click=${() => void this.#turn(cursors.slice(0, -1))}>Vorige</button>`
            : nothing
        }
        ${
          next_cursor === null
            ? nothing
            : html`<button type="button" class="sj-link sj-no-print" @click=${() => void this.#turn([...cursors, next_cursor])}>
                Nächste
              </button>`
        }
      </nav>
    `
  }

  #allLink() {
    return html`<button
      type="button"
      class="sj-link"
      @click=${() => {
        this.text = ''
        this.#choose({ stage: '', mine: '', ...withoutFilters })
      }}
    >
      Alle Hilfen zeigen
    </button>`
  }

  #failed(error: unknown) {
    if (!error) return nothing
    // an address that somebody has written
    if (error instanceof RequestProblem && error.status === 400)
      return html`<p class="sj-empty" role="status">Diese Auswahl gibt es nicht. ${this.#allLink()}</p>`
    return viewProblem(error, { dataAsOf: undefined, retry: () => void this.#page.run() })
  }

  #empty({ choice, text, cursors }: Shown['of'], total: number) {
    const narrowed = text !== '' || choice.mine === 'true' || tabOf(choice).key !== '' || isFiltered(choice) || cursors.length > 0
    return html`
      <p class="sj-empty" role="status">
        ${
          text !== ''
            ? `Zu „${text}“ gibt es in dieser Auswahl keine laufende Hilfe.`
            : total > 0
              ? 'Auf dieser Seite steht nichts mehr.'
              : 'In dieser Auswahl ist nichts zu tun.'
        }
        ${narrowed ? this.#allLink() : html`<a class="sj-link" href=${helpSelectionPath}>Neue Hilfe auswählen</a>`}
      </p>
    `
  }
}

customElements.define('sj-case-manager-page', CaseManagerPage)
