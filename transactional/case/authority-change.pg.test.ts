import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { InboxItem } from '../portal/inbox.routes.ts'
import type { Problem } from '../problem.ts'
import { HRO, startService, VG, type Service } from '../service.fixture.ts'
import type { AuthorityChangeWithHelps } from './authority-change.ts'
import type { CaseCourse } from './course.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

type Answer = AuthorityChangeWithHelps & Problem
const LUP = '13076'
const ask = (user: string, path: string, body?: object) =>
  service.as(user)<Answer>(body === undefined ? 'GET' : 'POST', `/service/${path}`, body)
const announced = { to_authority_id: HRO, change_on: '2026-04-01', reason: 'parents_moved', note: 'Die Eltern sind nach Rostock gezogen.' }
const announce = (case_id: string, given: object = {}, user = 'fall.vg') =>
  ask(user, `cases/${case_id}/authority-changes`, { ...announced, ...given })
let numbers = 0
const accept = async (id: string, given: object = {}, user = 'fall.hro') => {
  const { body } = await ask(user, `authority-changes/${id}`)
  const request = { case_number: `R-${++numbers}`, continued_on: '2026-04-01', version: body.version ?? '', ...given }
  return ask(user, `authority-changes/${id}/accept`, request)
}
let persons = 3
/** A running help of a new person in an offer with one place, and its change announced. */
const running = async (offered: object = { capacity: 1 }) => {
  const birth_date = `2012-05-${String(++persons).padStart(2, '0')}`
  const { case_id, client_id } = await service.openCase('fall.vg', { birth_date })
  const offer_id = await service.offer(offered)
  const { body } = await service.book('fall.vg', { case_id, offer_id, last_day: '2026-07-01' })
  const change = await announce(case_id)
  return { case_id, client_id, birth_date, offer_id, booking_id: body.id, id: change.body.id }
}
const bookingsOf = async (case_id: string) =>
  (
    await service.owner.query(
      `select booking.id, youth_authority_id, case_key, first_day::text, last_day::text, counting_rule, end_reason, cancelled, planned_units, agreed_days,
        rate_cents, offer_id, age_at_begin from booking join case_link using (case_key) where case_id = $1 order by first_day`,
      [case_id],
    )
  ).rows

