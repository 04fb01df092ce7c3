import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asReader } from '../access/as-reader.ts'
import type { Problem } from '../problem.ts'
import { HRO, startService, VG, type Service } from '../service.fixture.ts'
import type { CarePlan } from './care-plan.ts'
import type { CaseCourse } from './course.ts'
import type { ManagedPage } from './case-manager.routes.ts'

let service: Service
let booking_id: string
beforeAll(async () => {
  service = await startService()
  const { case_id } = await service.openCase('fall.vg')
  booking_id = (await service.book('fall.vg', { case_id, offer_id: await service.offer(), last_day: '2026-12-31' })).body.id
})
afterAll(() => service.stop())

const read = (user = 'fall.vg', query = '') =>
  service.as(user)<CarePlan & Problem>('GET', `/service/bookings/${booking_id}/care-plan${query}`)
const write = (plan: object, user = 'fall.vg', key?: string) =>
  service.as(user)<CarePlan & Problem>(
    'POST',
    `/service/bookings/${booking_id}/care-plan`,
    plan,
    key === undefined ? {} : { 'idempotency-key': key },
  )
const review = (more: object, user = 'fall.vg') =>
  service.as(user)<CarePlan & Problem>('POST', `/service/bookings/${booking_id}/reviews`, { summary: 'Es geht voran', ...more })
const dueOn = async () =>
  (await service.as('fall.vg')<ManagedPage>('POST', '/service/case-manager', {})).body.items.find(({ id }) => id === booking_id)!.due_on

const school = { goal: 'Kim geht jeden Tag zur Schule', indicator: 'Keine Fehltage im Halbjahr', reach_by: '2026-06-30' }
const participants = [
  { role: 'young_person', name: 'Kim Muster' },
  { role: 'guardian', name: 'Alex Muster' },
]

test('a plan is written and changed, version by version, and each is kept with who wrote it', async () => {
  expect((await read()).body).toMatchObject({ version: 0, goals: [], versions: [], reviews: [], next_review_on: '2026-07-01' })
  const measures = [{ measure: 'Lernzeit am Nachmittag', responsible: 'Haus am See', due_on: '2026-02-01' }]
  const before = { goal: 'Vor der Hilfe', reach_by: '1900-01-01' }
  expect(await write({ version: 0, goals: [school, before] })).toMatchObject({
    status: 422,
    body: { code: 'goal_before_begin', details: [{ field: 'goals[1].reach_by', message: 'liegt vor dem Beginn der Hilfe.' }] },
  })
  const first = await write({ version: 0, goals: [school], measures, participants }, 'fall.vg', 'plan-first')
  expect(first.status).toBe(201)
  expect(first.headers.get('location')).toBe(`/service/bookings/${booking_id}/care-plan?version=1`)
  const [goal] = first.body.goals
  expect(goal).toMatchObject({ ...school, state: 'open', attainment: null })
  // the same once more changes nothing
  expect((await write({ version: 0, goals: [school], measures, participants }, 'fall.vg', 'plan-first')).body).toEqual(first.body)

  const reached = { ...goal!, state: 'reached', attainment: 1 }
  const second = await write({ version: 1, goals: [reached, { goal: 'Kontakt zum Vater' }] }, 'fall2.vg')
  expect(second.body).toMatchObject({ version: 2, measures: [], participants: [] })
  expect(second.body.goals.map(({ goal_key, attainment }) => [goal_key === goal!.goal_key, attainment])).toEqual([
    [true, 1],
    [false, null],
  ])
  expect(second.body.versions.map(({ version, written_by }) => [version, written_by])).toEqual([
    [2, 'fall2.vg'],
    [1, 'fall.vg'],
  ])
  expect((await read('fall.vg', '?version=1')).body).toMatchObject({ version: 1, goals: [goal], measures, participants })
  expect((await read('fall.vg', '?version=3')).status).toBe(404)
})

test('who changes a version that is no longer the newest is told so, even at the same time', async () => {
  const plan = { version: 1, goals: [school] }
  expect(await write(plan)).toMatchObject({ status: 409, body: { code: 'care_plan_changed' } })
  expect(await write({ ...plan, version: 7 })).toMatchObject({ status: 409, body: { code: 'care_plan_changed' } })
  const both = await Promise.all(['fall.vg', 'fall2.vg'].map((user) => write({ version: 2, goals: [school] }, user)))
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
  expect((await read()).body.version).toBe(3)
})

