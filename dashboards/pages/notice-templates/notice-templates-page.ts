import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { saveFile } from '../../charts/image.ts'
import { choiceIn } from '../../choice.ts'
import { getNoticeTemplates, type NoticeTemplate, previewNoticeTemplate, type Session, writeNoticeTemplate } from '../../client.ts'
import { areaField, faultSummary } from '../../elements/form-fields.ts'
import { Sending } from '../../elements/sending.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { minuteText } from '../../format.ts'
import type { NoticeKind } from '../../../transactional/vocabulary.ts'
import { noticeKindLabels } from '../notice/notice.ts'
import '../../elements/list-tools.css'
import './notice-templates-page.css'

type Words = NoticeTemplate['words']
const labels: Record<keyof Words, string> = {
  subject: 'Betreff',
  opening: 'Einleitung',
  closing: 'Schluss',
  remedies: 'Rechtsbehelfsbelehrung',
}
const fields = Object.keys(labels) as (keyof Words)[]
const rows: Record<keyof Words, number> = { subject: 2, opening: 4, closing: 6, remedies: 7 }
const whose = { authority: 'eigene Fassung des Jugendamts', state: 'Fassung des Landes', delivered: 'mitgelieferte Fassung' } as const
const { read, write } = choiceIn(['kind'])

/** Admin / Bescheidvorlagen: the words of notices, checked, seen before they hold, and kept version by version. */
export class NoticeTemplatesPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    entries: { state: true },
  }
  declare session: Session
  declare search: string
  /** As typed, by kind. */
  declare entries: Partial<Record<NoticeKind, Words>>
  readonly #sending = new Sending(this, { fieldOf: (field) => field.replace(/^words\./, '') })

  readonly #templates = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getNoticeTemplates(signal),
  })

  constructor() {
    super()
    this.search = ''
    this.entries = {}
  }

  protected override createRenderRoot() {
    return this
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (changed.has('search')) this.#sending.clear()
  }

  #save({ kind, versions }: NoticeTemplate, words: Words) {
    return this.#sending.send(async (key) => {
      try {
        await writeNoticeTemplate({ kind, after_version: versions[0]!.version, words }, key)
      } finally {
        // also what somebody else wrote meanwhile
        await this.#templates.run()
      }
      this.entries = { ...this.entries, [kind]: undefined }
      return 'Die neue Fassung gilt ab jetzt für neue Entwürfe. Begonnene und erlassene Bescheide behalten ihre.'
    })
  }

  #preview(kind: NoticeKind, words: Words) {
    return this.#sending.send(async () => {
      saveFile(await previewNoticeTemplate(kind, words), `Vorschau ${noticeKindLabels[kind]}.pdf`)
      return 'Die Vorschau ist gespeichert.'
    })
  }

  override render() {
    const templates = this.#templates.value
    const { error } = this.#templates
    const chosen = templates?.find(({ kind }) => kind === read(this.search).kind) ?? templates?.[0]
    return html`
      <h1 class="sj-h1">Bescheidvorlagen</h1>
      <p class="sj-lead">
        ${
          this.session.youth_authority
            ? `Für das Jugendamt ${this.session.youth_authority.name}.`
            : `Für alle Jugendämter in ${this.session.federal_state_name}, die keine eigenen Vorlagen haben.`
        }
      </p>
      ${printLine(this.session)} ${error ? viewProblem(error, { dataAsOf: undefined, retry: () => void this.#templates.run() }) : nothing}
      ${templates && chosen ? this.#content(templates, chosen) : html`<p class="sj-meta" aria-busy="true">Wird geladen</p>`}
    `
  }

  #content(templates: NoticeTemplate[], chosen: NoticeTemplate) {
    const { kind } = chosen
    const words = this.entries[kind] ?? chosen.words
    const { faults, refusal, said } = this.#sending
    return html`
      <nav class="sj-list-tools sj-no-print" aria-label="Art des Bescheids">
        <ul class="sj-list-tabs">
          ${templates.map(
            (each) => html`
              <li>
                <a href=${location.pathname + write({ kind: each.kind })} aria-current=${each.kind === kind ? 'true' : nothing}
                  >${noticeKindLabels[each.kind]}</a
                >
              </li>
            `,
          )}
        </ul>
      </nav>
      <p class="sj-meta" role="status">${said}</p>
      <div class="sj-beside sj-templates">
        <form
          class="sj-form"
          novalidate
          aria-label="Vorlage ${noticeKindLabels[kind]}"
          @submit=${(event: SubmitEvent) => {
            event.preventDefault()
            void this.#save(chosen, words)
          }}
        >
          ${faultSummary({ refusal, faults, labels })}
          ${fields.map((name) =>
            areaField({
              name,
              label: labels[name],
              value: words[name],
              faults,
              rows: rows[name],
              maxlength: name === 'subject' ? 200 : 4000,
              entered: (value) => (this.entries = { ...this.entries, [kind]: { ...(this.entries[kind] ?? chosen.words), [name]: value } }),
            }),
          )}
          <div class="sj-form__buttons">
            <button type="submit" class="kern-btn kern-btn--primary"><span class="kern-label">Als neue Fassung speichern</span></button>
            <button type="button" class="kern-btn kern-btn--secondary" @click=${() => void this.#preview(kind, words)}>
              <span class="kern-label">Vorschau als PDF</span>
            </button>
          </div>
        </form>
        <div>
          <h2 class="sj-h2">Platzhalter</h2>
          <p class="sj-meta">Was in geschweiften Klammern steht, wird aus dem Fall eingesetzt.</p>
          <dl>
            ${chosen.placeholders.map(
              ({ label, meaning }) => html`
                <dt>{{${label}}}</dt>
                <dd>${meaning}</dd>
              `,
            )}
          </dl>
          <h2 class="sj-h2">Fassungen</h2>
          <ul>
            ${chosen.versions.map(
              ({ at, by, whose: of, words: former }, index) => html`
                <li>
                  ${at === null ? 'Mitgeliefert' : html`${minuteText(at)}, ${by}`}
                  <span class="sj-meta">${index === 0 ? 'gilt' : at === null ? nothing : whose[of]}</span>
                  ${
                    index === 0
                      ? nothing
                      : html`<button
                          type="button"
                          class="sj-link sj-no-print"
                          @click=${() => {
                            this.entries = { ...this.entries, [kind]: former }
                            this.#sending.clear()
                            this.#sending.say('Der Text dieser Fassung steht in den Feldern und gilt, sobald er gespeichert ist.')
                          }}
                        >
                          In die Felder holen
                        </button>`
                  }
                </li>
              `,
            )}
          </ul>
        </div>
      </div>
    `
  }
}

customElements.define('sj-notice-templates-page', NoticeTemplatesPage)
