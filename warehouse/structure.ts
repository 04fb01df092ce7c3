import type { DuckDBConnection } from '@duckdb/node-api'
import type { Value } from './comparison.ts'
import { placeNumber } from './contributions.ts'
import { authoritiesIn, authorityOf, directoryOf, parameterOn, type Directory } from './directory.ts'
import { suppressWithParts } from './disclosure.ts'
import { columnsOf, emptyLattice, type Lattice } from './lattice.ts'
import { columnOf, shapeOf, type Shape } from './lattices.ts'
import { firstDay, monthOf, yearOf, type Month } from './month.ts'
import { freshness, type Freshness } from './query.ts'
import { execute } from './statement.ts'
import { readWithTotals } from './suppression.ts'
import type { Warehouse } from './warehouse.ts'

/**
 * By what the helps, or reservations, of one state and year are told apart besides service kinds. Its classes share nothing and make up the Summe that is
 * published anyway; nothing is published of several structures together (domain.md 3).
 */
export type Structure = 'age_sex' | 'provider' | 'end_reason' | 'decline_reason' | 'dearer_reason'

/** Told apart only for a state as a whole and by years, or of one's own authority alone (own-structure.ts). */
export const structureDimensions = ['age_group', 'sex', 'provider', 'end_reason', 'decline_reason', 'dearer_reason'] as const
export type StructureDimension = (typeof structureDimensions)[number]
/** Of an evaluation that chooses no class of a structure. */
export const allClasses = Object.fromEntries(structureDimensions.map((name) => [name, null])) as Record<StructureDimension, null>
/** The names of classes are codes of these with blanks between them. */
const dimensionsOf: Record<Structure, StructureDimension[]> = {
  age_sex: ['age_group', 'sex'],
  provider: ['provider'],
  end_reason: ['end_reason'],
  decline_reason: ['decline_reason'],
  dearer_reason: ['dearer_reason'],
}
/** The structure that tells some dimensions apart; null for none, or for what is told of no two together. */
export const structureOf = (dimensions: StructureDimension[]): Structure | null => {
  const names = Object.keys(dimensionsOf) as Structure[]
  return dimensions.length === 0 ? null : (names.find((name) => dimensions.every((each) => dimensionsOf[name].includes(each))) ?? null)
}

export type Named = { code: string; label: string; short?: string }

/** Those of the population's age groups in which help can begin; by the age at the beginning of the help. */
export const ageGroups: (Named & { from: number })[] = [
  { code: 'u3', label: 'unter 3 Jahre', short: 'unter 3', from: 0 },
  { code: 'a3_6', label: '3 bis unter 6 Jahre', short: '3–5', from: 3 },
  { code: 'a6_10', label: '6 bis unter 10 Jahre', short: '6–9', from: 6 },
  { code: 'a10_15', label: '10 bis unter 15 Jahre', short: '10–14', from: 10 },
  { code: 'a15_18', label: '15 bis unter 18 Jahre', short: '15–17', from: 15 },
  { code: 'a18_20', label: '18 bis unter 20 Jahre', short: '18–19', from: 18 },
  { code: 'a20_25', label: '20 bis unter 25 Jahre', short: '20–24', from: 20 },
  { code: 'a25p', label: '25 Jahre und älter', short: 'ab 25', from: 25 },
]
export const sexes: Named[] = [
  { code: 'w', label: 'weiblich' },
  { code: 'm', label: 'männlich' },
  { code: 'd', label: 'divers' },
]
/** Keys of the official statistics. */
export const endReasons: Named[] = [
  { code: '10', label: 'gemäß Hilfeplan' },
  { code: '20', label: 'abweichend, durch Sorgeberechtigte oder junge Volljährige' },
  { code: '21', label: 'abweichend, durch Einrichtung, Pflegefamilie oder Dienst' },
  { code: '22', label: 'abweichend, durch Minderjährige' },
  { code: '30', label: 'Adoption' },
  { code: '40', label: 'Abgabe an ein anderes Jugendamt' },
  { code: '50', label: 'sonstige Gründe' },
]
export const declineReasons: Named[] = [
  { code: 'no_place', label: 'kein freier Platz' },
  { code: 'not_suitable', label: 'passt fachlich nicht' },
  { code: 'staff', label: 'Fachpersonal fehlt' },
  { code: 'too_late', label: 'zu kurzfristig' },
  { code: 'other', label: 'anderer Grund' },
]
export const dearerReasons: Named[] = [
  { code: 'guardians_wish', label: 'Wunsch der Sorgeberechtigten' },
  { code: 'suitability', label: 'fachliche Eignung' },
  { code: 'nearness', label: 'Nähe zu Schule und Familie' },
  { code: 'continuity', label: 'Fortführung einer Hilfe' },
  { code: 'other', label: 'anderer Grund' },
  // it may be told later
  { code: 'none', label: 'noch ohne Grund' },
]
/** Stands for the provider of what was booked outside the system. */
export const noProvider = 'none'

