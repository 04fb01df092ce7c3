import type pg from 'pg'
import { addDays } from '../placement/period.ts'
import { unitLabels } from '../vocabulary.ts'
import { findReferences, identify, newIds, readRows, remember, type Context } from './context.ts'
import type { Columns, Table } from './csv.ts'
import { plus, write, type Item, type Written } from './write.ts'

export const offerColumns: Columns = {
  reference: { names: ['referenz', 'reference'], required: true },
  facility: { names: ['einrichtung', 'facility'], required: true },
  service_kind: { names: ['hilfeart', 'service_kind'], required: true },
  specialisations: { names: ['spezialisierungen', 'specialisations'] },
  capacity: { names: ['plaetze', 'capacity'], required: true },
  note: { names: ['hinweis', 'note'] },
  rate: { names: ['entgelt', 'rate'], required: true },
  unit: { names: ['einheit', 'unit'] },
  valid_from: { names: ['gueltig_ab', 'valid_from'], required: true },
  valid_to: { names: ['gueltig_bis', 'valid_to'] },
}

const UNITS = {
  ...Object.fromEntries(
    Object.entries(unitLabels).flatMap(([unit, label]) => [
      [unit, unit],
      [label.toLowerCase(), unit],
    ]),
  ),
  stunde: 'hour',
}
const HIGHEST_RATE = 10_000_000

type OfferRow = {
  line: number
  reference: string
  facility: string
  service_kind: string
  specialisations: string[]
  capacity: number
  note: string | null
  rate_cents: number
  unit: string
  valid_from: string
  valid_to: string | null
}
type Place = { id: string; provider_id: string; youth_authority_id: string }
type StoredRate = { id: string; offer_id: string; unit: string; rate_cents: number; valid_from: string; valid_to: string | null }

const readOffers = (context: Context, table: Table): OfferRow[] =>
  readRows(context, table, (cells) => {
    const kind = cells.word('service_kind', context.kinds)
    const rate_cents = cells.cents('rate', 0)
    if (rate_cents !== undefined && rate_cents > HIGHEST_RATE) cells.fault('rate', 'Ein Entgelt liegt höchstens bei 100.000 €.')
    return {
      reference: cells.text('reference', 80)!,
      facility: cells.text('facility', 80)!,
      service_kind: kind?.code ?? '',
      specialisations: cells.codes('specialisations', context.specialisations) ?? [],
      capacity: cells.integer('capacity', 0, 10_000)!,
      note: cells.optionalText('note', 200),
      rate_cents: rate_cents!,
      unit: cells.word('unit', UNITS, kind?.unit)!,
      valid_from: cells.day('valid_from')!,
      valid_to: cells.day('valid_to', null)!,
    }
  })

const offerOf = ({ facility, service_kind, specialisations, capacity, note }: OfferRow): string =>
  JSON.stringify([facility, service_kind, specialisations, capacity, note])

/** Rows of one reference are the dated rates of one offer. */
const byReference = ({ faults }: Context, rows: readonly OfferRow[]): OfferRow[][] => {
  const groups = new Map<string, OfferRow[]>()
  for (const row of rows) groups.set(row.reference, [...(groups.get(row.reference) ?? []), row])
  for (const [first, ...others] of groups.values()) {
    for (const other of others) {
      if (offerOf(other) !== offerOf(first!))
        faults.push({
          line: other.line,
          column: null,
          reason: `Dasselbe Angebot ist in Zeile ${first!.line} anders beschrieben; verschieden sein dürfen nur Entgelt und Gültigkeit.`,
        })
    }
  }
  return [...groups.values()]
}

const findPlaces = async ({ client, faults }: Context, table: Table, rows: readonly OfferRow[]): Promise<Map<string, Place>> => {
  const references = await findReferences(
    client,
    'facility',
    rows.map(({ facility }) => facility),
  )
  const { rows: facilities } = await client.query<Place>('select id, provider_id, youth_authority_id from facility where id = any($1)', [
    [...references.values()],
  ])
  const byId = new Map(facilities.map((facility) => [facility.id, facility]))
  const places = new Map([...references].map(([reference, id]) => [reference, byId.get(id)!]))
  for (const { line, facility } of rows) {
    if (!places.has(facility))
      faults.push({
        line,
        column: table.headers['facility']!,
        reason: `Die Einrichtung „${facility}“ gibt es nicht; zuerst die Einrichtungen importieren.`,
      })
  }
  return places
}

