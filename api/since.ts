// What reads differently now than as of a past moment: told from two answers, each of which the reader gets as well, and nothing else.
import { isDeepStrictEqual } from 'node:util'
import { lastCounted, type EvaluationQuery } from '../warehouse/evaluation.ts'
import { keyFigureByName, movedText } from '../warehouse/key-figures.ts'
import { UnknownFilter } from '../warehouse/views.ts'
import type { ComparisonAnswer, EvaluationAnswer, SideBySideAnswer, SinceAnswer } from './answers.ts'
import { ImpossiblePeriod, type Source } from './moment.ts'
import { columnNames } from './report/comparison.ts'
import { periodOf } from './view.ts'

type Change = SinceAnswer['changes'][number]
/** What stands in a cell: a number, or a sign in its place. */
type Read = { value: number | null; sign: string | null | undefined }
/** A cell in both answers; `alike`: whether it counts the same months and rows in both. */
type Pair = Pick<Change, 'keys' | 'column' | 'figure' | 'part'> & { before: Read; after: Read; alike: boolean }
type Moments = Pick<SinceAnswer, 'as_of' | 'data_as_of_then' | 'data_as_of'>

const nothing = '–'
const isTold = ({ value, sign }: Read): boolean => value !== null || sign === nothing

/** A part of the larger value: what appears or vanishes is the largest, and figures of all units stand in one order. */
const effectOf = ({ was, is }: Change): number =>
  was === null || is === null ? 1 : Math.abs(is - was) / Math.max(Math.abs(was), Math.abs(is))

/** The same computed another way is no change. */
const differ = (was: number | null, is: number | null): boolean =>
  was === null || is === null ? was !== is : Math.abs(is - was) > 1e-9 * Math.max(Math.abs(was), Math.abs(is))

/** Values that both answers tell, largest effects first; what is secret in either is not mentioned. */
const sinceAnswer = (pairs: Pair[], moments: Moments): SinceAnswer => {
  const told = pairs.filter(({ before, after }) => isTold(before) && isTold(after) && differ(before.value, after.value))
  const changes = told
    .filter(({ alike }) => alike)
    .map(({ keys, column, figure, part, before, after }): Change => ({ keys, column, figure, part, was: before.value, is: after.value }))
    .sort((a, b) => effectOf(b) - effectOf(a) || Math.abs(b.is! - b.was!) - Math.abs(a.is! - a.was!))
  return { ...moments, changes, not_comparable: told.length - changes.length, moved_by: movedBy(changes) }
}

const movedBy = (changes: Change[]): SinceAnswer['moved_by'] =>
  [...new Set(changes.map(({ figure }) => figure))].map((figure) => {
    const ofIt = changes.filter((change) => change.figure === figure)
    const [up, down] = [ofIt.some(({ was, is }) => (is ?? 0) > (was ?? 0)), ofIt.some(({ was, is }) => (is ?? 0) < (was ?? 0))]
    return { figure, text: movedText(keyFigureByName.get(figure)!, up && down ? undefined : up ? 'up' : 'down') }
  })

/** Of the table of one figure; the change of a year follows from its averages. */
export const comparisonSince = (then: ComparisonAnswer, now: ComparisonAnswer, moments: Moments): SinceAnswer => {
  const figure = keyFigureByName.get(now.figure)!
  const earlier = new Map(then.rows.map((row) => [row.id, row]))
  const columns = columnNames.filter((name) => name !== 'change')
  // flows of a month that ran then stayed out of its year's average
  const countsMore = then.running && !now.running && figure.flow
  const pairs = columns.flatMap((part): Pair[] => {
    const readIn = ({ signs, ...row }: ComparisonAnswer['weighted_average']): Read => ({ value: row[part], sign: signs[part] })
    const alike = !(countsMore && part === 'year_average')
    const pair = (key: string, a: ComparisonAnswer['weighted_average'], b: ComparisonAnswer['weighted_average']): Pair => ({
      keys: [key],
      column: null,
      figure: now.figure,
      part,
      before: readIn(a),
      after: readIn(b),
      alike,
    })
    const both = now.rows.flatMap((row) => (earlier.has(row.id) ? [[earlier.get(row.id)!, row] as const] : []))
    const rows = both.map(([a, b]) => pair(b.id, a, b))
    const average = pair('weighted_average', then.weighted_average, now.weighted_average)
    return [...rows, pair('total', then.total, now.total), { ...average, alike: alike && sameRowsOpen(rows) }]
  })
  return sinceAnswer(pairs, moments)
}

