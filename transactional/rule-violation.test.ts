import { expect, test } from 'vitest'
import { detailsOf, type RuleCode, rules } from './rule-violation.ts'

test('what to do is told with every refusal that knows it, at its field or about the whole request', () => {
  for (const [code, rule] of Object.entries(rules)) {
    if (!('hint' in rule)) continue
    expect(detailsOf(code as RuleCode, [])).toEqual([{ field: 'field' in rule ? rule.field : '', message: rule.hint }])
  }
  expect(detailsOf('booking_moved', [])).toEqual([{ field: '', message: 'Bitte prüfen und noch einmal absenden.' }])
  expect(detailsOf('offer_capacity_taken', [])).toMatchObject([{ field: 'capacity' }])
  expect(detailsOf('not_found', [])).toEqual([])
})

test('details that were given stand instead of the field of the rule, and before what is to be done with the whole request', () => {
  const given = [{ field: 'after_step', message: 'Zuletzt gestern.' }]
  expect(detailsOf('booking_period', given)).toEqual(given)
  expect(detailsOf('booking_moved', given)).toEqual([...given, { field: '', message: 'Bitte prüfen und noch einmal absenden.' }])
})
