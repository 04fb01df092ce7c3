// Findings in words: the heading, the answer, the title of the trend.
import type { Comparison, KeyFigure } from './client.ts'
import {
  differenceText,
  type FigureFormat,
  labelText,
  monthNameText,
  monthText,
  noBreakSpace,
  percentText,
  signText,
  unitText,
  type Unit,
  valueText,
  yearOf,
} from './format.ts'
import { isGroup, monthBefore, type Selection } from './selection.ts'

/** "§ 34 Heimerziehung, Wohngruppe": the law is named where it is not the SGB VIII. */
export const kindText = ({ legal_basis, label }: { legal_basis: string; label: string }) =>
  legal_basis.startsWith('§') ? `${legal_basis.replace(/ SGB VIII$/, '').replace('§ ', `§${noBreakSpace}`)} ${label}` : label

/** Which helps are meant: "für § 34 Heimerziehung, Wohngruppe (Traumapädagogik)". */
export const filterText = ({ service_kind, specialisation }: Pick<Selection, 'service_kind' | 'specialisation'>) =>
  `${service_kind ? `für ${kindText(service_kind)}` : 'aller Hilfearten'}${specialisation ? ` (${specialisation.label})` : ''}`

export const headingText = (selection: Selection) => `${selection.figure.label} ${filterText(selection)} im ${monthText(selection.month)}`

const wholeArea = (area: string) => {
  if (area.toLowerCase() === 'de') return 'in Deutschland'
  return isGroup(area) ? 'in der Vergleichsgruppe' : 'im Land'
}

type Figure = Pick<KeyFigure, 'flow' | 'protected'>

const yearSentence = ({ total, month }: Comparison) => {
  if (total.change === null) return ''
  const year = yearOf(month)
  if (Math.abs(total.change) < 0.0005) return ` Der Monatsdurchschnitt ${year} gleicht dem des Vorjahres.`
  return ` Der Monatsdurchschnitt ${year} liegt ${percentText(Math.abs(total.change))} ${total.change > 0 ? 'über' : 'unter'} dem des Vorjahres.`
}

/** Why the month before or the year before is not told of: part of a month is not held against a whole one, which is said elsewhere. */
const missingSentence = ({ total: { previous, change, signs }, month, running }: Comparison, { flow }: Figure) => {
  const reasons = new Map<string, string[]>()
  const missing = (what: string, sign: string | undefined) => {
    const reason = signText(sign ?? '–')
    reasons.set(reason, [...(reasons.get(reason) ?? []), what])
  }
  if (previous === null && !(running && flow)) missing(`dem ${monthNameText(monthBefore(month))}`, signs.previous)
  if (change === null) missing('dem Vorjahr', signs.change)
  return [...reasons].map(([reason, what]) => ` Kein Vergleich mit ${what.join(' und ')}: ${reason}.`).join('')
}

const runningSentence = (answer: Comparison, { flow, protected: ofBookings }: Figure) => {
  if (!answer.running) return ''
  const runs = ` Der ${monthNameText(answer.month)} läuft noch`
  if (flow) return `${runs}: Sein Wert wächst und steht in keinem Durchschnitt.`
  return ofBookings ? `${runs} und zählt, wie bis zu seinem Ende geplant.` : `${runs}.`
}

/** The answer to the page's question in two sentences. */
export const answerText = (answer: Comparison, figure: Figure) => {
  const where = wholeArea(answer.area)
  const { current, previous, signs } = answer.total
  if (current === null) return `Kein Wert ${where}: ${signText(signs.current ?? '–')}.`
  const value = `${valueText(current, answer)} ${where}`
  // part of a month is not less than a whole one
  const comparable = previous !== null && !(answer.running && figure.flow)
  const difference = !comparable ? '' : comparedWith(differenceText(current - previous, answer), monthBefore(answer.month))
  return `${value}${difference}.${yearSentence(answer)}${missingSentence(answer, figure)}${runningSentence(answer, figure)}`
}
const comparedWith = (difference: string, month: string) =>
  difference === 'unverändert' ? `, so viel wie im ${monthNameText(month)}` : `, ${difference} als im ${monthNameText(month)}`

const datives: Partial<Record<Unit, string>> = { cases: 'Fällen', days: 'Tagen' }
const dative = (unit: Unit) => datives[unit] ?? unitText(unit)

export type TrendSubject = { name: string; values: (number | null)[]; months: string[] }
/** The title of the trend says its finding; without enough values it only names the region. */
export const trendTitle = ({ name, values, months }: TrendSubject, format: FigureFormat) => {
  const open = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]))
  const first = open[0]
  const last = open.at(-1)
  if (!first || !last || open.length < 2) return `${name}: zu wenige offene Werte für einen Verlauf`
  const since = `seit ${monthText(months[first.index]!)}`
  const text = (value: number) => labelText(value, format)
  const [low, high] = [Math.min(...open.map(({ value }) => value)), Math.max(...open.map(({ value }) => value))]
  if (text(low) === text(high)) return `${name} bleibt ${since} bei ${text(low)} ${dative(format.unit)}`
  const moved = last.value - first.value
  if (Math.abs(moved) * 2 < high - low) return `${name} schwankt ${since} zwischen ${text(low)} und ${text(high)} ${dative(format.unit)}`
  return `${name} ${moved > 0 ? 'steigt' : 'sinkt'} ${since} von ${text(first.value)} auf ${text(last.value)} ${unitText(format.unit)}`
}

export const emptyText = (selection: Selection) =>
  `Nichts gezählt: ${selection.figure.label} ${filterText(selection)} hat bis ${monthText(selection.month)} keine Werte.`
