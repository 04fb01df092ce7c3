import type pg from 'pg'
import { planBooking, plannedUnits, type Term } from '../placement/booking.ts'
import { countingRuleLabels, endReasons, mostUnitsPerWeek, type CountingRule, type Unit } from '../vocabulary.ts'
import type { Reader } from './cells.ts'
import { findReferences, identify, newIds, readRows, refuseRepeated, remember, type Context, type Kind } from './context.ts'
import type { Columns, Table } from './csv.ts'
import { plus, write, type Item, type Written } from './write.ts'

export const bookingColumns: Columns = {
  reference: { names: ['referenz', 'reference'], required: true },
  youth_authority: { names: ['jugendamt', 'youth_authority'], required: true },
  case_number: { names: ['fallnummer', 'case_number'], required: true },
  service_kind: { names: ['hilfeart', 'service_kind'], required: true },
  specialisations: { names: ['spezialisierungen', 'specialisations'] },
  offer: { names: ['angebot', 'offer'], required: true },
  first_day: { names: ['beginn', 'first_day'], required: true },
  last_day: { names: ['ende', 'last_day'], required: true },
  end_reason: { names: ['endegrund', 'end_reason'] },
  cancelled: { names: ['storniert', 'cancelled'] },
  rate: { names: ['entgelt', 'rate'] },
  units_per_week: { names: ['einheiten_pro_woche', 'units_per_week'] },
  counting_rule: { names: ['zaehlweise', 'counting_rule'] },
  agreed_days: { names: ['vereinbarte_tage', 'agreed_days'] },
  agreed_amount: { names: ['vereinbarter_betrag', 'agreed_amount'] },
  age_at_begin: { names: ['alter', 'age_at_begin'], required: true },
  sex: { names: ['geschlecht', 'sex'], required: true },
}

const SEXES = { m: 'm', w: 'w', d: 'd', männlich: 'm', weiblich: 'w', divers: 'd' } as const
const YES_NO = { ja: true, nein: false, true: true, false: false, '1': true, '0': false }
const REASONS = Object.fromEntries(endReasons.map((reason) => [String(reason), reason]))
const RULES = Object.fromEntries(
  Object.entries(countingRuleLabels).flatMap(([rule, label]) => [
    [rule, rule as CountingRule],
    [label.toLowerCase(), rule as CountingRule],
  ]),
)

type BookingRow = {
  line: number
  reference: string
  youth_authority_id: string
  case_number: string
  kind: Kind
  specialisations: string[]
  offer: string | null
  first_day: string
  last_day: string
  end_reason: number | null
  cancelled: boolean
  rate_cents: number | null
  units_per_week: number
  counting_rule: CountingRule
  agreed_days: number | null
  agreed_cents: number | null
  age_at_begin: number
  sex: string
}

const readPeriod = (cells: Reader) => {
  const [first_day, last_day] = [cells.day('first_day'), cells.day('last_day')]
  if (first_day && first_day < '2000-01-01') cells.fault('first_day', 'Der Beginn liegt vor dem 01.01.2000.')
  if (first_day && last_day && last_day < first_day) cells.fault('last_day', 'Das Ende liegt vor dem Beginn.')
  return { first_day: first_day!, last_day: last_day! }
}

const readBookings = (context: Context, table: Table): BookingRow[] =>
  readRows(context, table, (cells) => {
    const kind = cells.word('service_kind', context.kinds)
    const offer = cells.optionalText('offer', 80)
    const cancelled = cells.word('cancelled', YES_NO, false)!
    const end_reason = cells.given('end_reason') ? cells.word('end_reason', REASONS)! : null
    if (cancelled && end_reason !== null) cells.fault('end_reason', 'Eine stornierte Buchung hat keinen Endegrund.')
    if (offer === null && !cells.given('rate')) cells.fault('rate', 'Eine auswärtige Buchung (ohne Angebot) braucht ein Entgelt.')
    return {
      reference: cells.text('reference', 80)!,
      youth_authority_id: cells.word('youth_authority', context.authorities)!,
      case_number: cells.text('case_number', 40)!,
      kind: kind!,
      specialisations: cells.codes('specialisations', context.specialisations) ?? [],
      offer,
      ...readPeriod(cells),
      end_reason,
      cancelled,
      rate_cents: cells.given('rate') ? cells.cents('rate', 0)! : null,
      units_per_week: cells.decimal(
        'units_per_week',
        2,
        0,
        mostUnitsPerWeek[(kind?.unit ?? 'hour') as Unit],
        kind?.unit === 'day' ? 7 : undefined,
      )!,
      counting_rule: cells.word('counting_rule', RULES, 'last_day_free' as const)!,
      agreed_days: cells.given('agreed_days') ? cells.integer('agreed_days', 0, 20_000)! : null,
      agreed_cents: cells.given('agreed_amount') ? cells.cents('agreed_amount', 0)! : null,
      age_at_begin: cells.integer('age_at_begin', 0, 27)!,
      sex: cells.word('sex', SEXES)!,
    }
  })

