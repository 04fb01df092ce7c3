import { describe, expect, test } from 'vitest'
import type { BookingWithNames, CaseCourse, ReservationWithSteps } from '../../client.ts'
import { numberOf } from '../../elements/form-fields.ts'
import { actionOf, agesText, type ActionName, type Help, meaningText, parallelHelps, possibleActions, stateText } from './help.ts'
import { countedDays, leftText, personText, rateText, weeklyText } from './reservation-words.ts'
import { emptyValues, noteOf } from './step-form.ts'
import { happened, latestText } from './timeline.ts'

const now = new Date('2026-03-10T09:00:00Z')
const reservation = {
  id: 'r',
  state: 'requested',
  held_until: '2026-03-17T09:00:00Z',
  first_day: '2026-04-01',
  last_day: '2026-09-30',
  counting_rule: 'last_day_free',
  planned_cents: 1_383_200,
  decline_reason: null,
  released_on: null,
  possible: ['consented', 'declined', 'renewed', 'withdrawn', 'released'],
} as unknown as ReservationWithSteps
const booking = {
  id: 'b',
  last_day: '2026-09-30',
  cancelled: false,
  end_reason: null,
  overdue: false,
  unit: 'hour',
  units_per_week: [3.25],
  first_day: '2026-04-01',
  interruptions: [],
  steps: [{ id: 's', step: 'booked' }],
  possible: ['prolonged', 'changed', 'interrupted', 'ended', 'cancelled'],
} as unknown as BookingWithNames
const reserved = (change: Partial<ReservationWithSteps> = {}): Help => ({ reservation: { ...reservation, ...change }, booking: undefined })
const booked = (change: Partial<BookingWithNames> = {}): Help => ({ reservation: undefined, booking: { ...booking, ...change } })

describe('where a help stands', () => {
  test.each<[Help, string, string]>([
    [
      reserved(),
      'Zustimmung angefragt',
      'Der Platz ist bis 17.03.2026, 10:00 Uhr gehalten (noch 7 Tage). So lange kann der Anbieter antworten.',
    ],
    [reserved({ possible: [] }), 'Reservierung abgelaufen', 'Der Platz wurde bis 17.03.2026, 10:00 Uhr gehalten und ist wieder frei.'],
    [
      reserved({ state: 'declined', decline_reason: 'staff', possible: [] }),
      'Abgelehnt',
      'Der Anbieter hat abgelehnt: Fachpersonal fehlt. Der Platz ist wieder frei.',
    ],
    [booked(), 'Gebucht', 'Der Platz ist bis zum 30.09.2026 gebucht.'],
    [booked({ first_day: '2026-03-10' }), 'Läuft', 'Die Hilfe läuft bis zum 30.09.2026.'],
    [
      booked({ overdue: true }),
      'Gebucht, Ende offen',
      'Das geplante Ende war am 30.09.2026. Bitte das Ende festhalten oder die Hilfe verlängern.',
    ],
    [
      booked({ interruptions: [{ id: 'i', first_day: '2026-03-01', last_day: '2026-03-20', reason: 'clinic', paid: true }] }),
      'Gebucht, unterbrochen',
      'Die Hilfe ruht bis zum 20.03.2026: Klinikaufenthalt. Der Platz wird weiter bezahlt.',
    ],
    [booked({ end_reason: 10, last_day: '2026-03-09' }), 'Beendet', 'Die Hilfe endete am 09.03.2026: planmäßig.'],
    [booked({ end_reason: 10 }), 'Gebucht, Ende steht fest', 'Die Hilfe endet am 30.09.2026: planmäßig.'],
    [booked({ cancelled: true }), 'Storniert', 'Die Hilfe hat nicht stattgefunden. Der Platz ist frei.'],
  ])('%#: %s', (help, state, meaning) => {
    expect(stateText(help, now)).toBe(state)
    expect(meaningText(help, now).replaceAll('\u00a0', ' ')).toBe(meaning)
  })
})

test('only what is possible is offered, and what is over offers nothing', () => {
  expect(possibleActions(reserved())).toEqual(['consented', 'declined', 'renewed', 'withdrawn', 'released'])
  expect(possibleActions(reserved({ possible: [] }))).toEqual([])
  expect(possibleActions(booked())).toEqual(['prolong', 'change', 'interrupt', 'end', 'cancel'])
  expect(possibleActions(booked({ possible: ['end_undone'] }))).toEqual(['undo-end'])
  expect(possibleActions(booked({ possible: [] }))).toEqual([])
})

test('what cannot be taken back is asked before, and forms begin with what is most likely', () => {
  const form = (name: ActionName, help: Help) => actionOf(name, help, [], '2026-03-10', async () => undefined)
  const asking = [...possibleActions(reserved()), ...possibleActions(booked())].filter(
    (name) => form(name, possibleActions(booked()).includes(name) ? booked() : reserved()).question,
  )
  expect(asking).toEqual(['released', 'cancel'])
  expect(form('end', booked()).given).toEqual({ last_day: '2026-03-10' })
  expect(form('end', booked({ last_day: '2026-02-01' })).given).toEqual({ last_day: '2026-02-01' })
  expect(form('prolong', booked({ units_per_week: [3.25, 0] })).given).toEqual({ units_per_week: '3,25' })
  expect(form('interrupt', booked()).given).toEqual({ first_day: '2026-04-02' })
  expect(form('change', booked()).given).toEqual({ first_day: '2026-04-01', units_per_week: '3,25' })
})

