import { createHash } from 'node:crypto'
import type { DuckDBConnection } from '@duckdb/node-api'
import { hideMartsUntilCommit } from './isolation.ts'
import type { Model } from './models.ts'
import { execute } from './statement.ts'

/**
 * A mart model turns signed rows of one history table into contributions. Its columns tell what becomes of them:
 * `case_key` and measures: cells with the number of distinct cases behind each; measures alone: cells; `value` and `n`: histogram;
 * `value` and `change`: what enters and leaves a stock.
 * The level "all" of service kinds, and of histograms the places state and Germany, are added here, not by the models.
 * One model serves four ways: it reads `history`, or in its place `batch` (what a flush brings), `touched`
 * (what history holds of the batch's cases) or `chosen` (some of history's rows, for the rebuild).
 */
type Mart = { name: string; table: string; shape: 'cases' | 'cells' | 'values' | 'changes'; measures: string[]; sql: string }
/** With the statement that appends what a batch contributes, as each flush runs it. */
type Known = Mart & { contribution: string }
type Catalogue = { marts: Known[]; tables: string[]; fingerprint: string; changed: Set<string> }
type Source = 'batch' | 'touched' | 'chosen'

export const cellKeys = 'place, service_kind, specialisation, month'
export const valueKeys = `series, ${cellKeys}`
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
  const factTables = new Set(staging.flatMap((model) => model.reads).map((read) => read.slice('history.'.length)))
  const history = await historyTables(connection)
  for (const table of history) await mirrorHistoryTable(connection, table)
  for (const table of factTables) {
    await connection.run(`create temp table if not exists chosen_row_${table} (row BIGINT)`)
    await connection.run(
      `create or replace temp view chosen_${table} as from history.${table} where rowid in (from temp.main.chosen_row_${table})`,
    )
  }
  for (const source of ['batch', 'touched', 'chosen'] as const) {
    for (const model of staging)
      await connection.run(`create or replace temp view ${source}_staging_${model.name} as ${readFrom(source, model.sql)}`)
  }
  await connection.run(`create or replace temp table folding_cell as from marts.cell limit 0`)
  await connection.run(`create or replace temp table folding_histogram as from marts.histogram limit 0`)
  await connection.run(`create or replace temp table folding_key as select ${valueKeys} from marts.histogram limit 0`)
  const byName = new Map(staging.map((model) => [`staging.${model.name}`, model]))
  const marts: Known[] = []
  for (const model of models.filter(({ layer }) => layer === 'marts')) {
    const tablesRead = new Set(model.reads.flatMap((read) => byName.get(read)?.reads ?? []))
    const [table] = tablesRead
    if (!table || tablesRead.size > 1) throw new Error(`${model.name} reads ${tablesRead.size} fact tables; linear models read one`)
    const columns = await columnsOf(connection, `(${model.sql})`)
    const shape = columns.includes('case_key')
      ? 'cases'
      : columns.includes('n')
        ? 'values'
        : columns.includes('change')
          ? 'changes'
          : 'cells'
    const measures = columns.filter((column) => ![...valueKeys.split(', '), 'case_key', 'value', 'n', 'change'].includes(column))
    const mart: Mart = { name: model.name, table: table.slice('history.'.length), shape, measures, sql: model.sql }
    marts.push({ ...mart, contribution: contributionOf(mart) })
  }
  catalogue.set(connection, { marts, tables: history, fingerprint, changed: new Set() })
}