type Place = {
  provider_id: string | null
  facility_id: string | null
  offer_id: string | null
  facility_authority_id: string | null
  unit: string
  rate_cents: number
}

const NOWHERE = { provider_id: null, facility_id: null, offer_id: null, facility_authority_id: null }

/** The offer of each row with its rate on the first day; the rate in the file goes before it. */
const findPlaces = async ({ client, faults }: Context, table: Table, rows: readonly BookingRow[]): Promise<Map<number, Place>> => {
  const references = await findReferences(
    client,
    'offer',
    rows.flatMap(({ offer }) => offer ?? []),
  )
  const wanted = rows.flatMap(({ line, offer, first_day }) =>
    offer !== null && references.has(offer) ? [{ line, offer_id: references.get(offer)!, first_day }] : [],
  )
  const { rows: offers } = await client.query<
    Place & { line: number; service_kind: string; rate_cents: number | null; unit: string | null }
  >(
    `select line, offer.id as offer_id, offer.facility_id, offer.provider_id, offer.service_kind, facility.youth_authority_id as facility_authority_id, rate_cents, unit
     from jsonb_to_recordset($1) as wanted (line integer, offer_id uuid, first_day date) join offer on offer.id = wanted.offer_id
     join facility on facility.id = offer.facility_id
     left join offer_rate on offer_rate.offer_id = offer.id and first_day between valid_from and coalesce(valid_to, 'infinity')`,
    [JSON.stringify(wanted)],
  )
  const found = new Map(offers.map((offer) => [offer.line, offer]))
  const places = new Map<number, Place>()
  for (const row of rows) {
    const { line } = row
    const offer = found.get(line)
    const fault = (column: string, reason: string) => void faults.push({ line, column: table.headers[column]!, reason })
    if (row.offer === null) places.set(line, { ...NOWHERE, unit: row.kind.unit, rate_cents: row.rate_cents! })
    else if (!offer) fault('offer', `Das Angebot „${row.offer}“ gibt es nicht; zuerst die Angebote importieren.`)
    else if (offer.service_kind !== row.kind.code) fault('service_kind', `Das Angebot ist für die Hilfeart ${offer.service_kind}.`)
    else if (row.rate_cents === null && offer.rate_cents === null) fault('rate', 'Das Angebot hat am ersten Tag kein Entgelt.')
    else {
      const { provider_id, facility_id, offer_id, facility_authority_id } = offer
      places.set(line, {
        provider_id,
        facility_id,
        offer_id,
        facility_authority_id,
        unit: offer.unit ?? row.kind.unit,
        rate_cents: row.rate_cents ?? offer.rate_cents!,
      })
    }
  }
  return places
}

const caseOf = (row: { youth_authority_id: string; case_number: string }): string => `${row.youth_authority_id}/${row.case_number}`

/** Keys of the cases by authority and number; a number nobody knows becomes a case without a person, open from its first booking on. */
const provideCases = async ({ client, faults }: Context, rows: readonly BookingRow[]): Promise<Map<string, string>> => {
  const begins = new Map<string, BookingRow>()
  for (const row of rows) {
    const earliest = begins.get(caseOf(row))
    if (!row.cancelled && (!earliest || row.first_day < earliest.first_day)) begins.set(caseOf(row), row)
    else if (!earliest) begins.set(caseOf(row), row)
  }
  const wanted = [...begins.values()].map(({ youth_authority_id, case_number, first_day }) => ({
    youth_authority_id,
    case_number,
    begin_on: first_day,
  }))
  const ids = await newIds(client, wanted.length)
  const items = wanted.map((values, index): Item => ({
    line: begins.get(caseOf(values))!.line,
    values: { id: ids[index], ...values, from_file: true },
  }))
  await write(client, faults, 'case', { key: ['youth_authority_id', 'case_number'], changeable: [] }, items)
  await client.query(
    `update "case" set begin_on = wanted.begin_on from jsonb_to_recordset($1) as wanted (youth_authority_id text, case_number text, begin_on date)
     where "case".youth_authority_id = wanted.youth_authority_id and "case".case_number = wanted.case_number and client_id is null and "case".begin_on > wanted.begin_on`,
    [JSON.stringify(wanted)],
  )
  const { rows: cases } = await client.query<{ id: string; youth_authority_id: string; case_number: string }>(
    `select id, "case".youth_authority_id, "case".case_number from "case"
     join jsonb_to_recordset($1) as wanted (youth_authority_id text, case_number text) using (youth_authority_id, case_number)`,
    [JSON.stringify(wanted)],
  )
  const caseIds = cases.map(({ id }) => id)
  await client.query('insert into case_link (case_id) select unnest($1::uuid[]) on conflict (case_id) do nothing', [caseIds])
  const { rows: links } = await client.query<{ case_id: string; case_key: string }>(
    'select case_id, case_key from case_link where case_id = any($1)',
    [caseIds],
  )
  const keys = new Map(links.map(({ case_id, case_key }) => [case_id, case_key]))
  return new Map(cases.map((one) => [caseOf(one), keys.get(one.id)!]))
}

