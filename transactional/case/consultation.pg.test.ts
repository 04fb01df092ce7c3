import { extractText, getDocumentProxy } from 'unpdf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Problem } from '../problem.ts'
import { startService, type Service } from '../service.fixture.ts'
import type { Consultation } from './consultation.ts'

let service: Service
let case_id: string
beforeAll(async () => {
  service = await startService()
  ;({ case_id } = await service.openCase())
})
afterAll(() => service.stop())

type Answer = Consultation & Problem
const external = { name: 'Dr. Eva Lind', function: 'Kinder- und Jugendpsychiatrie' }
const colleague = () => ({ user_account_id: service.ids['fall2.vg']!, function: 'Pflegekinderdienst' })
const open = (given: object = {}, user = 'fall.vg') =>
  service.as(user)<Answer>('POST', '/service/consultations', {
    case_id,
    question: 'Reicht eine ambulante Hilfe?',
    held_on: '2026-03-12',
    participants: [colleague(), external],
    ...given,
  })
const step = (id: string, name: string, body: object, user = 'fall.vg') =>
  service.as(user)<Answer>('POST', `/service/consultations/${id}/${name}`, body)
const decision = { decision: 'agreed_with_conditions', decision_reason: 'Der Bedarf ist belegt; nach drei Monaten wird geprüft.' }

test('professionals are invited, vote and change their vote; what is decided stays, with its minutes', async () => {
  const offer_id = await service.offer()
  const period = { first_day: '2026-04-01', last_day: '2026-09-30' }
  const reserved = await service.as('fall.vg')('POST', '/service/reservations', { case_id, offer_id, ...period })
  const opened = await open({ reservation_id: reserved.body['id'] })
  expect(opened.status).toBe(201)
  const { id } = opened.body
  expect(opened.body.participants.map(({ name, function: role, external: outside, own }) => [name, role, outside, own])).toEqual([
    ['fall.vg', 'Fallführende Fachkraft', false, true],
    ['fall2.vg', 'Pflegekinderdienst', false, false],
    ['Dr. Eva Lind', 'Kinder- und Jugendpsychiatrie', true, false],
  ])
  const invited = await service.as('fall2.vg')<{ items: Consultation[] }>('GET', '/service/consultations/invitations')
  expect(invited.body.items.map((each) => [each.id, each.possible])).toEqual([[id, ['vote']]])
  expect((await step(id, 'vote', { vote: 'reject' }, 'fall2.vg')).body).toMatchObject({
    code: 'consultation_vote_reason',
    details: [{ field: 'statement' }],
  })
  await step(id, 'vote', { vote: 'reject', statement: 'Zuerst Erziehungsberatung.' }, 'fall2.vg')
  await step(id, 'vote', { vote: 'agree' })
  const changed = await step(id, 'vote', { vote: 'abstain', statement: 'Nach dem Gespräch offen.' }, 'fall2.vg')
  expect(changed.body.participants.map(({ vote }) => vote)).toEqual(['agree', 'abstain', null])
  // what somebody external said is recorded by whoever leads, and changed until it is decided
  const lind = changed.body.participants.at(-1)!.id
  const forLind = (body: object, user?: string) => step(id, 'vote', { participant_id: lind, vote: 'agree', ...body }, user)
  expect((await forLind({}, 'fall2.vg')).body).toMatchObject({ status: 409, code: 'consultation_not_leading' })
  expect((await forLind({ vote: 'reject' })).body).toMatchObject({ code: 'consultation_vote_reason', details: [{ field: 'statement' }] })
  for (const foreign of [changed.body.participants[1]!.id, case_id])
    expect((await forLind({ participant_id: foreign })).body).toMatchObject({ status: 404, code: 'consultation_external_unknown' })
  await forLind({ vote: 'abstain' })
  const spoken = await forLind({ statement: 'Die Behandlung läuft weiter.' })
  expect(spoken.body.participants.at(-1)).toMatchObject({ vote: 'agree', recorded_by: 'fall.vg', external: true })
  expect(spoken.body.participants[0]!.recorded_by).toBeNull()
  expect((await service.as('fall.vg')('GET', `/service/consultations/${id}/minutes`)).body).toMatchObject({
    code: 'consultation_undecided',
  })
  expect((await step(id, 'decide', decision, 'fall2.vg')).body).toMatchObject({ status: 409, code: 'consultation_not_leading' })
  expect((await step(id, 'decide', { decision: 'agreed' })).body).toMatchObject({ status: 400, details: [{ field: 'decision_reason' }] })
  expect((await step(id, 'decide', decision)).body).toMatchObject({ ...decision, decided_by: 'fall.vg', possible: [] })

  const late = [
    step(id, 'vote', { vote: 'agree' }, 'fall2.vg'),
    forLind({}),
    step(id, 'decide', decision),
    step(id, 'participants', { name: 'Spät Gekommen', function: 'Schule' }),
  ]
  for (const { status, body } of await Promise.all(late)) expect([status, body.code]).toEqual([409, 'consultation_decided'])
  await expect(service.owner.query(`update consultation set decision_reason = 'anders' where id = $1`, [id])).rejects.toThrow('stays')
  expect((await service.as('fall2.vg')<{ items: [] }>('GET', '/service/consultations/invitations')).body.items).toEqual([])

  const { app } = service
  const cookie = await service.cookieOf('fall.vg')
  const file = await app.request(`/service/consultations/${id}/minutes`, { headers: { cookie } })
  expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/pdf'])
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(await file.arrayBuffer())), { mergePages: true })
  const read = text.replaceAll(/\s+/g, ' ')
  for (const told of [
    'Protokoll der Teamberatung',
    'Reicht eine ambulante Hilfe?',
    'fall2.vg, Pflegekinderdienst: enthalten',
    'Nach dem Gespräch offen.',
    'Dr. Eva Lind, Kinder- und Jugendpsychiatrie, extern: zugestimmt',
    'Im Auftrag erfasst von fall.vg',
    'Die Behandlung läuft weiter.',
    'Die Hilfe ist mit Auflagen geeignet und notwendig.',
    'Stimmen: 2 zugestimmt, 0 abgelehnt, 1 enthalten',
    'Seite 1 von 1',
  ])
    expect(read).toContain(told)

  const papers = await service.as('fall2.vg')<{ items: { title: string; kind: string }[] }>('GET', `/service/cases/${case_id}/documents`)
  expect(papers.body.items).toMatchObject([{ title: 'Protokoll der Teamberatung', kind: 'minutes', pages: 1, dated_on: '2026-03-12' }])
  const found = await service.as('fall.vg')<{ items: { page: number }[] }>('POST', `/service/cases/${case_id}/documents/find`, {
    text: 'Gespräch',
  })
  expect(found.body.items).toMatchObject([{ page: 1 }])
})

