import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RuleViolation } from '../rule-violation.ts'
import { largestRemainder, splitPayment } from './payment.ts'

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)

describe('largest remainder', () => {
  test('gives the cents left over to the largest remainders, the first on a tie', () => {
    expect(largestRemainder(100, [1, 1, 1])).toEqual([34, 33, 33])
    expect(largestRemainder(10, [3, 3, 1])).toEqual([4, 4, 2])
    expect(largestRemainder(1, [1, 2, 2])).toEqual([0, 1, 0])
    expect(largestRemainder(5, [0, 0])).toEqual([0, 0])
  })

  test('adds up exactly, with every share less than a cent from its proportion', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000), fc.array(fc.nat(100_000_000), { minLength: 1, maxLength: 40 }), (amount, weights) => {
        fc.pre(sum(weights) > 0)
        const shares = largestRemainder(amount, weights)
        expect(sum(shares)).toBe(amount)
        const total = BigInt(sum(weights))
        shares.forEach((share, index) => {
          const difference = BigInt(share) * total - BigInt(amount) * BigInt(weights[index]!)
          expect(difference > -total && difference < total).toBe(true)
        })
      }),
    )
  })
})

describe('part payments', () => {
  const amounts = fc.array(fc.integer({ min: 0, max: 5_000_000 }), { minLength: 1, maxLength: 12 })

  test('settle every line exactly with the last one, and never take anything back on the way', () => {
    fc.assert(
      fc.property(
        amounts,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
        fc.boolean(),
        (demanded, parts, cancelled) => {
          fc.pre(sum(demanded) > 0)
          const sign = cancelled ? -1 : 1
          const lines = demanded.map((cents) => ({ demanded_cents: sign * cents, paid_cents: 0 }))
          const pay = (cents: number) => {
            const shares = splitPayment(sign * cents, lines)
            expect(sum(shares)).toBe(sign * cents)
            shares.forEach((share, index) => {
              expect(share * sign).toBeGreaterThanOrEqual(0)
              lines[index]!.paid_cents += share
              expect(Math.abs(lines[index]!.paid_cents)).toBeLessThanOrEqual(demanded[index]!)
            })
          }
          const open = () => sum(demanded) - Math.abs(sum(lines.map((line) => line.paid_cents)))
          for (const part of parts) {
            const cents = Math.floor(part * open())
            if (cents > 0) pay(cents)
          }
          if (open() > 0) pay(open())
          expect(lines.map((line) => Math.abs(line.paid_cents))).toEqual(demanded)
        },
      ),
    )
  })

  test('that come back fall on what was paid', () => {
    const lines = [
      { demanded_cents: 1000, paid_cents: 600 },
      { demanded_cents: 1000, paid_cents: 300 },
    ]
    expect(splitPayment(-450, lines)).toEqual([-300, -150])
    expect(splitPayment(-900, lines)).toEqual([-600, -300])
  })

  test('are refused beyond what is open, and refunds beyond what was paid', () => {
    const lines = [{ demanded_cents: 1000, paid_cents: 400 }]
    expect(() => splitPayment(601, lines)).toThrow(RuleViolation)
    expect(() => splitPayment(-401, lines)).toThrow(RuleViolation)
  })
})
