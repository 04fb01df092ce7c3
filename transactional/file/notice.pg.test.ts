import { afterAll, beforeAll, expect, test } from 'vitest'
import { getDocumentProxy } from 'unpdf'
import type { Problem } from '../problem.ts'
import { startService, type Service } from '../service.fixture.ts'
import type { CaseCourse } from '../case/course.ts'
import type { CaseFile, FoundDocuments } from './document.routes.ts'
import { inventedNotice } from './notice-template.ts'
import { partsOf } from './notice.ts'
import type { NoticeTemplates } from './notice-template.routes.ts'
import type { Notice, NoticeWithText } from './notice.routes.ts'

let service: Service
let case_id: string
let booking_id: string
beforeAll(async () => {
  service = await startService()
  case_id = (await service.openCase()).case_id
  booking_id = (await service.book('fall.vg', { case_id, offer_id: await service.offer({ capacity: 9 }) })).body.id
})
afterAll(() => service.stop())

type Answer = NoticeWithText & Problem
const ask = (method: string, path: string, body?: object, user = 'fall.vg') => service.as(user)<Answer>(method, `/service/${path}`, body)
const draft = async (wanted: object = {}) =>
  (await ask('POST', `cases/${case_id}/notices`, { kind: 'grant', service_kind: 's34', booking_id, ...wanted })).body
const letterhead = {
  name: 'Landkreis Muster & Söhne',
  office: 'Jugendamt',
  street: 'Musterstraße 1',
  town: '17489 Greifswald',
  telephone: '03834 0',
  email: '',
}
const complete = {
  addressee_name: 'Alex Muster',
  addressee_street: 'Am Hafen 3',
  addressee_town: '17489 Greifswald',
  reasons: 'Die Voraussetzungen der §§ 27, 34 SGB VIII liegen vor.\n\nDer Hilfeplan sieht die Hilfe vor.',
}
const issue = (id: string) => ask('POST', `notices/${id}/issue`, {})
const pdfOf = async (path: string) => {
  const response = await service.app.request(`/service/${path}`, { headers: { cookie: await service.cookieOf('fall.vg') } })
  return Buffer.from(await response.arrayBuffer())
}
const textOf = async (content: Buffer) => {
  const pdf = await getDocumentProxy(new Uint8Array(content))
  const pages = await Promise.all(Array.from({ length: pdf.numPages }, async (_, at) => (await pdf.getPage(at + 1)).getTextContent()))
  return pages.map(({ items }) => items.map((item) => ('str' in item ? item.str : '')).join(' '))
}

test('a draft lacks what it lacks, is kept as far as it is written, and is shown as it will read', async () => {
  const { id, reference, parts, letterhead: none } = await draft()
  expect([reference, none]).toEqual([null, null])
  const saying = JSON.stringify(parts)
  expect(saying).toContain('Kim Muster, geboren am 04.05.2012')
  expect(saying).toContain('01.01.2026 bis 01.07.2026')
  expect(saying).toContain('§§ 91 bis 94 SGB VIII')
  const refused = await issue(id)
  expect([refused.status, refused.body.code]).toEqual([422, 'notice_complete'])
  expect(refused.body.details.map(({ field }) => field)).toEqual(['addressee_name', 'addressee_street', 'addressee_town', 'reasons'])
  await ask('PATCH', `notices/${id}`, complete)
  expect((await issue(id)).body.code).toBe('letterhead_missing')
  expect((await ask('PATCH', `notices/${id}`, { reasons: 'Gru\u0000ß' })).body.details[0]!.field).toBe('reasons')
  await ask('PATCH', `notices/${id}`, { reasons: 'Smiley 😀' })
  expect((await issue(id)).body).toMatchObject({ code: 'notice_signs', details: [{ field: 'reasons' }] })
  expect((await ask('GET', `notices/${id}`)).body.reasons).toBe('Smiley 😀')
  await ask('PATCH', `notices/${id}`, { reasons: complete.reasons })
  const [first] = await textOf(await pdfOf(`notices/${id}/preview`))
  expect(first).toContain('Entwurf, nicht bekannt gegeben')
  expect((await ask('DELETE', `notices/${id}`)).status).toBe(204)
  expect((await ask('GET', `notices/${id}`)).status).toBe(404)
})

