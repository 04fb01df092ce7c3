import { mostUnitsPerWeek as mostByService } from '../../../transactional/vocabulary.ts'
import { expect, test } from 'vitest'
import type { Catalogue, Offer, Ranking, Session } from '../../client.ts'
import {
  admissionTexts,
  ageText,
  beginText,
  budgetText,
  ageOn,
  costText,
  faultsOf,
  gradesOf,
  leftOutText,
  mostUnitsPerWeek,
  narrowed,
  isSought,
  needsAll,
  offerQuery,
  placeHref,
  periodText,
  readWanted,
  resolveWanted,
  sorted,
  unitsMissing,
  unitsOf,
  usualPeriod,
  writeWanted,
} from './help-selection.ts'

const catalogue = {
  service_kinds: [
    { code: 's31', unit: 'hour' },
    { code: 's34', unit: 'day' },
  ],
  specialisations: [{ code: 'suchtmittel' }, { code: 'autismus_spektrum' }],
} as unknown as Catalogue
const session = { federal_state: 'MV', youth_authority: { id: '13075' } } as unknown as Session
const resolve = (search: string) => resolveWanted(readWanted(search), catalogue, session, '2026-11-27')
const spaces = (text: string) => text.replaceAll('\u00a0', ' ')

test('the usual period is the first of the next month and half a year', () => {
  expect(usualPeriod('2026-11-27')).toEqual({ first_day: '2026-12-01', last_day: '2027-06-01' })
  expect(usualPeriod('2026-12-31')).toEqual({ first_day: '2027-01-01', last_day: '2027-07-01' })
})

test('what is not chosen or does not exist is the usual', () => {
  expect(resolve('?area=HH&service_kind=s99&specialisations=suchtmittel,unknown&first_day=bald')).toMatchObject({
    area: '13075',
    service_kind: { code: 's31' },
    specialisations: ['suchtmittel'],
    first_day: '2026-12-01',
    available: true,
  })
  expect(writeWanted(readWanted('?area=de&x=1&places=all'))).toBe('?area=de&places=all')
})

test('a search is what somebody has chosen, not how the list is looked at', () => {
  const sought = ['', '?sort=distance&point=54.09_12.13&places=all&wished=suchtmittel', '?case=', '?area=de', '?case=1', '?radius=25']
  expect(sought.map((search) => isSought(readWanted(search)))).toEqual([false, false, false, true, true, true])
})

test('all offers are needed to sort them otherwise than by cost, or to narrow them', () => {
  const looked = ['?area=de', '?sort=grade', '?grade=2', '?distance=25', '?distance=25&point=54.09_12.13']
  expect(looked.map((search) => needsAll(resolve(search)))).toEqual([false, true, true, false, true])
})

test('around a place, once there is one', () => {
  expect(faultsOf(resolve('?area=around')).map(({ field }) => field)).toEqual(['place'])
  expect(faultsOf(resolve('?area=around&point=54.0912_12.13')).map(({ field }) => field)).toEqual(['place'])
  const wanted = resolve('?area=around&point=54.09_12.13&radius=25')
  expect(faultsOf(wanted)).toEqual([])
  expect(offerQuery(wanted, undefined)).toMatchObject({ area: 'around_54.09_12.13_25', point: '54.09_12.13' })
  expect(offerQuery(resolve('?area=13075_neighbours'), undefined)).toMatchObject({ area: '13075_neighbours', point: null })
})

test('a place is looked for anew as it was wanted', () => {
  const sought = { case_id: 'c', service_kind: 's31', first_day: '2026-12-01', last_day: '2027-06-01' }
  const again = resolve(new URL(placeHref({ ...sought, specialisations: ['suchtmittel'], units_per_week: 3.5 }), 'http://portal').search)
  expect([again.service_kind.code, again.first_day, again.last_day, again.units, again.specialisations, again.area]).toEqual([
    's31',
    '2026-12-01',
    '2027-06-01',
    '3,5',
    ['suchtmittel'],
    'de',
  ])
  expect(placeHref(sought)).not.toMatch(/units|specialisations/)
})

