import { createHash } from 'node:crypto'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Changes } from './cell-changes.ts'
import { casesOfMany, contributionsWithoutCases, martsOfShape, readFrom, valueKeys, type Contribution, type Mart } from './contributions.ts'
import { earlierSign, exchangeFew } from './exchange.ts'
import { append } from './isolation.ts'
import { columnsBehind, type Model } from './models.ts'
import { execute, perform } from './statement.ts'

/** What is done with a batch of one table: its marts, what many rows contribute, and the staging models whose rows are followed case by case. */
type Plan = { marts: Mart[]; many: Contribution[]; followed: Followed[] }
/**
 * A staging model, those of its columns, but for the sign, that models read, those that models with cases read, and the columns of
 * history behind the latter.
 */
type Followed = { model: Model; columns: string; case_columns: string; sources: string[] }
type Catalogue = {
  definitions: string
  marts: Mart[]
  staging: Model[]
  plans: Map<string, Plan>
  tables: string[]
  fingerprint: string
  /** The numbers of codes once asked for. */
  numbers: Map<string, bigint>
  changed: Set<string>
  /** What was added to cells since last taken; undefined: nothing. */
  cell_changes: Changes | undefined
}

const catalogue = new WeakMap<DuckDBConnection, Catalogue>()

/** Makes staging views and, on this (the writer's) connection, the temporary relations that the models read in place of history. */
export const createMarts = async (connection: DuckDBConnection, models: Model[], tables: string): Promise<void> => {
  // numbers of codes are DuckDB's hashes, and another version's may differ
  const version = (await connection.runAndReadAll('select version()')).value(0, 0)
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([version, tables, models.map(({ name, sql }) => [name, sql])]))
    .digest('hex')
  await dropMartsOfOtherModels(connection, fingerprint)
  await connection.run(tables)
  const staging = models.filter((model) => model.layer === 'staging')
  for (const model of staging) await connection.run(`create or replace view staging.${model.name} as ${model.sql}`)
  const history = await historyTables(connection)
  for (const table of history) await mirrorHistoryTable(connection, table)
  for (const model of staging)
    await connection.run(`create or replace temp view batch_staging_${model.name} as ${readFrom('batch', model.sql)}`)
  await connection.run(`create or replace temp table folding_cell as from marts.cell limit 0`)
  await connection.run(`create or replace temp table folding_histogram as from marts.histogram limit 0`)
  await connection.run(`create or replace temp table folding_statistic as from marts.statistic limit 0`)
  await connection.run(`create or replace temp table folding_key as select ${valueKeys} from marts.histogram limit 0`)
  const byName = new Map(staging.map((model) => [`staging.${model.name}`, model]))
  const marts: Mart[] = []
  for (const model of models.filter(({ layer }) => layer === 'marts')) {
    const tablesRead = new Set(model.reads.flatMap((read) => byName.get(read)?.reads ?? []))
    const [table] = tablesRead
    if (!table || tablesRead.size > 1) throw new Error(`${model.name} reads ${tablesRead.size} fact tables; linear models read one`)
    const columns = await columnsOf(connection, `(${model.sql})`)
    const has = (column: string) => columns.includes(column)
    const shape = has('case_key') ? 'cases' : has('change') ? 'changes' : has('value') ? 'values' : 'cells'
    const measures = columns.filter((column) => !modelKeys.includes(column))
    marts.push({ name: model.name, table: table.slice('history.'.length), shape, measures, sql: model.sql })
  }
  const columns = new Map<Model, string[]>()
  for (const model of staging) columns.set(model, await columnsOf(connection, `staging.${model.name}`))
  const plans = new Map<string, Plan>()
  for (const table of history) plans.set(table, await planOf(connection, marts, table, columns))
  for (const followed of [...plans.values()].flatMap((plan) => plan.followed)) await followModel(connection, followed)
  catalogue.set(connection, {
    definitions: tables,
    marts,
    staging,
    plans,
    tables: history,
    fingerprint,
    numbers: new Map(),
    changed: new Set(),
    cell_changes: undefined,
  })
}

