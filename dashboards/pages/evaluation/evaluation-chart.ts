import type { DotRow } from '../../charts/dots.ts'
import { quantile } from '../../charts/scale.ts'
import type { Catalogue, Evaluation, TrendRow } from '../../client.ts'
import type { ChartView } from '../../elements/chart-figure.ts'
import { twinValue } from '../../elements/table-twin.ts'
import { type FigureFormat, isCount, labelText, unitText } from '../../format.ts'
import { fewValues } from '../comparison/chart-context.ts'
import { credit, stateAreaOf } from '../comparison/map-view.ts'
import { type ChartKind, chartsFor, dimensionLabels, firstMonth, periodName, periodStart, type Pivot, type PivotRow } from './evaluation.ts'

/** `kind`: the drawing chosen; undefined: the usual one. */
export type EvaluationChart = {
  answer: Evaluation
  pivot: Pivot
  catalogue: Catalogue
  filtered: string
  own: string | undefined
  kind: ChartKind | undefined
}

/** What is drawn: what was chosen where it makes sense, else the usual; undefined where the table can be drawn as nothing. */
export const drawnKind = ({ answer, kind }: Pick<EvaluationChart, 'answer' | 'kind'>): ChartKind | undefined => {
  const { row_dimensions, column_dimension, figures } = answer
  const kinds = chartsFor({ rows: row_dimensions, columns: column_dimension, figure: figures[0]! })
  return kinds.find((each) => each === kind) ?? kinds[0]
}

/** The first figure as a drawing. */
export const evaluationChart = (chart: EvaluationChart): ChartView | undefined => {
  const kind = drawnKind(chart)
  return kind && { line: courseView, dots: dotsView, map: mapView }[kind](chart)
}

const formatOf = ({ answer }: EvaluationChart): FigureFormat => {
  const { unit, digits } = answer.figures[0]!
  return { unit, digits }
}

const common = (chart: EvaluationChart): Pick<ChartView, 'subtitle' | 'source' | 'dataAsOf' | 'fileName'> => {
  const { answer, catalogue, filtered } = chart
  const figure = catalogue.figures.find(({ name }) => name === answer.figures[0]!.figure)!
  const secret = answer.rows.some(({ signs }) => signs.includes('.')) ? ' Geheime Werte fehlen.' : ''
  return {
    subtitle: `${figure.label}, ${unitText(figure.unit)}, ${filtered}.${secret}`,
    source: figure.source,
    dataAsOf: answer.data_as_of,
    fileName: `auswertung_${figure.name}_${answer.from}_${answer.to}`,
  }
}

const labelOf = ({ answer, catalogue }: EvaluationChart) =>
  catalogue.figures.find(({ name }) => name === answer.figures[0]!.figure)?.label ?? answer.figures[0]!.figure

/** Where the first figure stands in the columns. */
const placesOf = ({ answer, pivot }: EvaluationChart) =>
  pivot.columns.map((column, at) => ({ ...column, at })).filter(({ figure }) => figure.figure === answer.figures[0]!.figure)

const rowsOf = ({ pivot }: EvaluationChart): PivotRow[] => pivot.groups.flatMap(({ rows }) => rows).filter(({ total }) => !total)

const seriesOf = (id: string, region: string, name: string, cells: PivotRow['cells']): TrendRow => ({
  id,
  ags: id,
  region,
  name,
  values: cells.map(({ value }) => value),
  signs: cells.map(({ value, sign }) => (value === null ? (sign as '.') : null)),
})

/** What tells kinds of help apart often stands at their end. */
export const cutText = (text: string, most: number) => {
  const end = Math.floor(most * 0.6)
  return text.length > most ? `${text.slice(0, most - end - 1).trimEnd()}…${text.slice(-end).trimStart()}` : text
}
/** Names beside dots leave the most of the width to these, on a phone as well. */
const longest = { name: 44, short: 20 }

