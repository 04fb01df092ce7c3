import { afterAll, beforeAll, expect, test } from 'vitest'
import { startService, VG, type Service } from '../service.fixture.ts'
import { plannedWithin } from './remaining-budget.ts'
import type { RemainingBudget } from './remaining-budget.routes.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

const remaining = async (query: string, user = 'fall.vg') =>
  (await service.as(user)<RemainingBudget & { status: number }>('GET', `/service/remaining-budget?service_kind=s34&${query}`)).body

test('of a month is a twelfth of the year less what is booked and held, and the help adds the days it has there', async () => {
  await service.owner.query(`insert into budget values ($1, 2026, 's34', 12000000)`, [VG])
  const offer_id = await service.offer({ capacity: 9, rate_cents: 10_000 })
  const { case_id } = await service.openCase('fall.vg')
  // May: 31 days booked, 21 held from the 11th; April: 16 days booked
  const booked = await service.book('fall.vg', { case_id, offer_id, first_day: '2026-04-15', last_day: '2026-06-15' })
  await service.as('fall.vg')('POST', '/service/reservations', {
    case_id,
    offer_id,
    first_day: '2026-05-11',
    last_day: '2026-12-31',
    parallel: true,
  })
  const help = 'first_day=2026-05-21&last_day=2027-01-21&rate_cents=9000'
  const { month, year, ...whole } = await remaining(help)
  expect(whole).toEqual({ planned_units: 245, planned_cents: 245 * 9000 })
  expect(month).toEqual({ budget_cents: 1_000_000, planned_cents: (31 + 21) * 10_000, added_cents: 11 * 9000 })
  // 61 days booked, 234 days held; of the help all days of 2026
  expect(year).toEqual({ budget_cents: 12_000_000, planned_cents: (61 + 234) * 10_000, added_cents: 225 * 9000 })
  expect((await remaining(help.replaceAll('2026', '2027').replace('2027-01', '2028-01'))).month.budget_cents).toBeNull()
  // five days that rest unpaid are free again in the budget
  const rest = { first_day: '2026-05-01', last_day: '2026-05-05', reason: 'clinic', paid: false }
  await service.as('fall.vg')('POST', `/service/bookings/${booked.body.id}/interrupt`, rest)
  expect((await remaining(help)).month.planned_cents).toBe((26 + 21) * 10_000)
  // another authority sees its own
  expect((await remaining(help, 'fall.hro')).month).toEqual({ budget_cents: null, planned_cents: 0, added_cents: 99_000 })
  expect((await remaining('first_day=2026-05-21&last_day=2026-05-01&rate_cents=1')).status).toBe(400)
})

test('each step counts at its own rate, and the last day as the rule says', () => {
  const term = {
    first_day: '2026-01-10',
    last_day: '2026-02-10',
    rate_from: ['2026-01-10', '2026-01-21'],
    rate_cents: [100, 200],
    units_per_week: [7, 7],
  }
  expect(plannedWithin({ ...term, counting_rule: 'last_day_free' }, '2026-01-01', '2026-02-01')).toBe(11 * 100 + 11 * 200)
  expect(plannedWithin({ ...term, counting_rule: 'last_day_free' }, '2026-02-01', '2026-03-01')).toBe(9 * 200)
  expect(plannedWithin({ ...term, counting_rule: 'calendar_days' }, '2026-02-01', '2026-03-01')).toBe(10 * 200)
  expect(plannedWithin({ ...term, counting_rule: 'last_day_free' }, '2026-03-01', '2026-04-01')).toBe(0)
})
