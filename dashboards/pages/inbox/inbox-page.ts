import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { saveFile } from '../../charts/image.ts'
import {
  deleteInboxItem,
  getEmailAddress,
  getFile,
  getInbox,
  type InboxItem,
  markRead,
  RequestProblem,
  type Session,
  setEmailAddress,
} from '../../client.ts'
import { faultsOf, type Faults, faultSummary, textField } from '../../elements/form-fields.ts'
import { problemAlert } from '../../elements/problem-alert.ts'
import { dateText, minuteText } from '../../format.ts'
import { schedulesPath } from '../../route.ts'
import { placeHref } from '../selection/help-selection.ts'
import './reminders.ts'
import './inbox-page.css'

const labels = { address: 'E-Mail-Adresse' }
const mailTexts: Record<InboxItem['mail'], string> = {
  none: '',
  due: 'E-Mail folgt',
  sending: 'E-Mail vielleicht nicht angekommen',
  sent: 'E-Mail gesendet',
  failed: 'E-Mail nicht zugestellt',
}

/** Postfach: reports and notices that arrived, and the address that hears of new ones. */
export class InboxPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    address: { state: true },
    faults: { state: true },
    refusal: { state: true },
    said: { state: true },
    saidOfMail: { state: true },
  }
  declare session: Session
  /** As typed; undefined: as kept. */
  declare address: string | undefined
  declare faults: Faults
  declare refusal: string | undefined
  declare said: string
  declare saidOfMail: string

  readonly #items = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getInbox(signal),
  })
  readonly #mail = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getEmailAddress(signal),
  })

  constructor() {
    super()
    this.faults = {}
    this.said = ''
    this.saidOfMail = ''
  }

  protected override createRenderRoot() {
    return this
  }

  async #run(work: () => Promise<string>) {
    try {
      this.said = await work()
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.said = problem.message
    }
    await this.#items.run()
    this.dispatchEvent(new Event('sj-session-changed', { bubbles: true }))
  }

  #fetch({ id, title }: InboxItem) {
    return this.#run(async () => {
      const { content, name } = await getFile(`/service/inbox/${id}/file`, '*/*')
      saveFile(content, name)
      await markRead(id)
      return `„${title}“ ist gespeichert.`
    })
  }

  async #delete({ id, title }: InboxItem) {
    await this.#run(async () => {
      await deleteInboxItem(id)
      return `„${title}“ ist gelöscht.`
    })
    this.querySelector<HTMLElement>('#berichte')?.focus()
  }

  async #keepAddress(event: SubmitEvent) {
    event.preventDefault()
    this.faults = {}
    this.refusal = undefined
    try {
      const address = (this.address ?? this.#mail.value?.address ?? '').trim()
      await setEmailAddress(address)
      this.saidOfMail = address === '' ? 'Es gehen keine E-Mails mehr an Sie.' : 'Die Adresse ist gespeichert.'
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.saidOfMail = ''
      this.faults = faultsOf(problem.details, Object.keys(labels))
      this.refusal = this.faults['address'] ? undefined : problem.message
      await this.updateComplete
      this.querySelector<HTMLElement>('.sj-summary')?.focus()
    }
  }

  override render() {
    return html`
      <h1 class="sj-h1" id="berichte" tabindex="-1">Postfach</h1>
      <p class="sj-lead">
        Berichte, die Sie abonniert haben, und Nachrichten. <a class="sj-link" href=${schedulesPath}>Abonnements verwalten</a>
      </p>
      ${this.session.roles.includes('caseworker') ? html`<sj-reminders></sj-reminders>` : nothing}
      <p class="sj-said sj-meta" role="status">${this.said}</p>
      ${this.#items.render({
        pending: () =>
          this.#items.value ? this.#list(this.#items.value) : html`<p class="sj-meta" aria-busy="true">Das Postfach wird geladen</p>`,
        complete: (items) => this.#list(items),
        error: (error) => {
          if (error instanceof RequestProblem && error.status === 401) return nothing
          return problemAlert({
            title: 'Das Postfach ist gerade nicht abrufbar',
            text: 'Nichts ist verloren.',
            retry: () => void this.#items.run(),
          })
        },
      })}
      ${this.#mail.value ? this.#mailForm(this.#mail.value) : nothing}
    `
  }

  #list(items: InboxItem[]) {
    if (items.length === 0) {
      return html`<p class="sj-empty">
        Ihr Postfach ist leer. Mit „Regelmäßig zusenden“ neben „Herunterladen“ abonnieren Sie eine Ansicht.
      </p>`
    }
    return html`
      <table role="table" class="sj-table sj-inbox">
        <caption class="kern-sr-only">
          Ihre Berichte
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">Bericht</th>
            <th role="columnheader" scope="col">Eingegangen</th>
            <th role="columnheader" scope="col">Stand der Daten</th>
            <th role="columnheader" scope="col">Wird gelöscht am</th>
            <th role="columnheader" scope="col"><span class="kern-sr-only">Was sich tun lässt</span></th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${items.map((item) => this.#row(item))}
        </tbody>
      </table>
    `
  }

  #row(item: InboxItem) {
    const { title, file_name, read_at, received_at, data_as_of, expires_at, mail } = item
    const form = file_name === null ? 'Nachricht' : file_name.endsWith('.pdf') ? 'PDF' : 'Excel'
    return html`
      <tr role="row">
        <th role="rowheader" scope="row">
          ${read_at === null ? html`<span class="sj-inbox__unread">neu</span><b>${title}</b>` : title}
          <span class="sj-meta">${form}${mailTexts[mail] ? ` · ${mailTexts[mail]}` : nothing}</span>
        </th>
        <td role="cell" data-label="Eingegangen">${minuteText(new Date(received_at))}</td>
        <td role="cell" data-label="Stand der Daten">${data_as_of === null ? '–' : minuteText(new Date(data_as_of))}</td>
        <td role="cell" data-label="Wird gelöscht am">${dateText(expires_at)}</td>
        <td role="cell" class="sj-no-print">
          <span class="sj-inbox__actions">
            ${
              item.waiting
                ? html`<a
                    class="sj-link"
                    href=${placeHref(item.waiting)}
                    aria-label="Ansehen: ${title}"
                    @click=${() => void markRead(item.id)}
                    >Ansehen</a
                  >`
                : html`<button type="button" class="sj-link" aria-label="Herunterladen: ${title}" @click=${() => this.#fetch(item)}>
                    Herunterladen
                  </button>`
            }
            <button type="button" class="sj-link" aria-label="Löschen: ${title}" @click=${() => this.#delete(item)}>Löschen</button>
          </span>
        </td>
      </tr>
    `
  }

  #mailForm({ address, sending }: { address: string; sending: boolean }) {
    return html`
      <section class="sj-inbox__mail sj-no-print" aria-labelledby="hinweis">
        <h2 class="sj-h2" id="hinweis">Hinweis per E-Mail</h2>
        ${sending ? nothing : html`<p>Dieses Portal versendet zurzeit keine E-Mails. Ihre Berichte kommen trotzdem in das Postfach.</p>`}
        <form novalidate aria-labelledby="hinweis" @submit=${this.#keepAddress}>
          ${faultSummary({ refusal: this.refusal, faults: this.faults, labels })}
          ${textField({
            name: 'address',
            label: labels.address,
            type: 'text',
            autocomplete: 'email',
            value: this.address ?? address,
            faults: this.faults,
            hint: 'Freiwillig. Die E-Mail nennt nur die Adresse des Postfachs, keine Werte. Leer lassen, um keine zu bekommen.',
            entered: (typed) => (this.address = typed),
          })}
          <button type="submit" class="kern-btn kern-btn--secondary"><span class="kern-label">Adresse speichern</span></button>
          <p class="sj-said sj-meta" role="status">${this.saidOfMail}</p>
        </form>
      </section>
    `
  }
}

customElements.define('sj-inbox-page', InboxPage)
