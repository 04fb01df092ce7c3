import { plannedUnits, unitsPerWeek, type Booking, decimal } from './booking.ts'
import { ageInYears, dayText, instantText, milliseconds } from './calendar.ts'
import type { Chance } from './chance.ts'
import type { RowSink } from './copy.ts'
import { rateOn, specialisationList, type Authority, type Landscape, type Offer } from './landscape.ts'
import { drawWish, hasRoom, hold, isResidential, searchFrom } from './market.ts'
import { drawTraits, type CaseFiles, type Person } from './person.ts'
import { costOf } from './services.ts'
import { arrivalsPerDay, KIND_SHAPES } from './shape.ts'

/** A help that was booked, with the offers that were free beside the one chosen. */
export type Placed = { booking: Booking; offer: Offer; specialisations: number; agreed: number; free: readonly Offer[] }

export type Reservations = {
  /** What went before a booking: the reservation it came from, and some that came to nothing. */
  before(placed: Placed): void
  /** What is under way at the end, and places held back; `full` are authorities in which some of everything is to be seen. */
  open(landscape: Landscape, files: CaseFiles, shown: { authority: Authority; full: boolean }[]): void
}

type Deps = { chance: Chance; sink: RowSink; from: number; today: number }

/** What is asked for; `last` as it was planned then, `cheapest` cents of the rate that was free. */
type Terms = {
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
type Course = {
  state: 'reserved' | 'requested' | 'consented' | 'declined' | 'booked' | 'released' | 'expired'
  searched: number | null
  reserved: number
  requested?: number
  consented?: number
  ended?: number
  booking_id?: string
}

/** The dated parameters of the same names as they are from the beginning. */
const heldDays = { reserved: 7, requested: 7, consented: 14 }

const columnOf = { declined: 'declined_on', booked: 'booked_on', released: 'released_on', expired: 'expired_on' } as const

export const reservations = ({ chance, sink, from, today }: Deps): Reservations => {
  const write = (terms: Terms, course: Course) => {
    const { person, offer, first, last, weekly } = terms
    const { state, searched, reserved, requested, consented, ended } = course
    const shape = KIND_SHAPES[terms.kind]!
    const { facility } = offer
    const { provider } = facility
    const cents = rateOn(offer, first).cents
    const units = plannedUnits([{ from: first, cents, weekly }], last + (facility.calendar_days ? 1 : 0))
    const cost = costOf(units, cents)
    const dearer = cost - costOf(units, Math.min(cents, terms.cheapest))
    // the steps of one day stand in order
    const second = [28_000, 33_000, 38_000, 43_000].map((earliest) => earliest + chance.integer(0, 4_000))
    const [reachedOn, reachedAt] = consented ? [consented, second[2]!] : requested ? [requested, second[1]!] : [reserved, second[0]!]
    const days = heldDays[consented ? 'consented' : requested ? 'requested' : 'reserved']
    const id = chance.uuid7(milliseconds(reserved, second[0]!))
    const endedAs = (which: keyof typeof columnOf) => (state === which ? dayText(ended!) : '\\N')
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

  /** One that came to nothing, and the day it began. */
  const writeInVain = (terms: Terms, state: InVain, searched: (day: number) => number | null, until: number): number => {
    if (state === 'expired') {
      const asked = chance.happens(0.6)
      const ended = until - chance.integer(0, 2)
      const reached = ended - heldDays.reserved
      const reserved = asked ? reached - chance.integer(0, 2) : reached
      write(terms, { state, searched: searched(reserved), reserved, ...(asked && { requested: reached }), ended })
      return reserved
    }
    const ended = until - chance.integer(0, 3)
    const requested = ended - chance.integer(1, 6)
    const reserved = requested - chance.integer(0, 1)
    write(terms, { state, searched: searched(reserved), reserved, ...(state === 'declined' && { requested }), ended })
    return reserved
  }

  const before = ({ booking, offer, specialisations, agreed, free }: Placed) => {
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
      began = writeInVain({ ...terms, offer: asked }, state, searched, began - chance.integer(0, 2))
    }
    write(terms, { state: 'booked', searched: searched(began), reserved, requested, consented, ended: made_on, booking_id: id })
  }

  const arrivals = arrivalsPerDay()
  const kinds = KIND_SHAPES.flatMap(({ setting }, kind) => (setting === 'counselling' || setting === 'emergency' ? [] : [kind]))

  /** A place that is free from now on is held for a new case; false where there is none. */
  const holdPlace = (files: CaseFiles, authority: Authority, n: number, only: (offer: Offer) => boolean): boolean => {
    const kind = chance.weighted(kinds.map((each) => [each, arrivals[each]! * authority.demand[each]!] as const))
    const shape = KIND_SHAPES[kind]!
    const { age, sex } = drawTraits(chance, shape)
    const wish = drawWish(chance, { authority, kind, age, sex })
    const found = searchFrom(authority.offers[kind]!, wish)
    const wanted = found.filter(only)
    if (wanted.length === 0) return false
    const offer = chance.pick(wanted)
    hold(offer, 1)
    const state = (['requested', 'reserved', 'consented'] as const)[n % 3]!
    const reached = today - 1 - chance.integer(0, heldDays[state] - 3)
    const requested = state === 'consented' ? reached - chance.integer(0, 5) : reached
    const reserved = state === 'reserved' ? reached : requested - chance.integer(0, 2)
    const first = today + chance.integer(3, 35)
    const person = files.open(shape, authority, reserved, { age, sex })
    person.caseworker_id = n % 4 < 3 ? authority.caseworker_id : chance.pick(authority.colleague_ids)
    const last = first + chance.weighted(shape.plans)
    const weekly = unitsPerWeek(chance, shape)
    const cheapest = Math.min(...found.map((each) => rateOn(each, first).cents))
    const terms = { person, kind, specialisations: wish.specialisations, offer, first, last, weekly, cheapest }
    const course = { state, searched: reserved - chance.integer(0, 6), reserved }
    write(terms, { ...course, ...(state !== 'reserved' && { requested }), ...(state === 'consented' && { consented: reached }) })
    files.close(person)
    return true
  }

  const open: Reservations['open'] = (landscape, files, shown) => {
    for (const { authority, full } of shown) {
      const a_day = kinds.reduce((sum, kind) => sum + arrivals[kind]! * authority.demand[kind]!, 0)
      const wanted = Math.round(a_day * DAYS_UNDER_WAY * landscape.size)
      const largest = authority.providers.reduce((best, each) => (each.places > best.places ? each : best))
      const count = full ? Math.max(FULL, wanted) : wanted
      let made = 0
      // many a kind has no free place
      for (let tries = 0; made < count && tries < 40 * count; tries++) {
        const ofLargest = full && made % 3 === 0
        if (holdPlace(files, authority, made, (offer) => !ofLargest || offer.facility.provider === largest)) made++
      }
    }
    for (const offer of landscape.offers) {
      if (!isResidential(offer.kind) || !chance.happens(0.06) || !hasRoom(offer)) continue
      hold(offer, 1)
      const until = chance.happens(0.5) ? dayText(today + chance.integer(14, 120)) : null
      const id = chance.uuid7(milliseconds(today, 25_000))
      sink.row('place_block', id, offer.id, offer.facility.provider.id, 1, chance.pick(['blocked', 'taken_outside']), dayText(today), until)
    }
  }
  return { before, open }
}

type InVain = 'declined' | 'expired' | 'released'
const inVainStates: (readonly [InVain, number])[] = [
  ['declined', 12],
  ['expired', 4],
  ['released', 3],
]

/** So many days lie between a reservation and its booking. */
const DAYS_UNDER_WAY = 6
const FULL = 12

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
