import type pg from 'pg'

const RESIDENTIAL = `(select code from service_kind where form = 'stationaer')`

// occupied_days(), without millions of ranges
const FREE_FROM = `case counting_rule when 'last_day_free' then greatest(last_day, first_day + 1) else last_day + 1 end`

/** What takes a place from which day until before which (null: for good). */
const TAKEN = `
  select offer_id, facility_id, service_kind, first_day, ${FREE_FROM} as free_from from booking where not cancelled and offer_id is not null
  union all
  select offer_id, facility_id, service_kind, first_day, ${FREE_FROM} from reservation where is_live(state)
  union all
  select offer_id, facility_id, service_kind, first_day, last_day + 1
  from place_block join offer on offer.id = offer_id cross join generate_series(1, places)`

/** Begins are odd and ends even, and an end stands before a begin of the same day; each place sorts its own. */
const overbooked = (place: string, limit: string, only: string) => `
  with changes as (
    select ${place} as place, array_agg((first_day - date '2000-01-01') * 2 + 1)
      || array_agg((free_from - date '2000-01-01') * 2) filter (where free_from is not null) as changes
    from (${TAKEN}) as taken where ${only} group by place
  )
  select place from changes join ${limit} where capacity < (
    select max(places) from (
      select sum(change % 2 * 2 - 1) over (order by change rows unbounded preceding) as places from unnest(changes) as change
    ) as filled
  )`

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
    where not away and (offer.id is null or facility.id is null)`,
  'a booking lies outside its case': `
    select booking.id from booking left join case_link using (case_key) left join "case" on "case".id = case_link.case_id
    where "case".id is null or "case".youth_authority_id <> booking.youth_authority_id
      or not cancelled and (first_day < begin_on or last_day > coalesce(end_on, 'infinity'))`,
  'a reservation has another place than its offer': `
    select reservation.id from reservation left join offer on offer.id = reservation.offer_id and offer.facility_id = reservation.facility_id
      and offer.provider_id = reservation.provider_id and offer.service_kind = reservation.service_kind
    left join facility on facility.id = reservation.facility_id and facility.youth_authority_id = reservation.facility_authority_id
    where offer.id is null or facility.id is null`,
  // one that is over may have been planned for longer than its case lasted
  'a reservation lies outside its case': `
    select reservation.id from reservation left join case_link using (case_key) left join "case" on "case".id = case_link.case_id
    where "case".id is null or "case".youth_authority_id <> reservation.youth_authority_id
      or first_day < begin_on or is_live(state) and last_day > coalesce(end_on, 'infinity')`,
  'a booking differs from its reservation': `
    select reservation.id from reservation left join booking on booking.id = booking_id and booking.case_key = reservation.case_key
      and booking.offer_id = reservation.offer_id and booking.specialisations = reservation.specialisations
      and booking.first_day = reservation.first_day and booking.rate_cents[1] = reservation.rate_cents
    where state = 'booked' and booking.id is null`,
  'the steps of a reservation are out of order': `
    select id from reservation where searched_on > reserved_on or reserved_on > least(requested_on, released_on, expired_on)
      or requested_on > least(consented_on, declined_on) or consented_on > booked_on`,
  'a block has another provider than its offer': `
    select place_block.id from place_block left join offer on offer.id = offer_id and offer.provider_id = place_block.provider_id
    where offer.id is null`,
  'a line differs from its booking': ['invoice_line', 'payment_line']
    .map(
      (
        table,
      ) => `(select line.id from ${table} as line left join booking on booking.id = line.booking_id and booking.case_key = line.case_key
        and booking.youth_authority_id = line.youth_authority_id and booking.provider_id is not distinct from line.provider_id
        and booking.service_kind = line.service_kind and booking.specialisations = line.specialisations and not booking.cancelled
        where booking.id is null)`,
    )
    .join(' union all '),
  'the lines of a payment do not add up': `
    select id from payment left join (select payment_id, sum(amount_cents) as lines from payment_line group by payment_id) as line on payment_id = id
    where lines is distinct from amount_cents`,
  'more was paid than demanded': `
    select paid.invoice_id from (select invoice_id, sum(amount_cents) as paid from payment group by invoice_id) as paid
    join (select invoice_id, sum(amount_cents) as demanded from invoice_line group by invoice_id) as line using (invoice_id)
    where abs(paid) > abs(demanded) or sign(paid) * sign(demanded) < 0`,
  'more was refunded than paid': `
    select coalesce(cancels, invoice.id) from payment join invoice on invoice.id = invoice_id group by 1 having sum(amount_cents) < 0`,
  'a rating does not belong to its booking': `
    select rating.id from rating left join booking on booking.id = rating.booking_id and booking.case_key = rating.case_key
      and booking.youth_authority_id = rating.youth_authority_id and booking.provider_id = rating.provider_id
      and booking.service_kind = rating.service_kind and not cancelled and rating.reviewed_on >= booking.first_day
    where booking.id is null`,
  'a review or plan does not belong to its case': ['care_plan_review', 'care_plan']
    .map(
      (table) => `(select part.id from ${table} as part left join booking on booking.id = booking_id
      left join case_link on case_link.case_key = booking.case_key and case_link.case_id = part.case_id where case_link.case_id is null)`,
    )
    .join(' union all '),
  'a specialisation is unknown': ['offer', 'offer_rate', 'booking', 'reservation', 'search']
    .map(
      (table) => `(select code from (select distinct unnest(specialisations) as code from ${table}) as used
      where not exists (select from specialisation where specialisation.code = used.code))`,
    )
    .join(' union all '),
}

/** Proves over everything loaded what the row triggers would have checked row by row. */
export const proveRules = async (client: pg.Client): Promise<void> => {
  for (const [rule, query] of Object.entries(VIOLATIONS)) {
    // planned for finding nothing: for the first three rows alone every other row would be looked up singly
    const { rows } = await client.query(`with violation as materialized (${query}) select * from violation limit 3`)
    if (rows.length > 0) throw new Error(`the demonstration breaks a rule: ${rule}: ${JSON.stringify(rows)}`)
  }
}
