import { z } from 'zod'
import { authoritiesIn, directoryOf } from '../warehouse/directory.ts'
import { monthAt, monthText, type Month } from '../warehouse/month.ts'
import { UnknownFilter } from '../warehouse/views.ts'
import { everybody } from '../warehouse/suppression.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { comparisonOf, comparisonWithTrendOf, questionOf, type Question } from './comparison-answer.ts'
import { currentSource, definitionsVersion, type Published } from './moment.ts'
import { begunMonth, viewQuery } from './view.ts'

type Asked = { figure: string; service_kind: string | null; specialisation: string | null; month: string; area: string }
type Taken = Published & { definitions: string }

/** Answers a view so that it can be published: with nobody's own row open. Tells what is wrong with a view that does not exist. */
export const takeView =
  ({ warehouse, now }: { warehouse: Warehouse; now: () => Date }) =>
  async (asked: Asked): Promise<Taken | { faults: { field: string; message: string }[] }> => {
    const running = monthAt(now())
    const given = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null))
    const parsed = z.strictObject({ ...viewQuery, month: begunMonth(() => running) }).safeParse(given)
    if (!parsed.success) return { faults: parsed.error.issues.map(({ path, message }) => ({ field: `view.${path.join('.')}`, message })) }
    const { month = running } = parsed.data
    const question = questionOf(parsed.data, asked.area)
    const source = currentSource({ warehouse, now })
    // one authority's view after the other, so that others have their turn
    const decideAhead = async (asked: Question, month: Month) => {
      for (const { id } of authoritiesIn(await directoryOf(warehouse), asked.view.area))
        await comparisonOf(source, asked, month, { own_authority: null, beside: id })
    }
    try {
      await decideAhead(question, month)
      const { comparison, trend, freshness } = await comparisonWithTrendOf(source, question, month, {
        own_authority: null,
        beside: everybody,
      })
      const { data_as_of, data_lsn } = freshness
      const answer = { comparison: { ...comparison, data_as_of }, trend: { ...trend, data_as_of } }
      return { data_as_of, data_lsn, definitions: definitionsVersion, answer }
    } catch (error) {
      if (!(error instanceof UnknownFilter)) throw error
      return { faults: [{ field: `view.${error.field}`, message: 'Das gibt es hier nicht.' }] }
    }
  }

/** The published numbers, where just these are asked for. */
export const publishedComparison = (published: Published | null, asked: object, month: number) =>
  published && isSame(published.answer.comparison, asked) && published.answer.comparison.month === monthText(month)
    ? published.answer.comparison
    : undefined

export const publishedTrend = (published: Published | null, asked: object, { from, to }: { from: number; to: number }) => {
  const trend = published?.answer.trend
  return trend && isSame(trend, asked) && trend.months[0] === monthText(from) && trend.months.at(-1) === monthText(to) ? trend : undefined
}

const isSame = (answer: object, asked: object): boolean =>
  Object.entries(asked).every(([name, value]) => (answer as Record<string, unknown>)[name] === value)
