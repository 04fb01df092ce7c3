import { once } from 'node:events'
import { createServer } from 'node:net'
import PdfDocument from 'pdfkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { transactionalApp } from '../app.ts'
import type { Problem } from '../problem.ts'
import { startService, type Service } from '../service.fixture.ts'
import { deleteWhatIsOver } from './deletion.ts'
import type { Document } from './document.ts'
import type { CaseFile, FoundDocuments } from './document.routes.ts'
import type { Deletions, RetentionRules } from './retention.routes.ts'
import { clamdScan } from './virus-scan.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

const pdfOf = async (...pages: string[]): Promise<Buffer> => {
  const doc = new PdfDocument({ autoFirstPage: false })
  const parts: Buffer[] = []
  doc.on('data', (part: Buffer) => parts.push(part))
  for (const text of pages) doc.addPage().text(text)
  doc.end()
  await once(doc, 'end')
  return Buffer.concat(parts)
}
// one white pixel
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64')
/** What stands behind the end of a picture nobody looks at. */
const pictureOf = (text: string) => Buffer.concat([png, Buffer.from(text)])

let keys = 0
type Upload = { content: Uint8Array; title?: string; name?: string; type?: string; key?: string; app?: Service['app']; kind?: string }
const upload = async (
  user: string,
  case_id: string,
  { content, title = 'Bericht', name = 'bericht.pdf', type, key, app, kind }: Upload,
) => {
  const form = new FormData()
  form.set('title', title)
  form.set('kind', kind ?? 'report')
  form.set('dated_on', '2026-03-01')
  form.set('file', new File([new Uint8Array(content)], name, { type: type ?? 'application/pdf' }))
  const headers = { cookie: await service.cookieOf(user), 'idempotency-key': key ?? `upload-${++keys}` }
  const response = await (app ?? service.app).request(`/service/cases/${case_id}/documents`, { method: 'POST', headers, body: form })
  return { status: response.status, body: (await response.json()) as Document & Problem }
}
const fileOf = async (case_id: string, user = 'fall.vg') =>
  (await service.as(user)<CaseFile & Problem>('GET', `/service/cases/${case_id}/documents`)).body
const find = async (case_id: string, text: string) =>
  (await service.as('fall.vg')<FoundDocuments>('POST', `/service/cases/${case_id}/documents/find`, { text })).body.items

test('a PDF is taken in, found by its words page by page, and given back as it came', async () => {
  const { case_id } = await service.openCase()
  const content = await pdfOf('Erste Seite: Stellungnahme der Schule', 'Zweite Seite: Das Kind besucht regelmäßig den Sportverein.')
  const added = await upload('fall.vg', case_id, { content, title: 'Stellungnahme', key: 'einmal-hochladen' })
  expect(added.status).toBe(201)
  expect(added.body).toMatchObject({
    title: 'Stellungnahme',
    media_type: 'application/pdf',
    words: 'read',
    pages: 2,
    scanned: false,
    is_notice: false,
  })
  expect((await upload('fall.vg', case_id, { content, title: 'Stellungnahme', key: 'einmal-hochladen' })).body.id).toBe(added.body.id)
  const twice = await upload('fall.vg', case_id, { content, title: 'Noch einmal' })
  expect([twice.status, twice.body.details]).toEqual([409, [{ field: 'file', message: 'liegt als „Stellungnahme“ schon in der Akte.' }]])

  expect(await find(case_id, 'Sportvereine')).toEqual([
    { document_id: added.body.id, page: 2, excerpt: expect.arrayContaining([{ text: 'Sportverein', sought: true }]) },
  ])
  expect(await find(case_id, 'schul')).toMatchObject([{ page: 1 }])
  expect(await find(case_id, 'nahm')).toMatchObject([{ document_id: added.body.id, page: null }])
  expect(await find(case_id, "'; drop table document; -- %")).toEqual([])

  const { headers, status } = await service.as('fall2.vg')('GET', `/service/documents/${added.body.id}/file`)
  expect([status, headers.get('content-type'), headers.get('content-disposition'), headers.get('content-security-policy')]).toEqual([
    200,
    'application/pdf',
    'attachment; filename="bericht-2026-03-01.pdf"',
    "default-src 'none'; sandbox",
  ])
  const stored = await service.one<{ same: boolean }>('select content = $2 as same from document_content where document_id = $1', [
    added.body.id,
    content,
  ])
  expect(stored.same).toBe(true)
})

