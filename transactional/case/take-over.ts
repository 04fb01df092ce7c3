// Client data of a specialist system (Fachverfahren) as a file: read, compared with what is there, taken over as a whole or not at all.
import { sql, type Transaction } from 'kysely'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { reader as cellsOf } from '../import/cells.ts'
import { readTable, tableOf, type Columns, type Record_, type Table } from '../import/csv.ts'
import type { Fault } from '../import/fault.ts'
import type { Sex } from '../vocabulary.ts'
import { openCase } from './case.routes.ts'
import { keyOfClient, personKey } from './client.routes.ts'

const columns = {
  case_number: { names: ['fallnummer', 'case_number', 'fall_nr'], required: true },
  external_reference: { names: ['pkz', 'referenz', 'reference', 'external_reference'] },
  given_name: { names: ['vorname', 'given_name'], required: true },
  family_name: { names: ['nachname', 'family_name', 'name'], required: true },
  birth_date: { names: ['geburtsdatum', 'birth_date'], required: true },
  sex: { names: ['geschlecht', 'sex'], required: true },
  unaccompanied_minor: { names: ['uma', 'unaccompanied_minor'] },
  begin_on: { names: ['fallbeginn', 'begin_on'] },
} as const satisfies Columns

export type FileRow = {
  /** in the file: of a CSV the line, of a JSON the entry */
  line: number
  case_number: string
  external_reference: string | null
  given_name: string
  family_name: string
  birth_date: string
  sex: Sex
  unaccompanied_minor: boolean
  begin_on: string
}

const sexWords: Record<string, Sex> = { m: 'm', w: 'w', d: 'd', männlich: 'm', maennlich: 'm', weiblich: 'w', divers: 'd' }
const yesNo = { ja: true, nein: false, true: true, false: false, '1': true, '0': false }
const mostRows = 500

const isCell = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value)

/** A list of objects with the same names as the columns of a CSV. */
const jsonRecords = (text: string): Record_[] | Fault => {
  const refused = (reason: string): Fault => ({ line: 0, column: null, reason })
  let entries: unknown
  try {
    entries = JSON.parse(text)
  } catch {
    return refused('Die Datei ist kein gültiges JSON.')
  }
  const isEntry = (entry: unknown): entry is Record<string, unknown> =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry) && Object.values(entry).every(isCell)
  if (!Array.isArray(entries) || !entries.every(isEntry)) return refused('Erwartet wird eine Liste von Einträgen mit einfachen Werten.')
  const names = [...new Set(entries.flatMap((entry) => Object.keys(entry)))]
  const lines = entries.map((entry, at) => ({ record: names.map((name) => String(entry[name] ?? '').trim()), info: { lines: at + 1 } }))
  return entries.length === 0 ? [] : [{ record: names, info: { lines: 1 } }, ...lines]
}

