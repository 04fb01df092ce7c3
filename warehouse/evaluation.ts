import { changeSince, groupRows, jointValue, populationDate, someRows, summe, type Grid, type Value } from './comparison.ts'
import { authoritiesIn, authorityOf, directoryOf, formKey, type Directory } from './directory.ts'
import { keyFigureByName, type KeyFigure } from './key-figures.ts'
import { januaryOf, monthText, yearOf, type Month } from './month.ts'
import { isOfRequests, ownStructure } from './own-structure.ts'
import type { Freshness } from './query.ts'
import { monthsBefore, monthsOf, type Against, type Period } from './side-by-side.ts'
import {
  ageGroups,
  dearerReasons,
  declineReasons,
  endReasons,
  inhabitantsOn,
  openStructure,
  providersIn,
  sexes,
  structureDimensions,
  structureOf,
  type Inhabitants,
  type Named,
  type StructureDimension,
} from './structure.ts'
import { openView, readGrid, readGridsByKind, rowsAmong, UnknownFilter, type Eyes } from './views.ts'
import type { Warehouse } from './warehouse.ts'

export const dimensions = ['region', 'state', 'group', 'form', 'service_kind', 'specialisation', 'period', ...structureDimensions] as const
export type Dimension = (typeof dimensions)[number]

/** Of two dimensions that tell the same apart, the one that may stand under the other. */
const contains = (outer: Dimension, inner: Dimension): boolean =>
  inner === 'region' ? outer === 'state' || outer === 'group' : inner === 'service_kind' && outer === 'form'

/** Those of a state in rows and columns, and those of which one class alone is chosen; of an authority alone none is protected. */
export const structuresIn = (query: Pick<EvaluationQuery, 'rows' | 'columns' | 'area' | StructureDimension>): StructureDimension[] =>
  authorityOf(query.area) !== null
    ? []
    : structureDimensions.filter((name) => query.rows.includes(name) || query.columns === name || query[name] !== null)

export const grains = ['month', 'quarter', 'year'] as const
export type Grain = (typeof grains)[number]
/** What of another time each value is held against: the period before its own, or the same one a year before. */
export const comparisons = ['previous', 'previous_year'] as const satisfies Against[]

/**
 * A pivot table of key figures. Months are those of whole quarters or years where that is the grain. Of age groups, sexes, providers and
 * reasons one may be chosen, null: all; it is what the same dimension in rows or columns shows of it.
 */
export type EvaluationQuery = Record<StructureDimension, string | null> & {
  figures: string[]
  /** One or two; a region stands within its state or comparison group, a service kind within its form. */
  rows: Dimension[]
  /** null: the figures alone stand side by side. */
  columns: Dimension | null
  /** A state, a comparison group, Germany, or the reader's own authority alone (`ownArea`). */
  area: string
  /** Empty: all. */
  service_kinds: string[]
  specialisation: string | null
  from: Month
  to: Month
  grain: Grain
  totals: boolean
  against: (typeof comparisons)[number] | null
  running: Month
}

/** More than this makes no table that anybody reads. */
export const mostCells = 50_000

/** What a line or column of the table stands for; null: all of a dimension together. */
export type Key = string | null

export type Layout = {
  /** Names of what the keys of the dimensions in use stand for, and of the classes chosen; periods have none but their keys. */
  members: Partial<Record<Dimension, { key: string; label: string; short: string }[]>>
  rows: Line[]
  columns: Line[]
  /** Values, and what these are held against. */
  cells: number
}

type Line = { keys: Key[]; at: Partial<Place> }

/**
 * Where in the lattice a cell lies: a row of the grid of an area, or its Summe; one service kind or form, several together, or all (null);
 * one specialisation or all. Of
 * comparison groups it is made from rows: the Summe of those of `some` authorities. Of a structure, it is one of its classes or all (null).
 */
type Place = { area: string; row: number; some: ReadonlySet<string> | null; kinds: (string | null)[]; period: Period } & Record<
  'specialisation' | StructureDimension,
  string | null