test('what a file is, its bytes say; what is no PDF or picture stays out, and what cannot be read says so', async () => {
  const { case_id } = await service.openCase()
  const html = Buffer.from('<!doctype html><script>alert(1)</script>')
  for (const content of [html, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), Buffer.from('MZ\u0090\0')]) {
    const refused = await upload('fall.vg', case_id, { content })
    expect([refused.status, refused.body.code, refused.body.details[0]!.field]).toEqual([422, 'document_type', 'file'])
  }
  const nothing = await upload('fall.vg', case_id, { content: Buffer.alloc(0) })
  expect([nothing.status, nothing.body.details]).toEqual([400, [{ field: 'file', message: 'ist leer.' }]])
  expect((await fileOf(case_id)).items).toEqual([])
  expect((await upload('fall.vg', case_id, { content: Buffer.alloc(0) })).status).toBe(400)

  const picture = await upload('fall.vg', case_id, {
    content: pictureOf('54.09 N'),
    name: '"><script>.pdf',
    type: 'text/html',
    title: '<script>alert(1)</script>',
  })
  expect(picture.body).toMatchObject({ title: '<script>alert(1)</script>', media_type: 'image/png', words: null, pages: null })
  // the words behind its end are gone, and so is the place where it was taken
  const stored = await service.one<{ content: Buffer }>('select content from document_content where document_id = $1', [picture.body.id])
  expect([stored.content.includes('54.09 N'), stored.content.length]).toEqual([false, picture.body.bytes])
  expect((await upload('fall.vg', case_id, { content: png.subarray(0, 40) })).body.code).toBe('picture_damaged')
  const damaged = await upload('fall.vg', case_id, { content: (await pdfOf('Text')).subarray(0, 60) })
  expect(damaged.body).toMatchObject({ words: 'damaged', pages: null })
  const empty = await upload('fall.vg', case_id, { content: await pdfOf('') })
  expect(empty.body).toMatchObject({ words: 'none', pages: 1 })
})

test('one that is too large is refused, before and after it is read', async () => {
  const { case_id } = await service.openCase()
  const deps = { db: service.db, now: () => service.clock.now, secure: false, uploads: { most_bytes: 2000 } }
  const small = transactionalApp({ ...deps, log: (await import('pino')).pino({ enabled: false }) })
  const picture = pictureOf('kurz')
  for (const bytes of [2001, 200_000]) {
    const content = Buffer.concat([picture, Buffer.alloc(bytes - picture.length, 32)])
    expect([bytes, (await upload('fall.vg', case_id, { content, app: small })).body.code]).toEqual([bytes, 'document_too_large'])
  }
  expect((await upload('fall.vg', case_id, { content: picture, app: small })).status).toBe(201)
})

test('belongs to the caseworkers of the authority alone, and a foreign form sends nothing', async () => {
  const { case_id } = await service.openCase()
  const content = pictureOf('Vertraulich')
  const { id } = (await upload('fall.vg', case_id, { content })).body
  for (const user of ['fall.hro', 'finanzen.vg', 'anbieter.1', 'politik', 'admin']) {
    expect([user, (await upload(user, case_id, { content: pictureOf(user) })).status]).toEqual([user, 404])
    for (const [method, path, body] of [
      ['GET', `cases/${case_id}/documents`],
      ['GET', `documents/${id}/file`],
      ['PATCH', `documents/${id}`, { title: 'Fremd' }],
      ['POST', `documents/${id}/remove`, { reason: 'fremd' }],
    ] as const) {
      expect([user, path, (await service.as(user)(method, `/service/${path}`, body)).status]).toEqual([user, path, 404])
    }
  }
  expect((await fileOf(case_id)).items.map(({ title }) => title)).toEqual(['Bericht'])
  const form = new FormData()
  form.set('title', 'x')
  const cookie = await service.cookieOf('fall.vg')
  const foreign = await service.app.request(`/service/cases/${case_id}/documents`, { method: 'POST', headers: { cookie }, body: form })
  expect(foreign.status).toBe(415)
  expect(service.lines.join('')).not.toContain('Vertraulich')
})