const modelKeys = ['series', 'place', 'service_kind', 'specialisations', 'month', 'case_key', 'sign', 'value', 'change']

/** Makes the relations through which rows of a staging model are followed case by case (contributions.ts). */
const followModel = async (connection: DuckDBConnection, { model, columns, case_columns }: Followed): Promise<void> => {
  const { name } = model
  const chosen = historyAs(model, (table) => `from ${table} where ${inSlice}`)
  await connection.run(`create or replace temp view chosen_staging_${name} as ${chosen}`)
  await connection.run(`create or replace temp table touched_staging_${name} as select ${case_columns}, sign from staging.${name} limit 0`)
  await connection.run(
    `create or replace temp table net_staging_${name} as select ${columns}, sign, true as is_alone from staging.${name} limit 0`,
  )
  for (const [part, condition] of [
    ['alone', 'is_alone'],
    ['crowded', 'not is_alone'],
  ])
    await connection.run(
      `create or replace temp view ${part}_staging_${name} as select * exclude (is_alone) from net_staging_${name} where ${condition}`,
    )
}

/** History in slices of whole cases, as many as keep memory bounded. */
const inSlice = `hash(case_key) % getvariable('slices') = getvariable('slice')`

/** A staging model reading `rows` in place of its history table. */
const historyAs = (model: Model, rows: (table: string) => string): string =>
  model.sql.replaceAll(/\bhistory\.\w+/g, (table) => `(${rows(table)})`)

const planOf = async (connection: DuckDBConnection, marts: Mart[], table: string, staging: Map<Model, string[]>): Promise<Plan> => {
  const ofTable = marts.filter((mart) => mart.table === table)
  const cases = martsOfShape(marts, table, 'cases')
  const followed: Followed[] = []
  for (const [model, columns] of staging) {
    const reading = (readers: Mart[]) => {
      const texts = readers.map(({ sql }) => sql).filter((sql) => sql.includes(`staging.${model.name}`))
      return columns.filter((column) => column !== 'sign' && texts.some((sql) => new RegExp(`\\b${column}\\b`).test(sql)))
    }
    const caseColumns = reading(cases)
    if (caseColumns.length === 0) continue
    const sources = await columnsBehind(connection, model.sql, caseColumns)
    followed.push({
      model,
      columns: reading(ofTable).join(', '),
      case_columns: caseColumns.join(', '),
      sources: sources.filter((column) => column !== 'sign'),
    })
  }
  return {
    marts: ofTable,
    many: [
      ...cases.map((mart) => ({ into: 'cell_appended' as const, rows: casesOfMany([mart]) })),
      ...contributionsWithoutCases(marts, table, followed.length > 0 ? 'net' : 'batch'),
    ],
    followed,
  }
}

/** Makes the relation that stands in for a history table anew, e.g. after it got a column. */
export const mirrorHistoryTable = async (connection: DuckDBConnection, table: string): Promise<void> => {
  await connection.run(`create or replace temp table batch_${table} as from history.${table} limit 0`)
}

/** What other models or tables built is no use, and history can give it anew. */
const dropMartsOfOtherModels = async (connection: DuckDBConnection, fingerprint: string): Promise<void> => {
  const known = await connection.runAndReadAll(
    `select 1 from duckdb_tables() where schema_name = 'marts' and table_name = 'definition' and database_name = current_database()`,
  )
  if (known.currentRowCount === 0) return
  const current = await connection.runAndReadAll('select 1 from marts.definition where fingerprint = $1', [fingerprint])
  if (current.currentRowCount === 0) await connection.run('drop schema marts cascade')
}

/** Whether the marts wait to be built by today's models. */
export const martsOutdated = async (connection: DuckDBConnection): Promise<boolean> =>
  (await connection.runAndReadAll('select 1 from marts.definition')).currentRowCount === 0

/** The mart models and the history table each reads: the lineage from a change to what it may touch. */
export const lineage = (connection: DuckDBConnection): { mart: string; table: string; measures: string[] }[] =>
  martsOf(connection).marts.map(({ name, table, measures }) => ({ mart: name, table, measures }))

