import { expect, test } from 'vitest'
import { hasPocketMoney, pocketMoneyOf, type PocketMoneyStep } from './pocket-money.ts'

const step = (valid_from: string, age_from: number, age_to: number, amount_cents: number): PocketMoneyStep => ({
  valid_from,
  age_from,
  age_to,
  amount_cents,
  source: `Erlass ${valid_from}`,
})
const table = [step('2024-01-01', 10, 11, 3000), step('2024-01-01', 12, 13, 4900), step('2027-03-01', 12, 13, 5000)]
const help = { birth_date: '2015-02-10', first_day: '2027-01-16', last_day: '2027-04-16', counting_rule: 'last_day_free' as const }

test('each month by the age on its first day and the table of that day; parts of months by days', () => {
  // January: 16 of 31 days at 30 €, 11 years old; February whole, still 11 on the first; March whole at the new 50 €; April: 15 of 30 days
  expect(pocketMoneyOf(table, help)).toEqual({
    monthly_cents: 3000,
    total_cents: 1548 + 3000 + 5000 + 2500,
    valid_from: '2024-01-01',
    source: 'Erlass 2024-01-01',
  })
  expect(pocketMoneyOf(table, { ...help, counting_rule: 'calendar_days' })!.total_cents).toBe(1548 + 3000 + 5000 + 2667)
})

test('who is too young for the table gets none, and without a table nothing is said', () => {
  expect(pocketMoneyOf(table, { ...help, birth_date: '2024-05-01' })).toMatchObject({ monthly_cents: 0, total_cents: 0 })
  expect(pocketMoneyOf([], help)).toBeNull()
  expect(pocketMoneyOf(table, { ...help, first_day: '2023-12-01', last_day: '2024-02-01' })).toBeNull()
})

test('only helps over day and night outside a family have an amount set', () => {
  expect(['s34', 's35', 's35a_stationaer', 's41'].every((code) => hasPocketMoney({ form: 'stationaer', code }))).toBe(true)
  expect([hasPocketMoney({ form: 'stationaer', code: 's33' }), hasPocketMoney({ form: 'ambulant', code: 's31' })]).toEqual([false, false])
})
