import { describe, expect, test } from 'vitest'
import type { Comparison, ComparisonRow, Distribution, Evaluation, KeyFigure, Trend } from '../../client.ts'
import { ageSexView, isToldByAge } from './age-sex-view.ts'
import { type ChartContext, listText, readChart } from './chart-context.ts'
import { distributionView } from './distribution-view.ts'
import { dotsView, placeAgainstMedian } from './dots-view.ts'
import { centreOf, funnelView } from './funnel-view.ts'
import { mapView, stateAreaOf } from './map-view.ts'
import { averageText } from './comparison-view.ts'
import { shownPanels } from './multiples-view.ts'
import { trendView } from './trend-view.ts'

const rowOf = (region: string, ags: string, current: number | null, cases: number | null): ComparisonRow => ({
  region,
  id: ags,
  ags,
  name: region,
  current,
  previous: current,
  year_average: current,
  previous_year_average: current,
  change: 0,
  cases,
  parts: null,
  signs: current === null ? { current: '.' } : {},
})
const rate: Partial<KeyFigure> = {
  name: 'dropout_rate',
  label: 'Abbruchquote',
  unit: 'ratio',
  group: 'Verlauf',
  source: 'SoJuS, Buchungen',
}
const count: Partial<KeyFigure> = { ...rate, name: 'case_count', label: 'Fallzahl', unit: 'cases', group: 'Fälle' }
const share: Partial<KeyFigure> = { ...rate, name: 'budget_share_paid', label: 'Ausgeschöpfter Haushaltsansatz', group: 'Geld' }
const days: Partial<KeyFigure> = { ...rate, name: 'dwell_time_mean', label: 'Verweildauer: Mittel', unit: 'days' }

const shares = [
  rowOf('VG', '13075', 0.16, 207),
  rowOf('LHSN', '13004', 0.1, 99),
  rowOf('HRO', '13003', null, null),
  rowOf('VR', '13073', 0.255, 204),
  rowOf('MSE', '13071', 0.17, 12),
]

const told: { looked: unknown[]; chosen: unknown[] } = { looked: [], chosen: [] }
const contextOf = (figure: Partial<KeyFigure>, rows: ComparisonRow[] = shares, area = { code: 'MV', name: 'Mecklenburg-Vorpommern' }) => {
  const answer = {
    unit: figure.unit,
    digits: 1,
    month: '2026-09',
    running: false,
    rows,
    total: { current: 0.163, signs: {} },
    weighted_average: { current: 0.162, signs: {} },
  } as unknown as Comparison
  const context: ChartContext = {
    selection: { figure: figure as KeyFigure, service_kind: null, specialisation: null, month: '2026-09', area },
    answer,
    trend: {} as Trend,
    distribution: undefined,
    ageSex: undefined,
    dataAsOf: '2026-10-15T10:00:00Z',
    highlighted: '13075',
    areas: [area, { code: 'MV', name: 'Mecklenburg-Vorpommern' }, { code: 'de', name: 'Deutschland' }],
    running: '2026-10',
    allPanels: false,
    screenful: 30,
    look: (change) => told.looked.push(change),
    choose: (change) => told.chosen.push(change),
    hrefOf: (change) => JSON.stringify(change),
  }
  return context
}

