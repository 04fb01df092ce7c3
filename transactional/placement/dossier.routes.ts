import { Hono } from 'hono'
import { sql, type Transaction } from 'kysely'
import { jsonObjectFrom } from 'kysely/helpers/postgres'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import type { Database } from '../database.ts'
import { CountingRuleInput, Day, Id } from '../input.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing } from '../rule-violation.ts'
import { Contact } from '../provider/provider.routes.ts'
import { inOrder, orderFault } from './criteria.ts'
import { expectedPocketMoney, PocketMoney } from './expected-pocket-money.ts'
import { hasPocketMoney, type PocketMoney as Amounts } from './pocket-money.ts'

const OfferDossier = z
  .object({
    offer_id: z.uuid(),
    specialisations: z.array(z.string()),
    capacity: z.int(),
    provider: z.object({ id: z.uuid(), name: z.string(), umbrella_association: z.string().nullable(), contact: Contact.nullable() }),
    facility: z.object({
      id: z.uuid(),
      name: z.string(),
      authority_name: z.string(),
      licensed_places: z.int(),
      contact: Contact.omit({ website: true }).nullable(),
      operating_licence_on: z.iso.date().nullable(),
      service_description_on: z.iso.date().nullable(),
      agreement_on: z.iso.date().nullable(),
      operating_days_week: z.int(),
      operating_days_year: z.int(),
    }),
    /** whether the kind of help has an amount of pocket money */
    has_pocket_money: z.boolean(),
    /** null without a person, and where no amount is known */
    pocket_money: PocketMoney.nullable(),
  })
  .meta({ id: 'OfferDossier' })
export type OfferDossier = z.infer<typeof OfferDossier>

const DossierQuery = z
  .strictObject({ first_day: Day, last_day: Day, counting_rule: CountingRuleInput, case_id: Id.optional() })
  .refine(inOrder, orderFault)

const addressOf = ['contact_person', 'telephone', 'email', 'street', 'postcode', 'town'] as const

const readOffer = (trx: Transaction<Database>, id: string) =>
  trx
    .selectFrom('offer')
    .innerJoin('service_kind', 'service_kind.code', 'offer.service_kind')
    .innerJoin('provider', 'provider.id', 'offer.provider_id')
    .innerJoin('facility', 'facility.id', 'offer.facility_id')
    .innerJoin('youth_authority', 'youth_authority.id', 'facility.youth_authority_id')
    .leftJoin('facility_dossier', 'facility_dossier.facility_id', 'facility.id')
    .where('offer.id', '=', id)
    .select(['offer.id as offer_id', 'offer.specialisations', 'offer.capacity', 'service_kind.code', 'service_kind.form'])
    .select(['provider.id as provider_id', 'provider.name as provider_name', 'provider.umbrella_association'])
    .select(['facility.id as facility_id', 'facility.name as facility_name', 'facility.licensed_places'])
    .select(['youth_authority.name as authority_name', 'youth_authority.federal_state'])
    .select(['operating_licence_on', 'service_description_on', 'agreement_on'])
    .select(sql<number>`coalesce(operating_days_week, 7)`.as('operating_days_week'))
    .select(sql<number>`coalesce(operating_days_year, 365)`.as('operating_days_year'))
    .select((eb) => [
      jsonObjectFrom(
        eb
          .selectFrom('provider_contact')
          .whereRef('provider_id', '=', 'provider.id')
          .select([...addressOf, 'website']),
      ).as('provider_contact'),
      jsonObjectFrom(eb.selectFrom('facility_contact').whereRef('facility_id', '=', 'facility.id').select(addressOf)).as(
        'facility_contact',
      ),
    ])
    .executeTakeFirstOrThrow(rowMissing)

const readPocketMoney = async (
  trx: Transaction<Database>,
  federal_state: string,
  { case_id, ...period }: z.infer<typeof DossierQuery>,
): Promise<Amounts | null> => {
  if (case_id === undefined) return null
  const client = await trx
    .selectFrom('case')
    .innerJoin('client', 'client.id', 'case.client_id')
    .where('case.id', '=', case_id)
    .select('client.birth_date')
    .executeTakeFirst()
  return client === undefined ? null : expectedPocketMoney(trx, federal_state, { ...period, birth_date: client.birth_date })
}

/** What is to be known of an offer before a place is reserved (domain.md 4.4). */
export const dossierRoutes = ({ db }: Deps) =>
  new Hono<ServiceEnv>().get(
    '/offers/:id/dossier',
    operation({
      summary: 'An offer with its facility and provider, and the pocket money of a help there',
      tag: 'placement',
      roles: ['caseworker', 'finance'],
      answers: { 200: { description: 'The dossier', schema: OfferDossier } },
    }),
    only('caseworker', 'finance'),
    pathId,
    validate('query', DossierQuery),
    async (c) => {
      const dossier = await asReader(db, c.var.reader, async (trx) => {
        const offer = await readOffer(trx, c.req.valid('param').id)
        const { provider_id, provider_name, umbrella_association, provider_contact, facility_id, facility_name, facility_contact } = offer
        const has_pocket_money = hasPocketMoney(offer)
        return {
          ...offer,
          provider: { id: provider_id, name: provider_name, umbrella_association, contact: provider_contact },
          facility: { ...offer, id: facility_id, name: facility_name, contact: facility_contact },
          has_pocket_money,
          pocket_money: has_pocket_money ? await readPocketMoney(trx, offer.federal_state, c.req.valid('query')) : null,
        }
      })
      return c.json(OfferDossier.parse(dossier))
    },
  )
