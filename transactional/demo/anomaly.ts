import type { Chance } from './chance.ts'
import { firstDayOf, monthOf } from './calendar.ts'
import type { Facility, Landscape } from './landscape.ts'
import type { Stay } from './stay.ts'

/**
 * The one thing to find in the demonstration: in the largest home of Vorpommern-Rügen most helps break off from the third month before
 * the current one on. It shows in dropouts and dropout_rate of VR (most of all for § 34) and leads to one facility of one provider.
 */
export type Anomaly = { facility: Facility; from: number; today: number }

const DISTRICT = '13073'

export const placeAnomaly = (landscape: Landscape, today: number): Anomaly | null => {
  const homes = landscape.facilities.filter((facility) => facility.setting === 'home' && facility.authority.id === DISTRICT)
  const largest = homes.reduce<Facility | null>((best, facility) => (best && best.licensed >= facility.licensed ? best : facility), null)
  return largest && { facility: largest, from: firstDayOf(monthOf(today) - 3), today }
}

export const disturb = (chance: Chance, anomaly: Anomaly | null, facility: Facility, first: number, stay: Stay): Stay => {
  if (!anomaly || facility !== anomaly.facility) return stay
  const from = Math.max(first + 3, anomaly.from)
  const to = Math.min(stay.last - 1, anomaly.today)
  if (from > to || stay.reason === 0 || !chance.happens(0.85)) return stay
  return {
    ...stay,
    last: chance.integer(from, to),
    reason: chance.weighted([
      [22, 6],
      [21, 3],
      [20, 2],
    ]),
  }
}
