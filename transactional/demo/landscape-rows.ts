import { dayText } from './calendar.ts'
import type { Chance } from './chance.ts'
import type { RowSink } from './copy.ts'
import { specialisationList, type Facility, type Landscape, type Offer, type Provider } from './landscape.ts'
import { personName } from './names.ts'
import { KIND_SHAPES } from './shape.ts'

const STREETS = ['Lindenweg', 'Am Mühlenteich', 'Birkenallee', 'Hafenstraße', 'Kastanienring', 'Schulstraße', 'Wiesengrund', 'Feldstraße']

const contact = (chance: Chance) => {
  const { given_name, family_name } = personName(chance, chance.happens(0.6) ? 'w' : 'm', false)
  // 030 23125 is kept free for invented numbers (Bundesnetzagentur)
  return {
    name: `${given_name} ${family_name}`,
    telephone: `030 23125 ${String(chance.integer(0, 999)).padStart(3, '0')}`,
    street: `${chance.pick(STREETS)} ${chance.integer(1, 80)}`,
  }
}

const writeProvider = (chance: Chance, sink: RowSink, provider: Provider) => {
  const { name, telephone, street } = contact(chance)
  const host = `anbieter-${provider.index + 1}.example`
  sink.row('provider', provider.id, provider.name, provider.umbrella)
  sink.row('provider_contact', provider.id, name, telephone, `kontakt@${host}`, `https://${host}`, street)
}

const writeFacility = (chance: Chance, sink: RowSink, facility: Facility) => {
  const { name, telephone, street } = contact(chance)
  const { id, provider, authority, place, postcode, town, licensed, sex, age_from, age_to } = facility
  sink.row('facility', id, provider.id, facility.name, authority.id, authority.id, place[0], place[1], licensed, sex, age_from, age_to)
  sink.row(
    'facility_contact',
    id,
    name,
    telephone,
    `haus-${facility.index + 1}@anbieter-${provider.index + 1}.example`,
    street,
    postcode,
    town,
  )
}

/** Papers of some years ago, different for each. */
const writeDossier = (sink: RowSink, { id, index, setting }: Facility, today: number) => {
  const earlier = (least: number, spread: number) => dayText(today - least - ((index * 7919) % spread))
  const [week, year] = setting === 'day' ? [5, 230] : [7, 365]
  sink.row(
    'facility_dossier',
    id,
    ['ambulant', 'counselling'].includes(setting) ? null : earlier(900, 4000),
    earlier(400, 700),
    earlier(60, 500),
    week,
    year,
  )
}

const NOTES = { w: 'Nur weiblich', m: 'Nur männlich', all: null } as const

const writeOffer = (chance: Chance, sink: RowSink, offer: Offer, founded: number) => {
  const { facility, rates } = offer
  const shape = KIND_SHAPES[offer.kind]!
  const codes = specialisationList(offer.specialisations)
  sink.row('offer', offer.id, facility.id, facility.provider.id, shape.code, codes, offer.capacity, NOTES[facility.sex])
  for (const [index, rate] of rates.entries()) {
    const next = rates[index + 1]
    const id = chance.uuid7(founded * 86_400_000 + offer.index)
    sink.row(
      'offer_rate',
      id,
      offer.id,
      facility.authority.id,
      shape.code,
      codes,
      shape.unit,
      rate.cents,
      dayText(rate.from),
      next ? dayText(next.from - 1) : null,
    )
  }
}

export const writeLandscape = (
  chance: Chance,
  sink: RowSink,
  { providers, facilities, offers }: Landscape,
  { founded, today }: { founded: number; today: number },
): void => {
  for (const provider of providers) writeProvider(chance, sink, provider)
  for (const facility of facilities) writeFacility(chance, sink, facility)
  for (const facility of facilities) writeDossier(sink, facility, today)
  for (const offer of offers) writeOffer(chance, sink, offer, founded)
}