describe('the ranking', () => {
  test('says how many differ clearly from the median, and who', () => {
    const view = dotsView(contextOf(rate))
    expect(view.title).toBe('1 von 4 Trägern unterscheidet sich deutlich vom Median')
    expect(view.summary).toContain('Median 16,5: deutlich darüber VR.')
    expect(view.summary).toContain('Bei den übrigen kann der Abstand Zufall sein.')
    expect(view.subtitle).toContain('Ein Wert ist geheim.')
  })
  test('takes few cases for what they are: nothing certain', () => {
    const { rows } = placeAgainstMedian(contextOf(rate))
    expect(rows.find(({ region }) => region === 'MSE')!.side).toBe('unclear')
    expect(rows.map(({ region }) => region)).not.toContain('HRO')
  })
  test('claims no difference where nothing is known of the scatter', () => {
    const view = dotsView(contextOf(days, [rowOf('A', '13001', 180, 30), rowOf('B', '13002', 190, 7), rowOf('C', '13003', 220, 90)]))
    expect(view.title).toBe('Verweildauer: Mittel von 180,0 in A bis 220,0 in C')
    expect(view.summary).toContain('nicht bekannt')
    expect(view.summary).toContain('Hohl: weniger als 20 Fälle')
  })
  test('tells from their distribution which medians of rates differ', () => {
    const median: Partial<KeyFigure> = { ...rate, name: 'rate_median', label: 'Entgelt: Median', unit: 'cents_per_unit', group: 'Entgelte' }
    const rows = [rowOf('A', '13001', 160_00, 90), rowOf('B', '13002', 170_00, 90), rowOf('C', '13003', 190_00, 90)]
    const intervalOf = ({ current }: ComparisonRow) => ({ from: current! - 3_00, to: current! + 3_00 })
    const distribution = { rows: rows.map((row) => ({ id: row.id, median_interval: intervalOf(row) })) } as unknown as Distribution
    const view = dotsView({ ...contextOf(median, rows), distribution })
    expect(view.title).toBe('2 von 3 Trägern unterscheiden sich deutlich vom Median')
    expect(view.summary).toContain('deutlich darüber C, deutlich darunter A')
    expect(view.twin.rows.map(({ cells }) => cells[1])).toEqual(['187,0 bis 193,0', '167,0 bis 173,0', '157,0 bis 163,0'])
  })
  test('lists secret values in its table by their sign', () => {
    const { rows } = dotsView(contextOf(rate)).twin
    expect(rows.map(({ head }) => head)).toEqual(['VR', 'MSE', 'VG', 'LHSN', 'HRO'])
    expect(rows.at(-1)!.cells[0]).toEqual({ sign: '.' })
  })
  test('needs three values', () => expect(dotsView(contextOf(rate, shares.slice(0, 2))).missing!.why).toContain('zu wenige'))
})

describe('the funnel', () => {
  test('says who lies outside of what chance explains', () => {
    const view = funnelView(contextOf(rate))
    expect(view.title).toBe('1 von 4 Trägern liegt außerhalb der 95-%-Grenzen')
    expect(view.summary).toBe('Gesamt 16,3. Über den 95-%-Grenzen: VR. Auch außerhalb der 99,8-%-Grenzen: VR.')
  })
  test('stands around the open values where the total is secret', () => {
    const context = contextOf(rate)
    context.answer.total.current = null
    // worked by hand: (0,16 · 207 + 0,1 · 99 + 0,255 · 204 + 0,17 · 12) ÷ 522
    expect(centreOf(context)).toBeCloseTo(0.186, 3)
    expect(funnelView(context).summary).toContain('ohne die geheimen, 18,6.')
  })
  test('is not drawn for shares of money or for amounts', () => {
    for (const figure of [share, count]) expect(funnelView(contextOf(figure)).missing!.why).toContain('nur für Anteile an Fällen')
  })
})

describe('the distribution', () => {
  const median: Partial<KeyFigure> = { ...rate, name: 'rate_median', label: 'Entgelt: Median', unit: 'cents_per_unit', protected: true }
  const curve = (id: string, values: number[], sign: '.' | null = null) => ({ id, ags: id, region: id, name: id, values, sign, cases: 40 })
  const ratesOf = (highlighted: string) => {
    const context = contextOf(median)
    const rows = [curve('13075', [80_00, 100_00, 120_00, 150_00, 200_00]), curve('13004', [90_00, 110_00, 130_00]), curve('13003', [], '.')]
    const distribution = { rows, total: { values: [80_00, 110_00, 200_00], sign: null, cases: 80 } } as unknown as Distribution
    return distributionView({ ...context, highlighted, distribution })
  }
  test('says between what the middle half of the rates lies, as far as the curve tells', () => {
    expect(ratesOf('13075').title).toBe('Entgelte in VG: mittlere Hälfte von 100,0 bis 150,0, Median 120,0')
    expect(ratesOf('13004').title).toBe('Entgelte in LHSN: von 90,0 bis 130,0, Median 110,0')
    expect(ratesOf('13003').title).toBe('Entgelte in Mecklenburg-Vorpommern: von 80,0 bis 200,0, Median 110,0')
  })
  test('has a table in which finer steps than told are secret', () => {
    const { heads, rows } = ratesOf('13075').twin
    expect(heads.slice(1, 6).map((head) => head.replace('\u00a0', ' '))).toEqual(['0 %', '25 %', '50 %', '75 %', '100 %'])
    const secret = { sign: '.' }
    expect(rows[1]!.cells.slice(0, 5)).toEqual([expect.any(String), secret, expect.any(String), secret, expect.any(String)])
    expect(rows[2]!.cells.slice(0, 5)).toEqual([secret, secret, secret, secret, secret])
  })
  test('of other figures leads to the rates', () =>
    expect(distributionView(contextOf(rate)).missing!.instead!.href).toContain('rate_median'))
})

