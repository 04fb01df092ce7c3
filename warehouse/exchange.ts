import { setImmediate as nextTurn } from 'node:timers/promises'
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
import { execute, executeForChunks, numberColumns } from './statement.ts'

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
  await addModelRows(connection, marts, staging, sums)
  sums.closeCases()
  const changes = sums.changesOfCells()
  if (known.cell_changes !== null) {
    known.cell_changes = known.cell_changes ? [...known.cell_changes, ...changes] : changes
    told()
    // whoever heard of it asks before all of it is written down
    await nextTurn()
  }
  await learnNumbers(connection, numbers, sums.codes())
  const keysOf = <Row extends Keys>(rows: Row[], of: (row: Row) => string): DuckDBValue[][] => [
    rows.map((row) => numbers.get(of(row))!),
    rows.map(({ place }) => place),
    rows.map(({ service_kind }) => numbers.get(service_kind)!),
    rows.map(({ specialisation }) => numbers.get(specialisation)!),
    rows.map(({ month }) => month),
  ]
  await appendColumns(connection, 'cell_appended', [
    ...keysOf(changes, ({ measure }) => measure),
    changes.map(({ value }) => BigInt(value)),
    changes.map(({ cases }) => cases),
    changes.map(({ also_all }) => also_all),
  ])
  for (const table of ['histogram_appended', 'stock_change'] as const) {
    const changed = [...sums.values[table].values()].filter(({ n }) => n !== 0)
    const keys = keysOf(changed, ({ series }) => series)
    await appendColumns(connection, table, [...keys, changed.map(({ value }) => BigInt(value)), changed.map(({ n }) => n)])
  }
}

type Keys = { place: number; service_kind: string; specialisation: string; month: number }
type Cell = Keys & { also_all: boolean; value: Float64Array; cases: Float64Array }
type Value = Keys & { series: string; value: number; n: number }
/** A case in a place and month, by service kind and specialisations: what a batch changes of its measures, and what they were before. */
type CaseMonth = { place: number; month: number; groups: Group[] }
type Group = { service_kind: string; specialisations: string; change: Float64Array; before: Float64Array }

type ModelRow = Omit<Keys, 'specialisation'> & {
  /** Codes separated by commas. */
  specialisations: string
  case_key: string
  /** Of history, not of the batch. */
  earlier: boolean
  sign: number
  series: string
}

