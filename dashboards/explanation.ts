// What a value of the comparison means, term by term.
import type { Comparison } from './client.ts'
import { lastAveragedMonth, type Row } from './comparison.ts'
import {
  cellText,
  type Column,
  dateText,
  type FigureFormat,
  instantText,
  moneyText,
  isCount,
  monthNameText,
  monthText,
  numberText,
  signedPercentText,
  signText,
  type Unit,
  unitText,
  yearOf,
} from './format.ts'
import { isGroup, monthBefore, type Selection } from './selection.ts'
import { changeInterval } from './uncertainty.ts'

export type Explanation = { where: string; value: string; unit: string; sign: string | null; terms: { term: string; text: string }[] }
type Context = { selection: Selection; answer: Comparison; row: Row; column: Column; dataAsOf: string }

const monthsOfYear = ({ answer, selection }: Context) => {
  const last = lastAveragedMonth(answer.month, answer.running && selection.figure.flow)
  return last ? { last, count: Number(last.slice(5)) } : undefined
}

const whenText = (context: Context): string => {
  const { answer, column } = context
  const year = yearOf(answer.month)
  const averaged = monthsOfYear(context)
  const texts: Record<Column, string> = {
    current: monthText(answer.month),
    previous: monthText(monthBefore(answer.month)),
    year_average: averaged && averaged.count > 1 ? `Durchschnitt Januar bis ${monthText(averaged.last)}` : `Durchschnitt ${year}`,
    previous_year_average: `Durchschnitt ${Number(year) - 1}`,
    change: 'Veränderung in %',
  }
  return texts[column]
}

const definitionText = (context: Context): string => {
  const { answer, selection, column } = context
  const year = yearOf(answer.month)
  const averaged = monthsOfYear(context)
  if (column === 'change') return 'Monatsdurchschnitt im Jahr ÷ Monatsdurchschnitt im Vorjahr − 1.'
  if (column === 'previous_year_average') return `Mittel der zwölf Monatswerte ${Number(year) - 1}. ${selection.figure.definition}`
  if (column === 'year_average') {
    const months = averaged && averaged.count > 1 ? `der Monatswerte Januar bis ${monthText(averaged.last)}` : `der Monatswerte ${year}`
    return `Mittel ${months}. ${selection.figure.definition}`
  }
  return selection.figure.definition
}

const averageText = (value: number | null, format: FigureFormat, year: string) =>
  value === null ? 'kein offener Wert' : `${cellText(value, format, true)} ${year}`

type Parts = { numerator: number; denominator: number }
export const partTexts = ({ numerator, denominator }: Parts, { group, unit }: { group: string; unit: Unit }) => {
  const text = (value: number) => (group === 'Geld' ? moneyText(value) : numberText(value))
  // densities speak of tens of thousands
  return { numerator: text(numerator), denominator: unit === 'per_10000' ? numberText(denominator / 10_000, 4) : text(denominator) }
}

/** The numbers a quotient is made of. */
const partsOf = ({ answer, selection, row }: Context): { numerator: string; denominator: string } | undefined => {
  const source = row.kind === 'total' ? answer.total : answer.rows.find(({ id }) => id === row.key)
  if (!source?.parts || row.kind === 'weighted_average') return undefined
  return partTexts(source.parts, { group: selection.figure.group, unit: answer.unit })
}

const quotient = (context: Context): { numerator: string; denominator: string } => {
  const { answer, selection, row, column } = context
  if (column === 'change') {
    return {
      numerator: averageText(row.values.year_average, answer, 'im Jahr'),
      denominator: averageText(row.values.previous_year_average, answer, 'im Vorjahr'),
    }
  }
  const { numerator, denominator } = selection.figure
  const parts = column === 'current' ? partsOf(context) : undefined
  return {
    numerator: parts ? `${parts.numerator}: ${numerator}` : numerator,
    denominator: parts ? `${parts.denominator}: ${denominator}` : (denominator ?? 'keiner'),
  }
}

