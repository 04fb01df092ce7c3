import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { Id, text } from '../input.ts'
import { advance } from '../placement/reserve.ts'
import { asViolation, problemOf, type Problem } from '../problem.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { handOver } from './handover.ts'

const Chosen = z.strictObject({ kind: z.enum(['waiting', 'reservation', 'booking']), id: Id })
type Chosen = z.infer<typeof Chosen>
const chosen = z.array(Chosen).min(1).max(200)

/** One action over several helps of the Fallmanager. */
export const BulkAction = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('hand_over'), helps: chosen, to_id: Id, reason: text(1, 1000) }),
  z.strictObject({ action: z.literal('remind'), helps: chosen, note: text(1, 1000).optional() }),
  z.strictObject({ action: z.literal('release'), helps: chosen, note: text(1, 1000).optional() }),
])
type BulkAction = z.infer<typeof BulkAction>
export type BulkToDo = z.input<typeof BulkAction>

export const BulkResult = z
  .object({
    items: z.array(
      Chosen.extend({
        done: z.boolean(),
        /** why it was not done, and what to do about it */
        refusal: z.object({ title: z.string(), hint: z.string().nullable() }).nullable(),
      }),
    ),
  })
  .meta({ id: 'BulkResult' })
export type BulkResult = z.infer<typeof BulkResult>
type Item = BulkResult['items'][number]

const caseOf = async (trx: Transaction<Database>, { kind, id }: Chosen): Promise<string> => {
  if (kind === 'waiting') {
    const entry = await trx.selectFrom('waiting_entry').where('id', '=', id).select('case_id').executeTakeFirstOrThrow(rowMissing)
    return entry.case_id
  }
  const { case_id } = await trx
    .selectFrom(kind)
    .innerJoin('case_link', 'case_link.case_key', `${kind}.case_key`)
    .where(`${kind}.id`, '=', id)
    .select('case_link.case_id')
    .executeTakeFirstOrThrow(rowMissing)
  return case_id
}

type Moment = { now: Date; today: string }

const workOf = (trx: Transaction<Database>, reader: Reader, request: BulkAction, moment: Moment) => {
  if (request.action === 'hand_over') {
    const { to_id, reason } = request
    const handed = new Set<string>()
    return async (help: Chosen) => {
      const case_id = await caseOf(trx, help)
      // several helps of one case go together
      if (handed.has(case_id)) return
      await handOver(trx, reader, { case_id, to_id, reason }, moment.now)
      handed.add(case_id)
    }
  }
  const step = request.action === 'remind' ? 'reminded' : 'released'
  return async ({ kind, id }: Chosen) => {
    if (kind !== 'reservation') throw new RuleViolation('only_reservations')
    await advance(trx, reader, { id, step, taken: { note: request.note }, ...moment })
  }
}

/** What is told of a field that is one of the action, not of the help, is what to do as well. */
const refusalOf = ({ title, details }: Problem) => {
  const hint = details.map(({ message }) => message).join(' ')
  return { title, hint: hint === '' || hint === title ? null : hint }
}

/** Undone alone where it is refused; what another transaction stands against is tried again as a whole. */
const attempt = async (trx: Transaction<Database>, work: () => Promise<void>): Promise<Item['refusal']> => {
  await sql`savepoint help`.execute(trx)
  try {
    await work()
    await sql`release savepoint help`.execute(trx)
    return null
  } catch (error) {
    const violation = asViolation(error)
    if (violation === undefined || violation.code === 'busy') throw error
    await sql`rollback to savepoint help`.execute(trx)
    return refusalOf(problemOf(violation.code, violation.details))
  }
}

/** Does to each help what may be done to it, and tells of the others why not and what to do. Always in the same order, so that two do not wait for each other. */
export const doInBulk = async (trx: Transaction<Database>, reader: Reader, request: BulkAction, moment: Moment): Promise<BulkResult> => {
  const work = workOf(trx, reader, request, moment)
  const refusals = new Map<string, Item['refusal']>()
  for (const help of request.helps.toSorted((a, b) => a.id.localeCompare(b.id)))
    if (!refusals.has(help.id)) refusals.set(help.id, await attempt(trx, () => work(help)))
  const items = request.helps.map((help) => {
    const refusal = refusals.get(help.id) ?? null
    return { ...help, done: refusal === null, refusal }
  })
  return { items }
}