/** The average of open rows is another one where others are open. */
const sameRowsOpen = (rows: Pair[]): boolean => rows.every(({ before, after }) => (before.value === null) === (after.value === null))

/** Of key figures side by side: their values, and what of another time these are held against. */
export const sideBySideSince = (then: SideBySideAnswer, now: SideBySideAnswer, moments: Moments): SinceAnswer => {
  const pairs = now.columns.flatMap((column, at): Pair[] => {
    const earlierColumn = then.columns[at]!
    const parts = column.compared && earlierColumn.compared ? (['value', 'reference'] as const) : (['value'] as const)
    return parts.flatMap((part) => {
      const months = part === 'value' ? ('counted' as const) : ('compared' as const)
      const alike = isDeepStrictEqual(earlierColumn[months], column[months])
      const pair = (key: string, a: SideBySideAnswer['columns'][number]['total'], b: typeof a): Pair => ({
        keys: [key],
        column: null,
        figure: column.figure,
        part,
        before: { value: a[part], sign: a.signs[part] },
        after: { value: b[part], sign: b.signs[part] },
        alike,
      })
      const earlier = new Map(then.rows.map((row) => [row.id, row]))
      const rows = now.rows.flatMap(({ id, cells }) => {
        const old = earlier.get(id)
        return old ? [pair(id, old.cells[at]!, cells[at]!)] : []
      })
      const average = pair('weighted_average', earlierColumn.weighted_average, column.weighted_average)
      return [...rows, pair('total', earlierColumn.total, column.total), { ...average, alike: alike && sameRowsOpen(rows) }]
    })
  })
  return sinceAnswer(pairs, moments)
}

type Evaluated = { query: EvaluationQuery; answer: EvaluationAnswer }

/** Of an evaluation: its values, totals too, and what these are held against. */
export const evaluationSince = (then: Evaluated, now: Evaluated, moments: Moments): SinceAnswer => {
  const { row_dimensions, column_dimension, columns } = now.answer
  const keyOf = (keys: (string | null)[]) => JSON.stringify(keys)
  const earlier = new Map(then.answer.rows.map((row) => [keyOf(row.keys), row]))
  const earlierColumns = new Map(then.answer.columns.map(({ key, figure }, at) => [keyOf([key, figure]), at]))
  const periodAt = row_dimensions.indexOf('period')
  const whole = { first: now.query.from, last: now.query.to }
  const pairs = now.answer.rows.flatMap((row): Pair[] => {
    const old = earlier.get(keyOf(row.keys))
    if (!old) return []
    return columns.flatMap(({ key, figure }, at): Pair[] => {
      const place = earlierColumns.get(keyOf([key, figure]))
      if (place === undefined) return []
      const said = periodAt >= 0 ? row.keys[periodAt] : column_dimension === 'period' ? key : null
      const period = said ? periodOf(said) : whole
      const counted = ({ query }: Evaluated) => lastCounted(query, keyFigureByName.get(figure)!, period)
      const cell = { keys: row.keys, column: key, figure, alike: counted(then) === counted(now) }
      const read = ({ values, signs }: Pick<typeof row, 'values' | 'signs'>, i: number): Read => ({ value: values[i]!, sign: signs[i] })
      const value: Pair = { ...cell, part: 'value', before: read(old, place), after: read(row, at) }
      if (!old.compared || !row.compared) return [value]
      const references = { before: read(old.compared.references, place), after: read(row.compared.references, at) }
      return [value, { ...cell, part: 'reference', ...references }]
    })
  })
  return sinceAnswer(pairs, moments)
}

/** Undefined where the view cannot be asked for today: what it is of is no longer there. */
export const comparable = async <Answer>(since: Promise<Answer>): Promise<Answer | undefined> => {
  try {
    return await since
  } catch (error) {
    if (error instanceof UnknownFilter || error instanceof ImpossiblePeriod) return undefined
    throw error
  }
}

/** Since when there is something to tell. */
export const assertPast = ({ as_of }: Source): string => {
  if (as_of === null) throw new ImpossiblePeriod('as_of', 'Bitte den Stand nennen, seit dem verglichen wird.')
  return as_of
}
