import {
  BIGINT,
  BOOLEAN,
  DuckDBDataChunk,
  INTEGER,
  listValue,
  UBIGINT,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api'
import type { CellChange, Changes } from './cell-changes.ts'
import { codeNumber, readFrom, stateOf, type Contribution, type Mart } from './contributions.ts'
import { noteAppend } from './isolation.ts'
import type { Model } from './models.ts'
import { execute, executeForChunks } from './statement.ts'

/** By so much the signs of rows are multiplied that history holds of a batch's cases, to stand beside it and not be taken for it. */
export const earlierSign = 1_000_000

/**
 * What small batches add to the marts. The models give their rows by one statement; levels and distinct cases are added up here, which
 * takes a fraction of the time in which DuckDB starts the statements of contributions.ts that do the same for many rows.
 * `numbers` keeps the numbers of codes once asked for; `told` is called when all changes of cells are, before they are written.
 */
export const exchangeFew = async (
  connection: DuckDBConnection,
  marts: Mart[],
  known: { staging: Model[]; numbers: Map<string, bigint>; cell_changes: Changes | undefined },
  told: () => unknown,
): Promise<void> => {
  const { staging, numbers } = known
  if (marts.length === 0) {
    if (known.cell_changes !== null) told()
    return
  }
  const sums = new Sums(marts)
  for (const row of await modelRows(connection, marts, staging)) {
    const mart = marts[row.mart]!
    if (mart.shape === 'cases') sums.addToCase(mart, row)
    else if (row.earlier) continue
    else if (mart.shape === 'cells') sums.addToCells(mart, row)
    else sums.addToValues(mart, row)
  }
  sums.closeCases()
  const changes = [...sums.cells.values()].flatMap(({ value: values, cases: counts, ...keys }) =>
    sums.measures.flatMap((measure, slot): CellChange[] => {
      const [value, cases] = [values[slot]!, counts[slot]!]
      return value === 0 && cases === 0 ? [] : [{ ...keys, measure, value, cases }]
    }),
  )
  if (known.cell_changes !== null) {
    known.cell_changes = [...(known.cell_changes ?? []), ...changes]
    told()
  }
  await learnNumbers(connection, numbers, sums.codes())
  const keysOf = (of: string, { place, service_kind, specialisation, month }: Keys): DuckDBValue[] => [
    numbers.get(of)!,
    place,
    numbers.get(service_kind)!,
    numbers.get(specialisation)!,
    month,
  ]
  const cells = changes.map((change) => [...keysOf(change.measure, change), BigInt(change.value), change.cases, change.also_all])
  await appendRows(connection, 'cell_appended', [BIGINT, INTEGER, BOOLEAN], cells)
  for (const table of ['histogram_appended', 'stock_change'] as const) {
    const changed = [...sums.values[table].values()].filter(({ n }) => n !== 0)
    const rows = changed.map((each) => [...keysOf(each.series, each), BigInt(each.value), each.n])
    await appendRows(connection, table, [BIGINT, INTEGER], rows)
  }
}

type Keys = { place: number; service_kind: string; specialisation: string; month: number }
type Cell = Keys & { also_all: boolean; value: Float64Array; cases: Float64Array }
type Value = Keys & { series: string; value: number; n: number }
/** A case in a place and month, by service kind and specialisations: what a batch changes of its measures, and what they were before. */
type CaseMonth = { place: number; month: number; groups: Group[] }
type Group = { service_kind: string; specialisations: string; change: Float64Array; before: Float64Array }

type ModelRow = Omit<Keys, 'specialisation'> & {
  /** Position among the marts asked for. */
  mart: number
  /** Codes separated by commas. */
  specialisations: string
  case_key: string
  /** Of history, not of the batch. */
  earlier: boolean
  sign: number
  series: string
  measures: number[]
}

class Sums {
  readonly measures: string[]
  readonly cells = new Map<string, Cell>()
  readonly values = { histogram_appended: new Map<string, Value>(), stock_change: new Map<string, Value>() }
  readonly #slots: Map<Mart, number[]>
  readonly #caseMonths = new Map<string, CaseMonth>()

  constructor(marts: Mart[]) {
    this.measures = [...new Set(marts.flatMap(({ measures }) => measures))]
    this.#slots = new Map(marts.map((mart) => [mart, mart.measures.map((measure) => this.measures.indexOf(measure))]))
  }

  addToCase(mart: Mart, row: ModelRow): void {
    const { place, month, service_kind, specialisations } = row
    const key = `${place} ${month} ${row.case_key}`
    let found = this.#caseMonths.get(key)
    if (!found) this.#caseMonths.set(key, (found = { place, month, groups: [] }))
    let group = found.groups.find((each) => each.service_kind === service_kind && each.specialisations === specialisations)
    if (!group) found.groups.push((group = { service_kind, specialisations, change: this.#zeros(), before: this.#zeros() }))
    this.#add(mart, row, row.earlier ? group.before : group.change)
  }

  addToCells(mart: Mart, row: ModelRow): void {
    for (const specialisation of levelsOf(row.specialisations))
      this.#add(mart, row, this.#cell({ ...row, specialisation, also_all: true }).value)
  }

  addToValues(mart: Mart, row: ModelRow): void {
    const [value, change] = row.measures as [number, number]
    for (const specialisation of levelsOf(row.specialisations)) {
      if (mart.shape === 'values') {
        this.#value('histogram_appended', { ...row, specialisation, value, n: row.sign })
        continue
      }
      for (const service_kind of [row.service_kind, 'all'])
        for (const place of [row.place, stateOf(row.place), 0])
          this.#value('stock_change', { ...row, specialisation, service_kind, place, value, n: row.sign * change })
    }
  }

  /** A case counts once at each level: only where it is in several groups must these be added up level by level. */
  closeCases(): void {
    for (const { place, month, groups } of this.#caseMonths.values()) {
      if (groups.every(({ change }) => change.every((value) => value === 0))) continue
      const [only] = groups.length === 1 ? groups : []
      if (only) {
        for (const specialisation of levelsOf(only.specialisations))
          enter(this.#cell({ place, month, service_kind: only.service_kind, specialisation, also_all: true }), only)
        continue
      }
      const levels = new Map<string, { service_kind: string; specialisation: string; change: Float64Array; before: Float64Array }>()
      for (const group of groups) {
        for (const service_kind of [group.service_kind, 'all']) {
          for (const specialisation of levelsOf(group.specialisations)) {
            const key = `${service_kind} ${specialisation}`
            let level = levels.get(key)
            if (!level) levels.set(key, (level = { service_kind, specialisation, change: this.#zeros(), before: this.#zeros() }))
            for (const part of ['change', 'before'] as const) group[part].forEach((value, slot) => (level[part][slot]! += value))
          }
        }
      }
      for (const level of levels.values()) enter(this.#cell({ place, month, ...level, also_all: false }), level)
    }
  }

  /** Every code in the keys. */
  codes(): Set<string> {
    const all = [...this.cells.values(), ...this.values.histogram_appended.values(), ...this.values.stock_change.values()]
    const series = Object.values(this.values).flatMap((values) => [...values.values()].map((value) => value.series))
    return new Set([...this.measures, ...series, ...all.flatMap(({ service_kind, specialisation }) => [service_kind, specialisation])])
  }

  #zeros(): Float64Array {
    return new Float64Array(this.measures.length)
  }

  #add(mart: Mart, row: ModelRow, into: Float64Array): void {
    this.#slots.get(mart)!.forEach((slot, i) => (into[slot]! += row.sign * row.measures[i]!))
  }

  #cell({ place, service_kind, specialisation, month, also_all }: Keys & { also_all: boolean }): Cell {
    const key = `${place} ${service_kind} ${specialisation} ${month} ${also_all}`
    let cell = this.cells.get(key)
    if (!cell) {
      cell = { place, service_kind, specialisation, month, also_all, value: this.#zeros(), cases: this.#zeros() }
      this.cells.set(key, cell)
    }
    return cell
  }

  #value(table: keyof Sums['values'], { series, place, service_kind, specialisation, month, value, n }: Value): void {
    const key = `${series} ${place} ${service_kind} ${specialisation} ${month} ${value}`
    const found = this.values[table].get(key)
    if (found) found.n += n
    else this.values[table].set(key, { series, place, service_kind, specialisation, month, value, n })
  }
}

const enter = (cell: Cell, { change, before }: Pick<Group, 'change' | 'before'>): void =>
  change.forEach((value, slot) => {
    cell.value[slot]! += value
    cell.cases[slot]! += Number(before[slot]! + value !== 0) - Number(before[slot]! !== 0)
  })

const levelsOf = (specialisations: string): string[] => (specialisations === '' ? ['all'] : ['all', ...specialisations.split(',')])

const learnNumbers = async (connection: DuckDBConnection, numbers: Map<string, bigint>, codes: Set<string>): Promise<void> => {
  const unknown = [...codes].filter((code) => !numbers.has(code))
  if (unknown.length === 0) return
  const sql = `select code, ${codeNumber('code')} from (select unnest($1::varchar[]) as code)`
  for (const [code, number] of (await execute(connection, sql, [listValue(unknown)])).getRows())
    numbers.set(code as string, number as bigint)
}

const modelRows = async (connection: DuckDBConnection, marts: Mart[], staging: Model[]): Promise<ModelRow[]> => {
  // what several models read is staged once
  const staged = staging.filter(({ name }) => marts.some(({ sql }) => new RegExp(`\\bstaging\\.${name}\\b`).test(sql)))
  const ctes = staged.map(({ name, sql }) => `staged_${name} as materialized (${readFrom('batch', sql)})`)
  const select = ({ shape, measures, sql }: Mart, mart: number): string => {
    const given = { cases: measures, cells: measures, values: ['value'], changes: ['value', 'change'] }[shape]
    const numbers = given.map((measure) => `coalesce(${measure}, 0)::bigint`)
    const keys = `${mart}, place, month, sign, service_kind, specialisations, ${shape === 'cases' ? 'case_key' : `''`}, ${given.includes('value') ? 'series' : `''`}`
    // a row as one text: many short columns take longer to fetch than to split
    return `select concat_ws('|', ${keys}, ${numbers.join(', ')}) from (${sql.replaceAll(/\bstaging\.(\w+)/g, 'staged_$1')})`
  }
  const chunks = await executeForChunks(connection, `with ${ctes.join(', ')} ${marts.map(select).join(' union all ')}`)
  return chunks.flatMap((chunk) =>
    chunk.getColumnValues(0).map((text): ModelRow => {
      const [mart, place, month, sign, service_kind, specialisations, case_key, series, ...measures] = String(text).split('|') as Texts
      const earlier = Math.abs(Number(sign)) >= earlierSign
      return {
        mart: Number(mart),
        place: Number(place),
        month: Number(month),
        earlier,
        sign: earlier ? Number(sign) / earlierSign : Number(sign),
        service_kind,
        specialisations,
        case_key,
        series,
        measures: measures.map(Number),
      }
    }),
  )
}

type Texts = [string, string, string, string, string, string, string, string, ...string[]]

const keyTypes: DuckDBType[] = [UBIGINT, INTEGER, UBIGINT, UBIGINT, INTEGER]
const chunkRows = 2048

const appendRows = async (
  connection: DuckDBConnection,
  table: Contribution['into'],
  measureTypes: DuckDBType[],
  rows: DuckDBValue[][],
): Promise<void> => {
  if (rows.length === 0) return
  const appender = await connection.createAppender(table, 'marts')
  for (let from = 0; from < rows.length; from += chunkRows) {
    const part = rows.slice(from, from + chunkRows)
    const types = [...keyTypes, ...measureTypes]
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
