/**
 * A mart model turns signed rows of one history table into rows of a mart: `place`, `service_kind`, `specialisations`, `month` and
 * `sign`, and beside them what tells its shape. `case_key` and measures: cells with the number of distinct cases behind each;
 * measures alone: cells; `series` and `value`: histogram; these and `change`: what enters and leaves a stock.
 * Models give their rows at the lowest level; "all" service kinds, "all" specialisations, and for histograms the places state and
 * Germany, are added here, of what flushes append as late as possible: when it is folded, or read.
 * Models speak of codes, marts of numbers (tables.sql): here the ones become the others.
 * One model serves all ways to build a mart, because what it reads is exchanged: `batch` is what a flush brings, `touched` what
 * history holds of the batch's cases, `chosen` a slice of history. Of many rows, `net` is what is left when those that cancel out
 * are dropped, parted into cases of one row (`alone`) and the others (`crowded`). Of few, see exchange.ts.
 */
export type Mart = { name: string; table: string; shape: 'cases' | 'cells' | 'values' | 'changes'; measures: string[]; sql: string }
export type Source = 'batch' | 'touched' | 'chosen' | 'net' | 'alone' | 'crowded'

export const cellKeys = 'place, service_kind, specialisation, month'
export const valueKeys = `series, ${cellKeys}`
const lowest = 'place, service_kind, specialisations, month'

/** SQL for the number of a code, given as SQL. */
export const codeNumber = (code: string): string => `hash(${code})`
const all = codeNumber(`'all'`)

/**
 * The number of a place: of an authority its AGS of five or eight digits, filled with 0; of a state its two digits filled with 9, because
 * the one authority of a city state has them filled with 0; of Germany, and whatever else is no number, 0.
 */
export const placeNumber = (place: string): number => Number(place.padEnd(8, place.length === 2 ? '9' : '0')) || 0

/** The number of the state in which an authority lies. */
export const stateOf = (place: number): number => place - (place % 1_000_000) + 999_999

/** The numbers between which a place and all places in it lie. */
export const placesIn = (place: string): { first: number; last: number } =>
  placeNumber(place) === 0 ? { first: 0, last: 99_999_999 } : { first: Number(place.padEnd(8, '0')), last: Number(place.padEnd(8, '9')) }

/** The model's SQL reading the source's relations in place of history. */
export const readFrom = (source: Source, sql: string): string =>
  sql.replaceAll(/\bhistory\.(\w+)/g, `temp.main.${source}_$1`).replaceAll(/\bstaging\.(\w+)/g, `temp.main.${source}_staging_$1`)

/**
 * What models with cases add to cells, from net rows: rows of `marts.cell_appended`. Cases of one row that history knows nothing else
 * of are added up at once, the others are followed through the levels where they have several rows in one place and month.
 */
export const casesOfMany = (marts: Mart[]): string => {
  const names = marts.flatMap(({ measures }) => measures)
  const slots = names.map((_, slot) => slot)
  const each = (text: (slot: number) => string, separator = ', ') => slots.map(text).join(separator)
  const rows = (source: Source) =>
    ofMeasures(marts, (mart, own) => {
      const signed = (slot: number) => (own.includes(slot) ? `sign * coalesce(${mart.measures[slot - own[0]!]}, 0)::double` : '0::double')
      return `select ${lowestOfModel}, case_key, ${each((slot) => `${signed(slot)} as d${slot}`)} from (${readFrom(source, mart.sql)})`
    })
  const net = (relation: string) => `
    select ${lowest}, case_key, ${each((slot) => `sum(d${slot}) as d${slot}`)} from (${relation})
    group by ${lowest}, case_key having ${each((slot) => `d${slot} <> 0`, ' or ')}`
  return `
    with changed as materialized (${net(rows('crowded'))}),
    known as (${net(`from (${rows('touched')}) semi join changed using (place, month, case_key)`)}),
    merged as materialized (
      select ${lowest}, case_key, ${each((slot) => `coalesce(changed.d${slot}, 0) as d${slot}, coalesce(known.d${slot}, 0) as b${slot}`)}
      from changed full join known using (${lowest}, case_key)
    ),
    several as materialized (select place, month, case_key from merged group by place, month, case_key having count(*) > 1),
    single as (
      select ${lowest}, ${each((slot) => `sum(d${slot}) as v${slot}, sum(${enters(`b${slot}`, `d${slot}`)}) as c${slot}`)}
      from merged anti join several using (place, month, case_key) where ${each((slot) => `d${slot} <> 0`, ' or ')} group by ${lowest}
    ),
    alone as (
      select ${lowest}, ${each((slot) => `sum(d${slot}) as v${slot}, sum((d${slot} <> 0)::double) as c${slot}`)}
      from (${rows('alone')}) group by ${lowest}
    ),
    together as (
      select ${cellKeys}, case_key, ${each((slot) => `sum(d${slot}) as d${slot}, sum(b${slot}) as b${slot}`)}
      from (${atLevels('from merged semi join several using (place, month, case_key)')}) group by ${cellKeys}, case_key
    ),
    counted as materialized (
      select * , true as also_all from (${atSpecialisations('from single union all by name from alone')})
      union all by name
      select ${cellKeys}, ${each((slot) => `d${slot} as v${slot}, ${enters(`b${slot}`, `d${slot}`)} as c${slot}`)}, false as also_all from together
    )
    ${each((slot) => `select ${codeNumber(`'${names[slot]}'`)} as measure, ${cellKeys}, v${slot}::bigint as value, c${slot}::integer as cases, also_all from counted where v${slot} <> 0 or c${slot} <> 0`, ' union all ')}`
}

