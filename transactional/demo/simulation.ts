import { disturb, type Anomaly } from './anomaly.ts'
import type { Placed } from './before-booking.ts'
import { writeBooking, type Booking } from './booking.ts'
import { dayText, isWeekend, milliseconds, monthOf } from './calendar.ts'
import type { Chance } from './chance.ts'
import type { RowSink } from './copy.ts'
import { specialisationList, type Authority, type Landscape, type Offer } from './landscape.ts'
import { beginPeaks, choose, chooseElsewhere, countInState, drawWish, giveBack, search, take, type Wish } from './market.ts'
import { drawTraits, type CaseFiles, type Person } from './person.ts'
import { arrivalsPerDay, KIND_SHAPES, SEASONS } from './shape.ts'
import { drawNeed, drawStay, type Need, type Stay } from './stay.ts'

/** Days, all of them: what ended before `kept_from` leaves no trace, searches count from `from`, nothing is recorded after `today`. */
export type Period = { begin: number; kept_from: number; from: number; today: number; end: number }

export type Simulation = { day(day: number): Promise<void>; finish(): void }

type FollowUp = { person: Person; kind: number }
type Deps = {
  chance: Chance
  sink: RowSink
  landscape: Landscape
  size: number
  period: Period
  anomaly: Anomaly | null
  files: CaseFiles
  /** hears of every booking of an offer that was not cancelled */
  placed: (placed: Placed) => void
  /** hears of every booking that was not cancelled */
  booked: (booking: Booking) => void
}

const kindOf = new Map(KIND_SHAPES.map((shape, kind) => [shape.code, kind]))
const MINOR_KINDS_END = 18.5
const DAYS_PER_YEAR = 365.2425

const latestDay = (kind: number, person: { birth: number }): number => {
  const { age_end, ages } = KIND_SHAPES[kind]!
  return Math.floor(person.birth + (ages[2] < 18 ? Math.min(age_end, MINOR_KINDS_END) : age_end) * DAYS_PER_YEAR)
}

/** Draws districts by their demand. */
const districtDrawer = (chance: Chance, authorities: readonly Authority[], kind: number) => {
  const sums = new Float64Array(authorities.length)
  let all = 0
  for (const [index, authority] of authorities.entries()) sums[index] = all += authority.demand[kind]!
  const draw = (): Authority => {
    const at = chance.uniform() * all
    let [low, high] = [0, sums.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (sums[middle]! > at) high = middle
      else low = middle + 1
    }
    return authorities[low]!
  }
  return { all, draw }
}

