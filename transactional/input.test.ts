import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Codes, Day, faultsOf, Id, text, UnitsPerWeek } from './input.ts'

const faults = (schema: z.ZodType, input: unknown) => faultsOf(schema.safeParse(input).error?.issues ?? [], input)
const Form = z.strictObject({
  name: text(2, 5),
  day: Day,
  id: Id,
  count: z.int().min(1).max(3),
  kind: z.enum(['a', 'b']),
  lines: z.array(z.strictObject({ code: text(1, 5) })).max(2),
})
const valid = { name: 'Kim', day: '2026-01-01', id: '0190f000-0000-7000-8000-000000000000', count: 1, kind: 'a', lines: [] }

describe('faults', () => {
  test.each([
    ['name', undefined, 'fehlt.'],
    ['name', 'K', 'muss mindestens 2 Zeichen lang sein.'],
    ['name', 'Kimberly', 'darf höchstens 5 Zeichen lang sein.'],
    ['name', 7, 'muss ein Text sein.'],
    ['name', 'a\tb', 'enthält Zeichen, die nicht erlaubt sind.'],
    ['day', '2026-02-30', 'muss ein Datum (JJJJ-MM-TT) sein.'],
    ['day', '1899-12-31', 'muss zwischen 01.01.1900 und 31.12.2040 liegen.'],
    ['id', 'x', 'muss eine gültige Kennung sein.'],
    ['count', 0, 'muss mindestens 1 sein.'],
    ['count', 4, 'darf höchstens 3 sein.'],
    ['count', 1.5, 'muss eine ganze Zahl sein.'],
    ['count', '1', 'muss eine Zahl sein.'],
    ['kind', 'c', 'muss einer dieser Werte sein: a, b.'],
    ['kind', undefined, 'fehlt.'],
    ['lines', [1, 2, 3].map(() => ({ code: 'x' })), 'darf höchstens 2 Einträge haben.'],
    ['lines', {}, 'muss eine Liste sein.'],
  ])('of %s as %j are told once, in German: %s', (field, value, message) => {
    expect(faults(Form, { ...valid, [field]: value })).toEqual([{ field, message }])
  })

  test('inside lists name the place', () => {
    expect(faults(Form, { ...valid, lines: [{ code: 'x' }, { code: '', more: 1 }] })).toEqual([
      { field: 'lines[1].code', message: 'fehlt.' },
      { field: 'lines[1].more', message: 'ist hier nicht vorgesehen.' },
    ])
  })

  test('of one of several kinds are those of the kind that was meant', () => {
    const Known = z.strictObject({ id: Id, function: text(1, 9) })
    const People = z.strictObject({ people: z.array(z.union([Known, z.strictObject({ name: text(1, 9), function: text(1, 9) })])) })
    expect(faults(People, { people: [{ name: '', function: 'Schule' }, { id: 'x', function: 'ASD' }, 1] })).toEqual([
      { field: 'people[0].name', message: 'fehlt.' },
      { field: 'people[1].id', message: 'muss eine gültige Kennung sein.' },
      { field: 'people[2]', message: 'muss ein Objekt sein.' },
    ])
  })

  test('of fields nobody asked for name each of them', () => {
    expect(faults(Form, { ...valid, admin: true, roles: [] }).map((fault) => fault.field)).toEqual(['admin', 'roles'])
  })
})

test('text is trimmed and composed', () => expect(text(1, 10).parse(' Zoe\u0308 ')).toBe('Zo\u00eb'))
test('codes become a sorted set', () => expect(Codes.parse(['b_2', 'ab', 'b_2', 'a_b'])).toEqual(['a_b', 'ab', 'b_2']))
test('every number of two decimals is taken as units per week', () => {
  for (let hundredths = 1; hundredths <= 16_800; hundredths++) expect(UnitsPerWeek.safeParse(hundredths / 100).success).toBe(true)
  expect(UnitsPerWeek.safeParse(0.005).success).toBe(false)
})
