import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ChartPage, openCharts, type OnPage } from './chart.fixture.ts'
import type { trendChart, TrendOptions, TrendRows } from './trend.ts'

let charts: ChartPage
beforeAll(async () => {
  charts = await openCharts(['trend'])
})
afterAll(() => charts?.close())

const months = Array.from({ length: 22 }, (_, index) => `${2025 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`)
const row = (region: string, base: number, step: number, secret: number[] = []) => ({
  region,
  id: region,
  ags: region,
  name: region,
  values: months.map((_, index) => (secret.includes(index) ? null : base + Math.round(step * index) + (index % 3))),
  signs: months.map((_, index) => (secret.includes(index) ? ('.' as const) : null)),
})
const rows: TrendRows = {
  months,
  rows: [row('VG', 55, 0.4), row('LHSN', 4, 0, [14, 17, 21]), row('HRO', 58, 0.4), row('LRO', 34, -0.25), row('NWM', 13, 0.1, [21])],
  weighted_average: { values: months.map((_, index) => 43.5 + index * 0.1), signs: months.map(() => null) },
}
const options: OnPage<TrendOptions> = {
  width: 960,
  highlighted: 'VG',
  format: { unit: 'cases', digits: 0 },
  title: 'VG steigt',
  running: false,
}

type Drawing = { trendChart: typeof trendChart }
const draw = (given: TrendRows, drawn: OnPage<TrendOptions>) =>
  // one element a line, so that a difference can be read
  charts.page.evaluate(([trend, wanted]) => (window as unknown as Drawing).trendChart(trend, wanted).outerHTML.replaceAll('><', '>\n<'), [
    given,
    drawn,
  ] as const)

test('the trend is drawn as it was', async () => {
  await expect(await draw(rows, options)).toMatchFileSnapshot('trend.snapshot.svg')
})

test('on a phone labels are short and the drawing lower', async () => {
  const svg = await draw(rows, { ...options, width: 328 })
  expect(svg).toContain('EW-Ø  45,6')
  expect(svg).toContain('height="300"')
})

test('a secret last value shows its sign, gaps stay gaps', async () => {
  const svg = await draw(rows, options)
  expect(svg).toContain('NWM  .')
  expect(svg.match(/NaN|undefined|Infinity/)).toBeNull()
})

test('a running month ends in a hollow point', async () => {
  expect(await draw(rows, { ...options, running: true })).toContain('fill="var(--sj-paper)"')
})

test('changes have both sides of zero, where the line of the axis lies', async () => {
  const falling = {
    ...rows,
    rows: [{ ...row('VG', 0, 0), values: months.map((_, at) => -0.01 * at) }],
    weighted_average: { values: [], signs: [] },
  }
  const svg = await draw(falling, { ...options, format: { unit: 'change', digits: 1 } })
  expect(svg).toContain('>0<')
  expect(svg).toContain('VG  −21,0')
  expect(svg.match(/NaN|undefined|Infinity/)).toBeNull()
})

test('many regions become a band with the highlighted one above it', async () => {
  const many = { ...rows, rows: [row('VG', 55, 0.4), ...Array.from({ length: 40 }, (_, index) => row(`R${index}`, 20 + index, 0.1))] }
  const svg = await draw(many, options)
  expect(svg).toContain('fill="var(--sj-data-band)"')
  expect(svg).not.toContain('R12')
})

test('it carries one name and no style of its own', async () => {
  const svg = await draw(rows, options)
  expect(svg.match(/aria-label/g)).toHaveLength(1)
  expect(svg).not.toContain('<style')
})
