import { Hono } from 'hono'
import { sql } from 'kysely'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import { only, operation, type Deps, type ServiceEnv } from '../route.ts'

const PayerChange = z
  .object({
    facility_name: z.string(),
    legal_basis: z.string(),
    service_kind_label: z.string(),
    begun_on: z.iso.date(),
    /** from this day on the new authority pays */
    continued_on: z.iso.date(),
    former_authority: z.string(),
    new_authority: z.string(),
  })
  .meta({ id: 'PayerChange' })
export type PayerChange = z.infer<typeof PayerChange>

const shownDays = 180

/** Helps of a provider that another youth authority pays after a change of authority. */
export const payerChangeRoutes = ({ db, now }: Deps) =>
  new Hono<ServiceEnv>().get(
    '/payer-changes',
    operation({
      summary: 'Own helps that another authority has continued in the last half year',
      tag: 'provider',
      roles: ['provider'],
      answers: { 200: { description: 'Newest first', schema: z.object({ items: z.array(PayerChange) }) } },
    }),
    only('provider'),
    async (c) => {
      const since = new Date(now().getTime() - shownDays * 86_400_000)
      const { rows } = await asReader(db, c.var.reader, (trx) =>
        sql<PayerChange>`
          select facility.name as facility_name, legal_basis, label as service_kind_label, begun_on, continued_on, former_authority, new_authority
          from payer_changes(${since}) as change join facility on facility.id = facility_id join service_kind on code = service_kind
        `.execute(trx),
      )
      return c.json({ items: z.array(PayerChange).parse(rows) })
    },
  )
