import { sql, type Kysely } from 'kysely'
import { z } from 'zod'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { dayText } from '../placement/period.ts'
import { RuleViolation } from '../rule-violation.ts'
import type { NoticeKind, noticeStates } from '../vocabulary.ts'
import type { Letter, Part } from './letter.ts'

// Words of a notice: what a template says, filled in with the case.

export const Words = z.object({ subject: z.string(), opening: z.string(), closing: z.string(), remedies: z.string() })
export type Words = z.infer<typeof Words>

export const Letterhead = z
  .object({ name: z.string(), office: z.string(), street: z.string(), town: z.string(), telephone: z.string(), email: z.string() })
  .meta({ id: 'Letterhead' })
export type Letterhead = z.infer<typeof Letterhead>

export const letterheadOf = (trx: Kysely<Database>, reader: Reader): Promise<Letterhead | undefined> =>
  trx
    .selectFrom('letterhead')
    .where('youth_authority_id', '=', reader.youth_authority_id!)
    .select(['name', 'office', 'street', 'town', 'telephone', 'email'])
    .executeTakeFirst()

export type NoticeRow = {
  id: string
  case_id: string
  kind: NoticeKind
  state: (typeof noticeStates)[number]
  service_kind: string
  booking_id: string | null
  addressee_name: string
  addressee_street: string
  addressee_town: string
  effective_on: string | null
  reasons: string
  year: number | null
  number: number | null
  version: number
  corrects: string | null
  document_id: string | null
  changed_at: string
  issued_on: string | null
  abbreviation: string
  case_number: string
  words: unknown
  legal_basis: string
  service_kind_label: string
  form: string
  given_name: string | null
  family_name: string | null
  birth_date: string | null
  caseworker: string
  first_day: string | null
  last_day: string | null
  unit: string | null
  units_per_week: number[] | null
  /** from which day each of them holds */
  units_from: string[] | null
  facility_name: string | null
  provider_name: string | null
  former_issued_on: string | null
}

/** Notices with all that their words need; the newest first. */
export const notices = (db: Kysely<Database>) =>
  db
    .selectFrom('notice')
    .innerJoin('case', 'case.id', 'notice.case_id')
    .innerJoin('youth_authority', 'youth_authority.id', 'notice.youth_authority_id')
    .innerJoin('service_kind', 'service_kind.code', 'notice.service_kind')
    .innerJoin('notice_template', (join) =>
      join.onRef('notice_template.kind', '=', 'notice.kind').onRef('notice_template.version', '=', 'notice.template_version'),
    )
    .innerJoin('user_account', (join) => join.on('user_account.id', '=', sql<string>`coalesce(notice.issued_by, notice.drafted_by)`))
    .leftJoin('client', 'client.id', 'case.client_id')
    .leftJoin('booking', 'booking.id', 'notice.booking_id')
    .leftJoin('facility', 'facility.id', 'booking.facility_id')
    .leftJoin('provider', 'provider.id', 'booking.provider_id')
    .leftJoin('notice as former', 'former.id', 'notice.corrects')
    .selectAll('notice')
    .select([
      'youth_authority.abbreviation',
      'case.case_number',
      'notice_template.words',
      'service_kind.legal_basis',
      'service_kind.label as service_kind_label',
      'service_kind.form',
      'client.given_name',
      'client.family_name',
      'client.birth_date',
      'user_account.display_name as caseworker',
      'booking.first_day',
      'booking.last_day',
      'booking.unit',
      sql<number[] | null>`booking.units_per_week`.as('units_per_week'),
      sql<string[] | null>`booking.rate_from`.as('units_from'),
      'facility.name as facility_name',
      'provider.name as provider_name',
      'former.issued_on as former_issued_on',
    ])
    .$castTo<NoticeRow>()
    .orderBy('notice.id', 'desc')

const number = new Intl.NumberFormat('de-DE', { maximumFractionDigits: 2 })
const weekly: Record<string, [one: string, many: string]> = {
  day: ['Tag', 'Tage'],
  hour: ['Fachleistungsstunde', 'Fachleistungsstunden'],
  flat: ['Pauschale', 'Pauschalen'],
}
/** "7 Tage pro Woche". */
export const weeklyText = (units: number, unit: string) => `${number.format(units)} ${weekly[unit]![units === 1 ? 0 : 1]} pro Woche`

/** "VG-JA 2026/00012", of a correction with its version. */
export const referenceOf = ({ abbreviation, year, number: n, version }: Pick<NoticeRow, 'abbreviation' | 'year' | 'number' | 'version'>) =>
  year === null || n === null
    ? undefined
    : `${abbreviation}-JA ${year}/${String(n).padStart(5, '0')}${version > 1 ? `, Fassung ${version}` : ''}`

/** "7 Tage pro Woche", where it changes with the days: "ab 01.12.2026 7 Tage pro Woche, ab 01.02.2027 5 Tage pro Woche". While a help rests nothing is told. */
const extentText = ({ unit, units_per_week, units_from }: Pick<NoticeRow, 'unit' | 'units_per_week' | 'units_from'>): string => {
  if (!unit || !units_per_week || !units_from) return ''
  const steps = units_per_week
    .map((units, index) => ({ units, from: units_from[index]! }))
    .filter(({ units }) => units > 0)
    .filter(({ units }, index, going) => units !== going[index - 1]?.units)
  return steps.map(({ units, from }) => `${steps.length > 1 ? `ab ${dayText(from)} ` : ''}${weeklyText(units, unit)}`).join(', ')
}

