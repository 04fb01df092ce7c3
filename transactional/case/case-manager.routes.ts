import { Hono } from 'hono'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import { after, page, pageOf } from '../cursor.ts'
import { Code, Id, text } from '../input.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, validate, type Deps, type ServiceEnv } from '../route.ts'
import { dues, manageCases, stages } from './case-manager.ts'

/** Case numbers and names are asked for in a body: they stay out of addresses. */
const Question = z.strictObject({
  stages: z.array(z.enum(stages)).max(stages.length).default([]),
  due: z.array(z.enum(dues)).max(dues.length).default([]),
  service_kind: Code.optional(),
  provider_id: Id.optional(),
  caseworker_id: Id.optional(),
  text: text(1, 80).optional(),
  mine: z.boolean().default(false),
  limit: z.int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
})
const Key = z.tuple([z.iso.date(), z.uuid()])

const ManagedHelp = z
  .object({
    id: z.uuid(),
    kind: z.enum(['waiting', 'reservation', 'booking']),
    stage: z.enum(stages),
    due_on: z.iso.date(),
    due: z.enum(dues),
    /** the first day after the interruption of today; null: not interrupted */
    resumes_on: z.iso.date().nullable(),
    case_id: z.uuid(),
    case_number: z.string(),
    /** null: imported without the person */
    family_name: z.string().nullable(),
    given_name: z.string().nullable(),
    caseworker: z.string().nullable(),
    service_kind: z.string(),
    legal_basis: z.string(),
    service_kind_label: z.string(),
    /** null: outside the system */
    provider_name: z.string().nullable(),
    facility_name: z.string().nullable(),
    reserved_on: z.iso.date().nullable(),
    consented_on: z.iso.date().nullable(),
    booked_on: z.iso.date().nullable(),
    first_day: z.iso.date(),
    last_day: z.iso.date(),
    /** null: what is waited for has no price yet */
    planned_cents: z.int().nullable(),
  })
  .meta({ id: 'ManagedHelp' })
export type ManagedHelp = z.infer<typeof ManagedHelp>

const ManagedPage = pageOf(ManagedHelp).extend({
  today: z.iso.date(),
  /** of all helps that fit, whatever the stages and days asked for */
  choices: z.object({
    service_kinds: z.array(z.object({ code: z.string(), legal_basis: z.string(), label: z.string() })),
    providers: z.array(z.object({ id: z.uuid(), name: z.string() })),
    caseworkers: z.array(z.object({ id: z.uuid(), name: z.string() })),
  }),
  counts: z.partialRecord(z.enum(stages), z.int()),
  due: z.partialRecord(z.enum(dues), z.int()),
  /** of those of the stages and days asked for */
  listed: z.int(),
  listed_due: z.partialRecord(z.enum(dues), z.int()),
})
export type ManagedPage = z.infer<typeof ManagedPage>

/** The Fallmanager: every help under way, what is due first on top. */
export const caseManagerRoutes = ({ db, now }: Deps) =>
  new Hono<ServiceEnv>().post(
    '/case-manager',
    operation({
      summary: 'Helps under way by what is due first: waited for, reserved, asked for, booked, running, interrupted, overdue',
      tag: 'case',
      roles: ['caseworker'],
      answers: { 200: { description: 'A page', schema: ManagedPage } },
    }),
    only('caseworker'),
    validate('json', Question),
    async (c) => {
      const { limit, cursor, mine, caseworker_id, ...narrowed } = c.req.valid('json')
      const { reader } = c.var
      const today = berlinDay(now())
      const asked = {
        service_kind: undefined,
        provider_id: undefined,
        text: undefined,
        ...narrowed,
        today,
        youth_authority_id: reader.youth_authority_id!,
        caseworker_id: mine ? reader.user_account_id : caseworker_id,
      }
      const { rows, ...told } = await asReader(db, reader, (trx) => manageCases(trx, asked, { limit, after: after(cursor, Key) }))
      const { items, next_cursor } = page(rows, limit, ({ due_on, id }) => [due_on, id])
      return c.json(ManagedPage.parse({ today, ...told, items, next_cursor }))
    },
  )