test('what the age says to a prolongation is told with its last day, and only what is possible is confirmed', () => {
  const help = booked({ latest_days: { law: '2032-08-15', facility: { last_day: '2026-08-15', age_to: 20 } } })
  const { booking } = help as { booking: BookingWithNames }
  const { toConfirm } = actionOf('prolong', help, [], '2026-03-10', async () => undefined)
  const asked = (last_day: string) => [agesText(booking, last_day), toConfirm!({ ...emptyValues, last_day })]
  expect([asked(''), asked('2026-08-15')]).toEqual([
    ['', []],
    ['', []],
  ])
  expect(asked('2026-08-16')).toEqual(['Die Einrichtung nimmt Personen bis 20 Jahre auf, das ist bis zum 15.08.2026.', ['older']])
  expect(asked('2032-08-16')).toEqual([expect.stringContaining('Möglich ist ein Ende bis zum 15.08.2032'), []])
})

test('beside another booked home a booking is confirmed, beside a reserved one not', () => {
  const other = { kind: 'booking', legal_basis: '§ 34 SGB VIII', service_kind_label: 'Heimerziehung', facility_name: 'Haus am See' }
  const asked = (...parallel: object[]) =>
    actionOf('booked', reserved(), parallel as CaseCourse['helps'], '2026-03-10', async () => undefined).toConfirm!(emptyValues)
  expect([asked(other), asked({ ...other, kind: 'reservation' }), asked()]).toEqual([['parallel'], [], []])
})

test('terms in words', () => {
  expect(countedDays(reservation)).toBe(182)
  expect(countedDays({ ...reservation, counting_rule: 'calendar_days' })).toBe(183)
  expect(personText({ age_at_begin: 1, sex: 'd' })).toBe('1\u00a0Jahr bei Beginn, divers')
  expect([rateText(7600, 'day'), weeklyText(7, 'day'), weeklyText(3.25, 'hour')]).toEqual([
    '76,00\u00a0€ je Tag',
    '7\u00a0Tage pro Woche',
    '3,25\u00a0Stunden pro Woche',
  ])
  expect(
    ['2026-03-10T09:10:00Z', '2026-03-10T14:10:00Z', '2026-03-17T08:59:59Z', '2026-03-10T08:00:00Z'].map((at) => leftText(at, now)),
  ).toEqual(['noch weniger als eine Stunde', 'noch 5\u00a0Stunden', 'noch 7\u00a0Tage', 'abgelaufen'])
})

test('what is typed is read as it is meant', () => {
  expect(['3,25', ' 7 ', '98.50', '1.234,5'].map(numberOf)).toEqual([3.25, 7, 98.5, 1234.5])
  expect(['', 'x', '3,256', '1.000', '1e3', '0x10', '-5'].map(numberOf).every(Number.isNaN)).toBe(true)
  const values = { ...emptyValues, note: ' zwei\nZeilen ' }
  expect([noteOf(values), noteOf({ ...values, note: ' \n' })]).toEqual([{ note: 'zwei Zeilen' }, {}])
})

test('what happened reads as one line of time, from the reservation to the end', () => {
  const unsaid = { id: 's', by: 'Falk', first_day: null, last_day: null, away_reason: null, note: null }
  const help = {
    reservation: {
      ...reservation,
      state: 'booked',
      steps: [
        { step: 'reserved', at: '2026-03-01T09:00:00Z', by: 'Falk', note: null },
        { step: 'booked', at: '2026-03-02T09:00:00Z', by: 'Falk', note: null },
      ],
    } as unknown as ReservationWithSteps,
    booking: {
      ...booking,
      steps: [
        { ...unsaid, step: 'interrupted', at: '2026-05-01T09:00:00Z', first_day: '2026-05-02', last_day: '2026-05-09' },
        { ...unsaid, id: null, by: null, step: 'ended', at: null, last_day: '2026-06-30' },
      ],
    } as unknown as BookingWithNames,
  }
  expect(happened(help).map(({ label }) => label)).toEqual([
    'Reserviert',
    'Gebucht',
    'Unterbrochen vom 02.05.2026 bis 09.05.2026',
    'Beendet zum 30.06.2026',
  ])
  expect(latestText(help)).toBe('Zuletzt: Beendet zum 30.06.2026.')
})

test('a person lives in one place: another residential help of the same days is told of', () => {
  const help = (change: Partial<CaseCourse['helps'][number]>) =>
    ({
      id: 'x',
      kind: 'booking',
      service_kind: 's34',
      state: null,
      cancelled: false,
      first_day: '2026-05-01',
      last_day: '2026-12-31',
      ...change,
    }) as CaseCourse['helps'][number]
  const isResidential = (code: string) => code === 's34'
  const told = (of: Help, ...helps: CaseCourse['helps']) => parallelHelps(of, { helps }, isResidential).length
  const own = booked({ service_kind: 's34' })
  expect(told(own, help({}), help({ id: 'b' }), help({ kind: 'reservation', state: 'requested' }))).toBe(2)
  expect(told(own, help({ cancelled: true }), help({ kind: 'reservation', state: 'released' }), help({ service_kind: 's31' }))).toBe(0)
  expect(told(own, help({ first_day: '2026-09-30' }), help({ first_day: '2025-01-01', last_day: '2026-04-01' }))).toBe(0)
  expect(told(booked({ service_kind: 's34', cancelled: true }), help({}))).toBe(0)
  expect(told(booked({ service_kind: 's31' }), help({}))).toBe(0)
  expect(told(reserved({ service_kind: 's34' }), help({}))).toBe(1)
})
