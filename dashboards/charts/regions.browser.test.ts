import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TrendRow } from '../client.ts'
import { valueInterval } from '../uncertainty.ts'
import type { ageSexChart, AgeSexOptions, AgeSexRow } from './age-sex.ts'
import { type ChartPage, openCharts, type OnPage } from './chart.fixture.ts'
import type { distributionChart, DistributionOptions, DistributionRow } from './distribution.ts'
import type { loadDistricts } from './districts.ts'
import type { DotRow, dotsChart, DotOptions } from './dots.ts'
import type { funnelChart, FunnelOptions, FunnelRow } from './funnel.ts'
import type { mapChart, MapOptions, MapRow } from './map.ts'
import type { multiplesChart, MultiplesOptions } from './multiples.ts'

let charts: ChartPage
beforeAll(async () => {
  charts = await openCharts(['age-sex', 'dots', 'distribution', 'funnel', 'multiples', 'map', 'districts'])
})
afterAll(() => charts?.close())

type Drawing = {
  ageSexChart: typeof ageSexChart
  dotsChart: typeof dotsChart
  distributionChart: typeof distributionChart
  funnelChart: typeof funnelChart
  multiplesChart: typeof multiplesChart
  mapChart: typeof mapChart
  loadDistricts: typeof loadDistricts
}
// one element a line, so that a difference can be read
const dots = (rows: DotRow[], options: OnPage<DotOptions>) =>
  charts.page.evaluate(([given, wanted]) => (window as unknown as Drawing).dotsChart(given, wanted).outerHTML.replaceAll('><', '>\n<'), [
    rows,
    options,
  ] as const)
const distribution = (rows: DistributionRow[], options: OnPage<DistributionOptions>) =>
  charts.page.evaluate(
    ([given, wanted]) => (window as unknown as Drawing).distributionChart(given, wanted).outerHTML.replaceAll('><', '>\n<'),
    [rows, options] as const,
  )
const ageSex = (rows: AgeSexRow[], options: OnPage<AgeSexOptions>) =>
  charts.page.evaluate(([given, wanted]) => (window as unknown as Drawing).ageSexChart(given, wanted).outerHTML.replaceAll('><', '>\n<'), [
    rows,
    options,
  ] as const)
const funnel = (rows: FunnelRow[], options: OnPage<FunnelOptions>) =>
  charts.page.evaluate(([given, wanted]) => (window as unknown as Drawing).funnelChart(given, wanted).outerHTML.replaceAll('><', '>\n<'), [
    rows,
    options,
  ] as const)
const multiples = (rows: TrendRow[], options: OnPage<MultiplesOptions>) =>
  charts.page.evaluate(
    ([given, wanted]) => (window as unknown as Drawing).multiplesChart(given, wanted).outerHTML.replaceAll('><', '>\n<'),
    [rows, options] as const,
  )
const map = (rows: MapRow[], options: Omit<OnPage<MapOptions>, 'shapes'>, state: string) =>
  charts.page.evaluate(
    async ([given, wanted, prefix]) => {
      const { loadDistricts, mapChart } = window as unknown as Drawing
      const shapes = (await loadDistricts()).filter(({ properties: { ags } }) => ags.startsWith(prefix))
      return mapChart(given, { ...wanted, shapes }).outerHTML.replaceAll('><', '>\n<')
    },
    [rows, options, state] as const,
  )
const broken = /NaN|undefined|Infinity/

const format = { unit: 'per_10000', digits: 1 } as const
const names = ['VG', 'LHSN', 'LUP', 'NWM', 'HRO', 'LRO', 'VR', 'MSE']
const keys = ['13075', '13004', '13076', '13074', '13003', '13072', '13073', '13071']
const densities = [366.7, 398.7, 268.1, 243.7, 323.8, 234.2, 299, 347.4]
const behind = [1502, 717, 1007, 7, 1187, 939, 1134, 1562]

