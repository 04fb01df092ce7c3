// The first page after signing in: which figures it tells, and what it says about them.
import type { Role } from '../../../transactional/vocabulary.ts'
import type { Catalogue, Comparison, KeyFigure, ServiceKind, Session, Trend } from '../../client.ts'
import { cellText, differenceText, monthText, numberText, percentText, signedNumberText, signedPercentText, yearOf } from '../../format.ts'

export type Told = { figure: KeyFigure; service_kind: ServiceKind | null }
const wanted: { figure: string; service_kind?: string }[] = [
  { figure: 'case_count' },
  { figure: 'case_density' },
  { figure: 'payments' },
  { figure: 'rate_median', service_kind: 's34' },
  { figure: 'away_bookings' },
  { figure: 'dropout_rate' },
]

export const toldFigures = ({ figures, service_kinds }: Catalogue): Told[] =>
  wanted.flatMap(({ figure: name, service_kind }) => {
    const figure = figures.find((candidate) => candidate.name === name)
    return figure ? [{ figure, service_kind: service_kinds.find(({ code }) => code === service_kind) ?? null }] : []
  })

/** The row of one authority in place of Summe, so that everything said of the land can be said of it. */
export const asOwn = <Answer extends Comparison | Trend>(answer: Answer, id: string): Answer => {
  const row = answer.rows.find((candidate) => candidate.id === id)
  return row ? { ...answer, total: row } : answer
}

/** Whose figures come first: those of the own authority, where the reader has one; politics sees it like any other. */
export const ownAuthority = ({ youth_authority, roles }: Pick<Session, 'youth_authority' | 'roles'>) =>
  roles.includes('politics') ? null : youth_authority

const evaluating: Role[] = ['politics', 'ministry', 'controlling', 'state_office', 'admin', 'finance']
/** Who works on cases or offers is led to the own pages before anything else. */
export const pagesFirst = (roles: Role[]) => !roles.some((role) => evaluating.includes(role))

export type Totals = ReadonlyMap<string, Comparison>
const currentOf = (totals: Totals, figure: string) => totals.get(figure)?.total.current ?? null

/** Share of the year that has passed at the end of the month. */
const yearPassed = (month: string) => Number(month.slice(5)) / 12

const details: Record<string, (answer: Comparison, totals: Totals) => string | undefined> = {
  case_count: ({ total, month, unit, digits }) => {
    if (total.current === null || total.previous_year_average === null) return undefined
    const difference = differenceText(total.current - total.previous_year_average, { unit, digits })
    return difference === 'unverändert' ? undefined : `${difference} als in einem Durchschnittsmonat ${Number(yearOf(month)) - 1}.`
  },
  case_density: ({ total }) =>
    total.current === null
      ? undefined
      : `Am Monatsende erhielten ${numberText(total.current)} von 10.000 Einwohnern unter 21 Jahren eine Hilfe.`,
  payments: ({ month }, totals) => {
    const share = currentOf(totals, 'budget_share_paid')
    return share === null
      ? undefined
      : `${percentText(share)} der Haushaltsansätze sind ausgezahlt, ${percentText(yearPassed(month))} des Jahres vergangen.`
  },
  rate_median: () => 'Die Hälfte der Hilfen in Heimen und Wohngruppen (§\u00a034) kostet am Tag mehr.',
  away_bookings: ({ total }, totals) => {
    const all = currentOf(totals, 'case_count')
    return total.current === null || !all
      ? undefined
      : `${percentText(total.current / all)} der Hilfen finden außerhalb des eigenen Gebiets statt.`
  },
  dropout_rate: (_, totals) => {
    const dropouts = currentOf(totals, 'dropouts')
    return dropouts === null ? undefined : `${numberText(dropouts)} Hilfen wurden im Monat abgebrochen.`
  },
}
/** Figures a sentence needs beside those told. */
export const supporting = ['budget_share_paid', 'dropouts']

export const detailText = (answer: Comparison, figure: KeyFigure, totals: Totals) =>
  details[figure.name]?.(answer, totals) ?? figure.definition

/** Quotients change by percentage points, everything else by percent. */
export const changeSinceText = ({ total, unit }: Comparison): string | undefined => {
  if (unit !== 'ratio') return total.change === null ? undefined : signedPercentText(total.change)
  if (total.year_average === null || total.previous_year_average === null) return undefined
  return `${signedNumberText((total.year_average - total.previous_year_average) * 100, 1)}\u00a0PP`
}

type Moved = { subject: string; verbs: [fell: string, rose: string]; change: number | null }
/** The finding of the page in one sentence. */
export const findingText = (totals: Totals): string | undefined => {
  const changeOf = (figure: string) => totals.get(figure)?.total.change ?? null
  const told: Moved[] = [
    { subject: 'die Auszahlungen', verbs: ['sanken', 'stiegen'], change: changeOf('payments') },
    { subject: 'die Fallzahl', verbs: ['sank', 'stieg'], change: changeOf('case_count') },
  ]
  const [first, second] = told.filter((each): each is Moved & { change: number } => each.change !== null)
  if (!first) return undefined
  const verb = ({ verbs, change }: { verbs: Moved['verbs']; change: number }) => verbs[change < 0 ? 0 : 1]
  const size = ({ change }: { change: number }) => `um ${percentText(Math.abs(change))}`
  const opening = `Gegenüber dem Vorjahr ${verb(first)} ${first.subject} ${size(first)}`
  if (!second) return `${opening}.`
  const same = first.change < 0 === second.change < 0
  return `${opening}, ${second.subject} ${same ? '' : `${verb(second)} `}${size(second)}.`
}

export const titleText = (area: string, month: string) => `${area} im ${monthText(month)}`
export const valueCell = (answer: Comparison) => (answer.total.current === null ? null : cellText(answer.total.current, answer))