>

type Member = Line & { label: string; short: string; within: string[] }

export type Evaluation = Freshness & {
  layout: Layout
  /** The one that the area is alone; null for every other area. */
  authority: { id: string; name: string } | null
  population_date: string | null
  /** Of what is told by age and sex; empty for all else. */
  inhabitants: Inhabitants
  /** [row][column × figure], figures innermost. */
  values: Value[][]
  /** Of each value what it is held against, and how it has changed since; null where nothing is compared. */
  compared: { references: Value[][]; changes: Value[][] } | null
}

/** The lines and columns of an evaluation, and how many cells they make: known before anything is read. */
export const layoutOf = async (warehouse: Warehouse, query: EvaluationQuery): Promise<Layout> => {
  const directory = await directoryOf(warehouse)
  const isKnown =
    authorityOf(query.area) === null
      ? query.area === 'de' || [...directory.states, ...directory.groups].some(({ code }) => code === query.area)
      : authoritiesIn(directory, query.area).length > 0
  if (!isKnown) throw new UnknownFilter('area')
  if (query.service_kinds.some((wanted) => !directory.service_kinds.some(({ code }) => code === wanted)))
    throw new UnknownFilter('service_kinds')
  if (query.specialisation !== null && !directory.specialisations.some(({ code }) => code === query.specialisation))
    throw new UnknownFilter('specialisation')
  const used = [...query.rows, ...(query.columns ? [query.columns] : [])]
  const chosen = structureDimensions.filter((name) => query[name] !== null)
  const told = [...used, ...chosen]
  const providers = told.includes('provider') ? await providersOf(warehouse, query) : []
  const listed = new Map(told.map((dimension) => [dimension, membersOf(dimension, { ...directory, providers }, query)]))
  const unknown = chosen.find((name) => listed.get(name)!.length === 0)
  if (unknown) throw new UnknownFilter(unknown)
  const named = told.filter((dimension) => dimension !== 'period')
  const rows = rowsOf(query, listed)
  const columns = query.columns ? withTotal(query, query.columns, listed.get(query.columns)!) : [{ keys: [], at: {} }]
  return {
    members: Object.fromEntries(
      named.map((name) => [name, listed.get(name)!.map(({ keys, label, short }) => ({ key: keys[0]!, label, short }))]),
    ),
    rows,
    columns,
    cells: rows.length * columns.length * query.figures.length * (query.against ? 2 : 1),
  }
}

/** Of one alone it is no matter when it had helps; those only asked are told where it is figures of requests that are. */
const providersOf = (warehouse: Warehouse, query: EvaluationQuery): Promise<Named[]> =>
  query.provider === null
    ? providersIn(warehouse, query.area, query, authorityOf(query.area) !== null && query.figures.some(isOfRequests))
    : providersIn(warehouse, query.area)

/** How much each dimension in use contributes to the cells, the largest first: what to narrow. */
export const partsOf = (
  { rows, columns }: { rows: Pick<Line, 'keys'>[]; columns: unknown[] },
  query: EvaluationQuery,
): { dimension: Dimension; count: number }[] =>
  [
    ...query.rows.map((dimension, at) => ({ dimension, count: new Set(rows.map(({ keys }) => keys[at])).size })),
    ...(query.columns ? [{ dimension: query.columns, count: columns.length }] : []),
  ].sort((a, b) => b.count - a.count)