type Stored = Term & {
  id: string
  case_key: string
  service_kind: string
  offer_id: string | null
  agreed_days: number
  agreed_cents: number
  age_at_begin: number
  sex: string
}

const readStored = async (client: pg.Client, ids: readonly string[]): Promise<Map<string, Stored>> => {
  const { rows } = await client.query<Stored>(
    `select id, case_key, service_kind, offer_id, first_day, last_day, counting_rule, rate_from, rate_cents, units_per_week, agreed_days, agreed_cents,
       age_at_begin, sex from booking where id = any($1)`,
    [ids],
  )
  return new Map(rows.map((booking) => [booking.id, booking]))
}

type Values = Record<string, unknown> & Term

const newValues = (row: BookingRow, place: Place, id: string, case_key: string): Values => {
  const { first_day, last_day, counting_rule, units_per_week } = row
  const plan = planBooking({ first_day, last_day, counting_rule, units_per_week, rate_cents: place.rate_cents })
  return {
    id,
    case_key,
    youth_authority_id: row.youth_authority_id,
    service_kind: row.kind.code,
    specialisations: row.specialisations,
    provider_id: place.provider_id,
    facility_id: place.facility_id,
    offer_id: place.offer_id,
    facility_authority_id: place.facility_authority_id,
    away: place.offer_id === null,
    first_day,
    last_day,
    counting_rule,
    end_reason: row.end_reason,
    cancelled: row.cancelled,
    unit: place.unit,
    ...plan,
    agreed_days: row.agreed_days ?? plan.agreed_days,
    agreed_cents: row.agreed_cents ?? plan.agreed_cents,
    age_at_begin: row.age_at_begin,
    sex: row.sex,
  }
}

/** What a booking began with stays; a file that says otherwise is wrong. */
const KEPT = ['case_key', 'service_kind', 'offer_id', 'first_day', 'counting_rule', 'age_at_begin', 'sex'] as const

const changedColumns = (stored: Stored, values: Values, row: BookingRow): string[] => [
  ...KEPT.filter((column) => stored[column] !== values[column]),
  ...(stored.rate_cents[0] === values.rate_cents[0] && stored.units_per_week[0] === values.units_per_week[0] ? [] : ['rate_cents']),
  ...(row.agreed_days === null || row.agreed_days === stored.agreed_days ? [] : ['agreed_days']),
  ...(row.agreed_cents === null || row.agreed_cents === stored.agreed_cents ? [] : ['agreed_cents']),
]

/** A booking known from before takes its new end; the steps of its rate stay as far as they are reached. */
const continued = (stored: Stored, values: Values): Values => {
  const reached = stored.rate_from.filter((from) => from <= values.last_day).length
  const steps = {
    rate_from: stored.rate_from.slice(0, reached),
    rate_cents: stored.rate_cents.slice(0, reached),
    units_per_week: stored.units_per_week.slice(0, reached),
  }
  return {
    ...values,
    ...steps,
    agreed_days: stored.agreed_days,
    agreed_cents: stored.agreed_cents,
    planned_units: plannedUnits({ ...steps, first_day: values.first_day, last_day: values.last_day, counting_rule: values.counting_rule }),
  }
}

const CHANGEABLE = ['last_day', 'end_reason', 'cancelled', 'rate_from', 'rate_cents', 'units_per_week', 'planned_units', 'specialisations']

export const importBookings = async (context: Context, table: Table): Promise<Written> => {
  const { client, faults } = context
  const rows = readBookings(context, table)
  const keyOf = (row: { youth_authority_id: string; reference: string }) => `${row.youth_authority_id}/${row.reference}`
  refuseRepeated(faults, rows, keyOf)
  const places = await findPlaces(context, table, rows)
  if (faults.length > 0) return plus()
  const identified = await identify(client, 'booking', rows, keyOf)
  const cases = await provideCases(context, rows)
  const stored = await readStored(
    client,
    identified.map(({ id }) => id),
  )
  const items = identified.map((row): Item => {
    const values = newValues(row, places.get(row.line)!, row.id, cases.get(caseOf(row))!)
    const before = stored.get(row.id)
    if (!before) return { line: row.line, values }
    const changed = changedColumns(before, values, row)
    if (changed.length > 0)
      faults.push({
        line: row.line,
        column: null,
        reason: `Womit eine Buchung begonnen hat, bleibt: ${changed.join(', ')} steht hier anders als beim ersten Import.`,
      })
    return { line: row.line, values: continued(before, values) }
  })
  if (faults.length > 0) return plus()
  const written = await write(client, faults, 'booking', { key: ['id'], changeable: CHANGEABLE }, items)
  await remember(client, 'booking', identified)
  return written
}