test('a beginning too far back or ahead is told beside it, and hinders no count', () => {
  const wanted = resolve('?first_day=2026-08-26&last_day=2027-01-01')
  const text = (earliest_begin: string, latest_begin: string) => beginText(wanted, { earliest_begin, latest_begin })
  expect(text('2026-08-27', '2028-01-01')).toMatch(/zu weit zurück.*ab dem 27\.08\.2026/)
  expect(text('2026-01-01', '2026-08-25')).toMatch(/zu weit voraus.*bis zum 25\.08\.2026/)
  expect(faultsOf(wanted)).toEqual([])
  expect([text('2026-08-26', '2026-08-26'), beginText(wanted, undefined)]).toEqual(['', ''])
})

test('a week has seven days and 168 hours, and a help at least one day', () => {
  const messages = (search: string) =>
    faultsOf(resolve(`?first_day=2026-12-01&last_day=2027-06-01&${search}`)).map(({ message }) => message)
  expect(messages('units=40')).toEqual(['Bitte höchstens 7 Tage pro Woche.'])
  expect(messages('units=7')).toEqual([])
  expect([messages('service_kind=s30&units=40'), messages('service_kind=s30&units=168,5')]).toEqual([
    [],
    ['Bitte höchstens 168 Stunden pro Woche.'],
  ])
  expect(messages('units=0')).toEqual(['Bitte eine Zahl größer als 0, zum Beispiel 3,5.'])
  expect(mostUnitsPerWeek).toEqual(mostByService)
  const single = (search: string) => faultsOf(resolve(`?first_day=2026-12-01&last_day=2026-12-01${search}`)).map(({ field }) => field)
  expect([single(''), single('&counting_rule=calendar_days')]).toEqual([['last_day'], []])
})

test('that a help would reach beyond the 27th birthday is told as the last day counts', () => {
  const person = { birth_date: '2000-06-15', sex: 'w' }
  const text = (search: string) => ageText(resolve(`?first_day=2026-12-01&${search}`), person)
  expect([text('last_day=2027-06-15'), text('last_day=2027-06-15&service_kind=s19')]).toEqual(['', ''])
  expect(text('last_day=2027-06-16')).toMatch(/27\. Geburtstag/)
  expect(text('last_day=2027-06-15&counting_rule=calendar_days')).toMatch(/27\. Geburtstag/)
})

test('a day beyond those the service knows is a fault of its field, told once', () => {
  const faults = (search: string) => faultsOf(resolve(search)).map(({ field, message }) => `${field}: ${message}`)
  expect(faults('?first_day=2026-12-01&last_day=9999-12-31')).toEqual(['last_day: Der Tag muss zwischen 01.01.1900 und 31.12.2040 liegen.'])
  expect(faults('?first_day=2041-01-01&last_day=2026-12-01')).toEqual([
    'first_day: Der Tag muss zwischen 01.01.1900 und 31.12.2040 liegen.',
  ])
})

test('age and sex of the person, never a name, are asked for', () => {
  const query = offerQuery(resolve('?first_day=2026-12-01&units=6,5'), { birth_date: '2013-12-02', sex: 'w' })
  expect(query).toMatchObject({ age: '12', sex: 'w', units_per_week: '6.5', available: 'true', area: '13075' })
  expect(offerQuery(resolve('?places=all'), undefined)).toMatchObject({ age: null, sex: null, units_per_week: null, available: null })
  expect(ageOn('2012-02-29', '2026-02-28')).toBe(13)
})

