// What key figures side by side can be asked by, and the answer.
import { z } from 'zod'
import { keyFigureByName, type KeyFigure } from '../warehouse/key-figures.ts'
import { monthText, type Month } from '../warehouse/month.ts'
import { distribution, type Curve } from '../warehouse/distribution.ts'
import { sideBySide, type FigureColumn, type Held, type Period, type SideBySide, type SideBySideQuery } from '../warehouse/side-by-side.ts'
import type { Eyes } from '../warehouse/views.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { SideBySideAnswer } from './answers.ts'
import { computeOnce } from './compute-once.ts'
import { assertBegun, asOf, type Source } from './moment.ts'
import { type Interval, isMedianOfRates, meanMedianInterval, periodInterval, ranksOf } from './uncertainty.ts'
import { begunPeriod, figureName, numberOf, periodText, signOf, totalsOf, viewQuery } from './view.ts'

const mostFigures = 8
const { service_kind, specialisation, area } = viewQuery

/** `running`: nothing later can be asked for. */
export const sideBySideQuery = (running: () => Month) =>
  z
    .strictObject({
      service_kind,
      specialisation,
      area,
      figures: z
        .string()
        .transform((names) => names.split(','))
        .pipe(
          z
            .array(figureName)
            .min(1)
            .max(mostFigures, `Nebeneinander stehen höchstens ${mostFigures} Kennzahlen.`)
            .refine((names) => new Set(names).size === names.length, 'Eine Kennzahl ist zweimal genannt.'),
        ),
      period: begunPeriod(running),
      against: SideBySideAnswer.shape.against.default('previous_year'),
      group: area,
      as_of: asOf,
    })
    .refine(({ against, group }) => group !== undefined || !against.startsWith('group_'), {
      path: ['group'],
      message: 'Bitte die Vergleichsgruppe nennen. Die Liste steht unter /api/key-figures.',
    })

/** By default, the last full month of the data asked for. */
export const sideBySideQueryOf = (
  asked: z.infer<ReturnType<typeof sideBySideQuery>>,
  source: Source,
  ownState: string,
): SideBySideQuery => {
  const { running } = source
  const period = asked.period ?? { first: running - 1, last: running - 1 }
  assertBegun(source, period.first, 'period')
  return {
    figures: asked.figures,
    area: asked.area ?? ownState,
    service_kind: asked.service_kind ?? null,
    specialisation: asked.specialisation ?? null,
    period,
    against: asked.against,
    group: asked.group ?? null,
    running,
  }
}

const figuresOf = ({ figures }: SideBySideQuery) => figures.map((name) => keyFigureByName.get(name)!)

/** Without what knows no specialisations where one is chosen: it makes no sense. */
export const sideBySideTable = (warehouse: Warehouse, query: SideBySideQuery, eyes: Eyes): Promise<SideBySide> => {
  const asking = figuresOf(query).filter((figure) => query.specialisation === null || figure.by_specialisation)
  const figures = asking.length > 0 ? asking.map(({ name }) => name) : ['case_count']
  return computeOnce(sideBySide, warehouse, { ...query, figures }, eyes)
}

/** How far each authority's median of rates may lie by chance, of what the distributions of the months tell this reader. */
export const medianIntervals = async (
  warehouse: Warehouse,
  { area, service_kind, specialisation }: SideBySideQuery,
  { columns }: SideBySide,
  eyes: Eyes,
): Promise<MedianIntervals> => {
  const column = columns.find(({ figure }) => isMedianOfRates(figure))
  if (!column?.counted) return new Map()
  const { first, last } = column.counted
  const view = { figure: column.figure.name, area, service_kind, specialisation }
  const curves = new Map<string, Curve[]>()
  for (let month = first; month <= last; month += 1) {
    const { regions, rows } = await computeOnce(distribution, warehouse, { ...view, month }, eyes)
    regions.forEach(({ id }, row) => curves.set(id, [...(curves.get(id) ?? []), rows[row]!]))
  }
  return new Map([...curves].map(([id, each]) => [id, meanMedianInterval(each)]))
}
type MedianIntervals = Map<string, Interval | null>

