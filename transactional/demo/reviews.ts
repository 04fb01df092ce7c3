import type { Booking } from './booking.ts'
import { reviewSummary } from './care-plans.ts'
import { dayText, instantText, milliseconds, workday } from './calendar.ts'
import type { Chance } from './chance.ts'
import type { RowSink } from './copy.ts'
import { KIND_SHAPES } from './shape.ts'

type Deps = {
  chance: Chance
  /** of what running helps have besides */
  plans: Chance
  sink: RowSink
  from: number
  today: number
}
type Rater = 'young_person' | 'guardian' | 'provider' | 'authority'

const RATERS: readonly (readonly [Rater, number, number])[] = [
  ['authority', 1, 0],
  ['young_person', 0.75, 0.15],
  ['guardian', 0.6, 0.1],
  ['provider', 0.85, -0.35],
]

/** A plan is carried on about every half year. */
const REVIEW_DAYS = 181
/** So many of the running helps are late with it. */
const LATE = 0.04

/**
 * Help-plan updates about twice a year, with grades (1 is best) by those who took part; of running helps the last one lies half a year
 * back at most, but for some. Tells the days.
 */
export const reviewer = ({ chance: usual, plans, sink, from, today }: Deps) => {
  const review = (chance: Chance, booking: Booking, day: number, summary: string | null = null) => {
    const grade = (usual: number): number => Math.min(5, Math.max(1, Math.round(usual + 0.75 * chance.normal())))
    const { provider, authority, person } = booking
    const shape = KIND_SHAPES[booking.kind]!
    const id = chance.uuid7(milliseconds(day, chance.integer(28_000, 55_000)))
    const recorded = instantText(day, chance.integer(28_000, 55_000))
    sink.row('care_plan_review', id, person.case_id, booking.id, dayText(day), authority.caseworker_id, recorded, summary)
    if (!provider || !shape.reviewed) return
    const key = chance.uuid4()
    const ms = milliseconds(day, 55_500)
    const tail = `${booking.authority.id}\t${provider.id}\t${shape.code}\t${dayText(day)}`
    const rate = (aspect: string, by: Rater, value: number) =>
      sink.line('rating', `${chance.uuid7(ms)}\t${key}\t${person.case_key}\t${booking.id}\t${tail}\t${aspect}\t${by}\t1\t${value}`)
    const advance = Math.min(0.4, (day - booking.first) / 1500)
    if (shape.unit === 'day') rate('facility_structure', 'authority', grade(provider.quality + 0.1))
    rate('service_structure', 'authority', grade(provider.quality))
    for (const [by, share, bias] of RATERS)
      if (chance.happens(share)) rate('goal_attainment', by, grade(provider.quality + 0.4 + bias - advance))
  }

  const reviewUsually = (booking: Booking): number[] => {
    if (!booking.provider || !KIND_SHAPES[booking.kind]!.reviewed) return []
    const days: number[] = []
    const last = Math.min(booking.last, today)
    for (let day = booking.first + usual.integer(80, 200); day <= last; day += usual.integer(165, 200)) {
      const held = workday(day)
      if (held < from || held > last || !usual.happens(0.6)) continue
      review(usual, booking, held)
      days.push(held)
    }
    return days
  }

  return (booking: Booking): number[] => {
    const days = reviewUsually(booking)
    const before = days.at(-1) ?? booking.first
    if (booking.ended || before >= today - REVIEW_DAYS) return days
    const ago = plans.happens(LATE) ? REVIEW_DAYS + plans.integer(4, 40) : plans.integer(6, REVIEW_DAYS - 3)
    const held = workday(today - ago)
    if (held <= before) return days
    review(plans, booking, held, reviewSummary(plans))
    return [...days, held]
  }
}
