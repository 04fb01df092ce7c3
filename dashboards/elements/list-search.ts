import { html } from 'lit'
import './list-tools.css'

/** The search of a page that lists things; its words stay out of the address. `sought`: by the key that sends the form. */
export const listSearch = ({
  placeholder,
  value,
  typed,
  sought,
}: {
  placeholder: string
  value: string
  typed: (text: string) => void
  sought: (text: string) => void
}) => {
  const textIn = (field: HTMLInputElement) => field.value.trim()
  return html`
    <form
      role="search"
      class="sj-list-search"
      @submit=${(event: SubmitEvent) => {
        event.preventDefault()
        sought(textIn((event.currentTarget as HTMLFormElement).querySelector('input')!))
      }}
    >
      <label for="suche">Suchen</label>
      <input
        class="kern-form-input__input"
        type="search"
        id="suche"
        autocomplete="off"
        maxlength="80"
        placeholder=${placeholder}
        .value=${value}
        @input=${(event: Event) => typed(textIn(event.target as HTMLInputElement))}
      />
    </form>
  `
}
