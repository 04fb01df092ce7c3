import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ChartPage, openCharts } from './chart.fixture.ts'
import type { queryBars, queryLine, QueryChartOptions, QueryPoint } from './query-result.ts'

let charts: ChartPage
beforeAll(async () => {
  charts = await openCharts(['query-result'])
})
afterAll(() => charts?.close())

type Drawing = { queryBars: typeof queryBars; queryLine: typeof queryLine }
const draw = (kind: keyof Drawing, points: QueryPoint[], options: Partial<QueryChartOptions> = {}) =>
  charts.page.evaluate(
    ([kind, points, options]) => {
      const svg = (window as unknown as Drawing)[kind](points, options)
      return {
        svg: svg.outerHTML,
        texts: [...svg.querySelectorAll('text')].map((text) => text.textContent),
        role: svg.getAttribute('role'),
      }
    },
    [kind, points, { width: 700, title: 'wert nach name', digits: 0, ...options }] as const,
  )
const point = (label: string, value: number | null, day: string | null = null): QueryPoint => ({ label, day, value })

test('bars carry their names and values, also below zero, missing and equal names', async () => {
  const { svg, texts, role } = await draw('queryBars', [
    point('A', 12345),
    point('A', -3),
    point('ein sehr langer Name, der gekürzt werden muss, weil er nicht passt', 0),
    point('C', null),
  ])
  expect(role).toBe('img')
  expect(texts).toEqual(expect.arrayContaining(['A', 'C', '12.345', '\u22123', '–']))
  expect(texts.some((text) => text?.startsWith('ein sehr langer Name') && text.endsWith('…'))).toBe(true)
  expect(svg).not.toMatch(/NaN|undefined|Infinity/)
})

test('a line stands in the order of its days, with gaps where values are missing', async () => {
  const days = [
    point('Mrz. 2026', 5, '2026-03-01'),
    point('Jan. 2026', 1.5, '2026-01-01'),
    point('Feb. 2026', null, '2026-02-01'),
    point('Apr. 2026', 4, '2026-04-01'),
  ]
  const { svg, texts } = await draw('queryLine', days, { digits: 1 })
  expect(texts.filter((text) => text?.includes('2026'))[0]).toBe('Jan. 2026')
  expect(texts).toContain('4,0')
  expect(svg).not.toMatch(/NaN|undefined|Infinity/)
})

test('a single point, and nothing but zeros, can be drawn', async () => {
  for (const kind of ['queryBars', 'queryLine'] as const)
    for (const points of [[point('A', 7)], [point('A', 0), point('B', 0)], [point('A', null)]])
      expect((await draw(kind, points)).svg).not.toMatch(/NaN|undefined|Infinity/)
})