/** Every value is one of the protected lattice, totals too; only those of comparison groups are sums of what is shown. */
export const evaluation = async (warehouse: Warehouse, query: EvaluationQuery, eyes: Eyes): Promise<Evaluation> => {
  const layout = await layoutOf(warehouse, query)
  const whole = wholeOf(query)
  const places = layout.rows.map((row) => layout.columns.map((column): Place => ({ ...whole, ...row.at, ...column.at })))
  const told = emptyTable(layout, query)
  const alone = authorityOf(query.area)
  if (alone !== null) {
    if (alone !== eyes.own_authority) throw new Error(`figures of ${alone} alone are told to its own readers`)
    const span = { first: firstOf(query), last: Math.min(query.to, query.running) }
    const { figures, running } = query
    const { valueOf, ...freshness } = await ownStructure(warehouse, { authority: alone, figures, places: places.flat(), ...span })
    for (const name of figures) {
      const figure = keyFigureByName.get(name)!
      const valueIn = (place: Place, period: Period) => {
        const { first, last } = countedOf(figure, period, running)
        return valueOf(figure, place, first, last)
      }
      tell(told, places, query, { figure, valueIn })
    }
    const [authority] = authoritiesIn(await directoryOf(warehouse), query.area)
    return { ...freshness, layout, authority: { id: alone, name: authority!.name }, population_date: null, inhabitants: [], ...told }
  }
  const classes = structuresIn(query)
  const structure = structureOf(classes)
  if (!structure && classes.length > 0) throw new Error(`nothing is told of ${classes.join(' and ')} together`)
  if (structure) {
    const { area: state, to, running } = query
    const { valueOf, ...freshness } = await openStructure(
      warehouse,
      { state, structure, from: firstOf(query), to, running },
      eyes.own_authority ?? eyes.beside ?? null,
    )
    for (const name of query.figures) {
      const figure = keyFigureByName.get(name)!
      // flows are those of whole years
      const complete = figure.flow ? januaryOf(running) : running
      tell(told, places, { ...query, running: complete }, { figure, valueIn: (place, period) => valueOf(name, { ...place, period }) })
    }
    const dates = [...(await directoryOf(warehouse)).population.keys()]
    const population_date = structure === 'age_sex' ? populationDate(to, dates) : null
    const inhabitants = population_date === null ? [] : await inhabitantsOn(warehouse, state, population_date)
    return { ...freshness, layout, authority: null, population_date, inhabitants, ...told }
  }
  let earliest: Freshness | undefined
  let population_date: string | null = null
  // a figure after the other, so that the grids of one are held at a time
  for (const name of query.figures) {
    const figure = keyFigureByName.get(name)
    if (!figure) throw new UnknownFilter('figure')
    // what knows no specialisations makes no sense for one
    const isSenseless = ({ specialisation }: Place) => specialisation !== null && !figure.by_specialisation
    // of several kinds there are no order statistics
    const isThere = (place: Place) => !isSenseless(place) && (figure.compute.from !== 'statistic' || isOneKind(place.kinds))
    const grids = await readGrids(warehouse, query, figure, { places: places.flat().filter(isThere), eyes })
    for (const { freshness, population_date: date } of grids.values()) {
      if (!earliest || freshness.data_as_of < earliest.data_as_of) earliest = freshness
      population_date = date
    }
    const gridOf = gridsWith(grids)
    const valueIn = (place: Place, period: Period) => {
      if (!isThere(place)) return 'x'
      const read = place.kinds.map((kind) => gridOf({ ...place, kind }, place.some))
      const { first, last } = countedOf(figure, period, query.running)
      return jointValue(read as Grid[], figure, place.row, first, last)
    }
    tell(told, places, query, { figure, valueIn })
  }
  if (!earliest) earliest = (await readOne(warehouse, query, keyFigureByName.get('case_count')!, { ...whole, kind: null, eyes })).freshness
  return { ...earliest, layout, authority: null, population_date, inhabitants: [], ...told }
}

type Told = Pick<Evaluation, 'values' | 'compared'>

const emptyTable = ({ rows }: Layout, { against }: EvaluationQuery): Told => {
  const empty = () => rows.map((): Value[] => [])
  return { values: empty(), compared: against && { references: empty(), changes: empty() } }
}

type Telling = { figure: KeyFigure; valueIn: (place: Place, period: Period) => Value }