/** Adds up rows of models; `measures` has the row's at `at`, of each measure of the mart. */
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

  addToCase(mart: Mart, row: ModelRow, measures: Float64Array[], at: number): void {
    const { place, month, service_kind, specialisations } = row
    const key = `${place} ${month} ${row.case_key}`
    let found = this.#caseMonths.get(key)
    if (!found) this.#caseMonths.set(key, (found = { place, month, groups: [] }))
    let group = found.groups.find((each) => each.service_kind === service_kind && each.specialisations === specialisations)
    if (!group) found.groups.push((group = { service_kind, specialisations, change: this.#zeros(), before: this.#zeros() }))
    this.#add(mart, row.sign, measures, at, row.earlier ? group.before : group.change)
  }

  addToCells(mart: Mart, row: ModelRow, measures: Float64Array[], at: number): void {
    const { place, service_kind, month } = row
    for (const specialisation of levelsOf(row.specialisations)) {
      const cell = this.#cell(place, service_kind, specialisation, month, true)
      this.#add(mart, row.sign, measures, at, cell.value)
    }
  }

  addToValues(mart: Mart, row: ModelRow, measures: Float64Array[], at: number): void {
    const value = measures[0]![at]!
    for (const specialisation of levelsOf(row.specialisations)) {
      if (mart.shape === 'values') {
        this.#value('histogram_appended', { ...row, specialisation, value, n: row.sign })
        continue
      }
      const n = row.sign * measures[1]![at]!
      for (const service_kind of [row.service_kind, 'all'])
        for (const place of [row.place, stateOf(row.place), 0])
          this.#value('stock_change', { ...row, specialisation, service_kind, place, value, n })
    }
  }

  /** A case counts once at each level: only where it is in several groups must these be added up level by level. */
  closeCases(): void {
    for (const { place, month, groups } of this.#caseMonths.values()) {
      if (!groups.some(({ change }) => hasAny(change))) continue
      const [only] = groups.length === 1 ? groups : []
      if (only) {
        for (const specialisation of levelsOf(only.specialisations))
          enter(this.#cell(place, only.service_kind, specialisation, month, true), only)
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
      for (const level of levels.values()) enter(this.#cell(place, level.service_kind, level.specialisation, month, false), level)
    }
  }

  changesOfCells(): CellChange[] {
    const changes: CellChange[] = []
    for (const { value: values, cases: counts, place, service_kind, specialisation, month, also_all } of this.cells.values()) {
      for (let slot = 0; slot < values.length; slot += 1) {
        const [value, cases] = [values[slot]!, counts[slot]!]
        if (value === 0 && cases === 0) continue
        changes.push({ measure: this.measures[slot]!, place, service_kind, specialisation, month, value, cases, also_all })
      }
    }
    return changes
  }

  /** Every code in the keys. */
  codes(): Set<string> {
    const codes = new Set(this.measures)
    for (const { service_kind, specialisation } of this.cells.values()) codes.add(service_kind).add(specialisation)
    for (const values of Object.values(this.values))
      for (const { series, service_kind, specialisation } of values.values()) codes.add(series).add(service_kind).add(specialisation)
    return codes
  }

  #zeros(): Float64Array {
    return new Float64Array(this.measures.length)
  }

  #add(mart: Mart, sign: number, measures: Float64Array[], at: number, into: Float64Array): void {
    const slots = this.#slots.get(mart)!
    for (let i = 0; i < slots.length; i += 1) into[slots[i]!]! += sign * measures[i]![at]!
  }

  #cell(place: number, service_kind: string, specialisation: string, month: number, also_all: boolean): Cell {
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

const hasAny = (numbers: Float64Array): boolean => {
  for (let slot = 0; slot < numbers.length; slot += 1) if (numbers[slot] !== 0) return true
  return false
}

const enter = (cell: Cell, { change, before }: Pick<Group, 'change' | 'before'>): void => {
  for (let slot = 0; slot < change.length; slot += 1) {
    const [more, had] = [change[slot]!, before[slot]!]
    if (more === 0) continue
    cell.value[slot]! += more
    cell.cases[slot]! += Number(had + more !== 0) - Number(had !== 0)
  }
}

const levelsOf = (specialisations: string): string[] => (specialisations === '' ? ['all'] : ['all', ...specialisations.split(',')])

const learnNumbers = async (connection: DuckDBConnection, numbers: Map<string, bigint>, codes: Set<string>): Promise<void> => {
  const unknown = [...codes].filter((code) => !numbers.has(code))
  if (unknown.length === 0) return
  const sql = `select code, ${codeNumber('code')} from (select unnest($1::varchar[]) as code)`
  for (const [code, number] of (await execute(connection, sql, [listValue(unknown)])).getRows())
    numbers.set(code as string, number as bigint)
}

const addModelRows = async (connection: DuckDBConnection, marts: Mart[], staging: Model[], sums: Sums): Promise<void> => {
  // what several models read is staged once
  const staged = staging.filter(({ name }) => marts.some(({ sql }) => new RegExp(`\\bstaging\\.${name}\\b`).test(sql)))
  const ctes = staged.map(({ name, sql }) => `staged_${name} as materialized (${readFrom('batch', sql)})`)
  const given = ({ shape, measures }: Mart) =>
    ({ cases: measures, cells: measures, values: ['value'], changes: ['value', 'change'] })[shape]
  const most = Math.max(...marts.map((mart) => given(mart).length))
  const select = (mart: Mart, position: number): string => {
    const measures = Array.from({ length: most }, (_, slot) => {
      const measure = given(mart)[slot]
      return measure === undefined ? '0::double' : `coalesce(${measure}, 0)::bigint::double`
    })
    const keys = `service_kind, specialisations, ${mart.shape === 'cases' ? 'case_key' : `''`}, ${given(mart).includes('value') ? 'series' : `''`}`
    // numbers are taken from DuckDB's vectors as they lie there, texts one by one: so these come as one
    return `select ${position}::double, place::double, month::double, sign::double, ${measures.join(', ')}, concat_ws('|', ${keys})
      from (${mart.sql.replaceAll(/\bstaging\.(\w+)/g, 'staged_$1')})`
  }
  for (const chunk of await executeForChunks(connection, `with ${ctes.join(', ')} ${marts.map(select).join(' union all ')}`)) {
    const [mart, place, month, sign, ...measures] = numberColumns(chunk, 4 + most) as [Float64Array, ...Signed]
    const texts = chunk.getColumnValues(4 + most)
    for (let at = 0; at < texts.length; at += 1) {
      const [service_kind, specialisations, case_key, series] = String(texts[at]).split('|') as [string, string, string, string]
      const earlier = Math.abs(sign[at]!) >= earlierSign
      const row: ModelRow = {
        place: place[at]!,
        month: month[at]!,
        earlier,
        sign: earlier ? sign[at]! / earlierSign : sign[at]!,
        service_kind,
        specialisations,
        case_key,
        series,
      }
      const of = marts[mart[at]!]!
      if (of.shape === 'cases') sums.addToCase(of, row, measures, at)
      else if (earlier) continue
      else if (of.shape === 'cells') sums.addToCells(of, row, measures, at)
      else sums.addToValues(of, row, measures, at)
    }
  }
}

type Signed = [Float64Array, Float64Array, Float64Array, ...Float64Array[]]

const keyTypes: DuckDBType[] = [UBIGINT, INTEGER, UBIGINT, UBIGINT, INTEGER]
const typesOf: Record<Contribution['into'], DuckDBType[]> = {
  cell_appended: [...keyTypes, BIGINT, INTEGER, BOOLEAN],
  histogram_appended: [...keyTypes, BIGINT, INTEGER],
  stock_change: [...keyTypes, BIGINT, INTEGER],
}
const chunkRows = 2048

const appendColumns = async (connection: DuckDBConnection, table: Contribution['into'], columns: DuckDBValue[][]): Promise<void> => {
  const rows = columns[0]!.length
  if (rows === 0) return
  const appender = await connection.createAppender(table, 'marts')
  for (let from = 0; from < rows; from += chunkRows) {
    const chunk = DuckDBDataChunk.create(typesOf[table], Math.min(chunkRows, rows - from))
    columns.forEach((values, column) => chunk.setColumnValues(column, values.slice(from, from + chunkRows)))
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
  noteAppend(connection, `marts.${table}`, rows)
}
