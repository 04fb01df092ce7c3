import type { DuckDBConnection } from '@duckdb/node-api'
import { periodValue, type Grid, type Value } from './comparison.ts'
import { directoryOf, kindsOfForm, type Directory } from './directory.ts'
import { keyFigureByName, keyFigures, seriesOf, type KeyFigure, type RateUnit } from './key-figures.ts'
import { modelSql } from './models.ts'
import { monthOf, type Month } from './month.ts'
import { freshness, type Freshness } from './query.ts'
import { classSqlOf, structureDimensions, type StructureDimension } from './structure.ts'
import type { Warehouse } from './warehouse.ts'

/**
 * The figures of one authority's own bookings, payments and requests for places, told apart by any classes together, by months and without anything hidden: to
 * its own readers only, to whom they are open (domain.md 3). Definitions are those of the marts: the same models, run over what is the
 * authority's, with the classes in the place of the service kind.
 */
type Source = { model: keyof typeof tableOf; by: readonly StructureDimension[] }

const tableOf = {
  booking_cells: 'booking',
  booking_rate_values: 'booking',
  dwell_time_values: 'booking',
  payment_cells: 'payment_line',
  reservation_cells: 'reservation',
} as const

const ended = ['age_group', 'sex', 'provider', 'end_reason'] as const
/** What runs has no reason of ending, whatever it ends with some day. */
const running = ['age_group', 'sex', 'provider'] as const

const sources: Record<string, Source> = {
  case_count: { model: 'booking_cells', by: running },
  case_stock: { model: 'booking_cells', by: running },
  cases_begun: { model: 'booking_cells', by: running },
  cases_ended: { model: 'booking_cells', by: ended },
  dropouts: { model: 'booking_cells', by: ended },
  // reasons make the rate: of each alone it is all or nothing
  dropout_rate: { model: 'booking_cells', by: running },
  away_bookings: { model: 'booking_cells', by: running },
  dwell_time_mean: { model: 'booking_cells', by: ended },
  dwell_time_median: { model: 'dwell_time_values', by: ended },
  rate_min: { model: 'booking_rate_values', by: running },
  rate_median: { model: 'booking_rate_values', by: running },
  rate_max: { model: 'booking_rate_values', by: running },
  // by the provider paid, and by age and sex of the booking paid for
  payments: { model: 'payment_cells', by: running },
  declined_requests: { model: 'reservation_cells', by: [...running, 'decline_reason'] },
  dearer_choices: { model: 'reservation_cells', by: [...running, 'dearer_reason'] },
}

/** By which classes a figure of the own authority is told apart; null: it is not told of it alone. */
export const ownClassesOf = (figure: string): readonly StructureDimension[] | null => sources[figure]?.by ?? null
/** Whether a figure of it counts requests for places and not helps. */
export const isOfRequests = (figure: string): boolean => sources[figure]?.model === 'reservation_cells'
/** The figures that the own authority tells apart by all of these. */
export const ownFigures = (dimensions: readonly StructureDimension[]): KeyFigure[] =>
  keyFigures.filter(({ name }) => dimensions.every((dimension) => ownClassesOf(name)?.includes(dimension)) && ownClassesOf(name))

/** Of each dimension one class or all (null); service kinds as in an evaluation. */
export type OwnPlace = Record<StructureDimension | 'specialisation', string | null> & { kinds: (string | null)[] }

type Query = { authority: string; figures: string[]; places: OwnPlace[]; first: Month; last: Month }

/** Months are those from `first` to `last` of the query; a place is one of its places. */
export const ownStructure = async (
  warehouse: Warehouse,
  query: Query,
): Promise<Freshness & { valueOf: (figure: KeyFigure, place: OwnPlace, from: Month, to: Month) => Value }> => {
  const directory = await directoryOf(warehouse)
  const months = query.last - query.first + 1
  const sums = sumsFor(query.places, months, directory)
  const known = await warehouse.read(async (connection) => {
    for (const [model, measures] of modelsOf(query.figures)) await addUp(connection, query, { model, measures }, sums)
    return freshness(connection)
  })
  const data_from = directory.authorities.find(({ id }) => id === query.authority)?.data_from ?? null
  const open = new Uint8Array(months)
  const gridOf = (figure: KeyFigure, place: OwnPlace): Grid => {
    const sum = sums.of(place)
    const { compute } = figure
    const series = seriesOf(figure, unitOf(place, directory))
    const statistic = compute.from === 'statistic' ? picked(compute.pick, sum.values(series!)) : null
    return {
      first: query.first,
      months,
      data_from: [data_from ? monthOf(data_from) : null],
      numerator: [
        compute.from === 'statistic' ? statistic!.value : sum.measure(compute.from === 'ratio' ? compute.numerator : compute.measure),
      ],
      denominator: compute.from === 'ratio' ? [sum.measure(compute.denominator)] : null,
      total_statistic: null,
      n: statistic && [statistic.n],
      population: { total: [Number.NaN], under_21: [Number.NaN] },
      suppression: { hidden: [open], total_hidden: open },
    }
  }
  const grids = new Map<string, Grid>()
  const valueOf = (figure: KeyFigure, place: OwnPlace, from: Month, to: Month): Value => {
    const key = `${figure.name} ${keyOf(place)}`
    const grid = grids.get(key) ?? gridOf(figure, place)
    grids.set(key, grid)
    return periodValue(grid, figure, 0, from, to)
  }
  return { ...known, valueOf }
}