/** Takes the names of the history tables that absorb or rebuild changed since the last call. */
export const takeChangedTables = (connection: DuckDBConnection): string[] => {
  const { changed } = martsOf(connection)
  const tables = [...changed]
  changed.clear()
  return tables
}

/** Takes what absorb or rebuild added to cells since the last call; undefined: nothing. */
export const takeCellChanges = (connection: DuckDBConnection): Changes | undefined => {
  const known = martsOf(connection)
  const { cell_changes } = known
  known.cell_changes = undefined
  return cell_changes
}

/** Where signed rows of a history table are put for `absorb`: in its batch, or at once in history when no mart is made of them. */
export const batchOf = (connection: DuckDBConnection, table: string): string =>
  hasMarts(connection, table) ? `temp.main.batch_${table}` : `history.${table}`

export const hasMarts = (connection: DuckDBConnection, table: string): boolean => planFor(connection, table).marts.length > 0

/** Signed rows of a table in its batch; their number and the keys of their cases, where the caller knows them. */
export type Batch = { table: string; rows?: number; cases?: string[] }

/**
 * Inside a write: runs the mart models over the signed rows in the tables' batches, moves these into history and empties the
 * batches. Cells stay what a rebuild would give, because only contributions of the touched cases are exchanged. Calls `known` once it is
 * known what all of this adds to cells, where that is told (cell-changes.ts).
 */
export const absorb = async (connection: DuckDBConnection, batches: Batch[], known: () => unknown = () => undefined): Promise<void> => {
  const filled: string[] = []
  const few: Mart[] = []
  const fetching: string[] = []
  for (const batch of batches) {
    const { table } = batch
    martsOf(connection).changed.add(table)
    const { marts, many, followed } = planFor(connection, table)
    if (marts.length === 0) continue
    const cases = await fewCases(connection, batch, followed.length > 0)
    if (cases) {
      few.push(...marts)
      if (cases.length > 0) fetching.push(fetchEarlier(table, cases, followed))
      continue
    }
    martsOf(connection).cell_changes = null
    for (const each of followed) filled.push(await fetchTouched(connection, table, each))
    filled.push(...(await fillNet(connection, table, 'batch')))
    for (const { into, rows } of many) await append(connection, `marts.${into}`, rows)
  }
  // small statements take longer to be handed over than to run: they are handed over together
  if (fetching.length > 0) await connection.run(fetching.join(';'))
  await exchangeFew(connection, few, martsOf(connection), known)
  for (const { table } of batches) await moveToHistory(connection, table)
  for (const relation of filled) await perform(connection, `delete from ${relation}`)
}

/** Inside a write: moves a table's batch into history; alone where all marts are built anew afterwards. */
export const moveToHistory = async (connection: DuckDBConnection, table: string): Promise<void> => {
  const batch = batchOf(connection, table)
  if (batch.startsWith('history.')) return
  await append(connection, `history.${table}`, `from ${batch} where abs(sign) < ${earlierSign}`)
  await perform(connection, `delete from ${batch}`)
}

const planFor = (connection: DuckDBConnection, table: string): Plan => martsOf(connection).plans.get(table) ?? nothingToDo
const nothingToDo: Plan = { marts: [], many: [], followed: [] }
const keysByIndex = 100
/** Up to so many rows of a table are added up in the process (exchange.ts). */
export const fewRows = 200
/** So many certainly are, whatever their cases. */
export const surelyFew = keysByIndex

/** The keys of a batch's cases, if it has few rows of few cases. */
const fewCases = async (connection: DuckDBConnection, { table, rows, cases }: Batch, hasCases: boolean): Promise<string[] | undefined> => {
  const batch = `temp.main.batch_${table}`
  if ((rows ?? Number((await execute(connection, `select count(*) from ${batch}`)).value(0, 0))) > fewRows) return undefined
  if (!hasCases) return []
  const keys = cases ?? (await execute(connection, `select distinct case_key::varchar from ${batch}`)).getRows().map(([key]) => String(key))
  return keys.length > keysByIndex ? undefined : keys.filter((key) => isKey.test(key))
}

