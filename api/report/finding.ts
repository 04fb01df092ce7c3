// What a comparison says in words: the title of its report and the answer below it, as on the page.
import type { Directory } from '../../warehouse/directory.ts'
import type { KeyFigure } from '../../warehouse/key-figures.ts'
import { monthOf, monthText } from '../../warehouse/month.ts'
import type { ComparisonAnswer } from '../answers.ts'
import { differenceText, monthNameText, percentText, valueText } from './format.ts'
import { signs } from './report.ts'

export const monthBefore = (month: string) => monthText(monthOf(month) - 1)

type Filters = { service_kind: string | null; specialisation: string | null }
/** "§ 34 Heimerziehung, Wohngruppe": the law is named where it is not the SGB VIII. */
export const kindText = ({ legal_basis, label }: { legal_basis: string; label: string }) =>
  legal_basis.startsWith('§') ? `${legal_basis.replace(/ SGB VIII$/, '').replace('§ ', '§\u00a0')} ${label}` : label

/** "Fallzahl für § 34 Heimerziehung, Wohngruppe (Traumapädagogik)". */
export const subjectText = ({ label }: KeyFigure, filters: Filters, directory: Directory) => `${label} ${filterText(filters, directory)}`

/** Which helps are meant. */
export const filterText = ({ service_kind, specialisation }: Filters, directory: Directory) => {
  const kind = directory.service_kinds.find(({ code }) => code === service_kind)
  const special = directory.specialisations.find(({ code }) => code === specialisation)
  return `${kind ? `für ${kindText(kind)}` : 'aller Hilfearten'}${special ? ` (${special.label})` : ''}`
}

export const areaText = (area: string, directory: Directory) =>
  area === 'de' ? 'Deutschland' : (directory.states.find(({ code }) => code === area)?.name ?? groupText(area, directory))

/** One deleted since, which a published view still stands for. */
const bygoneGroup = 'Frühere Vergleichsgruppe'

/** "Größenklasse: unter 20.000". */
export const groupText = (code: string, { groups }: Directory) => {
  const group = groups.find((each) => each.code === code)
  return group ? `${group.grouping}: ${group.name}` : bygoneGroup
}

export const isGroup = (area: string) => /^g\d+$/.test(area)

const wholeArea = (area: string) => {
  if (area === 'de') return 'in Deutschland'
  return isGroup(area) ? 'in der Vergleichsgruppe' : 'im Land'
}

type Flowing = Pick<KeyFigure, 'flow' | 'rests_on'>

/** The answer to the question in two or three sentences. */
export const findingText = (answer: ComparisonAnswer, figure: Flowing): string => {
  const where = wholeArea(answer.area)
  const { current, previous, signs: missing } = answer.total
  if (current === null) return `Kein Wert ${where}: ${signText(missing.current ?? '–')}.`
  // part of a month is not less than a whole one
  const comparable = previous !== null && !(answer.running && figure.flow)
  const difference = comparable ? comparedWith(differenceText(current - previous, answer), monthBefore(answer.month)) : ''
  return `${valueText(current, answer)} ${where}${difference}.${yearSentence(answer)}${missingSentence(answer, figure)}${runningSentence(answer, figure)}`
}

const signText = (sign: string) => (sign === '.' ? 'geheim' : signs.find(({ term }) => term === sign)!.text)

const comparedWith = (difference: string, month: string) =>
  difference === 'unverändert' ? `, so viel wie im ${monthNameText(month)}` : `, ${difference} als im ${monthNameText(month)}`

const yearSentence = ({ total, month }: ComparisonAnswer) => {
  if (total.change === null) return ''
  const year = month.slice(0, 4)
  if (Math.abs(total.change) < 0.0005) return ` Der Monatsdurchschnitt ${year} gleicht dem des Vorjahres.`
  return ` Der Monatsdurchschnitt ${year} liegt ${percentText(Math.abs(total.change))} ${total.change > 0 ? 'über' : 'unter'} dem des Vorjahres.`
}

/** Why the month before or the year before is not told of. */
const missingSentence = ({ total: { previous, change, signs: missing }, month, running }: ComparisonAnswer, { flow }: Flowing) => {
  const reasons = new Map<string, string[]>()
  const add = (what: string, sign: string | undefined) => {
    const reason = signText(sign ?? '–')
    reasons.set(reason, [...(reasons.get(reason) ?? []), what])
  }
  if (previous === null && !(running && flow)) add(`dem ${monthNameText(monthBefore(month))}`, missing.previous)
  if (change === null) add('dem Vorjahr', missing.change)
  return [...reasons].map(([reason, what]) => ` Kein Vergleich mit ${what.join(' und ')}: ${reason}.`).join('')
}

const runningSentence = ({ running, month }: ComparisonAnswer, { flow, rests_on }: Flowing) => {
  if (!running) return ''
  const runs = ` Der ${monthNameText(month)} läuft noch`
  if (flow) return `${runs}: Sein Wert wächst und steht in keinem Durchschnitt.`
  return rests_on.length > 0 ? `${runs} und zählt, wie bis zu seinem Ende geplant.` : `${runs}.`
}