const counted = ['case_stock', 'cases_begun', 'cases_ended', 'dropouts'] as const

/** The figures that can be told apart by each. */
export const figuresOf: Record<Structure, readonly string[]> = {
  age_sex: counted,
  provider: counted,
  end_reason: ['cases_ended'],
  decline_reason: ['declined_requests'],
  dearer_reason: ['dearer_choices'],
}
const isOfReservations = (structure: Structure): boolean => structure === 'decline_reason' || structure === 'dearer_reason'

/** Values and what of them is hidden, as in a lattice: classes and their Summe as rows; service kinds, forms and all as columns. */
type Table = { value: Float64Array; hidden: Uint8Array }

export type StructureOfYear = Freshness & {
  classes: string[]
  /** Null: there is nothing to tell yet. */
  tables: Map<string, Table | null>
}

type Query = { state: string; structure: Structure; year: number; running: Month }

const decidedByWarehouse = new WeakMap<Warehouse, { writes: number; years: Map<string, Promise<StructureOfYear>> }>()

/**
 * All that is told of a structure in a calendar year. Flows are those of a whole year: from a year to date that grows by a month, what
 * the month brought could be reckoned. The stock is that of the last day of the year, or of the last complete month.
 */
export const structureOfYear = (warehouse: Warehouse, query: Query, own_authority: string | null): Promise<StructureOfYear> => {
  const writes = warehouse.writes()
  let decided = decidedByWarehouse.get(warehouse)
  if (decided?.writes !== writes) decidedByWarehouse.set(warehouse, (decided = { writes, years: new Map() }))
  const { years } = decided
  const key = JSON.stringify([query, own_authority])
  const known = years.get(key)
  if (known) return known
  const made = decide(warehouse, query, own_authority)
  years.set(key, made)
  made.catch(() => years.delete(key))
  return made
}

/** Which classes are meant, null: all; which service kinds or forms (null among them: all of them); from which month to which. */
export type StructurePlace = Record<StructureDimension, string | null> & { kinds: (string | null)[]; period: { first: Month; last: Month } }

/**
 * What can be told of a structure in some years. Several classes or service kinds together are the sum of what is shown, secret with any
 * of it; of several years, flows are those of all that are over, and the stock is that of the last.
 */
