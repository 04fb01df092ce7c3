import { createHash } from 'node:crypto'
import type { DuckDBConnection } from '@duckdb/node-api'
import { append } from './isolation.ts'
import {
  casesOfFew,
  casesOfMany,
  cellKeys,
  cellsWithoutCases,
  liftedCells,
  liftedValues,
  readFrom,
  valueKeys,
  valuesOf,
  type Mart,
} from './contributions.ts'
import type { Model } from './models.ts'
import { execute, perform } from './statement.ts'

type Contribution = { into: string; rows: string }
/** What is done with a batch of one table: what it contributes, and what this needs of its cases' earlier rows. */
type Plan = { few: Contribution[]; many: Contribution[]; earlier: Earlier[] }
/** A staging model and those of its columns that models with cases read. */
type Earlier = { model: Model; columns: string }
type Catalogue = {
  definitions: string
  marts: Mart[]
  plans: Map<string, Plan>
  tables: string[]
  fingerprint: string
  changed: Set<string>
}

const catalogue = new WeakMap<DuckDBConnection, Catalogue>()

/** Makes staging views and, on this (the writer's) connection, the temporary relations that the models read in place of history. */
export const createMarts = async (connection: DuckDBConnection, models: Model[], tables: string): Promise<void> => {
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([tables, models.map(({ name, sql }) => [name, sql])]))
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
  const plans = new Map(history.map((table) => [table, planOf(marts, table, columns)]))
  for (const { model, columns } of [...plans.values()].flatMap(({ earlier }) => earlier)) {
    const chosen = historyAs(model, (table) => `from ${table} where ${inSlice}`)
    await connection.run(
      `create or replace temp table touched_staging_${model.name} as select ${columns} from staging.${model.name} limit 0`,
    )
    await connection.run(`create or replace temp view chosen_staging_${model.name} as ${chosen}`)
  }
  catalogue.set(connection, { definitions: tables, marts, plans, tables: history, fingerprint, changed: new Set() })
}

const modelKeys = ['series', 'place', 'service_kind', 'specialisations', 'month', 'case_key', 'sign', 'value', 'change']

/** History in slices of whole cases, as many as keep memory bounded. */
const inSlice = `hash(case_key) % getvariable('slices') = getvariable('slice')`

/** A staging model reading `rows` in place of its history table. */
const historyAs = (model: Model, rows: (table: string) => string): string =>
  model.sql.replaceAll(/\bhistory\.\w+/g, (table) => `(${rows(table)})`)

