import { codeNumber, liftedCells, placeNumber } from '../contributions.ts'
import { keyFigures } from '../key-figures.ts'
import { freshness, type Freshness } from '../query.ts'
import { execute } from '../statement.ts'
import type { Warehouse } from '../warehouse.ts'
import { ownClassesSql } from '../own-structure.ts'
import { classMeasures, deskClasses, deskMeasures, deskSeries } from './tables.ts'

/** Rows of one table of a desk, as the text of a JSON array of objects. */
export type RowsOfTable = { table: string; rows: string }

/** Tables that are made of single facts, for the queries whose text names them alone. */
const costly = ['class_cell']

/**
 * Everything a desk holds of one authority and of nobody else, of one moment; the large tables in parts of a year. `sql`: what will be asked; it
 * has no way to a table but by its name.
 */
export const ownRows = (warehouse: Warehouse, youth_authority_id: string, sql: string): Promise<Freshness & { parts: RowsOfTable[] }> =>
  warehouse.read(async (connection) => {
    const parts: RowsOfTable[] = [
      { table: 'measure', rows: JSON.stringify(deskMeasures) },
      { table: 'series', rows: JSON.stringify(deskSeries) },
      { table: 'key_figure', rows: JSON.stringify(keyFigures) },
      { table: 'class', rows: JSON.stringify(deskClasses) },
    ]
    const place = placeNumber(youth_authority_id)
    const asked = sql.toLowerCase()
    const queries = Object.entries(await tables({ place, own: youth_authority_id }))
    for (const [table, { sql: rows_of, by = 'true', values = {} }] of queries) {
      if (costly.includes(table) && !asked.includes(table)) continue
      // text made by DuckDB keeps this process free for others, and needs no file on the way
      const reader = await execute(connection, `select to_json(list(each))::varchar from (${rows_of}) each group by ${by}`, values)
      for (const [rows] of reader.getRows()) parts.push({ table, rows: String(rows) })
    }
    return { ...(await freshness(connection)), parts }
  })

const current = (table: string) =>
  `(select * exclude (sign, commit_lsn, committed_at) from history.${table} group by all having sum(sign) > 0)`

const named = (names: string[]) => `(select unnest([${names.map((name) => `'${name}'`).join(', ')}]) as name)`

// codes that were deleted since are named in older months
const codes = (table: string) => `(select distinct code from history.${table} union select 'all')`

const inWords = (keys: string, names: { name: string }[]) => `
  join ${named(names.map(({ name }) => name))} of on ${codeNumber('of.name')} = rows.${keys}
  join ${codes('service_kind')} kind on ${codeNumber('kind.code')} = rows.service_kind
  join ${codes('specialisation')} special on ${codeNumber('special.code')} = rows.specialisation`

const keys = (name: string) => `of.name as ${name}, kind.code as service_kind, special.code as specialisation,
  make_date(rows.month // 12, rows.month % 12 + 1, 1) as month`

type TableQuery = { sql: string; by?: string; values?: Record<string, number | string> }

const tables = async ({ place, own }: { place: number; own: string }): Promise<Record<string, TableQuery>> => {
  const ofPlace = (table: string) => `from marts.${table} where place = $place::integer`
  const cell = 'measure, service_kind, specialisation, month, value, cases'
  const histogram = 'series, service_kind, specialisation, month, value, n'
  const ofAllKinds = `select * replace (unnest([service_kind, ${codeNumber(`'all'`)}]) as service_kind) ${ofPlace('histogram_appended')}`
  return {
    cell: {
      by: 'year(each.month)',
      values: { place },
      sql: `select ${keys('measure')}, sum(rows.value)::bigint as value, sum(rows.cases)::integer as cases
        from (select ${cell} ${ofPlace('cell')} union all select ${cell} from (${liftedCells(ofPlace('cell_appended'))})) rows
        ${inWords('measure', deskMeasures)}
        group by all having sum(rows.value) <> 0 or sum(rows.cases) <> 0`,
    },
    histogram: {
      by: 'year(each.month)',
      values: { place },
      sql: `select ${keys('series')}, rows.value, sum(rows.n)::integer as n
        from (select ${histogram} ${ofPlace('histogram')} union all select ${histogram} from (${ofAllKinds})) rows
        ${inWords('series', deskSeries)}
        group by all having sum(rows.n) <> 0`,
    },
    class_cell: { by: 'year(each.month)', values: { authority: own }, sql: await ownClassesSql(classMeasures) },
    class: {
      values: { own },
      sql: `select 'provider' as dimension, id as code, name as label from ${current('provider')}
        where id in (select provider_id from history.booking where youth_authority_id = $own
          union select provider_id from history.payment_line where youth_authority_id = $own)`,
    },
    budget: {
      values: { own },
      sql: `select year, service_kind, amount_cents from ${current('budget')} where youth_authority_id = $own`,
    },
    population: {
      values: { own },
      sql: `select reference_date, age_group, sex, inhabitants, estimated from ${current('population')}
        where ags in (select ags from ${current('youth_authority')} where id = $own)`,
    },
    youth_authority: {
      values: { own },
      sql: `select ags, abbreviation, name, federal_state, data_from from ${current('youth_authority')} where id = $own`,
    },
    service_kind: { sql: `select code, legal_basis, label, form, unit from ${current('service_kind')} order by sort_order` },
    specialisation: { sql: `select code, label from ${current('specialisation')} order by sort_order` },
  }
}