test('a help ends with the former authority and goes on with the new one the next day, at the same place and terms, in one case each', async () => {
  const { case_id, offer_id, booking_id, id } = await running()
  const plan = { version: 0, goals: [{ goal: 'Schulbesuch' }], participants: [{ role: 'young_person', name: 'Kim Muster' }] }
  expect((await ask('fall.vg', `bookings/${booking_id}/care-plan`, plan)).status).toBe(201)

  const seen = await ask('fall.hro', `authority-changes/${id}`)
  expect(seen.body).toMatchObject({
    incoming: true,
    case_id: null,
    case_number: null,
    client: { given_name: 'Kim', birth_date: '2012-05-04' },
    helps: [{ id: booking_id, last_day: '2026-07-01', rate_cents: 7600, planned_cents: 91 * 7600 }],
    possible: ['accept', 'decline'],
  })
  const { status, body } = await accept(id, { continued_on: '2026-04-15', conference_on: '2026-04-10' })
  expect([status, body.state, body.continued_on, body.conference_on, body.possible]).toEqual([
    200,
    'accepted',
    '2026-04-15',
    '2026-04-10',
    [],
  ])
  const [former] = await bookingsOf(case_id)
  const [next] = await bookingsOf(body.case_id!)
  expect(former).toMatchObject({ youth_authority_id: VG, last_day: '2026-04-14', counting_rule: 'calendar_days', end_reason: 40, planned_units: 104 }) // prettier-ignore
  expect(next).toMatchObject({ youth_authority_id: HRO, first_day: '2026-04-15', last_day: '2026-07-01', counting_rule: 'last_day_free', end_reason: null, offer_id, agreed_days: 77, rate_cents: [7600], age_at_begin: 13 }) // prettier-ignore
  expect(former!['planned_units'] + next!['planned_units']).toBe(181)
  expect(next!['case_key']).not.toBe(former!['case_key'])
  expect(await service.one('select offer_occupancy($1, $2) as most', [offer_id, '[2026-01-01,2027-01-01)'])).toEqual({ most: 1 })

  const kept = await ask('fall.vg', `authority-changes/${id}`)
  expect(kept.body).toMatchObject({ case_id, state: 'accepted', answered_by: 'fall.hro', client: null, helps: [], refund_cents: 14 * 7600 })
  expect(await service.one(`select end_on::text from "case" where id = $1`, [case_id])).toEqual({ end_on: '2026-04-14' })
  const plans = await service.one('select goal from care_plan join care_plan_goal on care_plan_id = care_plan.id where booking_id = $1', [next!['id']]) // prettier-ignore
  expect(plans).toEqual({ goal: 'Schulbesuch' })
  const course = async (user: string, of: string) => (await service.as(user)<CaseCourse>('GET', `/service/cases/${of}/course`)).body
  expect((await course('fall.vg', case_id)).events.map(({ what, by }) => [what, by])).toContainEqual(['change_accepted', 'fall.hro'])
  const opening = (await course('fall.hro', body.case_id!)).events.map(({ what, by }) => [what, by])
  expect(opening).toContainEqual(['change_taken_over', 'fall.hro'])
  expect(opening.filter(([what]) => what!.startsWith('opened'))).toEqual([])
  expect((await course('fall.hro', case_id)) as unknown).toMatchObject({ code: 'not_found' })

  const papers = async (user: string, of: string) =>
    (await service.as(user)<{ items: { title: string }[] }>('GET', `/service/cases/${of}/documents`)).body.items.map(({ title }) => title)
  expect(await papers('fall.vg', case_id)).toEqual(['Zuständigkeitswechsel an Rostock'])
  expect(await papers('fall.hro', body.case_id!)).toEqual(['Zuständigkeitswechsel von Vorpommern-Greifswald: Fortsetzung'])
  const found = await service.as('fall.hro')<{ items: unknown[] }>('POST', `/service/cases/${body.case_id}/documents/find`, { text: 'Rostock gezogen' }) // prettier-ignore
  expect(found.body.items).toMatchObject([{ page: 1 }])

  // its provider is told whom to bill, another one nothing
  const billed = async (user: string) => (await service.as(user)<{ items: object[] }>('GET', '/service/payer-changes')).body.items
  const told = { facility_name: 'Haus am See 1', begun_on: '2026-01-01', continued_on: '2026-04-15', former_authority: 'Vorpommern-Greifswald', new_authority: 'Rostock' } // prettier-ignore
  expect(await billed('anbieter.1')).toMatchObject([told])
  expect(await billed('anbieter.2')).toEqual([])

  // what was handed over does not come back
  expect((await ask('fall.vg', `bookings/${booking_id}/undo-end`, {})).body.code).toBe('case_handed_over')
  expect((await service.as('fall.vg')('PATCH', `/service/cases/${case_id}`, { end_on: null })).body.code).toBe('case_handed_over')
  expect((await announce(case_id)).body.code).toBe('case_handed_over')
  expect((await service.book('fall.vg', { case_id, offer_id: await service.offer(), first_day: '2026-05-01' })).body.code).toBe(
    'booking_within_case',
  )
})

test('two who accept at once continue the help once, and nobody else gets its place in between', async () => {
  const { case_id, offer_id, id } = await running()
  const other = await service.openCase()
  const rival = () => service.book('fall.vg', { case_id: other.case_id, offer_id, first_day: '2026-05-01' })
  const [one, two, ...rivals] = await Promise.all([accept(id), accept(id), rival(), rival(), rival()])
  expect([one.status, two.status].toSorted()).toEqual([200, 409])
  expect([one, two].find(({ status }) => status === 409)!.body.code).toBe('authority_change_answered')
  expect(new Set(rivals.map(({ body }) => body.code))).toEqual(new Set(['booking_offer_full']))
  expect(await bookingsOf(case_id)).toHaveLength(1)
  const sold = await service.one('select count(*) from booking where offer_id = $1 and not cancelled and end_reason is null', [offer_id])
  expect(sold).toEqual({ count: 1 })
})

