import { Hono } from 'hono'
import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import type { Database } from '../database.ts'
import { Day } from '../input.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'

const papers = {
  operating_licence_on: Day.nullable(),
  service_description_on: Day.nullable(),
  agreement_on: Day.nullable(),
  operating_days_week: z.int().min(1).max(7),
  operating_days_year: z.int().min(1).max(366),
}
const Papers = z.strictObject(papers)
const days = ['operating_licence_on', 'service_description_on', 'agreement_on'] as const

const OwnFacility = z.object({ id: z.uuid(), name: z.string(), town: z.string().nullable(), ...papers }).meta({ id: 'OwnFacility' })
export type OwnFacility = z.infer<typeof OwnFacility>
const OwnFacilities = z.object({ items: z.array(OwnFacility) })

const facilitiesOf = (trx: Transaction<Database>, provider_id: string) =>
  trx
    .selectFrom('facility')
    .leftJoin('facility_contact', 'facility_contact.facility_id', 'facility.id')
    .leftJoin('facility_dossier', 'facility_dossier.facility_id', 'facility.id')
    .where('provider_id', '=', provider_id)
    .select(['facility.id', 'facility.name', 'facility_contact.town', ...days])
    .select(sql<number>`coalesce(operating_days_week, 7)`.as('operating_days_week'))
    .select(sql<number>`coalesce(operating_days_year, 365)`.as('operating_days_year'))
    .orderBy('facility.name')
    .orderBy('facility.id')

const tag = 'provider'

/** What a provider says of its facilities for the dossier (domain.md 4.4). */
export const ownFacilityRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/own-facilities',
      operation({
        summary: 'The own facilities with what the dossier says of them',
        tag,
        roles: ['provider'],
        answers: { 200: { description: 'All of them', schema: OwnFacilities } },
      }),
      only('provider'),
      async (c) => {
        const { provider_id } = c.var.reader
        const items = await asReader(deps.db, c.var.reader, (trx) => facilitiesOf(trx, provider_id!).execute())
        return c.json(OwnFacilities.parse({ items }))
      },
    )
    .put(
      '/facilities/:id/dossier',
      operation({
        summary: 'Say when papers of an own facility are of, and on how many days it is open',
        tag,
        roles: ['provider'],
        answers: { 200: { description: 'As it is now', schema: OwnFacility } },
      }),
      only('provider'),
      pathId,
      validate('json', Papers),
      async (c) => {
        const { id } = c.req.valid('param')
        const given = c.req.valid('json')
        const today = berlinDay(deps.now())
        const late = days.filter((name) => (given[name] ?? '') > today)
        if (late.length > 0)
          throw new RuleViolation(
            'invalid_input',
            late.map((field) => ({ field, message: 'liegt in der Zukunft.' })),
          )
        const { provider_id } = c.var.reader
        const facility = await asReader(deps.db, c.var.reader, async (trx) => {
          await facilitiesOf(trx, provider_id!).where('facility.id', '=', id).executeTakeFirstOrThrow(rowMissing)
          await trx
            .insertInto('facility_dossier')
            .values({ facility_id: id, ...given })
            .onConflict((conflict) => conflict.column('facility_id').doUpdateSet(given))
            .execute()
          return facilitiesOf(trx, provider_id!).where('facility.id', '=', id).executeTakeFirstOrThrow(rowMissing)
        })
        return c.json(OwnFacility.parse(facility))
      },
    )
