import { Hono } from 'hono'
import { sql } from 'kysely'
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import { after, page, PageQuery, pageOf } from '../cursor.ts'
import { berlinDay } from '../placement/period.ts'
import { operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing } from '../rule-violation.ts'
import { units } from '../vocabulary.ts'

const Provider = z.object({ id: z.uuid(), name: z.string(), umbrella_association: z.string().nullable() }).meta({ id: 'Provider' })
/** Of a provider or facility. */
export const Contact = z.object({
  contact_person: z.string().nullable(),
  telephone: z.string().nullable(),
  email: z.string().nullable(),
  website: z.string().nullable(),
  street: z.string().nullable(),
  postcode: z.string().nullable(),
  town: z.string().nullable(),
})
const Offer = z.object({
  id: z.uuid(),
  service_kind: z.string(),
  specialisations: z.array(z.string()),
  capacity: z.int(),
  note: z.string().nullable(),
  /** the rate valid today; null when none is agreed */
  rate_cents: z.int().nullable(),
  unit: z.enum(units).nullable(),
})
const Facility = z.object({
  id: z.uuid(),
  name: z.string(),
  youth_authority_id: z.string(),
  ags: z.string(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  licensed_places: z.int(),
  sex_admitted: z.string(),
  age_from: z.int(),
  age_to: z.int(),
  offers: z.array(Offer),
})
const Dossier = Provider.extend({ contact: Contact.nullable(), facilities: z.array(Facility) }).meta({ id: 'ProviderDossier' })
const ProviderKey = z.tuple([z.string(), z.uuid()])

const tag = 'provider'

/** What everybody signed in may know of providers; they maintain it themselves. */
export const providerRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/providers',
      operation({ summary: 'Providers by name', tag, answers: { 200: { description: 'A page', schema: pageOf(Provider) } } }),
      validate('query', PageQuery),
      async (c) => {
        const { limit, cursor } = c.req.valid('query')
        const last = after(cursor, ProviderKey)
        const rows = await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .selectFrom('provider')
            .$if(last !== undefined, (query) =>
              query.where(({ eb, refTuple, tuple }) => eb(refTuple('name', 'id'), '>', tuple(last![0], last![1]))),
            )
            .select(['id', 'name', 'umbrella_association'])
            .orderBy('name')
            .orderBy('id')
            .limit(limit + 1)
            .execute(),
        )
        return c.json(page(rows, limit, (row) => [row.name, row.id]))
      },
    )
    .get(
      '/providers/:id',
      operation({
        summary: 'A provider with its facilities and offers',
        tag,
        answers: { 200: { description: 'The provider', schema: Dossier } },
      }),
      pathId,
      async (c) => {
        const today = berlinDay(deps.now())
        const dossier = await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .selectFrom('provider')
            .where('provider.id', '=', c.req.valid('param').id)
            .select(['provider.id', 'provider.name', 'provider.umbrella_association'])
            .select((eb) => [
              jsonObjectFrom(
                eb
                  .selectFrom('provider_contact as contact')
                  .whereRef('contact.provider_id', '=', 'provider.id')
                  .select(['contact_person', 'telephone', 'email', 'website', 'street', 'postcode', 'town']),
              ).as('contact'),
              jsonArrayFrom(
                eb
                  .selectFrom('facility')
                  .whereRef('facility.provider_id', '=', 'provider.id')
                  .select(['facility.id', 'name', 'youth_authority_id', 'ags', 'latitude', 'longitude', 'licensed_places'])
                  .select(['sex_admitted', 'age_from', 'age_to'])
                  .select((facility) =>
                    jsonArrayFrom(
                      facility
                        .selectFrom('offer')
                        .leftJoin('offer_rate as rate', (join) =>
                          join
                            .onRef('rate.offer_id', '=', 'offer.id')
                            .on(sql<boolean>`daterange(rate.valid_from, rate.valid_to, '[]') @> ${today}::date`),
                        )
                        .whereRef('offer.facility_id', '=', 'facility.id')
                        .select([
                          'offer.id',
                          'offer.service_kind',
                          'offer.specialisations',
                          'capacity',
                          'note',
                          'rate.rate_cents',
                          'rate.unit',
                        ])
                        .orderBy('offer.id'),
                    ).as('offers'),
                  )
                  .orderBy('name'),
              ).as('facilities'),
            ])
            .executeTakeFirstOrThrow(rowMissing),
        )
        return c.json(dossier)
      },
    )
