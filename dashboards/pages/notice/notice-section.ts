import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { draftNotice, getNotices, type Notice } from '../../client.ts'
import { faultSummary } from '../../elements/form-fields.ts'
import { selectField } from '../../elements/select-field.ts'
import { Sending } from '../../elements/sending.ts'
import { viewProblem } from '../../elements/view-lines.ts'
import { Navigate } from '../../navigation.ts'
import type { NoticeKind } from '../../../transactional/vocabulary.ts'
import { type About, dueKind, noticeHref, noticeKindLabels, noticeStateText, noticeTitle } from './notice.ts'
import './notice.css'

const options = Object.entries(noticeKindLabels) as [NoticeKind, string][]

/** The notices of a case, and the way to a new one about this help. */
export class NoticeSection extends LitElement {
  static override properties = { about: { attribute: false }, kind: { state: true } }
  declare about: About
  /** undefined: the one that is due */
  declare kind: NoticeKind | undefined
  readonly #sending = new Sending(this)

  readonly #notices = new Task(this, {
    args: () => [this.about.case_id] as const,
    task: ([case_id], { signal }) => getNotices(case_id, signal),
  })

  protected override createRenderRoot() {
    return this
  }

  get #shownKind(): NoticeKind {
    return this.kind ?? dueKind(this.about, this.#notices.value ?? [])
  }

  #draft(event: SubmitEvent) {
    event.preventDefault()
    const { case_id, service_kind, booking_id } = this.about
    return this.#sending.send(async (key) => {
      const { id } = await draftNotice(case_id, { kind: this.#shownKind, service_kind, booking_id }, key)
      this.dispatchEvent(new Navigate(noticeHref(id)))
      return ''
    })
  }

  override render() {
    const items = this.#notices.value
    const { refusal, faults } = this.#sending
    return html`
      <section class="sj-notices" aria-labelledby="bescheide">
        <h2 class="sj-h2" id="bescheide">Bescheide</h2>
        ${this.#notices.error ? viewProblem(this.#notices.error, { dataAsOf: undefined, retry: () => void this.#notices.run() }) : nothing}
        ${items ? this.#list(items) : html`<p class="sj-meta" aria-busy="true">Die Bescheide werden geladen</p>`}
        ${faultSummary({ refusal, faults, labels: {} })}
        <form class="sj-notices__new sj-no-print" @submit=${this.#draft}>
          ${selectField({
            name: 'notice_kind',
            label: 'Neuer Bescheid',
            options,
            value: this.#shownKind,
            chosen: (kind) => (this.kind = kind as NoticeKind),
          })}
          <button type="submit" class="kern-btn kern-btn--secondary"><span class="kern-label">Bescheid entwerfen</span></button>
        </form>
      </section>
    `
  }

  #list(items: Notice[]) {
    if (items.length === 0) return html`<p>Zu diesem Fall gibt es noch keinen Bescheid.</p>`
    return html`
      <ul>
        ${items.map(
          (notice) => html`
            <li>
              <a class="sj-link" href=${noticeHref(notice.id)}>${noticeTitle(notice)}</a>
              <span class="sj-meta">${noticeStateText(notice)}</span>
            </li>
          `,
        )}
      </ul>
    `
  }
}

customElements.define('sj-notice-section', NoticeSection)
