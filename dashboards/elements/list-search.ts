import { html } from 'lit'
import './list-tools.css'

/**
 * The search of a page that lists things; its words stay out of the address. They are told as they stand in the field, blanks included, so
 * that it is never written over while somebody types. `sought`: by the key that sends the form.
 */
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
}) => html`
  <form
    role="search"
    class="sj-list-search"
    @submit=${(event: SubmitEvent) => {
      event.preventDefault()
      sought((event.currentTarget as HTMLFormElement).querySelector('input')!.value)
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
      @input=${(event: Event) => typed((event.target as HTMLInputElement).value)}
    />
  </form>
`
