import { jointValue, summe, type Grid, type Value } from './comparison.ts'
import { directoryOf, type Directory } from './directory.ts'
import { keyFigureByName, type KeyFigure } from './key-figures.ts'
import { januaryOf, monthText, yearOf, type Month } from './month.ts'
import type { Freshness } from './query.ts'
import type { Period } from './side-by-side.ts'
import { openView, readGrid, UnknownFilter, type Eyes } from './views.ts'
import type { Warehouse } from './warehouse.ts'

/** By what an evaluation tells figures apart. */
export const dimensions = ['region', 'state', 'service_kind', 'period'] as const
export type Dimension = (typeof dimensions)[number]

export const grains = ['month', 'quarter', 'year'] as const
export type Grain = (typeof grains)[number]

/** A pivot table of key figures. Months are those of whole quarters or years where that is the grain. */
export type EvaluationQuery = {
  figures: string[]
  /** One or two; a region stands within its state. */
  rows: Dimension[]
  /** null: the figures alone stand side by side. */
  columns: Dimension | null
  area: string
  /** Empty: all. */
  service_kinds: string[]
  specialisation: string | null
  from: Month
  to: Month
  grain: Grain
  totals: boolean
  running: Month
}

/** More than this makes no table that anybody reads. */
export const mostCells = 50_000

/** What a line or column of the table stands for; null: all of a dimension together. */
export type Key = string | null

export type Layout = {
  /** Names of what the keys of the dimensions in use stand for; periods have none but their keys. */
  members: Partial<Record<Dimension, { key: string; label: string; short: string }[]>>
  rows: Line[]
  columns: Line[]
  cells: number
}

type Line = { keys: Key[]; at: Partial<Place> }

/** Where in the lattice a cell lies: rows of the grid of an area, or its Summe; one service kind, several together, or all (null). */
type Place = { area: string; row: number; kinds: (string | null)[]; period: Period }

type Member = Line & { label: string; short: string; state?: string }

export type Evaluation = Freshness & {
  layout: Layout
  population_date: string | null
  /** [row][column × figure], figures innermost. */
  values: Value[][]
}

/** The lines and columns of an evaluation, and how many cells they make: known before anything is read. */
export const layoutOf = async (warehouse: Warehouse, query: EvaluationQuery): Promise<Layout> => {
  const directory = await directoryOf(warehouse)
  if (query.area !== 'de' && !directory.states.some(({ code }) => code === query.area)) throw new UnknownFilter('area')
  if (query.service_kinds.some((wanted) => !directory.service_kinds.some(({ code }) => code === wanted)))
    throw new UnknownFilter('service_kinds')
  if (query.specialisation !== null && !directory.specialisations.some(({ code }) => code === query.specialisation))
    throw new UnknownFilter('specialisation')
  const listed = new Map(dimensions.map((dimension) => [dimension, membersOf(dimension, directory, query)]))
  const used = [...query.rows, ...(query.columns ? [query.columns] : [])]
  const named = used.filter((dimension) => dimension !== 'period')
  const rows = rowsOf(query, listed)
  const columns = query.columns ? withTotal(query, query.columns, listed.get(query.columns)!) : [{ keys: [], at: {} }]
  return {
    members: Object.fromEntries(
      named.map((name) => [name, listed.get(name)!.map(({ keys, label, short }) => ({ key: keys[0]!, label, short }))]),
    ),
    rows,
    columns,
    cells: rows.length * columns.length * query.figures.length,
  }
}

/** How much each dimension in use contributes to the cells, the largest first: what to narrow. */
export const partsOf = ({ rows, columns }: Layout, query: EvaluationQuery): { dimension: Dimension; count: number }[] =>
  [
    ...query.rows.map((dimension, at) => ({ dimension, count: new Set(rows.map(({ keys }) => keys[at])).size })),
    ...(query.columns ? [{ dimension: query.columns, count: columns.length }] : []),
  ].sort((a, b) => b.count - a.count)

