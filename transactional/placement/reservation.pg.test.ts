import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asReader } from '../access/as-reader.ts'
import type { Problem } from '../problem.ts'
import { startService, type Service } from '../service.fixture.ts'
import type { Role } from '../vocabulary.ts'
import { startWatchedExpiry } from './expiry.fixture.ts'
import type { ReservationWithSteps } from './reservation.routes.ts'

let service: Service
let case_id: string
beforeAll(async () => {
  service = await startService()
})
beforeEach(async () => {
  service.clock.now = new Date('2026-03-10T09:00:00Z')
  service.clearSessions()
  ;({ case_id } = await service.openCase('fall.vg'))
})
afterAll(() => service.stop())

type Answer = ReservationWithSteps & Problem
const period = { first_day: '2026-04-01', last_day: '2026-09-30' }
const reserve = (offer_id: string, given: Record<string, unknown> = {}, user = 'fall.vg') =>
  service.as(user)<Answer>('POST', '/service/reservations', { case_id, offer_id, ...period, parallel: true, ...given })
const step = (id: string, name: string, user = 'fall.vg', body?: unknown) =>
  service.as(user)<Answer>('POST', `/service/reservations/${id}/${name}`, body ?? (name === 'book' ? { parallel: true } : {}))
const daysLater = (days: number) => {
  service.clock.now = new Date(service.clock.now.getTime() + days * 86_400_000)
  service.clearSessions()
}

test('from a search to a booking: each step is kept with who, when and why, and the booking has the terms reserved', async () => {
  const cheap = await service.offer({ rate_cents: 7600, specialisations: ['autismus_spektrum'] })
  const offer_id = await service.offer({ rate_cents: 9042, specialisations: ['autismus_spektrum'] })
  const search = await service.as('fall.vg')('POST', '/service/searches', {
    service_kind: 's34',
    ...period,
    specialisations: ['autismus_spektrum'],
    case_id,
  })
  daysLater(1)
  const reserved = await reserve(offer_id, {
    search_id: search.body['id'],
    specialisations: ['autismus_spektrum'],
    dearer_reason: 'nearness',
    note: 'Schule im Ort',
  })
  expect(reserved.status).toBe(201)
  const { id } = reserved.body
  // 182 days: 16,456.44 € against 13,832.00 €
  expect(reserved.body).toMatchObject({
    state: 'reserved',
    planned_cents: 1_645_644,
    dearer_cents: 262_444,
    dearer_reason: 'nearness',
    held_until: '2026-03-18T09:00:00Z',
    possible: ['renewed', 'requested', 'released'],
  })
  expect((await service.as('anbieter.1')('GET', `/service/reservations/${id}`)).status).toBe(404)
  expect((await step(id, 'request-consent', 'fall.vg', { note: 'Bitte ab Schulbeginn' })).body.state).toBe('requested')
  daysLater(2)
  const asked = await service.as('anbieter.1')<Answer>('GET', `/service/reservations/${id}`)
  expect(asked.body).toMatchObject({
    case_id: null,
    case_number: null,
    dearer_cents: null,
    dearer_reason: null,
    request_note: 'Bitte ab Schulbeginn',
    possible: ['consented', 'declined'],
  })
  expect(JSON.stringify(asked.body)).not.toMatch(/Schule im Ort|Muster|fall\.vg/)
  expect((await step(id, 'consent', 'anbieter.1', { note: 'Aufnahme ab 8 Uhr' })).body.state).toBe('consented')
  const booked = await step(id, 'book')
  expect(booked.body).toMatchObject({ state: 'booked', booked_on: '2026-03-13', possible: [] })
  expect(booked.body.steps.map(({ step, by, note }) => [step, by, note])).toEqual([
    ['reserved', 'fall.vg', 'Schule im Ort'],
    ['requested', 'fall.vg', 'Bitte ab Schulbeginn'],
    ['consented', 'Träger 1', 'Aufnahme ab 8 Uhr'],
    ['booked', 'fall.vg', null],
  ])
  const booking = await service.as('fall.vg')('GET', `/service/bookings/${booked.body.booking_id}`)
  expect(booking.body).toMatchObject({ case_id, offer_id, ...period, planned_cents: 1_645_644, agreed_cents: 1_645_644, agreed_days: 182 })
  expect(booking.body).toMatchObject({
    reservation_id: id,
    provider_name: 'Träger 1',
    facility_name: 'Haus am See 1',
    legal_basis: '§ 34 SGB VIII',
  })
  const provided = await service.as('anbieter.1')('GET', `/service/bookings/${booked.body.booking_id}`)
  expect(provided.body).toMatchObject({ case_id: null, case_number: null, reservation_id: id })
  const { rows } = await service.owner.query(
    'select searched_on::text, reserved_on::text, booked_on::text from reservation where id = $1',
    [id],
  )
  expect(rows).toEqual([{ searched_on: '2026-03-10', reserved_on: '2026-03-11', booked_on: '2026-03-13' }])
  expect(cheap).not.toBe(offer_id)
})

