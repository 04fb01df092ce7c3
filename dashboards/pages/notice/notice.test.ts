import { expect, test } from 'vitest'
import { dueKind } from './notice.ts'

test('of a help its grant is told first, then changes, and its end once that is recorded', () => {
  const about = { case_id: 'c', service_kind: 's34', booking_id: 'b', ended: false }
  const grant = { booking_id: 'b', kind: 'grant', state: 'issued' } as const
  expect(dueKind(about, [])).toBe('grant')
  expect(dueKind(about, [{ ...grant, state: 'draft' }])).toBe('grant')
  expect(dueKind(about, [{ ...grant, booking_id: 'other' }])).toBe('grant')
  expect(dueKind(about, [grant])).toBe('change')
  expect(dueKind({ ...about, ended: true }, [grant])).toBe('end')
  // nothing booked yet: a refusal or grant of the case as a whole
  expect(dueKind({ ...about, booking_id: null }, [{ ...grant, booking_id: null }])).toBe('grant')
})
