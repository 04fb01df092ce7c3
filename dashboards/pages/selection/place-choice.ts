import { html, LitElement, nothing } from 'lit'
import { numberText } from '../../format.ts'
import { faultLine } from '../../elements/form-fields.ts'
import { type NamedPlace, placeText, readPlace } from './places.ts'

/** The place distances are told from. Tells `sj-point` (the point, empty: none) and `sj-radius` (kilometres). */
export class PlaceChoice extends LitElement {
  static override properties = {
    point: { attribute: false },
    places: { attribute: false },
    radius: { attribute: false },
    missing: { attribute: false },
    typed: { state: true },
    fault: { state: true },
  }
  declare point: string | undefined
  /** Those that can be chosen by name. */
  declare places: NamedPlace[]
  /** Kilometres around it; undefined where all of an area is looked at. */
  declare radius: number | undefined
  /** What to say where a place is needed and there is none. */
  declare missing: string | undefined
  /** As typed, until the point is that place; undefined: the point in words. */
  declare typed: string | undefined
  declare fault: string | undefined

  constructor() {
    super()
    this.places = []
  }

  protected override createRenderRoot() {
    return this
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (!changed.has('point')) return
    this.typed = undefined
    this.fault = undefined
  }

  protected override updated(changed: Map<string, unknown>) {
    // who types at once is read again when the districts have come
    if (changed.has('places') && this.fault) this.#read(this.typed!)
  }

  #tell(name: 'sj-point' | 'sj-radius', detail: string) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }))
  }

  #read(text: string) {
    const point = text.trim() === '' ? '' : readPlace(text, this.places)
    this.fault =
      point === undefined
        ? 'Dieser Ort ist nicht bekannt. Bekannt sind Kreise, größere Städte in Mecklenburg-Vorpommern, Orte und Postleitzahlen mit einer Einrichtung und die Einrichtungen der Liste. Sonst hilft ein nahe gelegener Ort, die Karte oder 54,09 12,13.'
        : undefined
    const isThere = point === (this.point ?? '')
    this.typed = isThere ? undefined : text
    if (point !== undefined && !isThere) this.#tell('sj-point', point)
  }

  override render() {
    const fault = this.fault ?? this.missing
    return html`
      <div class="kern-form-input ${fault ? 'kern-form-input--error' : ''}">
        <label class="kern-label" for="place">Entfernung ab Ort</label>
        <p class="kern-hint" id="hint-place">
          Kreis, Stadt, Postleitzahl oder Einrichtung, Koordinaten wie 54,09 12,13, oder ein Klick in die Karte.
        </p>
        <input
          class="kern-form-input__input"
          id="place"
          type="search"
          list="places"
          autocomplete="off"
          aria-invalid=${fault ? 'true' : 'false'}
          aria-describedby=${fault ? 'hint-place fault-place' : 'hint-place'}
          .value=${this.typed ?? (this.point === undefined ? '' : placeText(this.point, this.places))}
          @input=${(event: Event) => {
            this.typed = (event.target as HTMLInputElement).value
            this.fault = undefined
          }}
          @change=${(event: Event) => this.#read((event.target as HTMLInputElement).value)}
        />
        <datalist id="places">${this.places.map(({ name }) => html`<option value=${name}></option>`)}</datalist>
        ${faultLine('place', fault ? { place: fault } : {})}
      </div>
      ${this.radius === undefined ? nothing : this.#radius(this.radius)}
    `
  }

  #radius(radius: number) {
    return html`
      <div class="kern-form-input">
        <label class="kern-label" for="radius">Umkreis in Kilometern</label>
        <input
          class="kern-form-input__input"
          id="radius"
          type="number"
          min="1"
          max="999"
          step="1"
          .value=${numberText(radius)}
          @change=${(event: Event) => this.#tell('sj-radius', (event.target as HTMLInputElement).value)}
        />
      </div>
    `
  }
}

customElements.define('sj-place-choice', PlaceChoice)
