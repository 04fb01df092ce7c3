import { describe, expect, test } from 'vitest'
import type { Catalogue, Evaluation } from '../../client.ts'
import { noBreakSpace } from '../../format.ts'
import {
  acrossOf,
  arranged,
  changedCells,
  clashingWith,
  classOptions,
  columnOptions,
  definitionOf,
  describedText,
  filteredText,
  figureNotes,
  figuresFor,
  firstMonth,
  type Grain,
  innerOptions,
  nextSort,
  periodOptions,
  pivotOf,
  readEvaluationChoice,
  resolveEvaluation,
  runsText,
  sameDefinition,
  sortedPivot,
  structureIn,
  withPeriod,
  writeEvaluationChoice,
} from './evaluation.ts'

const figure = (name: string, label: string) =>
  ({ name, label, unit: name === 'dropout_rate' ? 'ratio' : 'cases' }) as Catalogue['figures'][number]
const kind = (code: string, legal_basis: string, label: string) => ({ code, legal_basis, label }) as Catalogue['service_kinds'][number]
const catalogue = {
  figures: [figure('case_count', 'Fallzahl'), figure('payments', 'Auszahlungen'), figure('dropout_rate', 'Abbruchquote')],
  service_kinds: [kind('s34', '§ 34 SGB VIII', 'Heimerziehung'), kind('s31', '§ 31 SGB VIII', 'Familienhilfe')],
  specialisations: [{ code: 'trauma', label: 'Traumapädagogik' }],
  groups: [],
  areas: [
    { code: 'MV', name: 'Mecklenburg-Vorpommern' },
    { code: 'de', name: 'Deutschland' },
  ],
  months: { first: '2025-01', last: '2026-10', running: '2026-10' },
} as unknown as Catalogue
const resolved = (search: string) => resolveEvaluation(readEvaluationChoice(search), catalogue, 'MV')

