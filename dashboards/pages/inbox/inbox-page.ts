import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { saveFile } from '../../charts/image.ts'
import {
  deleteInboxItem,
  getEmailAddress,
  getFile,
  getInbox,
  getReminders,
  type InboxItem,
  markAllRead,
  markRead,
  markReminderRead,
  type Reminder,
  RequestProblem,
  type Session,
  setEmailAddress,
} from '../../client.ts'
import { faultSummary, textField } from '../../elements/form-fields.ts'
import '../../elements/list-tools.css'
import { problemAlert } from '../../elements/problem-alert.ts'
import { Sending } from '../../elements/sending.ts'
import { berlinDay, dateText, minuteText, numberText } from '../../format.ts'
import { caseManagerPath, casePath, providerRequestsPath, schedulesPath } from '../../route.ts'
import { dueText, hrefOf } from '../case-manager/case-manager.ts'
import { changeHref } from '../case-manager/authority-change-words.ts'
import { placeHref } from '../selection/help-selection.ts'
import { entriesOf, entryKinds, type InboxEntry, isUnseen, ofKind, readInbox, reminderText, writeInbox } from './inbox.ts'
import './inbox-page.css'

const labels = { address: 'E-Mail-Adresse' }
const mailTexts: Record<InboxItem['mail'], string> = {
  none: '',
  due: 'E-Mail folgt',
  sending: 'E-Mail vielleicht nicht angekommen',
  sent: 'E-Mail gesendet',
  failed: 'E-Mail nicht zugestellt',
}

const helpHref = ({ booking_id, reservation_id }: Reminder) =>
  hrefOf(booking_id === null ? { kind: 'reservation', id: reservation_id! } : { kind: 'booking', id: booking_id })

const caseHref = (case_id: string) => `${casePath}?case=${case_id}`
const mostCases = 10
/** "Fall F-1", "Fälle F-1, F-2 und 3 weitere". */
const handedOverLine = ({ handed_over }: InboxItem) => {
  const left = handed_over.length - mostCases
  return html`<span class="sj-meta"
    >${handed_over.length === 1 ? 'Fall' : 'Fälle'}
    ${handed_over
      .slice(0, mostCases)
      .map(
        ({ case_id, case_number }, index) =>
          html`${index > 0 ? ', ' : nothing}<a class="sj-link" href=${caseHref(case_id)}>${case_number}</a>`,
      )}${left > 0 ? ` und ${numberText(left)} weitere` : nothing}</span
  >`
}

/** What stands below the title of a report or notice. */
const aboutText = ({ file_name, data_as_of, expires_at, mail }: InboxItem) =>
  [
    file_name === null ? 'Nachricht' : file_name.endsWith('.pdf') ? 'Bericht als PDF' : 'Bericht als Excel-Datei',
    data_as_of === null ? '' : `Stand der Daten ${minuteText(data_as_of)}`,
    `wird am ${dateText(expires_at)} gelöscht`,
    mailTexts[mail],
  ]
    .filter((text) => text !== '')
    .join(', ')

