import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { saveFile } from '../../charts/image.ts'
import {
  changeNotice,
  discardNotice,
  draftNotice,
  getFile,
  getNotice,
  issueNotice,
  keepLetterhead,
  type NoticeChanges,
  type NoticeWithText,
  RequestProblem,
  type Session,
} from '../../client.ts'
import { faultLine, type Faults, faultSummary, textField } from '../../elements/form-fields.ts'
import { type Question, questionDialog } from '../../elements/question-dialog.ts'
import { Sending } from '../../elements/sending.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { Navigate } from '../../navigation.ts'
import { caseManagerPath } from '../../route.ts'
import { fileHref } from '../case-file/case-file.ts'
import { noticeHref, noticeKindLabels, noticeStateText, noticeTitle, readNoticeChoice } from './notice.ts'
import '../case-manager/step-form.css'
import './notice.css'

type Field = 'addressee_name' | 'addressee_street' | 'addressee_town' | 'effective_on' | 'reasons'
type HeadField = 'name' | 'office' | 'street' | 'town' | 'telephone' | 'email'
type Values = Record<Field, string>
const labels: Record<Field | HeadField, string> = {
  addressee_name: 'Empfänger',
  addressee_street: 'Straße und Hausnummer',
  addressee_town: 'Postleitzahl und Ort',
  effective_on: 'Wirkt ab',
  reasons: 'Begründung',
  name: 'Behörde',
  office: 'Amt',
  street: 'Straße und Hausnummer des Amts',
  town: 'Postleitzahl und Ort des Amts',
  telephone: 'Telefon',
  email: 'E-Mail',
}
const headFields: HeadField[] = ['name', 'office', 'street', 'town', 'telephone', 'email']
const typingMs = 800
const whole = { whole: true }
const clock = new Intl.DateTimeFormat('de-DE', { timeZone: 'Europe/Berlin', hour: '2-digit', minute: '2-digit' })

const valuesOf = (notice: NoticeWithText): Values => ({
  addressee_name: notice.addressee_name,
  addressee_street: notice.addressee_street,
  addressee_town: notice.addressee_town,
  effective_on: notice.effective_on ?? '',
  reasons: notice.reasons,
})
const changesOf = (values: Values): NoticeChanges => ({ ...values, effective_on: values.effective_on === '' ? null : values.effective_on })

