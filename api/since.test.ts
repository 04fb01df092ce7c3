import path from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evaluation, type EvaluationQuery } from '../warehouse/evaluation.ts'
import { bookingRow, commit, many, smallDirectory, testWarehouse, type Change } from '../warehouse/fixture.ts'
import { monthOf, monthText } from '../warehouse/month.ts'
import { openPast, type Past } from '../warehouse/past.ts'
import { sideBySide, type SideBySideQuery } from '../warehouse/side-by-side.ts'
import { allClasses } from '../warehouse/structure.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { SinceAnswer } from './answers.ts'
import { comparisonOf, questionOf } from './comparison-answer.ts'
import { evaluationAnswer } from './evaluation-answer.ts'
import type { Source } from './moment.ts'
import { sideBySideAnswer } from './side-by-side-answer.ts'
import { comparisonSince, evaluationSince, sideBySideSince } from './since.ts'

/*
 * By hand: VG (13075), HRO (13003), LHSN (13004). Helps of § 34, from the 3rd to the 20th of a month and ended then.
 * At the end of April: March VG 10, HRO 4, LHSN 5; April VG 8, HRO 6, LHSN 2, which is secret and HRO with it.
 * In May: two of March in VG are recorded late, one of HRO is cancelled, two of April in LHSN are recorded late.
 * Today: March VG 12, HRO 3, LHSN 5; April VG 8, HRO 6, LHSN 4, all open.
 * Helps of § 31 begun in 2025, all in VG: six of girls and seven of boys; in May three more of girls are recorded. Nine run since then, from
 * May on fourteen.
 */
const helps = (n: number, authority: string, month: string) =>
  many(n, () =>
    bookingRow({ youth_authority_id: authority, first_day: `${month}-03`, last_day: `${month}-20`, end_reason: 10, rate_cents: [90_00] }),
  )
const begun2025 = (n: number, sex: string) =>
  many(n, () => bookingRow({ service_kind: 's31', sex, first_day: '2025-05-03', last_day: '2025-05-20', end_reason: 10 }))
const lasting = (n: number, first_day: string) => many(n, () => bookingRow({ service_kind: 's31', first_day, last_day: '2027-06-30' }))

let warehouse: Warehouse
let then: Warehouse
let past: Past
let remove: () => Promise<void>
beforeAll(async () => {
  ;({ warehouse, remove } = await testWarehouse())
  const at = (committed_at: string, changes: Change[]) => commit(warehouse, ...changes.map((change) => ({ ...change, committed_at })))
  const [hro, ...others] = helps(4, '13003', '2026-03')
  await at('2026-04-10T10:00:00Z', smallDirectory)
  await at('2026-04-28T10:00:00Z', [
    {
      table: 'booking',
      added: [
        ...helps(10, '13075', '2026-03'),
        hro!,
        ...others,
        ...helps(5, '13004', '2026-03'),
        ...helps(8, '13075', '2026-04'),
        ...helps(6, '13003', '2026-04'),
        ...helps(2, '13004', '2026-04'),
        ...begun2025(6, 'w'),
        ...begun2025(7, 'm'),
        ...lasting(9, '2026-01-03'),
      ],
    },
  ])
  await at('2026-05-12T10:00:00Z', [
    {
      table: 'booking',
      removed: [hro!],
      added: [
        { ...hro!, cancelled: true },
        ...helps(2, '13075', '2026-03'),
        ...helps(2, '13004', '2026-04'),
        ...begun2025(3, 'w'),
        ...lasting(5, '2026-05-02'),
      ],
    },
  ])
  past = await openPast({ warehouse, log: pino({ level: 'silent' }) })
  then = await past.at((await past.endOf(monthOf('2026-04')))!)
  expect(path.basename(then.path)).toBe('2026-04.duckdb')
})
afterAll(async () => {
  await past?.close()
  await remove()
})

const [runningThen, running] = [monthOf('2026-05'), monthOf('2026-06')]
const eyes = { own_authority: null }
const moments = { as_of: '2026-04', data_as_of_then: '2026-04-28T10:00:00.000Z', data_as_of: '2026-05-12T10:00:00.000Z' }
const told = ({ changes }: SinceAnswer) =>
  changes.map(({ keys, column, part, was, is }) => [[...keys, column].map((key) => key ?? '*').join(' '), part, was, is])

const evaluated = async (asked: Partial<EvaluationQuery>) => {
  const query: EvaluationQuery = {
    figures: ['case_count'],
    rows: ['region'],
    columns: 'period',
    area: 'MV',
    service_kinds: ['s34'],
    specialisation: null,
    ...allClasses,
    from: monthOf('2026-03'),
    to: monthOf('2026-04'),
    grain: 'month',
    totals: true,
    against: null,
    running,
    ...asked,
  }
  const of = async (source: Warehouse, month: number) => {
    const ofMoment = { ...query, running: month }
    const table = await evaluation(source, ofMoment, eyes)
    return { query: ofMoment, answer: evaluationAnswer(ofMoment, table, { as_of: null, data_as_of: table.data_as_of }) }
  }
  return evaluationSince(await of(then, runningThen), await of(warehouse, running), moments)
}