test('is renamed and removed with a trace, can be put back, and its content never changes', async () => {
  const { case_id } = await service.openCase()
  const content = pictureOf('Hilfeplan')
  const { id } = (await upload('fall.vg', case_id, { content })).body
  const as = service.as('fall2.vg')<Document & Problem>
  await as('PATCH', `/service/documents/${id}`, { title: 'Hilfeplan 2026', kind: 'care_plan' })
  expect((await as('POST', `/service/documents/${id}/remove`, {})).body.details[0]!.field).toBe('reason')
  await as('POST', `/service/documents/${id}/remove`, { reason: 'Gehört in eine andere Akte' })
  expect((await as('POST', `/service/documents/${id}/remove`, { reason: 'noch einmal' })).body.code).toBe('document_changed')
  expect((await as('PATCH', `/service/documents/${id}`, { title: 'Weg' })).body.code).toBe('document_changed')
  expect(await find(case_id, 'Hilfeplan 2026')).toEqual([])
  const again = await upload('fall.vg', case_id, { content })
  expect(again.status).toBe(201)
  expect((await as('POST', `/service/documents/${id}/restore`, {})).body.code).toBe('document_twice')
  await as('POST', `/service/documents/${again.body.id}/remove`, { reason: 'doppelt' })
  expect((await as('POST', `/service/documents/${id}/restore`, {})).body.steps.map(({ step, by, note }) => [step, by, note])).toEqual([
    ['added', 'fall.vg', null],
    ['changed', 'fall2.vg', 'Bericht'],
    ['removed', 'fall2.vg', 'Gehört in eine andere Akte'],
    ['restored', 'fall2.vg', null],
  ])
  const app = service.db
  await expect(app.updateTable('document_content').set({ content: png }).execute()).rejects.toMatchObject({ code: '42501' })
  await expect(app.updateTable('document').set({ sha256: png }).execute()).rejects.toMatchObject({ code: '42501' })
})

test('is looked at for viruses where somebody can, and stays out while nobody answers', async () => {
  const { case_id } = await service.openCase()
  // answers as clamd does: https://docs.clamav.net/manual/Usage/Scanning.html#clamd
  let answer = 'stream: OK\0'
  let heard = 0
  const clamd = createServer((socket) => {
    socket.on('data', (part) => {
      heard += part.length
      if (part.subarray(-4).equals(Buffer.alloc(4))) socket.end(answer)
    })
  }).listen(0, '127.0.0.1')
  await once(clamd, 'listening')
  const { port } = clamd.address() as { port: number }
  const deps = { db: service.db, now: () => service.clock.now, secure: false }
  const scanning = transactionalApp({
    ...deps,
    log: (await import('pino')).pino({ enabled: false }),
    uploads: { most_bytes: 1e6, scan: clamdScan(`127.0.0.1:${port}`) },
  })
  const content = Buffer.concat([pictureOf('sauber'), Buffer.alloc(200_000, 32)])
  expect((await upload('fall.vg', case_id, { content, app: scanning })).body.scanned).toBe(true)
  expect(heard).toBeGreaterThan(content.length)
  answer = 'stream: Win.Test.EICAR_HDB-1 FOUND\0'
  expect((await upload('fall.vg', case_id, { content: pictureOf('krank'), app: scanning })).body.code).toBe('document_infected')
  answer = 'INSTREAM size limit exceeded. ERROR\0'
  expect((await upload('fall.vg', case_id, { content: pictureOf('groß'), app: scanning })).status).toBe(503)
  clamd.close()
  await once(clamd, 'close')
  expect((await upload('fall.vg', case_id, { content: pictureOf('allein'), app: scanning })).body.code).toBe('document_not_scanned')
  expect((await fileOf(case_id)).items).toHaveLength(1)
})