test('a reserved place is not free, a released, declined or expired one is again', async () => {
  const offer_id = await service.offer({ capacity: 1 })
  const first = await reserve(offer_id)
  expect((await reserve(offer_id)).body).toMatchObject({ status: 409, code: 'booking_offer_full' })
  expect((await service.book('fall.vg', { case_id, offer_id, ...period })).body).toMatchObject({ code: 'booking_offer_full' })
  await step(first.body.id, 'release')
  const second = await reserve(offer_id)
  expect(second.status).toBe(201)
  await step(second.body.id, 'request-consent')
  const declined = await step(second.body.id, 'decline', 'anbieter.1', { decline_reason: 'staff' })
  expect(declined.body).toMatchObject({ state: 'declined', decline_reason: 'staff', declined_on: '2026-03-10' })
  const third = await reserve(offer_id)
  expect(third.status).toBe(201)
  daysLater(7)
  expect((await step(third.body.id, 'renew')).body).toMatchObject({ status: 409, code: 'reservation_expired' })
  expect((await reserve(offer_id)).status).toBe(201)
  const expired = await service.as('fall.vg')<Answer>('GET', `/service/reservations/${third.body.id}`)
  expect(expired.body.state).toBe('expired')
  expect(expired.body.steps.at(-1)).toMatchObject({ step: 'expired', by: null, at: '2026-03-17T09:00:00Z' })
})

test('what is held no longer ends by itself, while nobody asks', async () => {
  const offer_id = await service.offer()
  const [short, long] = await Promise.all([reserve(offer_id), reserve(offer_id)])
  await step(long.body.id, 'request-consent')
  daysLater(1)
  await step(long.body.id, 'renew')
  const stateOf = async ({ body }: typeof short) =>
    (await service.one<{ state: string }>('select state from reservation where id = $1', [body.id])).state
  const expiry = startWatchedExpiry(service)
  await expiry.lookedAgain()
  expect(await Promise.all([short, long].map(stateOf))).toEqual(['reserved', 'requested'])
  daysLater(6)
  await expiry.lookedAgain()
  expect(await Promise.all([short, long].map(stateOf))).toEqual(['expired', 'requested'])
  await expiry.stop()
  daysLater(1)
  await new Promise((resolve) => setTimeout(resolve, 60))
  expect(await stateOf(long)).toBe('requested')
})