describe('the map', () => {
  test('shows no amounts and leads to the density', () => {
    const { why, instead } = mapView(contextOf(count)).missing!
    expect(why).toContain('Anzahlen und Beträge stehen nicht auf der Karte')
    expect(instead!.href).toContain('case_density')
  })
  test('puts values of few cases in brackets and carries the credit line', () => {
    const view = mapView(contextOf(rate, [rowOf('A', '13001', 0.4, 7), rowOf('B', '13002', 0.1, 70)]))
    expect(view.title).toBe('Abbruchquote von 10,0 in B bis (40,0) in A')
    expect(view.credit).toBe('© GeoBasis-DE / BKG 2019, dl-de/by-2-0, Daten verändert')
  })
  test('tells the values of towns without a shape in words', () => {
    const view = mapView(contextOf(rate, [...shares, rowOf('Stadt', '05158016', 0.12, 80)]))
    expect(view.note).toContain('Stadt: 12,0')
    expect(view.pick!.items.map(({ id }) => id)).not.toContain('05158016')
  })
  test('in a state highlights the district chosen, in Germany opens its state', () => {
    mapView(contextOf(rate)).pick!.choose('13073')
    expect(told.looked.at(-1)).toEqual({ region: '13073', cell: undefined })
    mapView(contextOf(rate, shares, { code: 'de', name: 'Deutschland' })).pick!.choose('13073')
    expect(told.chosen.at(-1)).toEqual({ area: 'MV', region: '13073', cell: undefined })
  })
  test('knows the state of every key', () => {
    expect(['01001', '11000', '16077', '99999'].map(stateAreaOf)).toEqual(['SH', 'BE', 'TH', undefined])
  })
})

describe('ages and sexes', () => {
  const stock: Partial<KeyFigure> = { ...count, name: 'case_stock', label: 'Bestand am Monatsende', flow: false }
  const answerOf = (sign: '.' | '…' | null) =>
    ({
      as_of: null,
      population_date: '2019-12-31',
      inhabitants: [{ age_group: 'u3', sex: 'w', inhabitants: 15_000 }],
      figures: [{ figure: 'case_stock', unit: 'cases', digits: 0, totals: 'last' }],
      members: {
        age_group: [
          { key: 'u3', label: 'unter 3 Jahre', short: 'unter 3' },
          { key: 'a10_15', label: '10 bis unter 15 Jahre', short: '10–14' },
        ],
      },
      columns: ['w', 'm', 'd', null].map((key) => ({ key, figure: 'case_stock' })),
      rows: [
        { keys: ['u3'], values: sign ? [null, 9, 0, null] : [3, 9, 0, 12], signs: [sign, sign === '…' ? '…' : null, null, sign] },
        { keys: ['a10_15'], values: [30, 10, 0, 40], signs: [null, null, null, null] },
        { keys: [null], values: [33, 19, 0, 52], signs: [null, null, null, null] },
      ],
    }) as unknown as Evaluation
  const viewOf = (sign: '.' | null, figure = stock) => ageSexView({ ...contextOf(figure), ageSex: answerOf(sign) })

  test('says where the most are, and how many are girls and women', () => {
    const { title, subtitle, summary, twin } = viewOf(null)
    expect(title).toBe('Die meisten: 10 bis unter 15 Jahre, weiblich (30)')
    expect(subtitle).toBe(
      'Bestand am Monatsende aller Hilfearten, Mecklenburg-Vorpommern, Ende September 2026, nach dem Alter bei Beginn der Hilfe.',
    )
    expect(summary!.replaceAll('\u00a0', ' ')).toBe('63 % sind weiblich, 37 % männlich.')
    expect(twin.rows.map(({ head }) => head)).toEqual(['10 bis unter 15 Jahre', 'unter 3 Jahre'])
    // 3 of 15,000
    expect([twin.heads.at(-2), twin.rows[1]!.cells.at(-2)]).toEqual(['je 10.000 weiblich', '2,0'])
  })
  test('counts what is secret and leaves its age out of the shares', () => {
    const { subtitle, summary, twin } = viewOf('.')
    expect(subtitle).toContain('Ein Wert ist geheim.')
    expect(summary!.replaceAll('\u00a0', ' ')).toBe('75 % sind weiblich, 25 % männlich in den Altersgruppen ohne geheime Werte.')
    expect(twin.rows[1]!.cells[0]).toEqual({ sign: '.' })
  })
  test('is offered for a state and its figures, and says what to choose elsewhere', () => {
    const { selection } = contextOf(stock)
    expect(isToldByAge(selection)).toBe(true)
    expect(isToldByAge({ ...selection, area: { code: 'de', name: 'Deutschland' } })).toBe(false)
    expect(isToldByAge({ ...selection, figure: count as KeyFigure })).toBe(false)
    expect(ageSexView(contextOf(count)).missing!.instead!.href).toContain('case_stock')
    const later = ageSexView({
      ...contextOf({ ...stock, flow: true }),
      ageSex: {
        ...answerOf('…'),
        rows: answerOf('…')
          .rows.slice(0, 1)
          .map((row) => ({ ...row, values: [null, null, null, null], signs: ['…', '…', '…', '…'] })),
      },
    })
    expect(later.missing!.instead!.href).toContain('2025-12')
  })
})