describe('the choice', () => {
  test('goes into the address and back', () => {
    const search =
      '?figures=case_count,payments&rows=region,period&service_kinds=s34&grain=quarter&totals=no&against=previous_year&sort=-total.payments'
    expect(writeEvaluationChoice(readEvaluationChoice(search))).toBe(search)
    expect(writeEvaluationChoice(resolved(search).choice)).toBe(search)
  })

  test('a comparison group deleted since is known to the state of then, and to no other', () => {
    const { selection, unknown } = resolved('?area=g99&as_of=2025-01')
    expect([selection.area, unknown]).toEqual([{ code: 'g99', name: 'Frühere Vergleichsgruppe' }, []])
    expect(resolved('?area=g99').unknown).toEqual(['g99'])
  })

  test('names what there is not, and shows the default', () => {
    const { selection, unknown } = resolved('?figures=nonsense&rows=colour&area=XX&from=1999-01')
    expect(unknown).toEqual(['nonsense', 'XX', 'colour', '1999-01'].toSorted((a, b) => unknown.indexOf(a) - unknown.indexOf(b)))
    expect([selection.figures[0]!.name, selection.rows, selection.area.code, selection.from]).toEqual([
      'case_count',
      ['region'],
      'MV',
      undefined,
    ])
  })

  test('is saved without where it came from and how it is sorted', () => {
    const definition = definitionOf(readEvaluationChoice('?figures=payments&rows=period&evaluation=x&sort=-total.payments'))
    expect(definition).toEqual({ figures: 'payments', rows: 'period' })
    expect(sameDefinition(definition, { rows: 'period', figures: 'payments' })).toBe(true)
    expect(sameDefinition(definition, { rows: 'region', figures: 'payments' })).toBe(false)
  })

  test('drops what does not go together: the first counts', () => {
    expect(arranged(['region', 'region'], 'region')).toEqual({ rows: ['region'], columns: undefined })
    expect(arranged(['region', 'state'], 'period')).toEqual({ rows: ['region'], columns: 'period' })
    expect(arranged(['state', 'region'], 'service_kind')).toEqual({ rows: ['state', 'region'], columns: 'service_kind' })
    expect(arranged(['period', 'region'], 'state')).toEqual({ rows: ['period', 'region'], columns: undefined })
    expect(innerOptions(['region'])).toEqual(['form', 'service_kind', 'specialisation', 'period'])
    expect(columnOptions(['state'])).toEqual(['form', 'service_kind', 'specialisation', 'period'])
  })

  test('of ages and sexes, providers and reasons takes along years, a state and their figures', () => {
    const counted = [figure('case_stock', 'Bestand'), figure('cases_ended', 'Beendete Hilfen')]
    const known = { ...catalogue, figures: [...catalogue.figures, ...counted] }
    const chosen = (search: string) => resolveEvaluation(readEvaluationChoice(search), known, 'MV').choice
    expect(chosen('?figures=case_count&rows=age_group&columns=sex&area=de&specialisation=trauma')).toEqual({
      figures: 'case_stock',
      rows: 'age_group',
      columns: 'sex',
      grain: 'year',
    })
    expect(chosen('?figures=case_stock&rows=end_reason&area=MV')).toMatchObject({ figures: 'cases_ended', area: 'MV', grain: 'year' })
    expect(innerOptions(['age_group'])).toEqual(['form', 'service_kind', 'period', 'sex'])
    expect(columnOptions(['age_group', 'sex'])).toEqual(['form', 'service_kind', 'period'])
    expect(columnOptions(['provider'])).toEqual(['form', 'service_kind', 'period'])
    expect(innerOptions(['period'])).toEqual([
      'region',
      'state',
      'group',
      'form',
      'service_kind',
      'specialisation',
      'age_group',
      'sex',
      'provider',
      'end_reason',
      'decline_reason',
      'dearer_reason',
    ])
  })

  describe('of one age group, sex, provider or reason of ending', () => {
    const known = {
      ...catalogue,
      figures: [...catalogue.figures, figure('case_stock', 'Bestand'), figure('cases_ended', 'Beendete Hilfen')],
      age_groups: [{ code: 'a10_15', label: '10 bis unter 15 Jahre' }],
      sexes: [{ code: 'w', label: 'weiblich' }],
      end_reasons: [{ code: '10', label: 'gemäß Hilfeplan' }],
    }
    const providers = [{ code: 'p1', label: 'Hafen' }]
    const asked = (search: string, listed?: typeof providers) => resolveEvaluation(readEvaluationChoice(search), known, 'MV', listed)

    test('takes along years, a state and figures, as these do in rows, and is saved and told', () => {
      const { selection, choice } = asked('?figures=case_count&rows=service_kind&area=de&specialisation=trauma&age_group=a10_15&sex=w')
      expect(choice).toEqual({ figures: 'case_stock', rows: 'service_kind', age_group: 'a10_15', sex: 'w', grain: 'year' })
      expect(definitionOf(choice)).toEqual(choice)
      expect(filteredText(selection)).toBe(
        'Mecklenburg-Vorpommern, alle Hilfearten, Alter bei Beginn „10 bis unter 15 Jahre“, Geschlecht „weiblich“, zwei Jahre bis zum letzten vollen Monat',
      )
      expect(asked('?figures=case_count&rows=period&end_reason=10').choice).toMatchObject({ figures: 'cases_ended', end_reason: '10' })
    })

    test('gives way to what stands in rows and columns, and to the first of those that do not go together', () => {
      const classesOf = (search: string) => Object.keys(asked(search, providers).selection.classes)
      expect(classesOf('?figures=case_stock&rows=region&sex=w')).toEqual([])
      expect(classesOf('?figures=case_stock&rows=sex&sex=w&age_group=a10_15')).toEqual(['age_group'])
      expect(classesOf('?figures=case_stock&rows=period&columns=specialisation&sex=w')).toEqual([])
      expect(classesOf('?figures=case_stock&rows=period&sex=w&provider=p1&end_reason=10')).toEqual(['sex'])
      expect(classOptions(acrossOf({ rows: 'period', columns: 'service_kind' }))).toEqual([
        'age_group',
        'sex',
        'provider',
        'end_reason',
        'decline_reason',
        'dearer_reason',
      ])
      expect(classOptions(acrossOf({ rows: 'age_group' }))).toEqual(['sex'])
      expect(classOptions(acrossOf({ rows: 'nonsense' }))).toEqual([])
      expect([clashingWith('sex', false), clashingWith('provider', false)]).toEqual([
        ['provider', 'end_reason', 'decline_reason', 'dearer_reason'],
        ['age_group', 'sex', 'end_reason', 'decline_reason', 'dearer_reason'],
      ])
    })

    test('of the own authority all go together, with whatever figures make sense of them, by months; places give way', () => {
      const figures = known.figures.map((figure) => ({
        ...figure,
        own_classes:
          { case_count: ['sex' as const, 'provider' as const], cases_ended: ['sex' as const, 'provider' as const, 'end_reason' as const] }[
            figure.name
          ] ?? null,
      }))
      const own = (search: string) => resolveEvaluation(readEvaluationChoice(search), { ...known, figures } as Catalogue, 'MV', providers)
      const together = { figures: 'case_count', rows: 'provider,sex', columns: 'period', area: 'own', grain: 'quarter' }
      const { selection, choice, unknown } = own(`?${new URLSearchParams(together)}`)
      expect([choice, unknown]).toEqual([together, []])
      expect(filteredText(selection)).toMatch(/^Eigenes Jugendamt, /)
      expect(structureIn(selection)).toBeUndefined()
      expect(figuresFor({ ...known, figures } as Catalogue, selection).map(({ name }) => name)).toEqual(['case_count', 'cases_ended'])
      expect(own('?figures=case_count&rows=sex&area=own&end_reason=10').choice).toMatchObject({ figures: 'cases_ended', rows: 'sex' })
      expect(own('?figures=case_count&rows=region,period&area=own').choice.rows).toBe('period')
      expect(own('?figures=case_count&rows=region&columns=state&area=own').choice).toMatchObject({ rows: 'service_kind' })
      expect(clashingWith('sex', true)).toEqual([])
      expect(classOptions(acrossOf({ rows: 'sex', area: 'own' }))).toEqual([
        'age_group',
        'provider',
        'end_reason',
        'decline_reason',
        'dearer_reason',
      ])
      // each figure ends for one reason
      expect(clashingWith('decline_reason', true)).toEqual(['end_reason', 'dearer_reason'])
      // back to a state, what goes only with the own authority is dropped
      expect(own(`?${new URLSearchParams({ ...together, area: 'MV' })}`).choice).toMatchObject({ rows: 'provider', grain: 'year' })
    })

    test('names what there is not; of providers only where these are listed', () => {
      expect(asked('?figures=case_stock&rows=period&sex=x').unknown).toEqual(['x'])
      expect(asked('?figures=case_stock&rows=period&provider=p2', providers).unknown).toEqual(['p2'])
      const { selection, unknown, choice } = asked('?figures=case_stock&rows=period&provider=p1')
      expect([unknown, choice.provider]).toEqual([[], 'p1'])
      expect(filteredText(selection)).toContain(', ein Anbieter, ')
      expect(filteredText(asked('?figures=case_stock&rows=period&provider=p1', providers).selection)).toContain(', Anbieter „Hafen“, ')
    })
  })

  test('keeps a drawing as long as it goes with the table', () => {
    expect(resolved('?figures=case_count&rows=region&columns=period&chart=dots').choice.chart).toBe('dots')
    expect(resolved('?figures=case_count&rows=region,period&chart=dots')).toMatchObject({ unknown: [], selection: { chart: undefined } })
    expect(resolved('?figures=case_count&rows=region&chart=pie').unknown).toEqual(['pie'])
    expect(resolved('?figures=case_count&rows=region&chart=map_change').choice.chart).toBeUndefined()
    expect(resolved('?figures=case_count&rows=region&chart=map_change&against=previous').choice.chart).toBe('map_change')
    expect(definitionOf({ figures: 'case_count', rows: 'region', chart: 'dots' })).toEqual({
      figures: 'case_count',
      rows: 'region',
      chart: 'dots',
    })
  })

  test('takes the end along when the beginning passes it', () => {
    expect(withPeriod({ from: undefined, to: '2025-06' }, { from: '2026-01' }, catalogue)).toEqual({ from: '2026-01', to: '2026-01' })
    expect(withPeriod({ from: '2026-01', to: undefined }, { to: '2025-06' }, catalogue)).toEqual({ from: undefined, to: '2025-06' })
    // with the usual end, and with that of quarters
    expect(withPeriod({ from: undefined, to: undefined }, { from: '2026-09' }, catalogue)).toEqual({ from: '2026-09', to: undefined })
    const quarters = { from: undefined, to: undefined, grain: 'quarter' }
    expect(withPeriod(quarters, { from: '2026-07' }, catalogue)).toEqual({ from: '2026-07', to: undefined })
    expect(withPeriod(quarters, { from: '2026-10' }, catalogue)).toEqual({ from: '2026-10', to: '2026-10' })
    // the last complete month is September
    expect(withPeriod({ from: undefined, to: undefined }, { from: '2026-10' }, catalogue)).toEqual({ from: '2026-10', to: '2026-10' })
  })

  test('offers whole periods', () => {
    expect(periodOptions(catalogue, 'quarter').slice(0, 2)).toEqual([
      { value: '2026-10', label: '4. Quartal 2026' },
      { value: '2026-07', label: '3. Quartal 2026' },
    ])
    expect(periodOptions(catalogue, 'year').map(({ value }) => value)).toEqual(['2026-01', '2025-01'])
    expect(['2026-02', '2026-Q3', '2026'].map(firstMonth)).toEqual(['2026-02', '2026-07', '2026-01'])
  })

  test('is told in words', () => {
    const { selection } = resolved(
      '?figures=case_count,dropout_rate&rows=region&columns=period&grain=quarter&service_kinds=s34,s31&from=2026-01&against=previous',
    )
    expect(describedText(selection)).toBe('Fallzahl und Abbruchquote nach örtlichem Träger und Quartal')
    expect(filteredText(selection)).toBe(
      'Mecklenburg-Vorpommern, §\u00a034 Heimerziehung und §\u00a031 Familienhilfe, 1. Quartal 2026 bis zum letzten vollen Quartal, gegenüber dem Vorzeitraum',
    )
  })
})

