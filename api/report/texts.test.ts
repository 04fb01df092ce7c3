import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnHeads as pageHeads } from '../../dashboards/comparison.ts'
import * as page from '../../dashboards/format.ts'
import {
  classText as pageClassText,
  describedText as pageDescribedText,
  runsText as pageRunsText,
} from '../../dashboards/pages/evaluation/evaluation.ts'
import { periodText as pagePeriodText } from '../../dashboards/pages/side-by-side/side-by-side.ts'
import { comparisonPath, evaluationPath, rankingPath, sideBySidePath } from '../../dashboards/route.ts'
import { answerText, headingText } from '../../dashboards/sentence.ts'
import { fewCases as pageFewCases, isUncertain as pageIsUncertain } from '../../dashboards/uncertainty.ts'
import type { Directory } from '../../warehouse/directory.ts'
import { dimensions, grains } from '../../warehouse/evaluation.ts'
import { keyFigures } from '../../warehouse/key-figures.ts'
import { ageGroups, endReasons, sexes, type StructureDimension } from '../../warehouse/structure.ts'
import type { ComparisonAnswer } from '../answers.ts'
import { comparisonPage } from '../comparison.routes.ts'
import { rankingPage } from '../ranking.routes.ts'
import { evaluationPage } from '../evaluation.routes.ts'
import { sideBySidePage } from '../side-by-side.routes.ts'
import { columnHeads, columnNames, isUncertain } from './comparison.ts'
import { classText, describedText, runsText } from './evaluation.ts'
import { findingText, subjectText } from './finding.ts'
import * as report from './format.ts'
import { addressTerms, fewCases, signs } from './report.ts'
import { periodText } from './side-by-side.ts'

const figure = fc.constantFrom(...keyFigures)
const value = fc.oneof(fc.integer({ min: -1_000_000, max: 1_000_000_000 }), fc.double({ min: -2, max: 100_000, noNaN: true }))
const month = fc
  .tuple(fc.integer({ min: 2001, max: 2039 }), fc.integer({ min: 1, max: 12 }))
  .map(([year, m]) => `${year}-${String(m).padStart(2, '0')}`)
const column = fc.option(value, { nil: null })
const row = fc
  .record({
    current: column,
    previous: column,
    year_average: column,
    previous_year_average: column,
    change: column,
    cases: fc.option(fc.integer({ min: 0, max: 60 }), { nil: null }),
    sign: fc.constantFrom('.' as const, '–' as const, 'x' as const, '…' as const),
  })
  .map(({ sign, ...values }) => ({
    ...values,
    signs: Object.fromEntries(
      columnNames.filter((name) => values[name] === null).map((name) => [name, sign]),
    ) as ComparisonAnswer['total']['signs'],
  }))

