// The single facts by which a number of the own authority reads differently now than at a past moment: recorded, cancelled or corrected since.
import type { Kysely } from 'kysely'
import { z } from 'zod'
import { asReader } from './access/as-reader.ts'
import type { Database } from './database.ts'
import { factsAt, LinesQuery, MonthOfLines, type Days, type Fact, type LinesDeps } from './lines-behind.ts'
import type { ServiceContext } from './route.ts'
import { RuleViolation } from './rule-violation.ts'

const mostMonths = 24

/** `from`: the first of several months, `month` the last. `by`: whether only what is counted matters, or how much each adds as well. */
export const LaterQuery = LinesQuery.omit({ cursor: true, as_of: true }).extend({
  from: MonthOfLines.optional(),
  as_of: z.string().max(40),
  by: z.enum(['count', 'amount']).default('count'),
})

/** Facts as they were, null where they are new, and as they are; none is ever deleted. */
export const laterFacts = <Row extends z.ZodType>(row: Row) =>
  z.object({
    /** of all, shown or not */
    count: z.int(),
    effect_count: z.int(),
    effect_amount: z.int(),
    items: z.array(
      z.object({
        id: z.uuid(),
        /** in so many months more, or fewer */
        effect_count: z.int(),
        effect_amount: z.int(),
        was: row.nullable(),
        is: row,
      }),
    ),
    data_as_of_then: z.iso.datetime({ offset: true }),
    data_as_of: z.iso.datetime({ offset: true }),
  })

type Counted = { id: string; amount: number }
type Effect = { id: string; effect_count: number; effect_amount: number }

const monthsIn = (from: string, to: string): string[] => {
  const indexOf = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1
  const [first, last] = [indexOf(from), indexOf(to)]
  if (last < first || last - first >= mostMonths)
    throw new RuleViolation('invalid_input', [{ field: 'from', message: `liegt höchstens ${mostMonths} Monate vor dem letzten.` }])
  return Array.from({ length: last - first + 1 }, (_, at) => {
    const index = first + at
    return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`
  })
}

/** What each fact adds now beyond what it added then, the largest first. */
export const effectsOf = (then: Counted[], now: Counted[]): Effect[] => {
  const effects = new Map<string, Effect>()
  const add = (sign: 1 | -1, { id, amount }: Counted) => {
    const { effect_count, effect_amount } = effects.get(id) ?? { effect_count: 0, effect_amount: 0 }
    effects.set(id, { id, effect_count: effect_count + sign, effect_amount: effect_amount + sign * Number(amount) })
  }
  for (const each of then) add(-1, each)
  for (const each of now) add(1, each)
  return [...effects.values()]
    .filter(({ effect_count, effect_amount }) => effect_count !== 0 || effect_amount !== 0)
    .toSorted(
      (a, b) =>
        Math.abs(b.effect_amount) - Math.abs(a.effect_amount) ||
        Math.abs(b.effect_count) - Math.abs(a.effect_count) ||
        (a.id < b.id ? 1 : -1),
    )
}

/** `counted`: what counts in a month, and how much each adds; `told`: facts as the reader may see them, whether they count or not. */
export const laterOf = async <Row extends { id: string }>(
  c: ServiceContext,
  deps: LinesDeps,
  { from, month, as_of, limit }: { from?: string | undefined; month: string; as_of: string; limit: number },
  of: {
    fact: Fact
    days: (month: string) => Days
    counted: (db: Kysely<Database>, month: string) => Promise<Counted[]>
    told: (db: Kysely<Database>, ids: string[]) => Promise<Row[]>
  },
) => {
  const { fact } = of
  const months = monthsIn(from ?? month, month)
  const days = { first: of.days(months[0]!).first, last: of.days(month).last }
  const countedIn = async (db: Kysely<Database>) => {
    const counted: Counted[] = []
    for (const each of months) counted.push(...(await of.counted(db, each)))
    return counted
  }
  const { reader } = c.var
  const past = await factsAt(c, deps, { as_of, fact, month, days })
  const effects = await asReader(deps.db, reader, async (trx) => effectsOf(await countedIn(past.of(trx)), await countedIn(trx)))
  const shown = effects.slice(0, limit)
  const ids = shown.map(({ id }) => id)
  // those of other days then, or none: what is new has to be known from what was moved
  const earlier = await factsAt(c, deps, { as_of, fact, month, days, ids })
  const [was, is] = await asReader(deps.db, reader, async (trx) =>
    ids.length === 0 ? [[], []] : [await of.told(earlier.of(trx), ids), await of.told(trx, ids)],
  )
  const [before, after] = [was, is].map((rows) => new Map(rows.map((row) => [row.id, row])))
  const sum = (name: 'effect_count' | 'effect_amount') => effects.reduce((all, each) => all + each[name], 0)
  return {
    count: effects.length,
    effect_count: sum('effect_count'),
    effect_amount: sum('effect_amount'),
    items: shown.map((effect) => ({ ...effect, was: before!.get(effect.id) ?? null, is: after!.get(effect.id)! })),
    data_as_of_then: past.data_as_of,
    data_as_of: deps.now().toISOString(),
  }
}
