import { sql, type Kysely } from 'kysely'
import type { Database } from '../database.ts'
import { costOf, shownEuros, unitsOf } from './cost.ts'
import type { SearchCriteria } from './criteria.ts'
import { countedDays } from './period.ts'

type Wanted = Pick<SearchCriteria, 'service_kind' | 'first_day' | 'last_day' | 'counting_rule' | 'specialisations' | 'sex' | 'age'> & {
  area: string
}

export type OfferRow = {
  offer_id: string
  provider_id: string
  provider_name: string
  facility_id: string
  facility_name: string
  youth_authority_id: string
  abbreviation: string
  note: string | null
  specialisations: string[]
  capacity: number
  free_places: number
  rate_cents: number
  unit: string
}
type Counts = { offers_matching: number; offers_available: number }

const inArea = (area: string) => {
  if (area === 'de') return sql`true`
  return /^\d/.test(area) ? sql`facility.youth_authority_id = ${area}` : sql`authority.federal_state = ${area}`
}

/** Offers that fit, at the rate of the first day, with the places free on every day of the period, whoever booked the others. */
const counted = (wanted: Wanted) => sql`
  select *, greatest(0, least(
    capacity - offer_occupancy(offer_id, period),
    case when form = 'stationaer' then licensed_places - facility_occupancy(facility_id, period) end
  )) as free_places
  from (
    select offer.id as offer_id, offer.provider_id, provider.name as provider_name, offer.facility_id, facility.name as facility_name,
      facility.youth_authority_id, authority.abbreviation, offer.note, offer.specialisations, offer.capacity, facility.licensed_places,
      kind.form, rate.rate_cents, rate.unit,
      occupied_days(${wanted.first_day}::date, ${wanted.last_day}::date, ${wanted.counting_rule}) as period
    from offer
    join service_kind as kind on kind.code = offer.service_kind
    join facility on facility.id = offer.facility_id
    join youth_authority as authority on authority.id = facility.youth_authority_id
    join provider on provider.id = offer.provider_id
    join offer_rate as rate on rate.offer_id = offer.id and daterange(rate.valid_from, rate.valid_to, '[]') @> ${wanted.first_day}::date
    where offer.service_kind = ${wanted.service_kind} and offer.specialisations @> ${wanted.specialisations}::text[]
      and ${inArea(wanted.area)}
      and ${wanted.sex === undefined || wanted.sex === 'd' ? sql`true` : sql`facility.sex_admitted in ('all', ${wanted.sex})`}
      and ${wanted.age === undefined ? sql`true` : sql`${wanted.age}::integer between facility.age_from and facility.age_to`}
  ) as matching`

export const countOffers = async (db: Kysely<Database>, wanted: Wanted): Promise<Counts> => {
  const { rows } = await sql<Counts>`
    select count(*) as offers_matching, count(*) filter (where free_places > 0) as offers_available from (${counted(wanted)}) as counted
  `.execute(db)
  return rows[0]!
}

/** The lowest rate at which a place is free; null where none is. */
export const cheapestAvailable = async (db: Kysely<Database>, wanted: Wanted): Promise<number | null> => {
  const { rows } = await sql<{ cheapest_cents: number | null }>`
    select min(rate_cents) as cheapest_cents from (${counted(wanted)}) as counted where free_places > 0
  `.execute(db)
  return rows[0]!.cheapest_cents
}

type Listing = { available: boolean; limit: number; after: readonly [rate_cents: string, offer_id: string] | undefined }
export type OfferList = Counts & { cheapest_cents: number | null; rows: OfferRow[] }

/** The offers by cost, cheapest first, one row more than the page holds; the counts are over all of them. */
export const listOffers = async (db: Kysely<Database>, wanted: Wanted, { available, limit, after }: Listing): Promise<OfferList> => {
  const start = after === undefined ? sql`true` : sql`(rate_cents, offer_id) > (${after[0]}::bigint, ${after[1]}::uuid)`
  const { rows } = await sql<{ counts: Counts & { cheapest_cents: number | null }; offers: OfferRow[] | null }>`
    with counted as materialized (${counted(wanted)}),
    listed as (select * from counted where ${available ? sql`free_places > 0` : sql`true`}),
    page as (select * from listed where ${start} order by rate_cents, offer_id limit ${limit + 1})
    select
      (select json_build_object('offers_matching', count(*), 'offers_available', count(*) filter (where free_places > 0)) from counted)::jsonb
        || json_build_object('cheapest_cents', (select min(rate_cents) from listed))::jsonb as counts,
      (select json_agg(page order by rate_cents, offer_id) from page) as offers
  `.execute(db)
  return { ...rows[0]!.counts, rows: rows[0]!.offers ?? [] }
}

/** Planned cost of an offer as the list shows it: full euros, rounded up, and how much more than the cheapest shown. */
export const priceOf = (rate_cents: number, cheapest_cents: number, wanted: Wanted, units_per_week: number | undefined) => {
  if (units_per_week === undefined) return { planned_units: null, planned_cents: null, shown_euros: null, difference_euros: null }
  const planned_units = unitsOf(countedDays(wanted.first_day, wanted.last_day, wanted.counting_rule), units_per_week)
  const planned_cents = costOf(planned_units, rate_cents)
  const shown_euros = shownEuros(planned_cents)
  return { planned_units, planned_cents, shown_euros, difference_euros: shown_euros - shownEuros(costOf(planned_units, cheapest_cents)) }
}