/** Fallmanager / Bescheid: a draft is kept while it is written and shown as it will read; issued, it stays as it is. */
export class NoticePage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    notice: { state: true },
    values: { state: true },
    head: { state: true },
    changed: { state: true },
    question: { state: true },
  }
  declare session: Session
  declare search: string
  /** As the service last told it. */
  declare notice: NoticeWithText | undefined
  declare values: Values | undefined
  declare head: Record<HeadField, string>
  /** Whether something was typed that is not kept yet. */
  declare changed: boolean
  declare question: Question | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  /** One change after the other, so that the last one typed is the last one kept. */
  #keeping: Promise<void> = Promise.resolve()
  readonly #draftSending = new Sending(this, { quiet: true })
  readonly #sending = new Sending(this)

  readonly #loaded = new Task(this, {
    args: () => [readNoticeChoice(this.search).notice ?? '', this.session.user_name] as const,
    task: async ([id], { signal }) => {
      clearTimeout(this.#timer)
      const notice = await getNotice(id, signal)
      this.notice = notice
      this.head = { ...this.head, name: this.head.name || (this.session.youth_authority?.name ?? '') }
      this.values = valuesOf(notice)
      this.changed = false
      this.#draftSending.clear()
      this.#sending.clear()
    },
  })

  constructor() {
    super()
    this.search = ''
    this.changed = false
    this.head = { name: '', office: 'Jugendamt', street: '', town: '', telephone: '', email: '' }
  }

  protected override createRenderRoot() {
    return this
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    void this.#keepNow()
  }

  #entered(field: Field, value: string) {
    this.values = { ...this.values!, [field]: value }
    this.changed = true
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#keepNow(), typingMs)
  }

  /** What was typed and not yet kept, after what is being kept. */
  #keepNow(): Promise<void> {
    clearTimeout(this.#timer)
    this.#keeping = this.#keepAfter(this.#keeping)
    return this.#keeping
  }

  /** A failure is told, and tried again where it may pass. */
  async #keepAfter(before: Promise<void>) {
    await before
    const { notice, values } = this
    if (!notice || !values || notice.state === 'issued' || !this.changed) return
    const refused = await this.#draftSending.send(async () => {
      const kept = await changeNotice(notice.id, changesOf(values))
      this.notice = kept
      if (this.values === values) this.changed = false
      return `Entwurf gespeichert ${clock.format(new Date(kept.changed_at))} Uhr`
    })
    if (refused && (refused.status === 0 || refused.status >= 500)) this.#timer = setTimeout(() => void this.#keepNow(), 5000)
  }

  /** After what was typed is kept; `whole`: not without. */
  async #try(work: (key: string) => Promise<string>, { whole = false } = {}) {
    this.querySelector('dialog')?.close()
    this.#sending.clear()
    await this.#keepNow()
    if (whole && this.#draftSending.isRefused) return this.#draftSending.focusSummary()
    return this.#sending.send(work)
  }

  #preview() {
    return this.#try(async () => {
      const { content, name } = await getFile(`/service/notices/${this.notice!.id}/preview`, 'application/pdf')
      saveFile(content, name)
      return `Der Entwurf ist als ${name} gespeichert.`
    }, whole)
  }

  #issue() {
    return this.#try(async (key) => {
      this.notice = await issueNotice(this.notice!.id, key)
      await this.updateComplete
      this.querySelector<HTMLElement>('h1')?.focus()
      return 'Der Bescheid ist erlassen und liegt als PDF in der Akte.'
    }, whole)
  }

  #discard() {
    return this.#try(async () => {
      const { id, case_id } = this.notice!
      this.changed = false
      await discardNotice(id)
      this.dispatchEvent(new Navigate(fileHref(case_id), { replace: true }))
      return ''
    })
  }

  #correct() {
    return this.#try(async (key) => {
      const { id, case_id, kind, booking_id, service_kind } = this.notice!
      const draft = await draftNotice(case_id, { kind, service_kind, booking_id, corrects: id }, key)
      this.dispatchEvent(new Navigate(noticeHref(draft.id)))
      return ''
    })
  }

  #download() {
    return this.#try(async () => {
      const { content, name } = await getFile(`/service/documents/${this.notice!.document_id}/file`, 'application/pdf')
      saveFile(content, name)
      return `Der Bescheid ist als ${name} gespeichert.`
    })
  }

  #keepHead(event: SubmitEvent) {
    event.preventDefault()
    void this.#try(async () => {
      await keepLetterhead(this.head)
      this.notice = await getNotice(this.notice!.id)
      return 'Der Briefkopf ist gespeichert. Er gilt für alle Bescheide Ihres Jugendamts.'
    })
  }

  async #ask(question: Question) {
    this.question = question
    await this.updateComplete
    this.querySelector('dialog')?.showModal()
  }

  get #faults(): Faults {
    return { ...this.#draftSending.faults, ...this.#sending.faults }
  }

  get #keptText() {
    if (this.#draftSending.isRefused) return 'Noch nicht gespeichert.'
    return this.changed ? 'Wird gespeichert …' : this.#draftSending.said
  }

  override render() {
    const { notice, values } = this
    const { error } = this.#loaded
    if (error && (!notice || !values)) {
      const gone = error instanceof RequestProblem && (error.status === 404 || error.status === 400)
      return html`
        <h1 class="sj-h1">Bescheid</h1>
        ${
          gone
            ? html`<p class="sj-empty">
                Diesen Bescheid gibt es hier nicht. <a class="sj-link" href=${caseManagerPath}>Zum Fallmanager</a>
              </p>`
            : viewProblem(error, { dataAsOf: undefined, retry: () => void this.#loaded.run() })
        }
      `
    }
    if (!notice || !values)
      return html`<h1 class="sj-h1">Bescheid</h1>
        <p class="sj-meta" aria-busy="true">Der Bescheid wird geladen</p>`
    return html`
      <h1 class="sj-h1" tabindex="-1">${noticeTitle(notice)}</h1>
      <p class="sj-lead">
        ${notice.legal_basis.replace(' SGB VIII', '')} ${notice.service_kind_label}, Fall ${notice.case_number}. ${noticeStateText(notice)}.
        <a class="sj-link sj-no-print" href=${fileHref(notice.case_id)}>Akte öffnen</a>
      </p>
      ${printLine(this.session)}
      <p class="sj-notice-page__said" role="status">${this.#sending.said}</p>
      ${faultSummary({ refusal: this.#sending.refusal ?? this.#draftSending.refusal, faults: this.#faults, labels })}
      <div class="sj-notice-page">
        ${notice.state === 'issued' ? this.#issued(notice) : this.#draft(notice, values)} ${this.#letter(notice)}
      </div>
      ${questionDialog(this.question)}
    `
  }

  #issued({ corrected }: NoticeWithText) {
    return html`
      <div class="sj-notice-page__form sj-no-print">
        <p>Der Bescheid ist erlassen und lässt sich nicht mehr ändern. Was falsch ist, berichtigt eine neue Fassung.</p>
        <div class="sj-step__buttons">
          <button type="button" class="kern-btn kern-btn--primary" @click=${() => void this.#download()}>
            <span class="kern-label">PDF herunterladen</span>
          </button>
          ${
            corrected
              ? nothing
              : html`<button type="button" class="kern-btn kern-btn--secondary" @click=${() => void this.#correct()}>
                  <span class="kern-label">Neue Fassung entwerfen</span>
                </button>`
          }
        </div>
      </div>
    `
  }

  #draft(notice: NoticeWithText, values: Values) {
    const field = (name: Exclude<Field, 'reasons'>, autocomplete: AutoFill = 'off', hint?: string) =>
      textField({
        name,
        label: labels[name],
        type: name === 'effective_on' ? 'date' : 'text',
        autocomplete,
        value: values[name],
        faults: this.#faults,
        ...(hint !== undefined && { hint }),
        entered: (text) => this.#entered(name, text),
      })
    return html`
      <div class="sj-notice-page__form sj-no-print">
        ${notice.letterhead ? nothing : this.#headForm()}
        <form
          class="sj-step"
          novalidate
          aria-label="Entwurf"
          @submit=${(event: SubmitEvent) => {
            event.preventDefault()
            void this.#ask({
              heading: 'Bescheid erlassen?',
              text: `Die ${noticeKindLabels[notice.kind]} bekommt ein Aktenzeichen, liegt als PDF in der Akte und lässt sich nicht mehr ändern.`,
              action: 'Erlassen',
              act: () => void this.#issue(),
            })
          }}
        >
          ${field('addressee_name', 'off', 'Wem der Bescheid bekannt gegeben wird, zum Beispiel den Sorgeberechtigten.')}
          ${field('addressee_street')} ${field('addressee_town')}
          ${notice.kind === 'change' || notice.kind === 'end' ? field('effective_on') : nothing} ${this.#reasons(values.reasons)}
          <p class="sj-meta" role="status">${this.#keptText}</p>
          <div class="sj-step__buttons">
            <button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Erlassen</span></button>
            <button type="button" class="kern-btn kern-btn--secondary" @click=${() => void this.#preview()}>
              <span class="kern-label">Entwurf als PDF</span>
            </button>
            <button
              type="button"
              class="kern-btn kern-btn--tertiary"
              @click=${() =>
                void this.#ask({
                  heading: 'Entwurf verwerfen?',
                  text: 'Der Entwurf wird gelöscht. Das lässt sich nicht zurücknehmen.',
                  action: 'Verwerfen',
                  act: () => void this.#discard(),
                })}
            >
              <span class="kern-label">Entwurf verwerfen</span>
            </button>
          </div>
        </form>
      </div>
    `
  }

  #reasons(value: string) {
    const fault = this.#faults['reasons']
    return html`
      <div class="kern-form-input ${fault ? 'kern-form-input--error' : ''}">
        <label class="kern-label" for="reasons">${labels.reasons}</label>
        <p class="kern-hint" id="hint-reasons">
          Was wesentlich ist, in Tatsachen und im Recht (§ 35 SGB X). Eine Leerzeile beginnt einen Absatz.
        </p>
        <textarea
          class="kern-form-input__input ${fault ? 'kern-form-input__input--error' : ''}"
          id="reasons"
          rows="10"
          maxlength="8000"
          aria-invalid=${fault ? 'true' : 'false'}
          aria-describedby=${fault ? 'hint-reasons fault-reasons' : 'hint-reasons'}
          .value=${value}
          @input=${(event: Event) => this.#entered('reasons', (event.target as HTMLTextAreaElement).value)}
        ></textarea>
        ${faultLine('reasons', this.#faults)}
      </div>
    `
  }

  #headForm() {
    return html`
      <form class="sj-step" novalidate aria-labelledby="briefkopf" @submit=${this.#keepHead}>
        <h2 class="sj-h2" id="briefkopf">Briefkopf einrichten</h2>
        <p>Er fehlt noch und gilt für alle Bescheide Ihres Jugendamts.</p>
        ${headFields.map((name) =>
          textField({
            name,
            label: labels[name],
            type: 'text',
            autocomplete: 'off',
            value: this.head[name],
            faults: this.#faults,
            entered: (text) => (this.head = { ...this.head, [name]: text }),
          }),
        )}
        <div class="sj-step__buttons">
          <button type="submit" class="kern-btn kern-btn--secondary"><span class="kern-label">Briefkopf speichern</span></button>
        </div>
      </form>
    `
  }

  #letter({ parts, state, addressee_name, addressee_street, addressee_town }: NoticeWithText) {
    return html`
      <article class="sj-letter" aria-label=${state === 'draft' ? 'So liest sich der Bescheid' : 'Text des Bescheids'}>
        ${state === 'draft' ? html`<p class="sj-letter__mark">Entwurf, nicht bekannt gegeben</p>` : nothing}
        <p class="sj-letter__address">
          ${[addressee_name, addressee_street, addressee_town].map((line) => html`<span>${line === '' ? '…' : line}</span>`)}
        </p>
        ${parts.map((part) => {
          switch (part.part) {
            case 'subject':
              return html`<h2>${part.text}</h2>`
            case 'heading':
              return html`<h3>${part.text}</h3>`
            case 'text':
              return part.text
                .split('\n')
                .filter((text) => text.trim() !== '')
                .map((text) => html`<p>${text}</p>`)
            case 'facts':
              return html`<dl>
                ${part.facts.map(
                  ({ term, text }) =>
                    html`<div>
                      <dt>${term}</dt>
                      <dd>${text}</dd>
                    </div>`,
                )}
              </dl>`
            default:
              return html`<p class="sj-letter__signature">${part.lines.map((line) => html`<span>${line}</span>`)}</p>`
          }
        })}
      </article>
    `
  }
}

customElements.define('sj-notice-page', NoticePage)
