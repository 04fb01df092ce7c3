import { expect, test } from 'vitest'
import type { Catalogue, Ranking, RankingRow } from '../../client.ts'
import { calculation, rankingAnswer, rankingCells, readRankingChoice, resolveRanking, scoreChanges, writeRankingChoice } from './ranking.ts'

const row = (change: Partial<RankingRow> = {}): RankingRow => ({
  provider_id: 'p1',
  name: 'Jugendhilfe Peenestrom',
  rank: 1,
  score: 1.8225,
  structure: 2,
  process: 1.7,
  duration_ratio: 0.91,
  duration_grade: 1.9,
  costs_ratio: 0.95,
  costs_grade: 1.84,
  rated_cases: 38,
  ended_cases: 30,
  reason: null,
  ...change,
})
const ranking = (rows: RankingRow[]): Ranking => ({
  as_of: null,
  data_as_of: '2026-11-21T13:03:12.000Z',
  service_kind: 's34',
  month: '2026-10',
  window_from: '2023-11',
  weights: { structure: 50, process: 150, duration: 100, costs: 100 },
  minimum_cases: 5,
  rows,
})

test('the calculation names every factor of the score', () => {
  expect(calculation(row(), ranking([row()]))).toEqual([
    { term: 'Struktur', text: '2,00 × 50 %' },
    { term: 'Prozess', text: '1,70 × 150 %' },
    { term: 'Dauer', text: '91,0\u00a0% der vereinbarten Tage, Note 1,90 × 100 %' },
    { term: 'Kosten', text: '95,0\u00a0% des vereinbarten Budgets, Note 1,84 × 100 %' },
    { term: 'Note', text: 'Summe ÷ 400 % = 1,82' },
  ])
})

test('what is secret shows its sign, what is missing another', () => {
  const cells = rankingCells(row({ rated_cases: null, structure: null, score: null, duration_grade: null, duration_ratio: null }))
  expect([cells.cases.sign, cells.structure.sign, cells.duration.sign, cells.score.sign]).toEqual(['.', '.', '–', 'x'])
})

test('the answer says who leads and how many have no rank', () => {
  const second = row({ provider_id: 'p2', name: 'Zweiter', rank: 2 })
  const without = row({ provider_id: 'p3', rank: null, score: null, reason: 'few_cases' })
  expect(rankingAnswer(ranking([row(), second, without]))).toBe(
    '2 Anbieter stehen im Rang, 1 ohne. Vorn liegt Jugendhilfe Peenestrom mit der Note 1,82; 1 ist die beste.',
  )
  expect(rankingAnswer(ranking([without]))).toBe('Noch hat kein Anbieter genug bewertete Fälle für einen Rang.')
  expect(rankingAnswer(ranking([]))).toBe('Zu dieser Hilfeart ist kein Anbieter bewertet.')
})

test('a score that reads differently is a change', () => {
  expect(scoreChanges(ranking([row()]), ranking([row({ score: 1.84 })]))).toEqual([
    { provider_id: 'p1', name: 'Jugendhilfe Peenestrom', before: '1,82', after: '1,84' },
  ])
  expect(scoreChanges(ranking([row()]), ranking([row({ score: 1.8226 })]))).toEqual([])
})

test('the address holds what was chosen; residential care is the default', () => {
  expect(readRankingChoice(writeRankingChoice({ service_kind: 's31', provider: 'p1' }))).toEqual({ service_kind: 's31', provider: 'p1' })
  const catalogue = {
    service_kinds: [{ code: 's30' }, { code: 's34' }],
    months: { first: '2026-01', last: '2026-03', running: '2026-03' },
  } as unknown as Catalogue
  expect(resolveRanking({ month: '2026-99' }, catalogue)).toEqual({
    selection: { service_kind: { code: 's34' }, month: '2026-03' },
    unknown: ['2026-99'],
  })
})