/** Postfach: what is due in the reader's cases, notices and reports as one list, and the address that hears of new ones. */
export class InboxPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    address: { state: true },
    said: { state: true },
  }
  declare session: Session
  declare search: string
  /** As typed; undefined: as kept. */
  declare address: string | undefined
  declare said: string
  readonly #sending = new Sending(this)

  readonly #entries = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: async (_, { signal }) => {
      const [reminders, items] = await Promise.all([this.#hasCases ? getReminders(signal) : [], getInbox(signal)])
      return entriesOf(reminders, items)
    },
  })
  readonly #mail = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getEmailAddress(signal),
  })

  constructor() {
    super()
    this.search = ''
    this.said = ''
  }

  protected override createRenderRoot() {
    return this
  }

  get #hasCases() {
    return this.session.roles.includes('caseworker')
  }

  async #run(work: () => Promise<string>) {
    try {
      this.said = await work()
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.said = problem.message
    }
    await this.#entries.run()
    this.dispatchEvent(new Event('sj-session-changed', { bubbles: true }))
  }

  /** What acts on a line may take it away. */
  async #settle(work: () => Promise<string>) {
    await this.#run(work)
    this.querySelector<HTMLElement>('#postfach')?.focus()
  }

  #fetch({ id, title }: InboxItem) {
    return this.#run(async () => {
      const { content, name } = await getFile(`/service/inbox/${id}/file`, '*/*')
      saveFile(content, name)
      await markRead(id)
      return `„${title}“ ist gespeichert.`
    })
  }

  #delete({ id, title }: InboxItem) {
    return this.#settle(async () => {
      await deleteInboxItem(id)
      return `„${title}“ ist gelöscht.`
    })
  }

  #seeReminder({ id, case_number }: Reminder) {
    return this.#settle(async () => {
      await markReminderRead(id)
      return `Die Frist zu Fall ${case_number} ist als gesehen vermerkt.`
    })
  }

  #seeItem({ id, title }: InboxItem) {
    return this.#settle(async () => {
      await markRead(id)
      return `„${title}“ ist als gesehen vermerkt.`
    })
  }

  #seeAll() {
    return this.#settle(async () => {
      await markAllRead()
      return 'Alle Nachrichten und Berichte sind als gesehen vermerkt.'
    })
  }

  #keepAddress(event: SubmitEvent) {
    event.preventDefault()
    return this.#sending.send(async () => {
      const address = (this.address ?? this.#mail.value?.address ?? '').trim()
      await setEmailAddress(address)
      return address === '' ? 'Es gehen keine E-Mails mehr an Sie.' : 'Die Adresse ist gespeichert.'
    })
  }

  override render() {
    return html`
      <h1 class="sj-h1" id="postfach" tabindex="-1">Postfach</h1>
      <p class="sj-lead">
        ${
          this.#hasCases
            ? 'Fristen Ihrer Fälle, Nachrichten und Berichte, die Sie abonniert haben.'
            : 'Nachrichten und Berichte, die Sie abonniert haben.'
        }
        <a class="sj-link" href=${schedulesPath}>Abonnements verwalten</a>
      </p>
      <p class="sj-said sj-meta" role="status">${this.said}</p>
      ${this.#entries.render({
        pending: () =>
          this.#entries.value ? this.#list(this.#entries.value) : html`<p class="sj-meta" aria-busy="true">Das Postfach wird geladen</p>`,
        complete: (entries) => this.#list(entries),
        error: (error) => {
          if (error instanceof RequestProblem && error.status === 401) return nothing
          return problemAlert({
            title: 'Das Postfach ist gerade nicht abrufbar',
            text: 'Nichts ist verloren.',
            retry: () => void this.#entries.run(),
          })
        },
      })}
      ${this.#mail.value ? this.#mailForm(this.#mail.value) : nothing}
    `
  }

  #list(entries: InboxEntry[]) {
    const { kind } = readInbox(this.search)
    const shown = ofKind(entries, kind)
    const today = berlinDay(new Date())
    return html`
      ${this.#hasCases ? this.#tools(entries, kind) : nothing}
      ${
        shown.length === 0
          ? html`<p class="sj-empty">${this.#emptyText(entries)}</p>`
          : html`<ul class="sj-post">
              ${shown.map((entry) => (entry.kind === 'deadline' ? this.#deadline(entry.reminder, today) : this.#item(entry.item)))}
            </ul>`
      }
      ${
        shown.some((entry) => entry.kind !== 'deadline' && isUnseen(entry))
          ? html`<p class="sj-post__all sj-no-print">
              <button type="button" class="sj-link" @click=${() => void this.#seeAll()}>
                Alle Nachrichten und Berichte als gesehen vermerken
              </button>
            </p>`
          : nothing
      }
    `
  }

  #emptyText(entries: InboxEntry[]) {
    if (entries.length > 0) return 'Davon ist zurzeit nichts im Postfach.'
    return `Ihr Postfach ist leer. ${
      this.#hasCases ? 'In Ihren Fällen ist in den nächsten Tagen nichts fällig, was Sie nicht schon gesehen haben. ' : ''
    }Mit „Regelmäßig zusenden“ neben „Herunterladen“ abonnieren Sie eine Ansicht.`
  }

  #tools(entries: InboxEntry[], chosen: string | undefined) {
    return html`
      <nav class="sj-list-tools sj-no-print" aria-label="Postfach nach Art">
        <ul class="sj-list-tabs">
          ${entryKinds.map(
            ({ key, label }) => html`
              <li>
                <a href="${location.pathname}${writeInbox({ kind: key })}" aria-current=${key === (chosen ?? '') ? 'true' : nothing}>
                  ${label} <span>${numberText(ofKind(entries, key === '' ? undefined : key).length)}</span>
                </a>
              </li>
            `,
          )}
        </ul>
      </nav>
    `
  }

  #deadline(reminder: Reminder, today: string) {
    const { due_on, case_number, legal_basis, service_kind_label, provider_name } = reminder
    const text = reminderText(reminder, today)
    return html`
      <li>
        <span class="sj-post__when ${due_on < today ? 'sj-post__late' : ''}">${dueText(due_on, today)}</span>
        <span>
          <a class="sj-link" href=${helpHref(reminder)}>${text}</a>
          <span class="sj-meta">
            Fall ${case_number}, ${legal_basis.replace(' SGB VIII', '')} ${service_kind_label}, ${provider_name ?? 'außerhalb des Systems'}
          </span>
        </span>
        <span class="sj-inbox__actions sj-no-print">
          <button
            type="button"
            class="sj-link"
            aria-label="Gesehen: Fall ${case_number}, ${text}"
            @click=${() => void this.#seeReminder(reminder)}
          >
            Gesehen
          </button>
        </span>
      </li>
    `
  }

  /** Where what a notice tells of is dealt with. */
  #hrefOf({ waiting, authority_change_id, reservation_id, handed_over }: InboxItem) {
    if (waiting) return placeHref(waiting)
    if (authority_change_id) return changeHref({ id: authority_change_id })
    if (handed_over.length > 0) return handed_over.length === 1 ? caseHref(handed_over[0]!.case_id) : caseManagerPath
    if (reservation_id === null) return undefined
    return this.#hasCases ? hrefOf({ kind: 'reservation', id: reservation_id }) : providerRequestsPath
  }

  #item(item: InboxItem) {
    const { id, title, file_name, handed_over, read_at, received_at } = item
    const href = this.#hrefOf(item)
    const isNew = read_at === null
    return html`
      <li>
        <time class="sj-post__when" datetime=${received_at}>${minuteText(received_at)}</time>
        <span>
          ${isNew ? html`<span class="sj-inbox__unread">neu</span>` : nothing}${
            href
              ? html`<a class="sj-link" href=${href} @click=${() => void markRead(id)}>${title}</a>`
              : file_name === null
                ? title
                : html`<button type="button" class="sj-link" aria-label="Herunterladen: ${title}" @click=${() => this.#fetch(item)}>
                    ${title}
                  </button>`
          }
          ${handed_over.length > 0 ? handedOverLine(item) : nothing}
          <span class="sj-meta">${aboutText(item)}</span>
        </span>
        <span class="sj-inbox__actions sj-no-print">
          ${
            isNew
              ? html`<button type="button" class="sj-link" aria-label="Gesehen: ${title}" @click=${() => void this.#seeItem(item)}>
                  Gesehen
                </button>`
              : nothing
          }
          <button type="button" class="sj-link" aria-label="Löschen: ${title}" @click=${() => void this.#delete(item)}>Löschen</button>
        </span>
      </li>
    `
  }

  #mailForm({ address, sending }: { address: string; sending: boolean }) {
    const { refusal, faults, said } = this.#sending
    return html`
      <section class="sj-inbox__mail sj-no-print" aria-labelledby="hinweis">
        <h2 class="sj-h2" id="hinweis">Hinweis per E-Mail</h2>
        ${sending ? nothing : html`<p>Dieses Portal versendet zurzeit keine E-Mails. Ihre Berichte kommen trotzdem in das Postfach.</p>`}
        <form novalidate aria-labelledby="hinweis" @submit=${this.#keepAddress}>
          ${faultSummary({ refusal, faults, labels })}
          ${textField({
            name: 'address',
            label: labels.address,
            type: 'text',
            autocomplete: 'email',
            value: this.address ?? address,
            faults,
            hint: 'Freiwillig. Die E-Mail nennt nur die Adresse des Postfachs, keine Werte. Leer lassen, um keine zu bekommen.',
            entered: (typed) => (this.address = typed),
          })}
          <button type="submit" class="kern-btn kern-btn--secondary"><span class="kern-label">Adresse speichern</span></button>
          <p class="sj-said sj-meta" role="status">${said}</p>
        </form>
      </section>
    `
  }
}

customElements.define('sj-inbox-page', InboxPage)
