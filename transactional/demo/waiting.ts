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