const casesText = ({ answer, row, column }: Context): string | undefined => {
  if (column === 'change') {
    const interval = row.cells.change.uncertain ? changeInterval(row.values.year_average, row.values.previous_year_average) : undefined
    if (!row.cells.change.uncertain) return undefined
    const range = interval && isCount(answer.unit)
    return range
      ? `Unsicher, weil es wenige sind. 95-%-Intervall: ${signedPercentText(interval.from, 0)} bis ${signedPercentText(interval.to, 0)}`
      : 'Unsicher, weil es wenige sind.'
  }
  if (column !== 'current' || row.kind === 'weighted_average') return undefined
  if (row.cases === null) return row.cells.current.sign === '.' ? 'geheim' : undefined
  return `${numberText(row.cases)}${row.cells.current.uncertain ? ', unsicher, weil es wenige sind' : ''}`
}

/** Why there is no value. */
const reasonText = ({ selection, row, column, answer }: Context): string | undefined => {
  const { sign } = row.cells[column]
  if (sign === null) return undefined
  if (sign === 'x' && selection.specialisation && !selection.figure.by_specialisation) {
    return `Nicht sinnvoll: ${selection.figure.label} gibt es nicht je Spezialisierung.`
  }
  const ofGroup = row.kind === 'total' && isGroup(answer.area)
  if (sign === 'x' && ofGroup) return 'Nicht angegeben: Aus den Werten der Gruppe folgt kein gemeinsamer.'
  if (sign === '.' && ofGroup) return 'Geheim: Ein Wert in der Gruppe ist es.'
  if (sign === 'x') return column === 'change' ? 'Nicht sinnvoll: Der Durchschnitt des Vorjahres ist null.' : 'Nicht sinnvoll.'
  if (sign === '.') return 'Geheim: 1 oder 2 Fälle, oder zum Schutz einer solchen Zelle.'
  if (sign === '…') {
    return answer.running && column !== 'previous'
      ? `Folgt später: Noch ist kein Monat vollständig, oder die Daten beginnen erst.`
      : 'Folgt später: Die Daten dieses Trägers beginnen nach diesem Monat.'
  }
  return 'Im Zeitraum ist nichts vorhanden, woraus sich ein Wert ergibt.'
}

const runningText = ({ answer, selection, column }: Context) => {
  if (!answer.running || (column !== 'current' && column !== 'year_average')) return undefined
  const month = monthNameText(answer.month)
  if (!selection.figure.flow) return selection.figure.protected ? `Der ${month} zählt, wie bis zu seinem Ende geplant.` : undefined
  return column === 'current' ? `Der ${month} läuft noch, der Wert wächst.` : `Ohne den laufenden ${month}.`
}

/** Of how many the weighted average tells, where some have no open value. */
const shownText = ({ answer: { rows }, column }: Context) => {
  const open = rows.filter((row) => row[column] !== null)
  if (open.length === 0 || open.length === rows.length) return ''
  return ` (${open.length} von ${rows.length}${open.length === 1 ? `, nur ${open[0]!.region}` : ''})`
}

const weightedText = (context: Context) => {
  const { answer, selection } = context
  const of = `Σ Einwohner der gezeigten Träger${shownText(context)}`
  const date = answer.population_date ? `, Bevölkerung am ${dateText(answer.population_date)}` : ''
  return selection.figure.unit === 'per_10000' ? `Σ Zähler geteilt durch ${of}${date}` : `Σ (Wert × Einwohner) geteilt durch ${of}${date}`
}

export const explain = (context: Context): Explanation => {
  const { selection, row, column, answer, dataAsOf } = context
  const cell = row.cells[column]
  const { figure } = selection
  const { numerator, denominator } = quotient(context)
  const terms: [string, string | undefined][] = [
    ['Kein Wert', reasonText(context)],
    ['Definition', definitionText(context)],
    ['Zähler', numerator],
    ['Nenner', denominator],
    ['Laufender Monat', runningText(context)],
    ['Fälle dahinter', casesText(context)],
    ['Summe', isGroup(answer.area) ? 'aus den Werten der Gruppe; geheim, wenn einer davon geheim ist' : figure.totals],
    ['EW-gewichtet', weightedText(context)],
    ['Grundlage', figure.legal_basis],
    ['Quelle', figure.source],
    ['Stand', instantText(dataAsOf)],
  ]
  return {
    where: `${row.region}, ${whenText(context)}`,
    value: cell.text === null ? signText(cell.sign ?? '–') : cell.uncertain ? `(${cell.text})` : cell.text,
    unit: cell.text === null ? '' : column === 'change' ? '%' : isCount(answer.unit) ? '' : unitText(answer.unit),
    sign: cell.sign,
    terms: terms.flatMap(([term, text]) => (text ? [{ term, text }] : [])),
  }
}
