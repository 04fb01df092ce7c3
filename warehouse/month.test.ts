import { expect, test } from 'vitest'
import { firstDay, monthOf, monthOfDays } from './month.ts'

test('a month is told by the days from 2000 to its first', () => {
  for (let month = monthOf('1990-01'); month <= monthOf('2060-12'); month += 1) {
    const days = (Date.parse(firstDay(month)) - Date.parse('2000-01-01')) / 86_400_000
    expect(monthOfDays(days)).toBe(month)
  }
})