/** Rows for one of the marts that flushes append to. */
export type Contribution = { into: 'cell_appended' | 'histogram_appended' | 'stock_change'; rows: string }

export const martsOfShape = (marts: Mart[], table: string, shape: Mart['shape']): Mart[] =>
  marts.filter((mart) => mart.table === table && mart.shape === shape)

/** What a table's models that count no cases contribute; without `source`, of all its history. */
export const contributionsWithoutCases = (marts: Mart[], table: string, source?: Source): Contribution[] => {
  const [cells, values, changes] = (['cells', 'values', 'changes'] as const).map((shape) => martsOfShape(marts, table, shape))
  return [
    ...(cells!.length > 0 ? [{ into: 'cell_appended' as const, rows: cellsWithoutCases(cells!, source) }] : []),
    ...(values!.length > 0 ? [{ into: 'histogram_appended' as const, rows: valuesOf(values!, source) }] : []),
    ...(changes!.length > 0 ? [{ into: 'stock_change' as const, rows: liftedValues(valuesOf(changes!, source)) }] : []),
  ]
}

/** What models that know no cases add to cells: rows of `marts.cell_appended`. */
const cellsWithoutCases = (marts: Mart[], source?: Source): string => {
  const rows = ofMeasures(marts, (mart, slots) => {
    const values = mart.measures.map((measure) => `sign * ${measure}::double`)
    return `select ${lowestOfModel}, unnest([${slots.join(', ')}]) as slot, unnest([${values.join(', ')}]) as value from (${sqlFrom(mart, source)})`
  })
  const net = `select slot, ${lowest}, sum(value) as value from (${rows}) group by slot, ${lowest}`
  const cells = `select slot, ${cellKeys}, sum(value) as value, 0 as cases from (${atSpecialisations(net)}) group by slot, ${cellKeys}`
  return named(marts, cells, 'true')
}

/** What models add to the histogram, or to what enters and leaves a stock: rows of `marts.histogram_appended`. */
const valuesOf = (marts: Mart[], source?: Source): string => {
  const rows = marts.map(
    (mart) =>
      `select ${codeNumber('series')} as series, ${lowestOfModel}, value, ${mart.shape === 'changes' ? 'sign * change' : 'sign'} as n from (${sqlFrom(mart, source)})`,
  )
  const net = `select series, ${lowest}, value, sum(n::double) as n from (${rows.join(' union all ')}) group by series, ${lowest}, value having sum(n) <> 0`
  return `select ${valueKeys}, value, sum(n)::integer as n from (${atSpecialisations(net)}) group by ${valueKeys}, value having sum(n) <> 0`
}

/** Cells from rows like those of `marts.cell_appended`, at all levels they count at; equal keys add up. */
export const liftedCells = (rows: string): string =>
  `select * exclude (also_all) replace (unnest(case when also_all then [service_kind, ${all}] else [service_kind] end) as service_kind) from (${rows})`

/** Histogram rows from rows like those of `marts.histogram_appended`, at all levels they count at; equal keys add up. */
export const liftedValues = (rows: string): string => `
  select * replace (unnest([place, place - place % 1000000 + 999999, 0]) as place)
  from (select * replace (unnest([service_kind, ${all}]) as service_kind) from (${rows}))`

const sqlFrom = (mart: Mart, source?: Source): string => (source ? readFrom(source, mart.sql) : mart.sql)

/** The keys that a model gives, its service kind as a number. */
const lowestOfModel = lowest.replace('service_kind', `${codeNumber('service_kind')} as service_kind`)

/** Rows at their service kind and at "all", at each of their specialisations and at "all". */
const atLevels = (rows: string): string =>
  `select * replace (unnest([service_kind, ${all}]) as service_kind) from (${atSpecialisations(rows)})`

const atSpecialisations = (rows: string): string => {
  const named = `list_transform(string_split(specialisations, ','), lambda code: ${codeNumber('code')})`
  return `select * exclude (specialisations), unnest(case specialisations when '' then [${all}] else list_prepend(${all}, ${named}) end) as specialisation from (${rows})`
}

/** Whether a case enters (1) or leaves (-1) a cell. Sums of integers below 2^53 are exact in doubles, in half the memory of DuckDB's integer sums. */
const enters = (before: string, change: string): string => `(${before} + ${change} <> 0)::double - (${before} <> 0)::double`

/** Each model's rows, given the slots of its measures among those of all. */
const ofMeasures = (marts: Mart[], rows: (mart: Mart, slots: number[]) => string): string => {
  let next = 0
  return marts
    .map((mart) =>
      rows(
        mart,
        mart.measures.map(() => next++),
      ),
    )
    .join(' union all ')
}

/** Cells with the name of their measure in place of its slot, without those in which nothing is. */
const named = (marts: Mart[], cells: string, alsoAll: string): string => {
  const numbers = marts.flatMap(({ measures }) => measures).map((measure) => codeNumber(`'${measure}'`))
  return `select ([${numbers.join(', ')}])[slot + 1] as measure, ${cellKeys}, value::bigint as value, cases::integer as cases, ${alsoAll} as also_all
    from (${cells}) where value <> 0 or cases <> 0`
}