const factsOf = (row: NoticeRow): { term: string; text: string }[] => {
  const { first_day, last_day, facility_name, provider_name } = row
  const extent = extentText(row)
  return [
    { term: 'Hilfe', text: `${row.service_kind_label} (${row.legal_basis})` },
    ...(facility_name ? [{ term: 'Einrichtung', text: facility_name }] : []),
    ...(provider_name ? [{ term: 'Träger', text: provider_name }] : []),
    ...(first_day && last_day ? [{ term: 'Zeitraum', text: `${dayText(first_day)} bis ${dayText(last_day)}` }] : []),
    ...(extent ? [{ term: 'Umfang', text: extent }] : []),
  ]
}

/** Parents, not the young, pay for help away from home; help at home is free (§§ 91–94 SGB VIII). */
const contributionOf = (form: string): string =>
  form === 'ambulant'
    ? 'Für diese Hilfe wird kein Kostenbeitrag erhoben.'
    : 'Eltern werden zu den Kosten dieser Hilfe nach §§ 91 bis 94 SGB VIII herangezogen. Darüber ergeht ein gesonderter Bescheid.'

const seatOf = ({ office, street, town }: Letterhead) => `${office}, ${street}, ${town}`

const filledIn = (words: string, row: NoticeRow, letterhead: Letterhead): string => {
  const values: Record<string, string> = {
    help: row.service_kind_label,
    legal_basis: row.legal_basis,
    client: `${row.given_name} ${row.family_name}`,
    birth_date: dayText(row.birth_date ?? ''),
    effective_on: row.effective_on === null ? '…' : dayText(row.effective_on),
    cost_contribution: contributionOf(row.form),
    authority: letterhead.name,
    seat: seatOf(letterhead),
  }
  return words.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`a template asks for ${name}`)
    return value
  })
}

/** The text of a notice; while it is a draft, "…" stands for what is missing. `today`: the day it bears. */
export const partsOf = (row: NoticeRow, letterhead: Letterhead, today: string): Part[] => {
  const words = Words.parse(row.words)
  const say = (text: string) => filledIn(text, row, letterhead)
  const former =
    row.former_issued_on === null
      ? []
      : [
          {
            part: 'text' as const,
            text: `Dieser Bescheid ersetzt den Bescheid vom ${dayText(row.former_issued_on)} mit demselben Aktenzeichen.`,
          },
        ]
  return [
    { part: 'subject', text: say(words.subject) },
    { part: 'text', text: 'Sehr geehrte Damen und Herren,' },
    ...former,
    { part: 'text', text: say(words.opening) },
    ...(row.kind === 'refusal' ? [] : [{ part: 'facts' as const, facts: factsOf(row) }]),
    { part: 'text', text: say(words.closing) },
    { part: 'heading', text: 'Begründung' },
    { part: 'text', text: row.reasons.trim() === '' ? '…' : row.reasons },
    { part: 'heading', text: 'Rechtsbehelfsbelehrung' },
    { part: 'text', text: say(words.remedies) },
    { part: 'signature', lines: [`${placeOf(letterhead)}, ${dayText(today)}`, 'Im Auftrag', row.caseworker] },
  ]
}

/** A town without its postcode. */
const placeOf = ({ town }: Letterhead) => town.replace(/^\d{5}\s+/, '')

export const letterOf = (row: NoticeRow, letterhead: Letterhead, today: string, now: Date): Letter => {
  const reference = referenceOf(row)
  return {
    title: reference === undefined ? 'Entwurf eines Bescheids' : `Bescheid ${reference}`,
    head: { name: letterhead.name, office: letterhead.office, street: letterhead.street, town: letterhead.town },
    addressee: [row.addressee_name, row.addressee_street, row.addressee_town].filter((line) => line !== ''),
    information: [
      { term: 'Aktenzeichen', text: reference ?? 'wird vergeben' },
      { term: 'Fallnummer', text: row.case_number },
      { term: 'Datum', text: dayText(today) },
      { term: 'Bearbeitung', text: row.caseworker },
      ...(letterhead.telephone === '' ? [] : [{ term: 'Telefon', text: letterhead.telephone }]),
      ...(letterhead.email === '' ? [] : [{ term: 'E-Mail', text: letterhead.email }]),
    ],
    parts: partsOf(row, letterhead, today),
    reference: reference ?? 'Entwurf',
    ...(row.state === 'draft' && { mark: 'Entwurf, nicht bekannt gegeben' }),
    at: now,
  }
}

const missingWords: Record<string, string> = {
  addressee_name: 'Bitte angeben, an wen der Bescheid geht.',
  addressee_street: 'Bitte Straße und Hausnummer angeben.',
  addressee_town: 'Bitte Postleitzahl und Ort angeben.',
  reasons: 'Bitte begründen (§ 35 SGB X).',
  effective_on: 'Bitte den Tag angeben, ab dem der Bescheid wirkt.',
}

/** What a draft still lacks before it can be issued. @throws RuleViolation naming every field */
export const assertComplete = (row: NoticeRow): void => {
  const wanted = ['addressee_name', 'addressee_street', 'addressee_town', 'reasons'] as const
  const missing: string[] = wanted.filter((field) => row[field].trim() === '')
  if ((row.kind === 'change' || row.kind === 'end') && row.effective_on === null) missing.push('effective_on')
  if (missing.length > 0)
    throw new RuleViolation(
      'notice_complete',
      missing.map((field) => ({ field, message: missingWords[field]! })),
    )
}

export const kindTitles: Record<NoticeKind, string> = {
  grant: 'Bewilligung',
  change: 'Änderung',
  refusal: 'Ablehnung',
  end: 'Einstellung',
}
