import { createHash } from 'node:crypto'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { passwordMatches } from '../access/password.ts'
import { columnTypes } from '../connection.ts'
import { pdfWords } from '../file/pdf-text.ts'
import { testDatabase, type TestDatabase } from '../postgres.fixture.ts'
import { DEMONSTRATION_PASSWORD } from './accounts.ts'
import { COLUMNS } from './copy.ts'
import { loadDemonstration, type DemonstrationOptions } from './demonstration.ts'
import { recordedColumns } from './recorded.ts'

const quiet = { log: pino({ enabled: false }), progress: () => undefined }
const today = '2026-11-21'
const small = { size: 0.04, years: 2, today, ...quiet }

const withClient = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url, types: columnTypes, options: '-c TimeZone=UTC' })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const filled = async (options: Omit<DemonstrationOptions, 'owner_url'>) => {
  const database = await testDatabase()
  const demonstration = await loadDemonstration({ owner_url: database.owner_url, ...options })
  return { database, demonstration }
}

const fingerprint = (url: string) =>
  withClient(url, async (client) => {
    const hash = createHash('sha256')
    for (const table of [...Object.keys(COLUMNS), 'authority_change', 'facility_file']) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from "${table}" as t order by t::text`)
      for (const { row } of rows) hash.update(row)
    }
    return hash.digest('hex')
  })

let database: TestDatabase
let client: pg.Client
let accounts: string[]
const rows = async (text: string, values: unknown[] = []) => (await client.query<Record<string, unknown>>(text, values)).rows

beforeAll(async () => {
  const made = await filled(small)
  database = made.database
  accounts = made.demonstration.accounts
  client = new pg.Client({ connectionString: database.owner_url, types: columnTypes, options: '-c TimeZone=UTC' })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

describe('the demonstration', () => {
  test('is the same for the same seed and day, and another for another seed', async () => {
    const [again, other] = [await filled(small), await filled({ ...small, seed: 'another' })]
    const first = await fingerprint(database.owner_url)
    expect(await fingerprint(again.database.owner_url)).toBe(first)
    expect(await fingerprint(other.database.owner_url)).not.toBe(first)
    await again.database.drop()
    await other.database.drop()
  })

  test.each(['2026-11-20T23:40:00Z', '2026-11-21T01:42:00Z', '2026-11-21T11:00:00Z'])(
    'has recorded nothing after the moment it is loaded, and everything in its order: %s',
    async (moment) => {
      const now = new Date(moment)
      const { database: early } = await filled({ ...small, now })
      await withClient(early.owner_url, async (loaded) => {
        for (const { table, column } of await recordedColumns(loaded)) {
          const { rows } = await loaded.query(`select from ${table} where ${column} > $1 and ${column} < $2 limit 1`, [
            now,
            `${today}T23:59:59Z`,
          ])
          expect.soft(rows, `${table}.${column}`).toEqual([])
        }
        const order = `select id::text, step from reservation_step order by reservation_id, at, id`
        expect((await loaded.query(order)).rows).toEqual(await rows(order))
        const steps = `select booking_id::text, step from booking_step order by booking_id, at, id`
        expect((await loaded.query(steps)).rows).toEqual(await rows(steps))
        const guarded = `select tgrelid::regclass::text || tgname || tgenabled::text as trigger from pg_trigger where not tgisinternal order by 1`
        expect((await loaded.query(guarded)).rows).toEqual(await rows(guarded))
      })
      await early.drop()
    },
  )

  test('leaves a data base alone that has anything in it', async () => {
    const before = await fingerprint(database.owner_url)
    expect(await loadDemonstration({ owner_url: database.owner_url, ...small, seed: 'another' })).toMatchObject({ loaded: false })
    expect(await fingerprint(database.owner_url)).toBe(before)
  })

  test('brings back every trigger, key and index it put aside', async () => {
    const schema = (url: string) =>
      withClient(url, async (client) => {
        const { rows } = await client.query<{ definition: string }>(`
          select pg_get_constraintdef(oid) || conname || conrelid::regclass as definition from pg_constraint where connamespace = 'public'::regnamespace
          union all select pg_get_indexdef(indexrelid) from pg_index join pg_class on pg_class.oid = indrelid where relnamespace = 'public'::regnamespace
          union all select pg_get_triggerdef(oid) || tgenabled::text from pg_trigger where not tgisinternal
          order by 1`)
        return rows.map((row) => row.definition)
      })
    const untouched = await testDatabase()
    expect(await schema(database.owner_url)).toEqual(await schema(untouched.owner_url))
    await untouched.drop()
  })

  test('fills every table for all eight districts, and opens them from the first month on', async () => {
    for (const table of Object.keys(COLUMNS)) expect.soft(await rows(`select from "${table}" limit 1`), table).toHaveLength(1)
    expect(await rows(`select distinct data_from from youth_authority where federal_state = 'MV'`)).toEqual([{ data_from: '2024-11-01' }])
    expect(await rows('select count(distinct youth_authority_id) as n from booking')).toEqual([{ n: 8 }])
    expect(await rows(`select count(*) as n from youth_authority where federal_state <> 'MV' and data_from is not null`)).toEqual([
      { n: 0 },
    ])
  })

  test('knows running, ended, overdue, cancelled, away and coming bookings, and rates that rise', async () => {
    const [found] = await rows(
      `select count(*) filter (where end_reason is not null) > 100 as ended, count(*) filter (where end_reason is null and last_day > $1) > 100 as running,
        bool_or(not cancelled and end_reason is null and last_day < $1) as overdue, bool_or(cancelled) as cancelled, bool_or(away) as away,
        bool_or(first_day > $1) as coming, bool_or(cardinality(rate_from) > 1) as steps, bool_or(end_reason in (20, 21, 22)) as dropouts,
        bool_or(facility_authority_id <> youth_authority_id) as elsewhere from booking`,
      [today],
    )
    expect(found).toEqual(Object.fromEntries(Object.keys(found!).map((name) => [name, true])))
    expect(await rows('select from search where offers_available = 0 limit 1')).toHaveLength(1)
    expect(await rows(`select from booking where end_reason is not null and last_day > $1`, [today])).toEqual([])
    expect(await rows(`select from booking where created_at > $1::date + 1`, [today])).toEqual([])
    expect(await rows(`select from payment where paid_on > $1`, [today])).toEqual([])
  })

  test('comes to its bookings by reservations, some of them declined, expired, given up or dearer than needed', async () => {
    const [found] = await rows(
      `select count(*) filter (where state = 'booked') > 200 as booked, bool_or(state = 'declined') as declined,
        bool_or(state = 'expired') as expired, bool_or(state = 'released') as released, bool_or(dearer_cents > 0) as dearer,
        avg(booked_on - searched_on) between 5 and 30 as in_days, bool_and((dearer_cents > 0) = (dearer_reason is not null)) as with_reason,
        bool_and(not is_live(state) or held_until > $1::date + 1) as held,
        bool_and(coalesce(booked_on, declined_on, expired_on, released_on, consented_on, requested_on, reserved_on) <= $1) as happened
      from reservation where reserved_on >= '2024-11-01'`,
      [today],
    )
    expect(found).toEqual(Object.fromEntries(Object.keys(found!).map((name) => [name, true])))
    // after that another place is asked for, but for the latest
    expect(
      await rows(
        `select from reservation where declined_on < $1::date - 30 and not exists (select from reservation as later
        where later.case_key = reservation.case_key and later.reserved_on >= reservation.declined_on) limit 1`,
        [today],
      ),
    ).toEqual([])
    expect(
      await rows(`select from reservation where (select count(*) from reservation_step where reservation_id = reservation.id)
        <> num_nonnulls(reserved_on, requested_on, consented_on, declined_on, booked_on, released_on, expired_on) limit 1`),
    ).toEqual([])
  })

  test('has places held, asked for and consented to, for those who sign in', async () => {
    const live = await rows(
      `select state, count(*)::int as n, count(*) filter (where caseworker_id = (select id from user_account where user_name = 'fall.vg'))::int as own,
        count(*) filter (where provider_id = (select provider_id from user_account where user_name = 'anbieter.1'))::int as at_provider
      from reservation join case_link using (case_key) join "case" on "case".id = case_id
      where is_live(state) and reservation.youth_authority_id = '13075' group by state order by state`,
    )
    expect(live.map(({ state }) => state)).toEqual(['consented', 'requested', 'reserved'])
    for (const { n, own } of live) expect([n, own]).toEqual([expect.toSatisfy((of) => of >= 3), expect.toSatisfy((of) => of >= 2)])
    expect(live.find(({ state }) => state === 'requested')!['at_provider']).toBeGreaterThanOrEqual(3)
  })

  test('has helps that rest, and teams that consider one, with a vote still to give', async () => {
    const [resting] = await rows(`select count(*)::int as n from booking_interruption join booking on booking.id = booking_id
      where youth_authority_id = '13075' and end_reason is null`)
    expect(resting!['n']).toBeGreaterThanOrEqual(1)
    const considered = await rows(`select decision is null as open, (select user_name from user_account where id = opened_by) as by,
        array(select user_name from consultation_participant join user_account on user_account.id = user_account_id
          where consultation_id = consultation.id and not exists (select from consultation_vote where participant_id = consultation_participant.id)) as silent
      from consultation where youth_authority_id = '13075' order by id`)
    expect(considered.filter(({ open }) => !open).length).toBeGreaterThanOrEqual(2)
    expect(considered).toContainEqual({ open: true, by: 'fall2.vg', silent: ['fall.vg'] })
  })

  test('has cases that went to another authority and came from one, whose helps go on the next day where they were', async () => {
    const changed = await rows(
      `select change.youth_authority_id as former, to_authority_id as next, continued_on, (select user_name from user_account where id = answered_by) as by,
        (select case_number from "case" where id = new_case_id) is not null as numbered,
        (select count(*)::int from document where case_id in (change.case_id, new_case_id) and title like 'Zuständigkeitswechsel%') as letters,
        ended.last_day, ended.end_reason, begun.first_day, ended.offer_id = begun.offer_id as same_place,
        exists (select from care_plan where booking_id = ended.id) = exists (select from care_plan where booking_id = begun.id) as plan_too
      from authority_change as change
      join case_link as former_link on former_link.case_id = change.case_id join booking as ended on ended.case_key = former_link.case_key and ended.end_reason = 40
      join case_link as next_link on next_link.case_id = new_case_id join booking as begun on begun.case_key = next_link.case_key
      where state = 'accepted' order by former`,
    )
    const continued = { continued_on: '2026-11-01', numbered: true, letters: 2, last_day: '2026-10-31', end_reason: 40, first_day: '2026-11-01', same_place: true, plan_too: true } // prettier-ignore
    expect(changed).toEqual([
      { former: '13003', next: '13075', by: 'fall.vg', ...continued },
      { former: '13075', next: '13003', by: 'fall.hro', ...continued },
    ])
    expect(await rows(`select count(*)::int as n from authority_change where state = 'announced'`)).toEqual([{ n: 3 }])
    const usual = await rows(
      `select table_name, column_default from information_schema.columns where table_schema = 'public' and column_default ~ 'seeded_key|demonstration'`,
    )
    expect(usual).toEqual([])
  })

  test('shows a drawn house for every residential facility of the districts one signs in for', async () => {
    const [houses] = await rows(
      `select count(*)::int as facilities, count(file.id)::int as files, count(distinct sha256)::int as drawings, bool_and(substr(content, 1, 3) = '\\xffd8ff') as jpeg
      from facility left join facility_file as file on facility_id = facility.id and kind = 'photo' left join facility_file_content on facility_file_id = file.id
      where youth_authority_id in ('13075', '13003')
        and exists (select from offer join service_kind on code = service_kind where offer.facility_id = facility.id and form = 'stationaer')`,
    )
    expect(houses).toEqual({ facilities: 4, files: 4, drawings: 4, jpeg: true })
  })

  test('has the operating licence and the concept of each of them as PDF, the licence of the day its dossier tells', async () => {
    const papers = await rows(
      `select file.facility_id, title, content, 'Betriebserlaubnis vom ' || to_char(operating_licence_on, 'DD.MM.YYYY') as licensed
      from facility_file as file join facility_file_content on facility_file_id = file.id
      join facility_dossier on facility_dossier.facility_id = file.facility_id
      where kind = 'document' and media_type = 'application/pdf' order by file.facility_id, title`,
    )
    expect(papers).toHaveLength(8)
    for (const [index, { title, licensed }] of papers.entries()) expect(title).toBe(index % 2 === 0 ? licensed : 'Konzeption')
    const read = await pdfWords(papers[0]!['content'] as Buffer)
    expect(read.pages.join(' ')).toMatch(/§ 45 SGB VIII.*Erfundenes Dokument der Demonstration/s)
  })

  test('has reviewed the plans of running helps within half a year, but for some, and written those of who signs in', async () => {
    const [late] = await rows(
      `select (count(*) filter (where last_on < $1::date - interval '6 months'))::float / count(*) as share,
        count(*) filter (where last_on < $1::date - interval '9 months')::int as long_ago
       from (select coalesce((select max(reviewed_on) from care_plan_review where booking_id = booking.id), first_day) as last_on
         from booking where not cancelled and end_reason is null and last_day >= $1) as running`,
      [today],
    )
    expect(late).toEqual({ share: expect.toSatisfy((share) => share > 0 && share < 0.06), long_ago: 0 })
    const [planned] = await rows(
      `select count(*) > 20 as many, bool_and(goals between 2 and 3) as goals from (
         select (select count(*) from care_plan_goal where care_plan_id = care_plan.id) as goals from care_plan) as plan`,
    )
    expect(planned).toEqual({ many: true, goals: true })
  })

  test('lets all the demonstration accounts in with their password, and nobody else', async () => {
    expect(accounts).toEqual([
      'politik',
      'controlling.vg',
      'fall.vg',
      'fall2.vg',
      'finanzen.vg',
      'fall.hro',
      'anbieter.1',
      'landesjugendamt',
      'admin',
    ])
    const people = await rows(`select user_name, role, password_hash, federal_state, youth_authority_id, provider_id is not null as provider
      from user_account join user_role on user_account_id = id where active and demonstration order by user_name`)
    expect(people.map((person) => person['user_name'])).toEqual(accounts.toSorted())
    expect(people.map(({ user_name, role, youth_authority_id, provider }) => [user_name, role, youth_authority_id, provider])).toEqual([
      ['admin', 'admin', null, false],
      ['anbieter.1', 'provider', null, true],
      ['controlling.vg', 'controlling', '13075', false],
      ['fall.hro', 'caseworker', '13003', false],
      ['fall.vg', 'caseworker', '13075', false],
      ['fall2.vg', 'caseworker', '13075', false],
      ['finanzen.vg', 'finance', '13075', false],
      ['landesjugendamt', 'state_office', null, false],
      ['politik', 'politics', null, false],
    ])
    for (const person of people) expect(await passwordMatches(person['password_hash'] as string, DEMONSTRATION_PASSWORD)).toBe(true)
    expect(await rows('select from user_account where active and not demonstration')).toEqual([])
    expect(
      await rows(`select from user_role where role = 'provider' and user_account_id in (select submitted_by from invoice) limit 1`),
    ).toHaveLength(1)
  })

  test('gives everything a key that requests and answers take', async () => {
    const keyed = await rows(
      `select table_name from information_schema.columns where table_schema = 'public' and column_name = 'id' and data_type = 'uuid'`,
    )
    for (const { table_name } of keyed) {
      const odd = await rows(`select id from "${table_name as string}" where id::text !~ '^.{14}[47].{4}[89ab]' limit 1`)
      expect([table_name, odd]).toEqual([table_name, []])
    }
  })

  test('compares authorities with those of their size, kind and age structure, none with itself alone', async () => {
    const groups = await rows(
      `select comparison_group.name, array_agg(abbreviation order by youth_authority.sort_order) as members from comparison_group
       join comparison_group_member on group_id = comparison_group.id join youth_authority on youth_authority.id = youth_authority_id
       group by comparison_group.id order by comparison_group.id`,
    )
    // inhabitants under 21: LHSN 17,982, NWM 28,720 … LRO 40,100, VG 40,955, MSE 44,958; of all inhabitants: VR 16.9 %, VG 17.38 %,
    // MSE 17.42 %, HRO 17.52 % … LHSN 18.8 %
    expect(groups).toEqual([
      { name: 'unter 40.000', members: ['LHSN', 'LUP', 'NWM', 'HRO', 'VR'] },
      { name: '40.000 bis unter 80.000', members: ['VG', 'LRO', 'MSE'] },
      { name: 'kreisfreie Städte', members: ['LHSN', 'HRO'] },
      { name: 'Landkreise', members: ['VG', 'LUP', 'NWM', 'LRO', 'VR', 'MSE'] },
      { name: 'unter 17,5\u00a0%', members: ['VG', 'VR', 'MSE'] },
      { name: '17,5\u00a0% bis unter 20\u00a0%', members: ['LHSN', 'LUP', 'NWM', 'HRO', 'LRO'] },
    ])
  })

  test('tells the warehouse no name, number or key that leads to a person', async () => {
    const persons = await rows(`select client_id, "case".id as case_id from client join "case" on client_id = client.id limit 8`)
    const published = await rows(`select tablename from pg_publication_tables where pubname = 'sojus_facts'`)
    for (const { tablename } of published) {
      for (const { client_id, case_id } of persons) {
        expect(
          await rows(`select from "${tablename}" as t where t::text like any($1) limit 1`, [[`%${client_id}%`, `%${case_id}%`]]),
        ).toEqual([])
      }
    }
    const columns = await rows(`select column_name from information_schema.columns where table_schema = 'public'
      and table_name in (select tablename from pg_publication_tables where pubname = 'sojus_facts')
      and column_name similar to '%(given_name|family_name|birth|street|telephone|email|case_number|case_id|client_id|contact)%'`)
    expect(columns).toEqual([])
  })

  test('passes the row triggers when it is written once more', async () => {
    await client.query('begin')
    // what a booking or reservation refers to stays; they come again, in the order in which they came
    await client.query('create temp table live on commit drop as select * from reservation where is_live(state)')
    await client.query('create temp table blocked on commit drop as select * from place_block')
    for (const table of [
      'notice',
      'rating',
      'care_plan',
      'care_plan_review',
      'payment_line',
      'payment',
      'invoice_line',
      'invoice',
      'reservation',
      'place_block',
    ])
      await client.query(`delete from ${table}`)
    await client.query('create temp table again on commit drop as select * from booking')
    await client.query('delete from booking')
    await client.query('insert into booking select * from again order by first_day, id')
    await client.query('insert into reservation select * from live order by id')
    await client.query('insert into place_block select * from blocked')
    expect(await rows('select (select count(*) from booking) = (select count(*) from again) as same')).toEqual([{ same: true }])
    await client.query('rollback')
  })

  test('keeps the sums: payments by their lines, budgets near what is paid', async () => {
    const [spent] = await rows(`select (select sum(amount_cents) from budget where year = 2025)
      / (select sum(amount_cents) from payment where paid_on between '2025-01-01' and '2025-12-31') as ratio`)
    expect(spent!['ratio']).toBeGreaterThan(0.85)
    expect(spent!['ratio']).toBeLessThan(1.25)
  })

  test('takes nothing but a complete load', async () => {
    const empty = await testDatabase()
    const failing = loadDemonstration({
      owner_url: empty.owner_url,
      ...small,
      progress: (text) => {
        if (text.includes('2026')) throw new Error('power cut')
      },
    })
    await expect(failing).rejects.toThrow('power cut')
    await withClient(empty.owner_url, async (client) => {
      for (const table of Object.keys(COLUMNS)) expect((await client.query(`select from "${table}" limit 1`)).rowCount, table).toBe(0)
    })
    await empty.drop()
  })

  test('makes the number of bookings asked for, in all districts', async () => {
    const made = await filled({ ...quiet, today, area: 'de', years: 1, bookings: 6000, detail: 0.2 })
    expect(made.demonstration.bookings / 6000).toBeGreaterThan(0.9)
    expect(made.demonstration.bookings / 6000).toBeLessThan(1.1)
    await withClient(made.database.owner_url, async (client) => {
      const { rows } = await client.query<{ states: number; authorities: number }>(
        `select count(distinct federal_state)::int as states, count(distinct y.id)::int as authorities from booking join youth_authority as y on y.id = youth_authority_id`,
      )
      expect(rows[0]!.states).toBe(16)
      expect(rows[0]!.authorities).toBeGreaterThan(380)
    })
    await made.database.drop()
  })
})
