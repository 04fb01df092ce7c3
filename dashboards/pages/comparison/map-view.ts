import { html, nothing, type TemplateResult } from 'lit'
import type { ChartView, Missing } from '../../elements/chart-figure.ts'
import { twinValue } from '../../elements/table-twin.ts'
import { isMapped } from '../../comparison.ts'
import { cellText, labelText } from '../../format.ts'
import {
  type ChartContext,
  type ChartRow,
  chartRows,
  commonView,
  fewValues,
  formatOf,
  isOpen,
  listText,
  monthSubtitle,
  type OpenRow,
  readText,
  toldName,
  unitHead,
} from './chart-context.ts'

/** Must be shown with every map, see data/SOURCES.md. */
export const credit = '© GeoBasis-DE / BKG 2019, dl-de/by-2-0, Daten verändert'
const germany = 'de'

/** Areas of the states by the first two digits of a district's key (official municipality key). */
const stateAreas: Readonly<Record<string, string>> = {
  '01': 'SH',
  '02': 'HH',
  '03': 'NI',
  '04': 'HB',
  '05': 'NW',
  '06': 'HE',
  '07': 'RP',
  '08': 'BW',
  '09': 'BY',
  '10': 'SL',
  '11': 'BE',
  '12': 'BB',
  '13': 'MV',
  '14': 'SN',
  '15': 'ST',
  '16': 'TH',
}
export const stateAreaOf = (ags: string): string | undefined => stateAreas[ags.slice(0, 2)]

/** A town with a youth office of its own inside a district has no shape of its own. */
const isTown = ({ ags }: ChartRow) => ags.length > 5

const titleOf = (open: OpenRow[], context: ChartContext) => {
  const sorted = open.toSorted((a, b) => a.value - b.value)
  const [low, high] = [sorted[0], sorted.at(-1)]
  const { label } = context.selection.figure
  const format = formatOf(context)
  if (!low || !high || low === high) return label
  const text = ({ value, uncertain }: OpenRow) => (uncertain ? `(${labelText(value, format)})` : labelText(value, format))
  return `${label} von ${text(low)} in ${toldName(low)} bis ${text(high)} in ${toldName(high)}`
}

const summaryOf = (context: ChartContext, open: OpenRow[]) => {
  const average = context.answer.weighted_average.current
  const weighted = average === null ? '' : `Der gewichtete Durchschnitt ist ${cellText(average, formatOf(context), true)}. `
  const few = open.some(({ uncertain }) => uncertain) ? ' In Klammern: weniger als 20 Fälle, unsicher.' : ''
  const colours = open.length < 2 ? '' : 'Jede Farbe steht für etwa gleich viele Träger; dunkler heißt mehr, nicht besser oder schlechter.'
  return `${weighted}${colours}${few}`
}

const steps = (items: (TemplateResult | string)[]) => html`
  <nav class="sj-steps sj-meta sj-no-print" aria-label="Ebene der Karte">
    <ol>
      ${items.map((item, at) => html`<li aria-current=${at === items.length - 1 ? 'true' : nothing}>${item}</li>`)}
    </ol>
  </nav>
`

/** Germany, the state, the district: every step above the last leads back up. */
const levels = ({ selection, hrefOf, answer, highlighted, areas }: ChartContext) => {
  const up = areas.find(({ code }) => code === germany)
  const link = html`<a class="sj-link" href=${hrefOf({ area: germany, region: undefined, cell: undefined })}
    >${up?.name ?? 'Deutschland'}</a
  >`
  if (selection.area.code === germany) return steps([selection.area.name])
  const row = answer.rows.find(({ id }) => id === highlighted)
  return steps([...(up ? [link] : []), selection.area.name, ...(row && row.name !== selection.area.name ? [row.name] : [])])
}

const missingOf = (context: ChartContext, open: OpenRow[]): Missing | undefined => {
  const { selection, hrefOf } = context
  if (!isMapped(selection.figure)) {
    return {
      why: 'Anzahlen und Beträge stehen nicht auf der Karte: Sie folgen vor allem der Zahl der Einwohner.',
      instead: {
        href: hrefOf({ figure: 'case_density', sort: undefined, cell: undefined }),
        text: 'Falldichte je 10.000 Einwohner unter 21 zeigen',
      },
    }
  }
  return open.length === 0 ? fewValues : undefined
}

const townsNote = (towns: ChartRow[], context: ChartContext) =>
  towns.length === 0
    ? undefined
    : `Städte mit eigenem Jugendamt in einem Kreis haben keine eigene Fläche: ${listText(
        towns.map((town) => readText(town, formatOf(context))),
        8,
      )}.`

/** In Germany a district leads to its state, in a state it becomes the highlighted one. */
const choose = (context: ChartContext, rows: ChartRow[]) => (id: string) => {
  const row = rows.find((candidate) => candidate.id === id)
  if (context.selection.area.code !== germany) {
    if (row) context.look({ region: id, cell: undefined })
    return
  }
  const area = stateAreaOf(row?.ags ?? id)
  if (area && context.areas.some(({ code }) => code === area)) context.choose({ area, region: row?.id, cell: undefined })
}

export const mapView = (context: ChartContext): ChartView => {
  const { selection, highlighted } = context
  const format = formatOf(context)
  const rows = chartRows(context)
  const open = rows.filter(isOpen)
  const shaped = rows.filter((row) => !isTown(row))
  const missing = missingOf(context, open)
  const title = missing ? selection.figure.label : titleOf(open, context)
  const whole = selection.area.code === germany
  return {
    ...commonView(context, 'map'),
    ...(missing ? {} : { credit }),
    title,
    subtitle: `${monthSubtitle(context)}${missing ? '' : ' Karten zeigen Verhältnisse, keine Anzahlen.'}`,
    summary: missing ? undefined : summaryOf(context, open),
    missing,
    reserve: 'chart',
    draw: async (canvas) => {
      const [{ mapChart }, { loadDistricts }] = await Promise.all([import('../../charts/map.ts'), import('../../charts/districts.ts')])
      const shapes = await (canvas.districts ?? loadDistricts)()
      const keys = new Set(shaped.map(({ ags }) => ags))
      const inArea = ({ properties: { ags } }: (typeof shapes)[number]) =>
        whole || stateAreaOf(ags) === selection.area.code || keys.has(ags)
      return mapChart(shaped, { ...canvas, highlighted, format, title, shapes: shapes.filter(inArea) })
    },
    above: missing ? undefined : levels(context),
    note: townsNote(rows.filter(isTown), context),
    twin: {
      heads: ['Örtlicher Träger', 'AGS', unitHead(context)],
      rows: rows.map(({ name, ags, value, sign }) => ({ head: name, cells: [ags, twinValue(value, sign, format)] })),
    },
    pick: {
      label: whole ? 'Kreis wählen, um sein Land zu öffnen' : 'Örtlichen Träger wählen, um ihn hervorzuheben',
      items: shaped.map((row) => ({ id: row.id, text: readText(row, format) })),
      chosen: highlighted,
      choose: choose(context, shaped),
    },
  }
}
