import { RuleViolation } from '../rule-violation.ts'

/**
 * Whole cents by largest remainder: each share is its proportion rounded down, the cents left go to the largest remainders,
 * the first on a tie. Shares add up to the amount and never exceed their weight while the amount does not exceed their sum.
 */
export const largestRemainder = (amount: number, weights: number[]): number[] => {
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n)
  if (total === 0n) return weights.map(() => 0)
  const exact = weights.map((weight) => BigInt(amount) * BigInt(weight))
  const shares = exact.map((product) => Number(product / total))
  const left = amount - shares.reduce((sum, share) => sum + share, 0)
  const remainders = exact.map((product, index) => ({ index, remainder: product % total }))
  remainders.sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1))
  for (const { index } of remainders.slice(0, left)) shares[index]! += 1
  return shares
}

export type OpenLine = { demanded_cents: number; paid_cents: number }

/**
 * How a payment falls on the lines of its invoice. Toward what is demanded it goes over what is still open of each line, so that
 * the last part payment settles every line exactly; back from it, over what was paid.
 */
export const splitPayment = (amount: number, lines: OpenLine[]): number[] => {
  const demanded = lines.reduce((sum, line) => sum + line.demanded_cents, 0)
  const direction = demanded < 0 ? -1 : 1
  const towards = Math.sign(amount) === direction
  const weights = lines.map((line) => direction * (towards ? line.demanded_cents - line.paid_cents : line.paid_cents))
  if (Math.abs(amount) > weights.reduce((sum, weight) => sum + weight, 0)) throw new RuleViolation('payment_exceeds_invoice')
  return largestRemainder(Math.abs(amount), weights).map((share) => (share === 0 ? 0 : Math.sign(amount) * share))
}
