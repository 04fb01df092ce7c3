import type { DotRow } from '../../charts/dots.ts'
import { quantile } from '../../charts/scale.ts'
import type { Catalogue, Evaluation, TrendRow } from '../../client.ts'
import type { ChartView } from '../../elements/chart-figure.ts'
import { twinValue } from '../../elements/table-twin.ts'
import { type FigureFormat, isCount, labelText, noBreakSpace, unitText } from '../../format.ts'
import { fewValues } from '../comparison/chart-context.ts'
import { credit, stateAreaOf } from '../comparison/map-view.ts'
import {
  againstText,
  type ChartKind,
  chartsFor,
  dimensionLabels,
  type Drawing,
  firstMonth,
  periodName,
  type Pivot,
  type PivotCell,
  perOf,
  type PivotRow,
} from './evaluation.ts'

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
  const { row_dimensions, column_dimension, figures, against } = answer
  const kinds = chartsFor({ rows: row_dimensions, columns: column_dimension, figure: figures[0]!, against })
  return kinds.find((each) => each === kind) ?? kinds[0]
}

/** The first figure as a drawing. */
export const evaluationChart = (asked: EvaluationChart): ChartView | undefined => {
  const kind = drawnKind(asked)
  if (!kind) return undefined
  const [drawing, change] = kind.split('_') as [Drawing, string | undefined]
  const chart = { ...asked, against: change ? asked.answer.against : null }
  return { line: courseView, dots: dotsView, map: mapView }[drawing](chart)
}

/** `against`: the change since is drawn; null: the values themselves. */
type Chart = EvaluationChart & Pick<Evaluation, 'against'>

const shownOf =
  ({ against }: Chart) =>
  (cell: PivotCell) =>
    against ? cell.compared!.change : cell

const formatOf = ({ answer, against }: Chart): FigureFormat => {
  const { unit, digits } = answer.figures[0]!
  if (against) return { unit: unit === 'ratio' ? 'change_points' : 'change', digits: 1 }
  return { unit, digits }
}

const common = (chart: Chart): Pick<ChartView, 'subtitle' | 'source' | 'dataAsOf' | 'fileName'> => {
  const { answer, catalogue, filtered, against } = chart
  const figure = catalogue.figures.find(({ name }) => name === answer.figures[0]!.figure)!
  const isSecret = answer.rows.some(({ signs, compared }) => (against ? compared!.changes.signs : signs).includes('.'))
  const secret = isSecret ? ' Geheime Werte fehlen.' : ''
  return {
    subtitle: `${labelOf(chart)}, ${headOf(chart)}, ${filtered}.${secret}`,
    source: figure.source,
    dataAsOf: answer.data_as_of,
    fileName: `auswertung_${figure.name}_${answer.from}_${answer.to}${against ? '_veraenderung' : ''}`,
  }
}

/** "Fallzahl", or "Fallzahl gegenüber dem Vorjahreszeitraum". */
const labelOf = ({ answer, catalogue, against }: Chart) => {
  const { figure } = answer.figures[0]!
  const label = catalogue.figures.find(({ name }) => name === figure)?.label ?? figure
  return against ? `${label} gegenüber dem ${againstText(against)}` : label
}
/** "Fälle", or "Veränderung in %". */
const headOf = (chart: Chart) => {
  if (!chart.against) return unitText(chart.answer.figures[0]!.unit, perOf(chart.answer, chart.catalogue))
  return `Veränderung in${noBreakSpace}${pointsOf(chart)}`
}
const pointsOf = (chart: Chart) => (formatOf(chart).unit === 'change' ? '%' : 'Prozentpunkten')

/** Where the first figure stands in the columns. */
const placesOf = ({ answer, pivot }: Chart) =>
  pivot.columns.map((column, at) => ({ ...column, at })).filter(({ figure }) => figure.figure === answer.figures[0]!.figure)

const rowsOf = ({ pivot }: Chart): PivotRow[] => pivot.groups.flatMap(({ rows }) => rows).filter(({ total }) => !total)

/** `size`: the largest value, be it drawn or what has changed. */
type Course = TrendRow & { size: number }
const courseOf = (id: string, region: string, name: string, cells: PivotRow['cells'], chart: Chart): Course => {
  const shown = cells.map(shownOf(chart))
  return {
    id,
    ags: id,
    region,
    name,
    values: shown.map(({ value }) => value),
    signs: shown.map(({ value, sign }) => (value === null ? (sign as '.') : null)),
    size: Math.max(...cells.map(({ value }) => value ?? -Infinity)),
  }
}