export const openStructure = async (
  warehouse: Warehouse,
  { from, to, ...query }: Omit<Query, 'year'> & { from: Month; to: Month },
  own_authority: string | null,
): Promise<Freshness & { valueOf: (figure: string, place: StructurePlace) => Value }> => {
  const shape = shapeOf(await directoryOf(warehouse))
  const width = columnsOf(shape)
  const years = new Map<number, StructureOfYear>()
  for (let year = yearOf(from); year <= yearOf(Math.min(to, query.running)); year += 1)
    years.set(year, await structureOfYear(warehouse, { ...query, year }, own_authority))
  const valueOf = (figure: string, place: StructurePlace): Value => {
    const { first, last } = place.period
    const asked = [...years].filter(([year]) => yearOf(first) <= year && year <= yearOf(last))
    const told = figure === 'case_stock' ? asked.slice(-1) : asked.filter(([year]) => query.running > year * 12 + 11)
    const columns = place.kinds.map((kind) => columnOf(shape, kind ?? 'all'))
    const values = told.map(([, { classes, tables }]): Value => {
      const table = tables.get(figure)
      return table ? sumIn(table, rowsOf(query.structure, classes, place), columns, width) : '…'
    })
    for (const sign of ['…', '.'] as const) if (values.includes(sign)) return sign
    return values.length === 0 ? '…' : (values as number[]).reduce((sum, value) => sum + value)
  }
  const oldest = [...years.values()].reduce((a, b) => (a.data_as_of <= b.data_as_of ? a : b))
  return { data_lsn: oldest.data_lsn, data_as_of: oldest.data_as_of, valueOf }
}

const rowsOf = (structure: Structure, classes: string[], place: StructurePlace): number[] => {
  const wanted = dimensionsOf[structure].map((dimension) => place[dimension])
  if (wanted.every((code) => code === null)) return [classes.length]
  return classes.flatMap((name, row) => (name.split(' ').every((code, at) => (wanted[at] ?? code) === code) ? [row] : []))
}

const sumIn = ({ value, hidden }: Table, rows: number[], columns: number[], width: number): Value => {
  const cells = rows.flatMap((row) => columns.map((column) => row * width + column))
  return cells.some((cell) => hidden[cell]) ? '.' : cells.reduce((sum, cell) => sum + value[cell]!, 0)
}

type Span = { first: Month; last: Month; stock: Month }

const decide = async (warehouse: Warehouse, query: Query, own_authority: string | null): Promise<StructureOfYear> => {
  const { state, structure, year, running } = query
  const directory = await directoryOf(warehouse)
  const regions = authoritiesIn(directory, state)
  const begins = regions.flatMap(({ data_from }) => (data_from ? [monthOf(data_from)] : []))
  const [first, last] = [year * 12, year * 12 + 11]
  const span = { first, last, stock: Math.max(first, Math.min(last, running - 1)) }
  const measures = isOfReservations(structure)
    ? [...figuresOf[structure]]
    : ['case_stock', 'cases_begun', 'cases_ended', 'ended_without_handover', 'dropouts']
  const view = { directory, measures, specialisation: 'all', regions, own: own_authority }
  const { facts, isHidden } = await readWithTotals(warehouse, view, { first, months: 12 }, async (connection) => ({
    freshness: await freshness(connection),
    ...(await readCounts(connection, { directory, state, structure, span, own_authority })),
  }))
  const { counts, classes } = facts
  const shape = shapeOf(directory)
  const columns = Array.from({ length: columnsOf(shape) }, (_, column) => column)
  const months = Array.from({ length: 12 }, (_, at) => first + at)
  const isOpen = (measure: string) =>
    columns.map((column) => !(measure === 'case_stock' ? [span.stock] : months).some((month) => isHidden(measure, column, month)))
  const threshold = parameterOn(directory, 'disclosure_threshold', firstDay(Math.min(last, running)))
  const hidden = hiddenIn(structure, classes, counts, { shape, isOpen, threshold })
  const tables = new Map(
    figuresOf[structure].map((figure): [string, Table | null] => {
      const [from, over] = figure === 'case_stock' ? [span.stock, span.stock] : [first, last]
      const isThere = from >= Math.min(...begins) && over < running
      return [figure, isThere ? { value: counts.get(figure)!.all, hidden: hidden.get(figure)! } : null]
    }),
  )
  return { ...facts.freshness, classes, tables }
}

/** Of a figure, as [class, then Summe][column]: all it counts, and of this what is not the reader's own, and distinct cases but the reader's own. */
export type Counts = { all: Float64Array; rest: Float64Array; cases: Float64Array }

