import type { Chance } from './chance.ts'
import { ageInYears, dayText, instantText, milliseconds } from './calendar.ts'
import type { RowSink } from './copy.ts'
import { rateOn, specialisationList, type Authority, type Offer, type Provider } from './landscape.ts'
import type { Person } from './person.ts'
import { KIND_SHAPES, type KindShape } from './shape.ts'
import type { Stay } from './stay.ts'

export type Step = { from: number; cents: number; weekly: number }

/** What billing and reviews need of a booking; `weekly` units are hundredths. */
export type Booking = {
  id: string
  person: Person
  authority: Authority
  provider: Provider | null
  kind: number
  made_on: number
  first: number
  last: number
  ended: boolean
  calendar_days: boolean
  steps: Step[]
  /** the columns every line repeats: booking_id to specialisations */
  head: string
}

export const unitsPerWeek = (chance: Chance, { units_per_week: [low, high] }: KindShape): number => chance.integer(low * 4, high * 4) * 25

const stepsOf = (chance: Chance, shape: KindShape, offer: Offer | null, first: number, last: number, awayCents: number): Step[] => {
  const weekly = unitsPerWeek(chance, shape)
  if (!offer) return [{ from: first, cents: awayCents, weekly }]
  const { rates } = offer
  const steps = [{ from: first, cents: rateOn(offer, first).cents, weekly }]
  if (shape.unit === 'flat') return steps
  for (const rate of rates) if (rate.from > first && rate.from <= last) steps.push({ from: rate.from, cents: rate.cents, weekly })
  // fewer hours once the help takes hold
  const eased = first + 120
  if (shape.unit === 'hour' && weekly > 300 && eased < last && chance.happens(0.15)) return ease(steps, eased, weekly - 100)
  return steps
}

const ease = (steps: Step[], from: number, weekly: number): Step[] => {
  const before = steps.filter((step) => step.from < from)
  const after = steps.filter((step) => step.from > from).map((step) => ({ ...step, weekly }))
  const on = steps.find((step) => step.from === from) ?? before.at(-1)!
  return [...before, { from, cents: on.cents, weekly }, ...after]
}

/** Hundredths of units: days × weekly ÷ 7, rounded half up, once per step. */
export const plannedUnits = (steps: readonly Step[], endExclusive: number): number => {
  let total = 0
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index]!
    const days = Math.max(0, (index + 1 < steps.length ? steps[index + 1]!.from : endExclusive) - step.from)
    total += Math.floor((2 * days * step.weekly + 7) / 14)
  }
  return total
}

const twoDigits = Array.from({ length: 100 }, (_, n) => `.${String(n).padStart(2, '0')}`)
/** Hundredths as a decimal with two digits. */
export const decimal = (hundredths: number): string =>
  hundredths < 0 ? `-${decimal(-hundredths)}` : `${Math.floor(hundredths / 100)}${twoDigits[hundredths % 100]}`

/** Three arrays in the text format of COPY. */
const stepLists = (steps: readonly Step[]): string => {
  const { from, cents, weekly } = steps[0]!
  let [days, rates, units] = [dayText(from), `${cents}`, decimal(weekly)]
  for (let index = 1; index < steps.length; index++) {
    const step = steps[index]!
    days += `,${dayText(step.from)}`
    rates += `,${step.cents}`
    units += `,${decimal(step.weekly)}`
  }
  return `{${days}}\t{${rates}}\t{${units}}`
}

export type NewBooking = {
  person: Person
  kind: number
  specialisations: number
  offer: Offer | null
  first: number
  stay: Stay
  cancelled: boolean
  today: number
}

const makeBooking = (chance: Chance, { person, kind, specialisations, offer, first, stay }: NewBooking): Booking => {
  const shape = KIND_SHAPES[kind]!
  const { authority } = person
  const provider = offer?.facility.provider ?? null
  const id = chance.uuid7(milliseconds(first, chance.integer(25_000, 55_000)))
  const awayCents = Math.min(shape.rate[2], Math.round(shape.rate[0] * chance.between(1.05, 1.3)))
  return {
    id,
    person,
    authority,
    provider,
    kind,
    made_on: first,
    first,
    last: stay.last,
    ended: stay.reason !== null,
    calendar_days: offer?.facility.calendar_days ?? false,
    steps: stepsOf(chance, shape, offer, first, stay.last, awayCents),
    head: `${id}\t${person.case_key}\t${authority.id}\t${provider?.id ?? '\\N'}\t${shape.code}\t${specialisationList(specialisations)}`,
  }
}

/** One of 32. */
const isUrgent = (id: string): boolean => Number.parseInt(id.slice(-2), 16) < 8

/** Writes the booking and returns what later steps need of it. */
export const writeBooking = (chance: Chance, sink: RowSink, wanted: NewBooking): Booking => {
  const { offer, first, stay, person, cancelled, today } = wanted
  const booking = makeBooking(chance, wanted)
  const { steps, calendar_days } = booking
  const shape = KIND_SHAPES[wanted.kind]!
  const agreedDays = stay.agreed + (calendar_days ? 1 : 0)
  const agreedUnits = plannedUnits([steps[0]!], first + agreedDays)
  // what could not wait is entered afterwards
  const apart = chance.integer(0, 20)
  booking.made_on = Math.min(today, isUrgent(booking.id) ? first + apart : first - apart)
  wanted.person.opened_on = Math.min(wanted.person.opened_on, booking.made_on, first)
  const created = instantText(booking.made_on, chance.integer(25_000, 55_000))
  const place = offer ? `${offer.facility.id}\t${offer.id}\t${offer.facility.authority.id}\tf` : '\\N\t\\N\t\\N\tt'
  const days = `${calendar_days ? 'calendar_days' : 'last_day_free'}\t${dayText(first)}\t${dayText(stay.last)}`
  const end = `${cancelled ? '\\N' : (stay.reason ?? '\\N')}\t${cancelled ? 't' : 'f'}`
  const units = decimal(plannedUnits(steps, stay.last + (calendar_days ? 1 : 0)))
  const agreed = `${agreedDays}\t${Math.floor((agreedUnits * steps[0]!.cents + 50) / 100)}`
  const rest = `${units}\t${agreed}\t${ageInYears(person.birth, first)}\t${person.sex}\t${created}`
  sink.line('booking', `${booking.head}\t${place}\t${days}\t${end}\t${shape.unit}\t${stepLists(steps)}\t${rest}`)
  return booking
}