/** Writes the values of a figure, and what they are held against; of what is not over, nothing is compared yet. */
const tell = ({ values, compared }: Told, places: Place[][], query: EvaluationQuery, { figure, valueIn }: Telling): void => {
  const { figures, against, running } = query
  const at = figures.indexOf(figure.name)
  places.forEach((ofRow, row) =>
    ofRow.forEach((place, column) => {
      const cell = column * figures.length + at
      const value = valueIn(place, place.period)
      values[row]![cell] = value
      if (!compared || !against) return
      const { compared: before } = monthsOf(figure, { period: place.period, against, running })
      const reference = before ? valueIn(place, before) : value === 'x' ? value : '…'
      compared.references[row]![cell] = reference
      compared.changes[row]![cell] = changeSince(figure, value, reference)
    }),
  )
}

/** The first month that is needed: nothing is held against what lies further back than what the whole period is held against. */
const firstOf = ({ from, to, against }: EvaluationQuery): Month =>
  against ? from - monthsBefore({ first: from, last: to }, against) : from

type Read = Awaited<ReturnType<typeof readGrid>>

const isOneKind = ([kind, ...others]: (string | null)[]): boolean => others.length === 0 && !kind?.startsWith(formKey(''))

/** The grids as read, and once for each of those authorities whose Summe is wanted. */
const gridsWith = (grids: Map<string, Read>) => {
  const made = new Map<ReadonlySet<string>, Map<string, Grid>>()
  return (of: Gridded, some: ReadonlySet<string> | null): Grid | undefined => {
    const key = gridKey(of)
    const read = grids.get(key)
    if (!read || !some) return read?.grid
    const ofSome = made.get(some) ?? new Map<string, Grid>()
    made.set(some, ofSome)
    const grid = ofSome.get(key) ?? groupRows(read.grid, rowsAmong(read.regions, some))
    ofSome.set(key, grid)
    return grid
  }
}

/** What the cells of one grid have in common. */
type Gridded = { area: string; kind: string | null; specialisation: string | null }

const gridKey = ({ area, kind, specialisation }: Gridded): string => `${area} ${kind ?? ''} ${specialisation ?? ''}`

/** Readers of the warehouse are few: one evaluation leaves some to others. */
const readAtOnce = 2

/** Every grid that some cell lies in, once. */
const readGrids = async (
  warehouse: Warehouse,
  query: EvaluationQuery,
  figure: KeyFigure,
  { places, eyes }: { places: Place[]; eyes: Eyes },
): Promise<Map<string, Read>> => {
  const wanted = new Map(
    places.flatMap(({ area, kinds, specialisation }) => {
      const gridded = kinds.map((kind): Gridded => ({ area, kind, specialisation }))
      return gridded.map((of) => [gridKey(of), of] as const)
    }),
  )
  const grids = new Map<string, Read>()
  if (figure.compute.from !== 'statistic') {
    for (const specialisation of new Set([...wanted.values()].map((of) => of.specialisation))) {
      const ofIt = [...wanted].filter(([, of]) => of.specialisation === specialisation)
      const kinds = [...new Set(ofIt.map(([, { kind }]) => kind ?? 'all'))]
      const view = await viewOf(warehouse, figure, { area: query.area, kind: null, specialisation })
      const read = await readGridsByKind(warehouse, view, kinds, spanOf(query, figure), eyes)
      for (const [key, { area, kind }] of ofIt) {
        const ofKind = read.get(kind ?? 'all')!
        // states are parts of Germany's
        grids.set(key, area === query.area ? ofKind : partOf(ofKind, area))
      }
    }
    return grids
  }
  // those of a state are no part of Germany's
  const queue = [...wanted]
  const work = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) {
      const [key, of] = next
      grids.set(key, await readOne(warehouse, query, figure, { ...of, eyes }))
    }
  }
  await Promise.all(Array.from({ length: readAtOnce }, work))
  return grids
}