test('units are read as Germans write them', () => {
  expect([unitsOf('3,5'), unitsOf('3.25'), unitsOf(''), unitsOf('viel'), unitsOf('-1'), unitsOf('0')]).toEqual([
    3.5,
    3.25,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect([
    unitsMissing(resolve('?service_kind=s31')),
    unitsMissing(resolve('?service_kind=s31&units=5')),
    unitsMissing(resolve('')),
  ]).toEqual([true, false, false])
})

test('faults name the field', () => {
  expect(faultsOf(resolve('?first_day=2027-01-01&last_day=2026-12-31&units=viel')).map(({ field }) => field)).toEqual(['last_day', 'units'])
  expect(faultsOf(resolve(''))).toEqual([])
})

test('days and weeks with two decimals', () => expect(spaces(periodText(182))).toBe('182,00 Tage = 26,00 Wochen'))

test('why offers fall out is told', () => {
  const left_out = { specialisations: 0, sex: 3, age: 1, rate: 0, places: 12 }
  expect(spaces(leftOutText({ left_out }, { available: true }, 'm'))).toBe(
    'Nicht in der Liste: 12 haben keinen freien Platz, 3 nehmen nur Mädchen, 1 passt nicht zum Alter.',
  )
  expect(leftOutText({ left_out: { ...left_out, sex: 0, age: 0 } }, { available: false }, 'm')).toBe('')
})

const offer = (over: Partial<Offer> = {}) =>
  ({
    offer_id: 'a',
    provider_id: 'p1',
    rate_cents: 9042,
    unit: 'day',
    planned_units: 182,
    planned_cents: 1_645_644,
    free_places: 1,
    specialisations: [],
    sex_admitted: 'all',
    age_from: 0,
    age_to: 21,
    note: null,
    ...over,
  }) as Offer

test('planned cost reads as it is computed', () => {
  expect(spaces(costText(offer()))).toBe('90,42 € × 182 Tage = 16.456,44 €')
  expect(spaces(costText(offer({ unit: 'hour', planned_units: 130.25, planned_cents: 720_000 })))).toContain('× 130,25 Stunden')
  expect(spaces(costText(offer({ unit: 'hour', planned_units: null, planned_cents: null })))).toBe('90,42 € je Stunde')
})

test('what an offer asks of the young person', () => {
  expect(admissionTexts(offer({ sex_admitted: 'w', note: 'Nur weiblich' }))).toEqual(['Nur weiblich'])
  expect(admissionTexts(offer({ sex_admitted: 'w', age_from: 14, age_to: 17, note: 'Schulbus' }))).toEqual([
    'Nur weiblich',
    'ab 14 Jahren',
    'bis 17 Jahre',
    'Schulbus',
  ])
})

test('grades stand on at least five cases, and what has none comes last', () => {
  const grades = gradesOf({
    rows: [
      { provider_id: 'p1', structure: 2, process: 3, rated_cases: 5 },
      { provider_id: 'p2', structure: 1, process: 1, rated_cases: 4 },
      { provider_id: 'p3', structure: null, process: null, rated_cases: null },
    ],
  } as unknown as Ranking)
  expect([...grades.values()].map(({ grade }) => grade)).toEqual([2.5, null, null])
  const offers = [
    offer({ offer_id: 'x', provider_id: 'p2', distance_km: 40.2 }),
    offer({ offer_id: 'y', provider_id: 'p1', distance_km: 12.5, free_places: 4, specialisations: ['suchtmittel'] }),
    offer({ offer_id: 'z', provider_id: 'p4', distance_km: null }),
  ]
  const order = (by: Parameters<typeof sorted>[1]) => sorted(offers, by, grades, ['suchtmittel']).map(({ offer_id }) => offer_id)
  expect([order('cost'), order('grade'), order('places'), order('wished')].map((ids) => ids.join(''))).toEqual(['xyz', 'yxz', 'yxz', 'yxz'])
  expect(order('distance').join('')).toBe('yxz')
  const kept = (search: string) => narrowed(offers, resolve(search), grades).map(({ offer_id }) => offer_id)
  expect([kept(''), kept('?grade=2'), kept('?grade=3'), kept('?distance=20'), kept('?point=54.09_12.13&distance=20')]).toEqual([
    ['x', 'y', 'z'],
    [],
    ['y'],
    ['x', 'y', 'z'],
    ['y'],
  ])
})

test('what is left of the budget, before and with the help', () => {
  const part = { budget_cents: 10_000_00, planned_cents: 8_000_00, added_cents: 2_500_00 }
  expect(spaces(budgetText({ month: part, year: { ...part, budget_cents: 30_000_00 } }, '2026-12-01'))).toBe(
    'Restbudget im Dezember 2026: 2.000,00 €, mit dieser Hilfe \u2212500,00 €. Restbudget im Jahr 2026: 22.000,00 €, mit dieser Hilfe 19.500,00 €.',
  )
  const none = { ...part, budget_cents: null }
  expect(budgetText({ month: none, year: none }, '2027-01-01')).toBe('Für 2027 ist kein Haushaltsansatz erfasst.')
})
