import type pg from 'pg'

/** Amounts as in Schleswig-Holstein: what Mecklenburg-Vorpommern sets is for its administration to enter. */
export const setPocketMoney = (client: pg.Client) =>
  client.query(`
    insert into pocket_money (federal_state, valid_from, age_from, age_to, amount_cents, source)
    select 'MV', valid_from, age_from, age_to, amount_cents, 'Demonstration: Beträge wie in Schleswig-Holstein'
    from pocket_money where federal_state = 'SH'
  `)

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
      select offer.id from offer join facility on facility.id = offer.facility_id
      where offer.service_kind = vain.service_kind and offer.id <> vain.offer_id
        and sex_admitted in ('all', vain.sex) and vain.age_at_begin between age_from and age_to
        and (free_places(offer.id, occupied_days(vain.first_day, vain.last_day, vain.counting_rule)) > 0) = (nth = 1)
      order by facility.youth_authority_id <> vain.youth_authority_id, offer.id
      limit 1
    ) as wanted on true
    where nth <= 3
    on conflict do nothing
  `,
    [today],
  )