/** A state's rows of Germany's grid, with what of its own Summe is hidden. */
const partOf = (read: Read, state: string): Read => {
  const rows = read.regions.flatMap(({ federal_state }, row) => (federal_state === state ? [row] : []))
  return { ...read, regions: rows.map((row) => read.regions[row]!), grid: someRows(read.grid, rows, read.state_totals.get(state)!) }
}

const readOne = async (
  warehouse: Warehouse,
  query: EvaluationQuery,
  figure: KeyFigure,
  { eyes, ...of }: Gridded & { eyes: Eyes },
): Promise<Read> => {
  const view = await viewOf(warehouse, figure, of)
  return readGrid(warehouse, view, spanOf(query, figure), eyes)
}

const viewOf = (warehouse: Warehouse, figure: KeyFigure, { area, kind, specialisation }: Gridded) =>
  openView(warehouse, { figure: figure.name, area, service_kind: kind, specialisation })

const spanOf = (query: EvaluationQuery, figure: KeyFigure) => {
  const from = firstOf(query)
  const first = figure.compute.from === 'ratio' && figure.compute.cumulated ? januaryOf(from) : from
  const last = Math.min(query.to, query.running)
  return { first, months: last - first + 1, month: last }
}

/** Without what has not begun; a month is shown while it runs, a longer period of flows counts complete months only. */
const countedOf = (figure: KeyFigure, { first, last }: Period, running: Month): Period => ({
  first,
  last: Math.min(last, figure.flow && last > first ? running - 1 : running),
})

/** The last month that counts in a figure's value of a period, or in what that is held against. */
export const lastCounted = (query: EvaluationQuery, figure: KeyFigure, { first, last }: Period): Month => {
  const { running } = query
  if (structuresIn(query).length > 0) return Math.min(last, figure.flow ? januaryOf(running) - 1 : running - 1)
  return countedOf(figure, { first, last }, running).last
}

const wholeOf = (query: EvaluationQuery): Place => {
  const { area, service_kinds, specialisation, from, to } = query
  return {
    area,
    row: summe,
    some: null,
    kinds: service_kinds.length > 0 ? service_kinds : [null],
    period: { first: from, last: to },
    specialisation,
    ...(Object.fromEntries(structureDimensions.map((name) => [name, query[name]])) as Record<StructureDimension, string | null>),
  }
}

type Known = Directory & { providers: Named[] }

const membersOf = (dimension: Dimension, directory: Known, query: EvaluationQuery): Member[] => {
  const { area, service_kinds, specialisation } = query
  const authorities = authoritiesIn(directory, area)
  const groups = directory.groups.filter(({ members }) => authorities.some(({ id }) => members.has(id)))
  switch (dimension) {
    case 'region':
      return authorities.map(({ id, name, abbreviation, federal_state }, row) => ({
        keys: [id],
        label: name,
        short: abbreviation,
        at: { area, row },
        within: [federal_state, ...groups.filter(({ members }) => members.has(id)).map(({ code }) => code)],
      }))
    case 'state':
      return directory.states
        .filter(({ code }) => authorities.some(({ federal_state }) => federal_state === code))
        .map(({ code, name }) => ({ keys: [code], label: name, short: code, at: placeOfState(code, directory, area), within: [] }))
    case 'group':
      return groups.map(({ code, grouping, name, members }) => ({
        keys: [code],
        label: `${grouping}: ${name}`,
        short: name,
        at: { area, row: summe, some: members },
        within: [],
      }))
    case 'form':
      return formsIn(directory, service_kinds).map(({ form, kinds }) => ({
        keys: [form],
        label: formLabels[form] ?? form,
        short: formLabels[form] ?? form,
        at: { kinds },
        within: [],
      }))
    case 'service_kind':
      return directory.service_kinds
        .filter(({ code }) => service_kinds.length === 0 || service_kinds.includes(code))
        .map(({ code, legal_basis, label, form }) => ({
          keys: [code],
          label: `${label} (${legal_basis})`,
          short: legal_basis,
          at: { kinds: [code] },
          within: [form],
        }))
    case 'specialisation':
      return directory.specialisations
        .filter(({ code }) => specialisation === null || code === specialisation)
        .map(({ code, label }) => ({ keys: [code], label, short: label, at: { specialisation: code }, within: [] }))
    case 'period':
      return periodsOf(query).map((period) => ({
        keys: [periodKey(period, query.grain)],
        label: '',
        short: '',
        at: { period },
        within: [],
      }))
    default: {
      const classes = {
        age_group: ageGroups,
        sex: sexes,
        provider: directory.providers,
        end_reason: endReasons,
        decline_reason: declineReasons,
        dearer_reason: dearerReasons,
      }[dimension]
      return classes
        .filter(({ code }) => query[dimension] === null || query[dimension] === code)
        .map(({ code, label, short = label }) => ({ keys: [code], label, short, at: { [dimension]: code }, within: [] }))
    }
  }
}

