import { LitElement } from 'lit'

const patientMs = 1000

/** Says why it takes long, to those who listen too: words that come later into a region that is there are read out. */
export class Patience extends LitElement {
  static override properties = { text: {}, waited: { state: true } }
  declare text: string
  declare waited: boolean
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor() {
    super()
    this.text = ''
    this.waited = false
  }

  protected override createRenderRoot() {
    return this
  }

  override connectedCallback() {
    super.connectedCallback()
    this.role = 'status'
    this.waited = false
    this.#timer = setTimeout(() => (this.waited = true), patientMs)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
  }

  override render() {
    return this.waited ? this.text : ''
  }
}

customElements.define('sj-patience', Patience)
