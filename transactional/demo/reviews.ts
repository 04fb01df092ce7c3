import type { Booking } from './booking.ts'
import { dayText, instantText, milliseconds, workday } from './calendar.ts'
import type { Chance } from './chance.ts'
import type { RowSink } from './copy.ts'
import { KIND_SHAPES } from './shape.ts'

type Deps = { chance: Chance; sink: RowSink; from: number; today: number }
type Rater = 'young_person' | 'guardian' | 'provider' | 'authority'

const RATERS: readonly (readonly [Rater, number, number])[] = [
  ['authority', 1, 0],
  ['young_person', 0.75, 0.15],
  ['guardian', 0.6, 0.1],
  ['provider', 0.85, -0.35],
]

/** Help-plan updates about twice a year, with grades (1 is best) by those who took part. */
export const reviewer = ({ chance, sink, from, today }: Deps) => {
  const grade = (usual: number): number => Math.min(5, Math.max(1, Math.round(usual + 0.75 * chance.normal())))

  const review = (booking: Booking, day: number) => {
    const { provider, authority, person } = booking
    const shape = KIND_SHAPES[booking.kind]!
    const id = chance.uuid7(milliseconds(day, chance.integer(28_000, 55_000)))
    const recorded = instantText(day, chance.integer(28_000, 55_000))
    sink.row('care_plan_review', id, person.case_id, booking.id, dayText(day), authority.caseworker_id, recorded)
    const key = chance.uuid4()
    const ms = milliseconds(day, 55_500)
    const tail = `${booking.authority.id}\t${provider!.id}\t${shape.code}\t${dayText(day)}`
    const rate = (aspect: string, by: Rater, value: number) =>
      sink.line('rating', `${chance.uuid7(ms)}\t${key}\t${person.case_key}\t${booking.id}\t${tail}\t${aspect}\t${by}\t1\t${value}`)
    const advance = Math.min(0.4, (day - booking.first) / 1500)
    if (shape.unit === 'day') rate('facility_structure', 'authority', grade(provider!.quality + 0.1))
    rate('service_structure', 'authority', grade(provider!.quality))
    for (const [by, share, bias] of RATERS)
      if (chance.happens(share)) rate('goal_attainment', by, grade(provider!.quality + 0.4 + bias - advance))
  }

  return (booking: Booking): void => {
    if (!booking.provider || !KIND_SHAPES[booking.kind]!.reviewed) return
    const last = Math.min(booking.last, today)
    for (let day = booking.first + chance.integer(80, 200); day <= last; day += chance.integer(165, 200)) {
      const held = workday(day)
      if (held >= from && held <= last && chance.happens(0.6)) review(booking, held)
    }
  }
}