type Rules = { shape: Shape; isOpen: (measure: string) => boolean[]; threshold: number }

/**
 * What is hidden of each figure. An attacker knows his own authority in any detail, so that all is decided on the rest of the state; and
 * each Summe as far as the regions' lattice tells it, which he needs no structure for.
 */
export const hiddenIn = (
  structure: Structure,
  classes: string[],
  counts: Map<string, Counts>,
  { shape, isOpen, threshold }: Rules,
): Map<string, Uint8Array> => {
  const columns = columnsOf(shape)
  const tableOf = (figure: string, rows: number[], open: boolean[], wholes: number[] = []) => ({
    lattice: latticeOf(counts.get(figure)!, rows, open, shape),
    wholes,
  })
  const decideOn = (tables: { lattice: Lattice; wholes: number[] }[]) => suppressWithParts(tables, { own: null, threshold })
  const all = classes.map((_, row) => row)
  const withTotals = (cells: Uint8Array, open: boolean[]): Uint8Array => {
    open.forEach((isTold, column) => (cells[classes.length * columns + column] = isTold ? 0 : 1))
    return cells
  }
  const alone = (figure: string): [string, Uint8Array] => {
    const open = isOpen(figure)
    return [figure, withTotals(decideOn([tableOf(figure, all, open)])[0]!, open)]
  }
  if (isOfReservations(structure)) return new Map(figuresOf[structure].map(alone))
  if (structure !== 'end_reason') {
    const single = ['case_stock', 'cases_begun'].map(alone)
    const [ended, dropouts] = [isOpen('cases_ended'), isOpen('dropouts')]
    const together = decideOn([tableOf('cases_ended', all, ended), tableOf('dropouts', all, dropouts, [0])])
    return new Map([...single, ['cases_ended', withTotals(together[0]!, ended)], ['dropouts', withTotals(together[1]!, dropouts)]])
  }
  // what is published besides the ended: dropouts, and the quotient by those ended without handover
  const [ended, without, dropouts] = [isOpen('cases_ended'), isOpen('ended_without_handover'), isOpen('dropouts')]
  const both = (a: boolean[], b: boolean[]) => a.map((open, column) => open && b[column]!)
  const parts: [string[], boolean[]][] = [
    [['20', '21', '22'], dropouts],
    [['10', '30', '50'], both(without, dropouts)],
    [['40'], both(ended, without)],
  ]
  const hidden = new Uint8Array((classes.length + 1) * columns)
  for (const [reasons, open] of parts) {
    const rows = reasons.map((reason) => classes.indexOf(reason))
    const [cells] = decideOn([tableOf('cases_ended', rows, open)])
    rows.forEach((row, at) => hidden.set(cells!.subarray(at * columns, (at + 1) * columns), row * columns))
  }
  return new Map([['cases_ended', withTotals(hidden, ended)]])
}

/** Some classes with their Summe, which is known, or whose whole column is hidden with it. */
const latticeOf = ({ rest, cases }: Counts, rows: number[], open: boolean[], shape: Shape): Lattice => {
  const lattice = emptyLattice(rows.length, shape)
  const columns = columnsOf(shape)
  const summe = rows.length * columns
  rows.forEach((row, at) => {
    for (let column = 0; column < columns; column += 1) {
      const [cell, from] = [at * columns + column, row * columns + column]
      lattice.value[cell] = rest[from]!
      lattice.cases[cell] = cases[from]!
      lattice.value[summe + column]! += rest[from]!
      lattice.cases[summe + column]! += cases[from]!
      if (!open[column]) lattice.hidden_wholes[cell] = 1
    }
  })
  // a Summe that is not told is not to be told by moving with a class either
  lattice.known.fill(1, summe)
  return lattice
}

