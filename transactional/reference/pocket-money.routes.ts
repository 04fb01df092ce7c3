import { Hono } from 'hono'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import { Day, text } from '../input.ts'
import { only, operation, validate, type Deps, type ServiceEnv } from '../route.ts'

const Step = z.strictObject({
  age_from: z.int().min(0).max(27),
  age_to: z.int().min(0).max(27),
  amount_cents: z.int().min(0).max(100_000),
})
type Step = z.infer<typeof Step>

/** Ascending, each age once. */
const faultOf = (steps: Step[]): { at: number; error: string } | undefined => {
  const at = steps.findIndex(({ age_from, age_to }, index) => age_to < age_from || age_from <= (steps[index - 1]?.age_to ?? -1))
  return at < 0 ? undefined : { at, error: 'Die Altersstufen überschneiden sich oder stehen nicht in aufsteigender Folge.' }
}

const Table = z.strictObject({
  valid_from: Day,
  source: text(3, 200),
  steps: z
    .array(Step)
    .min(1)
    .max(28)
    .superRefine((steps, context) => {
      const fault = faultOf(steps)
      if (fault) context.addIssue({ code: 'custom', path: [fault.at, 'age_from'], message: fault.error })
    }),
})
const Tables = z.object({ items: z.array(Table) }).meta({ id: 'PocketMoneyTables' })
export type PocketMoneyTable = z.infer<typeof Table>

const tag = 'reference'

/** Pocket money (Barbetrag, § 39(2) SGB VIII) of the own state. */
export const pocketMoneyRoutes = ({ db }: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/pocket-money',
      operation({
        summary: 'Pocket money of the own state by age, newest table first',
        tag,
        answers: { 200: { description: 'The tables', schema: Tables } },
      }),
      async (c) => {
        const rows = await asReader(db, c.var.reader, (trx) =>
          trx
            .selectFrom('pocket_money')
            .where('federal_state', '=', c.var.reader.federal_state)
            .select(['valid_from', 'age_from', 'age_to', 'amount_cents', 'source'])
            .orderBy('valid_from', 'desc')
            .orderBy('age_from')
            .execute(),
        )
        const days = [...new Set(rows.map(({ valid_from }) => valid_from))]
        const items = days.map((valid_from) => {
          const of = rows.filter((row) => row.valid_from === valid_from)
          const steps = of.map(({ age_from, age_to, amount_cents }) => ({ age_from, age_to, amount_cents }))
          return { valid_from, source: of[0]!.source, steps }
        })
        return c.json({ items })
      },
    )
    .put(
      '/pocket-money',
      operation({
        summary: 'Set the table of the own state from a day on; one of the same day is replaced',
        tag,
        roles: ['admin'],
        answers: { 200: { description: 'The table', schema: Table } },
      }),
      only('admin'),
      validate('json', Table),
      async (c) => {
        const table = c.req.valid('json')
        const { federal_state } = c.var.reader
        const { valid_from, source, steps } = table
        await asReader(db, c.var.reader, async (trx) => {
          await trx.deleteFrom('pocket_money').where('federal_state', '=', federal_state).where('valid_from', '=', valid_from).execute()
          await trx
            .insertInto('pocket_money')
            .values(steps.map((step) => ({ ...step, federal_state, valid_from, source })))
            .execute()
        })
        return c.json(table)
      },
    )