describe('ranked dots', () => {
  const rows = names.map((region, at): DotRow => {
    const [value, cases] = [densities[at]!, behind[at]!]
    const interval = valueInterval({ current: value, cases }, { unit: 'per_10000', group: 'Fälle' })!
    return { id: keys[at]!, region, name: region, value, interval, full: interval.from > 311.4 || interval.to < 311.4 }
  })
  const options: OnPage<DotOptions> = { width: 960, highlighted: '13075', format, title: 'Sechs weichen ab', median: 311.4, average: 307.1 }

  test('are drawn as they were', async () => {
    await expect(await dots(rows, options)).toMatchFileSnapshot('dots.snapshot.svg')
  })
  test('of all of Germany name only the highlighted and the extremes', async () => {
    const many = Array.from({ length: 401 }, (_, at): DotRow => {
      const value = 150 + ((at * 37) % 401)
      return { id: `R${at}`, region: `R${at}`, name: `R${at}`, value, interval: { from: value - 30, to: value + 40 }, full: false }
    })
    const svg = await dots(many, { ...options, highlighted: 'R200' })
    expect(svg.match(/data-id/g)).toHaveLength(401)
    const labels = [...svg.matchAll(/>(R\d+) [\d,]+</g)].map(([, region]) => region)
    expect(labels).toContain('R200')
    expect(labels.length).toBeLessThanOrEqual(7)
    expect(svg).not.toMatch(broken)
  })
  test('of changes lie on both sides of zero, with their signs', async () => {
    const changes = [-0.125, 0.04, 0, -0.01, -0.02, 0.01, -0.03, -0.004]
    const changed = rows.map((row, at) => ({ ...row, value: changes[at]!, interval: undefined, full: true }))
    const svg = await dots(changed, { ...options, format: { unit: 'change', digits: 1 }, median: -0.007, average: null })
    for (const text of ['−12,5', '+4,0', 'unverändert', 'Median −0,7']) expect(svg).toContain(`>${text}<`)
    const falling = changed.map((row) => ({ ...row, value: -0.05 - Math.abs(row.value) }))
    expect(await dots(falling, { ...options, format: { unit: 'change_points', digits: 1 }, median: null, average: null })).toContain('>0<')
    expect(svg).not.toMatch(broken)
  })
  test('without intervals and without an average have neither', async () => {
    const bare = rows.map((row) => ({ ...row, interval: undefined, full: true }))
    const svg = await dots(bare, { ...options, average: null, width: 328 })
    expect(svg).not.toContain('EW-Ø')
    expect(svg).not.toMatch(broken)
  })
})

describe('ages and sexes', () => {
  const cell = (value: number | null) => ({ value, sign: value === null ? '.' : null })
  const rows = (
    [
      ['ab 25', null, 0],
      ['15–17', 121, 164],
      ['unter 3', 31, null],
    ] as const
  ).map(([age, w, m]): AgeSexRow => ({ id: age, age, label: age, w: cell(w), m: cell(m), d: cell(0), all: cell(0) }))
  const options: OnPage<AgeSexOptions> = { width: 640, format: { unit: 'cases', digits: 0 }, title: 'Bestand nach Alter und Geschlecht' }

  test('are drawn as they were', async () => {
    await expect(await ageSex(rows, options)).toMatchFileSnapshot('age-sex.snapshot.svg')
  })
  test('stay within a phone, with signs in place of secret bars', async () => {
    const svg = await ageSex(rows, { ...options, width: 300 })
    expect(svg).not.toMatch(broken)
    expect(svg.match(/>\.</g)).toHaveLength(2)
    for (const [, x, width] of svg.matchAll(/<rect x="([-\d.]+)" width="([-\d.]+)"/g)) {
      expect(Number(x)).toBeGreaterThan(0)
      expect(Number(x) + Number(width)).toBeLessThan(300)
    }
  })
})

describe('the distribution', () => {
  const rows = names.slice(0, 5).map((region, at): DistributionRow => {
    const steps = [20, 10, 4, 2, 20][at]!
    return {
      id: keys[at]!,
      region,
      values: Array.from({ length: steps + 1 }, (_, step) => 90_00 + at * 500 + (step / steps) ** 2 * 110_00),
    }
  })
  const total = Array.from({ length: 21 }, (_, step) => 92_00 + (step / 20) ** 2 * 108_00)
  const options: OnPage<DistributionOptions> = {
    width: 960,
    highlighted: '13075',
    format: { unit: 'cents_per_unit', digits: 2 },
    title: 'Entgelte in VG',
    total,
    counted: 'Buchungen',
  }

  test('is drawn as it was', async () => {
    await expect(await distribution(rows, options)).toMatchFileSnapshot('distribution.snapshot.svg')
  })
  test('of all of Germany is a band with the highlighted and all together above it', async () => {
    const many = Array.from({ length: 401 }, (_, at): DistributionRow => ({
      id: `R${at}`,
      region: `R${at}`,
      values: [8000 + at, 12000, 30000],
    }))
    const svg = await distribution(many, { ...options, width: 328, highlighted: 'R7' })
    expect(svg).toContain('fill="var(--sj-data-band)"')
    expect(svg.match(/data-id/g)).toHaveLength(1)
    expect([...svg.matchAll(/>(R\d+|alle)</g)].map(([, name]) => name)).toEqual(['R7', 'alle'])
    expect(svg).not.toMatch(broken)
  })
  test('of a single rate, with the total secret, can be drawn', async () => {
    const svg = await distribution([{ id: 'a', region: 'A', values: [100_00, 100_00, 100_00] }], { ...options, total: null })
    expect(svg).not.toMatch(broken)
    expect(svg).not.toContain('>alle<')
  })
})

