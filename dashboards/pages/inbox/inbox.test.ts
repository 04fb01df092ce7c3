import { expect, test } from 'vitest'
import { entriesOf, isUnseen, ofKind, readInbox, reminderText, writeInbox } from './inbox.ts'

type Given = Parameters<typeof entriesOf>
const reminders = ['2026-03-17', '2026-03-12'].map((due_on) => ({ id: due_on, due_on })) as Given[0]
const items = [
  { id: 'notice', file_name: null, received_at: '2026-03-10T08:00:00Z', read_at: null },
  { id: 'new report', file_name: 'a.pdf', received_at: '2026-03-11T05:00:00Z', read_at: null },
  { id: 'old report', file_name: 'b.xlsx', received_at: '2026-02-11T05:00:00Z', read_at: '2026-02-12T05:00:00Z' },
] as Given[1]
const idOf = (entry: ReturnType<typeof entriesOf>[number]) => (entry.kind === 'deadline' ? entry.reminder.id : entry.item.id)

test('deadlines stand first by their day, the rest below it, newest first', () => {
  const entries = entriesOf(reminders, items)
  expect(entries.map(idOf)).toEqual(['2026-03-12', '2026-03-17', 'new report', 'notice', 'old report'])
  expect(ofKind(entries, 'notice').map(idOf)).toEqual(['notice'])
  expect(ofKind(entries, 'report').map(idOf)).toEqual(['new report', 'old report'])
  expect(ofKind(entries, 'unknown')).toEqual(ofKind(entries, undefined))
  expect(ofKind(entries, undefined)).toHaveLength(5)
  expect(entries.filter(isUnseen).map(idOf)).toEqual(['2026-03-12', '2026-03-17', 'new report', 'notice'])
  expect(writeInbox(readInbox('?kind=report&text=x'))).toBe('?kind=report')
})

test.each([
  ['review', '2026-03-18', 'Hilfeplangespräch bis 18.03.2026'],
  ['review', '2026-03-09', 'Hilfeplangespräch war bis 09.03.2026 fällig'],
  ['end', '2026-03-10', 'Hilfe endet am 10.03.2026'],
  ['answer', '2026-03-11', 'Anbieter hat noch nicht geantwortet, Frist 11.03.2026'],
] as const)('%s on %s reads: %s', (kind, due_on, text) => {
  expect(reminderText({ kind, due_on }, '2026-03-10')).toBe(text)
})