test('a vote and the decision at the same time: the vote counts before, or is told that it came too late', async () => {
  const { id } = (await open()).body
  const [voted, decided] = await Promise.all([step(id, 'vote', { vote: 'agree' }, 'fall2.vg'), step(id, 'decide', decision)])
  expect(decided.status).toBe(200)
  expect([200, 409]).toContain(voted.status)
  const after = (await service.as('fall.vg')<Answer>('GET', `/service/consultations/${id}`)).body
  expect(after.participants[1]!.vote).toBe(voted.status === 200 ? 'agree' : null)
})

test('others neither see it nor vote, and only colleagues of the authority are invited', async () => {
  const { id } = (await open()).body
  for (const user of ['fall.hro', 'anbieter.1', 'finanzen.vg', 'politik', 'admin']) {
    expect([user, (await service.as(user)('GET', `/service/consultations/${id}`)).status]).toEqual([user, 404])
    expect([user, (await step(id, 'vote', { vote: 'agree' }, user)).status]).toEqual([user, 404])
    expect([user, (await step(id, 'decide', decision, user)).status]).toEqual([user, 404])
  }
  for (const user of ['fall.hro', 'finanzen.vg', 'anbieter.1', 'admin']) {
    const { body } = await step(id, 'participants', { user_account_id: service.ids[user]!, function: 'Gast' })
    expect([user, body.code]).toEqual([user, 'consultation_colleague_unknown'])
  }
  expect((await step(id, 'participants', colleague())).body).toMatchObject({ code: 'consultation_participant_once' })
  const { body } = await step(id, 'participants', { name: '<b>Ina</b>', function: 'Schule' })
  expect(body.participants.at(-1)).toMatchObject({ name: '<b>Ina</b>', external: true })
  expect((await step(id, 'participants', { name: 'Ina', function: 'Schule' }, 'fall2.vg')).status).toBe(404)
  const colleagues = await service.as('fall.vg')<{ items: { display_name: string }[] }>('GET', '/service/colleagues')
  expect(colleagues.body.items.map(({ display_name }) => display_name)).toEqual(['fall2.vg'])
})

