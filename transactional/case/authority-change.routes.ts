import { Hono } from 'hono'
import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Database } from '../database.ts'
import { Day, Id, text } from '../input.ts'
import { parallel } from '../placement/place-booking.ts'
import { only, operation, pathId, validate, type Deps, type ServiceContext, type ServiceEnv } from '../route.ts'
import { rowMissing } from '../rule-violation.ts'
import { authorityChangeReasons } from '../vocabulary.ts'
import { AuthorityChange, AuthorityChangeWithHelps, lockChange, readChange, readChanges } from './authority-change.ts'
import { acceptChange, announceChange, recordContinuation } from './continue-helps.ts'

const NewChange = z.strictObject({
  to_authority_id: z.string().regex(/^\d{5}(\d{3})?$/, 'ist kein Jugendamt. Bitte auswählen.'),
  change_on: Day,
  reason: z.enum(authorityChangeReasons),
  note: text(1, 2000).optional(),
  conference_on: Day.nullable().default(null),
})
const continuing = { continued_on: Day, note: text(1, 2000).optional(), conference_on: Day.nullable().optional() }
const Acceptance = z.strictObject({ case_number: text(1, 40), version: z.string().max(64), parallel, ...continuing })
const Record = z.strictObject(continuing)
const Refusal = z.strictObject({ note: text(1, 2000) })
const Withdrawal = z.strictObject({ note: text(1, 2000).optional() })
const Sought = z.strictObject({ case_id: Id.optional() })

const List = z.object({ items: z.array(AuthorityChange) })
const Other = z.object({ id: z.string(), name: z.string(), federal_state: z.string(), in_portal: z.boolean() })
export type OtherAuthority = z.infer<typeof Other>

const tag = 'case'
const roles = ['caseworker'] as const
const changed = { 200: { description: 'The change as it is now', schema: AuthorityChangeWithHelps } }
const step = (summary: string) => operation({ summary, tag, roles, once: true, answers: changed })

/** Another authority becomes responsible for a case: the former one announces it, the new one continues the helps (§ 86c SGB VIII). */
export const authorityChangeRoutes = (deps: Deps) => {
  const answer = (c: ServiceContext, id: string, request: object, work: (trx: Transaction<Database>) => Promise<unknown>) =>
    answerOnce(c, deps, request, async (trx) => {
      await work(trx)
      return { status: 200, body: await readChange(trx, c.var.reader, id) }
    })
  const close = async (trx: Transaction<Database>, c: ServiceContext, id: string, state: 'declined' | 'withdrawn', note: string | null) => {
    const change = await lockChange(trx, id)
    const own = state === 'declined' ? change.to_authority_id : change.youth_authority_id
    if (own !== c.var.reader.youth_authority_id) throw rowMissing()
    await trx
      .updateTable('authority_change')
      .set({ state, answer_note: note, answered_by: c.var.reader.user_account_id, answered_at: deps.now() })
      .where('id', '=', id)
      .execute()
  }
  return new Hono<ServiceEnv>()
    .get(
      '/other-authorities',
      operation({
        summary: 'Every other youth authority, those of the own state first',
        tag,
        roles,
        answers: { 200: { description: 'By name', schema: z.object({ items: z.array(Other) }) } },
      }),
      only(...roles),
      async (c) => {
        const { youth_authority_id, federal_state } = c.var.reader
        const items = await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .selectFrom('youth_authority')
            .where('id', '<>', youth_authority_id!)
            .orderBy(sql`federal_state = ${federal_state}`, 'desc')
            .orderBy('name')
            .orderBy('id')
            .select(['id', 'name', 'federal_state', sql<boolean>`uses_portal(id)`.as('in_portal')])
            .execute(),
        )
        return c.json({ items })
      },
    )
    .get(
      '/authority-changes',
      operation({
        summary: 'Changes of authority that were announced to or by the own one, or those of a case',
        tag,
        roles,
        answers: { 200: { description: 'Those not answered first', schema: List } },
      }),
      only(...roles),
      validate('query', Sought),
      async (c) => {
        const { case_id } = c.req.valid('query')
        const sought = { now: deps.now(), ...(case_id !== undefined && { case_id }) }
        return c.json({ items: await asReader(deps.db, c.var.reader, (trx) => readChanges(trx, c.var.reader, sought)) })
      },
    )
    .get(
      '/authority-changes/:id',
      operation({
        summary: 'One change with what it hands over',
        tag,
        roles,
        answers: { 200: { description: 'The change', schema: AuthorityChangeWithHelps } },
      }),
      only(...roles),
      pathId,
      async (c) => c.json(await asReader(deps.db, c.var.reader, (trx) => readChange(trx, c.var.reader, c.req.valid('param').id))),
    )
    .post(
      '/cases/:id/authority-changes',
      operation({
        summary: 'Announce that another authority becomes responsible',
        tag,
        roles,
        once: true,
        answers: { 201: { description: 'Announced', schema: AuthorityChangeWithHelps, location: true } },
      }),
      only(...roles),
      pathId,
      validate('json', NewChange),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const { reader } = c.var
          const case_id = c.req.valid('param').id
          const wanted = c.req.valid('json')
          const announced = await announceChange(trx, reader, { case_id, ...wanted, now: deps.now() })
          return { status: 201, location: `/service/authority-changes/${announced.id}`, body: announced }
        }),
    )
    .post(
      '/authority-changes/:id/accept',
      step('Continue the helps under an own case from a day on; those of the former authority end the day before'),
      only(...roles),
      pathId,
      validate('json', Acceptance),
      (c) => {
        const { id } = c.req.valid('param')
        const request = c.req.valid('json')
        return answer(c, id, request, (trx) => acceptChange(trx, c.var.reader, { id, ...request, now: deps.now() }))
      },
    )
    .post(
      '/authority-changes/:id/record',
      step('Write down from when an authority outside the portal continues the helps; they end the day before'),
      only(...roles),
      pathId,
      validate('json', Record),
      (c) => {
        const { id } = c.req.valid('param')
        const request = c.req.valid('json')
        return answer(c, id, request, (trx) => recordContinuation(trx, c.var.reader, { id, ...request, now: deps.now() }))
      },
    )
    .post(
      '/authority-changes/:id/decline',
      step('Decline as the authority asked, with the reason'),
      only(...roles),
      pathId,
      validate('json', Refusal),
      (c) => {
        const { id } = c.req.valid('param')
        return answer(c, id, c.req.valid('json'), (trx) => close(trx, c, id, 'declined', c.req.valid('json').note))
      },
    )
    .post(
      '/authority-changes/:id/withdraw',
      step('Withdraw what was announced, before it is accepted'),
      only(...roles),
      pathId,
      validate('json', Withdrawal),
      (c) => {
        const { id } = c.req.valid('param')
        return answer(c, id, c.req.valid('json'), (trx) => close(trx, c, id, 'withdrawn', c.req.valid('json').note ?? null))
      },
    )
}
