import { html, LitElement, nothing, type TemplateResult } from 'lit'
import { createRef, ref } from 'lit/directives/ref.js'
import { repeat } from 'lit/directives/repeat.js'
import type { Canvas } from '../charts/canvas.ts'
import { pngFile, saveFile, svgFile } from '../charts/image.ts'
import { svgElement } from '../charts/svg.ts'
import { instantText } from '../format.ts'
import './chart-figure.css'
import { type Twin, twinTable } from './table-twin.ts'

export type ChartView = {
  title: string
  subtitle: string
  /** The finding in a sentence, where the title does not say it all. */
  summary?: string | undefined
  missing?: Missing | undefined
  draw: (canvas: Canvas) => Promise<SVGSVGElement>
  /** Height kept free until it is drawn, so that nothing jumps. */
  reserve: 'trend' | 'chart'
  source: string
  credit?: string
  dataAsOf: string
  /** Stem of the names of saved files. */
  fileName: string
  /** What the drawing cannot show. */
  note?: string | undefined
  /** The same values as a table. */
  twin: Twin
  above?: TemplateResult
  below?: TemplateResult | typeof nothing
  /** What readers may choose in the drawing; shapes carry the ids as `data-id`. */
  pick?: ChartPick
}
/** Why there is nothing to draw, and where there is. */
export type Missing = { why: string; instead?: { href: string; text: string } }
export type ChartPick = { label: string; items: { id: string; text: string }[]; chosen: string | undefined; choose: (id: string) => void }

const leastTarget = 24

/** A chart with its finding as title, its source, and its table twin. */
export class ChartFigure extends LitElement {
  static override properties = {
    view: { attribute: false },
    failed: { state: true },
    reading: { state: true },
    tabStop: { state: true },
    twinOpen: { state: true },
  }
  declare view: ChartView | undefined
  declare failed: boolean
  /** What the pointer or the focus is on. */
  declare reading: string
  declare tabStop: string | undefined
  declare twinOpen: boolean
  readonly #canvas = createRef<HTMLDivElement>()
  #observer: ResizeObserver | undefined
  #drawnWidth = 0
  #drawing = 0
  #soon: number | undefined
  /** The focus was in here when the view changed: what it was on may be gone until the next one is drawn. */
  #hadFocus = false
  readonly #print = matchMedia('print')
  readonly #redraw = () => void this.#draw()

  constructor() {
    super()
    this.failed = false
    this.reading = ''
    this.twinOpen = false
  }

  protected override createRenderRoot() {
    return this
  }

