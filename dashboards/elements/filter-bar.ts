import { html, LitElement, nothing } from 'lit'
import { phone } from '../phone.ts'
import './filter-bar.css'

export type Option = { value: string; label: string }
export type OptionGroup = { label: string; options: Option[] }
export type Filter = { name: string; label: string; value: string; options: (Option | OptionGroup)[] }

/** Takes the place of one whose options are on their way. */
export const pendingFilter = (name: string, label: string): Filter => ({ name, label, value: '', options: [] })

export class Chosen extends Event {
  readonly filter: string
  readonly value: string
  constructor(filter: string, value: string) {
    super('sj-chosen', { bubbles: true })
    this.filter = filter
    this.value = value
  }
}

/** Selects side by side, folded on a phone. Tells `sj-chosen` at every choice. */
export class FilterBar extends LitElement {
  static override properties = { label: { attribute: false }, filters: { attribute: false }, reset: { attribute: false } }
  declare label: string
  declare filters: Filter[]
  /** Address without any choice; undefined when nothing is chosen. */
  declare reset: string | undefined
  readonly #fold = () => this.#unfold(!phone.matches)

  constructor() {
    super()
    this.label = ''
    this.filters = []
  }

  protected override createRenderRoot() {
    return this
  }

  override connectedCallback() {
    super.connectedCallback()
    phone.addEventListener('change', this.#fold)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    phone.removeEventListener('change', this.#fold)
  }

  protected override firstUpdated() {
    this.#fold()
  }

  #unfold(open: boolean) {
    const box = this.querySelector('details')
    if (box) box.open = open
  }

  override render() {
    return html`
      <details class="sj-filterbox sj-no-print" open>
        <summary class="sj-link">Auswahl ändern</summary>
        <form class="sj-filter" aria-label=${this.label} @submit=${(event: Event) => event.preventDefault()}>
          ${this.filters.map((filter) => this.#field(filter))}
          <a
            class="sj-link sj-filter__reset ${this.reset === undefined ? 'sj-filter__reset--idle' : ''}"
            href=${this.reset ?? nothing}
            aria-disabled=${this.reset === undefined ? 'true' : nothing}
            >Zurücksetzen</a
          >
        </form>
      </details>
    `
  }

  #field({ name, label, value, options }: Filter) {
    const choose = (event: Event) => this.dispatchEvent(new Chosen(name, (event.target as HTMLSelectElement).value))
    return html`
      <div class="kern-form-input sj-filter__${name}">
        <label class="kern-label" for="filter-${name}">${label}</label>
        <div class="kern-form-input__select-wrapper">
          <select class="kern-form-input__select" id="filter-${name}" name=${name} ?disabled=${options.length === 0} @change=${choose}>
            ${
              options.length === 0
                ? html`<option>Wird geladen</option>`
                : options.map((item) =>
                    'options' in item
                      ? html`<optgroup label=${item.label}>${item.options.map((option) => optionOf(option, value))}</optgroup>`
                      : optionOf(item, value),
                  )
            }
          </select>
        </div>
      </div>
    `
  }
}

const optionOf = ({ value, label }: Option, chosen: string) => html`<option value=${value} .selected=${value === chosen}>${label}</option>`

/** Options under the heading they belong to, in the order they come. */
export const grouped = <Item>(items: Item[], group: (item: Item) => string, option: (item: Item) => Option): OptionGroup[] => {
  const groups = new Map<string, Option[]>()
  for (const item of items) groups.set(group(item), [...(groups.get(group(item)) ?? []), option(item)])
  return [...groups].map(([label, options]) => ({ label, options }))
}

customElements.define('sj-filter-bar', FilterBar)
