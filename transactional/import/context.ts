import type pg from 'pg'
import type { Reader } from './cells.ts'
import type { Table } from './csv.ts'
import type { Fault } from './fault.ts'
import { reader } from './cells.ts'

export type Kind = { code: string; unit: string }

/** What the files refer to. */
export type Context = {
  client: pg.Client
  faults: Fault[]
  authorities: Record<string, string>
  regions: ReadonlySet<string>
  kinds: Record<string, Kind>
  specialisations: ReadonlySet<string>
}

/** Names that stand for one thing only, in lower case. */
const unambiguous = <T>(pairs: readonly (readonly [string, T])[]): Record<string, T> => {
  const found = new Map<string, T | null>()
  for (const [name, value] of pairs) found.set(name.toLowerCase(), found.has(name.toLowerCase()) ? null : value)
  return Object.fromEntries([...found].filter((pair): pair is [string, T] => pair[1] !== null))
}

export const readContext = async (client: pg.Client, faults: Fault[]): Promise<Context> => {
  const rows = async <T extends pg.QueryResultRow>(text: string) => (await client.query<T>(text)).rows
  const authorities = await rows<{ id: string; abbreviation: string; name: string }>('select id, abbreviation, name from youth_authority')
  const kinds = await rows<Kind & { legal_basis: string }>('select code, unit, legal_basis from service_kind')
  const regions = await rows<{ ags: string }>('select ags from region')
  const specialisations = await rows<{ code: string }>('select code from specialisation')
  return {
    client,
    faults,
    authorities: {
      ...unambiguous(authorities.map(({ id, name }) => [name, id])),
      ...unambiguous(authorities.map(({ id, abbreviation }) => [abbreviation, id])),
      // spreadsheets drop the leading zero
      ...Object.fromEntries(
        authorities.flatMap(({ id }) => [
          [id.replace(/^0/, ''), id],
          [id, id],
        ]),
      ),
    },
    regions: new Set(regions.map(({ ags }) => ags)),
    kinds: { ...unambiguous(kinds.map((kind) => [kind.legal_basis, kind])), ...Object.fromEntries(kinds.map((kind) => [kind.code, kind])) },
    specialisations: new Set(specialisations.map(({ code }) => code)),
  }
}

/** Reads every row; those with a fault are left out. */
export const readRows = <T>(
  { faults }: Context,
  table: Table,
  read: (cells: Reader, has: (field: string) => boolean) => T | undefined,
): (T & { line: number })[] =>
  table.rows.flatMap((row) => {
    const before = faults.length
    const value = read(reader(row, table.headers, faults), (field) => Object.hasOwn(row.cells, field))
    return value === undefined || faults.length > before ? [] : [{ ...value, line: row.line }]
  })

/** What a file must say once only. */
export const refuseRepeated = <T extends { line: number }>(faults: Fault[], rows: readonly T[], keyOf: (row: T) => string): void => {
  const lines = new Map<string, number>()
  for (const row of rows) {
    const first = lines.get(keyOf(row))
    if (first === undefined) lines.set(keyOf(row), row.line)
    else faults.push({ line: row.line, column: null, reason: `Dasselbe steht schon in Zeile ${first}.` })
  }
}

export type ReferenceKind = 'provider' | 'facility' | 'offer' | 'booking'

/** The ids behind references, by reference; of bookings by `authority/reference`. */
export const findReferences = async (
  client: pg.Client,
  kind: ReferenceKind,
  references: readonly string[],
): Promise<Map<string, string>> => {
  const { rows } = await client.query<{ youth_authority_id: string | null; reference: string; target: string }>(
    'select youth_authority_id, reference, target from import_reference where kind = $1 and reference = any($2)',
    [kind, [...new Set(references)]],
  )
  return new Map(
    rows.map(({ youth_authority_id, reference, target }) => [
      youth_authority_id ? `${youth_authority_id}/${reference}` : reference,
      target,
    ]),
  )
}

export const newIds = async (client: pg.Client, count: number): Promise<string[]> =>
  (await client.query<{ id: string }>('select uuidv7() as id from generate_series(1, $1)', [count])).rows.map(({ id }) => id)

/** Every row with its id: the one its reference has, else a new one. */
export const identify = async <T extends { reference: string }>(
  client: pg.Client,
  kind: ReferenceKind,
  rows: readonly T[],
  keyOf: (row: T) => string = (row) => row.reference,
) => {
  const found = await findReferences(
    client,
    kind,
    rows.map(({ reference }) => reference),
  )
  const fresh = await newIds(client, rows.length)
  return rows.map((row, index) => ({ ...row, id: found.get(keyOf(row)) ?? fresh[index]!, known: found.has(keyOf(row)) }))
}

export const remember = async (
  client: pg.Client,
  kind: ReferenceKind,
  rows: readonly { id: string; reference: string; youth_authority_id?: string }[],
): Promise<void> => {
  const values = rows.map(({ id, reference, youth_authority_id }) => ({
    kind,
    reference,
    target: id,
    youth_authority_id: youth_authority_id ?? null,
  }))
  await client.query(
    `insert into import_reference (kind, youth_authority_id, reference, target)
     select kind, youth_authority_id, reference, target from jsonb_populate_recordset(null::import_reference, $1) on conflict do nothing`,
    [JSON.stringify(values)],
  )
}