/** Lives through the years day by day: young people need help, a free place is searched and booked, helps end and lead to others. */
export const simulate = ({ chance, sink, landscape, size, period, anomaly, files, placed, booked }: Deps): Simulation => {
  const districts = KIND_SHAPES.map((_, kind) => districtDrawer(chance, landscape.authorities, kind))
  const arrivals = arrivalsPerDay()
  const browsed = KIND_SHAPES.map((shape, kind) => [kind, shape.searched * arrivals[kind]!] as const)
  const leaving = new Map<number, Offer[]>()
  const following = new Map<number, FollowUp[]>()
  const at = <T>(map: Map<number, T[]>, day: number): T[] => {
    let list = map.get(day)
    if (!list) map.set(day, (list = []))
    return list
  }

  const record = (wish: Wish, matching: number, available: number, day: number) => {
    const searched = day - chance.integer(0, 5)
    if (searched < period.from || searched > period.today) return
    const id = chance.uuid7(milliseconds(searched, chance.integer(25_000, 57_000)))
    const { authority, kind, specialisations } = wish
    const codes = specialisationList(specialisations)
    sink.line('search', `${id}\t${authority.id}\t${KIND_SHAPES[kind]!.code}\t${codes}\t${dayText(searched)}\t${matching}\t${available}`)
  }

  /** The offer is null where nothing is free inside the system, or a place outside is wanted; `free` are those of the own district. */
  const findPlace = (wish: Wish, day: number): { offer: Offer | null; free: readonly Offer[] } => {
    const shape = KIND_SHAPES[wish.kind]!
    const searched = chance.happens(shape.searched)
    const found = search(wish.authority.offers[wish.kind]!, wish)
    if (searched) record(wish, found.matching, found.available.length, day)
    const free = found.available
    if (chance.happens(shape.outside)) return { offer: null, free }
    const elsewhere = chance.happens(shape.elsewhere)
    if (free.length > 0 && !elsewhere) return { offer: choose(chance, free), free }
    if (searched && free.length === 0) {
      const { matching, available } = countInState(wish)
      record(wish, matching, available, day)
    }
    return { offer: chooseElsewhere(chance, wish) ?? (free.length > 0 ? choose(chance, free) : null), free }
  }

  const scheduleNext = (person: Person, kind: number, stay: Stay): boolean => {
    if (stay.reason === null || stay.reason === 40) return false
    if (stay.reason === 0) {
      at(following, stay.last).push({ person, kind })
      return true
    }
    const leads = KIND_SHAPES[kind]!.follow_ups.find(([, probability]) => chance.happens(probability))
    if (!leads) return false
    const day = stay.last + chance.integer(0, 70)
    if (day > period.today) return false
    const age = (day - person.birth) / DAYS_PER_YEAR
    const code = age >= 18 && KIND_SHAPES[kindOf.get(leads[0])!]!.ages[2] < 18 ? 's41' : leads[0]
    if (age > 20.5 || (age < 17.9 && code.startsWith('s41'))) return false
    at(following, day).push({ person, kind: kindOf.get(code)! })
    return true
  }

  const cancel = (person: Person, wish: Wish, offer: Offer | null, first: number, stay: Stay) => {
    const common = { person, kind: wish.kind, specialisations: wish.specialisations, offer, first, cancelled: true, today: period.today }
    writeBooking(chance, sink, { ...common, stay: { ...stay, last: first + stay.agreed, reason: null } })
  }

  const book = (person: Person, kind: number, first: number, need: Need, age: number) => {
    const shape = KIND_SHAPES[kind]!
    const wish = drawWish(chance, { authority: person.authority, kind, age, sex: person.sex })
    const { offer, free } = findPlace(wish, first)
    const provider = offer?.facility.provider
    const course = {
      first,
      today: period.today,
      pace: provider?.pace ?? 1,
      dropout: provider?.dropout ?? 1,
      latest: latestDay(kind, person),
    }
    const usual = drawStay(chance, shape, need, course)
    const stay = offer ? disturb(chance, anomaly, offer.facility, first, usual) : usual
    if (chance.happens(0.012)) cancel(person, wish, offer, first, stay)
    if (offer) {
      take(offer)
      const leaves = offer.facility.calendar_days ? stay.last + 1 : Math.max(stay.last, first + 1)
      at(leaving, leaves).push(offer)
    }
    const booking = writeBooking(chance, sink, {
      person,
      kind,
      specialisations: wish.specialisations,
      offer,
      first,
      stay,
      cancelled: false,
      today: period.today,
    })
    person.last_day = Math.max(person.last_day, stay.last)
    person.open = stay.reason === null
    if (offer) placed({ booking, offer, specialisations: wish.specialisations, agreed: stay.agreed, free })
    booked(booking)
    if (!scheduleNext(person, kind, stay)) files.close(person)
  }

  const arrive = (kind: number, day: number) => {
    const shape = KIND_SHAPES[kind]!
    const need = drawNeed(chance, shape)
    // most helps of the years before have left no trace
    if (day + need.days * 1.3 < period.kept_from) return
    const authority = districts[kind]!.draw()
    const traits = drawTraits(chance, shape)
    book(files.open(shape, authority, day, traits), kind, day, need, traits.age)
  }

  const expected = (kind: number, day: number): number => {
    const { growth, season, setting } = KIND_SHAPES[kind]!
    const week = setting === 'emergency' ? 1 : isWeekend(day) ? 0 : 7 / 5
    const grown = (1 + growth) ** ((day - period.today) / 365)
    // what is known today of the weeks to come
    const known = day > period.today ? 0.4 * Math.exp(-(day - period.today) / 14) : 1
    return arrivals[kind]! * districts[kind]!.all * size * SEASONS[season][monthOf(day) % 12]! * week * grown * known
  }

  const browse = (day: number) => {
    if (day < period.from || day > period.today || isWeekend(day)) return
    const count = chance.poisson(8 * size * districts[0]!.all)
    for (let n = 0; n < count; n++) {
      const kind = chance.weighted(browsed)
      const { age, sex } = drawTraits(chance, KIND_SHAPES[kind]!)
      const wish = drawWish(chance, { authority: districts[kind]!.draw(), kind, age, sex })
      const { matching, available } = search(wish.authority.offers[kind]!, wish)
      record(wish, matching, available.length, day)
    }
  }

  return {
    day: async (day) => {
      for (const offer of leaving.get(day) ?? []) giveBack(offer)
      leaving.delete(day)
      if (day === period.today) beginPeaks(landscape.offers)
      for (const { person, kind } of following.get(day) ?? []) {
        const age = Math.floor((day - person.birth) / DAYS_PER_YEAR)
        book(person, kind, day, drawNeed(chance, KIND_SHAPES[kind]!), Math.max(0, age))
      }
      following.delete(day)
      for (let kind = 0; kind < KIND_SHAPES.length; kind++) {
        const count = chance.poisson(expected(kind, day))
        for (let n = 0; n < count; n++) arrive(kind, day)
        // a day of the largest demonstrations is long, and its lines are waited for
        await sink.breathe()
      }
      browse(day)
    },
    finish: () => {
      for (const list of following.values()) for (const { person } of list) files.close(person)
    },
  }
}
