// Everything is whole numbers inside: units in hundredths, money in cents; both round half up, each once.

const hundredths = (units: number) => Math.round(units * 100)
const halfUp = (numerator: number, denominator: number) => Math.floor((2 * numerator + denominator) / (2 * denominator))

/** Units = days × units per week ÷ 7, to two decimals. */
export const unitsOf = (days: number, unitsPerWeek: number): number => halfUp(days * hundredths(unitsPerWeek), 7) / 100

/** Cents = units × rate; negative units (cancellations) mirror positive ones. */
export const costOf = (units: number, rateCents: number): number =>
  units < 0 ? -costOf(-units, rateCents) : halfUp(hundredths(units) * rateCents, 100)

/** Lists show planned cost rounded up to full euros, and differences between what is shown (domain.md 4.3). */
export const shownEuros = (cents: number): number => Math.ceil(cents / 100)

export const sumOfUnits = (units: number[]): number => units.reduce((sum, each) => sum + hundredths(each), 0) / 100