  override connectedCallback() {
    super.connectedCallback()
    this.#print.addEventListener('change', this.#redraw)
    this.#observer = new ResizeObserver(() => {
      if (this.#canvas.value && this.#canvas.value.clientWidth !== this.#drawnWidth) this.#redraw()
    })
    this.#observer.observe(this)
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    this.#print.removeEventListener('change', this.#redraw)
    this.#observer?.disconnect()
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (!changed.has('view')) return
    this.#hadFocus ||= this.contains(document.activeElement)
    this.reading = ''
    const ids = this.view?.pick?.items.map(({ id }) => id) ?? []
    if (!this.tabStop || !ids.includes(this.tabStop)) this.tabStop = ids.find((id) => id === this.view?.pick?.chosen) ?? ids[0]
  }

  protected override updated(changed: Map<string, unknown>) {
    if (changed.has('view')) this.#drawSoon()
  }

  get drawing(): SVGSVGElement | null {
    return this.#canvas.value?.querySelector('svg') ?? null
  }

  /** What came together with the view is painted before. */
  #drawSoon() {
    if (this.#soon !== undefined) return
    this.#soon = requestAnimationFrame(() => {
      setTimeout(() => {
        this.#soon = undefined
        this.#redraw()
      })
    })
  }

  async #draw() {
    const canvas = this.#canvas.value
    const { view } = this
    if (!canvas || !view || view.missing) return
    const drawing = ++this.#drawing
    try {
      const width = canvas.clientWidth
      if (width === 0) return
      const svg = await view.draw({ width })
      // another view, or another width, has been asked for meanwhile
      if (drawing !== this.#drawing) return
      canvas.replaceChildren(svg)
      this.#drawnWidth = width
      this.failed = false
      this.#placeTargets()
    } catch {
      if (drawing === this.#drawing) this.failed = true
    }
  }

  /** Keyboard readers choose by buttons that lie over the shapes. */
  #placeTargets() {
    const targets = this.#targets()
    if (targets.length === 0) return
    const origin = this.#canvas.value!.getBoundingClientRect()
    const shapes = new Map([...this.querySelectorAll<SVGElement>('[data-id]')].map((shape) => [shape.dataset['id'], shape]))
    for (const target of targets) {
      const box = shapes.get(target.dataset['target'])?.getBoundingClientRect()
      target.hidden = box === undefined
      if (!box) continue
      const [width, height] = [Math.max(box.width, leastTarget), Math.max(box.height, leastTarget)]
      Object.assign(target.style, {
        left: `${box.left + box.width / 2 - width / 2 - origin.left}px`,
        top: `${box.top + box.height / 2 - height / 2 - origin.top}px`,
        width: `${width}px`,
        height: `${height}px`,
      })
    }
    const focused = (document.activeElement as HTMLElement | null)?.dataset['target']
    if (focused) this.#outline(focused)
    if (this.#hadFocus && (document.activeElement === document.body || document.activeElement === null)) {
      targets.find(({ dataset }) => dataset['target'] === this.tabStop)?.focus()
    }
    this.#hadFocus = false
  }

  #targets() {
    return [...this.querySelectorAll<HTMLElement>('[data-target]')]
  }

  readonly #move = (event: KeyboardEvent) => {
    const from = (event.target as HTMLElement).closest<HTMLElement>('[data-target]')
    if (!from) return
    const targets = this.#targets().filter(({ hidden }) => !hidden)
    const next = event.key === 'Home' ? targets[0] : event.key === 'End' ? targets.at(-1) : nearest(from, targets, event.key)
    if (!next) return
    event.preventDefault()
    this.tabStop = next.dataset['target']
    next.focus()
  }

  /** Around the shape the focus is on; over all others, whichever was drawn last. */
  #outline(id: string | undefined) {
    const { drawing } = this
    drawing?.querySelector('.sj-outline')?.remove()
    const shape = id === undefined ? null : drawing?.querySelector(`[data-id="${CSS.escape(id)}"]`)
    if (!drawing || !shape) return
    const group = svgElement(document, 'g', { class: 'sj-outline', transform: shape.parentElement?.getAttribute('transform') ?? '' })
    for (const copy of [shape.cloneNode() as SVGElement, shape.cloneNode() as SVGElement]) {
      copy.removeAttribute('data-id')
      group.append(copy)
    }
    drawing.append(group)
  }

  #read(id: string | undefined) {
    this.reading = this.view?.pick?.items.find((item) => item.id === id)?.text ?? ''
  }

  /** What is read stays in sight beside a large drawing; how to read more need not. */
  #told({ label }: ChartPick) {
    const { reading } = this
    return html`<p class="sj-reading ${reading ? 'sj-reading--held' : ''} sj-no-print" aria-hidden="true">${reading || label}</p>`
  }

  #reach(id: string | undefined) {
    this.#read(id)
    this.#outline(id)
  }

  readonly #point = (event: Event) => this.#read((event.target as Element).closest<SVGElement>('[data-id]')?.dataset['id'])

  readonly #click = (event: Event) => {
    const id = (event.target as Element).closest<SVGElement>('[data-id]')?.dataset['id']
    if (id) this.view?.pick?.choose(id)
  }

  async #save(kind: 'svg' | 'png') {
    const svg = this.drawing
    const { view } = this
    if (!svg || !view) return
    const notes = [`Quelle: ${view.source}. Stand ${instantText(view.dataAsOf)}.`, ...(view.credit ? [`Karte: ${view.credit}.`] : [])]
    const words = { title: view.title, subtitle: view.subtitle, notes: [...(view.summary ? [view.summary] : []), ...notes] }
    saveFile(kind === 'svg' ? svgFile(svg, words) : await pngFile(svg, words), `${view.fileName}.${kind}`)
  }

  override render() {
    const { view } = this
    const drawn = view === undefined || !view.missing
    return html`
      <figure class="sj-figure">
        <div class="sj-figure__head">
          <div>
            <h2 class="sj-h2">${view ? view.title : html`<i class="sj-skeleton sj-skeleton--title"></i>`}</h2>
            <p class="sj-meta">${view?.subtitle}</p>
          </div>
        </div>
        ${view?.above ?? nothing} ${view?.missing ? missingNotice(view.missing) : nothing}
        ${this.failed ? html`<p class="sj-empty">Die Grafik konnte nicht gezeichnet werden. Die Werte stehen in der Tabelle.</p>` : nothing}
        <div
          class="sj-plot"
          ?hidden=${!drawn}
          @pointermove=${this.#point}
          @pointerleave=${() => this.#read(undefined)}
          @click=${this.#click}
        >
          <div class="sj-plot--${view?.reserve ?? 'trend'} ${view?.pick ? 'sj-plot--pick' : ''}" ${ref(this.#canvas)}></div>
          ${drawn && view?.pick ? this.#keyboard(view.pick) : nothing}
        </div>
        ${drawn && view?.pick ? this.#told(view.pick) : nothing} ${view?.below ?? nothing}
        ${view?.note ? html`<p class="sj-meta">${view.note}</p>` : nothing}
        ${view?.summary ? html`<p class="sj-figure__summary">${view.summary}</p>` : nothing} ${view ? this.#foot(view, drawn) : nothing}
      </figure>
    `
  }

  #foot(view: ChartView, drawn: boolean) {
    return html`
      <figcaption class="sj-meta">
        Quelle: ${view.source}. Stand ${instantText(view.dataAsOf)}.${view.credit ? ` Karte: ${view.credit}.` : nothing}
        <span class="sj-no-print sj-nowrap" ?hidden=${!drawn}>
          <button type="button" class="sj-link" @click=${() => this.#save('svg')}>SVG</button>
          <button type="button" class="sj-link" @click=${() => this.#save('png')}>PNG</button>
        </span>
      </figcaption>
      <details
        class="sj-twin"
        ?open=${this.twinOpen}
        @toggle=${(event: Event) => (this.twinOpen = (event.target as HTMLDetailsElement).open)}
      >
        <summary>Werte als Tabelle</summary>
        ${this.twinOpen ? twinTable(view.twin, view.title) : nothing}
      </details>
    `
  }

  #keyboard({ label, items, chosen, choose }: ChartPick) {
    const pick = (id: string) => {
      this.tabStop = id
      choose(id)
    }
    return html`
      <div
        class="sj-targets sj-no-print"
        role="group"
        aria-label="${label}. Pfeiltasten bewegen, die Eingabetaste wählt."
        @keydown=${this.#move}
        @focusout=${() => this.#reach(undefined)}
      >
        ${repeat(
          items,
          ({ id }) => id,
          ({ id, text }) => html`
            <button
              type="button"
              data-target=${id}
              aria-label=${text}
              aria-pressed=${id === chosen ? 'true' : 'false'}
              tabindex=${id === this.tabStop ? 0 : -1}
              @focus=${() => this.#reach(id)}
              @click=${() => pick(id)}
            ></button>
          `,
        )}
      </div>
    `
  }
}

