import type { Booking } from './booking.ts'
import type { Chance } from './chance.ts'
import { KIND_SHAPES } from './shape.ts'

/** What was delivered at one rate; units are hundredths. */
export type Line = { booking: Booking; from: number; to: number; units: number; cents: number; amount: number }

export const costOf = (units: number, cents: number): number => Math.floor((units * cents + 50) / 100)
export const totalOf = (lines: readonly Line[]): number => lines.reduce((sum, line) => sum + line.amount, 0)

/** Part of every amount, the whole cents going where the remainders are largest. */
export const splitByLargestRemainder = (amounts: readonly number[], part: number): number[] => {
  const all = amounts.reduce((sum, amount) => sum + amount, 0)
  const exact = amounts.map((amount) => (amount * part) / all)
  const shares = exact.map(Math.floor)
  let rest = part - shares.reduce((sum, share) => sum + share, 0)
  const byRemainder = exact.map((_, index) => index).sort((a, b) => exact[b]! - shares[b]! - (exact[a]! - shares[a]!) || a - b)
  for (const index of byRemainder) if (rest-- > 0) shares[index]!++
  return shares
}

const flatLine = (chance: Chance, booking: Booking): Line => {
  const { cents, weekly } = booking.steps[0]!
  const units = Math.max(1, Math.round(((booking.last - booking.first) * weekly * chance.between(0.8, 1.05)) / 700)) * 100
  return { booking, from: booking.first, to: booking.last, units, cents, amount: costOf(units, cents) }
}

/** Captured services of one month, one line per rate; flat rates (a talk of counselling) all at once after the end. */
export const addLines = (lines: Line[], chance: Chance, booking: Booking, monthFrom: number, monthTo: number): void => {
  const { unit } = KIND_SHAPES[booking.kind]!
  if (unit === 'flat') {
    if (booking.ended && booking.last >= monthFrom && booking.last <= monthTo) lines.push(flatLine(chance, booking))
    return
  }
  const { steps } = booking
  const lastServed = booking.calendar_days ? booking.last : Math.max(booking.last - 1, booking.first)
  const [from, to] = [Math.max(booking.first, monthFrom), Math.min(lastServed, monthTo)]
  const absent = unit === 'day' && chance.happens(0.04)
  const delivered = unit === 'hour' ? (booking.provider?.delivery ?? 0.95) * chance.between(0.88, 1.06) : absent ? 0.9 : 1
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index]!
    const first = Math.max(from, step.from)
    const last = index + 1 < steps.length ? Math.min(to, steps[index + 1]!.from - 1) : to
    if (first > last) continue
    const full = ((last - first + 1) * step.weekly) / 7
    const units = absent ? Math.round((full * delivered) / 100) * 100 : Math.round(full * delivered)
    if (units > 0) lines.push({ booking, from: first, to: last, units, cents: step.cents, amount: costOf(units, step.cents) })
  }
}