test('a help continued beside another home of the same person is confirmed; what was handed over side by side goes on so', async () => {
  const { case_id, birth_date, id } = await running({ capacity: 2 })
  const beside = { case_id, offer_id: await service.offer(), first_day: '2026-05-01', last_day: '2026-08-01' }
  expect((await service.book('fall.vg', beside)).status).toBe(201)
  const known = await service.openCase('fall.hro', { birth_date })
  const home = { case_id: known.case_id, offer_id: await service.offer({ provider: 1 }), first_day: '2026-06-01', last_day: '2026-12-01' }
  expect((await service.book('fall.hro', home)).status).toBe(201)

  const refused = await accept(id)
  expect(refused).toMatchObject({ status: 409, body: { code: 'parallel_help', details: [{ field: 'parallel' }] } })
  expect(refused.body.details![0]!.message).toMatch(/^Gebucht ist schon: Heimerziehung, .*, 01\.06\.2026 bis 01\.12\.2026\. Bitte/)
  expect((await bookingsOf(case_id)).map(({ end_reason }) => end_reason)).toEqual([null, null])
  const { body } = await accept(id, { parallel: true })
  expect(body.state).toBe('accepted')
  expect((await bookingsOf(body.case_id!)).map(({ first_day, last_day }) => [first_day, last_day])).toEqual([
    ['2026-04-01', '2026-07-01'],
    ['2026-05-01', '2026-08-01'],
  ])
})

test('whoever accepts has seen the helps as they are; what has not begun is cancelled here and booked there', async () => {
  const { case_id, offer_id, booking_id, id } = await running({ capacity: 2 })
  const later = await service.book('fall.vg', { case_id, offer_id, first_day: '2026-05-01', last_day: '2026-08-01' })
  const { body: seen } = await ask('fall.hro', `authority-changes/${id}`)
  await ask('fall.vg', `bookings/${booking_id}/prolong`, { note: 'wie besprochen', last_day: '2026-09-01', parallel: true })
  expect(await accept(id, { version: seen.version })).toMatchObject({ status: 409, body: { code: 'authority_change_moved' } })
  const held = { case_id, offer_id: await service.offer(), first_day: '2026-05-01', last_day: '2026-08-01', parallel: true }
  const reserved = await ask('fall.vg', 'reservations', held)
  const { body } = await accept(id)
  const given = await service.one(
    'select state, step, note, user_account_id from reservation join reservation_step on reservation_id = reservation.id where reservation.id = $1 order by at desc, reservation_step.id desc limit 1',
    [reserved.body.id],
  )
  expect(given).toEqual({ state: 'released', step: 'released', note: 'Zuständigkeitswechsel', user_account_id: service.ids['fall.hro'] })
  expect((await bookingsOf(case_id)).map(({ end_reason, cancelled }) => [end_reason, cancelled])).toEqual([
    [40, false],
    [null, true],
  ])
  const billed = await service.as('anbieter.1')<{ items: { continued_on: string }[] }>('GET', '/service/payer-changes')
  expect(billed.body.items.slice(0, 2).map(({ continued_on }) => continued_on)).toEqual(['2026-04-01', '2026-05-01'])
  expect((await bookingsOf(body.case_id!)).map(({ first_day, last_day }) => [first_day, last_day])).toEqual([
    ['2026-04-01', '2026-09-01'],
    ['2026-05-01', '2026-08-01'],
  ])
  expect((await ask('fall.vg', `bookings/${later.body.id}/undo-cancellation`, {})).body.code).toBe('case_handed_over')
})

test('the day of continuing is refused where the law or the helps stand against it, and nothing has changed then', async () => {
  const { case_id, booking_id, id } = await running()
  const codeOf = async (given: object) => {
    const { status, body } = await accept(id, given)
    return [status, body.code, body.details[0]?.field]
  }
  expect(await codeOf({ continued_on: '2026-03-31' })).toEqual([422, 'authority_change_too_early', 'continued_on'])
  await ask('fall.vg', `bookings/${booking_id}/interrupt`, { first_day: '2026-04-10', last_day: '2026-04-20', reason: 'clinic', paid: false }) // prettier-ignore
  expect(await codeOf({ continued_on: '2026-04-15' })).toEqual([422, 'authority_change_interrupted', 'continued_on'])
  const lines = [{ booking_id, period_from: '2026-04-01', period_to: '2026-04-05', units: 5, rate_cents: 7600 }]
  const invoice = await service.as('anbieter.1')('POST', '/service/invoices', { invoice_number: 'Z-1', issued_on: '2026-04-06', lines })
  expect(invoice.status).toBe(201)
  expect(await codeOf({ continued_on: '2026-04-05' })).toEqual([409, 'authority_change_billed', 'continued_on'])
  await ask('fall.vg', `bookings/${booking_id}/end`, { last_day: '2026-06-01', end_reason: 10 })
  expect(await codeOf({ continued_on: '2026-04-08' })).toEqual([409, 'authority_change_end_later', 'continued_on'])
  expect(await codeOf({ continued_on: '', case_number: 'x' })).toEqual([400, 'invalid_input', 'continued_on'])
  expect((await ask('fall.vg', `authority-changes/${id}`)).body.state).toBe('announced')
  await ask('fall.vg', `bookings/${booking_id}/undo-end`, {})
  const { body } = await accept(id, { continued_on: '2026-04-08' })
  // the interruption goes on with the help
  const [next] = await bookingsOf(body.case_id!)
  expect(await service.one('select count(*) from booking_interruption where booking_id = $1', [next!['id']])).toEqual({ count: 1 })
  expect(next).toMatchObject({ planned_units: 73, rate_cents: [7600, 7600, 7600] })
  expect((await bookingsOf(case_id))[0]).toMatchObject({ last_day: '2026-04-07', rate_cents: [7600] })
})