test('what does not fit is told at its field and opens nothing', async () => {
  const foreign = await service.openCase('fall.hro')
  const faults: [object, number, string, string][] = [
    [{ case_id: foreign.case_id }, 404, 'case_unknown', 'case_id'],
    [{ reservation_id: '00000000-0000-7000-8000-000000000000' }, 404, 'consultation_of_case', 'reservation_id'],
    [{ question: ' ' }, 400, 'invalid_input', 'question'],
    [{ participants: [] }, 400, 'invalid_input', 'participants'],
    [{ held_on: '2026-02-30' }, 400, 'invalid_input', 'held_on'],
  ]
  const before = await service.one('select count(*) from consultation')
  for (const [given, status, code, field] of faults) expect((await open(given)).body).toMatchObject({ status, code, details: [{ field }] })
  expect(await service.one('select count(*) from consultation')).toEqual(before)
})

test('it goes with the file', async () => {
  const file = await service.openCase()
  const { id } = (await open({ case_id: file.case_id })).body
  await step(id, 'vote', { vote: 'agree' }, 'fall2.vg')
  await step(id, 'decide', decision)
  await service.owner.query('delete from "case" where id = $1', [file.case_id])
  expect((await service.as('fall.vg')('GET', `/service/consultations/${id}`)).status).toBe(404)
})

test('is held within the case and not far ahead, keeps its paragraphs and tells which help it was about', async () => {
  for (const [held_on, message] of [
    ['2024-12-31', 'Der Fall beginnt am 01.01.2025. Bitte keinen früheren Tag wählen.'],
    ['2027-03-12', 'Bitte einen Tag bis zum 11.03.2027 wählen.'],
  ])
    expect((await open({ held_on })).body).toMatchObject({
      status: 422,
      code: 'consultation_day',
      details: [{ field: 'held_on', message }],
    })
  for (const held_on of ['2025-01-01', '2027-03-11']) expect((await open({ held_on })).status).toBe(201)
  const offer_id = await service.offer()
  const period = { first_day: '2026-04-01', last_day: '2026-09-30' }
  const reserved = await service.as('fall.vg')('POST', '/service/reservations', { case_id, offer_id, ...period })
  const { body } = await open({ reservation_id: reserved.body['id'], question: 'Erstens.\r\n\r\nZweitens.' })
  expect(body).toMatchObject({
    question: 'Erstens.\n\nZweitens.',
    about: 'Heimerziehung, Wohngruppe, Haus am See 1 (Träger 1), 01.04.2026 bis 30.09.2026',
  })
  const decided = await step(body.id, 'decide', {
    decision: 'agreed',
    decision_reason: ' Der Bedarf ist belegt.\n\n\n\nDie Familie wünscht es. ',
  })
  expect(decided.body.decision_reason).toBe('Der Bedarf ist belegt.\n\nDie Familie wünscht es.')
  expect((await step(body.id, 'decide', { decision: 'agreed', decision_reason: ' \n ' })).status).toBe(400)
  const response = await service.app.request(`/service/consultations/${body.id}/minutes`, {
    headers: { cookie: await service.cookieOf('fall.vg') },
  })
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(await response.arrayBuffer())), { mergePages: false })
  const words = text.join('\n')
  expect(words).toMatch(/Beraten über: Heimerziehung, Wohngruppe, Haus am See 1 \(Träger 1\), 01\.04\.2026 bis\s30\.09\.2026/)
  expect(words).toMatch(/Der Bedarf ist belegt\.\n+Die Familie wünscht es\./)
})