/** Every value is one of the protected lattice, totals too: none is a sum of what is shown. */
export const evaluation = async (warehouse: Warehouse, query: EvaluationQuery, eyes: Eyes): Promise<Evaluation> => {
  const layout = await layoutOf(warehouse, query)
  const whole = wholeOf(query)
  const places = layout.rows.map((row) => layout.columns.map((column): Place => ({ ...whole, ...row.at, ...column.at })))
  const values = layout.rows.map((): Value[] => [])
  let earliest: Freshness | undefined
  let population_date: string | null = null
  // a figure after the other, so that the grids of one are held at a time
  for (const [at, name] of query.figures.entries()) {
    const figure = keyFigureByName.get(name)
    if (!figure) throw new UnknownFilter('figure')
    // what knows no specialisations makes no sense for one
    const senseless = query.specialisation !== null && !figure.by_specialisation
    const grids = senseless ? new Map<string, Read>() : await readGrids(warehouse, query, figure, { places: places.flat(), eyes })
    for (const { freshness, population_date: date } of grids.values()) {
      if (!earliest || freshness.data_as_of < earliest.data_as_of) earliest = freshness
      population_date = date
    }
    places.forEach((ofRow, row) =>
      ofRow.forEach(({ area, row: at_row, kinds, period }, column) => {
        const { first, last } = countedOf(figure, period, query.running)
        const read = kinds.map((kind) => grids.get(gridKey(area, kind))?.grid)
        values[row]![column * query.figures.length + at] = senseless ? 'x' : jointValue(read as Grid[], figure, at_row, first, last)
      }),
    )
  }
  if (!earliest) earliest = (await readOne(warehouse, query, keyFigureByName.get('case_count')!, { ...whole, kind: null, eyes })).freshness
  return { ...earliest, layout, population_date, values }
}

type Read = Awaited<ReturnType<typeof readGrid>>

const gridKey = (area: string, kind: string | null): string => `${area} ${kind ?? ''}`

/** Readers of the warehouse are few: one evaluation leaves some to others. */
const readAtOnce = 2

/** Every grid that some cell lies in, once; states are parts of Germany's, but for order statistics, which have no parts. */
const readGrids = async (
  warehouse: Warehouse,
  query: EvaluationQuery,
  figure: KeyFigure,
  { places, eyes }: { places: Place[]; eyes: Eyes },
): Promise<Map<string, Read>> => {
  const apart = (area: string) => area !== query.area && figure.compute.from !== 'statistic'
  const wanted = new Map(places.flatMap(({ area, kinds }) => kinds.map((kind) => [gridKey(area, kind), { area, kind }] as const)))
  const read = [...wanted.values()].map(({ area, kind }) => ({ area: apart(area) ? query.area : area, kind }))
  const queue = [...new Map(read.map((each) => [gridKey(each.area, each.kind), each]))]
  const grids = new Map<string, Read>()
  const work = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [key, { area, kind }] = next
      grids.set(key, await readOne(warehouse, query, figure, { area, kind, eyes }))
    }
  }
  await Promise.all(Array.from({ length: readAtOnce }, work))
  const { authorities } = await directoryOf(warehouse)
  for (const [key, { area, kind }] of wanted)
    if (apart(area)) grids.set(key, partOf(grids.get(gridKey(query.area, kind))!, area, authorities))
  return grids
}

/** A state's rows of Germany's grid, with what of its own Summe is hidden. */
const partOf = (read: Read, state: string, authorities: Directory['authorities']): Read => {
  const rows = authorities.flatMap(({ federal_state }, row) => (federal_state === state ? [row] : []))
  const ofRows = <Item>(items: Item[]): Item[] => rows.map((row) => items[row]!)
  const { grid } = read
  return {
    ...read,
    grid: {
      ...grid,
      data_from: ofRows(grid.data_from),
      numerator: ofRows(grid.numerator),
      denominator: grid.denominator && ofRows(grid.denominator),
      population: { total: ofRows(grid.population.total), under_21: ofRows(grid.population.under_21) },
      suppression: { hidden: ofRows(grid.suppression.hidden), total_hidden: read.state_totals.get(state)! },
    },
  }
}

const readOne = async (
  warehouse: Warehouse,
  query: EvaluationQuery,
  figure: KeyFigure,
  { area, kind, eyes }: { area: string; kind: string | null; eyes: Eyes },
): Promise<Read> => {
  const specialisation = figure.by_specialisation ? query.specialisation : null
  const view = await openView(warehouse, { figure: figure.name, area, service_kind: kind, specialisation })
  const first = figure.compute.from === 'ratio' && figure.compute.cumulated ? januaryOf(query.from) : query.from
  const last = Math.min(query.to, query.running)
  return readGrid(warehouse, view, { first, months: last - first + 1, month: last }, eyes)
}