test('small multiples always show the highlighted', () => {
  const rows = ['a', 'b', 'c', 'd'].map((id) => ({ id }))
  expect(shownPanels(rows, 'd', 2).map(({ id }) => id)).toEqual(['a', 'd'])
  expect(shownPanels(rows, 'a', 2).map(({ id }) => id)).toEqual(['a', 'b'])
})

test('lists name a few and count the rest', () => {
  expect(listText(['VG'])).toBe('VG')
  expect(listText(['VG', 'VR', 'MSE'])).toBe('VG, VR und MSE')
  expect(listText(['a', 'b', 'c', 'd', 'e', 'f'])).toBe('a, b, c, d und 2 weitere')
})

test('the trend is the chart nobody has to choose', () => {
  expect(readChart(undefined)).toBe('trend')
  expect(readChart('map')).toBe('map')
  expect(readChart('pie')).toBeUndefined()
})

test('the trend says since when the highlighted authority lies above or below the average and the median of all', () => {
  const months = ['2026-05', '2026-06', '2026-07', '2026-08', '2026-09']
  const row = (region: string, values: (number | null)[]) => ({
    region,
    id: region,
    values,
    signs: values.map((value) => (value === null ? '.' : null)),
  })
  const trend = {
    months,
    running_month: null,
    // medians: 3, 3, none of two, 4, 4
    rows: [row('VG', [2, 3, 4, 5, 6]), row('LHSN', [3, 2, 1, 3, 4]), row('HRO', [4, 3, null, 4, 3])],
    total: row('Summe', []),
    weighted_average: row('EW', [3, 2, 3, 3, 7]),
  } as unknown as Trend
  const summary = (highlighted: string) => trendView({ ...contextOf(count), trend, highlighted }).summary
  expect(summary('VG')).toBe(
    'VG liegt seit September 2026 unter dem EW-gewichteten Durchschnitt und mindestens seit August 2026 ohne Unterbrechung über dem Median der Träger.',
  )
  expect(summary('nobody')).toBeUndefined()
})

test('a weighted average of some authorities says so', () => {
  const of = (...currents: (number | null)[]) => {
    const rows = currents.map((current, at) => rowOf(`R${at}`, `1300${at}`, current, 9))
    return averageText({ rows, weighted_average: { current: currents.find((each) => each !== null) ?? null } } as unknown as Comparison)
  }
  expect(of(null, 0.22, null)).toBe(
    'Der EW-gewichtete Durchschnitt des Monats beruht auf 1 von 3 örtlichen Trägern: Er ist der Wert von R1 allein, die anderen sind geheim oder ohne Wert.',
  )
  expect(of(0.2, 0.22, null)).toContain('beruht auf 2 von 3 örtlichen Trägern, die anderen')
  expect(of(0.2, 0.22, 0.1)).toBeUndefined()
  expect(of(null, null)).toBeUndefined()
})
