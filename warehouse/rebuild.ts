import type { DuckDBConnection } from '@duckdb/node-api'
import { inOrder } from './compaction.ts'
import {
  casesOfMany,
  cellKeys,
  contributionsWithoutCases,
  liftedCells,
  liftedValues,
  martsOfShape,
  valueKeys,
  type Contribution,
} from './contributions.ts'
import { fillNet, martsOf } from './marts.ts'
import { statisticsOf } from './order-statistics.ts'

/**
 * Inside a write: builds all marts anew from history. Tables take the place of the former ones, so that others see these until the
 * commit. Cases, months and service kinds are taken in slices, so that memory stays bounded.
 */
export const rebuild = async (connection: DuckDBConnection): Promise<void> => {
  const known = martsOf(connection)
  const { definitions, fingerprint, tables, changed } = known
  known.cell_changes = null
  await buildFresh(connection)
  await connection.run('drop schema marts cascade')
  await connection.run(definitions)
  // a view reads few measures, one service kind and specialisation: lying together they are found without reading the others
  for (const measures of await slices(connection, 'measure', 'temp.main.fresh_cell_appended')) {
    const cells = summedCells(`from temp.main.fresh_cell_appended where ${measures}`)
    await connection.run(`insert into marts.cell ${cells} order by ${inOrder.cell.key}, ${inOrder.cell.order}`)
  }
  for (const months of await slices(connection, 'month', 'temp.main.fresh_histogram_appended')) {
    const values = summedValues(`from temp.main.fresh_histogram_appended where ${months}`)
    await connection.run(`insert into marts.histogram ${values} order by month, series, service_kind, specialisation, place`)
  }
  await connection.run(
    `insert into marts.stock_change from temp.main.fresh_stock_change order by series, service_kind, specialisation, place, month`,
  )
  await dropFresh(connection)
  for (const kind of await slices(connection, 'service_kind', 'marts.histogram', 1)) {
    for (const months of await slices(connection, 'month', `marts.histogram where ${kind}`, 4 * rowsPerStatement)) {
      const statistics = statisticsOf(`(from marts.histogram where ${kind} and ${months})`)
      await connection.run(`insert into marts.statistic from (${statistics}) order by ${inOrder.statistic.order}`)
    }
  }
  await connection.run('insert into marts.definition values ($1)', [fingerprint])
  for (const table of tables) changed.add(table)
}

/** Conditions on a column that take a relation's rows in slices of about the size one statement is to take, in the column's order. */
const slices = async (connection: DuckDBConnection, column: string, relation: string, rows = rowsPerStatement): Promise<string[]> => {
  const reader = await connection.runAndReadAll(
    `select min(${column})::varchar, max(${column})::varchar from (select ${column}, sum(n) over (order by ${column}) // ${rows} as slice
    from (select ${column}, count(*) as n from ${relation} group by ${column})) group by slice order by min(${column})`,
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
  await connection.run(`create or replace temp table right_histogram as ${summedValues('from temp.main.fresh_histogram_appended')}`)
  const pairs = [
    [cellSums, summedCells('from temp.main.fresh_cell_appended')],
    [valueSums, 'from temp.main.right_histogram'],
    [changeSums('marts.stock_change'), changeSums('temp.main.fresh_stock_change')],
    [settledStatistics('marts.statistic'), settledStatistics(`(${statisticsOf('temp.main.right_histogram')})`)],
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

const rowsPerSlice = 500_000
const rowsPerStatement = 2_000_000
const freshTables: Contribution['into'][] = ['cell_appended', 'histogram_appended', 'stock_change']

const dropFresh = async (connection: DuckDBConnection): Promise<void> => {
  for (const table of freshTables) await connection.run(`drop table if exists temp.main.fresh_${table}`)
}

/** Makes temporary tables of what all of history contributes, in the form in which flushes append it; equal keys add up. */
const buildFresh = async (connection: DuckDBConnection): Promise<void> => {
  const { marts } = martsOf(connection)
  const contribute = ({ into, rows }: Contribution) => connection.run(`insert into temp.main.fresh_${into} ${rows}`)
  await dropFresh(connection)
  for (const table of freshTables) await connection.run(`create temp table fresh_${table} as from marts.${table} limit 0`)
  for (const table of new Set(marts.map((mart) => mart.table))) {
    const cases = martsOfShape(marts, table, 'cases')
    if (cases.length === 0) {
      for (const contribution of contributionsWithoutCases(marts, table)) await contribute(contribution)
      continue
    }
    const rows = Number((await connection.runAndReadAll(`select count(*) from history.${table}`)).value(0, 0))
    const parts = Math.ceil(rows / rowsPerSlice)
    for (let part = 0; part < parts; part += 1) {
      await connection.run(`set variable slices = ${parts}`)
      await connection.run(`set variable slice = ${part}`)
      const filled = await fillNet(connection, table, 'chosen')
      await contribute({ into: 'cell_appended', rows: casesOfMany(cases) })
      for (const contribution of contributionsWithoutCases(marts, table, 'chosen')) await contribute(contribution)
      for (const relation of filled) await connection.run(`delete from ${relation}`)
    }
  }
}