test('files that are closed and kept long enough are deleted with everything that leads to a person; facts stay', async () => {
  const young = await service.openCase('fall.vg', { birth_date: '2014-02-28', end_on: '2026-12-31' })
  const open = await service.openCase('fall.vg', { birth_date: '2008-01-01' })
  const offer_id = await service.offer()
  const booked = await service.book('fall.vg', { case_id: young.case_id, offer_id })
  await upload('fall.vg', young.case_id, { content: pictureOf('Akte') })
  const removed = (await upload('fall.vg', open.case_id, { content: pictureOf('falsch abgelegt') })).body
  await service.as('fall.vg')('POST', `/service/documents/${removed.id}/remove`, { reason: 'falsch' })
  const kept = { rule: 'help', years: 70, from_age: 30, kept_until: '2114-02-28' }
  expect(await fileOf(young.case_id)).toMatchObject({ kept, items: [{ kept }] })

  const runAt = (instant: string) => deleteWhatIsOver(service.db, new Date(instant))
  await runAt('2026-04-09T10:00:00Z')
  expect((await fileOf(open.case_id)).items).toHaveLength(1)
  await runAt('2026-04-11T10:00:00Z')
  expect((await fileOf(open.case_id)).items).toEqual([])
  await runAt('2114-02-28T22:00:00Z')
  expect((await fileOf(young.case_id)).items).toHaveLength(1)
  await runAt('2114-02-28T23:30:00Z')
  await runAt('2114-03-01T10:00:00Z')
  expect((await fileOf(young.case_id)).status).toBe(404)
  // the other is over too, but open
  expect((await fileOf(open.case_id)).items).toEqual([])
  expect((await service.as('fall.vg')('GET', `/service/clients/${young.client_id}`)).status).toBe(404)
  expect((await service.as('fall.vg')('GET', `/service/bookings/${booked.body.id}`)).body).toMatchObject({ case_id: null })
  const [{ rows: said }, { rows: about }] = await Promise.all([
    service.owner.query('select from reservation_step union all select from booking_step where booking_id = $1', [booked.body.id]),
    service.owner.query(`select column_name, table_name from information_schema.columns
      where table_schema = 'public' and column_name = 'case_id' and table_name not in (
        select conrelid::regclass::text from pg_constraint where contype = 'f' and confrelid = '"case"'::regclass and confdeltype = 'c'
      )`),
  ])
  // what knows the case goes with it
  expect([said, about]).toEqual([[], []])
  const { rows } = await service.owner.query(`select youth_authority_id, run_on, files, documents from deletion_run order by id`)
  expect(rows).toMatchObject([
    { youth_authority_id: '13075', run_on: '2026-04-11', files: 0 },
    { youth_authority_id: '13075', run_on: '2114-03-01', files: 1 },
  ])
})