/** Which models to run, and which of their measures make the figures. */
const modelsOf = (figures: string[]): Map<Source['model'], string[]> => {
  const models = new Map<Source['model'], string[]>()
  for (const name of figures) {
    const { compute } = keyFigureByName.get(name)!
    const { model } = sources[name]!
    const measures =
      compute.from === 'ratio' ? [compute.numerator, compute.denominator] : compute.from === 'statistic' ? [] : [compute.measure]
    models.set(model, [...new Set([...(models.get(model) ?? []), ...measures])])
  }
  return models
}

/** Of several service kinds together rates are those by the day, unless all are paid by the hour: units are never mixed. */
const unitOf = ({ kinds }: OwnPlace, directory: Directory): RateUnit => {
  const codes = codesOf(kinds, directory)
  return codes && directory.service_kinds.every(({ code, unit }) => !codes.has(code) || unit === 'hour') ? 'hour' : 'day'
}

/** null: all. */
const codesOf = (kinds: (string | null)[], directory: Directory): ReadonlySet<string> | null =>
  kinds.includes(null) ? null : new Set((kinds as string[]).flatMap((kind) => kindsOfForm(directory, kind) ?? [kind]))

const axes = ['specialisation', ...structureDimensions] as const
const keyOf = (place: OwnPlace): string => JSON.stringify([place.kinds, ...axes.map((axis) => place[axis])])

/** Sums and single values by month of what lies in one place. */
type Sum = {
  measures: Map<string, Float64Array>
  series: Map<string, Map<number, number>[]>
  measure: (name: string) => Float64Array
  values: (series: string) => Map<number, number>[]
}

const emptySum = (months: number): Sum => {
  const measures: Sum['measures'] = new Map()
  const series: Sum['series'] = new Map()
  const foundOr = <Item>(map: Map<string, Item>, name: string, make: () => Item): Item => {
    const found = map.get(name) ?? make()
    map.set(name, found)
    return found
  }
  return {
    measures,
    series,
    measure: (name) => foundOr(measures, name, () => new Float64Array(months)),
    values: (name) => foundOr(series, name, () => Array.from({ length: months }, () => new Map())),
  }
}

/** A booking lies in every place that asks for its class or for all. */
const sumsFor = (places: OwnPlace[], months: number, directory: Directory) => {
  const byKey = new Map<string, Sum>()
  const wantedKinds = new Map(places.map(({ kinds }) => [JSON.stringify(kinds), { kinds, codes: codesOf(kinds, directory) }]))
  const wanted = axes.map((axis) => new Set(places.map((place) => place[axis])))
  for (const place of places) if (!byKey.has(keyOf(place))) byKey.set(keyOf(place), emptySum(months))
  const isAsked = (at: number) => [...wanted[at]!].some((each) => each !== null)
  const into = new Map<string, Sum[]>()
  const resolve = (name: string, specialisations: string): Sum[] => {
    const [kind, ...classes] = name.split(' ')
    const kinds = [...wantedKinds.values()].filter(({ codes }) => codes === null || codes.has(kind!)).map((each) => each.kinds)
    const of = [specialisations.split(','), ...classes.map((code) => [code])].map((codes, at) => [
      ...codes.filter((code) => wanted[at]!.has(code)),
      ...(wanted[at]!.has(null) ? [null] : []),
    ])
    let keys: unknown[][] = kinds.map((each) => [each])
    for (const codes of of) keys = keys.flatMap((key) => codes.map((code) => [...key, code]))
    // not every combination of what is asked is asked for
    return keys.flatMap((key) => byKey.get(JSON.stringify(key)) ?? [])
  }
  return {
    of: (place: OwnPlace): Sum => byKey.get(keyOf(place))!,
    /** Of what the places need to know the class. */
    asked: {
      kinds: wantedKinds.size > 1 || !wantedKinds.has('[null]'),
      specialisation: isAsked(0),
      classes: structureDimensions.filter((_, at) => isAsked(at + 1)),
    },
    holding: (name: string, specialisations: string): Sum[] => {
      const key = `${name} ${specialisations}`
      const found = into.get(key) ?? resolve(name, specialisations)
      into.set(key, found)
      return found
    },
  }
}

type Sums = ReturnType<typeof sumsFor>

