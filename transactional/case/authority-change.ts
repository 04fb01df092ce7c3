import { createHash } from 'node:crypto'
import { sql, type Kysely, type Transaction } from 'kysely'
import { z } from 'zod'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { plannedCents, splitBooking, type Interruption, type Term } from '../placement/booking.ts'
import { dayText, endOf } from '../placement/period.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { authorityChangeReasons, authorityChangeStates, sexes, units, type AuthorityChangeState } from '../vocabulary.ts'

const Client = z.object({
  given_name: z.string(),
  family_name: z.string(),
  birth_date: z.iso.date(),
  sex: z.enum(sexes),
  unaccompanied_minor: z.boolean(),
})

const HandedHelp = z.object({
  id: z.uuid(),
  legal_basis: z.string(),
  service_kind_label: z.string(),
  /** null: outside the system */
  provider_name: z.string().nullable(),
  facility_name: z.string().nullable(),
  first_day: z.iso.date(),
  last_day: z.iso.date(),
  unit: z.enum(units),
  /** at the end */
  rate_cents: z.int(),
  units_per_week: z.number(),
  /** from the day of the change on */
  planned_cents: z.int(),
})

export const AuthorityChange = z
  .object({
    id: z.uuid(),
    /** whether the reader's authority is the new one */
    incoming: z.boolean(),
    /** the reader's own case: the one handed over, or the one it became */
    case_id: z.uuid().nullable(),
    case_number: z.string().nullable(),
    former_authority: z.string(),
    new_authority: z.string(),
    /** whether the new authority can answer in the portal */
    in_portal: z.boolean(),
    change_on: z.iso.date(),
    reason: z.enum(authorityChangeReasons),
    note: z.string().nullable(),
    conference_on: z.iso.date().nullable(),
    state: z.enum(authorityChangeStates),
    announced_by: z.string(),
    announced_at: z.string(),
    answered_by: z.string().nullable(),
    answered_at: z.string().nullable(),
    answer_note: z.string().nullable(),
    continued_on: z.iso.date().nullable(),
    /** told while it is announced */
    client: Client.nullable(),
    /** what the reader may do now */
    possible: z.array(z.enum(['accept', 'decline', 'withdraw', 'record'])),
  })
  .meta({ id: 'AuthorityChange' })
export type AuthorityChange = z.infer<typeof AuthorityChange>

export const AuthorityChangeWithHelps = AuthorityChange.extend({
  /** told while it is announced, as is the version: whoever accepts has seen it */
  helps: z.array(HandedHelp),
  version: z.string().nullable(),
  billed_until: z.iso.date().nullable(),
  /** what the former authority has planned to pay since the change, which it may claim back (§ 89c SGB VIII); null: not its reader */
  refund_cents: z.int().nullable(),
}).meta({ id: 'AuthorityChangeWithHelps' })
export type AuthorityChangeWithHelps = z.infer<typeof AuthorityChangeWithHelps>

export type Help = Term & {
  id: string
  service_kind: string
  specialisations: string[]
  provider_id: string | null
  facility_id: string | null
  offer_id: string | null
  away: boolean
  end_reason: number | null
  unit: string
  sex: string
}
type Rest = Interruption & { id: string; booking_id: string; reason: string }
export type Handed = { helps: Help[]; interruptions: Rest[]; billed_until: string | null; version: string }

/** What a change hands over, while it is announced. */
export const readHanded = async (db: Kysely<Database>, change_id: string): Promise<Handed> => {
  const helps = (await sql<Help>`select * from handed_helps(${change_id})`.execute(db)).rows
  const interruptions = (await sql<Rest>`select * from handed_interruptions(${change_id})`.execute(db)).rows
  const billed = await sql<{ until: string | null }>`select handed_billed_until(${change_id}) as until`.execute(db)
  const version = createHash('sha256')
    .update(JSON.stringify([helps, interruptions]))
    .digest('base64url')
  return { helps, interruptions, billed_until: billed.rows[0]!.until, version }
}

const refusal = (code: ConstructorParameters<typeof RuleViolation>[0], message?: string) =>
  new RuleViolation(code, message === undefined ? [] : [{ field: 'continued_on', message }])

/** The helps that go on with the new authority from a day on. Refuses a day on which they cannot. */
export const helpsGoingOn = ({ helps, interruptions, billed_until }: Handed, { day, change_on }: { day: string; change_on: string }) => {
  if (day < change_on) throw refusal('authority_change_too_early')
  const reaching = helps.filter(({ last_day, counting_rule }) => endOf(last_day, counting_rule) > day)
  const ending = reaching.find(({ end_reason }) => end_reason !== null)
  if (ending) throw refusal('authority_change_end_later', `Die Hilfe endet am ${dayText(ending.last_day)}. Bitte einen Tag danach wählen.`)
  if (billed_until !== null && billed_until >= day)
    throw refusal(
      'authority_change_billed',
      `Abgerechnet ist bis ${dayText(billed_until)}. Bitte einen Tag danach wählen. Die Kosten bis dahin werden erstattet (§ 89c SGB VIII).`,
    )
  const resting = interruptions.find(
    ({ booking_id, first_day, last_day }) => reaching.some(({ id }) => id === booking_id) && first_day <= day && day <= last_day,
  )
  if (resting)
    throw refusal('authority_change_interrupted', `Die Hilfe ruht bis ${dayText(resting.last_day)}. Bitte einen Tag danach wählen.`)
  return reaching
}

