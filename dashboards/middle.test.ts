import { expect, test } from 'vitest'
import { pickOf, pickText } from './middle.ts'

const euro = (value: number) => `${value} €`

test('the middle of an odd number of bookings is one of them, of an even number the mean of two', () => {
  // 140, 150, 150, 160, 200
  const odd = [
    { value: 140, count: 1 },
    { value: 150, count: 2 },
    { value: 160, count: 1 },
    { value: 200, count: 1 },
  ]
  expect(pickText('median', odd, euro)).toBe('Der Größe nach geordnet steht in der Mitte die 3. von 5 Buchungen: 150 €.')
  // 140, 150, 150, 160, 170, 200
  const even = [...odd.slice(0, 3), { value: 170, count: 1 }, odd[3]!]
  expect(pickText('median', even, euro)).toBe(
    'Der Größe nach geordnet stehen in der Mitte die 3. und 4. von 6 Buchungen: 150 € und 160 €. Der Median ist ihr Mittel.',
  )
  expect(pickText('median', [{ value: 150, count: 4 }], euro)).toContain('die 2. und 3. von 4 Buchungen, beide mit 150 €.')
  expect(pickText('median', [{ value: 150, count: 1 }], euro)).toContain('die 1. von 1 Buchung: 150 €.')
  expect(pickText('median', [], euro)).toBeUndefined()
})

test('the smallest and the largest say how many have them', () => {
  const counts = [
    { value: 140, count: 3 },
    { value: 200, count: 1 },
  ]
  expect(pickText('lowest', counts, euro)).toBe('Diesen Wert, 140 €, haben 3 von 4 Buchungen.')
  expect(pickText('highest', counts, euro)).toBe('Diesen Wert, 200 €, hat 1 von 4 Buchungen.')
  expect(['rate_min', 'rate_max', 'dwell_time_median', 'case_count'].map(pickOf)).toEqual(['lowest', 'highest', 'median', undefined])
})