const answer: Evaluation = {
  figures: [
    { figure: 'case_count', unit: 'cases', digits: 0, totals: 'mean', until: '2026-10' },
    { figure: 'payments', unit: 'cents', digits: 2, totals: 'sum', until: '2026-09' },
  ],
  row_dimensions: ['region'],
  column_dimension: 'period',
  area: 'MV',
  service_kinds: [],
  specialisation: null,
  age_group: null,
  sex: null,
  provider: null,
  end_reason: null,
  decline_reason: null,
  dearer_reason: null,
  from: '2026-09',
  to: '2026-10',
  running_month: '2026-10',
  grain: 'month',
  against: null,
  population_date: '2024-12-31',
  inhabitants: [],
  as_of: null,
  data_as_of: '2026-10-15T10:00:00Z',
  cells: 18,
  hidden_rows: 0,
  members: {
    region: [
      { key: '13075', label: 'Vorpommern-Greifswald', short: 'VG' },
      { key: '13004', label: 'Schwerin, Landeshauptstadt', short: 'LHSN' },
    ],
  },
  columns: ['2026-09', '2026-10', null].flatMap((key) => [
    { key, figure: 'case_count' },
    { key, figure: 'payments' },
  ]),
  rows: [
    { keys: ['13075'], values: [10, 123_456_78, 11, 0, 10.5, 123_456_78], signs: [null, null, null, null, null, null], compared: null },
    { keys: ['13004'], values: [null, null, 20, 5_00, null, null], signs: ['.', '.', null, null, '.', '.'], compared: null },
    { keys: [null], values: [12, 200_000_00, 31, 5_00, 21.5, 200_005_00], signs: [null, null, null, null, null, null], compared: null },
  ],
}

