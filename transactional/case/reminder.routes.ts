import { Hono } from 'hono'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import { only, operation, pathId, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing } from '../rule-violation.ts'

const Reminder = z
  .object({
    id: z.uuid(),
    /** a review of the care plan, an end, a place that is held no longer, an answer of the provider */
    kind: z.enum(['review', 'end', 'hold', 'answer']),
    due_on: z.iso.date(),
    told_at: z.string(),
    case_number: z.string(),
    booking_id: z.uuid().nullable(),
    reservation_id: z.uuid().nullable(),
    legal_basis: z.string(),
    service_kind_label: z.string(),
    /** null: outside the system */
    provider_name: z.string().nullable(),
  })
  .meta({ id: 'Reminder' })
export type Reminder = z.infer<typeof Reminder>

const mostShown = 200
const tag = 'case'

/** What is due soon in the reader's own cases, told once. */
export const reminderRoutes = ({ db, now }: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/reminders',
      operation({
        summary: 'Reminders not seen yet of the own cases, what is due first on top',
        tag,
        roles: ['caseworker'],
        answers: { 200: { description: 'The first 200', schema: z.object({ items: z.array(Reminder) }) } },
      }),
      only('caseworker'),
      async (c) => {
        const items = await asReader(db, c.var.reader, (trx) =>
          trx
            .selectFrom('reminder')
            .innerJoin('case', 'case.id', 'reminder.case_id')
            .leftJoin('booking', 'booking.id', 'reminder.booking_id')
            .leftJoin('reservation', 'reservation.id', 'reminder.reservation_id')
            .innerJoin('service_kind', (join) =>
              join.on('service_kind.code', '=', (eb) => eb.fn.coalesce('booking.service_kind', 'reservation.service_kind')),
            )
            .leftJoin('provider', (join) =>
              join.on('provider.id', '=', (eb) => eb.fn.coalesce('booking.provider_id', 'reservation.provider_id')),
            )
            .where('reminder.read_at', 'is', null)
            .orderBy('reminder.due_on')
            .orderBy('reminder.kind')
            .orderBy('reminder.id')
            .limit(mostShown)
            .select(['reminder.id', 'reminder.kind', 'due_on', 'told_at', 'case_number', 'reminder.booking_id', 'reservation_id'])
            .select(['legal_basis', 'service_kind.label as service_kind_label', 'provider.name as provider_name'])
            .execute(),
        )
        return c.json({ items: items.map((item) => Reminder.parse(item)) })
      },
    )
    .put(
      '/reminders/:id/read',
      operation({ summary: 'Mark as seen', tag, roles: ['caseworker'], answers: { 204: { description: 'Marked' } } }),
      only('caseworker'),
      pathId,
      async (c) => {
        await asReader(db, c.var.reader, (trx) =>
          trx
            .updateTable('reminder')
            .set((eb) => ({ read_at: eb.fn.coalesce('read_at', eb.val(now())) }))
            .where('id', '=', c.req.valid('param').id)
            .returning('id')
            .executeTakeFirstOrThrow(rowMissing),
        )
        return c.body(null, 204)
      },
    )