/** What tells kinds of help apart often stands at their end. */
export const cutText = (text: string, most: number) => {
  const end = Math.floor(most * 0.6)
  return text.length > most ? `${text.slice(0, most - end - 1).trimEnd()}…${text.slice(-end).trimStart()}` : text
}
/** Names beside dots leave the most of the width to these, on a phone as well. */
const longest = { name: 44, short: 20 }

/** Many authorities make a band of what is usual; of much else only the largest are told apart. */
const mostLines = 12
const largest = (series: Course[]): Course[] => {
  const most = series.toSorted((a, b) => b.size - a.size).slice(0, mostLines)
  return series.filter((each) => most.includes(each))
}

/** Beside lines stand short names, as far as these are different. */
const namedApart = (series: TrendRow[]): TrendRow[] =>
  series.map((each) => {
    const twice = series.filter(({ region }) => region === each.region).length > 1
    return { ...each, region: cutText(twice ? each.name : each.region, longest.short) }
  })

const courseView = (chart: Chart): ChartView => {
  const { answer, own } = chart
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
          return courseOf(key ?? 'total', key === null ? 'Summe' : (shorts.get(key) ?? name), name, cells, chart)
        })
    : counted(rows, places, chart).map((row) => {
        const cells = places.flatMap(({ key, at }) => (key === null ? [] : [row.cells[at]!]))
        const short = dimension === 'region' ? row.short : shorts.get(row.key!)
        return courseOf(row.key!, short || row.head, row.head, cells, chart)
      })
  const series = namedApart(dimension === 'region' ? all : largest(all))
  const months = periods.map(firstMonth)
  const highlighted = series.length === 1 ? series[0]!.id : (own ?? '')
  const [first, last] = [months[0]!, months.at(-1)!].map((month) => periodName(month, answer.grain))
  const title = `${labelOf(chart)}${chart.against ? ',' : ''} von ${first} bis ${last}${answer.running_month === null ? '' : ' (läuft)'}`
  const format = formatOf(chart)
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
          running: answer.running_month !== null,
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
const counted = (rows: PivotRow[], places: Pick<Places[number], 'at'>[], chart: Chart) => {
  const isAny = ({ cells }: PivotRow) =>
    places.some(({ at }) => cells[at]!.value !== 0 || (chart.against && shownOf(chart)(cells[at]!).value))
  return chart.answer.row_dimensions[0] === 'region' || !isCount(chart.answer.figures[0]!.unit) ? rows : rows.filter(isAny)
}

/** Where the values of a single drawing stand: in the total of the columns where there is one, else the last. */
const placeOf = (chart: Chart) => {
  const places = placesOf(chart)
  return places.find(({ total }) => total) ?? places.at(-1)!
}
const titleOf = (ordered: { name: string; value: number }[], chart: Chart) => {
  const [low, high] = [ordered[0], ordered.at(-1)]
  const format = formatOf(chart)
  const text = (value: number) => `${labelText(value, format)}${chart.against ? `${noBreakSpace}${pointsOf(chart)}` : ''}`
  return low && high
    ? `${labelOf(chart)}${chart.against ? ':' : ''} von ${text(low.value)} (${low.name}) bis ${text(high.value)} (${high.name})`
    : labelOf(chart)
}
const twinOf = (chart: Chart, { at }: Pick<Places[number], 'at'>): ChartView['twin'] => ({
  heads: [dimensionLabels[chart.answer.row_dimensions[0]!], chart.against ? headOf(chart) : 'Wert'],
  rows: rowsOf(chart).map(({ head, cells }) => {
    const { value, sign } = shownOf(chart)(cells[at]!)
    return { head, cells: [twinValue(value, sign, formatOf(chart))] }
  }),
})

const dotsView = (chart: Chart): ChartView => {
  const { own, answer } = chart
  const shown = shownOf(chart)
  const place = placeOf(chart)
  const format = formatOf(chart)
  const rows = rowsOf(chart).filter(({ cells }) => shown(cells[place.at]!).value !== null)
  const told = counted(rows, [place], chart).map(({ key, short, head, cells }): DotRow => {
    const value = shown(cells[place.at]!).value!
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

const mapView = (chart: Chart): ChartView => {
  const { own, answer } = chart
  const place = placeOf(chart)
  const rows = rowsOf(chart).map(({ key, short, head, cells }) => {
    const { value, sign } = shownOf(chart)(cells[place.at]!)
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