describe('the table', () => {
  test('has whole euros, a digit more for means of months, and signs with the rest', () => {
    const { columns, groups, total } = pivotOf(answer, catalogue)
    expect(columns.map(({ head, total: isTotal }) => [head, isTotal])).toEqual([
      [`Sep.${noBreakSpace}2026`, false],
      [`Sep.${noBreakSpace}2026`, false],
      [`Okt.${noBreakSpace}2026 (läuft)`, false],
      [`Okt.${noBreakSpace}2026 (läuft)`, false],
      ['Gesamter Zeitraum', true],
      ['Gesamter Zeitraum', true],
    ])
    expect(groups[0]!.rows.map(({ short, head }) => [short, head])).toEqual([
      ['VG', 'Vorpommern-Greifswald'],
      ['LHSN', 'Schwerin'],
    ])
    expect(groups[0]!.rows[0]!.cells.map(({ text }) => text)).toEqual(['10', '123.457', '11', '0', '10,5', '123.457'])
    expect(groups[0]!.rows[1]!.cells.map(({ text, sign }) => text ?? sign)).toEqual(['.', '.', '20', '5', '.', '.'])
    expect([total!.head, total!.cells[4]!.text]).toEqual(['Summe', '21,5'])
  })

  test('of a quarter or year that runs, tells which months are counted, with each figure and in the heads where it is so of all', () => {
    const [cases, paid] = answer.figures as [Evaluation['figures'][number], Evaluation['figures'][number]]
    const runs = (key: string, figures = [paid], grain: Grain = 'quarter') => runsText(key, { ...answer, figures, grain })
    expect([
      runs('2026-Q4', [{ ...paid, until: '2026-11' }]),
      runs('2026', undefined, 'year'),
      runs('2026-10', undefined, 'month'),
    ]).toEqual([' (nur Okt.–Nov. 2026)', ' (nur Jan.–Sep. 2026)', ' (läuft)'])
    // in its first month nothing is counted of flows yet, and stocks and flows do not count the same
    expect([runs('2026-Q4'), runs('2026-Q4', [cases, paid]), runs('2026-Q3')]).toEqual([' (läuft)', ' (läuft)', ''])
    expect(figureNotes(answer, catalogue)).toEqual([
      'Fallzahl: Fälle, mehrere Monate als Monatsdurchschnitt, gezählt bis Oktober 2026',
      'Auszahlungen: €, mehrere Monate als Summe der Monate, gezählt bis September 2026',
    ])
  })

  test('sorts by a column, secret values last, and the total stays below', () => {
    const sorted = (sort: string | undefined) => sortedPivot(pivotOf(answer, catalogue), sort).groups[0]!.rows.map(({ short }) => short)
    expect(sorted('-2026-10.case_count')).toEqual(['LHSN', 'VG'])
    expect(sorted('2026-10.case_count')).toEqual(['VG', 'LHSN'])
    expect(sorted('2026-09.case_count')).toEqual(['VG', 'LHSN'])
    expect(sorted('nonsense')).toEqual(['VG', 'LHSN'])
    expect([undefined, '-a', 'a'].map((sort) => nextSort(sort, 'a'))).toEqual(['-a', 'a', undefined])
  })

  test('groups rows under what they have in common, and the total of all stands alone or has rows of its own', () => {
    const nested: Evaluation = {
      ...answer,
      row_dimensions: ['state', 'region'],
      column_dimension: null,
      columns: [{ key: null, figure: 'case_count' }],
      figures: [answer.figures[0]!],
      members: { ...answer.members, state: [{ key: 'MV', label: 'Mecklenburg-Vorpommern', short: 'MV' }] },
      rows: [['MV', '13075'], ['MV', '13004'], ['MV', null], [null, null]].map((keys) => ({ keys, values: [1], signs: [null], compared: null })), // prettier-ignore
    }
    const { groups, total } = pivotOf(nested, catalogue)
    expect(groups.map(({ head, rows }) => [head, rows.map((row) => row.head)])).toEqual([
      ['Mecklenburg-Vorpommern', ['Vorpommern-Greifswald', 'Schwerin', 'Summe']],
    ])
    expect(total!.head).toBe('Summe')
    const byKind: Evaluation = {
      ...nested,
      row_dimensions: ['service_kind', 'period'],
      rows: [['s34', '2026-09'], ['s34', null], [null, '2026-09'], [null, null]].map((keys) => ({ keys, values: [1], signs: [null], compared: null })), // prettier-ignore
    }
    const kinds = pivotOf(byKind, catalogue)
    expect(kinds.groups.map(({ head, rows }) => [head, rows.map((row) => row.total)])).toEqual([
      ['§\u00a034 Heimerziehung', [false, true]],
      ['Alle Hilfearten', [false, true]],
    ])
    expect(kinds.total).toBeUndefined()
  })

  test('tells under each value what it is held against, quotients in percentage points, and marks when that changes', () => {
    const ratio = { figure: 'dropout_rate', unit: 'ratio', digits: 1, totals: 'quotient', until: null } as const
    const open = [null, null]
    const compared: Evaluation = {
      ...answer,
      against: 'previous_year',
      figures: [answer.figures[0]!, ratio],
      column_dimension: null,
      columns: ['case_count', 'dropout_rate'].map((name) => ({ key: null, figure: name })),
      rows: [
        {
          keys: ['13075'],
          values: [105, 0.24],
          signs: open,
          compared: { references: { values: [100, 0.2], signs: open }, changes: { values: [0.05, 0.04], signs: open } },
        },
        {
          keys: ['13004'],
          values: [20, 0.5],
          signs: open,
          compared: { references: { values: [null, null], signs: ['.', '–'] }, changes: { values: [null, null], signs: ['.', '–'] } },
        },
      ],
    }
    const heldOf = (row: number) =>
      pivotOf(compared, catalogue).groups[0]!.rows[row]!.cells.map(({ compared: held }) =>
        [held!.reference, held!.change].map(({ text, sign }) => text?.replaceAll(noBreakSpace, ' ') ?? sign),
      )
    expect(heldOf(0)).toEqual([
      ['100,0', '+5,0 %'],
      ['20,0', '+4,0 PP'],
    ])
    expect(heldOf(1)).toEqual([
      ['.', '.'],
      ['–', '–'],
    ])
    const after = structuredClone(compared)
    after.rows[0]!.compared!.references.values[1] = 0.21
    expect(changedCells(compared, after)).toEqual(['13075 1'])
  })

  test('marks what reads differently after a commit', () => {
    const after = structuredClone(answer)
    after.rows[1]!.values[2] = 21
    after.rows[2]!.values[2] = 32
    expect(changedCells(answer, after)).toEqual(['13004 2', 'total 2'])
  })
})
