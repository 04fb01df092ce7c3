import { Hono } from 'hono'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import { after, page, PageQuery, pageOf } from '../cursor.ts'
import { only, operation, validate, type Deps, type ServiceEnv } from '../route.ts'
import { units } from '../vocabulary.ts'
import { PointInput } from './area.ts'
import { criteriaQuery, hasDays, inOrder, knownKind, noDays, number, orderFault, unitsPerWeek } from './criteria.ts'
import { unitsOf } from './cost.ts'
import { listOffers, priceOf } from './offer.ts'
import { countedDays } from './period.ts'

/** Whoever sorts or narrows the offers needs all of them, and each answer counts the places of all. */
const mostOffers = 1000

const OfferQuery = PageQuery.extend({
  ...criteriaQuery,
  limit: number(z.int().min(1).max(mostOffers)).default(50),
  available: z.stringbool().default(false),
  /** from where distances are told */
  point: PointInput.optional(),
})
  .refine(inOrder, orderFault)
  .refine(hasDays, noDays)
const OfferKey = z.tuple([z.string().regex(/^\d{1,9}$/), z.uuid()])

const Offer = z
  .object({
    offer_id: z.uuid(),
    provider_id: z.uuid(),
    provider_name: z.string(),
    facility_id: z.uuid(),
    facility_name: z.string(),
    youth_authority_id: z.string(),
    abbreviation: z.string(),
    town: z.string().nullable(),
    latitude: z.number().nullable(),
    longitude: z.number().nullable(),
    /** from the point asked for */
    distance_km: z.number().nullable(),
    age_from: z.int(),
    age_to: z.int(),
    sex_admitted: z.enum(['m', 'w', 'all']),
    note: z.string().nullable(),
    specialisations: z.array(z.string()),
    capacity: z.int(),
    free_places: z.int(),
    rate_cents: z.int(),
    unit: z.enum(units),
    planned_units: z.number().nullable(),
    planned_cents: z.int().nullable(),
    shown_euros: z.int().nullable(),
    difference_euros: z.int().nullable(),
    bestprice: z.boolean(),
  })
  .meta({ id: 'Offer' })
export type Offer = z.infer<typeof Offer>
const LeftOut = z.object({ specialisations: z.int(), sex: z.int(), age: z.int(), rate: z.int(), places: z.int() })
const OfferPage = pageOf(Offer)
  .extend({
    offers_matching: z.int(),
    offers_available: z.int(),
    /** offers of the kind in the area that fall out, each counted at the first reason; `places`: they fit, but none is free */
    left_out: LeftOut,
    planned_days: z.int(),
    planned_units: z.number().nullable(),
  })
  .meta({ id: 'OfferPage' })
export type OfferPage = z.infer<typeof OfferPage>

/** Live counts and the list of offers by cost. Looking is no search: only `POST /service/searches` records one. */
export const offerRoutes = ({ db }: Deps) =>
  new Hono<ServiceEnv>().get(
    '/offers',
    operation({
      summary: 'Offers that fit, cheapest first, with free places in the period and planned cost',
      tag: 'placement',
      roles: ['caseworker', 'finance'],
      answers: { 200: { description: 'Offers', schema: OfferPage } },
    }),
    only('caseworker', 'finance'),
    validate('query', OfferQuery),
    async (c) => {
      const { limit, cursor, available, point, units_per_week, ...criteria } = c.req.valid('query')
      const { reader } = c.var
      const wanted = { ...criteria, area: criteria.area ?? reader.federal_state }
      const { weekly, list } = await asReader(db, reader, async (trx) => {
        const { unit } = await knownKind(trx, wanted)
        const weekly = unitsPerWeek(unit, units_per_week)
        return { weekly, list: await listOffers(trx, wanted, { available, limit, point, after: after(cursor, OfferKey) }) }
      })
      const { rows, cheapest_cents, ...counts } = list
      const { items, next_cursor } = page(rows, limit, (row) => [String(row.rate_cents), row.offer_id])
      const priced = items.map((row) => ({
        ...row,
        ...priceOf(row.rate_cents, cheapest_cents!, wanted, weekly),
        bestprice: row.rate_cents === cheapest_cents,
      }))
      const planned_days = countedDays(wanted.first_day, wanted.last_day, wanted.counting_rule)
      const planned_units = weekly === undefined ? null : unitsOf(planned_days, weekly)
      return c.json({ ...counts, planned_days, planned_units, items: priced.map((row) => Offer.parse(row)), next_cursor })
    },
  )
