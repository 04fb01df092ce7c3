import { expect, test } from 'vitest'
import type { Catalogue, Evaluation } from '../../client.ts'
import { pivotOf } from './evaluation.ts'
import { cutText, evaluationChart } from './evaluation-chart.ts'

const catalogue = {
  figures: [{ name: 'case_count', label: 'Fallzahl', source: 'SoJuS, Buchungen' }],
  service_kinds: [
    { code: 's34', legal_basis: '§ 34 SGB VIII', label: 'Heimerziehung, Wohngruppe' },
    { code: 's31', legal_basis: '§ 31 SGB VIII', label: 'Sozialpädagogische Familienhilfe' },
    { code: 's33', legal_basis: '§ 33 SGB VIII', label: 'Vollzeitpflege' },
  ],
  months: { first: '2025-01', last: '2026-10' },
} as unknown as Catalogue

const evaluationOf = (row_dimensions: Evaluation['row_dimensions'], keys: string[][], members: Evaluation['members']) =>
  ({
    figures: [{ figure: 'case_count', unit: 'cases', digits: 0, totals: 'mean' }],
    row_dimensions,
    column_dimension: null,
    from: '2026-09',
    to: '2026-09',
    grain: 'month',
    data_as_of: '2026-10-15T10:00:00Z',
    members,
    service_kinds: [],
    columns: [{ key: null, figure: 'case_count' }],
    rows: [
      ...keys.map((each, at) => ({ keys: each, values: [(at + 1) * 10], signs: [null] })),
      { keys: row_dimensions.map(() => null), values: [60], signs: [null] },
    ],
  }) as unknown as Evaluation
const chartOf = (answer: Evaluation) =>
  evaluationChart({ answer, pivot: pivotOf(answer, catalogue), catalogue, filtered: 'Mecklenburg-Vorpommern', own: undefined })

test('kinds of help are drawn as authorities are, named by what they are, without the total', () => {
  const members = { service_kind: [{ key: 's34', label: 'Heimerziehung, Wohngruppe', short: '§ 34 SGB VIII' }] }
  const view = chartOf(evaluationOf(['service_kind'], [['s34'], ['s31'], ['s33']], members))!
  expect(view.title.replaceAll('\u00a0', ' ')).toBe('Fallzahl von 10 (§ 34 Heimerziehung, Wohngruppe) bis 30 (§ 33 Vollzeitpflege)')
  expect(view.twin.heads).toEqual(['Hilfeart', 'Wert'])
  expect(view.twin.rows).toHaveLength(3)
  expect(view.missing).toBeUndefined()
})

test('rows within rows are a table only', () => {
  expect(chartOf(evaluationOf(['form', 'service_kind'], [['stationaer', 's34']], {}))).toBeUndefined()
})

test('what nobody has is left out of the drawing and stays in its table', () => {
  const answer = evaluationOf(['service_kind'], [['s34'], ['s31'], ['s33']], {})
  answer.rows[0]!.values = [0]
  const view = chartOf(answer)!
  expect(view.title.replaceAll('\u00a0', ' ')).toContain('von 20 (§ 31')
  expect(view.subtitle).toContain('Ohne die, bei denen nichts gezählt ist.')
  expect(view.twin.rows).toHaveLength(3)
})

test('a long name keeps its end, which tells it apart', () => {
  const names = ['ambulant', 'teilstationär', 'stationär'].map((form) => `§ 35a Eingliederungshilfe bei seelischer Behinderung, ${form}`)
  expect(new Set(names.map((name) => cutText(name, 20))).size).toBe(3)
  expect(cutText(names[0]!, 44)).toBe('§ 35a Eingliederu…cher Behinderung, ambulant')
  expect(cutText('Vollzeitpflege', 20)).toBe('Vollzeitpflege')
})
