import { decimal, plannedUnits } from './booking.ts'
import { ageInYears, dayText, instantText, milliseconds } from './calendar.ts'
import type { Chance } from './chance.ts'
import type { RowSink } from './copy.ts'
import { rateOn, specialisationList, type Offer } from './landscape.ts'
import type { Person } from './person.ts'
import { costOf } from './services.ts'
import { KIND_SHAPES } from './shape.ts'

export type Writing = { chance: Chance; sink: RowSink }

/** What is asked for; `last` as it was planned then, `cheapest` cents of the rate that was free. */
export type Terms = {
  person: Person
  kind: number
  specialisations: number
  offer: Offer
  first: number
  last: number
  weekly: number
  cheapest: number
}

/** The days of its steps; a state is reached on the last of them. */
export type Course = {
  state: 'reserved' | 'requested' | 'consented' | 'declined' | 'booked' | 'released' | 'expired'
  searched: number | null
  reserved: number
  requested?: number
  consented?: number
  ended?: number
  booking_id?: string
}

/** So many days a place is held in a state, by the parameters as they are from the beginning. */
export const heldDays = { reserved: 7, requested: 7, consented: 14 }

const drawDearerReason = (chance: Chance) =>
  chance.weighted([
    ['guardians_wish', 35],
    ['suitability', 35],
    ['nearness', 18],
    ['continuity', 9],
    ['other', 3],
  ])

const drawDeclineReason = (chance: Chance) =>
  chance.weighted([
    ['staff', 32],
    ['not_suitable', 30],
    ['no_place', 24],
    ['too_late', 9],
    ['other', 5],
  ])

/** Writes the reservation with its steps. */
export const writeReservation = ({ chance, sink }: Writing, terms: Terms, course: Course): void => {
  const { person, offer, first, last, weekly } = terms
  const { state, searched, reserved, requested, consented, ended } = course
  const shape = KIND_SHAPES[terms.kind]!
  const { facility } = offer
  const { provider } = facility
  const cents = rateOn(offer, first).cents
  const units = plannedUnits([{ from: first, cents, weekly }], last + (facility.calendar_days ? 1 : 0))
  const cost = costOf(units, cents)
  const dearer = cost - costOf(units, Math.min(cents, terms.cheapest))
  person.opened_on = Math.min(person.opened_on, reserved)
  // the steps of one day stand in order
  const second = [28_000, 33_000, 38_000, 43_000].map((earliest) => earliest + chance.integer(0, 4_000))
  const [reachedOn, reachedAt] = consented ? [consented, second[2]!] : requested ? [requested, second[1]!] : [reserved, second[0]!]
  const days = heldDays[consented ? 'consented' : requested ? 'requested' : 'reserved']
  const id = chance.uuid7(milliseconds(reserved, second[0]!))
  const endedAs = (which: Course['state']) => (state === which ? dayText(ended!) : '\\N')
  const fields = [
    id,
    person.case_key,
    person.authority.id,
    shape.code,
    specialisationList(terms.specialisations),
    provider.id,
    facility.id,
    offer.id,
    facility.authority.id,
    facility.calendar_days ? 'calendar_days' : 'last_day_free',
    dayText(first),
    dayText(last),
    shape.unit,
    cents,
    decimal(weekly),
    decimal(units),
    cost,
    ageInYears(person.birth, first),
    person.sex,
    dearer,
    dearer > 0 ? drawDearerReason(chance) : '\\N',
    searched === null ? '\\N' : dayText(searched),
    state,
    instantText(reachedOn + days, reachedAt),
    dayText(reserved),
    requested ? dayText(requested) : '\\N',
    consented ? dayText(consented) : '\\N',
    endedAs('declined'),
    state === 'declined' ? drawDeclineReason(chance) : '\\N',
    endedAs('booked'),
    endedAs('released'),
    endedAs('expired'),
    course.booking_id ?? '\\N',
    instantText(reserved, second[0]!),
  ]
  sink.line('reservation', fields.join('\t'))
  const tell = (step: string, day: number, at: number, by: string) =>
    sink.line('reservation_step', `${chance.uuid7(milliseconds(day, at))}\t${id}\t${step}\t${instantText(day, at)}\t${by}`)
  tell('reserved', reserved, second[0]!, person.caseworker_id)
  if (requested) tell('requested', requested, second[1]!, person.caseworker_id)
  if (consented) tell('consented', consented, second[2]!, provider.account_id)
  if (state === 'expired') tell('expired', ended!, reachedAt, '\\N')
  else if (ended) tell(state, ended, second[3]!, state === 'declined' ? provider.account_id : person.caseworker_id)
}
