import type pg from 'pg'
import { decodeChange } from './change.ts'
import { openChangeStream } from './change-stream.ts'

/** A consumer that decodes and does nothing else; tells when it had seen the commit of a transaction. */
export const consumeOnly = async (url: string): Promise<{ seen(xid: number): Promise<number>; stop(): Promise<void> }> => {
  const [holder, stream] = await Promise.all([openChangeStream(url), openChangeStream(url)])
  const slot = `bench_${process.pid}`
  const { lsn } = await holder.createSlot(slot, false)
  const commits = new Map<number, number>()
  let xid = 0
  let applied = lsn
  const streaming = stream.start(slot, lsn, {
    started: () => undefined,
    message: (data) => {
      const change = decodeChange(data)
      if (change.kind === 'begin') xid = data.readUInt32BE(17)
      if (change.kind !== 'commit') return
      commits.set(xid, performance.now())
      applied = change.end_lsn
    },
    heartbeat: (_, replyWanted) => {
      if (replyWanted) stream.confirm(applied)
    },
  })
  streaming.catch(() => undefined)
  return {
    seen: async (wanted) => {
      for (;;) {
        const at = commits.get(wanted)
        if (at !== undefined) return at
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    },
    stop: async () => {
      stream.destroy()
      await streaming.catch(() => undefined)
      await holder.dropSlot(slot)
      holder.destroy()
    },
  }
}

export const booked = `case_key, youth_authority_id, service_kind, specialisations, provider_id, away, first_day, last_day, unit,
  rate_from, rate_cents, units_per_week, planned_units, agreed_days, agreed_cents, age_at_begin, sex`

/**
 * Commits mixed facts in transactions of a hundred changed rows, past the triggers, which are not what is measured; the answer is
 * the number of changed rows.
 */
export const backlogOf = async (superuser: pg.Client, transactions: number): Promise<number> => {
  await superuser.query('set session_replication_role = replica')
  await superuser.query(
    `create temp table sample as select row_number() over () - 1 as n, * from (
       select * from booking tablesample system (20) where not cancelled and provider_id is not null limit 60000 ) as chosen`,
  )
  await superuser.query('create unique index on sample (n); analyze sample')
  const { rows } = await superuser.query<{ size: number }>('select count(*)::integer as size from sample')
  const { size } = rows[0]!
  await superuser.query(`do $$
    declare
      at integer := 0;
    begin
      for i in 1 .. ${transactions} loop
        at := (i * 100) % (${size} - 100);
        insert into booking (${booked}) select ${booked.replace('away', 'true')} from sample where n >= at and n < at + 25;
        update booking set end_reason = 10, last_day = greatest(first_day, last_day - 1) where id in (select id from sample where n >= at and n < at + 20);
        insert into search (youth_authority_id, service_kind, specialisations, searched_on, offers_matching, offers_available)
          select youth_authority_id, service_kind, specialisations, current_date, 3, n % 2 from sample where n >= at and n < at + 15;
        insert into rating (review_key, case_key, booking_id, youth_authority_id, provider_id, service_kind, reviewed_on, aspect, rated_by, grade)
          select gen_random_uuid(), case_key, id, youth_authority_id, provider_id, service_kind, first_day, 'goal_attainment', 'guardian', 1 + n % 5
          from sample where n >= at and n < at + 10;
        insert into payment_line (payment_id, booking_id, case_key, youth_authority_id, provider_id, service_kind, specialisations, paid_on, amount_cents)
          select id, id, case_key, youth_authority_id, provider_id, service_kind, specialisations, current_date, 12300 from sample where n >= at and n < at + 20;
        insert into invoice_line (invoice_id, booking_id, case_key, youth_authority_id, provider_id, service_kind, specialisations,
            period_from, period_to, units, rate_cents, amount_cents)
          select id, id, case_key, youth_authority_id, provider_id, service_kind, specialisations, first_day, first_day, 1, 12300, 12300
          from sample where n >= at and n < at + 10;
        commit;
      end loop;
    end $$`)
  return transactions * 100
}
