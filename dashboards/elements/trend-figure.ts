import { html, LitElement, nothing } from 'lit'
import { createRef, ref } from 'lit/directives/ref.js'
import { pngFile, saveFile, svgFile } from '../charts/image.ts'
import type { TrendRows } from '../charts/trend.ts'
import { cellText, type FigureFormat, instantText, shortMonthText, signText } from '../format.ts'
import './trend-figure.css'

export type TrendView = {
  trend: TrendRows
  format: FigureFormat
  highlighted: string
  title: string
  subtitle: string
  source: string
  dataAsOf: string
  running: boolean
  /** Stem of the names of saved files. */
  fileName: string
}

/** The trend with its finding as title, its source, and its table twin. */
export class TrendFigure extends LitElement {
  static override properties = { view: { attribute: false }, failed: { state: true } }
  declare view: TrendView | undefined
  declare failed: boolean
  readonly #canvas = createRef<HTMLDivElement>()
  #observer: ResizeObserver | undefined
  #drawnWidth = 0
  readonly #print = matchMedia('print')
  readonly #redraw = () => void this.#draw()

  constructor() {
    super()
    this.failed = false
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

  protected override updated(changed: Map<string, unknown>) {
    if (changed.has('view')) this.#redraw()
  }

  get drawing(): SVGSVGElement | null {
    return this.#canvas.value?.querySelector('svg') ?? null
  }

  async #draw() {
    const canvas = this.#canvas.value
    if (!canvas || !this.view || !hasValues(this.view)) return
    try {
      const { trendChart } = await import('../charts/trend.ts')
      const width = canvas.clientWidth
      if (!this.view || width === 0) return
      const { trend, highlighted, format, title, running } = this.view
      canvas.replaceChildren(trendChart(trend, { width, highlighted, format, title, running }))
      this.#drawnWidth = width
      this.failed = false
    } catch {
      this.failed = true
    }
  }

  async #save(kind: 'svg' | 'png') {
    const svg = this.drawing
    if (!svg || !this.view) return
    saveFile(kind === 'svg' ? svgFile(svg) : await pngFile(svg), `${this.view.fileName}.${kind}`)
  }

  override render() {
    const { view } = this
    return html`
      <figure class="sj-figure">
        <div class="sj-figure__head">
          <div>
            <h2 class="sj-h2">${view ? view.title : html`<i class="sj-skeleton sj-skeleton--title"></i>`}</h2>
            <p class="sj-meta">${view?.subtitle}</p>
          </div>
        </div>
        ${view && !hasValues(view) ? html`<p class="sj-empty">Im Zeitraum gibt es keinen offenen Wert.</p>` : nothing}
        ${this.failed ? html`<p class="sj-empty">Die Grafik konnte nicht gezeichnet werden. Die Werte stehen in der Tabelle.</p>` : nothing}
        <div class="sj-plot sj-plot--trend" ?hidden=${view !== undefined && !hasValues(view)} ${ref(this.#canvas)}></div>
        ${
          view
            ? html`
                <figcaption class="sj-meta">
                  Quelle: ${view.source}. Stand ${instantText(view.dataAsOf)}.
                  <span class="sj-no-print sj-nowrap" ?hidden=${!hasValues(view)}>
                    <button type="button" class="sj-link" @click=${() => this.#save('svg')}>SVG</button>
                    <button type="button" class="sj-link" @click=${() => this.#save('png')}>PNG</button>
                  </span>
                </figcaption>
                ${twin(view)}
              `
            : nothing
        }
      </figure>
    `
  }
}

const hasValues = ({ trend }: TrendView) => trend.rows.some(({ values }) => values.some((value) => value !== null))

const twinCell = (value: number | null, sign: string | null, format: FigureFormat, averaged: boolean) =>
  value === null
    ? html`<b aria-hidden="true">${sign ?? '–'}</b><span class="kern-sr-only">${signText(sign ?? '–')}</span>`
    : cellText(value, format, averaged)

/** The same values as a table: months down, regions across. */
const twin = ({ trend, format, title }: TrendView) => {
  const series = [
    ...trend.rows.map((row) => ({ ...row, name: row.region, averaged: false })),
    { name: 'EW-Ø', averaged: true, ...trend.weighted_average },
  ]
  return html`
    <details class="sj-twin">
      <summary>Werte als Tabelle</summary>
      <div class="sj-scroll" role="region" aria-label="Werte zu: ${title}" tabindex="0">
        <table class="sj-table">
          <caption class="kern-sr-only">
            ${title}
          </caption>
          <thead>
            <tr>
              <th scope="col">Monat</th>
              ${series.map(({ name }) => html`<th scope="col" class="sj-num">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${trend.months.map(
              (month, index) => html`
                <tr>
                  <th scope="row" class="sj-nowrap">${shortMonthText(month)}</th>
                  ${series.map(
                    ({ values, signs, averaged }) =>
                      html`<td class="sj-num">${twinCell(values[index] ?? null, signs[index] ?? null, format, averaged)}</td>`,
                  )}
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    </details>
  `
}

customElements.define('sj-trend-figure', TrendFigure)