/** Without what has not begun; a month is shown while it runs, a longer period of flows counts complete months only. */
const countedOf = (figure: KeyFigure, { first, last }: Period, running: Month): Period => ({
  first,
  last: Math.min(last, figure.flow && last > first ? running - 1 : running),
})

const wholeOf = ({ area, service_kinds, from, to }: EvaluationQuery): Place => ({
  area,
  row: summe,
  kinds: service_kinds.length > 0 ? service_kinds : [null],
  period: { first: from, last: to },
})

const membersOf = (dimension: Dimension, directory: Directory, query: EvaluationQuery): Member[] => {
  const { area, service_kinds } = query
  const authorities = directory.authorities.filter(({ federal_state }) => area === 'de' || federal_state === area)
  switch (dimension) {
    case 'region':
      return authorities.map(({ id, name, abbreviation, federal_state }, row) => ({
        keys: [id],
        label: name,
        short: abbreviation,
        at: { area, row },
        state: federal_state,
      }))
    case 'state':
      return directory.states
        .filter(({ code }) => authorities.some(({ federal_state }) => federal_state === code))
        .map(({ code, name }) => ({ keys: [code], label: name, short: code, at: { area: code, row: summe } }))
    case 'service_kind':
      return directory.service_kinds
        .filter(({ code }) => service_kinds.length === 0 || service_kinds.includes(code))
        .map(({ code, legal_basis, label }) => ({
          keys: [code],
          label: `${label} (${legal_basis})`,
          short: legal_basis,
          at: { kinds: [code] },
        }))
    case 'period':
      return periodsOf(query).map((period) => ({ keys: [periodKey(period, query.grain)], label: '', short: '', at: { period } }))
  }
}

const monthsOfGrain: Record<Grain, number> = { month: 1, quarter: 3, year: 12 }

/** The months of whole periods of a grain. */
export const wholePeriods = (from: Month, to: Month, grain: Grain): { from: Month; to: Month } => {
  const length = monthsOfGrain[grain]
  return { from: from - (from % length), to: to - (to % length) + length - 1 }
}

const periodsOf = ({ from, to, grain, running }: EvaluationQuery): Period[] => {
  const length = monthsOfGrain[grain]
  const count = Math.floor((Math.min(to, running) - from) / length) + 1
  return Array.from({ length: count }, (_, i) => ({ first: from + i * length, last: from + (i + 1) * length - 1 }))
}

const periodKey = ({ first }: Period, grain: Grain): string => {
  if (grain === 'month') return monthText(first)
  return grain === 'year' ? String(yearOf(first)) : `${yearOf(first)}-Q${Math.floor((first % 12) / 3) + 1}`
}

const totalOf = (dimension: Dimension, query: EvaluationQuery): Line => {
  const { area, row, kinds, period } = wholeOf(query)
  const at = { region: { area, row }, state: { area, row }, service_kind: { kinds }, period: { period } }[dimension]
  return { keys: [null], at }
}

/** One alone needs no total. */
const withTotal = (query: EvaluationQuery, dimension: Dimension, members: Line[]): Line[] =>
  query.totals && members.length > 1 ? [...members, totalOf(dimension, query)] : members

const rowsOf = (query: EvaluationQuery, listed: Map<Dimension, Member[]>): Line[] => {
  const [outer, inner] = query.rows as [Dimension, Dimension | undefined]
  const members = listed.get(outer)!
  if (!inner) return withTotal(query, outer, members)
  if (outer === 'state' && inner === 'region') return regionsByState(query, members, listed.get('region')!)
  const within = withTotal(query, inner, listed.get(inner)!)
  return withTotal(query, outer, members).flatMap((line) =>
    within.map((each) => ({ keys: [...line.keys, ...each.keys], at: { ...line.at, ...each.at } })),
  )
}

const regionsByState = (query: EvaluationQuery, states: Member[], regions: Member[]): Line[] => {
  const lines: Line[] = states.flatMap((state) => {
    const own = regions.filter((region) => region.state === state.keys[0])
    const total = query.totals && own.length > 1 ? [{ keys: [state.keys[0]!, null], at: state.at }] : []
    return [...own.map(({ keys, at }) => ({ keys: [state.keys[0]!, ...keys], at })), ...total]
  })
  return query.totals && states.length > 1 ? [...lines, { keys: [null, null], at: totalOf('state', query).at }] : lines
}