const missingNotice = ({ why, instead }: Missing) =>
  html`<p class="sj-empty">${why} ${instead ? html`<a class="sj-link" href=${instead.href}>${instead.text}</a>` : nothing}</p>`

const arrows: Record<string, [number, number]> = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }
const middleOf = ({ offsetLeft, offsetTop, offsetWidth, offsetHeight }: HTMLElement): [number, number] => [
  offsetLeft + offsetWidth / 2,
  offsetTop + offsetHeight / 2,
]

/** The target next in the direction of an arrow key: straight ahead rather than aside. */
const nearest = (from: HTMLElement, targets: HTMLElement[], key: string) => {
  const arrow = arrows[key]
  if (!arrow) return undefined
  const [x, y] = middleOf(from)
  const ahead = targets.flatMap((target) => {
    const [dx, dy] = [middleOf(target)[0] - x, middleOf(target)[1] - y]
    const along = dx * arrow[0] + dy * arrow[1]
    const aside = Math.abs(dx * arrow[1]) + Math.abs(dy * arrow[0])
    return target !== from && along > 0.5 ? [{ target, cost: along + 2 * aside }] : []
  })
  return ahead.toSorted((a, b) => a.cost - b.cost)[0]?.target
}

customElements.define('sj-chart-figure', ChartFigure)
