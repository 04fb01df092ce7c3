import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { bookingRow, commit, smallDirectory, testWarehouse, type Row } from './fixture.ts'
import { monthOf } from './month.ts'
import { providerRanking, rankProviders, type ProviderRecord } from './rankings.ts'

/*
 * Three providers of § 34 in the 36 months to February 2026, five rated cases each, worked by hand.
 *             structure (facility, service)   goal attainment     days actual/agreed     released/agreed
 *   Anker     1, 2 → 1.5                      (1, 3), 2 → 2       80 / 100 = 0.8         900 / 1000 = 0.9
 *   Brücke    3, 3 → 3                        3 → 3               100 / 100 = 1.0        1000 / 1000 = 1.0
 *   Deich     2, 4 → 3                        4 → 4               120 / 100 = 1.2        1100 / 1000 = 1.1
 * Duration: mean 1.0, SD = √((0.04 + 0 + 0.04) / 3) = 0.163299…; grades 3 − 0.2 / 0.163299 = 1.775255, 3, 4.224745. Costs alike.
 * Score = (50·S + 150·P + 100·D + 100·C) / 400:
 *   Anker (75 + 300 + 177.5255 + 177.5255) / 400 = 1.825128; Brücke (150 + 450 + 600) / 400 = 3; Deich (150 + 600 + 844.949) / 400 = 3.987372
 */
const providers = [
  { id: randomUUID(), name: 'Anker', structure: [1, 2], goals: [[1, 3], [2]], used: 80, cents: 900_00 },
  { id: randomUUID(), name: 'Brücke', structure: [3, 3], goals: [[3]], used: 100, cents: 1000_00 },
  { id: randomUUID(), name: 'Deich', structure: [2, 4], goals: [[4]], used: 120, cents: 1100_00 },
]

const casesOf = (provider: (typeof providers)[number], n: number) => {
  const bookings: Row[] = []
  const ratings: Row[] = []
  const lines: Row[] = []
  for (let i = 0; i < n; i += 1) {
    const of = { case_key: randomUUID(), provider_id: provider.id, service_kind: 's34', youth_authority_id: '13075' }
    const last_day = new Date(Date.UTC(2025, 0, 1 + provider.used)).toISOString().slice(0, 10)
    bookings.push(bookingRow({ ...of, first_day: '2025-01-01', last_day, end_reason: 10, agreed_days: 100, agreed_cents: 1000_00 }))
    lines.push({ ...of, id: randomUUID(), amount_cents: provider.cents, released_on: '2025-06-01', specialisations: [] })
    const grade = (review_key: string, aspect: string, value: number) => ({
      ...of,
      id: randomUUID(),
      review_key,
      aspect,
      grade: value,
      reviewed_on: '2025-03-01',
    })
    provider.goals.forEach((grades, review) => {
      const review_key = randomUUID()
      for (const value of grades) ratings.push(grade(review_key, 'goal_attainment', value))
      if (review > 0) return
      ratings.push(
        grade(review_key, 'facility_structure', provider.structure[0]!),
        grade(review_key, 'service_structure', provider.structure[1]!),
      )
    })
  }
  return { bookings, ratings, lines }
}

describe('the provider ranking', () => {
  it('follows the example worked by hand', async () => {
    const { warehouse, remove } = await testWarehouse()
    const cases = providers.map((provider) => casesOf(provider, 5))
    const few = { ...providers[0]!, id: randomUUID(), name: 'Ernte' }
    const fewCases = casesOf(few, 4)
    await commit(warehouse, ...smallDirectory, { table: 'provider', added: [...providers, few].map(({ id, name }) => ({ id, name })) })
    await commit(
      warehouse,
      { table: 'booking', added: [...cases, fewCases].flatMap(({ bookings }) => bookings) },
      { table: 'rating', added: [...cases, fewCases].flatMap(({ ratings }) => ratings) },
      { table: 'invoice_line', added: [...cases, fewCases].flatMap(({ lines }) => lines) },
      // neither dropouts nor what ended before the window nor unreleased lines count
      { table: 'booking', added: [bookingRow({ provider_id: providers[0]!.id, end_reason: 22, last_day: '2026-02-01' })] },
      {
        table: 'booking',
        added: [bookingRow({ provider_id: providers[1]!.id, first_day: '2022-01-01', last_day: '2023-02-28', end_reason: 10 })],
      },
      { table: 'invoice_line', added: [{ ...cases[1]!.lines[0], id: randomUUID(), released_on: null }] },
    )
    const { rows, window_from, weights } = await providerRanking(warehouse, { service_kind: 's34', month: monthOf('2026-02') })
    expect(window_from).toBe(monthOf('2023-03'))
    expect(weights).toEqual({ structure: 50, process: 150, duration: 100, costs: 100 })
    expect(rows.map(({ name, rank }) => [name, rank])).toEqual([['Anker', 1], ['Brücke', 2], ['Deich', 3], ['Ernte', null]]) // prettier-ignore
    const anker = rows[0]!
    expect(anker).toMatchObject({ structure: 1.5, process: 2, duration_ratio: 0.8, costs_ratio: 0.9, rated_cases: 5, ended_cases: 5 })
    expect(anker.duration_grade).toBeCloseTo(1.775255, 6)
    expect(rows.map(({ score }) => score && Number(score.toFixed(6)))).toEqual([1.825128, 3, 3.987372, null])
    expect(rows[3]).toMatchObject({ rated_cases: 4, reason: 'few_cases', duration_grade: null, structure: 1.5 })
    await remove()
  })

  const record = (row: Partial<ProviderRecord>): ProviderRecord => ({
    provider_id: randomUUID(),
    name: 'A',
    rated_cases: 5,
    structure: 2,
    process: 2,
    ended_cases: 5,
    duration_ratio: 1,
    costs_ratio: 1,
    ...row,
  })
  const options = { weights: { structure: 50, process: 150, duration: 100, costs: 100 }, minimum_cases: 5, threshold: 3 }

  it('grades 3 where all are equal, shares ranks, clips grades to 1 and 5', () => {
    const equal = rankProviders([record({ name: 'A' }), record({ name: 'B' }), record({ name: 'C', process: 3 })], options)
    expect(equal.map(({ name, rank, duration_grade }) => [name, rank, duration_grade])).toEqual([['A', 1, 3], ['B', 1, 3], ['C', 3, 3]]) // prettier-ignore
    const outlier = rankProviders([...Array.from({ length: 9 }, () => record({})), record({ name: 'Z', duration_ratio: 9 })], options)
    expect(outlier.at(-1)).toMatchObject({ name: 'Z', duration_grade: 5 })
  })

  it('lists without a rank what lacks a component, and keeps secret what rests on one or two cases', () => {
    const [missing] = rankProviders([record({ duration_ratio: null, ended_cases: 0, costs_ratio: null })], options)
    expect(missing).toMatchObject({ rank: null, score: null, reason: 'missing_component' })
    const [secret] = rankProviders([record({ rated_cases: 2 })], options)
    expect(secret).toMatchObject({ rated_cases: null, structure: null, process: null, reason: 'few_cases' })
    const [ended] = rankProviders([record({ ended_cases: 1 })], options)
    expect(ended).toMatchObject({ ended_cases: null, duration_ratio: null, costs_grade: null, reason: 'missing_component' })
  })
})
