import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startService, VG, type Service } from '../service.fixture.ts'
import type { OwnBooking } from './own-booking.routes.ts'

let service: Service
let offer_id: string
beforeAll(async () => {
  service = await startService()
  offer_id = await service.offer({ capacity: 50 })
  await service.insert('letterhead', {
    youth_authority_id: VG,
    name: 'Landkreis Vorpommern-Greifswald',
    office: 'Jugendamt',
    street: 'Feldstraße 85a',
    town: '17489 Greifswald',
    telephone: '03834 8760',
    changed_at: '2026-01-01',
    changed_by: service.ids['fall.vg'], // prettier-ignore
  })
})
/** Sessions end meanwhile. */
const on = (day: string) => {
  service.clock.now = new Date(`${day}T09:00:00Z`)
  service.clearSessions()
}
beforeEach(() => on('2026-03-10'))
afterAll(() => service.stop())

const period = { first_day: '2026-04-01', last_day: '2026-09-30' }
const step = (user: string, id: string, name: string, body: object = {}) =>
  service.as(user)<{ booking_id: string }>('POST', `/service/reservations/${id}/${name}`, body)
const find = (user: string, question: object) => service.as(user)<{ items: OwnBooking[] }>('POST', '/service/own-bookings/find', question)
const bookings = async (user = 'anbieter.1') => (await find(user, {})).body.items
const known = async (id: string, user = 'anbieter.1') => (await bookings(user)).find((booking) => booking.id === id)
const booked = async () => {
  const { case_id } = await service.openCase('fall.vg')
  return { case_id, id: (await service.book('fall.vg', { case_id, offer_id, ...period })).body.id }
}

/** Whatever a provider can read of persons at all, with its settings as sojus_app. */
const read = async (provider_id: string, query: string, roles = 'provider') => {
  const client = new pg.Client({ connectionString: service.database.app_url })
  await client.connect()
  try {
    await client.query('begin')
    await client.query(
      `select set_config('sojus.user_account_id', $1, true), set_config('sojus.roles', $2, true), set_config('sojus.provider_id', $3, true)`,
      [service.ids['anbieter.1'], roles, provider_id],
    )
    return (await client.query<Record<string, string>>(query)).rows
  } finally {
    await client.end()
  }
}

test('asked for a place, a provider knows age, sex and needs; once it is booked, whom it takes in and whom to ask', async () => {
  const { case_id } = await service.openCase('fall.vg')
  const noted = { case_id, offer_id, ...period, note: 'Kim Muster braucht Abstand zum Vater' }
  const { body: reserved } = await service.as('fall.vg')<{ id: string }>('POST', '/service/reservations', noted)
  await step('fall.vg', reserved.id, 'request-consent')
  const asked = await service.as('anbieter.1')('GET', `/service/reservations/${reserved.id}`)
  expect(asked.body).toMatchObject({ age_at_begin: 13, sex: 'w', case_id: null, case_number: null, steps: [{ step: 'requested' }] })
  expect(JSON.stringify(asked.body)).not.toMatch(/Kim|Muster|2012|fall\.vg/)
  const provider_id = service.providers[0]!.id
  // what was noted at the reservation stays with the authority in the data base, not only in the answer
  expect(await read(provider_id, `select step from reservation_step where reservation_id = '${reserved.id}'`)).toEqual([
    { step: 'requested' },
  ])
  await step('anbieter.1', reserved.id, 'consent')
  expect(await bookings()).toEqual([])
  expect(await read(provider_id, `select * from taken_in('2026-03-10')`)).toEqual([])

  const id = (await step('fall.vg', reserved.id, 'book')).body.booking_id
  expect(await known(id)).toEqual({
    id,
    known_until: '2026-12-29',
    given_name: 'Kim',
    family_name: 'Muster',
    birth_date: '2012-05-04',
    caseworker: 'fall.vg',
    authority_name: 'Landkreis Vorpommern-Greifswald',
    office: 'Jugendamt',
    street: 'Feldstraße 85a',
    town: '17489 Greifswald',
    telephone: '03834 8760',
    email: '',
    goals: null,
    legal_basis: '§ 34 SGB VIII',
    service_kind_label: expect.any(String),
    facility_name: 'Haus am See 1',
    ...period,
    ended: false,
    unit: 'day',
    units_per_week: 7,
  })
  // whom to ask follows the case
  await service.as('fall.vg')('POST', `/service/cases/${case_id}/hand-over`, { to_id: service.ids['fall2.vg'], reason: 'Elternzeit' })
  expect((await known(id))!.caseworker).toBe('fall2.vg')
})