test('one place, many who want it: exactly one gets it, and no two consents sell it twice', async () => {
  const offer_id = await service.offer({ capacity: 1 })
  const tries = await Promise.all(
    Array.from({ length: 12 }, (_, n) => (n % 2 ? reserve(offer_id) : service.book('fall.vg', { case_id, offer_id, ...period }))),
  )
  expect(tries.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(new Set(tries.filter(({ status }) => status !== 201).map(({ body }) => body.code))).toEqual(new Set(['booking_offer_full']))
})

test('two people acting at once: one step counts, the other is told', async () => {
  const { id } = (await reserve(await service.offer())).body
  await step(id, 'request-consent')
  const answers = await Promise.all([
    step(id, 'consent', 'anbieter.1'),
    step(id, 'decline', 'anbieter.1', { decline_reason: 'no_place' }),
    step(id, 'release'),
  ])
  const done = answers.filter(({ status }) => status === 200)
  // consented may still be released
  expect(done.length).toBeGreaterThan(0)
  for (const { status, body } of answers) if (status !== 200) expect([status, body.code]).toEqual([409, 'reservation_step'])
  const booked = await Promise.all([step(id, 'book'), step(id, 'book'), step(id, 'release')])
  expect(booked.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
})

test('others neither see nor move it', async () => {
  const { id } = (await reserve(await service.offer())).body
  await step(id, 'request-consent')
  for (const user of ['fall.hro', 'anbieter.2', 'politik', 'admin']) {
    expect([user, (await service.as(user)('GET', `/service/reservations/${id}`)).status]).toEqual([user, 404])
    expect([user, (await step(id, 'consent', user)).status]).toEqual([user, 404])
  }
  expect((await step(id, 'book', 'anbieter.1')).status).toBe(404)
  const finance = await service.as('finanzen.vg')<Answer>('GET', `/service/reservations/${id}`)
  expect([finance.status, finance.body.possible]).toEqual([200, []])
})

test('the first and the last day a help may begin are told before, and hold', async () => {
  const terms = await service.as('fall.vg')<object>('GET', '/service/reservation-terms')
  expect(terms).toMatchObject({ status: 200, body: { earliest_begin: '2025-12-08', latest_begin: '2028-03-09' } })
  const offer_id = await service.offer()
  expect((await reserve(offer_id, { first_day: '2025-12-07' })).body).toMatchObject({ code: 'begin_past' })
  expect((await reserve(offer_id, { first_day: '2025-12-08' })).status).toBe(201)
  const far = { first_day: '2028-03-10', last_day: '2028-09-10' }
  expect((await reserve(offer_id, far)).body).toMatchObject({
    status: 422,
    code: 'begin_far',
    details: [{ field: 'first_day', message: 'Bitte einen Beginn bis zum 09.03.2028 wählen.' }],
  })
  await service.owner.query(`insert into parameter values ('ahead_begin_days', '2026-03-10', 731)`)
  expect((await reserve(offer_id, far)).status).toBe(201)
  await service.owner.query(`delete from parameter where name = 'ahead_begin_days' and valid_from = '2026-03-10'`)
  // a provider reads until when a consent would hold the place
  expect((await service.as('anbieter.1')('GET', '/service/reservation-terms')).body).toMatchObject({
    consent_held_until: '2026-03-24T09:00:00.000Z',
  })
  expect((await service.as('politik')('GET', '/service/reservation-terms')).status).toBe(404)
})

describe('what does not fit is told at its field and changes nothing', () => {
  const cases: [string, Record<string, unknown>, string, string][] = [
    ['a beginning long past', { first_day: '2025-11-01' }, 'begin_past', 'first_day'],
    ['an end before the beginning', { last_day: '2026-03-01' }, 'invalid_input', 'last_day'],
    ['an offer that is none', { offer_id: '00000000-0000-7000-8000-000000000000' }, 'offer_unknown', 'offer_id'],
    ['a case that is none', { case_id: '00000000-0000-7000-8000-000000000000' }, 'case_unknown', 'case_id'],
    ['a reason that is none', { dearer_reason: 'because' }, 'invalid_input', 'dearer_reason'],
  ]
  test.each(cases)('%s', async (_, given, code, field) => {
    const offer_id = await service.offer({ capacity: 1 })
    const { body } = await reserve(offer_id, given)
    expect(body).toMatchObject({ code, details: [{ field }] })
    expect((await reserve(offer_id)).status).toBe(201)
  })

  test('an age or sex the facility does not take, and a decline without words', async () => {
    const offer_id = await service.offer({ facility: 1 })
    await service.owner.query(`update facility set sex_admitted = 'm' where id = (select facility_id from offer where id = $1)`, [offer_id])
    expect((await reserve(offer_id)).body).toMatchObject({ status: 422, code: 'offer_not_for_client' })
    await service.owner.query(
      `update facility set sex_admitted = 'all', age_from = 16 where id = (select facility_id from offer where id = $1)`,
      [offer_id],
    )
    expect((await reserve(offer_id)).body).toMatchObject({ status: 422, code: 'offer_not_for_client' })
    await service.owner.query(`update facility set age_from = 0 where id = (select facility_id from offer where id = $1)`, [offer_id])
    const { id } = (await reserve(offer_id)).body
    await step(id, 'request-consent')
    expect((await step(id, 'decline', 'anbieter.1', { decline_reason: 'other' })).body).toMatchObject({
      code: 'decline_note_missing',
      details: [{ field: 'note' }],
    })
  })
})

describe('taken back', () => {
  const why = { note: 'Falsche Anfrage' }
  const requested = async (given: Record<string, unknown> = {}) => {
    const offer_id = await service.offer({ capacity: 1 })
    const { id } = (await reserve(offer_id, given)).body
    await step(id, 'request-consent')
    return { id, offer_id }
  }

  test('a consent waits for an answer again, until it is booked, and the provider alone takes back his own', async () => {
    const { id } = await requested()
    await step(id, 'consent', 'anbieter.1')
    expect((await step(id, 'withdraw-consent', 'fall.vg', why)).body).toMatchObject({ status: 409, code: 'reservation_consent_stands' })
    expect((await step(id, 'withdraw-consent', 'anbieter.1')).body).toMatchObject({
      status: 422,
      code: 'reason_missing',
      details: [{ field: 'note' }],
    })
    expect((await step(id, 'withdraw-consent', 'anbieter.2', why)).status).toBe(404)
    const back = await step(id, 'withdraw-consent', 'anbieter.1', why)
    expect(back.body).toMatchObject({ state: 'requested', consented_on: null, possible: ['consented', 'declined'] })
    expect(back.body.steps.at(-1)).toMatchObject({ step: 'consent_withdrawn', by: 'anbieter.1', note: 'Falsche Anfrage' })
    await step(id, 'consent', 'anbieter.1')
    const both = await Promise.all([step(id, 'book'), step(id, 'withdraw-consent', 'anbieter.1', why)])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    expect(both.find(({ status }) => status === 409)!.body.code).toBe('reservation_step')
  })

  test('a decline the authority recorded lets the request stand again where the place is free, one of the provider stays', async () => {
    const { id, offer_id } = await requested()
    await step(id, 'decline', 'fall.vg', { decline_reason: 'staff' })
    const other = await reserve(offer_id)
    expect((await step(id, 'undo-decline', 'fall.vg', why)).body).toMatchObject({ status: 409, code: 'booking_offer_full' })
    await step(other.body.id, 'release')
    expect((await step(id, 'undo-decline', 'anbieter.1', why)).status).toBe(404)
    daysLater(14)
    const back = await step(id, 'undo-decline', 'fall.vg', why)
    expect(back.body).toMatchObject({ state: 'requested', declined_on: null, decline_reason: null, held_until: '2026-03-31T09:00:00Z' })
    expect((await step(id, 'decline', 'anbieter.1', { decline_reason: 'staff' })).status).toBe(200)
    expect((await step(id, 'undo-decline', 'fall.vg', why)).body).toMatchObject({ status: 409, code: 'reservation_decline_stands' })
    const late = await requested()
    await step(late.id, 'decline', 'fall.vg', { decline_reason: 'staff' })
    daysLater(15)
    expect((await step(late.id, 'undo-decline', 'fall.vg', why)).body).toMatchObject({ code: 'reservation_decline_stands' })
  })

  test('nothing else is moved by a provider, whatever the service asks for', async () => {
    const { id } = await requested()
    const { ids } = service
    const reader = {
      user_name: 'anbieter.1',
      display_name: 'anbieter.1',
      federal_state: 'MV',
      user_account_id: ids['anbieter.1']!,
      roles: ['provider'] as Role[],
      youth_authority_id: null,
      provider_id: (await service.one<{ provider_id: string }>('select provider_id from reservation where id = $1', [id])).provider_id,
    }
    const change = (to: string) =>
      asReader(service.db, reader, (trx) => sql.raw(`update reservation set ${to} where id = '${id}'`).execute(trx))
    await expect(change(`held_until = now() + interval '1 year'`)).rejects.toThrow('does not follow')
  })
})

test('a hold is extended six weeks at most, told at the field', async () => {
  const { id } = (await reserve(await service.offer())).body
  for (let week = 0; week < 6; week += 1) {
    daysLater(6)
    expect((await step(id, 'renew')).status).toBe(200)
  }
  expect((await step(id, 'renew')).body).toMatchObject({
    code: 'reservation_hold_limit',
    details: [{ field: 'note', message: expect.stringContaining('hier bis zum 21.04.2026') }],
  })
})

test('why a dearer offer was chosen is told later by the authority, and the provider reads none of it', async () => {
  await service.offer({ rate_cents: 7600, service_kind: 's35' })
  const { id } = (await reserve(await service.offer({ rate_cents: 9042, service_kind: 's35' }))).body
  await step(id, 'request-consent')
  await step(id, 'consent')
  expect((await step(id, 'book')).body.possible).toEqual(['explained'])
  expect((await step(id, 'explain', 'fall.vg', { dearer_reason: 'other' })).body).toMatchObject({ code: 'reason_missing' })
  const told = await step(id, 'explain', 'fall2.vg', { dearer_reason: 'nearness', note: 'Schule im Ort' })
  expect(told.body).toMatchObject({ dearer_reason: 'nearness', possible: [] })
  expect(told.body.steps.at(-1)).toMatchObject({ step: 'explained', by: 'fall2.vg', note: 'Schule im Ort' })
  expect((await step(id, 'explain', 'fall.vg', { dearer_reason: 'nearness' })).body).toMatchObject({ code: 'reservation_explained' })
  expect(JSON.stringify((await service.as('anbieter.1')('GET', `/service/reservations/${id}`)).body)).not.toMatch(/Schule im Ort|explained/)
})

test('the schema itself refuses steps that do not follow and changes of what was reserved', async () => {
  const { id } = (await reserve(await service.offer())).body
  await expect(
    service.owner.query(`update reservation set state = 'consented', consented_on = '2026-03-10' where id = $1`, [id]),
  ).rejects.toThrow('does not follow')
  await expect(service.owner.query(`update reservation set last_day = '2027-01-01' where id = $1`, [id])).rejects.toThrow(
    'what is reserved stays',
  )
})

describe('a person already lives somewhere in these days', () => {
  const prepare = async () => {
    const { case_id } = await service.openCase()
    const offer_id = await service.offer()
    const home = await service.offer({ facility: 1 })
    const booked = await service.book('fall.vg', { case_id, offer_id: home, ...period })
    return { given: { case_id, parallel: false }, offer_id, booking_id: booked.body.id }
  }
  const refused = {
    status: 409,
    code: 'parallel_help',
    details: [
      {
        field: 'parallel',
        message:
          'Gebucht ist schon: Heimerziehung, Wohngruppe, Haus am Wald 1, 01.04.2026 bis 30.09.2026. Bitte bestätigen, dass beide nebeneinander laufen.',
      },
    ],
  }

  test('also where that was booked in another case of the same person', async () => {
    const { case_id, client_id } = await service.openCase()
    await service.book('fall.vg', { case_id, offer_id: await service.offer({ facility: 1 }), ...period })
    const file = { client_id, case_number: 'Z-1', begin_on: '2026-01-01', end_on: null }
    const other = (await service.as('fall.vg')<{ id: string }>('POST', '/service/cases', file)).body
    const booked = await service.book('fall.vg', { case_id: other.id, offer_id: await service.offer(), parallel: false, ...period })
    expect(booked.body).toMatchObject(refused)
  })

  test('what is reserved, booked and booked away beside it is confirmed', async () => {
    const { given, offer_id } = await prepare()
    expect((await reserve(offer_id, given)).body).toMatchObject(refused)
    const { id } = (await reserve(offer_id, { ...given, parallel: true })).body
    await step(id, 'request-consent')
    await step(id, 'consent', 'anbieter.1')
    expect((await step(id, 'book', 'fall.vg', {})).body).toMatchObject(refused)
    expect((await step(id, 'book', 'fall.vg', { parallel: true })).body).toMatchObject({ state: 'booked' })
    const away = { ...period, case_id: given.case_id, away: true, rate_cents: 7600 }
    const post = (more: object) => service.as('fall.vg')<Answer>('POST', '/service/bookings', { ...away, ...more })
    expect((await post({ service_kind: 's34' })).body).toMatchObject({ code: 'parallel_help' })
    expect((await post({ service_kind: 's34', parallel: true })).status).toBe(201)
    // beside a home there are other helps
    expect((await post({ service_kind: 's30', units_per_week: 2 })).status).toBe(201)
  })

  test('a move on the day one ends, and what was cancelled, need no word', async () => {
    const { given, offer_id, booking_id } = await prepare()
    expect((await reserve(offer_id, { ...given, first_day: '2026-09-29', last_day: '2027-03-01' })).status).toBe(409)
    expect((await reserve(offer_id, { ...given, first_day: '2026-09-30', last_day: '2027-03-01' })).status).toBe(201)
    await service.as('fall.vg')('POST', `/service/bookings/${booking_id}/cancel`, { note: 'doppelt gebucht' })
    expect((await reserve(offer_id, given)).status).toBe(201)
  })
})

test('a week has seven days, a help at least one, and it ends with the 27th birthday', async () => {
  const offer_id = await service.offer()
  const { case_id } = await service.openCase('fall.vg', { birth_date: '1999-06-15' })
  const units = { status: 422, code: 'units_beyond_week', details: [{ field: 'units_per_week' }] }
  expect((await reserve(offer_id, { units_per_week: 7.01 })).body).toMatchObject(units)
  const hourly = await service.offer({ service_kind: 's30', unit: 'hour' })
  expect((await reserve(hourly, { units_per_week: 40 })).status).toBe(201)
  const single = { first_day: '2026-04-01', last_day: '2026-04-01' }
  expect((await reserve(offer_id, single)).body).toMatchObject({ status: 400, details: [{ field: 'last_day' }] })
  expect((await reserve(offer_id, { ...single, counting_rule: 'calendar_days' })).status).toBe(201)
  // the last day is not counted, or is
  expect((await reserve(offer_id, { case_id, last_day: '2026-06-16' })).body).toMatchObject({
    status: 422,
    code: 'help_beyond_age',
    details: [{ field: 'last_day', message: 'Bitte ein Ende bis zum 15.06.2026 wählen.' }],
  })
  expect((await reserve(offer_id, { case_id, last_day: '2026-06-15' })).status).toBe(201)
  expect((await reserve(offer_id, { case_id, last_day: '2026-06-15', counting_rule: 'calendar_days' })).body).toMatchObject({
    code: 'help_beyond_age',
  })
})
