import { expect, test } from 'vitest'
import { digitsOf, firstChoice, kindOf, mostBars, pointsOf, textOf } from './result.ts'

const column = (name: string, type: string) => ({ name, type })

test('types of DuckDB are numbers, days or words', () => {
  expect(['BIGINT', 'UINTEGER', 'HUGEINT', 'DOUBLE', 'DECIMAL(10,2)'].map(kindOf)).toEqual(Array.from({ length: 5 }, () => 'number'))
  expect(kindOf('DATE')).toBe('day')
  expect(['VARCHAR', 'INTERVAL', 'INTEGER[]', 'STRUCT("a" INTEGER)', 'TIMESTAMP'].map(kindOf)).toEqual(
    Array.from({ length: 5 }, () => 'text'),
  )
})

test('numbers of a column have the same digits, years stay years, and a missing value is none', () => {
  const rows = [[1.5], [2.25], [null], ['12345678901234567']]
  expect(digitsOf({ rows }, 0)).toBe(2)
  expect([textOf(1.5, 'number', 2), textOf(16265716.8, 'number', 2), textOf(2026, 'number', 0), textOf(-3, 'number', 0)]).toEqual([
    '1,50',
    '16.265.716,80',
    '2026',
    '\u22123',
  ])
  expect([textOf(null, 'number', 0), textOf(true, 'text', 0), textOf('2026-10-01', 'day', 0), textOf('a', 'text', 0)]).toEqual([
    null,
    'ja',
    '01.10.2026',
    'a',
  ])
})

test('days become a line, words bars, and a result without numbers or labels no chart', () => {
  const month = column('month', 'DATE')
  const [word, number] = [column('label', 'VARCHAR'), column('value', 'BIGINT')]
  const choice = (columns: ReturnType<typeof column>[], row: (string | number)[]) => firstChoice({ columns, rows: [row] })
  expect(choice([month, number], ['2026-10-01', 1])).toEqual({ kind: 'line', label: 0, value: 1 })
  expect(choice([word, word, number], ['a', 'b', 1])).toEqual({ kind: 'bars', label: 1, value: 2 })
  expect(choice([number, number], [2026, 1])).toEqual({ kind: 'bars', label: 1, value: 0 })
  expect(choice([number], [1])).toBe(undefined)
  expect(choice([word], ['a'])).toBe(undefined)
  expect(firstChoice({ columns: [word, number], rows: [] })).toBe(undefined)
})

test('points keep the order of the rows; months are named as such, and bars are few', () => {
  const columns = [column('month', 'DATE'), column('value', 'BIGINT')]
  const points = pointsOf(
    {
      columns,
      rows: [
        ['2026-10-01', 3],
        ['2026-11-01', null],
      ],
    },
    { kind: 'line', label: 0, value: 1 },
  )
  expect(points).toEqual([
    { label: 'Okt. 2026', day: '2026-10-01', value: 3 },
    { label: 'Nov. 2026', day: '2026-11-01', value: null },
  ])
  const many = Array.from({ length: 90 }, (_, at): [string, number] => [`2026-01-${at}`, at])
  expect(pointsOf({ columns: [column('text', 'VARCHAR'), columns[1]!], rows: many }, { kind: 'bars', label: 0, value: 1 })).toHaveLength(
    mostBars,
  )
})
