import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Database } from './database.ts'

const { builtins } = pg.types
const arrayOf = { bigint: 1016, numeric: 1231, date: 1182, timestamptz: 1185 }

const instant = (text: string) => text.replace(' ', 'T').replace(/\+00$/, 'Z')
const list =
  <T>(element: (text: string) => T) =>
  (text: string): (T | null)[] =>
    text === '{}'
      ? []
      : text
          .slice(1, -1)
          .split(',')
          .map((item) => (item === 'NULL' ? null : element(item.replaceAll('"', ''))))
const same = (text: string) => text

// Every bigint is cents or a counter and every numeric has at most 15 digits: a double holds them exactly.
// Days stay 'YYYY-MM-DD' and instants ISO text with all their microseconds: JavaScript's Date would change both.
const parsers = new Map<number, (text: string) => unknown>([
  [builtins.INT8, Number],
  [builtins.NUMERIC, Number],
  [builtins.DATE, same],
  [builtins.TIMESTAMPTZ, instant],
  [arrayOf.bigint, list(Number)],
  [arrayOf.numeric, list(Number)],
  [arrayOf.date, list(same)],
  [arrayOf.timestamptz, list(instant)],
])

/** What `pg` needs to read columns as `database.ts` declares them; for pools and clients beside Kysely. */
export const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && parsers.get(oid)) || pg.types.getTypeParser(oid, format as 'text'),
}

/** A pool as one role; sessions speak ISO dates in UTC. */
export const openDatabase = (url: string, connections = 10): Kysely<Database> => {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    types: columnTypes,
    options: '-c TimeZone=UTC -c DateStyle=ISO',
    connectionTimeoutMillis: 30_000,
  })
  // an idle connection lost with its server is replaced at the next query
  pool.on('error', () => undefined)
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
}