const refuseMoved = async (
  { client, faults }: Context,
  offers: readonly { id: string; line: number; facility_id: string; service_kind: string }[],
) => {
  const { rows } = await client.query<{ id: string; facility_id: string; service_kind: string }>(
    'select id, facility_id, service_kind from offer where id = any($1)',
    [offers.map(({ id }) => id)],
  )
  const stored = new Map(rows.map((offer) => [offer.id, offer]))
  for (const { id, line, facility_id, service_kind } of offers) {
    const before = stored.get(id)
    if (before && (before.facility_id !== facility_id || before.service_kind !== service_kind)) {
      faults.push({
        line,
        column: null,
        reason: 'Einrichtung und Hilfeart eines Angebots bleiben; ein anderes Angebot braucht eine eigene Referenz.',
      })
    }
  }
}

type Rates = { offer_id: string; place: Place; rows: OfferRow[] }

/** Each rate holds until the day before the next, in the file or known from before (§ 78d SGB VIII: until replaced). */
const datedRates = (stored: readonly StoredRate[], { offer_id, place, rows }: Rates, ids: string[]): Item[] => {
  const known = new Map(stored.map((rate) => [rate.valid_from, rate]))
  const days = [...new Set([...known.keys(), ...rows.map((row) => row.valid_from)])].sort()
  const given = new Map(rows.map((row) => [row.valid_from, row]))
  return days.map((valid_from, index) => {
    const [before, row] = [known.get(valid_from), given.get(valid_from)]
    const next = days[index + 1]
    const ends = row?.valid_to ?? before?.valid_to ?? null
    const values = {
      id: before?.id ?? ids.pop()!,
      offer_id,
      youth_authority_id: place.youth_authority_id,
      service_kind: rows[0]!.service_kind,
      specialisations: rows[0]!.specialisations,
      unit: row?.unit ?? before!.unit,
      rate_cents: row?.rate_cents ?? before!.rate_cents,
      valid_from,
      valid_to: ends ?? (next ? addDays(next, -1) : null),
    }
    return { line: row?.line ?? rows[0]!.line, values }
  })
}

const readRates = async (client: pg.Client, offers: readonly string[]): Promise<Map<string, StoredRate[]>> => {
  const { rows } = await client.query<StoredRate>(
    'select id, offer_id, unit, rate_cents, valid_from, valid_to from offer_rate where offer_id = any($1)',
    [offers],
  )
  const rates = new Map<string, StoredRate[]>(offers.map((offer) => [offer, []]))
  for (const rate of rows) rates.get(rate.offer_id)!.push(rate)
  return rates
}

export const importOffers = async (context: Context, table: Table): Promise<Written> => {
  const { client, faults } = context
  const rows = readOffers(context, table)
  const places = await findPlaces(context, table, rows)
  const groups = byReference(context, rows)
  if (faults.length > 0) return plus()
  const identified = await identify(
    client,
    'offer',
    groups.map((all) => ({ ...all[0]!, all })),
  )
  const offers = identified.map((offer) => ({
    ...offer,
    facility_id: places.get(offer.facility)!.id,
    provider_id: places.get(offer.facility)!.provider_id,
  }))
  await refuseMoved(context, offers)
  if (faults.length > 0) return plus()
  const offerItems = offers.map(({ line, id, facility_id, provider_id, service_kind, specialisations, capacity, note }) => ({
    line,
    values: { id, facility_id, provider_id, service_kind, specialisations, capacity, note },
  }))
  const written = await write(client, faults, 'offer', { key: ['id'], changeable: ['specialisations', 'capacity', 'note'] }, offerItems)
  const [stored, ids] = [
    await readRates(
      client,
      offers.map(({ id }) => id),
    ),
    await newIds(client, rows.length),
  ]
  const rates = offers.flatMap(({ id, facility, all }) =>
    datedRates(stored.get(id)!, { offer_id: id, place: places.get(facility)!, rows: all }, ids),
  )
  const dated = await write(client, faults, 'offer_rate', { key: ['id'], changeable: ['unit', 'rate_cents', 'valid_to'] }, rates)
  await remember(client, 'offer', offers)
  return plus(written, dated)
}