test('a change is announced once, to another authority, with its reason, and withdrawn before it is accepted', async () => {
  const { case_id } = await service.openCase()
  const codes = async (given: object) => {
    const { status, body } = await announce(case_id, given)
    return [status, body.code, body.details[0]?.field]
  }
  expect(await codes({ to_authority_id: VG })).toEqual([422, 'authority_change_to_same', 'to_authority_id'])
  expect(await codes({ to_authority_id: '99999' })).toEqual([422, 'reference_unknown', 'to_authority_id'])
  expect(await codes({ reason: 'other', note: undefined })).toEqual([422, 'authority_change_reason_told', 'note'])
  expect(await codes({ change_on: '2024-12-31' })).toEqual([422, 'authority_change_before_case', 'change_on'])
  expect(await codes({ change_on: '2040-12-31' })).toEqual([422, 'authority_change_far', 'change_on'])
  expect(await codes({ conference_on: '1901-01-01' })).toEqual([422, 'authority_change_conference_before_case', 'conference_on'])
  const { body } = await announce(case_id)
  expect(await codes({})).toEqual([409, 'authority_change_announced', ''])
  expect((await announce(case_id, {}, 'fall.hro')).status).toBe(404)
  expect((await ask('fall.vg', `authority-changes/${body.id}/accept`, { case_number: 'x', continued_on: '2026-04-01', version: body.version! })).status).toBe(409) // prettier-ignore
  expect((await ask('fall.vg', `authority-changes/${body.id}/record`, { continued_on: '2026-04-01' })).body.code).toBe('authority_change_in_portal') // prettier-ignore
  expect((await ask('fall.hro', `authority-changes/${body.id}/decline`, {})).body).toMatchObject({ status: 400, details: [{ field: 'note' }] }) // prettier-ignore
  expect((await ask('fall.hro', `authority-changes/${body.id}/withdraw`, {})).status).toBe(404)
  expect((await ask('fall.vg', `authority-changes/${body.id}/withdraw`, { note: 'Doch nicht umgezogen' })).body.state).toBe('withdrawn')
  expect((await ask('fall.hro', `authority-changes/${body.id}`)).status).toBe(404)
  expect((await accept(body.id)).status).toBe(404)

  const again = await announce(case_id)
  const declined = await ask('fall.hro', `authority-changes/${again.body.id}/decline`, { note: 'Der Vater wohnt weiter in Greifswald.' })
  expect(declined.body).toMatchObject({ state: 'declined', answer_note: 'Der Vater wohnt weiter in Greifswald.', client: null })
  expect((await ask('fall.vg', `authority-changes/${again.body.id}/withdraw`, {})).body.code).toBe('authority_change_answered')
})

test('where the new authority does not use the portal, the former one records from when it continues', async () => {
  const { case_id } = await service.openCase()
  const offer_id = await service.offer({ capacity: 1 })
  await service.book('fall.vg', { case_id, offer_id, last_day: '2026-07-01' })
  const { body } = await announce(case_id, { to_authority_id: LUP })
  expect([body.in_portal, body.possible]).toEqual([false, ['record', 'withdraw']])
  const recorded = await ask('fall.vg', `authority-changes/${body.id}/record`, { continued_on: '2026-05-01', note: 'Schreiben vom 20.04.' })
  expect(recorded.body).toMatchObject({ state: 'accepted', continued_on: '2026-05-01', refund_cents: 30 * 7600 })
  expect((await bookingsOf(case_id))[0]).toMatchObject({ last_day: '2026-04-30', end_reason: 40 })
})

