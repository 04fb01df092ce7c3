import { expect, test } from 'vitest'
import type { Catalogue, Evaluation } from '../../client.ts'
import { noBreakSpace } from '../../format.ts'
import { type ChartKind, chartsFor, pivotOf } from './evaluation.ts'
import { cutText, evaluationChart } from './evaluation-chart.ts'

const catalogue = {
  figures: [{ name: 'case_count', label: 'Fallzahl', source: 'SoJuS, Buchungen' }],
  service_kinds: [
    { code: 's34', legal_basis: '§ 34 SGB VIII', label: 'Heimerziehung, Wohngruppe' },
    { code: 's31', legal_basis: '§ 31 SGB VIII', label: 'Sozialpädagogische Familienhilfe' },
    { code: 's33', legal_basis: '§ 33 SGB VIII', label: 'Vollzeitpflege' },
  ],
  months: { first: '2025-01', last: '2026-10', running: '2026-10' },
} as unknown as Catalogue

const evaluationOf = (row_dimensions: Evaluation['row_dimensions'], keys: string[][], members: Evaluation['members']) =>
  ({
    figures: [{ figure: 'case_count', unit: 'cases', digits: 0, totals: 'mean' }],
    row_dimensions,
    column_dimension: null,
    from: '2026-09',
    to: '2026-09',
    running_month: null,
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
const chartOf = (answer: Evaluation, kind?: ChartKind) =>
  evaluationChart({ answer, pivot: pivotOf(answer, catalogue), catalogue, filtered: 'Mecklenburg-Vorpommern', own: undefined, kind })

test('kinds of help are drawn as authorities are, named by what they are, without the total', () => {
  const members = { service_kind: [{ key: 's34', label: 'Heimerziehung, Wohngruppe', short: '§ 34 SGB VIII' }] }
  const view = chartOf(evaluationOf(['service_kind'], [['s34'], ['s31'], ['s33']], members))!
  expect(view.title.replaceAll('\u00a0', ' ')).toBe('Fallzahl von 10 (§ 34 Heimerziehung, Wohngruppe) bis 30 (§ 33 Vollzeitpflege)')
  expect(view.twin.heads).toEqual(['Hilfeart', 'Wert'])
  expect(view.twin.rows).toHaveLength(3)
  expect(view.missing).toBeUndefined()
})

test('each table has the drawings that make sense for it, the usual one first', () => {
  const [cases, ratio] = [{ unit: 'cases' as const }, { unit: 'ratio' as const }]
  expect(chartsFor({ rows: ['region'], columns: 'period', figure: ratio, against: null })).toEqual(['line', 'dots', 'map'])
  // numbers of cases follow from the size of a district
  expect(chartsFor({ rows: ['region'], columns: undefined, figure: cases, against: null })).toEqual(['dots'])
  expect(chartsFor({ rows: ['service_kind'], columns: 'period', figure: ratio, against: null })).toEqual(['dots', 'line'])
  expect(chartsFor({ rows: ['period'], columns: 'service_kind', figure: ratio, against: null })).toEqual(['line'])
  expect(chartsFor({ rows: ['state', 'region'], columns: 'period', figure: ratio, against: null })).toEqual([])
})

test('the change against what is compared is drawn on demand: as percent, of ratios as percentage points', () => {
  const held = (answer: Evaluation, changes: (number | null)[]): Evaluation => ({
    ...answer,
    against: 'previous_year',
    rows: answer.rows.map((row, at) => ({
      ...row,
      compared: {
        references: { values: [10], signs: [null] },
        changes: { values: [changes[at] ?? null], signs: [changes[at] === null ? '.' : null] },
      },
    })),
  })
  const answer = held(evaluationOf(['service_kind'], [['s34'], ['s31'], ['s33'], ['s35']], {}), [-0.125, 0.04, 0, null, 0.01])
  const kinds = { rows: answer.row_dimensions, columns: null, figure: answer.figures[0]!, against: answer.against }
  expect(chartsFor(kinds)).toEqual(['dots', 'dots_change'])
  // cases follow from the size of a district, their change does not
  expect(chartsFor({ ...kinds, rows: ['region'] })).toEqual(['dots', 'dots_change', 'map_change'])
  expect(chartOf(answer)!.title.replaceAll(noBreakSpace, ' ')).toContain('Fallzahl von 10 (')
  const view = chartOf(answer, 'dots_change')!
  expect(view.title.replaceAll(noBreakSpace, ' ')).toBe(
    'Fallzahl gegenüber dem Vorjahreszeitraum: von −12,5 % (§ 34 Heimerziehung, Wohngruppe) bis +4,0 % (§ 31 Sozialpädagogische Familienhilfe)',
  )
  expect(view.subtitle.replaceAll(noBreakSpace, ' ')).toBe(
    'Fallzahl gegenüber dem Vorjahreszeitraum, Veränderung in %, Mecklenburg-Vorpommern. Geheime Werte fehlen.',
  )
  expect(view.twin.heads.map((head) => head.replaceAll(noBreakSpace, ' '))).toEqual(['Hilfeart', 'Veränderung in %'])
  expect(view.twin.rows).toHaveLength(4)
  const ratio = { ...answer, figures: [{ ...answer.figures[0]!, unit: 'ratio' as const, totals: 'quotient' as const }] }
  const points = chartOf(ratio, 'dots_change')!
  expect(points.title.replaceAll(noBreakSpace, ' ')).toContain('von −12,5 Prozentpunkten (')
  expect(points.twin.heads[1]!.replaceAll(noBreakSpace, ' ')).toBe('Veränderung in Prozentpunkten')
})

test('the chosen drawing is drawn: lines of kinds of help over months, those that nobody has left out', () => {
  const answer = evaluationOf(['service_kind'], [['s34'], ['s31'], ['s33']], {})
  const over: Evaluation = {
    ...answer,
    column_dimension: 'period',
    from: '2026-08',
    columns: ['2026-08', '2026-09'].map((key) => ({ key, figure: 'case_count' })),
    rows: answer.rows.map((row, at) => ({ ...row, values: at === 1 ? [0, 0] : [at, 10 + at], signs: [null, null] })),
  }
  const view = chartOf(over, 'line')!
  expect(view.twin.heads.map((head) => head.replaceAll('\u00a0', ' '))).toEqual([
    'Zeitraum',
    '§ 34 Heimerziehung, Wohngruppe',
    '§ 33 Vollzeitpflege',
  ])
  expect(view.twin.rows.map(({ head }) => head)).toEqual(['August 2026', 'September 2026'])
  expect(chartOf(over)!.twin.heads).toEqual(['Hilfeart', 'Wert'])
  // a map is none for these
  expect(chartOf(over, 'map')!.twin.heads).toEqual(['Hilfeart', 'Wert'])
})

test('of many kinds the largest are drawn as lines', () => {
  const keys = Array.from({ length: 20 }, (_, at) => `kind${at}`)
  const answer = evaluationOf(
    ['service_kind'],
    keys.map((key) => [key]),
    {},
  )
  const over: Evaluation = {
    ...answer,
    column_dimension: 'period',
    columns: ['2026-08', '2026-09'].map((key) => ({ key, figure: 'case_count' })),
    rows: answer.rows.map((row, at) => ({ ...row, values: [100 - at, 1], signs: [null, null] })),
  }
  const view = chartOf(over, 'line')!
  expect(view.twin.heads.slice(1)).toEqual(keys.slice(0, 12))
  expect(view.subtitle).toContain('Die 12 mit den größten Werten.')
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