test('what is missing or does not fit is named, and nothing is changed', async () => {
  const refused = async (plan: object, field: string) =>
    expect([field, await write({ version: 3, goals: [school], ...plan })]).toMatchObject([
      field,
      { status: 400, body: { details: [{ field }] } },
    ])
  await refused({ goals: [] }, 'goals')
  await refused({ goals: [{ goal: ' ' }] }, 'goals[0].goal')
  for (const reach_by of ['0020-06-30', '9999-12-31']) await refused({ goals: [{ ...school, reach_by }] }, 'goals[0].reach_by')
  await refused({ goals: [{ goal: 'Ziel', state: 'reached' }] }, 'goals[0].attainment')
  await refused({ goals: [{ goal: 'Ziel', attainment: 2 }] }, 'goals[0].attainment')
  await refused({ measures: [{ measure: 'Lernzeit' }] }, 'measures[0].responsible')
  await refused({ participants: [{ role: 'minister', name: 'A' }] }, 'participants[0].role')
  expect((await read()).body.version).toBe(3)
})

test('a goal is not moved to before its help, and one that was there already stays', async () => {
  const { goals, version } = (await read()).body
  const moved = { goals: [{ ...goals[0]!, reach_by: '2025-12-31' }], version }
  const refused = { code: 'goal_before_begin', details: [{ field: 'goals[0].reach_by' }] }
  expect((await write(moved)).body).toMatchObject(refused)
  // as it came from the authority that had the help before
  const early = `update care_plan_goal set reach_by = '2025-12-31' where care_plan_id =
    (select id from care_plan where booking_id = $1 and version = $2)`
  await service.owner.query(early, [booking_id, version])
  const kept = await write(moved)
  expect(kept.body).toMatchObject({ version: version + 1, goals: [{ reach_by: '2025-12-31' }] })
  expect((await write({ version: version + 1, goals: [{ ...goals[0]!, reach_by: '2025-12-30' }] })).body).toMatchObject(refused)
  const back = await write({ version: version + 1, goals })
  expect(back.body.goals).toEqual(goals)
})

test('a review says what came of each goal, moves the day of the next one, and its grades become facts', async () => {
  const { goals } = (await read()).body
  const told = [{ goal_key: goals[0]!.goal_key, result: 'Zwei Fehltage', attainment: 2 }]
  const done = await review({
    reviewed_on: '2026-02-10',
    participants,
    goals: told,
    service_structure: 2,
    goal_attainment: [{ rated_by: 'young_person', grade: 1 }],
  })
  expect(done.status).toBe(201)
  expect(done.body.reviews).toMatchObject([
    {
      reviewed_on: '2026-02-10',
      recorded_by: 'fall.vg',
      summary: 'Es geht voran',
      participants,
      goals: [{ ...told[0], goal: school.goal }],
    },
  ])
  expect(done.body.reviews[0]!.ratings).toHaveLength(2)
  expect([done.body.next_review_on, await dueOn()]).toEqual(['2026-08-10', '2026-08-10'])
  await review({ reviewed_on: '2026-03-01', next_review_on: '2026-05-01' })
  expect([(await read()).body.next_review_on, await dueOn()]).toEqual(['2026-05-01', '2026-05-01'])
  await service.owner.query(`insert into parameter (name, valid_from, value) values ('review_months', '2026-03-01', 3)`)
  await review({ reviewed_on: '2026-03-02' })
  expect(await dueOn()).toBe('2026-06-02')
})

test('a review lies between the begin and today, and speaks of goals of the plan', async () => {
  expect(await review({ reviewed_on: '2025-12-31' })).toMatchObject({ status: 422, body: { code: 'review_before_begin' } })
  expect(await review({ reviewed_on: '2026-03-11' })).toMatchObject({ status: 422, body: { code: 'review_in_future' } })
  expect(await review({ reviewed_on: '2026-02-10' })).toMatchObject({ status: 409, body: { code: 'one_review_a_day' } })
  expect(await review({ reviewed_on: '2026-02-11', next_review_on: '2026-02-11' })).toMatchObject({
    status: 400,
    body: { details: [{ field: 'next_review_on' }] },
  })
  const unknown = { goal_key: '00000000-0000-4000-8000-000000000000', result: 'gut' }
  expect(await review({ reviewed_on: '2026-02-11', goals: [unknown] })).toMatchObject({
    status: 422,
    body: { code: 'care_plan_goal_unknown', details: [{ field: 'goals' }] },
  })
  expect((await read()).body.reviews).toHaveLength(3)
})