describe('in an evaluation', () => {
  it('what changed is told by its effect, totals too, and nothing of what is secret then or now', async () => {
    const since = await evaluated({})
    expect(told(since)).toEqual([
      ['13003 2026-03', 'value', 4, 3],
      ['13075 2026-03', 'value', 10, 12],
      ['* 2026-04', 'value', 16, 18],
      ['13075 *', 'value', 9, 10],
      ['* *', 'value', 17.5, 19],
      ['* 2026-03', 'value', 19, 20],
    ])
    expect(since.not_comparable).toBe(0)
    expect(since.moved_by).toEqual([
      {
        figure: 'case_count',
        text: 'steigt durch später erfasste oder verlängerte Buchungen, sinkt durch früher beendete oder stornierte Buchungen und Berichtigungen',
      },
    ])
  })

  it('what values are held against is told too, and only the direction they went', async () => {
    const since = await evaluated({ figures: ['cases_begun'], from: monthOf('2026-04'), columns: null, against: 'previous', totals: false })
    // April is not told of HRO and LHSN, but their March is
    expect(told(since)).toEqual([
      ['13003 *', 'reference', 4, 3],
      ['13075 *', 'reference', 10, 12],
    ])
    const rates = await evaluated({ figures: ['rate_median'], from: monthOf('2026-03'), to: monthOf('2026-03') })
    expect([told(rates), rates.moved_by]).toEqual([[], []])
  })

  it('what counts other months today is not compared', async () => {
    // at the end of April the quarter had one month of flows, today it has two
    const since = await evaluated({ figures: ['cases_begun'], from: monthOf('2026-01'), to: monthOf('2026-06'), grain: 'quarter' })
    expect(told(since)).toEqual([
      ['13003 2026-Q1', 'value', 4, 3],
      ['13075 2026-Q1', 'value', 10, 12],
      ['* 2026-Q1', 'value', 19, 20],
    ])
    expect(since.not_comparable).toBeGreaterThan(0)
  })

  it('years that were over then are compared by structure, and the stock of one that ran is not', async () => {
    const bySex = (figure: string) =>
      evaluated({
        figures: [figure],
        rows: ['sex'],
        service_kinds: [],
        from: monthOf('2025-01'),
        to: monthOf('2026-12'),
        grain: 'year',
        totals: false,
      })
    expect(told(await bySex('cases_begun'))).toEqual([['w 2025', 'value', 6, 9]])
    const stock = await bySex('case_stock')
    expect(told(stock)).toEqual([])
    expect(stock.not_comparable).toBe(1)
  })
})

describe('of key figures side by side', () => {
  const since = async (figures: string[], [first, last]: [string, string]) => {
    const query: SideBySideQuery = {
      figures,
      area: 'MV',
      service_kind: 's34',
      specialisation: null,
      period: { first: monthOf(first), last: monthOf(last) },
      against: 'previous',
      group: null,
      running,
    }
    const of = async (source: Warehouse, month: number) => {
      const ofMoment = { ...query, running: month }
      const table = await sideBySide(source, ofMoment, eyes)
      return sideBySideAnswer(ofMoment, table, new Map(), { as_of: null, data_as_of: table.data_as_of })
    }
    return sideBySideSince(await of(then, runningThen), await of(warehouse, running), moments)
  }

  it('values and what they are held against are told, and an average only where it is one of the same rows', async () => {
    const answer = await since(['case_count'], ['2026-04', '2026-04'])
    const [vg, hro, sn] = [200_000, 100_000, 50_000]
    const average = (march: [number, number, number]) => (march[0] * vg + march[1] * hro + march[2] * sn) / (vg + hro + sn)
    expect(told(answer)).toEqual([
      ['13003 *', 'reference', 4, 3],
      ['13075 *', 'reference', 10, 12],
      ['total *', 'value', 16, 18],
      ['weighted_average *', 'reference', average([10, 4, 5]), average([12, 3, 5])],
      ['total *', 'reference', 19, 20],
    ])
  })

  it('a period that ran then is not compared where it counts more months today', async () => {
    const answer = await since(['cases_begun'], ['2026-04', '2026-06'])
    expect(told(answer)).toEqual([])
    expect(answer.not_comparable).toBeGreaterThan(0)
  })
})

it('of a comparison, a year that counts another month of flows today is not compared, its months are', async () => {
  const question = questionOf({ figure: 'cases_begun', service_kind: 's34' }, 'MV')
  const of = async (opened: Warehouse, month: number) => {
    const source: Source = { open: () => Promise.resolve(opened), running: month, last: month, as_of: null, published: null }
    const { answer, freshness } = await comparisonOf(source, question, runningThen, eyes)
    return { ...answer, data_as_of: freshness.data_as_of }
  }
  const since = comparisonSince(await of(then, runningThen), await of(warehouse, running), moments)
  expect(monthText(runningThen)).toBe('2026-05')
  // the month before is April
  expect(told(since)).toEqual([['total *', 'previous', 16, 18]])
  expect(since.not_comparable).toBeGreaterThan(0)
})