const formLabels: Record<string, string> = { ambulant: 'Ambulant', teilstationaer: 'Teilstationär', stationaer: 'Stationär' }

/** The forms with their service kinds, or those of these that are chosen. */
const formsIn = ({ service_kinds }: Directory, chosen: string[]): { form: string; kinds: string[] }[] =>
  [...new Set(service_kinds.map(({ form }) => form))].flatMap((form) => {
    const all = service_kinds.filter((kind) => kind.form === form).map(({ code }) => code)
    const kinds = all.filter((code) => chosen.includes(code))
    if (chosen.length > 0 && kinds.length === 0) return []
    return [{ form, kinds: chosen.length === 0 || kinds.length === all.length ? [formKey(form)] : kinds }]
  })

/** A state within a comparison group is those of its authorities that belong to it. */
const placeOfState = (state: string, { authorities, groups }: Directory, area: string): Partial<Place> => {
  if (!groups.some(({ code }) => code === area)) return { area: state, row: summe }
  const ids = authorities.filter(({ federal_state }) => federal_state === state).map(({ id }) => id)
  return { area, row: summe, some: new Set(ids) }
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
  const { area, row, some, kinds, specialisation, period, ...classes } = wholeOf(query)
  const ofArea = { area, row, some }
  const at: Partial<Record<Dimension, Partial<Place>>> = {
    region: ofArea,
    state: ofArea,
    group: ofArea,
    form: { kinds },
    service_kind: { kinds },
    specialisation: { specialisation },
    period: { period },
  }
  return { keys: [null], at: at[dimension] ?? { [dimension]: classes[dimension as StructureDimension] } }
}

/** One alone needs no total. */
const withTotal = (query: EvaluationQuery, dimension: Dimension, members: Line[]): Line[] =>
  query.totals && members.length > 1 ? [...members, totalOf(dimension, query)] : members

const rowsOf = (query: EvaluationQuery, listed: Map<Dimension, Member[]>): Line[] => {
  const [outer, inner] = query.rows as [Dimension, Dimension | undefined]
  const members = listed.get(outer)!
  if (!inner) return withTotal(query, outer, members)
  if (contains(outer, inner)) return linesWithin(query, outer, members, listed.get(inner)!)
  const within = withTotal(query, inner, listed.get(inner)!)
  return withTotal(query, outer, members).flatMap((line) =>
    within.map((each) => ({ keys: [...line.keys, ...each.keys], at: { ...line.at, ...each.at } })),
  )
}

const linesWithin = (query: EvaluationQuery, outer: Dimension, wholes: Member[], parts: Member[]): Line[] => {
  const lines: Line[] = wholes.flatMap((whole) => {
    const own = parts.filter((part) => part.within.includes(whole.keys[0]!))
    const total = query.totals && own.length > 1 ? [{ keys: [whole.keys[0]!, null], at: whole.at }] : []
    return [...own.map(({ keys, at }) => ({ keys: [whole.keys[0]!, ...keys], at })), ...total]
  })
  return query.totals && wholes.length > 1 ? [...lines, { keys: [null, null], at: totalOf(outer, query).at }] : lines
}
