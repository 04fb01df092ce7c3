import type pg from 'pg'

const RESIDENTIAL = `(select code from service_kind where form = 'stationaer')`

/** What takes a place on which days. */
const TAKEN = `
  select offer_id, facility_id, service_kind, occupied_days(first_day, last_day, counting_rule) as days from booking
  where not cancelled and offer_id is not null
  union all
  select offer_id, facility_id, service_kind, occupied_days(first_day, last_day, counting_rule) from reservation where is_live(state)
  union all
  select offer_id, facility_id, service_kind, daterange(first_day, last_day, '[]')
  from place_block join offer on offer.id = offer_id cross join generate_series(1, places)`

const overbooked = (place: string, limit: string, only: string) => `
  with taken as (${TAKEN}),
  changes as (
    select ${place} as place, lower(days) as day, 1 as change from taken where ${only}
    union all
    select ${place}, upper(days), -1 from taken where not upper_inf(days) and ${only}
  ), by_day as (select place, day, sum(change) as change from changes group by place, day),
  filled as (select place, day, sum(change) over (partition by place order by day) as places from by_day)
  select place::text, day::text from filled join ${limit} where places > capacity limit 3`

/** Each finds rows that break a rule which row triggers guard in daily work. */
const VIOLATIONS: Record<string, string> = {
  'an offer is overbooked': overbooked('offer_id', 'offer on offer.id = place', 'true'),
  'a facility is overbooked': overbooked(
    'facility_id',
    '(select id, licensed_places as capacity from facility) as facility on facility.id = place',
    `service_kind in ${RESIDENTIAL}`,
  ),
  'a booking has another place than its offer': `
    select booking.id from booking left join offer on offer.id = booking.offer_id and offer.facility_id = booking.facility_id
      and offer.provider_id = booking.provider_id and offer.service_kind = booking.service_kind
    left join facility on facility.id = booking.facility_id and facility.youth_authority_id = booking.facility_authority_id
    where not away and (offer.id is null or facility.id is null) limit 3`,
  'a booking lies outside its case': `
    select booking.id from booking left join case_link using (case_key) left join "case" on "case".id = case_link.case_id
    where "case".id is null or "case".youth_authority_id <> booking.youth_authority_id
      or not cancelled and (first_day < begin_on or last_day > coalesce(end_on, 'infinity')) limit 3`,
  'a reservation has another place than its offer': `
    select reservation.id from reservation left join offer on offer.id = reservation.offer_id and offer.facility_id = reservation.facility_id
      and offer.provider_id = reservation.provider_id and offer.service_kind = reservation.service_kind
    left join facility on facility.id = reservation.facility_id and facility.youth_authority_id = reservation.facility_authority_id
    where offer.id is null or facility.id is null limit 3`,
  // one that is over may have been planned for longer than its case lasted
  'a reservation lies outside its case': `
    select reservation.id from reservation left join case_link using (case_key) left join "case" on "case".id = case_link.case_id
    where "case".id is null or "case".youth_authority_id <> reservation.youth_authority_id
      or first_day < begin_on or is_live(state) and last_day > coalesce(end_on, 'infinity') limit 3`,
  'a booking differs from its reservation': `
    select reservation.id from reservation left join booking on booking.id = booking_id and booking.case_key = reservation.case_key
      and booking.offer_id = reservation.offer_id and booking.specialisations = reservation.specialisations
      and booking.first_day = reservation.first_day and booking.rate_cents[1] = reservation.rate_cents
    where state = 'booked' and booking.id is null limit 3`,
  'the steps of a reservation are out of order': `
    select id from reservation where searched_on > reserved_on or reserved_on > least(requested_on, released_on, expired_on)
      or requested_on > least(consented_on, declined_on) or consented_on > booked_on limit 3`,
  'a block has another provider than its offer': `
    select place_block.id from place_block left join offer on offer.id = offer_id and offer.provider_id = place_block.provider_id
    where offer.id is null limit 3`,
  'a line differs from its booking': ['invoice_line', 'payment_line']
    .map(
      (
        table,
      ) => `(select line.id from ${table} as line left join booking on booking.id = line.booking_id and booking.case_key = line.case_key
        and booking.youth_authority_id = line.youth_authority_id and booking.provider_id is not distinct from line.provider_id
        and booking.service_kind = line.service_kind and booking.specialisations = line.specialisations and not booking.cancelled
        where booking.id is null limit 3)`,
    )
    .join(' union all '),
  'the lines of a payment do not add up': `
    select id from payment left join (select payment_id, sum(amount_cents) as lines from payment_line group by payment_id) as line on payment_id = id
    where lines is distinct from amount_cents limit 3`,
  'more was paid than demanded': `
    select paid.invoice_id from (select invoice_id, sum(amount_cents) as paid from payment group by invoice_id) as paid
    join (select invoice_id, sum(amount_cents) as demanded from invoice_line group by invoice_id) as line using (invoice_id)
    where abs(paid) > abs(demanded) or sign(paid) * sign(demanded) < 0 limit 3`,
  'more was refunded than paid': `
    select coalesce(cancels, invoice.id) from payment join invoice on invoice.id = invoice_id group by 1 having sum(amount_cents) < 0 limit 3`,
  'a rating does not belong to its booking': `
    select rating.id from rating left join booking on booking.id = rating.booking_id and booking.case_key = rating.case_key
      and booking.youth_authority_id = rating.youth_authority_id and booking.provider_id = rating.provider_id
      and booking.service_kind = rating.service_kind and not cancelled and rating.reviewed_on >= booking.first_day
    where booking.id is null limit 3`,
  'a review or plan does not belong to its case': ['care_plan_review', 'care_plan']
    .map(
      (table) => `(select part.id from ${table} as part left join booking on booking.id = booking_id
      left join case_link on case_link.case_key = booking.case_key and case_link.case_id = part.case_id where case_link.case_id is null limit 3)`,
    )
    .join(' union all '),
  'a specialisation is unknown': ['offer', 'offer_rate', 'booking', 'reservation', 'search']
    .map(
      (table) => `(select code from (select distinct unnest(specialisations) as code from ${table}) as used
      where not exists (select from specialisation where specialisation.code = used.code) limit 3)`,
    )
    .join(' union all '),
}

/** Proves over everything loaded what the row triggers would have checked row by row. */
export const proveRules = async (client: pg.Client): Promise<void> => {
  for (const [rule, query] of Object.entries(VIOLATIONS)) {
    const { rows } = await client.query(query)
    if (rows.length > 0) throw new Error(`the demonstration breaks a rule: ${rule}: ${JSON.stringify(rows)}`)
  }
}