test('belongs to the caseworkers of the authority, in the routes and in the schema, and goes with the file', async () => {
  for (const user of ['fall.hro', 'finanzen.vg', 'anbieter.1', 'politik']) {
    expect([user, (await read(user)).status]).toEqual([user, 404])
    expect([user, (await write({ version: 3, goals: [school] }, user)).status]).toEqual([user, 404])
    expect([user, (await review({ reviewed_on: '2026-02-12' }, user)).status]).toEqual([user, 404])
  }
  const tables = ['care_plan', 'care_plan_goal', 'care_plan_measure', 'care_plan_participant', 'care_plan_review_goal', 'care_plan_review_participant'] // prettier-ignore
  const caseworker = { user_account_id: service.ids['fall.hro']!, user_name: '', display_name: '', federal_state: 'MV', provider_id: null }
  const seen = (youth_authority_id: string) =>
    asReader(service.db, { ...caseworker, youth_authority_id, roles: ['caseworker'] }, (trx) =>
      Promise.all(tables.map(async (table) => (await sql`select from ${sql.table(table)}`.execute(trx)).rows.length > 0)),
    )
  expect(await seen(VG)).toEqual(tables.map(() => true))
  expect(await seen(HRO)).toEqual(tables.map(() => false))
  const { case_id } = await service.one<{ case_id: string }>(
    'select case_id from case_link join booking using (case_key) where booking.id = $1',
    [booking_id],
  )
  await service.owner.query('delete from "case" where id = $1', [case_id])
  for (const table of tables) expect([table, await service.one(`select count(*) from ${table}`)]).toEqual([table, { count: 0 }])
})

test('goals of one version are released to the provider and taken back, by whom and when is kept', async () => {
  const { case_id } = await service.openCase('fall.vg')
  const { id } = (await service.book('fall.vg', { case_id, offer_id: await service.offer() })).body
  const write = (version: number) =>
    service.as('fall.vg')<CarePlan>('POST', `/service/bookings/${id}/care-plan`, { version, goals: [school] })
  await write(0)
  const { body: plan } = await write(1)
  const release = (version: number, user = 'fall.vg') =>
    service.as(user)<CarePlan & Problem>('POST', `/service/bookings/${id}/care-plan/release`, { version })
  const withdraw = (user = 'fall.vg') =>
    service.as(user)<CarePlan & Problem>('POST', `/service/bookings/${id}/care-plan/withdraw-release`, {})
  expect(plan.released).toBeNull()
  expect(await withdraw()).toMatchObject({ status: 409, body: { code: 'care_plan_not_released' } })
  for (const user of ['fall.hro', 'anbieter.1', 'finanzen.vg']) expect([user, (await release(1, user)).status]).toEqual([user, 404])
  expect((await release(plan.version + 1)).status).toBe(404)
  expect((await release(1)).body.released).toMatchObject({ version: 1, released_by: 'fall.vg' })
  expect((await release(plan.version, 'fall2.vg')).body.released).toMatchObject({ version: plan.version, released_by: 'fall2.vg' })
  expect((await withdraw()).body.released).toBeNull()
  const kept = await service.owner.query(
    'select version, released_by, withdrawn_by from care_plan_release where booking_id = $1 order by version',
    [id],
  )
  const { 'fall.vg': first, 'fall2.vg': second } = service.ids
  expect(kept.rows).toEqual([
    { version: 1, released_by: first, withdrawn_by: second },
    { version: plan.version, released_by: second, withdrawn_by: first },
  ])
  const { body: course } = await service.as('fall.vg')<CaseCourse>('GET', `/service/cases/${case_id}/course`)
  expect(course.events.flatMap(({ what, by }) => (what.startsWith('goals') ? [[what, by]] : [])).toSorted()).toEqual([
    ['goals_released', 'fall.vg'],
    ['goals_released', 'fall2.vg'],
    ['goals_withdrawn', 'fall.vg'],
    ['goals_withdrawn', 'fall2.vg'],
  ])
  const away = await service.openCase('fall.vg')
  const booked = await service.as('fall.vg')<{ id: string }>('POST', '/service/bookings', { case_id: away.case_id, away: true, service_kind: 's30', rate_cents: 5000, first_day: '2026-01-01', last_day: '2026-06-01', units_per_week: 3 }) // prettier-ignore
  await service.as('fall.vg')('POST', `/service/bookings/${booked.body.id}/care-plan`, { version: 0, goals: [school] })
  expect(await service.as('fall.vg')('POST', `/service/bookings/${booked.body.id}/care-plan/release`, { version: 1 })).toMatchObject({
    status: 409,
    body: { code: 'care_plan_without_provider' },
  })
})