const isKey = /^[0-9a-f-]{36}$/

/** SQL that copies what history holds of a few cases to their batch, marked; the index finds them, which DuckDB uses for literal keys only. */
const fetchEarlier = (table: string, cases: string[], followed: Followed[]): string => {
  const keys = cases.map((key) => `'${key}'::uuid`).join(', ')
  const columns = [...new Set(followed.flatMap(({ sources }) => sources))].join(', ')
  return `insert into temp.main.batch_${table} (sign, ${columns})
    select sign * ${earlierSign}, ${columns} from history.${table} where case_key in (${keys})`
}

/** Copies what history holds of a batch's many cases, found by one scan of the keys. */
const fetchTouched = async (connection: DuckDBConnection, table: string, { model, case_columns }: Followed): Promise<string> => {
  const rows = historyAs(
    model,
    (history) =>
      `from ${history} where rowid in (select rowid from history.${table} where case_key in (select case_key from temp.main.batch_${table}))`,
  )
  await connection.run(`insert into temp.main.touched_staging_${model.name} ${netRows(case_columns, rows)}`)
  return `temp.main.touched_staging_${model.name}`
}

/** Rows of a staging model without those that cancel out. */
const netRows = (columns: string, rows: string): string =>
  `select ${columns}, sum(sign)::integer as sign from (${rows}) group by ${columns} having sum(sign) <> 0`

/**
 * Inside a write, after the cases' earlier rows were fetched: takes the net rows of a table's batch, or of the chosen slice of its
 * history, apart into cases of one row, of which history knows nothing else, and the others. Tells the relations it filled.
 */
export const fillNet = async (connection: DuckDBConnection, table: string, source: 'batch' | 'chosen'): Promise<string[]> => {
  const filled: string[] = []
  for (const { model, columns } of planFor(connection, table).followed) {
    const net = `temp.main.net_staging_${model.name}`
    filled.push(net)
    await connection.run(`
      insert into ${net}
      with changed as materialized (${netRows(columns, `from temp.main.${source}_staging_${model.name}`)}),
      alone as (
        select case_key from changed group by case_key having count(*) = 1 and min(sign) > 0
        except select case_key from temp.main.touched_staging_${model.name}
      )
      select *, case_key in (from alone) from changed`)
  }
  return filled
}

/** Outside a transaction: indexes the history tables whose cells need a case's earlier rows. Only speed depends on it. */
export const indexHistory = async (connection: DuckDBConnection): Promise<void> => {
  for (const table of tablesByCase(connection))
    await connection.run(`create index if not exists ${table}_case on history.${table} (case_key)`)
}

/** Inside a write: adds a column to a history table; the index, on which DuckDB lets no table change, comes back with `indexHistory`. */
export const addHistoryColumn = async (connection: DuckDBConnection, table: string, column: string, type: string): Promise<void> => {
  await connection.run(`drop index if exists history.${table}_case`)
  await connection.run(`alter table history.${table} add column ${column} ${type}`)
  await mirrorHistoryTable(connection, table)
}

const tablesByCase = (connection: DuckDBConnection): Set<string> =>
  new Set(
    martsOf(connection)
      .marts.filter((mart) => mart.shape === 'cases')
      .map((mart) => mart.table),
  )

/** What `createMarts` made known of this connection's marts. */
export const martsOf = (connection: DuckDBConnection): Catalogue => {
  const known = catalogue.get(connection)
  if (!known) throw new Error('marts are written on the writer connection only')
  return known
}

const historyTables = async (connection: DuckDBConnection): Promise<string[]> => {
  const reader = await connection.runAndReadAll(
    `select table_name from duckdb_columns() where schema_name = 'history' and column_name = 'sign' and database_name = current_database()`,
  )
  return reader.getRowsJson().map(([name]) => String(name))
}

const columnsOf = async (connection: DuckDBConnection, relation: string): Promise<string[]> =>
  (await connection.runAndReadAll(`select * from ${relation} limit 0`)).columnNames()