/** The class of a booking or reservation, of what staging tells of it; empty for the reason of what has not ended or was not declined. */
export const classSqlOf: Record<StructureDimension, string> = {
  age_group: `case ${ageGroups
    .toReversed()
    .map(({ code, from }) => `when age_at_begin >= ${from} then '${code}'`)
    .join(' ')} end`,
  sex: 'sex',
  provider: `coalesce(provider_id::varchar, '${noProvider}')`,
  end_reason: `coalesce(end_reason::varchar, '')`,
  decline_reason: `coalesce(decline_reason, '')`,
  dearer_reason: `coalesce(dearer_reason, 'none')`,
}
const classSql = (structure: Structure) => dimensionsOf[structure].map((dimension) => classSqlOf[dimension]).join(` || ' ' || `)

const fixedClasses: Record<Structure, string[]> = {
  age_sex: ageGroups.flatMap((group) => sexes.map((sex) => `${group.code} ${sex.code}`)),
  provider: [],
  end_reason: endReasons.map(({ code }) => code),
  decline_reason: declineReasons.map(({ code }) => code),
  dearer_reason: dearerReasons.map(({ code }) => code),
}

const bookingsOf = (structure: Structure): string => `
      select ${classSql(structure)} as class, service_kind, place = $own::integer as is_own, case_key, sign,
        $stock::integer >= begins and first_month <= $stock::integer
          and (last_month > $stock::integer or (last_month = $stock::integer and lasts_to_month_end)) as case_stock,
        first_month between greatest(begins, $first::integer) and $last::integer as cases_begun,
        end_reason is not null and last_month between greatest(begins, $first::integer) and $last::integer as cases_ended,
        cases_ended and end_reason in (20, 21, 22) as dropouts
      from staging.booking join authorities using (place)
      where first_month <= $last::integer and last_month >= $first::integer`
const reservationsOf = (structure: Structure): string => `
      select ${classSql(structure)} as class, service_kind, place = $own::integer as is_own, case_key, sign,
        is_declined and answered_month between greatest(begins, $first::integer) and $last::integer as declined_requests,
        is_dearer and reserved_month between greatest(begins, $first::integer) and $last::integer as dearer_choices
      from staging.reservation join authorities using (place)`

type Reading = { directory: Directory; state: string; structure: Structure; span: Span; own_authority: string | null }

/** The same definitions as those of marts/booking_cells.sql and marts/reservation_cells.sql, of facts one by one: their classes are in no mart. */
const readCounts = async (
  connection: DuckDBConnection,
  { directory, state, structure, span, own_authority }: Reading,
): Promise<{ classes: string[]; counts: Map<string, Counts> }> => {
  const { kinds, form_of, forms } = shapeOf(directory)
  const columns = columnsOf({ form_of, forms })
  const columnsOfKind = kinds.map((code, kind) => `when '${code}' then [${kind}, ${kinds.length + form_of[kind]!}, ${columns - 1}]`)
  const begun = authoritiesIn(directory, state).flatMap(({ id, data_from }) => (data_from ? [{ id, from: monthOf(data_from) }] : []))
  const figures = isOfReservations(structure) ? figuresOf[structure] : counted
  const sums = figures.map(
    (figure) => `sum(${figure})::double, coalesce(sum(${figure}) filter (not is_own), 0)::double,
      count(distinct case_key) filter (not is_own and ${figure} > 0)::double`,
  )
  const sql = `
    with authorities as (
      select unnest(string_split($places::varchar, ',')::integer[]) as place, unnest(string_split($begins::varchar, ',')::integer[]) as begins
    ),
    facts as (${isOfReservations(structure) ? reservationsOf(structure) : bookingsOf(structure)}),
    of_cases as (
      select class, case service_kind ${columnsOfKind.join(' ')} end as columns, is_own, case_key,
        ${figures.map((figure) => `coalesce(sum(sign) filter (${figure}), 0) as ${figure}`).join(', ')}
      from facts group by class, service_kind, is_own, case_key
    )
    select class, "column", ${sums.join(', ')}
    from (select *, unnest(columns) as "column" from of_cases where ${figures.map((figure) => `${figure} > 0`).join(' or ')})
    group by class, "column"`
  const reader = await execute(connection, sql, {
    places: begun.map(({ id }) => placeNumber(id)).join(','),
    begins: begun.map(({ from }) => from).join(','),
    own: own_authority === null ? -1 : placeNumber(own_authority),
    ...(isOfReservations(structure) ? {} : { stock: span.stock }),
    first: span.first,
    last: span.last,
  })
  const rows = reader.getRowsJS() as [string, number, ...number[]][]
  const found = rows.map(([name]) => name)
  const classes = structure === 'provider' ? [...new Set(found)].sort() : fixedClasses[structure]
  const at = new Map(classes.map((name, row) => [name, row]))
  const cells = (classes.length + 1) * columns
  const counts = new Map(
    figures.map((figure): [string, Counts] => [
      figure,
      { all: new Float64Array(cells), rest: new Float64Array(cells), cases: new Float64Array(cells) },
    ]),
  )
  for (const [name, column, ...numbers] of rows) {
    // what has not ended, or was not declined, has no reason
    const row = at.get(name)
    if (row === undefined) continue
    figures.forEach((figure, i) => {
      const { all, rest, cases } = counts.get(figure)!
      const cell = row * columns + column
      ;[all[cell], rest[cell], cases[cell]] = numbers.slice(i * 3, i * 3 + 3) as [number, number, number]
      all[classes.length * columns + column]! += all[cell]
    })
  }
  return { classes, counts }
}

