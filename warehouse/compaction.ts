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
/** Gathering what lies scattered costs the stream up to some seconds, so it waits until it has been quiet for longer. */
const longQuietMs = 60_000
/** Folded rows lie behind all others; so many row groups of them cost readers less than gathering costs. */
const toleratedGroups = 2

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
 * Inside a write: adds the appended rows of one month to its folded ones, and renews the order statistics they touched. Of cells and
 * statistics only what changed is written again, behind all others: the order in which views find them stays nearly what it was.
 * Delete and insert in one transaction: replacing the table would lose what is appended meanwhile.
 */
export const fold = async (connection: DuckDBConnection, table: 'cell' | 'histogram', month: Month): Promise<void> => {
  const ofMonth = (relation: string) => `from ${relation} where month = $1::integer`
  const run = (sql: string) => perform(connection, sql, [month])
  if (table === 'cell') {
    const keys = `measure, ${cellKeys}`
    const summed = (rows: string) => `select ${keys}, sum(value)::bigint as value, sum(cases)::integer as cases from (${rows}) group by all`
    await run(`insert into temp.main.folding_cell
      with changes as materialized (${summed(liftedCells(ofMonth('marts.cell_appended')))})
      ${summed(`from changes union all from (${ofMonth('marts.cell')}) semi join changes using (${keys})`)}`)
    await run(`delete ${ofMonth('marts.cell')} and (${keys}) in (select ${keys} from temp.main.folding_cell)`)
    await run(`delete ${ofMonth('marts.cell_appended')}`)
    await append(
      connection,
      'marts.cell',
      `from temp.main.folding_cell where value <> 0 or cases <> 0 order by ${inOrder.cell.key}, ${inOrder.cell.order}`,
    )
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
    order by ${inOrder.statistic.key}, ${inOrder.statistic.order}`,
  )
  for (const name of ['key', 'histogram']) await perform(connection, `delete from temp.main.folding_${name}`)
}

/** What the views read together of a table, and the order in which it lies there best. */
export const inOrder = {
  cell: { key: 'measure', order: 'service_kind, specialisation, month, place' },
  statistic: { key: 'service_kind', order: 'specialisation, series, month, place' },
}

type Scattered = { table: keyof typeof inOrder; key: string }

/** What lies in more row groups (of 122,880 rows) than its rows fill and are tolerated, the worst first. */
export const scatteredKeys = async (connection: DuckDBConnection): Promise<Scattered[]> => {
  const of = (table: keyof typeof inOrder) => `
    select '${table}' as table, key::varchar as key, count(*) - sum(rows) / 122880 as scattered
    from (select ${inOrder[table].key} as key, rowid // 122880 as row_group, count(*) as rows from marts.${table} group by all)
    group by key having count(*) > ceil(sum(rows) / 122880) + ${toleratedGroups}`
  const reader = await execute(connection, `${of('cell')} union all ${of('statistic')} order by scattered desc`)
  return reader.getRowObjectsJson() as Scattered[]
}

/** Inside a write: lays what folding scattered together again. */
export const gather = async (connection: DuckDBConnection, { table, key }: Scattered): Promise<void> => {
  const chosen = `from marts.${table} where ${inOrder[table].key} = $1::ubigint`
  await perform(connection, `insert into temp.main.folding_${table} ${chosen}`, [key])
  await perform(connection, `delete ${chosen}`, [key])
  await append(connection, `marts.${table}`, `from temp.main.folding_${table} order by ${inOrder[table].order}`)
  await perform(connection, `delete from temp.main.folding_${table}`)
}

/** Folds in the background, one month in a transaction, stepping aside for the stream. */
export const startCompaction = (warehouse: Warehouse, log: Logger): { stop: () => Promise<void> } => {
  let stopped = false
  let folds = 0
  /** Folding since the last look may have scattered rows. */
  let scattering = true
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
      scattering = true
    }
    if (scattering && waiting.length === 0 && warehouse.idleMs() > longQuietMs) {
      const [worst] = await warehouse.read(scatteredKeys)
      if (worst) {
        await warehouse.write((connection) => gather(connection, worst), { background: true, large: true })
        folds += checkpointAfterFolds
      } else scattering = false
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
