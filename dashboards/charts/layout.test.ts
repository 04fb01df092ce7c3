import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classColours, quantileClasses } from './classes.ts'
import { placesBeside } from './label-places.ts'
import { labelPositions } from './label-positions.ts'
import { contains, farInside, outlineOf } from './outline.ts'
import { niceTicks, quantile } from './scale.ts'
import { relativeSpread, sparkline } from './sparkline.ts'

describe('ticks', () => {
  test('are round and cover the values', () => {
    expect(niceTicks(0, 71, 4)).toEqual([0, 20, 40, 60, 80])
    expect(niceTicks(138.2, 156, 4)).toEqual([135, 140, 145, 150, 155, 160])
  })
  test('of counts are whole', () => expect(niceTicks(0, 0, 4, 1)).toEqual([0, 1]))
  test('cover whatever values there are', () => {
    const value = fc.integer({ min: -1e9, max: 1e9 })
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)]
        const ticks = niceTicks(low, high, 4)
        const slack = (high - low || Math.abs(high) || 1) * 1e-6
        expect(ticks[0]!).toBeLessThanOrEqual(low + slack)
        expect(ticks.at(-1)!).toBeGreaterThanOrEqual(high - slack)
        expect(ticks.length).toBeLessThan(9)
      }),
    )
  })
})

describe('labels at line ends', () => {
  test('stay where they are when there is room', () => expect(labelPositions([10, 60, 35], 16, { from: 0, to: 100 })).toEqual([10, 60, 35]))
  test('move apart around their middle', () => expect(labelPositions([50, 50], 16, { from: 0, to: 100 })).toEqual([42, 58]))
  test('keep their gap and their order whatever is wanted', () => {
    const wanted = fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 12 })
    fc.assert(
      fc.property(wanted, (positions) => {
        const placed = labelPositions(positions, 16, { from: 0, to: 300 })
        const order = positions.map((_, index) => index).toSorted((a, b) => positions[a]! - positions[b]! || a - b)
        for (let rank = 1; rank < order.length; rank++) {
          expect(placed[order[rank]!]! - placed[order[rank - 1]!]!).toBeGreaterThanOrEqual(16 - 1e-9)
        }
        expect(Math.min(...placed, 0)).toBeGreaterThanOrEqual(-1e-9)
      }),
    )
  })
})

describe('a sparkline', () => {
  const options = { width: 96, height: 28, inset: 4, reference: 50, spread: 0.1 }
  test('leaves gaps where values are secret', () => {
    expect(sparkline([50, 55, null, 45], options)).toEqual({
      line: 'M4,14L33.3,4M92,24',
      reference: 'M4,14H92',
      dot: { x: 92, y: 24 },
    })
  })
  test('is not drawn without a base or without values', () => {
    expect(sparkline([1, 2], { ...options, reference: 0 })).toBeUndefined()
    expect(sparkline([null, null], options)).toBeUndefined()
  })
  test('shares the scale of all rows, never finer than five percent', () => {
    expect(relativeSpread([{ values: [50, 51], reference: 50 }])).toBe(0.05)
    expect(relativeSpread([{ values: [50, 60], reference: 50 }])).toBe(0.2)
  })
})

test('a quantile lies between its neighbours', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5)
  expect(quantile([7], 0.9)).toBe(7)
})

describe('classes of a map', () => {
  test('hold about equally many values, and their limits are those one reads', () => {
    const { edges, classOf } = quantileClasses([234.2, 243.7, 268.1, 299, 323.8, 347.4, 366.7, 398.7], 0.1)
    expect(edges).toEqual([234.2, 253.5, 292.8, 328.5, 359, 398.7])
    expect([234.2, 253.4, 253.5, 398.7].map(classOf)).toEqual([0, 0, 1, 4])
  })
  test('are fewer where there are fewer different values', () => {
    expect(quantileClasses([5, 5, 5], 1).edges).toEqual([5, 5])
    expect(quantileClasses([1, 1, 9], 1).edges).toEqual([1, 9, 9])
    expect(quantileClasses([], 1).classOf(3)).toBe(0)
  })
  test('have a colour each, whatever the values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 })), (values) => {
        const { edges, classOf } = quantileClasses(values, 1)
        const colours = classColours(edges.length - 1)
        expect(colours).toHaveLength(edges.length - 1)
        for (const value of values) expect(colours[classOf(value)]).toBeDefined()
      }),
    )
  })
})

describe('labels beside points', () => {
  const bounds = { x: 0, y: 0, width: 200, height: 100 }
  test('stand right, or left where the right is taken or ends', () => {
    const [first, second] = placesBeside(
      [
        { id: 'a', x: 20, y: 50, text: 'VG' },
        { id: 'b', x: 190, y: 50, text: 'MSE' },
      ],
      bounds,
    )
    expect(first).toMatchObject({ anchor: 'start', x: 29 })
    expect(second).toMatchObject({ anchor: 'end', x: 181 })
  })
  test('are left out where there is no room', () => {
    const crowd = Array.from({ length: 40 }, (_, at) => ({ id: `${at}`, x: 100, y: 50, text: 'Nordwestmecklenburg' }))
    expect(placesBeside(crowd, bounds).length).toBeLessThan(5)
  })
})

describe('an outline', () => {
  const frame = 'M0,0L100,0L100,60L0,60ZM30,10L30,50L90,50L90,10Z'
  test('has its holes outside', () => {
    const outline = outlineOf(frame)!
    expect(contains(outline, [10, 30])).toBe(true)
    expect(contains(outline, [60, 30])).toBe(false)
  })
  test('has room for a label only where the label lies inside as a whole', () => {
    const outline = outlineOf(frame)!
    const spot = farInside(outline, { width: 20, height: 14 })!
    expect(spot[0]).toBeLessThan(30)
    expect(farInside(outline, { width: 40, height: 14 })).toBeUndefined()
  })
  test('without an area is none', () => expect(outlineOf('M1,1L2,2Z')).toBeUndefined())
})