export type Inhabitants = { age_group: string; sex: string; inhabitants: number }[]

/** Those of a state at a date, in the age groups of the population in which help begins; the oldest is none of these. */
export const inhabitantsOn = async (warehouse: Warehouse, state: string, date: string): Promise<Inhabitants> => {
  const { states } = await directoryOf(warehouse)
  const reader = await warehouse.ask((connection) =>
    execute(
      connection,
      `select age_group, sex, sum(sign * inhabitants)::double as inhabitants from history.population
       where reference_date = $1::date and starts_with(ags, $2::varchar) and sex <> 'all'
         and age_group in (${ageGroups.map(({ code }) => `'${code}'`).join(', ')})
       group by age_group, sex having sum(sign * inhabitants) > 0`,
      [date, states.find(({ code }) => code === state)!.ags],
    ),
  )
  return reader.getRowObjectsJson() as Inhabitants
}

/** Also those that were only asked for a place. */
const asked = `
        union
        select provider_id from staging.reservation
        where place in (select unnest(string_split($1::varchar, ',')::integer[])) and reserved_month <= $2 and coalesce(answered_month, reserved_month) >= $3
        group by provider_id, case_key having sum(sign) > 0`

const ever = { from: 0, to: 9999 * 12 }

/** The providers of an area's helps in some years or ever, or of an authority's and its requests, by name; last stands what was booked outside the system. */
export const providersIn = async (
  warehouse: Warehouse,
  area: string,
  { from, to } = ever,
  withAsked = authorityOf(area) !== null,
): Promise<Named[]> => {
  const directory = await directoryOf(warehouse)
  const places = authoritiesIn(directory, area).map(({ id }) => placeNumber(id))
  const reader = await warehouse.ask((connection) =>
    execute(
      connection,
      `with used as (
        select provider_id from staging.booking
        where place in (select unnest(string_split($1::varchar, ',')::integer[])) and first_month <= $2 and last_month >= $3
        group by provider_id, case_key having sum(sign) > 0${withAsked ? asked : ''}
      ),
      names as (select id as provider_id, name from history.provider group by all having sum(sign) > 0)
      select distinct coalesce(provider_id::varchar, '${noProvider}') as code, coalesce(name, 'ohne Anbieter im System') as label
      from used left join names using (provider_id) order by provider_id is null, label, code`,
      [places.join(','), to, from],
    ),
  )
  return reader.getRowObjectsJson() as Named[]
}