const addUp = async (
  connection: DuckDBConnection,
  { authority, first, last }: Query,
  { model, measures }: { model: Source['model']; measures: string[] },
  sums: Sums,
): Promise<void> => {
  const isHistogram = measures.length === 0
  const numbers = isHistogram
    ? ['series', 'value::double', 'sum(sign)::double']
    : measures.map((measure) => `sum(sign * coalesce(${measure}, 0)::double)`)
  const sql = `
    select service_kind as class, ${sums.asked.specialisation ? 'specialisations' : "''"} as of, month, ${numbers.join(', ')}
    from (${await ownModel(model, sums)})
    where month between $first::integer and $last::integer
    group by class, of, month${isHistogram ? ', series, value having sum(sign) <> 0' : ''}`
  const reader = await connection.runAndReadAll(sql, { authority, first, last })
  for (const [name, specialisations, month, ...found] of reader.getRowsJS() as [string, string, number, ...unknown[]][]) {
    for (const sum of sums.holding(name, specialisations)) {
      const at = month - first
      if (!isHistogram) measures.forEach((measure, i) => (sum.measure(measure)[at]! += found[i] as number))
      else {
        const [series, value, n] = found as [string, number, number]
        const values = sum.values(series)[at]!
        values.set(value, (values.get(value) ?? 0) + n)
      }
    }
  }
}

/** Measures of ends, which alone are told apart by their reason. */
export const endMeasures = ['cases_ended', 'ended_without_handover', 'dropouts', 'dwell_days']

/** Sums by service kind, age group, sex, provider, reason of ending and month of the facts of `$authority`, of what the marts count. */
export const ownClassesSql = async (measures: Record<'booking_cells' | 'payment_cells', string[]>): Promise<string> => {
  const parts = Object.entries(measures).map(async ([model, names]) => {
    const classes = model === 'payment_cells' ? [...running] : [...ended]
    const rows = names.map((name) => `{ name: '${name}', value: sign * coalesce(${name}, 0)::bigint }`)
    return `select service_kind as class, month, unnest([${rows.join(', ')}]) as measure
      from (${await ownModel(model as Source['model'], { asked: { kinds: true, specialisation: false, classes } })})`
  })
  const part = (at: number) => `nullif(split_part(class, ' ', ${at}), '')`
  const ends = endMeasures.map((name) => `'${name}'`).join(', ')
  return `
    select measure.name as measure, ${part(1)} as service_kind, ${part(2)} as age_group, ${part(3)} as sex, ${part(4)} as provider,
      case when measure.name in (${ends}) then ${part(5)} end as end_reason,
      make_date(month // 12, month % 12 + 1, 1) as month, sum(measure.value)::bigint as value
    from (${(await Promise.all(parts)).join(' union all ')})
    where measure.value <> 0
    group by all having sum(measure.value) <> 0`
}

/** A model of the marts, of the authority's facts alone, each with its classes in place of its service kind. */
const ownModel = async (model: Source['model'], { asked }: Pick<Sums, 'asked'>): Promise<string> => {
  const table = tableOf[model]
  const classes: Record<StructureDimension, string> = { ...classSqlOf, end_reason: `coalesce(nullif(end_reason, 0)::varchar, '')` }
  const codes = [
    asked.kinds ? 'service_kind' : "''",
    ...structureDimensions.map((name) => (asked.classes.includes(name) ? classes[name] : "''")),
  ]
  const together = codes.map((code) => `coalesce(${code}, '')`).join(` || ' ' || `)
  // what is paid for is told by the booking, were it cancelled since
  const paidFor = `left join (
      select id as booking_id, age_at_begin, sex from history.booking where youth_authority_id = $authority
      group by all having sum(sign) > 0
    ) using (booking_id)`
  const facts = `(
    select * replace (${together} as service_kind)
    from (select * from history.${table} where youth_authority_id = $authority) ${table === 'payment_line' ? paidFor : ''}
  )`
  const staging = (await modelSql('staging', table)).replaceAll(`history.${table}`, facts)
  return (await modelSql('marts', model)).replaceAll(`staging.${table}`, `(${staging})`)
}

const picked = (pick: 'lowest' | 'highest' | 'median', months: Map<number, number>[]) => {
  const value = new Float64Array(months.length)
  const n = new Float64Array(months.length)
  months.forEach((values, at) => {
    const ordered = [...values].filter(([, count]) => count > 0).sort(([a], [b]) => a - b)
    const size = ordered.reduce((sum, [, count]) => sum + count, 0)
    n[at] = size
    if (size === 0) return
    const ranked = (rank: number): number => {
      let below = 0
      return ordered.find(([, count]) => (below += count) > rank)![0]
    }
    if (pick === 'median') value[at] = (ranked(Math.floor((size - 1) / 2)) + ranked(Math.floor(size / 2))) / 2
    else value[at] = ranked(pick === 'lowest' ? 0 : size - 1)
  })
  return { value, n }
}
