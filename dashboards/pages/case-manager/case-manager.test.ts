import { describe, expect, test } from 'vitest'
import {
  countIn,
  dueText,
  groupsOf,
  leadText,
  questionOf,
  rangeText,
  readManaged,
  tabOf,
  tabs,
  underWayText,
  writeManaged,
} from './case-manager.ts'
import { eventText } from './case-words.ts'

describe('what is chosen', () => {
  test('stands in the address, words that are looked for do not', () => {
    const choice = readManaged('?stage=failed&mine=true&text=Muster&service_kind=s34&due=week')
    expect(writeManaged(choice)).toBe('?stage=failed&mine=true&service_kind=s34&due=week')
    expect(questionOf(choice, 'Muster', undefined)).toEqual({
      stages: ['declined', 'expired'],
      due: ['past', 'week'],
      mine: true,
      service_kind: 's34',
      text: 'Muster',
    })
  })

  test('an unknown stage is all of them', () => {
    expect(questionOf(readManaged('?stage=unknown'), '', 'next')).toEqual({ stages: [], due: [], mine: false, cursor: 'next' })
  })

  test('each stage has one tab, and all of them add up', () => {
    const counts = { reserved: 2, declined: 1, expired: 3, running: 32 }
    expect(tabs.slice(1).reduce((sum, tab) => sum + countIn(tab, counts), 0)).toBe(countIn(tabs[0]!, counts))
    expect(countIn(tabOf({ stage: 'failed' }), counts)).toBe(4)
  })
})

test.each([
  ['2026-11-16', '5 Tage überfällig'],
  ['2026-11-20', '1 Tag überfällig'],
  ['2026-11-21', 'heute'],
  ['2026-11-22', 'morgen'],
  ['2027-03-31', 'in 130 Tagen'],
])('%s reads %s on 21.11.2026', (due_on, text) => {
  expect(dueText(due_on, '2026-11-21')).toBe(text)
})

test('a help under way tells where it stands and what is due next', () => {
  const today = '2026-10-15'
  const rests = { stage: 'interrupted', last_day: '2027-08-03', resumes_on: '2026-10-26' } as const
  expect(underWayText({ ...rests, due_on: '2026-10-26' }, today)).toBe('Unterbrochen, Hilfe geht weiter: 26.10.2026, in 11 Tagen')
  expect(underWayText({ ...rests, due_on: '2026-10-20' }, today)).toBe('Unterbrochen, Hilfeplan fortschreiben: 20.10.2026, in 5 Tagen')
  const waits = { stage: 'waiting', last_day: '2027-03-31', resumes_on: null, due_on: '2026-10-16' } as const
  expect(underWayText(waits, today)).toBe('Wartet auf Platz, Hilfe soll beginnen: 16.10.2026, morgen')
})

test('the course of a case tells days, and why a help was declined or booked outside the system', () => {
  const event = { step: null, to: null, first_day: null, last_day: null, away_reason: null, decline_reason: null }
  expect(eventText({ ...event, what: 'opened_from_file' })).toBe('Fall aus einer Datei übernommen')
  expect(eventText({ ...event, what: 'booking', step: 'ended', last_day: '2026-06-30' })).toBe('Beendet zum 30.06.2026')
  expect(eventText({ ...event, what: 'booking', step: 'interrupted', first_day: '2026-05-02', last_day: '2026-05-09' })).toBe(
    'Unterbrochen vom 02.05.2026 bis 09.05.2026',
  )
  expect(eventText({ ...event, what: 'reservation', step: 'declined', decline_reason: 'staff' })).toBe('Abgelehnt: Fachpersonal fehlt')
  expect(eventText({ ...event, what: 'booking', step: 'booked' })).toBe('Gebucht')
  expect(eventText({ ...event, what: 'booking', step: 'booked', away_reason: 'no_offer' })).toBe(
    'Außerhalb des Systems gebucht: Kein passendes Angebot frei',
  )
})

test.each([
  [{ past: 3, week: 8 }, '3 Fristen sind überschritten, 8 enden in den nächsten 7 Tagen.'],
  [{ past: 1, week: 1 }, '1 Frist ist überschritten, 1 endet in den nächsten 7 Tagen.'],
  [{ past: 1 }, '1 Frist ist überschritten, keine endet in den nächsten 7 Tagen.'],
  [{ week: 2, later: 5 }, 'Keine Frist ist überschritten, 2 enden in den nächsten 7 Tagen.'],
])('the days that are near: %j', (due, text) => {
  expect(leadText({ due })).toBe(text)
})

test('lines stand under headings whose counts are over all pages', () => {
  const help = (due: 'past' | 'later') => ({ due }) as Parameters<typeof groupsOf>[0]['items'][number]
  const groups = groupsOf({ items: [help('past'), help('later'), help('later')], listed_due: { past: 1, week: 4, later: 60 } })
  expect(groups.map(({ label, count, helps }) => [label, count, helps.length])).toEqual([
    ['Überfällig', 1, 1],
    ['Später', 60, 2],
  ])
  expect(rangeText(50, 6, 1056)).toBe('51 bis 56 von 1.056')
})