/** What a row of a file is called. */
type RowWord = 'Zeile' | 'Eintrag'
const tableIn = (text: string): Table & { row_word: RowWord } => {
  if (!/^\s*[[{]/.test(text)) return { ...readTable(Buffer.from(text), columns), row_word: 'Zeile' }
  const records = jsonRecords(text)
  if (!Array.isArray(records)) return { rows: [], headers: {}, faults: [records], row_word: 'Eintrag' }
  // names of values stand in no line of their own
  const { faults, ...table } = tableOf(records, columns)
  return { ...table, faults: faults.map((fault) => ({ ...fault, line: 0 })), row_word: 'Eintrag' }
}

const isSame = (a: FileRow, b: FileRow) =>
  a.external_reference !== null && b.external_reference !== null
    ? a.external_reference === b.external_reference
    : personKey(a) === personKey(b)

/** The rows of a file and all that is wrong with it. */
export const readFile = (text: string, today: string): { rows: FileRow[]; faults: Fault[]; row_word: RowWord } => {
  const { rows, headers, faults, row_word } = tableIn(text)
  const whole = (reason: string) => void faults.push({ line: 0, column: null, reason })
  if (faults.length === 0 && rows.length === 0) whole('Die Datei enthält keine Person.')
  if (rows.length > mostRows) whole(`Die Datei enthält mehr als ${mostRows} Personen. Bitte aufteilen.`)
  if (faults.length > 0) return { rows: [], faults, row_word }
  const read = rows.map((row): FileRow => {
    const cells = cellsOf(row, headers, faults)
    const birth_date = cells.day('birth_date') ?? ''
    if (birth_date > today) cells.fault('birth_date', 'Das Geburtsdatum liegt in der Zukunft.')
    const found = {
      line: row.line,
      case_number: cells.text('case_number', 40)!,
      external_reference: cells.optionalText('external_reference', 40),
      given_name: cells.text('given_name', 80)!,
      family_name: cells.text('family_name', 80)!,
      birth_date,
      sex: cells.word('sex', sexWords)!,
      unaccompanied_minor: cells.word('unaccompanied_minor', yesNo, false)!,
      begin_on: cells.day('begin_on', today) ?? today,
    }
    if (found.begin_on < birth_date) cells.fault('begin_on', 'Der Fall beginnt vor der Geburt.')
    return found
  })
  for (const [at, row] of read.entries()) {
    const before = read.slice(0, at)
    const number = before.find(({ case_number }) => case_number === row.case_number)
    if (row.case_number && number)
      faults.push({ line: row.line, column: headers['case_number']!, reason: `Die Fallnummer steht schon in ${row_word} ${number.line}.` })
    const person = before.find((other) => isSame(other, row))
    const differs =
      person && (personKey(person) !== personKey(row) || person.sex !== row.sex || person.unaccompanied_minor !== row.unaccompanied_minor)
    if (differs)
      faults.push({ line: row.line, column: null, reason: `Dieselbe Person steht mit anderen Angaben in ${row_word} ${person.line}.` })
  }
  return { rows: read, faults: faults.toSorted((a, b) => a.line - b.line), row_word }
}

export type KnownClient = {
  client_id: string
  given_name: string
  family_name: string
  birth_date: string
  sex: Sex
  unaccompanied_minor: boolean
  external_reference: string | null
  /** by its number in the specialist system, or by name and birth date */
  same: 'reference' | 'name'
}
export type ComparedRow = FileRow & { known: KnownClient[]; case_id: string | null }

/** What of a file is there already. A case number that belongs to somebody else is a fault. */
export const compare = async (
  trx: Transaction<Database>,
  youth_authority_id: string,
  rows: FileRow[],
): Promise<{ rows: ComparedRow[]; faults: Fault[] }> => {
  const [clients, cases] = [
    await trx
      .selectFrom('client')
      .where('youth_authority_id', '=', youth_authority_id)
      .where((eb) =>
        eb.or([
          eb('external_reference', '=', sql<string>`any (${rows.flatMap(({ external_reference }) => external_reference ?? [])}::text[])`),
          eb(keyOfClient, '=', sql<string>`any (${rows.map(personKey)}::text[])`),
        ]),
      )
      .select(['id as client_id', 'given_name', 'family_name', 'birth_date', 'sex', 'unaccompanied_minor', 'external_reference'])
      .orderBy('id')
      .execute(),
    await trx
      .selectFrom('case')
      .where('youth_authority_id', '=', youth_authority_id)
      .where('case_number', '=', sql<string>`any (${rows.map(({ case_number }) => case_number)}::text[])`)
      .select(['id', 'case_number', 'client_id'])
      .execute(),
  ]
  const faults: Fault[] = []
  const compared = rows.map((row): ComparedRow => {
    const byReference = clients.filter(
      ({ external_reference }) => external_reference !== null && external_reference === row.external_reference,
    )
    const byName = clients.filter((client) => !byReference.includes(client) && personKey(client) === personKey(row))
    const known = [
      ...byReference.map((client) => ({ ...client, same: 'reference' as const })),
      ...byName.map((client) => ({ ...client, same: 'name' as const })),
    ] as KnownClient[]
    const file = cases.find(({ case_number }) => case_number === row.case_number)
    if (file && !known.some(({ client_id }) => client_id === file.client_id))
      faults.push({ line: row.line, column: 'fallnummer', reason: 'Diese Fallnummer gehört schon zu einer anderen Person.' })
    return { ...row, known, case_id: file?.id ?? null }
  })
  return { rows: compared, faults }
}

/** What is done with a row whose person is known already. */
export type Choice =
  { line: number; action: 'existing' | 'update'; client_id: string } | { line: number; action: 'new'; client_id?: undefined }
type Person = Omit<KnownClient, 'client_id' | 'same'>
export const overwritten = ['family_name', 'given_name', 'birth_date', 'sex', 'unaccompanied_minor', 'external_reference'] as const
export type ClientChange = { field: (typeof overwritten)[number]; before: string | boolean | null; after: string | boolean | null }

const changesOf = (before: Person, after: Person): ClientChange[] =>
  overwritten.filter((field) => before[field] !== after[field]).map((field) => ({ field, before: before[field], after: after[field] }))

/** Brings a person up to date, and keeps what it was, by whom and when. Returns whether anything differed. */
const overwrite = async (trx: Transaction<Database>, reader: Reader, client_id: string, stated: Person, now: Date): Promise<boolean> => {
  const client = trx.selectFrom('client').where('id', '=', client_id).select(overwritten).forUpdate()
  const known = (await client.executeTakeFirstOrThrow()) as Person
  // a file without the number of the specialist system says nothing of it
  const person = { ...stated, external_reference: stated.external_reference ?? known.external_reference }
  const changes = changesOf(known, person)
  if (changes.length === 0) return false
  await trx.updateTable('client').set(person).where('id', '=', client_id).execute()
  const told = { client_id, changed_by: reader.user_account_id, changed_at: now, changes: JSON.stringify(changes) }
  await trx.insertInto('client_change').values(told).execute()
  return true
}

export type TakenOver = {
  clients_created: number
  clients_updated: number
  cases_opened: number
  cases: { id: string; case_number: string }[]
}

/** Rows of which somebody has to say whether it is the same person. */
export const undecided = (rows: ComparedRow[], choices: Choice[]): number[] =>
  rows
    .filter(({ line, known, case_id }) => {
      if (known.length === 0) return false
      const choice = choices.find((each) => each.line === line)
      // whose case is there already is no new person
      if (choice?.action === 'new') return case_id !== null
      return !known.some(({ client_id }) => client_id === choice?.client_id)
    })
    .map(({ line }) => line)

/** Writes compared rows, every one decided. Within the file the same person becomes one. */
export const takeOver = async (
  trx: Transaction<Database>,
  reader: Reader,
  { rows, choices }: { rows: ComparedRow[]; choices: Choice[] },
  now: Date,
): Promise<TakenOver> => {
  const done: TakenOver = { clients_created: 0, clients_updated: 0, cases_opened: 0, cases: [] }
  const taken: { row: ComparedRow; client_id: string }[] = []
  for (const row of rows) {
    const choice = row.known.length === 0 ? undefined : choices.find(({ line }) => line === row.line)
    const { given_name, family_name, birth_date, sex, unaccompanied_minor, external_reference, case_number, begin_on } = row
    const person = { given_name, family_name, birth_date, sex, unaccompanied_minor, external_reference }
    let client_id = choice?.client_id ?? taken.find((other) => isSame(other.row, row))?.client_id
    if (client_id === undefined) {
      const made = { ...person, youth_authority_id: reader.youth_authority_id! }
      client_id = (await trx.insertInto('client').values(made).returning('id').executeTakeFirstOrThrow()).id
      done.clients_created++
    } else if (choice?.action === 'update') {
      if (await overwrite(trx, reader, client_id, person, now)) done.clients_updated++
    }
    taken.push({ row, client_id })
    const id = row.case_id ?? (await openCase(trx, reader, { client_id, case_number, begin_on, end_on: null, from_file: true }, now)).id
    if (row.case_id === null) done.cases_opened++
    done.cases.push({ id, case_number })
  }
  return done
}
