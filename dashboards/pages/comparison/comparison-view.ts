// Between the answers and the elements of the page.
import { quantile } from '../../charts/scale.ts'
import { relativeSpread } from '../../charts/sparkline.ts'
import type { Comparison, Trend } from '../../client.ts'
import type { TableRows } from '../../comparison.ts'
import type { TrendView } from '../../elements/trend-figure.ts'
import { cellText, type FigureFormat, monthText, percentText } from '../../format.ts'
import type { Selection } from '../../selection.ts'
import { filterText, trendTitle } from '../../sentence.ts'

/** What a rate is counted by in this view: the day, unless the service kind chosen is hourly. */
const perUnit = (selection: Selection) => (selection.service_kind?.unit === 'hour' ? 'je Stunde' : 'je Tag')

export const unitNote = (selection: Selection) => {
  const notes = {
    cases: 'Fälle',
    searches: 'Suchen',
    cents: 'in €',
    cents_per_unit: `in € ${perUnit(selection)}`,
    ratio: 'in %',
    days: 'in Tagen',
    per_10000: 'je 10.000 Einwohner unter 21',
  }
  return notes[selection.figure.unit]
}

export const relativeSpreadOf = ({ regions, totals }: TableRows) =>
  relativeSpread([...regions, ...totals].map((row) => ({ values: row.series, reference: row.values.previous_year_average })))

type Loaded = { selection: Selection; answer: Comparison; trend: Trend }

/** A flow of a month still running would read as a fall: its lines end with the month before. */
const withoutRunningFlow = ({ selection, trend }: Loaded): Trend => {
  if (!selection.figure.flow || trend.running_month === null || trend.months.at(-1) !== trend.running_month) return trend
  const shorter = <Item>(list: Item[]) => list.slice(0, -1)
  const series = <Row extends { values: (number | null)[]; signs: (string | null)[] }>(row: Row) => ({
    ...row,
    values: shorter(row.values),
    signs: shorter(row.signs),
  })
  return {
    ...trend,
    months: shorter(trend.months),
    rows: trend.rows.map(series),
    total: series(trend.total),
    weighted_average: series(trend.weighted_average),
  }
}

const neverOpen = ({ signs }: { signs: (string | null)[] }) => signs.every((sign) => sign === '…')

export const trendView = (loaded: Loaded, highlighted: string, dataAsOf: string): TrendView => {
  const { selection, answer } = loaded
  const everything = withoutRunningFlow(loaded)
  const trend = { ...everything, rows: everything.rows.filter((row) => row.id === highlighted || !neverOpen(row)) }
  const row = trend.rows.find(({ id }) => id === highlighted)
  const [first, last] = [trend.months[0], trend.months.at(-1)]
  const period = first && last ? `, ${monthText(first)} bis ${monthText(last)}` : ''
  const unit = answer.unit === 'cases' || answer.unit === 'searches' ? '' : ` ${unitNote(selection)}`
  const gaps = trend.rows.some(({ signs }) => signs.includes('.')) ? ' Lücken: geheim.' : ''
  return {
    trend,
    format: { unit: answer.unit, digits: answer.digits },
    highlighted,
    title: trendTitle(
      { name: row?.region ?? '', values: row?.values ?? [], reference: trend.weighted_average.values, months: trend.months },
      answer,
    ),
    subtitle: `${selection.figure.label} ${filterText(selection)}, Monatswerte${unit}${period}.${gaps}`,
    source: selection.figure.source,
    dataAsOf,
    running: trend.running_month !== null && last === trend.running_month,
    fileName: `${selection.figure.name}_${selection.month}`,
  }
}

/** Minimum, median, maximum and coefficient of variation over the open values of the selected month. */
export const spreadTerms = ({ regions }: TableRows, format: FigureFormat): { term: string; text: string }[] => {
  const open = regions
    .flatMap(({ region, values }) => (values.current === null ? [] : [{ region, value: values.current }]))
    .toSorted((a, b) => a.value - b.value)
  const [lowest, highest] = [open[0], open.at(-1)]
  if (!lowest || !highest || open.length < 3) return []
  const values = open.map(({ value }) => value)
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  return [
    { term: 'Kleinster', text: `${cellText(lowest.value, format)} (${lowest.region})` },
    { term: 'Median', text: cellText(quantile(values, 0.5), format, true) },
    { term: 'Größter', text: `${cellText(highest.value, format)} (${highest.region})` },
    { term: 'Streuung', text: mean === 0 ? 'keine' : `${percentText(deviation / mean, 0)} des Mittels (Variationskoeffizient)` },
    {
      term: 'Träger',
      text: open.length === regions.length ? `alle ${regions.length}` : `${open.length} von ${regions.length} mit offenem Wert`,
    },
  ]
}