test('what belongs to no help is kept by its kind, what belongs to one is not; rules begin tomorrow, and runs tell numbers only', async () => {
  const bare = await service.openCase('fall.vg', { end_on: '2026-03-01' })
  const helped = await service.openCase('fall.vg', { end_on: '2026-12-31' })
  await service.book('fall.vg', { case_id: helped.case_id, offer_id: await service.offer() })
  const put = (case_id: string, kind: string) => upload('fall.vg', case_id, { content: pictureOf(kind), title: kind, kind })
  for (const { case_id } of [bare, helped]) for (const kind of ['application', 'cost']) await put(case_id, kind)
  const shown = async (case_id: string) => {
    const { kept, items } = await fileOf(case_id)
    return [kept.kept_until, ...items.map(({ kind, kept }) => `${kind} ${kept?.rule} ${kept?.kept_until}`).sort()]
  }
  expect(await shown(bare.case_id)).toEqual(['2036-12-31', 'application kind 2031-03-01', 'cost kind 2036-12-31'])
  expect(await shown(helped.case_id)).toEqual(['2112-05-04', 'application help 2112-05-04', 'cost help 2112-05-04'])
  const other = await service.openCase('fall.vg')
  expect((await fileOf(other.case_id)).kept).toMatchObject({ rule: 'kind', kept_until: null })

  const admin = service.as('admin')<RetentionRules & Deletions & Problem>
  const rule = { document_kind: 'cost', valid_from: '2026-03-11', years: 6, counted_from: 'year_end', source: 'Haushaltsrecht' }
  expect((await admin('PUT', '/service/retention-rules', { ...rule, valid_from: '2026-03-10' })).body.details[0]!.field).toBe('valid_from')
  expect((await admin('PUT', '/service/retention-rules', { ...rule, years: 0 })).body.details[0]!.field).toBe('years')
  const { items, today } = (await admin('PUT', '/service/retention-rules', rule)).body
  expect([items, today]).toEqual([expect.arrayContaining([rule]), '2026-03-10'])
  expect((await admin('PUT', '/service/retention-rules', { ...rule, valid_from: '2026-05-01', years: 1 })).status).toBe(200)
  const planned = { document_kind: 'cost', valid_from: '2026-05-01' }
  expect((await admin('POST', '/service/retention-rules/withdraw', planned)).status).toBe(200)
  const inForce = { ...planned, valid_from: '2000-01-01' }
  expect((await admin('POST', '/service/retention-rules/withdraw', inForce)).body.code).toBe('retention_in_force')
  for (const [method, path, body] of [
    ['PUT', 'retention-rules', rule],
    ['POST', 'deletions', {}],
  ] as const)
    expect((await service.as('controlling.vg')(method, `/service/${path}`, body)).status).toBe(404)

  const before = service.clock.now
  service.clock.now = new Date('2031-03-02T10:00:00Z')
  service.clearSessions()
  const due = (await admin('GET', '/service/deletions')).body.due.filter(({ rule }) => rule === 'kind')
  expect(due).toMatchObject([{ youth_authority: expect.any(String), month: '2031-03-01', document_kind: 'application', count: 1 }])
  expect((await admin('POST', '/service/deletions', {})).body).toMatchObject({ files: 0, documents: 1 })
  expect(await shown(bare.case_id)).toEqual(['2032-12-31', 'cost kind 2032-12-31'])
  expect((await admin('POST', '/service/deletions', {})).body).toMatchObject({ files: 0, documents: 0 })
  service.clock.now = new Date('2033-01-01T10:00:00Z')
  service.clearSessions()
  expect((await admin('POST', '/service/deletions', {})).body).toMatchObject({ files: 1, documents: 1 })
  expect((await fileOf(bare.case_id)).status).toBe(404)
  expect(await service.one('select count(*) from client where id = $1', [bare.client_id])).toEqual({ count: 0 })
  expect((await fileOf(helped.case_id)).items).toHaveLength(2)
  const { runs } = (await service.as('controlling.vg')<Deletions>('GET', '/service/deletions')).body
  expect(runs.find(({ started_by }) => started_by !== null)).toMatchObject({
    started_by: 'admin',
    items: [
      { rule: 'kind', document_kind: null, count: 1 },
      { rule: 'kind', document_kind: 'cost', count: 1 },
    ],
  })
  expect(JSON.stringify(runs)).not.toContain('Muster')
  // what found nothing is told to administrators alone
  expect(runs.every(({ youth_authority }) => youth_authority !== null)).toBe(true)
  expect((await service.as('fall.vg')('GET', '/service/deletions')).status).toBe(404)
  service.clock.now = before
  service.clearSessions()
})
