-- Most places taken on any day of a period, of many offers at once: a search over thousands of offers reads their bookings once.
-- Taken by all authorities' bookings, live reservations and blocks; an offer of which nothing is taken has no row. Walking along the ends
-- of what touches the period, on one day first out, then in; what touches it and shares a day shares one inside it, so nothing is cut.
create function offer_occupancies(of_offers uuid[], period daterange) returns table (offer_id uuid, taken integer)
language sql stable security definer set search_path = public, pg_temp rows 1000
begin atomic
  with taken as (
    select booking.offer_id, occupied_days(first_day, last_day, counting_rule) as days from booking
    where booking.offer_id = any(of_offers) and not cancelled and last_day >= lower(period)
      and occupied_days(first_day, last_day, counting_rule) && period
    union all
    select reservation.offer_id, occupied_days(first_day, last_day, counting_rule) from reservation
    where reservation.offer_id = any(of_offers) and state in ('reserved', 'requested', 'consented') and last_day >= lower(period)
      and occupied_days(first_day, last_day, counting_rule) && period
    union all
    select place_block.offer_id, daterange(first_day, last_day, '[]') from place_block cross join generate_series(1, places)
    where place_block.offer_id = any(of_offers) and daterange(first_day, last_day, '[]') && period
  ), changes as (
    select taken.offer_id, lower(days) as day, 1 as change from taken
    union all
    select taken.offer_id, upper(days), -1 from taken
  ), levels as (
    select changes.offer_id, sum(change) over (partition by changes.offer_id order by day, change) as level from changes
  )
  select levels.offer_id, max(level)::integer from levels group by levels.offer_id;
end;

-- The same over the residential offers of facilities: they share its licensed places.
create function facility_occupancies(of_facilities uuid[], period daterange) returns table (facility_id uuid, taken integer)
language sql stable security definer set search_path = public, pg_temp rows 1000
begin atomic
  with taken as (
    select booking.facility_id, occupied_days(first_day, last_day, counting_rule) as days, service_kind from booking
    where booking.facility_id = any(of_facilities) and not cancelled and last_day >= lower(period)
      and occupied_days(first_day, last_day, counting_rule) && period
    union all
    select reservation.facility_id, occupied_days(first_day, last_day, counting_rule), service_kind from reservation
    where reservation.facility_id = any(of_facilities) and state in ('reserved', 'requested', 'consented') and last_day >= lower(period)
      and occupied_days(first_day, last_day, counting_rule) && period
    union all
    select offer.facility_id, daterange(place_block.first_day, place_block.last_day, '[]'), service_kind
    from place_block join offer on offer.id = place_block.offer_id cross join generate_series(1, places)
    where offer.facility_id = any(of_facilities) and daterange(place_block.first_day, place_block.last_day, '[]') && period
  ), changes as (
    select taken.facility_id, lower(days) as day, 1 as change from taken join service_kind on code = service_kind and form = 'stationaer'
    union all
    select taken.facility_id, upper(days), -1 from taken join service_kind on code = service_kind and form = 'stationaer'
  ), levels as (
    select changes.facility_id, sum(change) over (partition by changes.facility_id order by day, change) as level from changes
  )
  select levels.facility_id, max(level)::integer from levels group by levels.facility_id;
end;

create or replace function offer_occupancy(of_offer uuid, period daterange) returns integer language sql stable security definer set search_path = public, pg_temp
begin atomic
  select coalesce((select taken from offer_occupancies(array[of_offer], period)), 0);
end;

create or replace function facility_occupancy(of_facility uuid, period daterange) returns integer language sql stable security definer set search_path = public, pg_temp
begin atomic
  select coalesce((select taken from facility_occupancies(array[of_facility], period)), 0);
end;

drop function highest_overlap;

-- The index that keeps rates from overlapping is slow where the rates of thousands of offers are looked up.
create index offer_rate_of on offer_rate (offer_id, valid_from);
