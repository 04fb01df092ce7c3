import { sql, type Kysely } from 'kysely'
import type { Database } from '../database.ts'
import { neighbourhoodOf } from '../reference/neighbours.ts'
import { areaOf, pointOf, type Point } from './area.ts'
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
  town: string | null
  latitude: number | null
  longitude: number | null
  distance_km: number | null
  age_from: number
  age_to: number
  sex_admitted: string
  note: string | null
  specialisations: string[]
  capacity: number
  free_places: number
  rate_cents: number
  unit: string
}
type Counts = { offers_matching: number; offers_available: number }
/** How many offers of the service kind in the area fall out, each for the first of these reasons. */
export type LeftOut = { specialisations: number; sex: number; age: number; rate: number; places: number }

/** As the crow flies, on a globe of 6,371 km radius; null where the place of the facility is not known. */
const kilometresFrom = ([latitude, longitude]: Point) => sql<number | null>`
  12742 * asin(sqrt(
    power(sin(radians(facility.latitude::float8 - ${latitude}::float8) / 2), 2)
    + cos(radians(${latitude}::float8)) * cos(radians(facility.latitude::float8))
      * power(sin(radians(facility.longitude::float8 - ${longitude}::float8) / 2), 2)
  ))`

const inArea = (area: string) => {
  const { state, authority, neighbours, around } = areaOf(area)
  if (around) return sql`${kilometresFrom(around.point)} <= ${around.kilometres}::float8`
  if (authority && neighbours) return sql`left(facility.youth_authority_id, 5) = any (${neighbourhoodOf(authority)}::text[])`
  if (authority) return sql`facility.youth_authority_id = ${authority}`
  return state ? sql`authority.federal_state = ${state}` : sql`true`
}

const ratedOn = ({ first_day }: Wanted) =>
  sql`rate.offer_id = offer.id and ${first_day}::date between rate.valid_from and coalesce(rate.valid_to, 'infinity')`

/** What an offer and its facility have to fit. */
const fits = {
  specialisations: ({ specialisations }: Wanted) => sql`offer.specialisations @> ${specialisations}::text[]`,
  sex: ({ sex }: Wanted) => (sex === undefined || sex === 'd' ? sql`true` : sql`facility.sex_admitted in ('all', ${sex})`),
  age: ({ age }: Wanted) => (age === undefined ? sql`true` : sql`${age}::integer between facility.age_from and facility.age_to`),
}

/** Offers that fit, at the rate of the first day, with the places free on every day of the period, whoever booked the others. */
const counted = (wanted: Wanted, point?: string) => {
  const period = sql`occupied_days(${wanted.first_day}::date, ${wanted.last_day}::date, ${wanted.counting_rule})`
  return sql`
  with matching as materialized (
    select offer.id as offer_id, offer.provider_id, provider.name as provider_name, offer.facility_id, facility.name as facility_name,
      facility.youth_authority_id, authority.abbreviation, contact.town, facility.age_from, facility.age_to, facility.sex_admitted,
      facility.latitude, facility.longitude, ${point === undefined ? sql`null::float8` : kilometresFrom(pointOf(point))} as distance_km,
      offer.note, offer.specialisations, offer.capacity, facility.licensed_places,
      kind.form, rate.rate_cents, rate.unit
    from offer
    join service_kind as kind on kind.code = offer.service_kind
    join facility on facility.id = offer.facility_id
    join youth_authority as authority on authority.id = facility.youth_authority_id
    join provider on provider.id = offer.provider_id
    left join facility_contact as contact on contact.facility_id = facility.id
    join offer_rate as rate on ${ratedOn(wanted)}
    where offer.service_kind = ${wanted.service_kind} and ${inArea(wanted.area)}
      and ${fits.specialisations(wanted)} and ${fits.sex(wanted)} and ${fits.age(wanted)}
  )
  select matching.*, greatest(0, least(
    capacity - coalesce(of_offer.taken, 0),
    case when form = 'stationaer' then licensed_places - coalesce(of_facility.taken, 0) end
  )) as free_places
  from matching
  left join offer_occupancies((select array_agg(offer_id) from matching), ${period}) as of_offer using (offer_id)
  left join facility_occupancies((select array_agg(distinct facility_id) from matching where form = 'stationaer'), ${period}) as of_facility
    using (facility_id)`
}

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

type Listing = {
  available: boolean
  limit: number
  after: readonly [rate_cents: string, offer_id: string] | undefined
  /** from where distances are told */
  point?: string | undefined
}
export type OfferList = Counts & { left_out: LeftOut; cheapest_cents: number | null; rows: OfferRow[] }

/** The offers by cost, cheapest first, one row more than the page holds; the counts are over all of them. */
export const listOffers = async (db: Kysely<Database>, wanted: Wanted, { available, limit, after, point }: Listing): Promise<OfferList> => {
  const start = after === undefined ? sql`true` : sql`(rate_cents, offer_id) > (${after[0]}::bigint, ${after[1]}::uuid)`
  const { rows } = await sql<{
    counts: Counts & { cheapest_cents: number | null }
    unfit: Omit<LeftOut, 'places'>
    offers: OfferRow[] | null
  }>`
    with counted as materialized (${counted(wanted, point)}),
    listed as (select * from counted where ${available ? sql`free_places > 0` : sql`true`}),
    page as (select * from listed where ${start} order by rate_cents, offer_id limit ${limit + 1})
    select
      (select json_build_object('offers_matching', count(*), 'offers_available', count(*) filter (where free_places > 0)) from counted)::jsonb
        || json_build_object('cheapest_cents', (select min(rate_cents) from listed))::jsonb as counts,
      (${unfit(wanted)}) as unfit,
      (select json_agg(page order by rate_cents, offer_id) from page) as offers
  `.execute(db)
  const { counts, unfit: others, offers } = rows[0]!
  return { ...counts, left_out: { ...others, places: counts.offers_matching - counts.offers_available }, rows: offers ?? [] }
}

/** How many offers do not fit, each counted at the first reason. */
const unfit = (wanted: Wanted) => sql`
  select json_build_object(
    'specialisations', count(*) filter (where not has_specialisations),
    'sex', count(*) filter (where has_specialisations and not takes_sex),
    'age', count(*) filter (where has_specialisations and takes_sex and not takes_age),
    'rate', count(*) filter (where has_specialisations and takes_sex and takes_age and not has_rate)
  )
  from (
    select ${fits.specialisations(wanted)} as has_specialisations, ${fits.sex(wanted)} as takes_sex, ${fits.age(wanted)} as takes_age,
      exists (select from offer_rate as rate where ${ratedOn(wanted)}) as has_rate
    from offer
    join facility on facility.id = offer.facility_id
    join youth_authority as authority on authority.id = facility.youth_authority_id
    where offer.service_kind = ${wanted.service_kind} and ${inArea(wanted.area)}
  ) as offers`

/** Planned cost of an offer as the list shows it: full euros, rounded up, and how much more than the cheapest shown. */
export const priceOf = (rate_cents: number, cheapest_cents: number, wanted: Wanted, units_per_week: number | undefined) => {
  if (units_per_week === undefined) return { planned_units: null, planned_cents: null, shown_euros: null, difference_euros: null }
  const planned_units = unitsOf(countedDays(wanted.first_day, wanted.last_day, wanted.counting_rule), units_per_week)
  const planned_cents = costOf(planned_units, rate_cents)
  const shown_euros = shownEuros(planned_cents)
  return { planned_units, planned_cents, shown_euros, difference_euros: shown_euros - shownEuros(costOf(planned_units, cheapest_cents)) }
}
