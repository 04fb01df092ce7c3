// Labelled fields with their faults in words, and the summary of the faults on top.
import { html, nothing } from 'lit'
import './check-groups.css'
import type { FieldFault } from '../client.ts'

export type Faults = Readonly<Record<string, string | undefined>>

/** What the service refused, by field; faults of fields the form does not have stay out. */
export const faultsOf = (details: FieldFault[], fields: readonly string[]): Faults =>
  Object.fromEntries(details.filter(({ field }) => fields.includes(field)).map(({ field, message }) => [field, message]))

/** "3,25", "3.25" or "1.234,50" as a number; NaN where it is none, or could be two. */
export const numberOf = (text: string): number => {
  const entered = text.trim()
  if (/^\d{1,5}([.,]\d{1,2})?$/.test(entered)) return Number(entered.replace(',', '.'))
  return /^\d{1,2}\.\d{3},\d{1,2}$/.test(entered) ? Number(entered.replace('.', '').replace(',', '.')) : Number.NaN
}

export const faultLine = (name: string, faults: Faults) =>
  faults[name]
    ? html`<p class="kern-error" id="fault-${name}">
        <span class="kern-icon kern-icon--danger" aria-hidden="true"></span><span class="kern-body">${faults[name]}</span>
      </p>`
    : nothing

export type TextField = {
  name: string
  label: string
  type: 'text' | 'password' | 'date'
  autocomplete: AutoFill
  value: string
  faults: Faults
  hint?: string
  optional?: boolean
  entered: (value: string) => void
}

export const textField = ({ name, label, type, autocomplete, value, faults, hint, optional = false, entered }: TextField) => {
  const fault = faults[name]
  const described = [hint && `hint-${name}`, fault && `fault-${name}`].filter(Boolean).join(' ')
  return html`
    <div class="kern-form-input ${fault ? 'kern-form-input--error' : ''}">
      <label class="kern-label" for=${name}>${label}</label>
      ${hint ? html`<p class="kern-hint" id="hint-${name}">${hint}</p>` : nothing}
      <input
        class="kern-form-input__input ${fault ? 'kern-form-input__input--error' : ''}"
        id=${name}
        name=${name}
        type=${type}
        autocomplete=${autocomplete}
        autocapitalize="none"
        spellcheck="false"
        ?required=${!optional}
        aria-invalid=${fault ? 'true' : 'false'}
        aria-describedby=${described || nothing}
        .value=${value}
        @input=${(event: Event) => entered((event.target as HTMLInputElement).value)}
      />
      ${faultLine(name, faults)}
    </div>
  `
}

/** Days typed in part, which a browser gives as empty. */
export const unfinishedDays = (form: Element): Faults =>
  Object.fromEntries(
    [...form.querySelectorAll<HTMLInputElement>('input[type=date]')]
      .filter(({ validity }) => validity.badInput)
      .map(({ name }) => [name, 'Bitte den Tag vollständig angeben.']),
  )

export type AreaField = Omit<TextField, 'type' | 'autocomplete' | 'optional'> & { rows?: number; maxlength: number }

/** Several lines of text. */
export const areaField = ({ name, label, value, faults, hint, rows = 2, maxlength, entered }: AreaField) => {
  const fault = faults[name]
  const described = [hint && `hint-${name}`, fault && `fault-${name}`].filter(Boolean).join(' ')
  return html`
    <div class="kern-form-input ${fault ? 'kern-form-input--error' : ''}">
      <label class="kern-label" for=${name}>${label}</label>
      ${hint ? html`<p class="kern-hint" id="hint-${name}">${hint}</p>` : nothing}
      <textarea
        class="kern-form-input__input ${fault ? 'kern-form-input__input--error' : ''}"
        id=${name}
        rows=${rows}
        maxlength=${maxlength}
        aria-invalid=${fault ? 'true' : 'false'}
        aria-describedby=${described || nothing}
        .value=${value}
        @input=${(event: Event) => entered((event.target as HTMLTextAreaElement).value)}
      ></textarea>
      ${faultLine(name, faults)}
    </div>
  `
}

export type ConfirmField = { name: string; label: string; checked: boolean; faults: Faults; chosen: (on: boolean) => void }

/** Something unusual that is right all the same, said by whoever does it. */
export const confirmField = ({ name, label, checked, faults, chosen }: ConfirmField) => html`
  <div class="kern-form-input ${faults[name] ? 'kern-form-input--error' : ''}">
    <label class="sj-check">
      <input
        id=${name}
        name=${name}
        type="checkbox"
        aria-invalid=${faults[name] ? 'true' : 'false'}
        aria-describedby=${faults[name] ? `fault-${name}` : nothing}
        .checked=${checked}
        @change=${(event: Event) => chosen((event.target as HTMLInputElement).checked)}
      />
      ${label}
    </label>
    ${faultLine(name, faults)}
  </div>
`

/** One line: what was typed over several is joined. */
export const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

export type Summary = { refusal: string | undefined; faults: Faults; labels: Readonly<Record<string, string>> }

/** Focus it after a refusal: it names every fault and leads to its field. What is told about the whole form has the name ''. */
export const faultSummary = ({ refusal, faults, labels }: Summary) => {
  const faulty = Object.keys(labels).filter((name) => faults[name])
  const whole = faults['']
  if (refusal === undefined && faulty.length === 0 && !whole) return nothing
  const title =
    refusal ?? (faulty.length > 1 ? `${faulty.length} Angaben fehlen oder sind nicht gültig` : 'Eine Angabe fehlt oder ist nicht gültig')
  return html`
    <div class="kern-alert kern-alert--danger sj-summary" role="alert" tabindex="-1">
      <div class="kern-alert__header">
        <span class="kern-icon kern-icon--danger" aria-hidden="true"></span>
        <span class="kern-title">${title}</span>
      </div>
      ${
        faulty.length > 0 || whole
          ? html`<div class="kern-alert__body">
              ${whole ? html`<p>${whole}</p>` : nothing}
              ${
                faulty.length > 0
                  ? html`<ul>
                      ${faulty.map((name) => html`<li><a class="sj-link" href="#${name}" @click=${jump}>${labels[name]}: ${faults[name]}</a></li>`)}
                    </ul>`
                  : nothing
              }
            </div>`
          : nothing
      }
    </div>
  `
}

/** To the field itself, leaving the address as it is. */
const jump = (event: Event) => {
  event.preventDefault()
  document.querySelector<HTMLElement>((event.currentTarget as HTMLAnchorElement).hash)?.focus()
}