describe('a report says a thing as the pages do', () => {
  test('numbers, with and without their units', () => {
    fc.assert(
      fc.property(figure, value, fc.boolean(), ({ unit, digits }, number, averaged) => {
        expect(report.numberText(number, report.figureFormat({ unit, digits }, averaged))).toBe(
          page.cellText(number, { unit, digits }, averaged),
        )
        expect(report.numberText(number, report.changeFormat)).toBe(page.changeText(number))
        expect(report.percentText(number)).toBe(page.percentText(number))
        expect(report.valueText(number, { unit, digits })).toBe(page.valueText(number, { unit, digits }))
        expect(report.differenceText(number, { unit, digits })).toBe(page.differenceText(number, { unit, digits }))
      }),
    )
  })

  test('units, of rates with what they are paid by', () => {
    const kinds = fc.array(fc.record({ unit: fc.constantFrom('day', 'hour', 'flat') }), { maxLength: 3 })
    fc.assert(
      fc.property(figure, kinds, ({ unit }, told) => {
        const per = page.rateUnitOf(told)
        expect(report.rateUnitOf(told)).toBe(per)
        expect(report.unitText(unit, per)).toBe(page.unitText(unit, per))
        expect(report.unitText(unit)).toBe(page.unitText(unit))
      }),
    )
  })

  test('months, days and instants', () => {
    fc.assert(
      fc.property(
        month,
        month,
        fc.date({ noInvalidDate: true, min: new Date('2001-01-01'), max: new Date('2039-12-31') }),
        (one, other, instant) => {
          expect(report.monthText(one)).toBe(page.monthText(one))
          expect(report.shortMonthText(one)).toBe(page.shortMonthText(one))
          expect(report.monthRangeText(one, other)).toBe(page.monthRangeText(one, other))
          expect(report.dateText(instant.toISOString())).toBe(page.dateText(instant.toISOString()))
          expect(report.instantText(instant.toISOString())).toBe(page.instantText(instant.toISOString()))
        },
      ),
    )
  })

  test('the finding of a comparison', () => {
    fc.assert(
      fc.property(figure, month, row, fc.boolean(), fc.constantFrom('MV', 'de'), (of, at, total, running, area) => {
        const answer: ComparisonAnswer = {
          figure: of.name,
          service_kind: null,
          specialisation: null,
          area,
          unit: of.unit,
          digits: of.digits,
          as_of: null,
          data_as_of: '2026-10-15T10:00:00Z',
          month: at,
          running,
          population_date: null,
          rows: [],
          total: { ...total, parts: null },
          weighted_average: total,
        }
        expect(findingText(answer, of)).toBe(answerText({ ...answer, unit: of.unit }, { flow: of.flow, protected: of.rests_on.length > 0 }))
      }),
    )
  })

  test('the heads of the columns, and what rests on few cases', () => {
    fc.assert(
      fc.property(figure, month, row, fc.boolean(), (of, at, values, running) => {
        const heads = pageHeads(at, running, running && of.flow)
        expect(columnHeads({ month: at, running }, of)).toEqual(
          columnNames.map((name) => ({ text: heads[name].long, period: heads[name].period })),
        )
        for (const name of columnNames) expect(isUncertain(values, name, of)).toBe(pageIsUncertain(values, name, of.unit))
      }),
    )
    expect(fewCases).toBe(pageFewCases)
    expect(signs).toEqual(page.signLegend.map(({ sign, text }) => ({ term: sign, text })))
  })

  test('the title of a view', () => {
    const service_kind = {
      code: 's34',
      module: 'hze',
      legal_basis: '§ 34 SGB VIII',
      label: 'Heimerziehung',
      form: 'stationär',
      unit: 'day',
    }
    const specialisation = { code: 'trauma', label: 'Traumapädagogik' }
    const directory = { service_kinds: [service_kind], specialisations: [specialisation] } as unknown as Directory
    const [of] = keyFigures
    for (const kind of [service_kind, null]) {
      for (const special of [specialisation, null]) {
        const subject = subjectText(of!, { service_kind: kind?.code ?? null, specialisation: special?.code ?? null }, directory)
        const selection = {
          figure: { ...of!, protected: true, facts_behind: null, own_classes: null },
          service_kind: kind,
          specialisation: special,
          month: '2026-09',
          area: { code: 'MV', name: '' },
        }
        expect(`${subject} im ${report.monthText('2026-09')}`).toBe(headingText(selection))
      }
    }
  })

  test('the one class that is counted', () => {
    for (const [name, classes] of Object.entries({
      age_group: ageGroups,
      sex: sexes,
      end_reason: endReasons,
      provider: [{ label: 'Hafen' }],
    }))
      for (const { label } of classes)
        expect(classText(name as StructureDimension, label)).toBe(pageClassText(name as StructureDimension, label))
  })

  test('what an evaluation tells apart', () => {
    const some = <Item>(items: readonly Item[]) => fc.uniqueArray(fc.constantFrom(...items), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(some(keyFigures), some(dimensions), fc.constantFrom(...grains), (figures, rows, grain) => {
        const page = pageDescribedText({ figures, rows, columns: undefined, grain } as unknown as Parameters<typeof pageDescribedText>[0])
        expect(describedText(figures, rows, grain)).toBe(page)
      }),
    )
  })

  test('periods', () => {
    for (const period of ['2026', '2026-Q3', '2026-09']) expect(periodText(period)).toBe(pagePeriodText(period))
  })

  test('what of an evaluation runs', () => {
    const figures = fc.array(month, { minLength: 1, maxLength: 2 }).map((months) => months.map((until) => ({ until })))
    fc.assert(
      fc.property(figures, month, fc.constantFrom(...grains), (untils, running_month, grain) => {
        const [year, of] = running_month.split('-') as [string, string]
        const key = { month: running_month, quarter: `${year}-Q${Math.ceil(Number(of) / 3)}`, year }[grain]
        const answer = { figures: untils, running_month, grain } as Parameters<typeof pageRunsText>[1]
        for (const each of [key, '2000']) expect(runsText(each, answer)).toBe(pageRunsText(each, answer))
        expect(runsText(key, { ...answer, running_month: null })).toBe('')
      }),
    )
  })

  test('the addresses of the pages', () => {
    expect([comparisonPage, evaluationPage, rankingPage, sideBySidePage]).toEqual([
      comparisonPath,
      evaluationPath,
      rankingPath,
      sideBySidePath,
    ])
  })
})

test('an address without a moment says that it follows the data, one with a moment does not', () => {
  const terms = (query: string) => addressTerms(`https://portal.example/kennzahlen?${query}`).map(({ term }) => term)
  expect(terms('figure=case_count&month=2026-09')).toEqual(['Adresse dieser Ansicht', 'Unter dieser Adresse'])
  for (const query of ['figure=case_count&as_of=2026-09', 'as_of=2026-09']) expect(terms(query)).toEqual(['Adresse dieser Ansicht'])
})
