import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { z } from 'zod'
import type { EvaluationQuery } from '../warehouse/evaluation.ts'
import { keyFigures } from '../warehouse/key-figures.ts'
import { monthAt, monthOf, type Month } from '../warehouse/month.ts'
import type { Moment, Past } from '../warehouse/past.ts'
import type { SideBySideQuery } from '../warehouse/side-by-side.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { ComparisonAnswer, EvaluationAnswer, SideBySideAnswer, TrendAnswer } from './answers.ts'
import type { ApiEnv } from './reader.ts'

type Kept<Query, Answer> = { asked: Query; answer: Answer }
/** A view published with its numbers, as the service that keeps it tells; what has none is made from history. */
export type Published = {
  title: string
  data_as_of: string
  data_lsn: string
  answer: {
    comparison?: ComparisonAnswer
    trend?: TrendAnswer
    evaluation?: Kept<EvaluationQuery, EvaluationAnswer>
    side_by_side?: Kept<SideBySideQuery, SideBySideAnswer>
  }
}

/** Past states of the data, and the views published of them. */
export type Bygone = { past: Past; published: (c: Context<ApiEnv>, id: string) => Promise<Published | undefined> }

/** The data a view is answered from: today's, or those of a past moment. `running`: the first month that is not over, `last`: the last that has begun. */
export type Source = { open: () => Promise<Warehouse>; running: Month; last: Month; as_of: string | null; published: Published | null }

/** Thrown for a moment that cannot be chosen. */
export class UnknownMoment extends Error {}
/** Thrown for a period that does not go with the moment asked for; the message is for the reader. */
export class ImpossiblePeriod extends Error {
  readonly field: string
  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}
/** Thrown while the data of a past moment are still being made from history. */
export class MomentInPreparation extends Error {}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The end of a month ('2026-10'), or the moment of a published view (its id); left out: now. */
export const asOf = z
  .string()
  .refine(
    (text) => /^20[0-3]\d-(0[1-9]|1[0-2])$/.test(text) || uuid.test(text),
    'Der Stand ist ein Monatsende in der Form JJJJ-MM, zum Beispiel 2026-10, oder die Kennung eines festgehaltenen Standes.',
  )
  .optional()

const patienceMs = 5_000

/** Readers choose ends of months and published moments only: between any two others a single commit could be told (domain.md 3). */
export const sourcesOf = ({ warehouse, now, bygone }: { warehouse: Warehouse; now: () => Date; bygone?: Bygone | undefined }) => {
  const momentOf = async (c: Context<ApiEnv>, as_of: string): Promise<Omit<Source, 'open' | 'as_of'> & { moment: Moment }> => {
    if (uuid.test(as_of)) {
      const published = await bygone?.published(c, as_of)
      if (!published) throw new UnknownMoment()
      c.set('published_as', published.title)
      const running = monthAt(new Date(published.data_as_of))
      return { moment: momentOfPublished(published), running, last: running, published }
    }
    const month = monthOf(as_of)
    const moment = month < monthAt(now()) ? await bygone?.past.endOf(month) : undefined
    if (!moment) throw new UnknownMoment()
    return { moment, running: month + 1, last: month, published: null }
  }
  const open = async (moment: Moment): Promise<Warehouse> => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const patience = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), patienceMs)))
    const then = await Promise.race([bygone!.past.at(moment), patience])
    clearTimeout(timer)
    if (!then) throw new MomentInPreparation()
    return then
  }
  return async (c: Context<ApiEnv>, as_of: string | undefined): Promise<Source> => {
    if (as_of === undefined) return currentSource({ warehouse, now })
    const { moment, ...of } = await momentOf(c, as_of)
    return { open: () => open(moment), ...of, as_of }
  }
}

export const currentSource = ({ warehouse, now }: { warehouse: Warehouse; now: () => Date }): Source => ({
  open: () => Promise.resolve(warehouse),
  running: monthAt(now()),
  last: monthAt(now()),
  as_of: null,
  published: null,
})

/** Past states know what was planned for later: that is not shown as if it had come. */
export const assertBegun = ({ last }: Source, month: Month | undefined, field: string): void => {
  if (month !== undefined && month > last)
    throw new ImpossiblePeriod(field, 'Dieser Zeitraum hatte zum gewählten Stand noch nicht begonnen. Bitte einen früheren wählen.')
}

export const momentOfPublished = ({ data_lsn, data_as_of }: Pick<Published, 'data_lsn' | 'data_as_of'>): Moment => {
  // the position tells exactly; the time is cut to milliseconds
  const committed_at = new Date(Date.parse(data_as_of) + 1).toISOString()
  return { name: data_lsn.replace('/', '-'), data_lsn: lsnOf(data_lsn), committed_at }
}

const lsnOf = (text: string): bigint => {
  const [high, low] = text.split('/').map((half) => BigInt(`0x${half}`)) as [bigint, bigint]
  return (high << 32n) + low
}

/** Version of what figures mean and how they are shown: published views keep it beside their numbers. */
export const definitionsVersion = createHash('sha256').update(JSON.stringify(keyFigures)).digest('hex').slice(0, 16)
