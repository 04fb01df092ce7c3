import type { DuckDBConnection } from '@duckdb/node-api'
import type { Logger } from 'pino'
import { cellKeys, liftedCells, liftedValues, valueKeys } from './contributions.ts'
import { append } from './isolation.ts'
import type { Month } from './month.ts'
import { statisticsOf } from './order-statistics.ts'
import { execute, perform } from './statement.ts'
import type { Warehouse } from './warehouse.ts'

const lookEveryMs = 1000
/** While the stream is busy, one look in so many counts what waits. */
const looksWhenBusy = 10
/**
 * Months are folded when nothing has been written for a while: a waiting row costs readers some nanoseconds, folding a month costs the
 * stream some tenths of a second. Only when so many rows wait does it have to wait in its turn.
 */
const manyRows = 4_000_000
const quietMs = 5000
const checkpointAfterFolds = 200

type Waiting = { table: 'cell' | 'histogram'; month: Month; rows: number }

const waitingRows = async (connection: DuckDBConnection): Promise<number> => {
  const reader = await execute(
    connection,
    `select (select count(*) from marts.cell_appended) + (select count(*) from marts.histogram_appended)`,
  )
  return Number(reader.value(0, 0))
}

/** Months with rows waiting to be folded, the fullest first. */
export const waitingMonths = async (connection: DuckDBConnection): Promise<Waiting[]> => {
  const waiting = (table: string) =>
    `select '${table}' as table, month, count(*)::integer as rows from marts.${table}_appended group by month`
  const reader = await execute(connection, `${waiting('cell')} union all ${waiting('histogram')} order by rows desc, month`)
  return reader.getRowObjectsJson() as Waiting[]
}

/**
 * Inside a write: adds the appended rows of one month to its folded ones, and renews the order statistics they touched.
 * Delete and insert in one transaction: replacing the table would lose what is appended meanwhile.
 */
export const fold = async (connection: DuckDBConnection, table: 'cell' | 'histogram', month: Month): Promise<void> => {
  const ofMonth = (relation: string) => `from ${relation} where month = $1::integer`
  const run = (sql: string) => perform(connection, sql, [month])
  if (table === 'cell') {
    await run(`insert into temp.main.folding_cell
      select measure, ${cellKeys}, sum(value)::bigint, sum(cases)::integer
      from (${ofMonth('marts.cell')} union all ${liftedCells(ofMonth('marts.cell_appended'))})
      group by all having sum(value) <> 0 or sum(cases) <> 0`)
    for (const name of ['marts.cell', 'marts.cell_appended']) await run(`delete ${ofMonth(name)}`)
    await append(connection, 'marts.cell', `from temp.main.folding_cell order by measure, service_kind, specialisation, place`)
    await perform(connection, `delete from temp.main.folding_cell`)
    return
  }
  const appended = liftedValues(ofMonth('marts.histogram_appended'))
  await run(`insert into temp.main.folding_key select distinct ${valueKeys} from (${appended})`)
  await run(`insert into temp.main.folding_histogram
    select ${valueKeys}, value, sum(n)::integer from (${ofMonth('marts.histogram')} union all ${appended})
    group by all having sum(n) <> 0`)
  for (const name of ['marts.histogram', 'marts.histogram_appended']) await run(`delete ${ofMonth(name)}`)
  await run(`delete ${ofMonth('marts.statistic')} and (${valueKeys}) in (from temp.main.folding_key)`)
  await append(
    connection,
    'marts.histogram',
    `from temp.main.folding_histogram order by series, service_kind, specialisation, place, value`,
  )
  await append(
    connection,
    'marts.statistic',
    `from (${statisticsOf(`temp.main.folding_histogram semi join temp.main.folding_key using (${valueKeys})`)})
    order by service_kind, specialisation, series, place`,
  )
  for (const name of ['key', 'histogram']) await perform(connection, `delete from temp.main.folding_${name}`)
}

/** Folds in the background, one month in a transaction, stepping aside for the stream. */
export const startCompaction = (warehouse: Warehouse, log: Logger): { stop: () => Promise<void> } => {
  let stopped = false
  let folds = 0
  let busyLooks = 0
  let wake: () => void = () => undefined
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, lookEveryMs)
      wake = () => (clearTimeout(timer), resolve())
    })
  const round = async (): Promise<void> => {
    const quiet = warehouse.idleMs() > quietMs
    busyLooks = quiet ? 0 : (busyLooks + 1) % looksWhenBusy
    if (busyLooks !== 0) return
    let left = await warehouse.read(waitingRows)
    if (left < manyRows && !quiet) return
    const waiting = await warehouse.read(waitingMonths)
    for (const { table, month, rows } of waiting) {
      if (stopped || (left < manyRows && !(quiet && warehouse.idleMs() > quietMs / 2))) return
      await warehouse.write((connection) => fold(connection, table, month), { background: true })
      folds += 1
      left -= rows
    }
    if (quiet && folds >= checkpointAfterFolds) {
      await warehouse.checkpoint()
      folds = 0
    }
  }
  const running = (async () => {
    while (!stopped) {
      await pause()
      if (stopped) break
      try {
        await round()
      } catch (error) {
        log.error({ err: error }, 'compaction failed')
      }
    }
  })()
  return {
    stop: async () => {
      stopped = true
      wake()
      await running
    },
  }
}
