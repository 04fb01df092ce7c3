import {
  BIGINT,
  BOOLEAN,
  DuckDBDataChunk,
  INTEGER,
  UBIGINT,
  type DuckDBConnection,
  type DuckDBListValue,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api'
import { codeNumber, readFrom, type Contribution, type Mart } from './contributions.ts'
import { noteAppend } from './isolation.ts'
import type { Model } from './models.ts'
import { executeForChunks } from './statement.ts'

/** By so much the signs of rows are multiplied that history holds of a batch's cases, to stand beside it and not be taken for it. */
export const earlierSign = 1_000_000

/** The staging models, and the numbers of "all" and of the measures. */
type Known = { staging: Model[]; numbers: Map<string, bigint> }

/**
 * What small batches add to the marts. The models give their rows by one statement; levels and distinct cases are added up here, which
 * takes a fraction of the time in which DuckDB starts the statements of contributions.ts that do the same for many rows.
 */
export const exchangeFew = async (connection: DuckDBConnection, marts: Mart[], { staging, numbers }: Known): Promise<void> => {
  if (marts.length === 0) return
  const all = numbers.get('all')!
  const cells = new Map<string, Cell>()
  const values = { histogram_appended: new Map<string, Value>(), stock_change: new Map<string, Value>() }
  const measures = [...new Set(marts.flatMap(({ measures }) => measures))]
  const slots = marts.map((mart) => mart.measures.map((measure) => measures.indexOf(measure)))
  const months = new Map<string, CaseMonth>()
  const levels = (specialisations: readonly bigint[]) => [all, ...specialisations]

  for (const row of await modelRows(connection, marts, staging)) {
    const { shape } = marts[row.mart]!
    if (shape !== 'cases' && row.earlier) continue
    if (shape === 'cases') addToCase(months, row, slots[row.mart]!, measures.length)
    else if (shape === 'cells') {
      for (const specialisation of levels(row.specialisations)) {
        const cell = cellOf(cells, { ...row, specialisation, also_all: true }, measures.length)
        slots[row.mart]!.forEach((slot, i) => (cell.value[slot]! += row.sign * row.measures[i]!))
      }
    } else if (shape === 'values') {
      for (const specialisation of levels(row.specialisations))
        addValue(values.histogram_appended, { ...row, specialisation }, row.measures[0]!, row.sign)
    } else {
      for (const specialisation of levels(row.specialisations))
        for (const service_kind of [row.service_kind, all])
          for (const place of [row.place, row.place - (row.place % 1_000_000), 0])
            addValue(values.stock_change, { ...row, specialisation, service_kind, place }, row.measures[0]!, row.sign * row.measures[1]!)
    }
  }
  for (const { place, month, groups } of months.values()) {
    if (groups.every(({ change }) => change.every((value) => value === 0))) continue
    // a case counts once at each level: only where it is in several groups must these be added up level by level
    const apart = groups.length === 1
    const sums = new Map<string, { service_kind: bigint; specialisation: bigint; change: Float64Array; before: Float64Array }>()
    for (const { service_kind, specialisations, change, before } of groups) {
      for (const kind of apart ? [service_kind] : [service_kind, all]) {
        for (const specialisation of levels(specialisations)) {
          const key = `${kind} ${specialisation}`
          let sum = sums.get(key)
          if (!sum) {
            sum = {
              service_kind: kind,
              specialisation,
              change: new Float64Array(measures.length),
              before: new Float64Array(measures.length),
            }
            sums.set(key, sum)
          }
          for (let slot = 0; slot < measures.length; slot += 1) {
            sum.change[slot]! += change[slot]!
            sum.before[slot]! += before[slot]!
          }
        }
      }
    }
    for (const { service_kind, specialisation, change, before } of sums.values()) {
      const cell = cellOf(cells, { place, month, service_kind, specialisation, also_all: apart }, measures.length)
      for (let slot = 0; slot < measures.length; slot += 1) {
        cell.value[slot]! += change[slot]!
        cell.cases[slot]! += Number(before[slot]! + change[slot]! !== 0) - Number(before[slot]! !== 0)
      }
    }
  }

  const rows: DuckDBValue[][] = []
  for (const { place, service_kind, specialisation, month, also_all, value, cases } of cells.values()) {
    measures.forEach((measure, slot) => {
      if (value[slot] === 0 && cases[slot] === 0) return
      rows.push([numbers.get(measure)!, place, service_kind, specialisation, month, BigInt(value[slot]!), cases[slot]!, also_all])
    })
  }
  await appendRows(connection, 'cell_appended', [...keyTypes, BIGINT, INTEGER, BOOLEAN], rows)
  for (const table of ['histogram_appended', 'stock_change'] as const) {
    const changed = [...values[table].values()].filter(({ n }) => n !== 0)
    await appendRows(
      connection,
      table,
      [...keyTypes, BIGINT, INTEGER],
      changed.map(({ series, place, service_kind, specialisation, month, value, n }) => [
        series,
        place,
        service_kind,
        specialisation,
        month,
        BigInt(value),
        n,
      ]),
    )
  }
}

type Keys = { place: number; service_kind: bigint; specialisation: bigint; month: number }
type Cell = Keys & { also_all: boolean; value: Float64Array; cases: Int32Array }
type Value = Keys & { series: bigint; value: number; n: number }
/** A case in a place and month: what it contributes by service kind and specialisations, by measure, and what it did before. */
type CaseMonth = { place: number; month: number; groups: Group[] }
type Group = { service_kind: bigint; specialisations: readonly bigint[]; change: Float64Array; before: Float64Array }

type ModelRow = Omit<Keys, 'specialisation'> & {
  /** Position among the marts asked for. */
  mart: number
  specialisations: readonly bigint[]
  case_key: string
  /** Of history, not of the batch. */
  earlier: boolean
  sign: number
  series: bigint
  measures: number[]
}

const modelRows = async (connection: DuckDBConnection, marts: Mart[], staging: Model[]): Promise<ModelRow[]> => {
  // what several models read is staged once
  const staged = staging.filter(({ name }) => marts.some(({ sql }) => readsStaging(sql, name)))
  const ctes = staged.map(({ name, sql }) => `staged_${name} as materialized (${readFrom('batch', sql)})`)
  const width = Math.max(2, ...marts.map(({ measures }) => measures.length))
  const select = ({ shape, measures, sql }: Mart, mart: number): string => {
    const given = { cases: measures, cells: measures, values: ['value'], changes: ['value', 'change'] }[shape]
    const columns = Array.from({ length: width }, (_, i) => (given[i] ? `coalesce(${given[i]}, 0)::double` : '0::double'))
    const numbers = `case specialisations when '' then [] else list_transform(string_split(specialisations, ','), lambda code: ${codeNumber('code')}) end`
    return `select ${mart}::integer, place, ${codeNumber('service_kind')}, ${numbers}::ubigint[], month, ${shape === 'cases' ? 'case_key::varchar' : `''`},
      sign::integer, ${shape === 'values' || shape === 'changes' ? codeNumber('series') : '0::ubigint'}, ${columns.join(', ')}
      from (${sql.replaceAll(/\bstaging\.(\w+)/g, 'staged_$1')})`
  }
  const rows: ModelRow[] = []
  for (const chunk of await executeForChunks(connection, `with ${ctes.join(', ')} ${marts.map(select).join(' union all ')}`)) {
    const [mart, place, service_kind, specialisations, month, case_key, sign, series, ...measures] = chunk.getColumns()
    for (let i = 0; i < chunk.rowCount; i += 1) {
      const signed = sign![i] as number
      const earlier = Math.abs(signed) >= earlierSign
      rows.push({
        mart: mart![i] as number,
        place: place![i] as number,
        service_kind: service_kind![i] as bigint,
        specialisations: (specialisations![i] as DuckDBListValue).items as bigint[],
        month: month![i] as number,
        case_key: case_key![i] as string,
        earlier,
        sign: earlier ? signed / earlierSign : signed,
        series: series![i] as bigint,
        measures: measures.map((column) => column[i] as number),
      })
    }
  }
  return rows
}

const readsStaging = (sql: string, name: string): boolean => new RegExp(`\\bstaging\\.${name}\\b`).test(sql)

const addToCase = (months: Map<string, CaseMonth>, row: ModelRow, slots: number[], measures: number): void => {
  const { place, month, service_kind, specialisations } = row
  const key = `${place} ${month} ${row.case_key}`
  let found = months.get(key)
  if (!found) months.set(key, (found = { place, month, groups: [] }))
  let group = found.groups.find((each) => each.service_kind === service_kind && each.specialisations.join() === specialisations.join())
  if (!group) {
    group = { service_kind, specialisations, change: new Float64Array(measures), before: new Float64Array(measures) }
    found.groups.push(group)
  }
  const into = row.earlier ? group.before : group.change
  slots.forEach((slot, i) => (into[slot]! += row.sign * row.measures[i]!))
}

const cellOf = (
  cells: Map<string, Cell>,
  { place, service_kind, specialisation, month, also_all }: Keys & { also_all: boolean },
  measures: number,
): Cell => {
  const key = `${place} ${service_kind} ${specialisation} ${month} ${also_all}`
  let cell = cells.get(key)
  if (!cell) {
    cell = { place, service_kind, specialisation, month, also_all, value: new Float64Array(measures), cases: new Int32Array(measures) }
    cells.set(key, cell)
  }
  return cell
}

const addValue = (
  values: Map<string, Value>,
  { series, place, service_kind, specialisation, month }: Keys & { series: bigint },
  value: number,
  n: number,
): void => {
  const key = `${series} ${place} ${service_kind} ${specialisation} ${month} ${value}`
  const found = values.get(key)
  if (found) found.n += n
  else values.set(key, { series, place, service_kind, specialisation, month, value, n })
}

const keyTypes: DuckDBType[] = [UBIGINT, INTEGER, UBIGINT, UBIGINT, INTEGER]
const chunkRows = 2048

const appendRows = async (
  connection: DuckDBConnection,
  table: Contribution['into'],
  types: DuckDBType[],
  rows: DuckDBValue[][],
): Promise<void> => {
  if (rows.length === 0) return
  const appender = await connection.createAppender(table, 'marts')
  for (let from = 0; from < rows.length; from += chunkRows) {
    const part = rows.slice(from, from + chunkRows)
    const chunk = DuckDBDataChunk.create(types, part.length)
    types.forEach((_, column) =>
      chunk.setColumnValues(
        column,
        part.map((row) => row[column]!),
      ),
    )
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
  noteAppend(connection, `marts.${table}`, rows.length)
}