export const sideBySideAnswer = (
  query: SideBySideQuery,
  table: SideBySide,
  medians: MedianIntervals,
  { as_of, data_as_of }: Pick<SideBySideAnswer, 'as_of' | 'data_as_of'>,
): SideBySideAnswer => {
  const figures = figuresOf(query)
  const columns = figures.map((figure) => table.columns.find((column) => column.figure === figure))
  return {
    area: query.area,
    service_kind: query.service_kind,
    specialisation: query.specialisation,
    period: periodText(query.period),
    against: query.against,
    group: query.against.startsWith('group_') ? query.group! : null,
    as_of,
    data_as_of,
    columns: figures.map((figure, i) => columnOf(figure, columns[i])),
    rows: table.regions.map(({ id, ags, region, name }, row) => ({
      region,
      id,
      ags,
      name,
      cells: columns.map((column) => {
        const cell = column?.rows[row]
        const interval = column && isMedianOfRates(column.figure) ? (medians.get(id) ?? null) : null
        return { ...heldOf(cell), base: cell?.base ?? null, interval, rank: cell?.rank ?? null, rank_from: null, rank_to: null }
      }),
    })),
  }
}

/** With what chance may make of values and their ranks; of numbers kept before that was told as well. */
export const ranked = (answer: SideBySideAnswer): SideBySideAnswer => {
  const columns = answer.columns.map(({ figure: name }, at) => {
    const figure = keyFigureByName.get(name)!
    const cells = answer.rows.map(({ cells: { [at]: cell } }) => cell!)
    const intervals = cells.map((cell) => intervalOf(cell, figure))
    const ranks = ranksOf(
      cells.map(({ value }, row) => {
        if (value === null) return null
        // of what no scatter is known, the value stands for itself; a median of few rates may lie anywhere
        return intervals[row] ?? (isMedianOfRates(figure) ? anywhere : { from: value, to: value })
      }),
    )
    return cells.map((cell, row) => ({
      ...cell,
      interval: intervals[row]!,
      rank_from: ranks[row]?.best ?? null,
      rank_to: ranks[row]?.worst ?? null,
    }))
  })
  return { ...answer, rows: answer.rows.map((row, i) => ({ ...row, cells: columns.map((cells) => cells[i]!) })) }
}

const anywhere: Interval = { from: -Infinity, to: Infinity }

const intervalOf = ({ value, base, interval = null }: AnswerCell, figure: KeyFigure): Interval | null => {
  if (value === null) return null
  return isMedianOfRates(figure) ? interval : periodInterval({ value, base }, figure)
}
type AnswerCell = SideBySideAnswer['rows'][number]['cells'][number]

const monthsOf = (period: Period | null | undefined) => (period ? { from: monthText(period.first), to: monthText(period.last) } : null)

const columnOf = (figure: KeyFigure, column: FigureColumn | undefined): SideBySideAnswer['columns'][number] => ({
  figure: figure.name,
  unit: figure.unit,
  digits: figure.digits,
  totals: totalsOf(figure),
  counted: monthsOf(column?.counted),
  compared: monthsOf(column?.compared),
  total: heldOf(column?.total),
  weighted_average: heldOf(column?.weighted_average),
  spread: column?.spread ?? null,
})

export const heldParts = ['value', 'reference', 'change'] as const

const heldOf = (held: Held = { value: 'x', reference: 'x', change: 'x' }) => {
  const signs: SideBySideAnswer['columns'][number]['total']['signs'] = {}
  for (const part of heldParts) {
    const sign = signOf(held[part])
    if (sign) signs[part] = sign
  }
  return { value: numberOf(held.value), reference: numberOf(held.reference), change: numberOf(held.change), signs }
}
