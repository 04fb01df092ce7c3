import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase, type TestDatabase } from './postgres.fixture.ts'
import { databaseFile, databaseTypes } from './schema.ts'

// What leaves for the warehouse, column by column. A new one enters here only after somebody has asked whether it could name a person.
const published: Record<string, string> = {
  booking: `id case_key youth_authority_id service_kind specialisations provider_id facility_id offer_id facility_authority_id away
    counting_rule first_day last_day end_reason cancelled unit rate_from rate_cents units_per_week planned_units agreed_days
    agreed_cents age_at_begin sex created_at`,
  budget: 'youth_authority_id year service_kind amount_cents',
  comparison_group: 'id grouping_id name',
  comparison_group_member: 'group_id grouping_id youth_authority_id',
  comparison_grouping: 'id name explanation',
  federal_state: 'code ags name',
  invoice_line: `id invoice_id booking_id case_key youth_authority_id provider_id service_kind specialisations period_from period_to units
    rate_cents amount_cents released_on`,
  offer_capacity: 'id offer_id youth_authority_id service_kind places valid_from valid_to',
  offer_rate: 'id offer_id youth_authority_id service_kind specialisations unit rate_cents valid_from valid_to',
  parameter: 'name valid_from value',
  payment_line: `id payment_id invoice_line_id booking_id case_key youth_authority_id provider_id service_kind specialisations paid_on
    amount_cents`,
  population: 'ags reference_date age_group sex inhabitants origin estimated',
  provider: 'id name umbrella_association',
  rating: `id review_key case_key booking_id youth_authority_id provider_id service_kind reviewed_on aspect rated_by person grade`,
  reservation: `id case_key youth_authority_id service_kind specialisations provider_id facility_id offer_id facility_authority_id
    counting_rule first_day last_day unit rate_cents units_per_week planned_units planned_cents age_at_begin sex dearer_cents
    dearer_reason searched_on state held_until reserved_on requested_on consented_on declined_on decline_reason booked_on released_on
    expired_on booking_id created_at`,
  search: 'id youth_authority_id service_kind specialisations searched_on offers_matching offers_available',
  service_kind: 'code module legal_basis label form unit sort_order',
  service_module: 'code label sort_order',
  specialisation: 'code label sort_order',
  wait: 'id case_key youth_authority_id service_kind specialisations provider_id first_day last_day entered_on state ended_on',
  youth_authority: 'id ags federal_state abbreviation name sort_order data_from',
}

let database: TestDatabase
let client: pg.Client

beforeAll(async () => {
  database = await testDatabase()
  client = new pg.Client({ connectionString: database.owner_url })
  await client.connect()
})

afterAll(async () => {
  await client.end()
  await database.drop()
})

test('database.ts is what the migrated database generates', async () => {
  expect(await readFile(databaseFile, 'utf8')).toBe(await databaseTypes(database.owner_url))
})

test('no column is published that is not on the list', async () => {
  const { rows } = await client.query<{ tablename: string; columns: string[] }>(
    `select tablename, attnames::text[] as columns from pg_publication_tables where pubname = 'sojus_facts' order by tablename`,
  )
  const expected = Object.fromEntries(Object.entries(published).map(([table, columns]) => [table, columns.split(/\s+/)]))
  expect(Object.fromEntries(rows.map((row) => [row.tablename, row.columns]))).toEqual(expected)
})

test('every published table sends its old rows, has no generated column, refuses truncate and lets the warehouse read', async () => {
  const { rows } = await client.query<{ tablename: string; identity: string; generated: boolean; guarded: boolean; readable: boolean }>(
    `select tablename, relreplident as identity,
            exists (select from pg_attribute where attrelid = pg_class.oid and attgenerated <> '') as generated,
            exists (select from pg_trigger where tgrelid = pg_class.oid and tgtype & 32 <> 0 and tgenabled <> 'D') as guarded,
            has_table_privilege('sojus_ingest', oid, 'select')
              and (not relrowsecurity or exists (select from pg_policies where pg_policies.tablename = published.tablename
                   and 'sojus_ingest' = any (roles) and qual = 'true')) as readable
     from pg_publication_tables published join pg_class on pg_class.oid = format('%I.%I', schemaname, tablename)::regclass
     where pubname = 'sojus_facts'`,
  )
  expect(rows.length).toBeGreaterThan(0)
  for (const row of rows) {
    expect(row).toEqual({ tablename: row.tablename, identity: 'f', generated: false, guarded: true, readable: true })
  }
})

test('the service may not go around row-level security: it owns nothing and every table with persons has it on', async () => {
  const { rows } = await client.query<{ relname: string }>(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v')
       and (pg_get_userbyid(relowner) <> 'sojus_owner'
         or relname = any ($1) and not relrowsecurity)`,
    [
      [
        'client',
        'case',
        'case_link',
        'booking',
        'booking_step',
        'booking_interruption',
        'consultation',
        'consultation_participant',
        'consultation_vote',
        'search_request',
        'invoice',
        'payment',
        'care_plan',
        'care_plan_release',
        'case_handover',
        'authority_change',
        'reservation_pocket_money',
        'reminder',
        'care_plan_review',
        'access_token',
        'evaluation',
        'evaluation_pin',
      ],
    ],
  )
  expect(rows).toEqual([])
})
