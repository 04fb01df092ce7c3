// Between the answers and the elements of the page.
import { laterHrefOf, monthsBehind } from '../../behind.ts'
import { quantile } from '../../charts/scale.ts'
import { relativeSpread } from '../../charts/sparkline.ts'
import type { Comparison, Session, Since } from '../../client.ts'
import { averaged, columnHeads, type Row, type TableRows } from '../../comparison.ts'
import {
  cellText,
  type Column,
  changeText,
  type FigureFormat,
  noBreakSpace,
  percentText,
  rateUnitOf,
  signText,
  unitText,
} from '../../format.ts'
import type { LaterLine } from '../../later-line.ts'
import type { Selection } from '../../selection.ts'

export const unitNote = (selection: Selection) => {
  const notes = {
    cases: 'Fälle',
    searches: 'Suchen',
    reservations: 'Reservierungen',
    entries: 'Einträge',
    cents: 'in €',
    cents_per_unit: `in ${unitText('cents_per_unit', rateUnitOf(selection.service_kind ? [selection.service_kind] : []))}`,
    ratio: 'in %',
    days: 'in Tagen',
    per_10000: 'je 10.000 Einwohner unter 21',
  }
  return notes[selection.figure.unit]
}

export const relativeSpreadOf = ({ regions, totals }: TableRows) =>
  relativeSpread([...regions, ...totals].map((row) => ({ values: row.series, reference: row.values.previous_year_average })))

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

/** That the weighted average of the selected month rests on some of the authorities only. */
export const averageText = ({ rows, weighted_average }: Comparison): string | undefined => {
  const open = rows.filter(({ current }) => current !== null)
  if (weighted_average.current === null || open.length === 0 || open.length === rows.length) return undefined
  const of = `Der EW-gewichtete Durchschnitt des Monats beruht auf ${open.length} von ${rows.length} örtlichen Trägern`
  return open.length === 1
    ? `${of}: Er ist der Wert von ${open[0]!.region} allein, die anderen sind geheim oder ohne Wert.`
    : `${of}, die anderen sind geheim oder ohne Wert.`
}

/** Median and weighted average of a comparison group in the selected month, and how far the highlighted authority is from its median. */
export const groupTerms = (group: Comparison, highlighted: Row | undefined): { term: string; text: string }[] => {
  const open = group.rows.flatMap(({ current }) => (current === null ? [] : [current])).toSorted((a, b) => a - b)
  const count = open.length === group.rows.length ? `alle ${group.rows.length}` : `${open.length} von ${group.rows.length} mit offenem Wert`
  const { current: average, signs } = group.weighted_average
  if (open.length === 0 || average === null)
    return [
      { term: 'Median', text: signText(signs.current ?? '–') },
      { term: 'Träger', text: count },
    ]
  const median = quantile(open, 0.5)
  const own = highlighted?.values.current ?? null
  const difference = own === null || median === 0 ? '' : `${changeText(own / median - 1)}${noBreakSpace}%`
  return [
    { term: 'Median', text: cellText(median, group, true) },
    { term: 'EW-gewichtet', text: cellText(average, group, true) },
    ...(highlighted && difference ? [{ term: highlighted.region, text: `${difference} zum Median der Gruppe` }] : []),
    { term: 'Träger', text: count },
  ]
}

/** What has changed since, by the names of the table. */
export const laterLines = (
  { changes }: Pick<Since, 'changes'>,
  { regions, totals }: TableRows,
  { month, running, unit, digits }: { month: string; running: boolean } & FigureFormat,
  { selection, session, as_of }: { selection: Selection; session: Session; as_of: string },
): LaterLine[] => {
  const { figure } = selection
  const { flow } = figure
  const heads = columnHeads(month, running, running && flow)
  const rows = new Map([...regions, ...totals].map((row) => [row.key, row]))
  return changes.flatMap(({ keys: [key], part, was, is }) => {
    const row = rows.get(key!)
    const column = part as Column
    const { long, period } = heads[column]
    const format = { unit, digits }
    if (!row) return []
    const months = monthsBehind(column, { month, running, flow })
    const [service_kind, specialisation] = [selection.service_kind?.code ?? null, selection.specialisation?.code ?? null]
    const href = months && laterHrefOf(session, { figure, key: row.key, service_kind, specialisation, ...months, as_of })
    return [{ row: row.name, column: `${long} ${period}`, was, is, format, averaged: averaged(row.kind, column), href }]
  })
}
