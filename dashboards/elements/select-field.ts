import { html, nothing } from 'lit'
import { faultLine, type Faults } from './form-fields.ts'

type SelectField = {
  name: string
  label: string
  options: [value: string, label: string][]
  value: string
  faults?: Faults
  chosen: (value: string) => void
}

/** A choice of few, with its label above. */
export const selectField = ({ name, label, options, value, faults = {}, chosen }: SelectField) => {
  const fault = faults[name]
  return html`
    <div class="kern-form-input ${fault ? 'kern-form-input--error' : ''}">
      <label class="kern-label" for=${name}>${label}</label>
      <div class="kern-form-input__select-wrapper">
        <select
          class="kern-form-input__select ${fault ? 'kern-form-input__select--error' : ''}"
          id=${name}
          name=${name}
          aria-invalid=${fault ? 'true' : nothing}
          aria-describedby=${fault ? `fault-${name}` : nothing}
          @change=${(event: Event) => chosen((event.target as HTMLSelectElement).value)}
        >
          ${options.map(([key, text]) => html`<option value=${key} .selected=${key === value}>${text}</option>`)}
        </select>
      </div>
      ${faultLine(name, faults)}
    </div>
  `
}
