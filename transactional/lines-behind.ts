// What single facts behind a number of the own authority have in common, whether they are bookings, payments, reservations or waits:
// how they are asked for, of now or as they were at a past moment, sorted, and taken away as a file.
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { sql, type Kysely, type RawBuilder, type SelectQueryBuilder, type Transaction } from 'kysely'
import { z } from 'zod'
import type { Reader } from './access/reader.ts'
import { after, page, PageQuery } from './cursor.ts'
import type { Database } from './database.ts'
import { Code } from './input.ts'
import type { Deps, ServiceContext } from './route.ts'
import { RuleViolation } from './rule-violation.ts'

export type Days = { first: string; last: string }
export type Fact = 'booking' | 'payment_line' | 'reservation' | 'wait'

/** What an authority's facts of some days, or those named, were at a moment: rows as JSON, or why there are none. */
export type PastFacts = (
  c: Context,
  asked: { as_of: string; fact: Fact; youth_authority_id: string; month: string; days: Days; ids?: string[] | undefined },
) => Promise<{ rows: string; data_as_of: string } | 'unknown' | 'preparing' | 'not_begun'>

export type LineColumn<Row> = {
  name: string
  head: string
  type: 'text' | 'day' | 'cents' | 'number'
  of: (row: Row) => string | number | null
}
type Sheet = {
  name: string
  columns: { name: string; head: string; type: LineColumn<never>['type']; values: (string | number | null)[] }[]
}
/** A list to be taken away. `name`: of its file, without anything personal; `head`: what the column is called for people. */
export type LinesTable = {
  name: string
  title: string
  about: string
  data_as_of: string
  sheets: Sheet[]
}
/** Columns in which nothing stands, as names for whom they are none of their business, are left out. */
export const sheetOf = <Row>(name: string, rows: Row[], columns: LineColumn<Row>[]): Sheet => ({
  name,
  columns: columns
    .map(({ of, ...column }) => ({ ...column, values: rows.map((row) => of(row)) }))
    .filter(({ values }) => rows.length === 0 || values.some((value) => value !== null)),
})
export const lineFiles = {
  'text/csv': 'csv',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
} as const
export type LineFile = (typeof lineFiles)[keyof typeof lineFiles]
/** Writes a list as a file; of several sheets CSV holds the first. */
export type WriteLines = (form: LineFile, table: LinesTable) => Promise<Uint8Array | string>

/** Past states and files are there where the whole product is. */
export type LinesDeps = Deps & { pastFacts?: PastFacts; writeLines?: WriteLines }

export const MonthOfLines = z.string().regex(/^20[0-3]\d-(0[1-9]|1[0-2])$/, 'Der Monat steht in der Form JJJJ-MM, zum Beispiel 2026-10.')
export const LinesQuery = PageQuery.extend({
  month: MonthOfLines,
  service_kind: Code.optional(),
  specialisation: Code.optional(),
  as_of: z.string().max(40).optional(),
})

export const daysOf = (month: string): Days => {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return { first: `${month}-01`, last: new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10) }
}
/** From January to the end of the month. */
export const daysToDate = (month: string): Days => ({ first: `${month.slice(0, 4)}-01-01`, last: daysOf(month).last })

/** The facts a request is answered from. */
export type Facts = { data_as_of: string; of: (trx: Transaction<Database>) => Kysely<Database> }

/**
 * Those of now, or those of `as_of` in their place, of the same table and under the same policies: a past row is there for whom the present one
 * is (none is ever deleted).
 */
export const factsAt = async (
  c: ServiceContext,
  { now, pastFacts }: LinesDeps,
  { as_of, fact, month, days, ids }: { as_of?: string | undefined; fact: Fact; month: string; days: Days; ids?: string[] },
): Promise<Facts> => {
  if (as_of === undefined) return { data_as_of: now().toISOString(), of: (trx) => trx }
  const { youth_authority_id } = c.var.reader
  // whose roles lead here belongs to an authority
  const past = await pastFacts?.(c, { as_of, fact, youth_authority_id: youth_authority_id!, month, days, ids })
  if (past === 'preparing') throw new RuleViolation('preparing')
  if (past === 'not_begun')
    throw new RuleViolation('invalid_input', [{ field: 'month', message: 'hatte zum gewählten Stand noch nicht begonnen.' }])
  if (past === undefined || past === 'unknown')
    throw new RuleViolation('invalid_input', [{ field: 'as_of', message: 'Diesen Stand gibt es nicht.' }])
  const { rows, data_as_of } = past
  const table = sql.table(fact)
  const then = sql`(select past.* from json_populate_recordset(null::${table}, ${rows}::json) as past
    where exists (select from ${table} as present where present.id = past.id))`
  return { data_as_of, of: (trx) => trx.with(fact, () => then as never) as unknown as Kysely<Database> }
}