test('issued it has the next number of the year, lies in the file as PDF/A, and stays as it is', async () => {
  expect((await ask('PUT', 'letterhead', letterhead)).status).toBe(200)
  const drafts = await Promise.all([draft(), draft({ kind: 'refusal', booking_id: null }), draft({ kind: 'end' })])
  for (const { id } of drafts) await ask('PATCH', `notices/${id}`, { ...complete, effective_on: '2026-04-30' })
  const issued = await Promise.all(drafts.map(({ id }) => issue(id)))
  expect(issued.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(issued.map(({ body }) => body.reference).sort()).toEqual(['VG-JA 2026/00001', 'VG-JA 2026/00002', 'VG-JA 2026/00003'])
  const { id, document_id, reference } = issued[0]!.body
  expect((await issue(id)).body.code).toBe('notice_issued')
  expect((await ask('PATCH', `notices/${id}`, { reasons: 'anders' })).body.code).toBe('notice_issued')
  expect((await ask('DELETE', `notices/${id}`)).body.code).toBe('notice_issued')
  expect((await ask('POST', `documents/${document_id}/remove`, { reason: 'weg' })).body.code).toBe('document_of_notice')
  await expect(service.owner.query('update notice set reasons = $2 where id = $1', [id, 'anders'])).rejects.toMatchObject({
    constraint: 'notice_issued',
  })

  const nameOf = async (path: string) => (await service.as('fall2.vg')('GET', `/service/${path}`)).headers.get('content-disposition')
  expect(await Promise.all(issued.map(({ body }) => nameOf(`documents/${body.document_id}/file`)))).toEqual([
    'attachment; filename="bescheid-bewilligung-2026-03-10-v1.pdf"',
    'attachment; filename="bescheid-ablehnung-2026-03-10-v1.pdf"',
    'attachment; filename="bescheid-einstellung-2026-03-10-v1.pdf"',
  ])
  const correction = await draft({ corrects: id })
  expect(await nameOf(`notices/${correction.id}/preview`)).toBe('attachment; filename="entwurf-bescheid-bewilligung-2026-03-10-v2.pdf"')
  await ask('DELETE', `notices/${correction.id}`)
  const content = await pdfOf(`documents/${document_id}/file`)
  const [page] = await textOf(content)
  for (const said of [
    'Landkreis Muster & Söhne',

    'Alex Muster',
    'Am Hafen 3',
    reference!,
    'Rechtsbehelfsbelehrung',
    '17489 Greifswald',
    'Seite 1 von ',
  ])
    expect(page).toContain(said)
  expect(page).not.toContain('Entwurf')
  const { items } = (await service.as('fall.vg')<CaseFile>('GET', `/service/cases/${case_id}/documents`)).body
  expect(items.map(({ kind, is_notice }) => [kind, is_notice])).toEqual([['notice', true], ['notice', true], ['notice', true]]) // prettier-ignore
  const found = await service.as('fall.vg')<FoundDocuments>('POST', `/service/cases/${case_id}/documents/find`, { text: 'Hilfeplan' })
  expect(found.body.items.length).toBeGreaterThan(0)
})

test('an issued notice stands in the course of its case', async () => {
  const { body } = await service.as('fall2.vg')<CaseCourse>('GET', `/service/cases/${case_id}/course`)
  const told = body.events.filter(({ what }) => what.startsWith('notice_'))
  expect(told.map(({ what, by, help_id }) => [what, by, help_id])).toEqual(
    expect.arrayContaining([
      ['notice_grant', 'fall.vg', booking_id],
      ['notice_refusal', 'fall.vg', null],
    ]),
  )
  expect(told).toHaveLength(3)
})

test('how much help is granted is told for every day of it, while it rests nothing', () => {
  const extentOf = (units_per_week: number[]) => {
    const from = ['2026-12-01', '2026-12-20', '2027-01-03', '2027-02-01'].slice(0, units_per_week.length)
    const row = {
      ...inventedNotice('grant', { subject: '', opening: '', closing: '', remedies: '' }, '2026-11-27'),
      units_per_week,
      units_from: from,
    }
    const facts = partsOf(row, letterhead, '2026-11-27').flatMap((part) => (part.part === 'facts' ? part.facts : []))
    return facts.find(({ term }) => term === 'Umfang')?.text
  }
  expect(extentOf([7])).toBe('7 Tage pro Woche')
  expect(extentOf([7, 0, 7])).toBe('7 Tage pro Woche')
  expect(extentOf([7, 0, 7, 5])).toBe('ab 01.12.2026 7 Tage pro Woche, ab 01.02.2027 5 Tage pro Woche')
})

test('a PDF/A-2a: its metadata say so, colours are defined, all fonts are within, text is tagged and German', async () => {
  const { id } = await draft({ kind: 'change' })
  const reasons = Array.from(
    { length: 60 },
    (_, at) => `Absatz ${at + 1}: Wörter, die über mehrere Seiten gehen und umbrochen werden, bis es genug sind. Øre Šćž`,
  )
  await ask('PATCH', `notices/${id}`, { ...complete, effective_on: '2026-05-01', reasons: reasons.join('\n\n') })
  const { document_id } = (await issue(id)).body
  const content = await pdfOf(`documents/${document_id}/file`)
  const raw = content.toString('latin1')
  expect(raw.startsWith('%PDF-1.7')).toBe(true)
  const [, metadata] = /<x:xmpmeta([\s\S]*?)<\/x:xmpmeta>/.exec(raw)!
  expect(metadata).toMatch(/<pdfaid:part>2<\/pdfaid:part>\s*<pdfaid:conformance>A<\/pdfaid:conformance>/)
  expect(metadata).toContain('Bescheid VG-JA 2026/00004')
  expect(metadata).not.toMatch(/&(?!\w+;)/)
  expect(raw).toMatch(/\/OutputIntents \[\d+ 0 R\]/)
  expect(raw).toContain('/S /GTS_PDFA1')
  expect(raw).toMatch(/\/Lang \(de-DE\)/)
  expect(raw).toMatch(/\/MarkInfo \d+ 0 R/)
  expect(raw).toContain('/Marked true')
  expect(raw).toMatch(/\/ID \[/)
  const fonts = raw.match(/\/Type \/FontDescriptor/g)!.length
  expect(raw.match(/\/FontFile[23] /g)).toHaveLength(fonts)
  expect(raw.match(/\/ToUnicode /g)).toHaveLength(fonts)
  for (const forbidden of ['/JavaScript', '/Encrypt', '/Helvetica', '/SMask', '/EmbeddedFile'])
    expect([forbidden, raw.includes(forbidden)]).toEqual([forbidden, false])
  const pdf = await getDocumentProxy(new Uint8Array(content))
  expect(pdf.numPages).toBeGreaterThan(2)
  const roles = JSON.stringify(
    await Promise.all(Array.from({ length: pdf.numPages }, async (_, at) => (await pdf.getPage(at + 1)).getStructTree())),
  )
  for (const role of ['H1', 'H2', 'P', 'L', 'LBody']) expect(roles).toContain(`"role":"${role}"`)
  const pages = await textOf(content)
  expect(pages.at(-1)).toContain(`Seite ${pages.length} von ${pages.length}`)
  expect(pages.join(' ')).toMatch(/Øre\s+Šćž/)
})

test('no signature stands on a page alone, however long the reasons are', async () => {
  const { id } = await draft({ kind: 'refusal', booking_id: null })
  const paragraph =
    'Der Schulbesuch hat sich gefestigt, die Familie nimmt die Hilfe an, und die Gespräche nach § 36 Absatz 2 SGB VIII haben es gezeigt.'
  const pageCounts = []
  for (let count = 1; count <= 12; count++) {
    await ask('PATCH', `notices/${id}`, { ...complete, reasons: Array(count).fill(paragraph).join('\n\n') })
    const pages = await textOf(await pdfOf(`notices/${id}/preview`))
    expect([count, pages.at(-1)]).toEqual([count, expect.stringMatching(/VwGO.*Im Auftrag/)])
    pageCounts.push(pages.length)
  }
  expect(new Set(pageCounts)).toEqual(new Set([1, 2]))
})

test('a correction is a new version under the same number that names the former; only the last one is corrected', async () => {
  const former = await draft()
  await ask('PATCH', `notices/${former.id}`, complete)
  const { reference } = (await issue(former.id)).body
  const other = await service.openCase()
  const wrong = { kind: 'grant', service_kind: 's34', corrects: former.id }
  expect((await ask('POST', `cases/${other.case_id}/notices`, wrong)).body.code).toBe('notice_correction')
  const second = await draft({ corrects: former.id })
  expect([second.version, second.addressee_name, second.reasons]).toEqual([2, complete.addressee_name, complete.reasons])
  expect(JSON.stringify(second.parts)).toContain('ersetzt den Bescheid vom 10.03.2026')
  expect((await ask('POST', `cases/${case_id}/notices`, { ...wrong, booking_id })).body.code).toBe('notice_corrected')
  expect((await issue(second.id)).body.reference).toBe(`${reference}, Fassung 2`)
  const { items } = (await service.as('fall.vg')<{ items: Notice[] }>('GET', `/service/cases/${case_id}/notices`)).body
  expect(items.find(({ id }) => id === former.id)).toMatchObject({ corrected: true, state: 'issued' })
})

test('belongs to the caseworkers of the authority alone', async () => {
  const { id } = await draft()
  for (const user of ['fall.hro', 'finanzen.vg', 'anbieter.1', 'admin']) {
    for (const [method, path, body] of [
      ['GET', `cases/${case_id}/notices`],
      ['POST', `cases/${case_id}/notices`, { kind: 'grant', service_kind: 's34' }],
      ['GET', `notices/${id}`],
      ['PATCH', `notices/${id}`, { reasons: 'fremd' }],
      ['GET', `notices/${id}/preview`],
      ['POST', `notices/${id}/issue`, {}],
      ['DELETE', `notices/${id}`],
    ] as const) {
      expect([user, path, (await ask(method, path, body, user)).status]).toEqual([user, path, 404])
    }
  }
  const foreign = await service.openCase('fall.hro')
  const theirs = { kind: 'grant', service_kind: 's34', booking_id }
  expect((await ask('POST', `cases/${foreign.case_id}/notices`, theirs, 'fall.hro')).body.code).toBe('booking_unknown')
})

test('an administrator changes words as a new version; what may be asked for is checked, and what is drafted keeps its own', async () => {
  const admin = service.as('admin')<NoticeTemplates & NoticeTemplates['items'][number] & Problem>
  const templates = async () => (await admin('GET', '/service/notice-templates')).body.items
  const [grant] = await templates()
  expect(grant!.words.subject).toBe('Bewilligung: {{Hilfe}} nach {{Rechtsgrundlage}}')
  const before = await draft()
  const after_version = grant!.versions[0]!.version
  const wanted = { kind: 'grant', after_version, words: { ...grant!.words, subject: 'Wir bewilligen {{Hilfe}} für {{ Name }}' } }
  const faulty = { ...wanted, words: { ...wanted.words, opening: 'ab {{Wirkung}}', closing: 'für {{Name}', remedies: ' ' } }
  expect((await admin('POST', '/service/notice-templates', faulty)).body.details.map(({ field }) => field)).toEqual(['words.remedies'])
  const { details } = (await admin('POST', '/service/notice-templates', { ...faulty, words: { ...faulty.words, remedies: 'kurz' } })).body
  expect(details.map(({ field }) => field)).toEqual(['opening', 'closing'])
  expect(details[0]!.message).toContain('Erlaubt sind {{Hilfe}}, {{Rechtsgrundlage}}')
  const written = await admin('POST', '/service/notice-templates', wanted)
  expect([written.status, written.body.versions[0]]).toMatchObject([200, { version: 2, whose: 'state', by: 'admin' }])
  expect((await admin('POST', '/service/notice-templates', wanted)).body.code).toBe('template_moved')
  const [old, fresh] = [await ask('GET', `notices/${before.id}`), await draft()]
  expect(old.body.parts[0]).toMatchObject({ text: expect.stringMatching(/^Bewilligung: /) })
  expect(fresh.parts[0]).toMatchObject({ text: expect.stringMatching(/^Wir bewilligen .* für Kim Muster$/) })

  const { kind, words } = wanted
  const headers = { cookie: await service.cookieOf('admin'), 'content-type': 'application/json' }
  const response = await service.app.request('/service/notice-templates/preview', {
    method: 'POST',
    headers,
    body: JSON.stringify({ kind, words }),
  })
  const page = (await textOf(Buffer.from(await response.arrayBuffer()))).join(' ')
  expect(page).toContain('Kim Beispiel')
  expect(page).toContain('Entwurf')
  for (const user of ['fall.vg', 'controlling.vg']) {
    expect((await service.as(user)('GET', '/service/notice-templates')).status).toBe(404)
    expect((await service.as(user)('POST', '/service/notice-templates', wanted)).status).toBe(404)
  }
})