const planOf = (marts: Mart[], table: string, staging: Map<Model, string[]>): Plan => {
  const of = (shape: Mart['shape']) => marts.filter((mart) => mart.table === table && mart.shape === shape)
  const [cases, cells, values, changes] = [of('cases'), of('cells'), of('values'), of('changes')]
  const others = [
    ...(cells.length > 0 ? [{ into: 'marts.cell_appended', rows: cellsWithoutCases(cells, 'batch') }] : []),
    ...(values.length > 0 ? [{ into: 'marts.histogram_appended', rows: valuesOf(values, 'batch') }] : []),
    ...(changes.length > 0 ? [{ into: 'marts.stock_change', rows: liftedValues(valuesOf(changes, 'batch')) }] : []),
  ]
  const withCases = (rows: string) => (cases.length > 0 ? [{ into: 'marts.cell_appended', rows }] : [])
  return {
    few: [...withCases(casesOfFew(cases)), ...others],
    many: [...withCases(casesOfMany(cases, 'batch', 'touched')), ...others],
    earlier: [...staging].flatMap(([model, columns]) => {
      const readers = cases.filter((mart) => mart.sql.includes(`staging.${model.name}`))
      const named = columns.filter((column) => readers.some(({ sql }) => new RegExp(`\\b${column}\\b`).test(sql)))
      return readers.length > 0 ? [{ model, columns: named.join(', ') }] : []
    }),
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

/** Where signed rows of a history table are put for `absorb`: in its batch, or at once in history when no mart is made of them. */
export const batchOf = (connection: DuckDBConnection, table: string): string =>
  planFor(connection, table).few.length > 0 ? `temp.main.batch_${table}` : `history.${table}`

/**
 * Inside a write: runs the mart models over the signed rows in the tables' batches, moves these into history and empties the
 * batches. Cells stay what a rebuild would give, because only contributions of the touched cases are exchanged. `cases` are the keys in
 * a table's batch, where the caller knows them, or that they are many.
 */
export const absorb = async (connection: DuckDBConnection, tables: string[], cases?: Map<string, string[] | 'many'>): Promise<void> => {
  const filled: string[] = []
  const contributions = new Map<string, string[]>()
  for (const table of tables) {
    martsOf(connection).changed.add(table)
    const { few, many, earlier } = planFor(connection, table)
    const manyRows = earlier.length > 0 && (await fetchTouched(connection, table, cases?.get(table), earlier, filled))
    for (const { into, rows } of manyRows ? many : few) contributions.set(into, [...(contributions.get(into) ?? []), rows])
  }
  // one statement for all tables: small ones cost more to start than to run
  for (const [into, rows] of contributions) await append(connection, into, rows.map((each) => `(${each})`).join(' union all '))
  for (const table of tables) await moveToHistory(connection, table)
  for (const relation of filled) await perform(connection, `delete from ${relation}`)
}

/** Inside a write: moves a table's batch into history; alone where all marts are built anew afterwards. */
export const moveToHistory = async (connection: DuckDBConnection, table: string): Promise<void> => {
  const batch = batchOf(connection, table)
  if (batch.startsWith('history.')) return
  await append(connection, `history.${table}`, `from ${batch}`)
  await perform(connection, `delete from ${batch}`)
}

const planFor = (connection: DuckDBConnection, table: string): Plan => martsOf(connection).plans.get(table) ?? nothingToDo
const nothingToDo: Plan = { few: [], many: [], earlier: [] }
const keysByIndex = 100
const rowsPerStatement = 2_000_000

/**
 * Copies what history holds of the batch's cases. Few cases are found through the index, which DuckDB uses for literal keys only;
 * many by one scan of the keys. Tells whether they are many, and adds what it filled to `filled`.
 */
const fetchTouched = async (
  connection: DuckDBConnection,
  table: string,
  cases: string[] | 'many' | undefined,
  earlier: Earlier[],
  filled: string[],
): Promise<boolean> => {
  const keys = cases === 'many' ? [] : (cases ?? (await casesInBatch(connection, table))).filter((key) => isKey.test(key))
  const many = cases === 'many' || keys.length > keysByIndex
  const ofMany = `rowid in (select rowid from history.${table} where case_key in (select case_key from temp.main.batch_${table}))`
  // offset keeps the model's own conditions from the scan: with these DuckDB would not use the index
  const ofFew = `case_key in (${keys.map((key) => `'${key}'::uuid`).join(', ')}) offset 0`
  for (const { model, columns } of many || keys.length > 0 ? earlier : []) {
    const rows = historyAs(model, (history) => `from ${history} where ${many ? ofMany : ofFew}`)
    const touched = `temp.main.touched_staging_${model.name}`
    const { rowsChanged } = await connection.run(`insert into ${touched} select ${columns} from (${rows})`)
    if (rowsChanged > 0) filled.push(touched)
  }
  return many
}

const isKey = /^[0-9a-f-]{36}$/

/** The keys of a batch's cases, or of enough of them to tell that they are many. */
const casesInBatch = async (connection: DuckDBConnection, table: string): Promise<string[]> => {
  const reader = await execute(connection, `select distinct case_key::varchar from temp.main.batch_${table} limit ${keysByIndex + 1}`)
  return reader.getRows().map(([key]) => String(key))
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

/**
 * Inside a write: builds all marts anew from history. Tables take the place of the former ones, so that others see these until the
 * commit. Cases, months and service kinds are taken in slices, so that memory stays bounded.
 */
export const rebuild = async (connection: DuckDBConnection): Promise<void> => {
  const { definitions, fingerprint, tables, changed } = martsOf(connection)
  await buildFresh(connection)
  await connection.run('drop schema marts cascade')
  await connection.run(definitions)
  // a view reads few measures, one service kind and specialisation: lying together they are found without reading the others
  for (const measures of await slices(connection, 'measure', 'temp.main.fresh_cell')) {
    const cells = summedCells(`from temp.main.fresh_cell where ${measures}`)
    await connection.run(`insert into marts.cell ${cells} order by measure, service_kind, specialisation, month, place`)
  }
  for (const months of await slices(connection, 'month', 'temp.main.fresh_histogram')) {
    const values = summedValues(`from temp.main.fresh_histogram where ${months}`)
    await connection.run(`insert into marts.histogram ${values} order by month, series, service_kind, specialisation, place`)
  }
  await connection.run(
    `insert into marts.stock_change from temp.main.fresh_stock_change order by series, service_kind, specialisation, place, month`,
  )
  await dropFresh(connection)
  for (const kinds of await slices(connection, 'service_kind', 'marts.histogram')) {
    const statistics = statisticsOf('marts.histogram', kinds)
    await connection.run(`insert into marts.statistic from (${statistics}) order by service_kind, specialisation, series, place, month`)
  }
  await connection.run('insert into marts.definition values ($1)', [fingerprint])
  for (const table of tables) changed.add(table)
}

/** Conditions on a column that take a relation's rows in slices of about the size one statement is to take, in the column's order. */
const slices = async (connection: DuckDBConnection, column: string, relation: string): Promise<string[]> => {
  const reader = await connection.runAndReadAll(
    `select min(${column})::varchar, max(${column})::varchar from (select ${column}, sum(n) over (order by ${column}) // ${rowsPerStatement} as slice
    from (select ${column}, count(*) as n from ${relation} group by ${column})) group by slice order by 1`,
  )
  return reader.getRowsJson().map(([from, to]) => `${column} between '${from}' and '${to}'`)
}

const summedCells = (rows: string): string =>
  `select measure, ${cellKeys}, sum(value::double)::bigint as value, sum(cases::double)::integer as cases from (${liftedCells(rows)}) group by all having sum(value::double) <> 0 or sum(cases::double) <> 0`

const summedValues = (rows: string): string =>
  `select ${valueKeys}, value, sum(n::double)::integer as n from (${liftedValues(rows)}) group by all having sum(n::double) <> 0`

/** Inside a write: the keys at which the marts differ from what history gives, as text; empty when all is right. */
export const martsDifferingFromRebuild = async (connection: DuckDBConnection): Promise<string[]> => {
  await buildFresh(connection)
  const cellSums = `select measure, ${cellKeys}, sum(value)::bigint as value, sum(cases)::integer as cases
    from (from marts.cell union all ${liftedCells('from marts.cell_appended')}) group by all having sum(value) <> 0 or sum(cases) <> 0`
  const valueSums = `select ${valueKeys}, value, sum(n)::integer as n
    from (from marts.histogram union all ${liftedValues('from marts.histogram_appended')}) group by all having sum(n) <> 0`
  const changeSums = (relation: string) =>
    `select ${valueKeys}, value, sum(n)::integer as n from ${relation} group by all having sum(n) <> 0`
  await connection.run(`create or replace temp table right_histogram as ${summedValues('from temp.main.fresh_histogram')}`)
  const pairs = [
    [cellSums, summedCells('from temp.main.fresh_cell')],
    [valueSums, 'from temp.main.right_histogram'],
    [changeSums('marts.stock_change'), changeSums('temp.main.fresh_stock_change')],
    [settledStatistics('marts.statistic'), settledStatistics(`(${statisticsOf('temp.main.right_histogram', 'true')})`)],
  ]
  const differences: string[] = []
  for (const [ours, right] of pairs) {
    const sql = `select 'surplus' as kind, t.* from ((${ours}) except (${right})) t union all select 'missing', t.* from ((${right}) except (${ours})) t limit 20`
    const reader = await connection.runAndReadAll(sql)
    differences.push(...reader.getRowsJson().map((row) => JSON.stringify(row)))
  }
  await connection.run('drop table temp.main.right_histogram')
  await dropFresh(connection)
  return differences
}

/** Statistics whose key has no rows waiting to be folded: the others are read from the histogram, whatever stands here. */
const settledStatistics = (relation: string): string =>
  `select ${valueKeys}, n, lowest, highest, middles, list_sort(kept_values), list_sum(kept_counts), list_sum(kept_below) from ${relation} s anti join (select distinct ${valueKeys} from (${liftedValues('from marts.histogram_appended')})) using (${valueKeys})`

/** Histograms with up to so many values are kept whole, larger ones around their middle and at both ends. */
const keptValues = 64
const keptEnds = 8

/**
 * Number, lowest, highest and the sum of the two middle values per key of a histogram, exactly, with the values kept near them.
 * With N values, the lower middle is the first one at which N/2 are reached, the upper the first at which they are exceeded.
 */
export const statisticsOf = (histogram: string, where: string, keys = valueKeys): string => `
  select ${keys}, max(upto)::bigint as n, min(value) as lowest, max(value) as highest,
    min(value) filter (upto * 2 >= total) + min(value) filter (upto * 2 > total) as middles,
    list(value) filter (kept) as kept_values, list(n::integer) filter (kept) as kept_counts, list((upto - n)::bigint) filter (kept) as kept_below
  from (
    select *, size <= ${keptValues} or position <= ${keptEnds} or position > size - ${keptEnds}
      or abs(upto * 2 - n - total) * size <= ${keptValues} * total as kept
    from (
      select ${keys}, value, n, sum(n) over ordered as upto, row_number() over ordered as position,
        sum(n) over whole as total, count(*) over whole as size
      from (select ${keys}, value, sum(n)::bigint as n from ${histogram} where ${where} group by all having sum(n) <> 0)
      window ordered as (partition by ${keys} order by value), whole as (partition by ${keys})
    )
  )
  group by ${keys}`

const martsOf = (connection: DuckDBConnection): Catalogue => {
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

const rowsPerSlice = 500_000
const freshTables = { fresh_cell: 'cell_appended', fresh_histogram: 'histogram_appended', fresh_stock_change: 'stock_change' }

const dropFresh = async (connection: DuckDBConnection): Promise<void> => {
  for (const name of Object.keys(freshTables)) await connection.run(`drop table if exists temp.main.${name}`)
}

/** Makes temporary tables of what all of history contributes, in the form in which flushes append it; equal keys add up. */
const buildFresh = async (connection: DuckDBConnection): Promise<void> => {
  const { marts } = martsOf(connection)
  await dropFresh(connection)
  for (const [name, like] of Object.entries(freshTables)) await connection.run(`create temp table ${name} as from marts.${like} limit 0`)
  for (const table of new Set(marts.map((mart) => mart.table))) {
    const of = (shape: Mart['shape']) => marts.filter((mart) => mart.table === table && mart.shape === shape)
    const [cases, cells, values, changes] = [of('cases'), of('cells'), of('values'), of('changes')]
    if (values.length > 0) await connection.run(`insert into temp.main.fresh_histogram ${valuesOf(values)}`)
    if (changes.length > 0) await connection.run(`insert into temp.main.fresh_stock_change ${liftedValues(valuesOf(changes))}`)
    if (cells.length > 0) await connection.run(`insert into temp.main.fresh_cell ${cellsWithoutCases(cells)}`)
    if (cases.length === 0) continue
    const rows = Number((await connection.runAndReadAll(`select count(*) from history.${table}`)).value(0, 0))
    const parts = Math.ceil(rows / rowsPerSlice)
    for (let part = 0; part < parts; part += 1) {
      await connection.run(`set variable slices = ${parts}`)
      await connection.run(`set variable slice = ${part}`)
      await connection.run(`insert into temp.main.fresh_cell ${casesOfMany(cases, 'chosen')}`)
    }
  }
}
