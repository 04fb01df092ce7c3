import type { Booking } from './booking.ts'
import { rateOn, type Offer } from './landscape.ts'
import { heldDays, writeReservation, type Terms, type Writing } from './reservation.ts'
import { KIND_SHAPES } from './shape.ts'

/** A help that was booked, with the offers that were free beside the one chosen. */
export type Placed = { booking: Booking; offer: Offer; specialisations: number; agreed: number; free: readonly Offer[] }

export type InVain = 'declined' | 'expired' | 'released'
const inVainStates: (readonly [InVain, number])[] = [
  ['declined', 12],
  ['expired', 4],
  ['released', 3],
]

/** One that came to nothing until a day; tells the day it began. */
export const writeInVain = (
  writing: Writing,
  terms: Terms,
  { state, searched, until }: { state: InVain; searched: (day: number) => number | null; until: number },
): number => {
  const { chance } = writing
  if (state === 'expired') {
    const asked = chance.happens(0.6)
    const ended = until - chance.integer(0, 2)
    const reached = ended - heldDays.reserved
    const reserved = asked ? reached - chance.integer(0, 2) : reached
    writeReservation(writing, terms, { state, searched: searched(reserved), reserved, ...(asked && { requested: reached }), ended })
    return reserved
  }
  const ended = until - chance.integer(0, 3)
  const requested = ended - chance.integer(1, 6)
  const reserved = requested - chance.integer(0, 1)
  writeReservation(writing, terms, { state, searched: searched(reserved), reserved, ...(state === 'declined' && { requested }), ended })
  return reserved
}

/** What went before a booking from a day on: the reservation it came from, and some that came to nothing. */
export const writeBefore = (
  writing: Writing,
  { from }: { from: number },
  { booking, offer, specialisations, agreed, free }: Placed,
): void => {
  const { chance } = writing
  const { id, person, kind, first, made_on, steps } = booking
  const shape = KIND_SHAPES[kind]!
  // counselling is open to families without the authority (§ 36a(2) SGB VIII)
  if (made_on < from || shape.setting === 'counselling') return
  const cheapest = Math.min(...[offer, ...free].map((each) => rateOn(each, first).cents))
  const terms = { person, kind, specialisations, offer, first, last: first + agreed, weekly: steps[0]!.weekly, cheapest }
  const waits = (longest: number) => (shape.setting === 'emergency' ? 0 : chance.integer(0, longest))
  const consented = made_on - waits(4)
  const requested = consented - waits(6)
  const reserved = requested - waits(2)
  const searching = waits(20) * chance.uniform()
  const isSearched = chance.happens(shape.searched)
  const searched = (day: number) => (isSearched ? day - Math.floor(searching) : null)
  const others = free.filter((each) => each !== offer)
  // places are harder to get where there are few
  const inVain = shape.setting === 'emergency' ? 0 : (others.length > 0 ? 0.2 : 0.07) / person.authority.supply ** 2
  let began = reserved
  while (began > from + 40 && chance.happens(inVain)) {
    const state = chance.weighted(others.length > 0 ? inVainStates : inVainStates.filter(([each]) => each !== 'declined'))
    const asked = others.length > 0 ? chance.pick(others) : offer
    began = writeInVain(writing, { ...terms, offer: asked }, { state, searched, until: began - chance.integer(0, 2) })
  }
  writeReservation(writing, terms, {
    state: 'booked',
    searched: searched(began),
    reserved,
    requested,
    consented,
    ended: made_on,
    booking_id: id,
  })
}
