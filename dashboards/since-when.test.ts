import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lastRun, placeText, sinceText } from './since-when.ts'

const months = ['2025-08', '2025-09', '2025-10', '2025-11', '2025-12', '2026-01']
const ten = months.map(() => 10)
/** What is told of values held against ten every month; null: secret, missing or not there yet. */
const told = (...values: (number | null)[]) => {
  const run = lastRun(values, ten, months)
  return run && `${sinceText(run)} ${run.above ? 'darüber' : 'darunter'}`
}

describe('since when, by hand', () => {
  test('the month after the last one on the other side, or at it', () => {
    expect(told(9, 9, 11, 12, 11, 13)).toBe('seit Oktober 2025 ohne Unterbrechung darüber')
    expect(told(11, 10, 9, 9, 9, 9)).toBe('seit Oktober 2025 ohne Unterbrechung darunter')
    expect(told(11, 9, 11, 9, 9, 11)).toBe('seit Januar 2026 darüber')
  })

  test('what reaches back to the first month may be older', () => {
    expect(told(11, 11, 11, 11, 11, 11)).toBe('mindestens seit August 2025 ohne Unterbrechung darüber')
  })

  test('a secret month within it is no interruption, and none is claimed to be known', () => {
    expect(told(9, 11, 11, null, 11, 11)).toBe('seit September 2025 in allen offenen Monaten darüber')
  })

  test('a secret month before it may belong to it', () => {
    expect(told(9, null, 11, 11, 11, 11)).toBe('mindestens seit Oktober 2025 ohne Unterbrechung darüber')
    expect(told(null, null, null, 11, 11, 11)).toBe('mindestens seit November 2025 ohne Unterbrechung darüber')
    expect(told(null, 9, null, 11, null, 11)).toBe('mindestens seit November 2025 in allen offenen Monaten darüber')
  })

  test('where the last months are secret it ends with the last open one', () => {
    expect(told(9, 11, 11, 11, null, null)).toBe('von September 2025 bis November 2025 ohne Unterbrechung darüber')
    expect(told(9, 9, 9, 11, null, null)).toBe('zuletzt im November 2025 darüber')
  })

  test('nothing of what is alike, or never open together', () => {
    expect(told(9, 9, 9, 11, 11, 10)).toBeUndefined()
    expect(told(null, null, null, null, null, null)).toBeUndefined()
    expect(lastRun([1, null], [null, 1], months.slice(0, 2))).toBeUndefined()
    // the average of a single value
    expect(lastRun([0.1], [(0.1 * 3) / 3], ['2026-01'])).toBeUndefined()
  })
})

test('a sentence tells of several references', () => {
  const average = { name: 'dem Durchschnitt', values: ten }
  const median = { name: 'dem Median', values: [8, 8, 8, 8, 12, 8] }
  expect(placeText('VG', [9, 9, 11, 11, 11, 11], [average, median], months)).toBe(
    'VG liegt seit Oktober 2025 ohne Unterbrechung über dem Durchschnitt und seit Januar 2026 über dem Median.',
  )
  expect(placeText('VG', [9, 9, 11, 11, 11, 11], [average, { ...median, values: months.map(() => 10) }], months)).toBe(
    'VG liegt seit Oktober 2025 ohne Unterbrechung über dem Durchschnitt und über dem Median.',
  )
  expect(placeText('VG', [9, 9, 11, 11, 11, null], [average], months)).toBe(
    'VG lag von Oktober 2025 bis Dezember 2025 ohne Unterbrechung über dem Durchschnitt. Danach ist kein Monat offen.',
  )
  expect(placeText('VG', [null], [average], months)).toBeUndefined()
})

const value = fc.option(fc.integer({ min: 0, max: 3 }), { nil: null })
test('never more than the open months tell: every one of the run lies on its side, and the open one before does not', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 30 }), (pairs) => {
      const names = pairs.map((_, at) => `${2020 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`)
      const run = lastRun(
        pairs.map(([a]) => a),
        pairs.map(([, b]) => b),
        names,
      )
      const known = pairs.flatMap(([a, b], at) => (a === null || b === null ? [] : [{ at, side: Math.sign(a - b) }]))
      if (!run) {
        expect(known.at(-1)?.side ?? 0).toBe(0)
        return
      }
      const [from, to] = [names.indexOf(run.from), names.indexOf(run.to)]
      const within = known.filter(({ at }) => at >= from && at <= to)
      expect(within.every(({ side }) => side === (run.above ? 1 : -1))).toBe(true)
      expect(run.gaps).toBe(within.length < to - from + 1)
      expect(known.at(-1)!.at).toBe(to)
      const before = known.findLast(({ at }) => at < from)
      expect(before?.side).not.toBe(run.above ? 1 : -1)
      expect(run.atLeast).toBe(before?.at !== from - 1)
    }),
  )
})
