import { html } from 'lit'

type SelectField = {
  name: string
  label: string
  options: [value: string, label: string][]
  value: string
  chosen: (value: string) => void
}

/** A choice of few, with its label above. */
export const selectField = ({ name, label, options, value, chosen }: SelectField) => html`
  <div class="kern-form-input">
    <label class="kern-label" for=${name}>${label}</label>
    <div class="kern-form-input__select-wrapper">
      <select
        class="kern-form-input__select"
        id=${name}
        name=${name}
        @change=${(event: Event) => chosen((event.target as HTMLSelectElement).value)}
      >
        ${options.map(([key, text]) => html`<option value=${key} ?selected=${key === value}>${text}</option>`)}
      </select>
    </div>
  </div>
`