const rowsOf = (db: Kysely<Database>, reader: Reader) =>
  db
    .selectFrom('authority_change as change')
    .innerJoin('youth_authority as former', 'former.id', 'change.youth_authority_id')
    .innerJoin('youth_authority as next', 'next.id', 'change.to_authority_id')
    .innerJoin('user_account as announcer', 'announcer.id', 'change.announced_by')
    .leftJoin('user_account as answerer', 'answerer.id', 'change.answered_by')
    .leftJoin('case as own', (join) =>
      join.on(sql<boolean>`own.id in (change.case_id, change.new_case_id) and own.youth_authority_id = ${reader.youth_authority_id}`),
    )
    .leftJoinLateral(sql<Partial<z.infer<typeof Client>>>`handed_client(change.id)`.as('client'), (join) => join.onTrue())
    .select([
      'change.id',
      'own.id as case_id',
      'own.case_number',
      'former.name as former_authority',
      'next.name as new_authority',
      'change_on',
      'change.reason',
      'change.note',
      'conference_on',
      'change.state',
      'announcer.display_name as announced_by',
      'announced_at',
      'answerer.display_name as answered_by',
      'answered_at',
      'answer_note',
      'continued_on',
      'client.given_name',
      'client.family_name',
      'client.birth_date',
      'client.sex',
      'client.unaccompanied_minor',
    ])
    .select([
      sql<boolean>`change.to_authority_id = ${reader.youth_authority_id}`.as('incoming'),
      sql<boolean>`uses_portal(change.to_authority_id)`.as('in_portal'),
    ])

type Row = Awaited<ReturnType<ReturnType<typeof rowsOf>['executeTakeFirstOrThrow']>>

const possibleIn = ({ state, incoming, in_portal }: Row) => {
  if ((state as AuthorityChangeState) !== 'announced') return []
  if (incoming) return ['accept', 'decline']
  return in_portal ? ['withdraw'] : ['record', 'withdraw']
}

const viewOf = ({ given_name, family_name, birth_date, sex, unaccompanied_minor, ...row }: Row) => ({
  ...row,
  client: given_name === undefined || given_name === null ? null : { given_name, family_name, birth_date, sex, unaccompanied_minor },
  possible: possibleIn(row as Row),
})

/** What was answered longer ago is seen in its case. */
const shownDays = 60

export const readChanges = async (db: Kysely<Database>, reader: Reader, sought: { case_id?: string; now: Date }) => {
  const { case_id, now } = sought
  const since = new Date(now.getTime() - shownDays * 86_400_000)
  const rows = await rowsOf(db, reader)
    .$if(case_id !== undefined, (query) => query.where('own.id', '=', case_id!))
    .$if(case_id === undefined, (query) =>
      query.where((eb) => eb.or([eb('change.state', '=', 'announced'), eb('answered_at', '>', since.toISOString())])),
    )
    .orderBy(sql`change.state = 'announced'`, 'desc')
    .orderBy('incoming', 'desc')
    .orderBy('change.id', 'desc')
    .execute()
  return rows.map((row) => AuthorityChange.parse(viewOf(row)))
}

const namedHelps = async (db: Kysely<Database>, helps: readonly Help[], change_on: string) => {
  const kinds = await db.selectFrom('service_kind').select(['code', 'legal_basis', 'label']).execute()
  const ids = (key: 'provider' | 'facility') => helps.flatMap((help) => help[`${key}_id`] ?? [])
  const names = async (table: 'provider' | 'facility') =>
    ids(table).length === 0 ? [] : db.selectFrom(table).where('id', 'in', ids(table)).select(['id', 'name']).execute()
  const [providers, facilities] = [await names('provider'), await names('facility')]
  return helps.map((help) => {
    const { legal_basis, label } = kinds.find(({ code }) => code === help.service_kind)!
    return {
      ...help,
      legal_basis,
      service_kind_label: label,
      provider_name: providers.find(({ id }) => id === help.provider_id)?.name ?? null,
      facility_name: facilities.find(({ id }) => id === help.facility_id)?.name ?? null,
      rate_cents: help.rate_cents.at(-1)!,
      units_per_week: help.units_per_week.at(-1)!,
      planned_cents: splitBooking(help, change_on).continued.agreed_cents,
    }
  })
}

/** Planned cost from the change until another authority went on. */
const refundOf = async (db: Kysely<Database>, case_id: string, change_on: string) => {
  const bookings = await db
    .selectFrom('booking')
    .innerJoin('case_link', 'case_link.case_key', 'booking.case_key')
    .where('case_id', '=', case_id)
    .where('cancelled', '=', false)
    .where('last_day', '>=', change_on)
    .select(['first_day', 'last_day', 'counting_rule', 'rate_from', 'rate_cents', 'units_per_week'])
    .execute()
  return bookings.reduce((sum, booking) => sum + plannedCents(splitBooking(booking as Term, change_on).continued), 0)
}

export const readChange = async (db: Kysely<Database>, reader: Reader, id: string): Promise<AuthorityChangeWithHelps> => {
  const row = await rowsOf(db, reader).where('change.id', '=', id).executeTakeFirstOrThrow(rowMissing)
  const announced = row.state === 'announced'
  const handed = announced ? await readHanded(db, id) : undefined
  const refunded = row.state === 'accepted' && !row.incoming && row.case_id !== null
  return AuthorityChangeWithHelps.parse({
    ...viewOf(row),
    helps: handed ? await namedHelps(db, handed.helps, row.change_on) : [],
    version: handed?.version ?? null,
    billed_until: handed?.billed_until ?? null,
    refund_cents: refunded ? await refundOf(db, row.case_id!, row.change_on) : null,
  })
}

/** The change under a lock; refuses one that is answered. */
export const lockChange = async (trx: Transaction<Database>, id: string) => {
  const change = await trx.selectFrom('authority_change').where('id', '=', id).selectAll().forUpdate().executeTakeFirstOrThrow(rowMissing)
  if (change.state !== 'announced') throw new RuleViolation('authority_change_answered')
  return change
}
