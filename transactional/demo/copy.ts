import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/** Columns in the order in which the rows are written, by table. */
export const COLUMNS = {
  provider: 'id, name, umbrella_association',
  provider_contact: 'provider_id, contact_person, telephone, email, website, street',
  facility: 'id, provider_id, name, youth_authority_id, ags, latitude, longitude, licensed_places, sex_admitted, age_from, age_to',
  facility_contact: 'facility_id, contact_person, telephone, email, street, postcode, town',
  facility_dossier: 'facility_id, operating_licence_on, service_description_on, agreement_on, operating_days_week, operating_days_year',
  offer: 'id, facility_id, provider_id, service_kind, specialisations, capacity, note',
  offer_rate: 'id, offer_id, youth_authority_id, service_kind, specialisations, unit, rate_cents, valid_from, valid_to',
  user_account:
    'id, federal_state, user_name, password_hash, display_name, youth_authority_id, provider_id, active, demonstration, created_at',
  user_role: 'user_account_id, role',
  client: 'id, youth_authority_id, given_name, family_name, birth_date, sex, unaccompanied_minor, external_reference, created_at',
  case: 'id, youth_authority_id, client_id, case_number, begin_on, end_on, caseworker_id, opened_at, opened_by',
  case_link: 'case_key, case_id',
  booking: `id, case_key, youth_authority_id, provider_id, service_kind, specialisations, facility_id, offer_id, facility_authority_id, away,
    counting_rule, first_day, last_day, end_reason, cancelled, unit, rate_from, rate_cents, units_per_week, planned_units, agreed_days,
    agreed_cents, age_at_begin, sex, created_at`,
  reservation: `id, case_key, youth_authority_id, service_kind, specialisations, provider_id, facility_id, offer_id, facility_authority_id,
    counting_rule, first_day, last_day, unit, rate_cents, units_per_week, planned_units, planned_cents, age_at_begin, sex, dearer_cents,
    dearer_reason, searched_on, state, held_until, reserved_on, requested_on, consented_on, declined_on, decline_reason, booked_on,
    released_on, expired_on, booking_id, created_at`,
  reservation_step: 'id, reservation_id, step, at, user_account_id',
  place_block: 'id, offer_id, provider_id, places, reason, first_day, last_day',
  search: 'id, youth_authority_id, service_kind, specialisations, searched_on, offers_matching, offers_available',
  invoice: 'id, provider_id, youth_authority_id, invoice_number, issued_on, submitted_at, submitted_by, released_at, released_by, cancels',
  invoice_line: `id, invoice_id, booking_id, case_key, youth_authority_id, provider_id, service_kind, specialisations, period_from, period_to,
    units, rate_cents, amount_cents, released_on`,
  payment: 'id, youth_authority_id, invoice_id, paid_on, amount_cents, reference, recorded_at, recorded_by',
  payment_line: `id, payment_id, invoice_line_id, booking_id, case_key, youth_authority_id, provider_id, service_kind, specialisations, paid_on,
    amount_cents`,
  care_plan: 'id, case_id, booking_id, version, written_by, written_at',
  care_plan_goal: 'care_plan_id, position, goal_key, goal, indicator, reach_by, state, attainment',
  care_plan_measure: 'care_plan_id, position, measure, responsible, due_on, done',
  care_plan_participant: 'care_plan_id, position, role, name',
  care_plan_release: 'id, booking_id, version, released_by, released_at',
  care_plan_review: 'id, case_id, booking_id, reviewed_on, recorded_by, recorded_at, summary',
  rating: `id, review_key, case_key, booking_id, youth_authority_id, provider_id, service_kind, reviewed_on, aspect, rated_by, person, grade`,
  budget: 'youth_authority_id, year, service_kind, amount_cents',
} as const

export type TableName = keyof typeof COLUMNS
export type Field = string | number | boolean | null

/** Collects rows; `breathe` hands full batches to PostgreSQL while the next ones are made. */
export type RowSink = {
  row(table: TableName, ...fields: Field[]): void
  /** a whole line in COPY's text format, without the line feed: for the tables with millions of rows */
  line(table: TableName, line: string): void
  breathe(): Promise<void>
  close(): Promise<void>
  written(): Record<string, number>
}

const CHUNK = 1 << 18
const LONGEST_LINE = 1 << 15
const BATCH = 32 * CHUNK

const text = (field: Field): string => {
  if (field === null) return '\\N'
  if (typeof field === 'boolean') return field ? 't' : 'f'
  if (typeof field === 'string' && /[\\\t\n\r]/.test(field))
    throw new Error(`a field of the demonstration needs quoting: ${JSON.stringify(field)}`)
  return String(field)
}

/** Lines become bytes at once: strings kept in millions would keep the garbage collector busy. */
const lineBuffer = () => {
  const full: Buffer[] = []
  let current = Buffer.allocUnsafe(CHUNK)
  let at = 0
  let lines = 0
  return {
    add: (text: string) => {
      if (at > CHUNK - LONGEST_LINE) {
        full.push(current.subarray(0, at))
        current = Buffer.allocUnsafe(CHUNK)
        at = 0
      }
      const before = at
      at += current.write(text, at)
      current[at++] = 10
      lines++
      return at - before
    },
    lines: () => lines,
    chunks: () => [...full, current.subarray(0, at)],
  }
}

/** COPY of all tables over one connection, one after the other; memory stays bounded by two batches. */
export const rowSink = (client: pg.Client): RowSink => {
  let waiting = new Map<TableName, ReturnType<typeof lineBuffer>>()
  let size = 0
  let sending: Promise<void> = Promise.resolve()
  const written: Record<string, number> = {}
  const line = (table: TableName, text: string) => {
    let lines = waiting.get(table)
    if (!lines) waiting.set(table, (lines = lineBuffer()))
    size += lines.add(text)
  }
  const send = async (batch: typeof waiting) => {
    for (const [table, lines] of batch) {
      await pipeline(Readable.from(lines.chunks()), client.query(copyFrom(`copy "${table}" (${COLUMNS[table]}) from stdin`)))
      written[table] = (written[table] ?? 0) + lines.lines()
    }
  }
  const flush = async () => {
    await sending
    sending = send(waiting)
    // observed by whoever awaits next
    sending.catch(() => undefined)
    waiting = new Map()
    size = 0
  }
  return {
    line,
    row: (table, ...fields) => line(table, fields.map(text).join('\t')),
    breathe: async () => {
      if (size >= BATCH) await flush()
      else await nextTurn()
    },
    close: async () => {
      await flush()
      await sending
    },
    written: () => written,
  }
}