test('until it is asked, once it has answered, and otherwise than asked, an authority sees nothing of another’s case', async () => {
  const { case_id, id } = await running()
  const app = new pg.Pool({ connectionString: service.database.app_url, max: 1 })
  const as = async (authority: string, account: string, text: string, values: unknown[]) => {
    const client = await app.connect()
    try {
      await client.query('begin')
      await client.query(
        `select set_config('sojus.user_account_id', $1, true), set_config('sojus.roles', $3, true), set_config('sojus.youth_authority_id', $2, true)`,
        [service.ids[account], authority, account.split('.')[0] === 'fall' ? 'caseworker' : 'finance'],
      )
      return (await client.query(text, values)).rows
    } finally {
      await client.query('rollback')
      client.release()
    }
  }
  try {
    const handed = `select (select count(*)::integer from handed_helps($1)) + (select count(*)::integer from handed_client($1)) as seen,
      (select count(*)::integer from authority_change where id = $1) as change, (select count(*)::integer from "case" where id = $2) as file,
      (select count(*)::integer from booking join case_link using (case_key) where case_id = $2) as bookings`
    expect(await as(HRO, 'fall.hro', handed, [id, case_id])).toEqual([{ seen: 2, change: 1, file: 0, bookings: 0 }])
    expect(await as(HRO, 'finanzen.hro', handed, [id, case_id])).toEqual([{ seen: 0, change: 0, file: 0, bookings: 0 }])
    expect(await as(LUP, 'fall.hro', handed, [id, case_id])).toEqual([{ seen: 0, change: 0, file: 0, bookings: 0 }])
    const end = `select end_handed_help($1, (select id from handed_helps($1)), now(), '2026-03-31', '{2026-01-01}', '{7600}', '{7}', 90)`
    for (const [authority, account] of [
      [VG, 'fall.vg'],
      [LUP, 'fall.hro'],
      [HRO, 'finanzen.hro'],
    ] as const)
      // prettier-ignore
      await expect(as(authority, account, end, [id])).rejects.toMatchObject({ constraint: 'booking_unknown' })
    const seize = `update authority_change set state = 'accepted', continued_on = '2026-04-01', new_case_id = $2, answered_by = $3, answered_at = now() where id = $1`
    await expect(as(HRO, 'fall.hro', seize, [id, case_id, service.ids['fall.hro']])).rejects.toMatchObject({ code: '42501' })
    await expect(as(VG, 'fall.vg', seize, [id, null, service.ids['fall.vg']])).rejects.toMatchObject({ code: '42501' })
    await ask('fall.hro', `authority-changes/${id}/decline`, { note: 'Nicht zuständig' })
    expect(await as(HRO, 'fall.hro', handed, [id, case_id])).toEqual([{ seen: 0, change: 1, file: 0, bookings: 0 }])
  } finally {
    await app.end()
  }
})

test('caseworkers of the new authority are told once, whoever announced it of the answer, and what is withdrawn disappears', async () => {
  const tell = async () =>
    (await sql<{ told: number }>`select tell_of_changes(${service.clock.now}, false, 90) as told`.execute(service.db)).rows[0]!.told
  const titles = async (user: string, of: string) =>
    (await service.as(user)<{ items: InboxItem[] }>('GET', '/service/inbox')).body.items
      .filter(({ authority_change_id }) => authority_change_id === of)
      .map(({ title }) => title)
  await tell()
  const [accepted, declined, withdrawn] = [await running(), await running(), await running()]
  expect([(await tell()) > 0, await tell()]).toEqual([true, 0])
  for (const { id } of [accepted, declined, withdrawn])
    expect(await titles('fall.hro', id)).toEqual(['Zuständigkeitswechsel zum 01.04.2026: Vorpommern-Greifswald bittet um Fortsetzung'])
  expect(await titles('fall.vg', accepted.id)).toEqual([])

  await accept(accepted.id)
  await ask('fall.hro', `authority-changes/${declined.id}/decline`, { note: 'Die Eltern wohnen noch in Wolgast.' })
  await ask('fall.vg', `authority-changes/${withdrawn.id}/withdraw`, {})
  expect([await tell(), await tell()]).toEqual([2, 0])
  expect(await titles('fall.vg', accepted.id)).toEqual(['Zuständigkeitswechsel: Rostock setzt ab 01.04.2026 fort'])
  expect(await titles('fall.vg', declined.id)).toEqual(['Zuständigkeitswechsel zum 01.04.2026: Rostock lehnt ab'])
  expect(await titles('fall.hro', withdrawn.id)).toEqual([])
})
