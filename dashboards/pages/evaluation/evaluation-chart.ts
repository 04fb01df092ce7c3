import type { DotRow } from '../../charts/dots.ts'
import { quantile } from '../../charts/scale.ts'
import type { Catalogue, Evaluation, TrendRow } from '../../client.ts'
import type { ChartView } from '../../elements/chart-figure.ts'
import { twinValue } from '../../elements/table-twin.ts'
import { type FigureFormat, isCount, labelText, unitText } from '../../format.ts'
import { dimensionLabels, firstMonth, periodName, periodStart, type Pivot, type PivotRow } from './evaluation.ts'

export type EvaluationChart = { answer: Evaluation; pivot: Pivot; catalogue: Catalogue; filtered: string; own: string | undefined }

/** The first figure as a drawing: its course where periods stand in rows or columns, else its values by what stands in the rows; undefined for rows within rows. */
export const evaluationChart = (chart: EvaluationChart): ChartView | undefined => {
  const { row_dimensions, column_dimension } = chart.answer
  if (row_dimensions.length > 1) return undefined
  if (row_dimensions[0] === 'period' || (row_dimensions[0] === 'region' && column_dimension === 'period')) return courseView(chart)
  return dotsView(chart)
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

const courseView = (chart: EvaluationChart): ChartView => {
  const { answer, own, catalogue } = chart
  const down = answer.row_dimensions[0] === 'period'
  const places = placesOf(chart)
  const rows = rowsOf(chart)
  const periods = down ? rows.map(({ key }) => key!) : places.flatMap(({ key }) => (key === null ? [] : [key]))
  const shorts = new Map(
    Object.values(answer.members).flatMap((members) => members.map(({ key, short }) => [key, short.replace(/ SGB VIII$/, '')])),
  )
  const series = down
    ? places
        .filter(({ total }) => !total || places.length === 1)
        .map(({ key, head, at }) => {
          const name = answer.column_dimension ? head : labelOf(chart)
          const cells = rows.map((row) => row.cells[at]!)
          return seriesOf(key ?? 'total', key === null ? 'Summe' : (shorts.get(key) ?? name), name, cells)
        })
    : rows.map((row) => {
        const cells = places.flatMap(({ key, at }) => (key === null ? [] : [row.cells[at]!]))
        return seriesOf(row.key!, row.short || row.head, row.head, cells)
      })
  const months = periods.map(firstMonth)
  const highlighted = series.length === 1 ? series[0]!.id : (own ?? '')
  const title = `${labelOf(chart)} von ${periodName(months[0]!, answer.grain)} bis ${periodName(months.at(-1)!, answer.grain)}`
  const format = formatOf(chart)
  const running = catalogue.months.last
  return {
    ...common(chart),
    title,
    missing: months.length < 2 || !series.some(({ values }) => values.some((value) => value !== null)) ? fewValues : undefined,
    reserve: 'trend',
    draw: async (width) => {
      const { trendChart } = await import('../../charts/trend.ts')
      const weighted_average = { values: [], signs: [] }
      return trendChart(
        { months, rows: series, weighted_average },
        {
          width,
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

const fewValues = 'Es gibt zu wenige offene Werte für diese Darstellung.'

/** The total of the columns where there is one, else the last. */
const dotsView = (chart: EvaluationChart): ChartView => {
  const { own, answer } = chart
  const [dimension] = answer.row_dimensions
  const places = placesOf(chart)
  const place = places.find(({ total }) => total) ?? places.at(-1)!
  const format = formatOf(chart)
  const rows = rowsOf(chart)
  const isRegion = dimension === 'region'
  const open = rows.flatMap(({ key, short, head, cells }): DotRow[] => {
    const { value } = cells[place.at]!
    return value === null ? [] : [{ id: key!, region: short || head, name: head, value, interval: undefined, full: true }]
  })
  // an authority without any is a finding; a kind of help that nobody has is none
  const told = isRegion || !isCount(format.unit) ? open : open.filter(({ value }) => value !== 0)
  const drawn = told.map((row) => ({ ...row, region: cutText(row.region, longest.short), name: cutText(row.name, longest.name) }))
  const ordered = told.toSorted((a, b) => a.value - b.value)
  const [low, high] = [ordered[0], ordered.at(-1)]
  const title =
    low && high
      ? `${labelOf(chart)} von ${labelText(low.value, format)} (${low.name}) bis ${labelText(high.value, format)} (${high.name})`
      : labelOf(chart)
  // authorities are alike; kinds of help, ages or reasons have no middle
  const values = ordered.map(({ value }) => value)
  const median = isRegion && values.length > 0 ? quantile(values, 0.5) : null
  const which = answer.column_dimension ? `${place.head}. ` : ''
  const { subtitle, ...rest } = common(chart)
  return {
    ...rest,
    title,
    subtitle: `${which}${subtitle}${told.length < open.length ? ' Ohne die, bei denen nichts gezählt ist.' : ''}`,
    missing: drawn.length < 3 ? fewValues : undefined,
    reserve: 'chart',
    draw: async (width) => {
      const { dotsChart } = await import('../../charts/dots.ts')
      return dotsChart(drawn, { width, highlighted: own ?? '', format, title, median, average: null })
    },
    twin: {
      heads: [dimensionLabels[dimension!], 'Wert'],
      rows: rows.map(({ head, cells }) => {
        const { value, sign } = cells[place.at]!
        return { head, cells: [twinValue(value, sign, format)] }
      }),
    },
  }
}