/** The reader's own authority's facts, of the service kind and specialisation asked for. */
export const ownOnes = (
  fact: Fact,
  { youth_authority_id }: Reader,
  { service_kind, specialisation }: { service_kind?: string | undefined; specialisation?: string | undefined },
) => {
  const of = (column: string) => sql.ref(`${fact}.${column}`)
  const all = [
    sql`${of('youth_authority_id')} = ${youth_authority_id}`,
    ...(service_kind === undefined ? [] : [sql`${of('service_kind')} = ${service_kind}`]),
    ...(specialisation === undefined ? [] : [sql`${specialisation} = any (${of('specialisations')})`]),
  ]
  return sql<boolean>`(${sql.join(all, sql` and `)})`
}

/** How a list names what it joins. */
export const kindLabel = sql<string>`service_kind.legal_basis || ' ' || service_kind.label`.as('service_kind_label')
export const clientName = sql<string | null>`client.given_name || ' ' || client.family_name`.as('client_name')
export const outside = 'außerhalb des Systems'

export type Order = { key: RawBuilder<unknown>; type: 'date' | 'bigint' | 'text' }

/** "-rate": by the rate, the highest first. */
export const sortOf = <Name extends string>(orders: Record<Name, Order>, usual: NoInfer<Name | `-${Name}`>) =>
  z.enum(Object.keys(orders).flatMap((name) => [name, `-${name}`]) as [string, ...string[]]).default(usual as string)

const LineKey = z.tuple([z.string().max(300), z.uuid()])

/** How a list is sorted, and where its page begins. */
export const pageBy = (
  orders: Record<string, Order>,
  id: RawBuilder<unknown>,
  asked: { sort: string; limit: number; cursor?: string | undefined },
) => {
  const descending = asked.sort.startsWith('-')
  const { key, type } = orders[asked.sort.replace('-', '')]!
  const from = after(asked.cursor, LineKey)
  const direction = descending ? 'desc' : 'asc'
  const beyond = sql.raw(descending ? '<' : '>')
  const begins = from && sql<boolean>`(${key}, ${id}) ${beyond} (${from[0]}::${sql.raw(type)}, ${from[1]}::uuid)`
  return {
    /** The page asked for and whether another follows, or for a file all lines, in their order. */
    of:
      (form: LineFile | undefined) =>
      <DB, TB extends keyof DB, Line>(query: SelectQueryBuilder<DB, TB, Line>) =>
        query
          .$if(form === undefined && begins !== undefined, (all) => all.where(begins!))
          .$if(form === undefined, (all) => all.limit(asked.limit + 1))
          .select(sql<string>`(${key})::text`.as('sort_key'))
          .orderBy(sql`${key} ${sql.raw(direction)}, ${id} ${sql.raw(direction)}`),
    page: <Row extends { id: string; sort_key: string }>(rows: Row[]) => page(rows, asked.limit, (row) => [row.sort_key, row.id]),
  }
}

/** Which facts of a month were asked for, in words. */
export const aboutText = ({
  month,
  service_kind,
  specialisation,
}: {
  month: string
  service_kind?: string | undefined
  specialisation?: string | undefined
}) =>
  [
    `Monat ${month.slice(5)}/${month.slice(0, 4)}`,
    service_kind && `Hilfeart ${service_kind}`,
    specialisation && `Spezialisierung ${specialisation}`,
  ]
    .filter(Boolean)
    .join(' · ')

/** The form of a file the request asks for; undefined: JSON. */
export const fileAsked = (c: Context, { writeLines }: LinesDeps): LineFile | undefined => {
  if (!writeLines) return undefined
  c.header('Vary', 'Accept', { append: true })
  const type = accepts(c, { header: 'Accept', supports: ['application/json', ...Object.keys(lineFiles)], default: 'application/json' })
  return lineFiles[type as keyof typeof lineFiles]
}

export const sendFile = async (c: Context, { writeLines }: LinesDeps, form: LineFile, table: LinesTable): Promise<Response> => {
  const [type] = Object.entries(lineFiles).find(([, each]) => each === form)!
  const body = await writeLines!(form, table)
  return c.body(body as Uint8Array<ArrayBuffer>, 200, {
    'Content-Type': form === 'csv' ? `${type}; charset=utf-8` : type,
    'Content-Disposition': `attachment; filename="${table.name}.${form}"`,
  })
}
