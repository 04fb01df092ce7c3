import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { authoritiesIn, directoryOf } from '../warehouse/directory.ts'
import { evaluation, layoutOf, mostCells, structuresIn } from '../warehouse/evaluation.ts'
import { type Month, monthText } from '../warehouse/month.ts'
import type { Freshness } from '../warehouse/query.ts'
import { everybody } from '../warehouse/suppression.ts'
import { UnknownFilter, type Eyes } from '../warehouse/views.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { comparisonOf, comparisonWithTrendOf, questionOf } from './comparison-answer.ts'
import { evaluationAnswer } from './evaluation-answer.ts'
import { evaluationQuery, evaluationQueryOf, own } from './evaluation-query.ts'
import './messages.ts'
import {
  type Bygone,
  currentSource,
  definitionsVersion,
  ImpossiblePeriod,
  momentOfPublished,
  type Published,
  type Source,
} from './moment.ts'
import { medianIntervals, sideBySideAnswer, sideBySideQuery, sideBySideQueryOf, sideBySideTable } from './side-by-side-answer.ts'
import { begunMonth, drawnQuery, viewQuery } from './view.ts'

type Kind = 'comparison' | 'evaluation' | 'side_by_side'
/** What the addresses of the answers are asked by; without a kind, a comparison. */
type Asked = { kind?: Kind | undefined; area: string } & Record<string, string | null | undefined>
type Fault = { field: string; message: string }
type Taken = Omit<Published, 'title'> & { definitions: string }
type Take = (source: Source, asked: Record<string, string>, area: string) => Promise<{ freshness: Freshness; answer: Published['answer'] }>

const forAll: Eyes = { own_authority: null, beside: everybody }

/** One authority's view after the other, so that others have their turn. */
const decideAhead = async (warehouse: Warehouse, area: string, decide: (eyes: Eyes) => Promise<unknown>) => {
  for (const { id } of authoritiesIn(await directoryOf(warehouse), area)) await decide({ own_authority: null, beside: id })
}

/** How it is drawn is no part of the question. */
const takeComparison: Take = async (source, given, area) => {
  const asked = z.strictObject({ ...viewQuery, ...drawnQuery, month: begunMonth(() => source.running) }).parse(given)
  const { month = source.last } = asked
  const question = questionOf(asked, area)
  await decideAhead(await source.open(), area, (eyes) => comparisonOf(source, question, month, eyes))
  const { comparison, trend, freshness } = await comparisonWithTrendOf(source, question, month, forAll)
  const { data_as_of } = freshness
  return { freshness, answer: { comparison: { ...comparison, data_as_of }, trend: { ...trend, data_as_of } } }
}

/** How it is drawn is no part of the question. */
const takeEvaluation: Take = async (source, { chart: _, ...given }, area) => {
  // open to the own authority alone, and what is published everybody sees
  if (area === own)
    throw new ImpossiblePeriod(
      'area',
      'Zahlen des eigenen Jugendamts allein sind nicht geschützt und lassen sich nicht für andere festhalten. Zu einem Monatsende bleiben sie über den Stand nachlesbar.',
    )
  const query = evaluationQueryOf(evaluationQuery(() => source.running).parse(given), source, area)
  const warehouse = await source.open()
  const { cells } = await layoutOf(warehouse, query)
  if (cells > mostCells) throw new ImpossiblePeriod('rows', 'Diese Auswertung hat zu viele Werte. Bitte eingrenzen.')
  // structures are decided for each reader: what is kept of them is the moment
  if (structuresIn(query).length > 0) return { freshness: await evaluation(warehouse, query, { own_authority: null }), answer: {} }
  await decideAhead(warehouse, area, (eyes) => evaluation(warehouse, query, eyes))
  const table = await evaluation(warehouse, query, forAll)
  const answer = evaluationAnswer(query, table, { as_of: null, data_as_of: table.data_as_of })
  return { freshness: table, answer: { evaluation: { asked: query, answer } } }
}

const takeSideBySide: Take = async (source, given, area) => {
  const query = sideBySideQueryOf(sideBySideQuery(() => source.running).parse(given), source, area)
  const warehouse = await source.open()
  await decideAhead(warehouse, area, (eyes) => sideBySideTable(warehouse, query, eyes))
  const table = await sideBySideTable(warehouse, query, forAll)
  const medians = await medianIntervals(warehouse, query, table, forAll)
  const answer = sideBySideAnswer(query, table, medians, { as_of: null, data_as_of: table.data_as_of })
  return { freshness: table, answer: { side_by_side: { asked: query, answer } } }
}

const takers: Record<Kind, Take> = { comparison: takeComparison, evaluation: takeEvaluation, side_by_side: takeSideBySide }

/** Answers a view so that it can be published: with nobody's own row open. Tells what is wrong with a view that does not exist. */
export const takeView =
  ({ warehouse, now, bygone }: { warehouse: Warehouse; now: () => Date; bygone: Bygone }) =>
  async ({ kind = 'comparison', ...asked }: Asked): Promise<Taken | { faults: Fault[] }> => {
    const source = currentSource({ warehouse, now })
    const given = Object.fromEntries(Object.entries(asked).flatMap(([name, value]) => (value ? [[name, value]] : [])))
    try {
      const { freshness, answer } = await takers[kind](source, given, asked.area)
      // whoever opens it needs the data of this moment: made now, from what is still the same, they are there by then
      if (Object.keys(answer).length === 0) bygone.past.at(momentOfPublished(freshness)).catch(() => undefined)
      return { data_as_of: freshness.data_as_of, data_lsn: freshness.data_lsn, definitions: definitionsVersion, answer }
    } catch (error) {
      const faults = faultsOf(error)
      if (!faults) throw error
      return { faults: faults.map(({ field, message }) => ({ field: `view.${field}`, message })) }
    }
  }

const faultsOf = (error: unknown): Fault[] | undefined => {
  if (error instanceof z.ZodError) return error.issues.map(({ path, message }) => ({ field: path.join('.'), message }))
  if (error instanceof UnknownFilter) return [{ field: error.field, message: 'Das gibt es hier nicht.' }]
  return error instanceof ImpossiblePeriod ? [{ field: error.field, message: error.message }] : undefined
}

/** The published numbers, where just these are asked for; the moment is chosen, so that it does not matter which month ran. */
export const publishedAnswer = <Name extends 'evaluation' | 'side_by_side'>(
  { published, as_of }: Source,
  name: Name,
  query: { running: Month },
): NonNullable<Published['answer'][Name]>['answer'] | undefined => {
  const kept = published?.answer[name]
  return kept && isDeepStrictEqual(kept.asked, { ...query, running: kept.asked.running }) ? { ...kept.answer, as_of } : undefined
}

export const publishedComparison = (published: Published | null, asked: object, month: number) => {
  const comparison = published?.answer.comparison
  return comparison && isSame(comparison, asked) && comparison.month === monthText(month) ? comparison : undefined
}

export const publishedTrend = (published: Published | null, asked: object, { from, to }: { from: number; to: number }) => {
  const trend = published?.answer.trend
  return trend && isSame(trend, asked) && trend.months[0] === monthText(from) && trend.months.at(-1) === monthText(to) ? trend : undefined
}

const isSame = (answer: object, asked: object): boolean =>
  Object.entries(asked).every(([name, value]) => (answer as Record<string, unknown>)[name] === value)