/** Many authorities make a band of what is usual; of much else only the largest are told apart. */
const mostLines = 12
const largest = (series: TrendRow[]): TrendRow[] => {
  const highest = ({ values }: TrendRow) => Math.max(...values.map((value) => value ?? -Infinity))
  const most = series.toSorted((a, b) => highest(b) - highest(a)).slice(0, mostLines)
  return series.filter((each) => most.includes(each))
}

/** Beside lines stand short names, as far as these are different. */
const namedApart = (series: TrendRow[]): TrendRow[] =>
  series.map((each) => {
    const twice = series.filter(({ region }) => region === each.region).length > 1
    return { ...each, region: cutText(twice ? each.name : each.region, longest.short) }
  })

const courseView = (chart: EvaluationChart): ChartView => {
  const { answer, own, catalogue } = chart
  const down = answer.row_dimensions[0] === 'period'
  const places = placesOf(chart)
  const rows = rowsOf(chart)
  const periods = down ? rows.map(({ key }) => key!) : places.flatMap(({ key }) => (key === null ? [] : [key]))
  const shorts = new Map(
    Object.values(answer.members).flatMap((members) => members.map(({ key, short }) => [key, short.replace(/ SGB VIII$/, '')])),
  )
  const dimension = down ? answer.column_dimension : answer.row_dimensions[0]
  const all = down
    ? places
        .filter(({ total }) => !total || places.length === 1)
        .map(({ key, head, at }) => {
          const name = answer.column_dimension ? head : labelOf(chart)
          const cells = rows.map((row) => row.cells[at]!)
          return seriesOf(key ?? 'total', key === null ? 'Summe' : (shorts.get(key) ?? name), name, cells)
        })
    : counted(rows, places, chart).map((row) => {
        const cells = places.flatMap(({ key, at }) => (key === null ? [] : [row.cells[at]!]))
        const short = dimension === 'region' ? row.short : shorts.get(row.key!)
        return seriesOf(row.key!, short || row.head, row.head, cells)
      })
  const series = namedApart(dimension === 'region' ? all : largest(all))
  const months = periods.map(firstMonth)
  const highlighted = series.length === 1 ? series[0]!.id : (own ?? '')
  const title = `${labelOf(chart)} von ${periodName(months[0]!, answer.grain)} bis ${periodName(months.at(-1)!, answer.grain)}`
  const format = formatOf(chart)
  const running = catalogue.months.last
  const { subtitle, ...rest } = common(chart)
  return {
    ...rest,
    title,
    subtitle: series.length < all.length ? `${subtitle} Die ${series.length} mit den größten Werten.` : subtitle,
    missing: months.length < 2 || !series.some(({ values }) => values.some((value) => value !== null)) ? fewValues : undefined,
    reserve: 'trend',
    draw: async (canvas) => {
      const { trendChart } = await import('../../charts/trend.ts')
      const weighted_average = { values: [], signs: [] }
      return trendChart(
        { months, rows: series, weighted_average },
        {
          ...canvas,
          highlighted,
          format,
          title,
          running: months.at(-1)! >= periodStart(running, answer.grain),
          periodText: (month) => periodName(month, answer.grain),
        },
      )
    },
    twin: {
      heads: ['Zeitraum', ...series.map(({ name }) => name)],
      rows: periods.map((_, at) => ({
        head: periodName(months[at]!, answer.grain),
        cells: series.map(({ values, signs }) => twinValue(values[at] ?? null, signs[at] ?? null, format)),
      })),
    },
  }
}

type Places = ReturnType<typeof placesOf>

/** An authority without any is a finding; a kind of help that nobody has is none. */
const counted = (rows: PivotRow[], places: Pick<Places[number], 'at'>[], { answer }: EvaluationChart) =>
  answer.row_dimensions[0] === 'region' || !isCount(answer.figures[0]!.unit)
    ? rows
    : rows.filter(({ cells }) => places.some(({ at }) => cells[at]!.value !== 0))