/** Makes the relations that stand in for a history table anew, e.g. after it got a column. */
export const mirrorHistoryTable = async (connection: DuckDBConnection, table: string): Promise<void> => {
  for (const source of ['batch', 'touched'] as const) {
    await connection.run(`create or replace temp table ${source}_${table} as from history.${table} limit 0`)
  }
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

/**
 * Inside a write: runs the mart models over the signed rows in `temp.main.batch_<table>`, moves these into history and
 * empties the batch. Cells stay what a rebuild would give, because only contributions of the touched cases are exchanged.
 */
export const absorb = async (connection: DuckDBConnection, tables: string[]): Promise<void> => {
  const { marts, changed } = martsOf(connection)
  for (const table of tables) {
    changed.add(table)
    const concerned = marts.filter((mart) => mart.table === table)
    const byCase = concerned.some((mart) => mart.shape === 'cases')
    if (byCase) await fetchTouched(connection, table)
    for (const mart of concerned) await execute(connection, mart.contribution)
    if (byCase) await execute(connection, `delete from temp.main.touched_${table}`)
    await execute(connection, `insert into history.${table} from temp.main.batch_${table}`)
    await execute(connection, `delete from temp.main.batch_${table}`)
  }
}

const keysByIndex = 100
const valuesPerStatement = 2_000_000

/**
 * Copies what history holds of the batch's cases. Few cases are found through the index, which DuckDB uses for literal keys only;
 * many by one scan.
 */
const fetchTouched = async (connection: DuckDBConnection, table: string): Promise<void> => {
  const reader = await execute(connection, `select distinct case_key::varchar from temp.main.batch_${table} limit ${keysByIndex + 1}`)
  const keys = reader.getColumnsJS()[0] ?? []
  const ofMany = `rowid in (select rowid from history.${table} where case_key in (select case_key from temp.main.batch_${table}))`
  const ofFew = `case_key in (${keys.map((key) => `'${key}'::uuid`).join(', ')})`
  await connection.run(
    `insert into temp.main.touched_${table} from history.${table} where ${keys.length > keysByIndex || keys.length === 0 ? ofMany : ofFew}`,
  )
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

/** Inside a write: builds all marts anew from history. Cases are taken in slices, so that memory stays bounded. */
export const rebuild = async (connection: DuckDBConnection): Promise<void> => {
  await buildFresh(connection)
  for (const table of ['cell', 'histogram', 'histogram_appended', 'stock_change', 'statistic'])
    await connection.run(`delete from marts.${table}`)
  await connection.run(
    `insert into marts.cell select *, true from temp.main.fresh_cell order by month, measure, service_kind, specialisation, place`,
  )
  await connection.run(
    `insert into marts.histogram from temp.main.fresh_histogram order by month, series, service_kind, specialisation, place`,
  )
  await connection.run(
    `insert into marts.stock_change from temp.main.fresh_stock_change order by series, service_kind, specialisation, place, month`,
  )
  // a view reads one service kind and specialisation: lying together they are found without reading the others
  const spans = await connection.runAndReadAll(
    `select min(service_kind), max(service_kind) from (select service_kind, sum(n) over (order by service_kind) // ${valuesPerStatement} as span
    from (select service_kind, count(*) as n from marts.histogram group by service_kind)) group by span order by 1`,
  )
  for (const [from, to] of spans.getRowsJson()) {
    const statistics = statisticsOf('marts.histogram', `service_kind between '${from}' and '${to}'`)
    await connection.run(`insert into marts.statistic from (${statistics}) order by service_kind, specialisation, series, month, place`)
  }
  for (const table of ['cell', 'histogram', 'stock_change']) await connection.run(`drop table temp.main.fresh_${table}`)
  await connection.run('delete from marts.definition')
  const { fingerprint, tables, changed } = martsOf(connection)
  await connection.run('insert into marts.definition values ($1)', [fingerprint])
  await hideMartsUntilCommit(connection)
  for (const table of tables) changed.add(table)
}

/** Inside a write: the keys at which the marts differ from what history gives, as text; empty when all is right. */
export const martsDifferingFromRebuild = async (connection: DuckDBConnection): Promise<string[]> => {
  await buildFresh(connection)
  const cellSums = `select measure, ${cellKeys}, sum(value)::bigint as value, sum(cases)::integer as cases from marts.cell group by all having sum(value) <> 0 or sum(cases) <> 0`
  const valueSums = `select ${valueKeys}, value, sum(n)::integer as n from (from marts.histogram union all from marts.histogram_appended) group by all having sum(n) <> 0`
  const changeSums = `select ${valueKeys}, value, sum(n)::integer as n from marts.stock_change group by all having sum(n) <> 0`
  const pairs = [
    [cellSums, 'from temp.main.fresh_cell'],
    [valueSums, 'from temp.main.fresh_histogram'],
    [changeSums, 'from temp.main.fresh_stock_change'],
    [settledStatistics('marts.statistic'), settledStatistics(`(${statisticsOf('temp.main.fresh_histogram', 'true')})`)],
  ]
  const differences: string[] = []
  for (const [ours, right] of pairs) {
    const sql = `select 'surplus' as kind, t.* from ((${ours}) except (${right})) t union all select 'missing', t.* from ((${right}) except (${ours})) t limit 20`
    const reader = await connection.runAndReadAll(sql)
    differences.push(...reader.getRowsJson().map((row) => JSON.stringify(row)))
  }
  for (const table of ['cell', 'histogram', 'stock_change']) await connection.run(`drop table temp.main.fresh_${table}`)
  return differences
}

/** Statistics whose key has no rows waiting to be folded: the others are read from the histogram, whatever stands here. */
const settledStatistics = (relation: string): string =>
  `select ${valueKeys}, n, lowest, highest, middles, list_sort(kept_values), list_sum(kept_counts), list_sum(kept_below) from ${relation} s anti join (select distinct ${valueKeys} from marts.histogram_appended) using (${valueKeys})`

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

const readFrom = (source: Source, sql: string): string =>
  sql.replaceAll(/\bhistory\.(\w+)/g, `temp.main.${source}_$1`).replaceAll(/\bstaging\.(\w+)/g, `temp.main.${source}_staging_$1`)

const historyTables = async (connection: DuckDBConnection): Promise<string[]> => {
  const reader = await connection.runAndReadAll(
    `select table_name from duckdb_columns() where schema_name = 'history' and column_name = 'sign' and database_name = current_database()`,
  )
  return reader.getRowsJson().map(([name]) => String(name))
}

const columnsOf = async (connection: DuckDBConnection, relation: string): Promise<string[]> =>
  (await connection.runAndReadAll(`select * from ${relation} limit 0`)).columnNames()

const contributionOf = (mart: Mart): string => {
  const batch = `(${readFrom('batch', mart.sql)})`
  if (mart.shape === 'values') return `insert into marts.histogram_appended ${valuesWithLevels(batch, 'n')}`
  if (mart.shape === 'changes') return `insert into marts.stock_change ${valuesWithLevels(batch, 'change')}`
  if (mart.shape === 'cells') return `insert into marts.cell ${asCells(mart, allKinds(sumsOf(mart, batch)), () => '0', ', false')}`
  // one row per measure, case and cell: a few sums over many rows start faster than many sums over a few
  const oneByOne = (source: Source) => `
    select place, [service_kind, 'all'] as kinds, specialisation, month, case_key, ${source === 'batch'} as fresh,
      unnest([${mart.measures.map((_, slot) => slot)}]) as slot, unnest([${mart.measures.map((measure) => `${measure}::double`)}]) as value
    from (${readFrom(source, mart.sql)})`
  const signed = `
    select slot, place, unnest(kinds) as service_kind, specialisation, month, case_key,
      case when fresh then value else 0 end as value, case when fresh then 0 else value end as before
    from (${oneByOne('touched')} union all ${oneByOne('batch')}) where value <> 0`
  const cases = `select slot, ${cellKeys}, case_key, sum(value) as value, sum(before) as before from (${signed}) group by slot, ${cellKeys}, case_key`
  const cells = `
    select slot, ${cellKeys}, sum(value)::bigint as value, sum((before + value <> 0)::integer - (before <> 0)::integer)::integer as cases
    from (${cases}) group by slot, ${cellKeys}`
  const names = `[${mart.measures.map((measure) => `'${measure}'`)}]`
  return `insert into marts.cell select ${names}[slot + 1], ${cellKeys}, value, cases, false from (${cells}) where value <> 0 or cases <> 0`
}

const casesColumn = (measure: string): string => `${measure}_cases`

/** Every row at its own service kind and at "all". */
const allKinds = (rows: string): string => `select * replace (unnest([service_kind, 'all']) as service_kind) from (${rows})`

/** Histogram rows at their service kind and at all, in their authority, its state and Germany. */
const valuesWithLevels = (rows: string, count: 'n' | 'change'): string => {
  const values = `select ${valueKeys}, value, sum(${count}::double)::bigint as n from ${rows} group by all`
  const places = `select * replace (unnest([place, left(place, 2), 'de']) as place) from (${allKinds(values)})`
  return `select ${valueKeys}, value, sum(n)::integer as n from (${places}) group by all having sum(n) <> 0`
}

/** Sums per cell. Integers below 2^53 add up exactly in doubles, in half the memory of DuckDB's integer sums. */
const sumsOf = (mart: Mart, rows: string, more: (measure: string) => string = () => '', keys = cellKeys): string =>
  `select ${keys}, ${mart.measures.map((measure) => `sum(${measure}::double)::bigint as ${measure}${more(measure)}`).join(', ')} from ${rows} group by ${keys}`

/** One row per measure with a value, from one column per measure. */
const asCells = (mart: Mart, wide: string, cases: (measure: string) => string, folded = ''): string => {
  const cells = mart.measures.map((measure) => `{measure: '${measure}', value: ${measure}::bigint, cases: ${cases(measure)}::integer}`)
  return `select cell.measure, ${cellKeys}, cell.value, cell.cases${folded}
    from (select ${cellKeys}, unnest([${cells.join(', ')}]) as cell from (${wide}))
    where cell.value <> 0 or cell.cases <> 0`
}

const casesPerSlice = 200_000

/** Builds `temp.main.fresh_cell` and `temp.main.fresh_histogram` from history. */
const buildFresh = async (connection: DuckDBConnection): Promise<void> => {
  const { marts } = martsOf(connection)
  await connection.run(`create or replace temp table fresh_cell as select * exclude (folded) from marts.cell limit 0`)
  await connection.run(`create or replace temp table fresh_histogram as from marts.histogram limit 0`)
  await connection.run(`create or replace temp table fresh_stock_change as from marts.stock_change limit 0`)
  for (const mart of marts.filter(({ shape }) => shape !== 'cases')) {
    const rows = `(${mart.sql})`
    if (mart.shape === 'values') await connection.run(`insert into temp.main.fresh_histogram ${valuesWithLevels(rows, 'n')}`)
    else if (mart.shape === 'changes') await connection.run(`insert into temp.main.fresh_stock_change ${valuesWithLevels(rows, 'change')}`)
    else await connection.run(`insert into temp.main.fresh_cell ${asCells(mart, allKinds(sumsOf(mart, rows)), () => '0')}`)
  }
  for (const table of tablesByCase(connection)) await buildCases(connection, table)
  const cells = `select measure, ${cellKeys}, sum(value)::bigint as value, sum(cases)::integer as cases from temp.main.fresh_cell group by all having sum(value) <> 0 or sum(cases) <> 0`
  await connection.run(`create or replace temp table fresh_cell as ${cells}`)
}

/**
 * Cases of which one row stands are counted where they are summed: most, and quick. The others are summed case by case first,
 * in slices of cases, so that memory stays bounded.
 */
const buildCases = async (connection: DuckDBConnection, table: string): Promise<void> => {
  const marts = martsOf(connection).marts.filter((mart) => mart.table === table && mart.shape === 'cases')
  const columns = (await columnsOf(connection, `history.${table}`)).filter(
    (column) => !['sign', 'commit_lsn', 'committed_at'].includes(column),
  )
  const changed = await connection.runAndReadAll(`select exists (from history.${table} where sign < 0)`)
  const standing = changed.value(0, 0)
    ? `select max(rowid) as row, any_value(case_key) as case_key from history.${table} group by id, hash(${columns.join(', ')}) having sum(sign) <> 0`
    : `select rowid as row, case_key from history.${table}`
  await connection.run(`create or replace temp table standing as ${standing}`)
  await connection.run(
    `create or replace temp table several as select case_key from temp.main.standing group by case_key having count(*) > 1`,
  )
  const choose = async (which: string) => {
    await connection.run(`delete from temp.main.chosen_row_${table}`)
    await connection.run(`insert into temp.main.chosen_row_${table} select row from temp.main.standing where ${which}`)
  }
  await choose('case_key not in (from temp.main.several)')
  for (const mart of marts) {
    const counted = sumsOf(mart, `(${readFrom('chosen', mart.sql)})`, (measure) => `, count_if(${measure} <> 0) as ${measure}_cases`)
    await connection.run(`insert into temp.main.fresh_cell ${asCells(mart, allKinds(counted), casesColumn)}`)
  }
  const several = Number((await connection.runAndReadAll('select count(*) from temp.main.several')).value(0, 0))
  const slices = Math.ceil(several / casesPerSlice)
  for (let slice = 0; slice < slices; slice += 1) {
    await choose(`case_key in (from temp.main.several) and hash(case_key) % ${slices} = ${slice}`)
    for (const mart of marts) {
      const perCase = sumsOf(mart, `(${allKinds(readFrom('chosen', mart.sql))})`, undefined, `${cellKeys}, case_key`)
      const counted = sumsOf(mart, `(${perCase})`, (measure) => `, count_if(${measure} <> 0) as ${measure}_cases`)
      await connection.run(`insert into temp.main.fresh_cell ${asCells(mart, counted, casesColumn)}`)
    }
  }
  await choose('false')
  for (const name of ['standing', 'several']) await connection.run(`drop table temp.main.${name}`)
}
