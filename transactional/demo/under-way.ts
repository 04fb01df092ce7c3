import { writeInVain } from './before-booking.ts'
import { unitsPerWeek } from './booking.ts'
import { dayText, milliseconds } from './calendar.ts'
import { largestProvider, rateOn, type Authority, type Landscape, type Offer } from './landscape.ts'
import { drawWish, hasRoom, hold, isResidential, searchFrom } from './market.ts'
import { drawTraits, type CaseFiles } from './person.ts'
import { heldDays, writeReservation, type Terms, type Writing } from './reservation.ts'
import { arrivalsPerDay, KIND_SHAPES } from './shape.ts'

type Deps = Writing & { landscape: Landscape; files: CaseFiles; today: number }

const arrivals = arrivalsPerDay()
const kinds = KIND_SHAPES.flatMap(({ setting }, kind) => (setting === 'counselling' || setting === 'emergency' ? [] : [kind]))

/** So many days lie between a reservation and its booking. */
const DAYS_UNDER_WAY = 6
/** So many are under way where everything is to be seen. */
const FULL = 12

/** A new case and a place for it that is free from now on; undefined where there is none. */
const drawTerms = ({ chance, files, today }: Deps, authority: Authority, wanted: (offer: Offer) => boolean): Terms | undefined => {
  const kind = chance.weighted(kinds.map((each) => [each, arrivals[each]! * authority.demand[each]!] as const))
  const shape = KIND_SHAPES[kind]!
  const { age, sex } = drawTraits(chance, shape)
  const { specialisations, ...wish } = drawWish(chance, { authority, kind, age, sex })
  const found = searchFrom(authority.offers[kind]!, { specialisations, ...wish })
  const fitting = found.filter(wanted)
  if (fitting.length === 0) return undefined
  const first = today + chance.integer(3, 35)
  return {
    person: files.open(shape, authority, today - chance.integer(16, 30), { age, sex }),
    kind,
    specialisations,
    offer: chance.pick(fitting),
    first,
    last: first + chance.weighted(shape.plans),
    weekly: unitsPerWeek(chance, shape),
    cheapest: Math.min(...found.map((each) => rateOn(each, first).cents)),
  }
}

/** Holds the place, at one of three stages. */
const writeLive = (deps: Deps, terms: Terms, n: number): void => {
  const { chance, today } = deps
  hold(terms.offer, 1)
  const state = (['requested', 'reserved', 'consented'] as const)[n % 3]!
  const reached = today - 1 - chance.integer(0, heldDays[state] - 3)
  const requested = state === 'consented' ? reached - chance.integer(0, 5) : reached
  const reserved = state === 'reserved' ? reached : requested - chance.integer(0, 2)
  writeReservation(deps, terms, {
    state,
    searched: reserved - chance.integer(0, 6),
    reserved,
    ...(state !== 'reserved' && { requested }),
    ...(state === 'consented' && { consented: reached }),
  })
}

const writeOf = (deps: Deps, authority: Authority, full: boolean): void => {
  const { chance, files, landscape, today } = deps
  const demand = kinds.reduce((sum, kind) => sum + arrivals[kind]! * authority.demand[kind]!, 0)
  const usual = Math.round(demand * DAYS_UNDER_WAY * landscape.size)
  const live = full ? Math.max(FULL, usual) : usual
  const count = live + Math.round(live / 5)
  const largest = largestProvider(authority)
  // many a kind has no free place
  for (let made = 0, tries = 0; made < count && tries < 40 * count; tries++) {
    const terms = drawTerms(deps, authority, ({ facility }) => !full || made % 3 > 0 || facility.provider === largest)
    if (!terms) continue
    const { person } = terms
    person.caseworker_id = made % 4 < 3 ? authority.caseworker_id : chance.pick(authority.colleague_ids)
    if (made < live) writeLive(deps, terms, made)
    else {
      // something else is still to be found for these
      const state = made % 3 === 0 ? 'expired' : 'declined'
      writeInVain(deps, terms, { state, searched: (day) => day - chance.integer(0, 6), until: today - 1 - chance.integer(0, 5) })
    }
    files.close(person)
    made++
  }
}

const writeBlocks = ({ chance, sink, landscape, today }: Deps): void => {
  for (const offer of landscape.offers) {
    if (!isResidential(offer.kind) || !chance.happens(0.06) || !hasRoom(offer)) continue
    hold(offer, 1)
    const until = chance.happens(0.5) ? dayText(today + chance.integer(14, 120)) : null
    const id = chance.uuid7(milliseconds(today, 25_000))
    sink.row('place_block', id, offer.id, offer.facility.provider.id, 1, chance.pick(['blocked', 'taken_outside']), dayText(today), until)
  }
}

/** Reservations under way today and lately come to nothing, and places held back; in some authorities all of it is to be seen. */
export const writeUnderWay = (deps: Deps, isFull: (authority: Authority) => boolean): void => {
  for (const authority of deps.landscape.authorities) writeOf(deps, authority, isFull(authority))
  writeBlocks(deps)
}
