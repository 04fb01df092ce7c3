// One query in a process of its own, which ends with it: lines `table<TAB>rows` and at last `sql<TAB>text as JSON` come on standard
// input, one line of JSON goes to standard output. Standard input stays open; when it ends, whoever asked is gone.
import { writeFileSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { createInterface } from 'node:readline'
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api'
import { duckdbMemory, mostBytes, mostRows, processMemory } from './limits.ts'
import { mustOnlyRead } from './reading.ts'
import { refusalOf, refused, type DeskRefusal } from './refusal.ts'
import { deskTables } from './tables.ts'

export type DeskValue = string | number | boolean | null
export type DeskResult = { columns: { name: string; type: string }[]; rows: DeskValue[][]; cut: boolean; ms: number }

const kill = (): void => void process.kill(process.pid, 'SIGKILL')
// DuckDB's threads would keep a usual exit waiting
const end = (answer: object): void => void process.stdout.write(`${JSON.stringify(answer)}\n`, kill)
const refuse = ({ code, message, position }: DeskRefusal): void => end({ refused: { code, message, position } })

const giveWay = (): void => {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  // where memory runs out all the same, Linux takes this process first
  if (process.platform === 'linux') writeFileSync('/proc/self/oom_score_adj', '1000')
  setInterval(() => {
    if (process.memoryUsage.rss() > processMemory) refuse(refused('memory'))
  }, 25)
}

const openDatabase = async (): Promise<DuckDBConnection> => {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: duckdbMemory,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  })
  const connection = await instance.connect()
  await connection.run(`set temp_directory = ''`)
  await connection.run('set enable_external_access = false')
  await connection.run(`set TimeZone = 'Europe/Berlin'`)
  await connection.run('set errors_as_json = true')
  for (const { name, columns } of deskTables)
    await connection.run(`create table ${name} (${columns.map((column) => `${column.name} ${column.type}`).join(', ')})`)
  return connection
}

const fill = async (connection: DuckDBConnection, table: string, rows: string): Promise<void> => {
  const { columns } = deskTables.find(({ name }) => name === table)!
  const shape = JSON.stringify([Object.fromEntries(columns.map(({ name, type }) => [name, type]))])
  await connection.run(`insert into ${table} select unnest(from_json($1::varchar, '${shape}'), recursive := true)`, [rows])
}

const ask = async (connection: DuckDBConnection, sql: string): Promise<DeskResult> => {
  await connection.run('set lock_configuration = true')
  const started = performance.now()
  await mustOnlyRead(connection, sql)
  const result = await connection.stream(sql)
  const names = result.columnNames()
  const columns = result.columnTypes().map((type, at) => ({ name: names[at]!, type: String(type) }))
  const isNumber = columns.map(({ type }) => numeric.test(type))
  const rows: DeskValue[][] = []
  let bytes = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (!chunk || chunk.rowCount === 0) break
    for (let at = 0; at < chunk.rowCount; at += 1) {
      if (rows.length === mostRows) return { columns, rows, cut: true, ms: performance.now() - started }
      const row = chunk.getRowValues(at).map((value, column) => plain(value, isNumber[column]!))
      rows.push(row)
      for (const value of row) bytes += typeof value === 'string' ? value.length + 3 : 8
      if (bytes > mostBytes) throw refused('result_too_large')
    }
  }
  return { columns, rows, cut: false, ms: performance.now() - started }
}

const numeric = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(.*\))$/
const surelyExact = 15

/** Numbers with more digits than a double surely holds stay text. */
const plain = (value: DuckDBValue, isNumber: boolean): DeskValue => {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  const text = String(value)
  return isNumber && text.replaceAll(/\D/g, '').length <= surelyExact ? Number(text) : text
}

giveWay()
process.stdin.on('end', kill)
const connection = await openDatabase()
for await (const line of createInterface({ input: process.stdin, terminal: false })) {
  const tab = line.indexOf('\t')
  const [table, rest] = [line.slice(0, tab), line.slice(tab + 1)]
  if (table !== 'sql') {
    await fill(connection, table, rest)
    continue
  }
  const sql = JSON.parse(rest) as string
  // not awaited, so that the end of standard input is still seen
  ask(connection, sql).then(end, (error: unknown) => refuse(refusalOf(error, sql)))
}
