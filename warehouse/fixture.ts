import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { pino } from 'pino'
import { absorb, batchOf } from './marts.ts'
import { openWarehouse, type Warehouse } from './warehouse.ts'

export type Row = Record<string, unknown>

/** A warehouse of its own in a temporary folder. */
export const testWarehouse = async (): Promise<{ warehouse: Warehouse; remove: () => Promise<void> }> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sojus-warehouse-'))
  const warehouse = await openWarehouse({ path: path.join(folder, 'warehouse.duckdb'), log: pino({ level: 'silent' }) })
  const remove = async () => {
    await warehouse.close()
    await rm(folder, { recursive: true })
  }
  return { warehouse, remove }
}

export type Change = { table: string; removed?: Row[]; added?: Row[]; committed_at?: string }

/** Puts changes in their batches: old rows with sign -1, new ones with +1. */
export const fillBatches = async (connection: DuckDBConnection, changes: Change[]): Promise<void> => {
  for (const { table, removed = [], added = [], committed_at = '2026-03-01T00:00:00Z' } of changes) {
    const rows = [...removed.map((row) => ({ ...row, sign: -1 })), ...added.map((row) => ({ ...row, sign: 1 }))]
    const complete = rows.map((row) => ({ commit_lsn: 1, committed_at, ...row }))
    await connection.run(
      `insert into ${batchOf(connection, table)} by name select unnest(from_json($1, '[${await structOf(connection, table)}]'), recursive := true)`,
      [JSON.stringify(complete)],
    )
  }
}

/** Commits changes as the stream would, absorbed in one transaction. */
export const commit = (warehouse: Warehouse, ...changes: Change[]): Promise<void> =>
  warehouse.write(async (connection) => {
    await fillBatches(connection, changes)
    await absorb(
      connection,
      [...new Set(changes.map(({ table }) => table))].map((table) => ({ table })),
    )
    const moved = await connection.run('update history.progress set applied_lsn = applied_lsn + 1')
    if (moved.rowsChanged === 0)
      await connection.run(
        `insert into history.progress (commit_lsn, committed_at, applied_lsn, system_identifier, timeline, slot_name) values (1, '2026-03-01T00:00:00Z', 1, 'test', 1, 'test')`,
      )
  })

const structOf = async (connection: DuckDBConnection, table: string): Promise<string> => {
  const reader = await connection.runAndReadAll(`describe history.${table}`)
  const types = reader.getRowsJson().map(([name, type]) => {
    const text = String(type)
    return [name, text.endsWith('[]') ? [text.slice(0, -2)] : text]
  })
  return JSON.stringify(Object.fromEntries(types))
}

/** Three districts of MV with round populations, one daily and one hourly service kind, data from January 2025 on. */
export const smallDirectory: Change[] = [
  {
    table: 'federal_state',
    added: [
      { code: 'MV', ags: '13', name: 'Mecklenburg-Vorpommern' },
      { code: 'SH', ags: '01', name: 'Schleswig-Holstein' },
    ],
  },
  {
    table: 'youth_authority',
    added: [
      {
        id: '13075',
        ags: '13075',
        federal_state: 'MV',
        abbreviation: 'VG',
        name: 'Vorpommern-Greifswald',
        sort_order: 1,
        data_from: '2025-01-01',
      },
      { id: '13003', ags: '13003', federal_state: 'MV', abbreviation: 'HRO', name: 'Rostock', sort_order: 2, data_from: '2025-01-01' },
      { id: '13004', ags: '13004', federal_state: 'MV', abbreviation: 'LHSN', name: 'Schwerin', sort_order: 3, data_from: '2025-01-01' },
      { id: '01001', ags: '01001', federal_state: 'SH', abbreviation: 'FL', name: 'Flensburg', sort_order: 1, data_from: null },
    ],
  },
  {
    table: 'population',
    added: (
      [
        ['13075', 200_000, 40_000],
        ['13003', 100_000, 20_000],
        ['13004', 50_000, 10_000],
      ] as const
    ).flatMap(([ags, total, u21]) =>
      Object.entries({ total, u21 }).map(([age_group, inhabitants]) => ({
        ags,
        reference_date: '2019-12-31',
        age_group,
        sex: 'all',
        inhabitants,
        origin: 'test',
        estimated: age_group === 'u21',
      })),
    ),
  },
  {
    table: 'service_kind',
    added: [
      { code: 's34', module: 'hze', legal_basis: '§ 34 SGB VIII', label: 'Heimerziehung', form: 'stationaer', unit: 'day', sort_order: 1 },
      { code: 's31', module: 'hze', legal_basis: '§ 31 SGB VIII', label: 'Familienhilfe', form: 'ambulant', unit: 'hour', sort_order: 2 },
    ],
  },
  { table: 'specialisation', added: [{ code: 'trauma', label: 'Traumapädagogik', sort_order: 1 }] },
  {
    table: 'parameter',
    added: Object.entries({
      disclosure_threshold: 3,
      ranking_weight_structure: 50,
      ranking_weight_process: 150,
      ranking_weight_duration: 100,
      ranking_weight_costs: 100,
      ranking_window_months: 36,
      ranking_minimum_cases: 5,
    }).map(([name, value]) => ({ name, valid_from: '2000-01-01', value })),
  },
]

/** A residential booking of Vorpommern-Greifswald in a facility of its own. */
export const bookingRow = (row: Row = {}): Row => {
  const first_day = row.first_day ?? '2026-01-10'
  return {
    id: randomUUID(),
    case_key: randomUUID(),
    youth_authority_id: '13075',
    facility_authority_id: row.away ? null : '13075',
    service_kind: 's34',
    specialisations: [],
    away: false,
    counting_rule: 'last_day_free',
    first_day,
    last_day: '2026-06-30',
    end_reason: null,
    cancelled: false,
    unit: 'day',
    rate_from: [first_day],
    rate_cents: [100_00],
    units_per_week: [7],
    planned_units: 100,
    agreed_days: 100,
    agreed_cents: 10_000_00,
    age_at_begin: 12,
    sex: 'w',
    created_at: '2026-01-01T00:00:00Z',
    ...row,
  }
}

/** A reservation of Vorpommern-Greifswald, not booked yet. */
export const reservationRow = (row: Row = {}): Row => ({
  id: randomUUID(),
  case_key: randomUUID(),
  youth_authority_id: '13075',
  facility_authority_id: '13075',
  service_kind: 's34',
  specialisations: [],
  dearer_cents: 0,
  state: 'reserved',
  reserved_on: '2026-02-03',
  ...row,
})

/** A wait of Vorpommern-Greifswald for a place, not over yet. */
export const waitRow = (row: Row = {}): Row => ({
  id: randomUUID(),
  case_key: randomUUID(),
  youth_authority_id: '13075',
  service_kind: 's34',
  specialisations: [],
  first_day: '2026-02-01',
  last_day: '2026-12-31',
  entered_on: '2026-01-20',
  state: 'waiting',
  ended_on: null,
  ...row,
})

export const many = (n: number, row: () => Row): Row[] => Array.from({ length: n }, row)
