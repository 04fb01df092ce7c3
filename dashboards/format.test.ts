import { describe, expect, test } from 'vitest'
import {
  cellText,
  changeText,
  dateText,
  differenceText,
  instantText,
  minuteText,
  moneyText,
  monthRangeText,
  monthText,
  numberText,
  percentText,
  shortMoneyText,
  shortMonthText,
  signText,
  signedPercentText,
  valueText,
} from './format.ts'

describe('numbers', () => {
  test('thousands have a point, decimals a comma', () => expect(numberText(1234.5, 1)).toBe('1.234,5'))
  test('minus is U+2212', () => expect(numberText(-8.1, 1)).toBe('\u22128,1'))
  test('a negative value that rounds to zero loses its minus', () => expect(numberText(-0.04, 1)).toBe('0,0'))
  test('the unit follows a no-break space', () => {
    expect(moneyText(123456)).toBe('1.234,56\u00a0€')
    expect(percentText(0.025)).toBe('2,5\u00a0%')
  })
  test('negative money keeps the cents', () => expect(moneyText(-123456)).toBe('\u22121.234,56\u00a0€'))
  test('a rise carries its sign, no change carries none', () => {
    expect(signedPercentText(0.025)).toBe('+2,5\u00a0%')
    expect(changeText(-0.304)).toBe('\u221230,4')
    expect(changeText(0)).toBe('0,0')
  })
  test('a million and more is shortened, less is not', () => {
    expect(shortMoneyText(2_486_000_000)).toEqual({ text: '24,86', unit: 'Mio.\u00a0€' })
    expect(shortMoneyText(99_999_999)).toEqual({ text: '999.999,99', unit: '€' })
  })
})

describe('values of figures', () => {
  const cases = { unit: 'cases', digits: 0 } as const
  test('counts are whole, their averages have one digit', () => {
    expect(cellText(64, cases)).toBe('64')
    expect(cellText(62.84, cases, true)).toBe('62,8')
  })
  test('cents read as euros, ratios as percent', () => {
    expect(cellText(123456, { unit: 'cents', digits: 2 })).toBe('1.234,56')
    expect(cellText(0.148, { unit: 'ratio', digits: 1 })).toBe('14,8')
  })
  test('one case is a Fall, several are Fälle', () => {
    expect(valueText(1, cases)).toBe('1\u00a0Fall')
    expect(valueText(332, cases)).toBe('332\u00a0Fälle')
  })
  test('a difference says its direction in the own unit', () => {
    expect(differenceText(-1, cases)).toBe('1 weniger')
    expect(differenceText(252, cases)).toBe('252 mehr')
    expect(differenceText(0, cases)).toBe('unverändert')
    expect(differenceText(-0.003, { unit: 'ratio', digits: 1 })).toBe('0,3\u00a0Prozentpunkte weniger')
    expect(differenceText(120, { unit: 'cents_per_unit', digits: 2 })).toBe('1,20\u00a0€ mehr')
  })
  test('a difference below the last digit shown counts as none', () =>
    expect(differenceText(0.0001, { unit: 'ratio', digits: 1 })).toBe('unverändert'))
})

describe('dates', () => {
  test('days read TT.MM.JJJJ', () => expect(dateText('2026-11-01')).toBe('01.11.2026'))
  test('instants are told in Berlin time, to the second', () => {
    expect(instantText('2026-11-21T13:03:12.345Z')).toBe('21.11.2026, 14:03:12')
    expect(instantText('2026-07-01T22:30:00Z')).toBe('02.07.2026, 00:30:00')
    expect(minuteText('2026-11-21T13:05:59Z')).toBe('21.11.2026, 14:05 Uhr')
  })
  test('months are written out or short', () => {
    expect(monthText('2026-10')).toBe('Oktober 2026')
    expect(shortMonthText('2026-09')).toBe('Sep. 2026')
    expect(monthRangeText('2026-01', '2026-10')).toBe('Jan.–Okt. 2026')
    expect(monthRangeText('2026-01', '2026-01')).toBe('Jan. 2026')
  })
})

test('every sign has a meaning for those who do not see it', () => {
  expect(['.', '–', 'x', '…'].map(signText)).toEqual(['geheim', 'nichts vorhanden', 'nicht sinnvoll', 'Angabe folgt später'])
})