/** Where the values of a single drawing stand: in the total of the columns where there is one, else the last. */
const placeOf = (chart: EvaluationChart) => {
  const places = placesOf(chart)
  return places.find(({ total }) => total) ?? places.at(-1)!
}
const titleOf = (ordered: { name: string; value: number }[], chart: EvaluationChart) => {
  const [low, high] = [ordered[0], ordered.at(-1)]
  const format = formatOf(chart)
  return low && high
    ? `${labelOf(chart)} von ${labelText(low.value, format)} (${low.name}) bis ${labelText(high.value, format)} (${high.name})`
    : labelOf(chart)
}
const twinOf = (chart: EvaluationChart, { at }: Pick<Places[number], 'at'>): ChartView['twin'] => ({
  heads: [dimensionLabels[chart.answer.row_dimensions[0]!], 'Wert'],
  rows: rowsOf(chart).map(({ head, cells }) => {
    const { value, sign } = cells[at]!
    return { head, cells: [twinValue(value, sign, formatOf(chart))] }
  }),
})

const dotsView = (chart: EvaluationChart): ChartView => {
  const { own, answer } = chart
  const place = placeOf(chart)
  const format = formatOf(chart)
  const rows = rowsOf(chart).filter(({ cells }) => cells[place.at]!.value !== null)
  const told = counted(rows, [place], chart).map(({ key, short, head, cells }): DotRow => {
    const value = cells[place.at]!.value!
    return { id: key!, region: short || head, name: head, value, interval: undefined, full: true }
  })
  const drawn = told.map((row) => ({ ...row, region: cutText(row.region, longest.short), name: cutText(row.name, longest.name) }))
  const ordered = told.toSorted((a, b) => a.value - b.value)
  const title = titleOf(ordered, chart)
  // authorities are alike; kinds of help, ages or reasons have no middle
  const values = ordered.map(({ value }) => value)
  const median = answer.row_dimensions[0] === 'region' && values.length > 0 ? quantile(values, 0.5) : null
  const which = answer.column_dimension ? `${place.head}. ` : ''
  const { subtitle, ...rest } = common(chart)
  return {
    ...rest,
    title,
    subtitle: `${which}${subtitle}${told.length < rows.length ? ' Ohne die, bei denen nichts gezählt ist.' : ''}`,
    missing: drawn.length < 3 ? fewValues : undefined,
    reserve: 'chart',
    draw: async (canvas) => {
      const { dotsChart } = await import('../../charts/dots.ts')
      return dotsChart(drawn, { ...canvas, highlighted: own ?? '', format, title, median, average: null })
    },
    twin: twinOf(chart, place),
  }
}

const mapView = (chart: EvaluationChart): ChartView => {
  const { own, answer } = chart
  const place = placeOf(chart)
  const rows = rowsOf(chart).map(({ key, short, head, cells }) => {
    const { value, sign } = cells[place.at]!
    return { id: key!, ags: key!, region: short || head, name: head, value, sign: value === null ? sign : null, uncertain: false }
  })
  const open = rows.flatMap(({ name, value }) => (value === null ? [] : [{ name, value }])).toSorted((a, b) => a.value - b.value)
  const title = titleOf(open, chart)
  const missing = open.length === 0 ? fewValues : undefined
  const which = answer.column_dimension ? `${place.head}. ` : ''
  const { subtitle, ...rest } = common(chart)
  return {
    ...rest,
    ...(missing ? {} : { credit }),
    title,
    subtitle: `${which}${subtitle}`,
    missing,
    reserve: 'chart',
    draw: async (canvas) => {
      const [{ mapChart }, { loadDistricts }] = await Promise.all([import('../../charts/map.ts'), import('../../charts/districts.ts')])
      const keys = new Set(rows.map(({ ags }) => ags))
      const shapes = (await (canvas.districts ?? loadDistricts)()).filter(
        ({ properties: { ags } }) => answer.area === 'de' || stateAreaOf(ags) === answer.area || keys.has(ags),
      )
      return mapChart(rows, { ...canvas, highlighted: own ?? '', format: formatOf(chart), title, shapes })
    },
    twin: twinOf(chart, place),
  }
}
