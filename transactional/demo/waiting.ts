import type pg from 'pg'
import { hasPocketMoney, pocketMoneyOf, type PocketMoneyStep } from '../placement/pocket-money.ts'
import type { CountingRule } from '../vocabulary.ts'

/** Amounts as in Schleswig-Holstein: what Mecklenburg-Vorpommern sets is for its administration to enter. */
export const setPocketMoney = (client: pg.Client) =>
  client.query(`
    insert into pocket_money (federal_state, valid_from, age_from, age_to, amount_cents, source)
    select 'MV', valid_from, age_from, age_to, amount_cents, 'Demonstration: Beträge wie in Schleswig-Holstein'
    from pocket_money where federal_state = 'SH'
  `)

type Held = { id: string; code: string; form: string; birth_date: string; first_day: string; last_day: string; counting_rule: CountingRule }

/** Live reservations of these authorities keep the pocket money they were shown with. */
export const keepPocketMoney = async (client: pg.Client, authorities: readonly string[]) => {
  const { rows: steps } = await client.query<PocketMoneyStep>(
    `select valid_from::text, age_from, age_to, amount_cents, source from pocket_money where federal_state = 'MV'`,
  )
  const { rows } = await client.query<Held>(
    `select reservation.id, code, form, birth_date::text, first_day::text, last_day::text, counting_rule
     from reservation join service_kind on code = service_kind join case_link using (case_key) join "case" on "case".id = case_id
     join client on client.id = client_id where reservation.youth_authority_id = any($1) and is_live(state)`,
    [authorities],
  )
  for (const held of rows.filter(hasPocketMoney)) {
    const shown = pocketMoneyOf(steps, held)
    if (shown === null) continue
    const { monthly_cents, total_cents, valid_from, source } = shown
    await client.query('insert into reservation_pocket_money values ($1, $2, $3, $4, $5)', [held.id, monthly_cents, total_cents, valid_from, source]) // prettier-ignore
  }
}

/** Some cases whose request came to nothing wait for a place of an offer that is full; for the latest of each caseworker a place is free again. */
export const putOnWaitingLists = (client: pg.Client, today: string) =>
  client.query(
    `
    insert into waiting_entry (offer_id, case_id, youth_authority_id, user_account_id, first_day, last_day, counting_rule, units_per_week,
      specialisations, waiting_since)
    select wanted.id, case_id, vain.youth_authority_id, caseworker_id, first_day, last_day, counting_rule, units_per_week, '{}',
      ($1::date - 2) + time '09:30'
    from (
      select reservation.*, file.id as case_id, caseworker_id, row_number() over (partition by caseworker_id order by reservation.id desc) as nth
      from reservation
      join case_link on case_link.case_key = reservation.case_key
      join "case" as file on file.id = case_link.case_id
      join user_account on user_account.id = file.caseworker_id and user_account.demonstration
      where reservation.state in ('declined', 'expired') and reservation.first_day > $1::date
    ) as vain
    join lateral (
      -- in order first, so that places are counted up to the one that fits and no further
      select id from (
        select offer.id from offer join facility on facility.id = offer.facility_id
        where offer.service_kind = vain.service_kind and offer.id <> vain.offer_id
          and sex_admitted in ('all', vain.sex) and vain.age_at_begin between age_from and age_to
        order by facility.youth_authority_id <> vain.youth_authority_id, offer.id
        offset 0
      ) as suitable
      where (free_places(id, occupied_days(vain.first_day, vain.last_day, vain.counting_rule)) > 0) = (nth = 1)
      limit 1
    ) as wanted on true
    where nth <= 3
    on conflict do nothing
  `,
    [today],
  )

/**
 * Who waited for places in years past and waits today: some who then reserved the place, and some whose request came to nothing and who
 * left the list later, or still are on it. Those of the accounts of the demonstration that still wait are in `putOnWaitingLists`.
 */
export const waitedForPlaces = (client: pg.Client, today: string) =>
  client.query(
    `
    insert into waiting_entry (offer_id, case_id, youth_authority_id, user_account_id, first_day, last_day, counting_rule, units_per_week,
      specialisations, waiting_since, state, ended_on)
    select offer_id, case_id, youth_authority_id, caseworker_id, first_day, last_day, counting_rule, units_per_week, specialisations,
      entered_on + time '09:30', state, ended_on
    from (
      select asked.*, case when reserved then 'reserved' when entered_on + days <= $1::date then 'left' else 'waiting' end as state,
        case when entered_on + days <= $1::date then entered_on + days end as ended_on
      from (
        select reservation.offer_id, file.id as case_id, reservation.youth_authority_id, caseworker_id, reservation.first_day,
          reservation.last_day, counting_rule, units_per_week, specialisations, demonstration,
          reservation.state = 'booked' as reserved, draw.days,
          case when reservation.state = 'booked' then reserved_on - draw.days else coalesce(declined_on, expired_on, released_on) end as entered_on
        from reservation
        join service_kind on code = service_kind and form = 'stationaer' and code <> 's42'
        join case_link using (case_key)
        join "case" as file on file.id = case_link.case_id
        join user_account as account on account.id = file.caseworker_id
        -- drawn by the random digits of the id, which the seed gives
        cross join lateral (select hashtext(reservation.id::text) & 65535 as drawn) as random
        cross join lateral (select 4 + drawn % 37 + drawn / 37 % 29 as days) as draw
        where drawn / 1073 < case when reservation.state = 'booked' then 9 when reservation.state in ('declined', 'expired', 'released') then 40 end
      ) as asked
      where entered_on >= (select data_from from youth_authority where id = asked.youth_authority_id)
    ) as waited
    where state <> 'waiting' or not demonstration and last_day > $1::date
    order by entered_on, offer_id
    on conflict do nothing
  `,
    [today],
  )