test('nobody else learns of it: no other provider, no other role, and no row of persons, cases or plans is open to a provider', async () => {
  const { id } = await booked()
  expect(await known(id, 'anbieter.2')).toBeUndefined()
  const [here, elsewhere] = service.providers[0]!.facilities
  const at = async (facility_id: string) => (await find('anbieter.1', { facility_id })).body.items
  expect([(await at(here!)).some((booking) => booking.id === id), await at(elsewhere!)]).toEqual([true, []])
  const named = async (text: string) => (await find('anbieter.1', { text })).body.items.some((booking) => booking.id === id)
  expect([await named('muster, k'), await named('muster nemo'), await named('%')]).toEqual([true, false, false])
  for (const user of ['fall.vg', 'fall.hro', 'finanzen.vg', 'politik', 'admin'])
    expect([user, (await find(user, {})).status]).toEqual([user, 404])
  const [own, other] = service.providers.map((provider) => provider.id)
  const asked = `select booking_id from taken_in('2026-03-10') where booking_id = '${id}'`
  expect(await read(own!, asked)).toEqual([{ booking_id: id }])
  expect(await read(other!, asked)).toEqual([])
  expect(await read(own!, asked, 'caseworker,finance,controlling,admin')).toEqual([])
  expect(await read('', asked)).toEqual([])
  for (const table of [
    'client',
    '"case"',
    'case_link',
    'care_plan',
    'care_plan_goal',
    'care_plan_release',
    'care_plan_review',
    'document',
    'notice',
    'booking_step',
    'letterhead',
  ])
    // prettier-ignore
    expect([table, await read(own!, `select from ${table}`)]).toEqual([table, []])
})

test('it ends with a cancellation, and some days after the end, and comes back with what is taken back', async () => {
  const { id } = await booked()
  const act = (name: string, body: object = {}) => service.as('fall.vg')('POST', `/service/bookings/${id}/${name}`, body)
  expect((await act('cancel', { note: 'wie besprochen' })).status).toBe(200)
  expect(await known(id)).toBeUndefined()
  expect((await act('undo-cancellation')).status).toBe(200)
  expect(await known(id)).toBeDefined()

  on('2026-05-04')
  expect((await act('end', { last_day: '2026-05-01', end_reason: 10 })).status).toBe(200)
  expect(await known(id)).toMatchObject({ last_day: '2026-05-01', ended: true, known_until: '2026-07-30' })
  on('2026-07-30')
  expect(await known(id)).toBeDefined()
  on('2026-07-31')
  expect(await known(id)).toBeUndefined()
  // how long is a dated parameter
  await service.insert('parameter', { name: 'provider_access_days', valid_from: '2026-07-31', value: 100 })
  expect(await known(id)).toMatchObject({ known_until: '2026-08-09' })
  await service.owner.query("delete from parameter where name = 'provider_access_days' and valid_from = '2026-07-31'")
})

test('goals are read once they are released, of that version alone, until they are taken back; the file’s end is the end of it', async () => {
  const { case_id, id } = await booked()
  const plan = (version: number, goal: string) =>
    service.as('fall.vg')('POST', `/service/bookings/${id}/care-plan`, {
      version,
      goals: [{ goal, reach_by: '2026-08-01' }],
      measures: [{ measure: 'Lernzeit', responsible: 'Haus am See' }],
    })
  const act = (name: string, body: object = {}) => service.as('fall.vg')('POST', `/service/bookings/${id}/care-plan/${name}`, body)
  await plan(0, 'Zur Schule gehen')
  expect((await known(id))!.goals).toBeNull()
  await act('release', { version: 1 })
  const goals = [{ goal: 'Zur Schule gehen', indicator: null, reach_by: '2026-08-01', state: 'open' }]
  expect((await known(id))!.goals).toEqual(goals)
  await plan(1, 'Den Vater wiedersehen')
  expect((await known(id))!.goals).toEqual(goals)
  await act('withdraw-release')
  expect((await known(id))!.goals).toBeNull()
  // other helps of the case stay unknown
  const away = { case_id, away: true, service_kind: 's30', rate_cents: 5000, ...period, units_per_week: 3 }
  await service.as('fall.vg')('POST', '/service/bookings', away)
  expect((await bookings()).filter(({ birth_date }) => birth_date === '2012-05-04').map(({ legal_basis }) => legal_basis)).not.toContain('§ 30 SGB VIII') // prettier-ignore
  await service.owner.query('delete from "case" where id = $1', [case_id])
  expect(await known(id)).toBeUndefined()
})
