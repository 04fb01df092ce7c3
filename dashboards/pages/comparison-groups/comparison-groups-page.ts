import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type ComparisonGroup,
  type ComparisonGrouping,
  deleteGroup,
  deleteGrouping,
  getAuthorities,
  getGroupings,
  keepGroup,
  keepGrouping,
  type ListedAuthority,
  RequestProblem,
  type Session,
} from '../../client.ts'
import { tellsMore } from '../../comparison.ts'
import { faultLine, faultSummary, textField } from '../../elements/form-fields.ts'
import { questionDialog } from '../../elements/question-dialog.ts'
import { problemAlert } from '../../elements/problem-alert.ts'
import { Sending } from '../../elements/sending.ts'
import {
  type Entry,
  faultsIn,
  found,
  headingOf,
  labels,
  membersText,
  takenBy,
  usesText,
  type Values,
  valuesOf,
} from './comparison-groups.ts'
import '../../elements/check-groups.css'
import './comparison-groups-page.css'

type Loaded = { groupings: ComparisonGrouping[]; authorities: Map<string, ListedAuthority> }
type Doomed = { grouping: ComparisonGrouping; group?: ComparisonGroup }

/** Admin / Kataloge / Vergleichsgruppen. */
export class ComparisonGroupsPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    entry: { state: true },
    values: { state: true },
    sought: { state: true },
    doomed: { state: true },
  }
  declare session: Session
  declare entry: Entry
  declare values: Values
  /** Narrows the authorities to choose from. */
  declare sought: string
  /** What is deleted once that is confirmed. */
  declare doomed: Doomed | undefined
  readonly #sending = new Sending(this)

  readonly #loaded = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: async (_, { signal }): Promise<Loaded> => {
      const [groupings, authorities] = await Promise.all([getGroupings(signal), getAuthorities(signal)])
      return { groupings, authorities: new Map(authorities.map((each) => [each.id, each])) }
    },
  })

  constructor() {
    super()
    this.#open({ kind: 'grouping' })
  }

  protected override createRenderRoot() {
    return this
  }

  #open(entry: Entry) {
    this.entry = entry
    this.values = valuesOf(entry)
    this.sought = ''
    this.#sending.clear()
  }

  async #edit(entry: Entry) {
    this.#open(entry)
    await this.#focus('#name')
  }

  async #focus(selector: string) {
    await this.updateComplete
    this.querySelector<HTMLElement>(selector)?.focus()
  }

  #submit(event: SubmitEvent) {
    event.preventDefault()
    return this.#sending.send(
      async () => {
        await this.#keep()
        const said = `„${this.values.name.trim()}“ ist gespeichert.`
        this.#open({ kind: 'grouping' })
        await this.#loaded.run()
        await this.#focus('#einteilungen')
        return said
      },
      faultsIn(this.entry, this.values),
    )
  }

  #keep() {
    const { entry } = this
    const name = this.values.name.trim()
    if (entry.kind === 'grouping') return keepGrouping(entry.grouping?.id, { name, explanation: this.values.explanation.trim() })
    const of = entry.group ? { id: entry.group.id } : { grouping_id: entry.grouping.id }
    return keepGroup(of, { name, members: this.values.members })
  }

  async #ask(doomed: Doomed) {
    this.doomed = doomed
    await this.updateComplete
    this.querySelector('dialog')?.showModal()
  }

  async #delete({ grouping, group }: Doomed) {
    this.querySelector('dialog')?.close()
    const { name } = group ?? grouping
    const said = await (group ? deleteGroup(group.id) : deleteGrouping(grouping.id)).then(
      () => `„${name}“ ist gelöscht.`,
      (problem: unknown) => {
        if (!(problem instanceof RequestProblem)) throw problem
        return problem.status === 404 ? `„${name}“ war schon gelöscht.` : problem.message
      },
    )
    this.#open({ kind: 'grouping' })
    this.#sending.say(said)
    await this.#loaded.run()
    await this.#focus('#einteilungen')
  }

  override render() {
    return html`
      <h1 class="sj-h1">Vergleichsgruppen</h1>
      <p class="sj-lead">
        Eine Einteilung sagt, wonach örtliche Träger zusammengehören, zum Beispiel nach ihrer Größe. In jeder Einteilung gehört ein Träger
        zu höchstens einer Gruppe. Alle Vergleiche können auf eine Gruppe eingegrenzt oder mit ihr verglichen werden.
      </p>
      <div class="sj-groups">
        <section aria-labelledby="einteilungen">
          <h2 class="sj-h2" id="einteilungen" tabindex="-1">Einteilungen</h2>
          <p class="sj-meta" role="status">${this.#sending.said}</p>
          ${this.#loaded.render({
            pending: () => html`<p class="sj-meta" aria-busy="true">Die Vergleichsgruppen werden geladen</p>`,
            complete: (loaded) => this.#list(loaded),
            error: (error) =>
              error instanceof RequestProblem && error.status === 401
                ? nothing
                : problemAlert({
                    title: 'Die Vergleichsgruppen sind gerade nicht abrufbar',
                    text: 'Nichts ist verloren.',
                    retry: () => void this.#loaded.run(),
                  }),
          })}
        </section>
        ${this.#form()}
      </div>
      ${this.#question()}
    `
  }

  #list({ groupings, authorities }: Loaded) {
    if (groupings.length === 0) return html`<p class="sj-empty">Noch gibt es keine Einteilung.</p>`
    return groupings.map(
      (grouping) => html`
        <article class="sj-groups__grouping" aria-labelledby="einteilung-${grouping.id}">
          <header>
            <h3 class="sj-h3" id="einteilung-${grouping.id}">${grouping.name}</h3>
            ${this.#actions(grouping.name, { grouping }, { kind: 'grouping', grouping })}
          </header>
          <p class="sj-meta">${grouping.explanation}</p>
          <ul>
            ${grouping.groups.map(
              (group) => html`
                <li>
                  <div>
                    <b>${group.name}</b>
                    <p class="sj-meta">${membersText(group.members, authorities)}</p>
                  </div>
                  ${this.#actions(group.name, { grouping, group }, { kind: 'group', grouping, group })}
                </li>
              `,
            )}
          </ul>
          <button
            type="button"
            class="sj-link sj-no-print"
            aria-label="Gruppe hinzufügen: ${grouping.name}"
            @click=${() => this.#edit({ kind: 'group', grouping })}
          >
            Gruppe hinzufügen
          </button>
        </article>
      `,
    )
  }

  #actions(name: string, doomed: Doomed, entry: Entry) {
    return html`<span class="sj-groups__actions sj-no-print">
      <button type="button" class="sj-link" aria-label="Ändern: ${name}" @click=${() => this.#edit(entry)}>Ändern</button>
      <button type="button" class="sj-link" aria-label="Löschen: ${name}" @click=${() => this.#ask(doomed)}>Löschen</button>
    </span>`
  }

  #form() {
    const { entry } = this
    const isNew = entry.kind === 'grouping' && !entry.grouping
    return html`
      <section class="sj-no-print" aria-labelledby="eintrag">
        <h2 class="sj-h2" id="eintrag">${headingOf(entry)}</h2>
        <form novalidate aria-labelledby="eintrag" @submit=${this.#submit}>
          ${faultSummary({ refusal: this.#sending.refusal, faults: this.#sending.faults, labels })}
          ${this.#text('name', entry.kind === 'grouping' ? 'Zum Beispiel „Größenklasse“.' : 'Zum Beispiel „unter 20.000“.')}
          ${entry.kind === 'grouping' ? this.#text('explanation', 'Ein Satz für alle, die vergleichen: Merkmal, Stand und Quelle.') : this.#members(entry)}
          <div class="sj-groups__actions">
            <button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Speichern</span></button>
            ${
              isNew
                ? nothing
                : html`<button type="button" class="kern-btn kern-btn--secondary" @click=${() => this.#edit({ kind: 'grouping' })}>
                    <span class="kern-label">Abbrechen</span>
                  </button>`
            }
          </div>
        </form>
      </section>
    `
  }

  #text(name: 'name' | 'explanation', hint: string) {
    return textField({
      name,
      label: labels[name],
      type: 'text',
      autocomplete: 'off',
      value: this.values[name],
      faults: this.#sending.faults,
      hint,
      entered: (value) => (this.values = { ...this.values, [name]: value }),
    })
  }

  #members(entry: Extract<Entry, { kind: 'group' }>) {
    const { members } = this.values
    const taken = takenBy(entry)
    const authorities = [...(this.#loaded.value?.authorities.values() ?? [])]
    const groups = found(authorities, this.sought, this.session.federal_state)
    const choose = (id: string, on: boolean) =>
      (this.values = { ...this.values, members: on ? [...members, id] : members.filter((each) => each !== id) })
    const option = ({ id, abbreviation, name }: ListedAuthority) => html`
      <label class="sj-check ${taken.has(id) ? 'sj-few' : ''}">
        <input
          type="checkbox"
          name="members"
          value=${id}
          .checked=${members.includes(id)}
          ?disabled=${taken.has(id) && !members.includes(id)}
          @change=${(event: Event) => choose(id, (event.target as HTMLInputElement).checked)}
        />
        <span
          >${name}${tellsMore(abbreviation, name) ? ` (${abbreviation})` : nothing}${taken.has(id) ? html`<small class="sj-meta">, in „${taken.get(id)}“</small>` : nothing}</span
        >
      </label>
    `
    return html`
      <fieldset class="sj-groups__choice ${this.#sending.faults['members'] ? 'kern-form-input--error' : ''}" id="members" tabindex="-1">
        <legend class="kern-label">${labels.members} (${members.length} gewählt)</legend>
        ${faultLine('members', this.#sending.faults)}
        <div class="kern-form-input">
          <label class="kern-label" for="sought">Liste eingrenzen</label>
          <input
            class="kern-form-input__input"
            id="sought"
            type="search"
            autocomplete="off"
            .value=${this.sought}
            @input=${(event: Event) => (this.sought = (event.target as HTMLInputElement).value)}
            @keydown=${(event: KeyboardEvent) => event.key === 'Enter' && event.preventDefault()}
          />
        </div>
        <div class="sj-groups__members" role="group" aria-label="Örtliche Träger zur Auswahl" tabindex="0">
          ${
            groups.length === 0
              ? html`<p class="sj-meta">Kein örtlicher Träger heißt so.</p>`
              : groups.map(
                  ({ state, authorities: listed }) => html`
                    <fieldset>
                      <legend>${state}</legend>
                      ${listed.map(option)}
                    </fieldset>
                  `,
                )
          }
        </div>
      </fieldset>
    `
  }

  #question() {
    const { doomed } = this
    return questionDialog(
      doomed && {
        heading: `${doomed.group ? `Gruppe „${doomed.group.name}“` : `Einteilung „${doomed.grouping.name}“ mit allen Gruppen`} löschen?`,
        text: `${usesText(doomed.group?.uses ?? doomed.grouping.groups.reduce((sum, { uses }) => sum + uses, 0))} Das lässt sich nicht zurücknehmen.`,
        action: 'Löschen',
        act: () => void this.#delete(doomed),
      },
    )
  }
}

customElements.define('sj-comparison-groups-page', ComparisonGroupsPage)