describe('the funnel', () => {
  const shares = [0.188, 0.101, 0.166, 0.087, 0.113, 0.19, 0.255, 0.139]
  const cases = [207, 99, 151, 103, 168, 147, 204, 252]
  const rows = names.map((region, at): FunnelRow => {
    return { id: keys[at]!, region, value: shares[at]!, cases: cases[at]!, outside: region === 'VR' || region === 'NWM' }
  })
  const options: OnPage<FunnelOptions> = {
    width: 960,
    highlighted: '13075',
    format: { unit: 'ratio', digits: 1 },
    title: 'Zwei außerhalb',
    centre: 0.163,
    centreName: 'gesamt',
  }

  test('is drawn as it was', async () => {
    await expect(await funnel(rows, options)).toMatchFileSnapshot('funnel.snapshot.svg')
  })
  test('names those outside and the highlighted', async () => {
    const svg = await funnel(rows, options)
    expect(names.filter((name) => svg.includes(`>${name}<`))).toEqual(['VG', 'NWM', 'VR'])
  })
  test('of few cases stays within the drawing', async () => {
    expect(await funnel([{ id: 'a', region: 'A', value: 1, cases: 3, outside: true }], { ...options, width: 328 })).not.toMatch(broken)
  })
})

describe('small multiples', () => {
  const months = Array.from({ length: 14 }, (_, at) => `${2025 + Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`)
  const secret = (at: number, month: number) => at === 1 && (month === 5 || month === 7 || month === 13)
  const rows = names.map((region, at): TrendRow => ({
    region,
    id: keys[at]!,
    ags: keys[at]!,
    name: region,
    values: months.map((_, month) => (secret(at, month) ? null : 20 + at * 5 + month)),
    signs: months.map((_, month) => (secret(at, month) ? '.' : null)),
  }))
  const weighted_average = { values: months.map((_, month) => 35 + month), signs: months.map(() => null) }
  const options: OnPage<MultiplesOptions> = {
    width: 960,
    highlighted: '13075',
    format: { unit: 'cases', digits: 0 },
    title: 'Verläufe',
    months,
    weighted_average,
    running: false,
  }

  test('are drawn as they were', async () => {
    await expect(await multiples(rows, options)).toMatchFileSnapshot('multiples.snapshot.svg')
  })
  test('on a phone stand two in a row and lie within the width', async () => {
    const svg = await multiples(rows, { ...options, width: 328 })
    expect(svg).toContain(`height="${4 * 104 + 24}"`)
    expect(svg).not.toMatch(broken)
  })
})

describe('the map', () => {
  const rows = names.map((region, at): MapRow => {
    const hidden = region === 'NWM'
    return {
      id: keys[at]!,
      ags: keys[at]!,
      region,
      value: hidden ? null : densities[at]!,
      sign: hidden ? '.' : null,
      uncertain: region === 'LHSN',
    }
  })
  const options = { width: 960, highlighted: '13075', format, title: 'Falldichte' }

  test('of a state is drawn as it was', async () => {
    await expect(await map(rows, options, '13')).toMatchFileSnapshot('map.snapshot.svg')
  })
  test('names every authority, hatches what is secret and brackets what is uncertain', async () => {
    const svg = await map(rows, options, '13')
    expect(names.filter((name) => !svg.includes(`>${name}<`))).toEqual([])
    expect(svg).toContain('>(398,7)<')
    expect(svg).toContain('>geheim<')
    expect(svg.match(/fill="url\(#sj-hatching\)"/g)).toHaveLength(2)
    expect(svg).not.toContain('kein Wert')
  })
  test('of Germany leaves plain what has no value, and can be chosen everywhere', async () => {
    const svg = await map(rows, { ...options, width: 328 }, '')
    expect(svg.match(/data-id/g)).toHaveLength(401)
    expect(svg).toContain('>kein Wert<')
    expect(svg).not.toMatch(broken)
  })
  test('without any value still shows the districts', async () => {
    expect(await map([], options, '13')).not.toMatch(broken)
  })
})
