import type { Chance } from './chance.ts'
import { firstDayOf, monthOf } from './calendar.ts'
import type { Facility, Landscape } from './landscape.ts'
import type { Stay } from './stay.ts'

/**
 * The one thing to find in the demonstration: at the largest ambulatory service of Vorpommern-Rügen most helps break off from the third
 * month before the current one on, usually by the service itself (reason 21). It shows in dropouts and dropout_rate of VR, most of all
 * for § 31, and leads to one facility of one provider.
 */
export type Anomaly = { facility: Facility; from: number; today: number }

const DISTRICT = '13073'

export const placeAnomaly = (landscape: Landscape, today: number): Anomaly | null => {
  const services = landscape.facilities.filter((facility) => facility.setting === 'ambulant' && facility.authority.id === DISTRICT)
  const largest = services.reduce<Facility | null>((best, facility) => (best && best.places >= facility.places ? best : facility), null)
  return largest && { facility: largest, from: firstDayOf(monthOf(today) - 3), today }
}

export const disturb = (chance: Chance, anomaly: Anomaly | null, facility: Facility, first: number, stay: Stay): Stay => {
  if (!anomaly || facility !== anomaly.facility) return stay
  const from = Math.max(first + 3, anomaly.from)
  const to = Math.min(stay.last - 1, anomaly.today)
  if (from > to || stay.reason === 0 || !chance.happens(0.7)) return stay
  return {
    ...stay,
    last: chance.integer(from, to),
    reason: chance.weighted([
      [21, 6],
      [20, 3],
      [22, 2],
    ]),
  }
}
