import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Problem } from '../problem.ts'
import { startService, type Service } from '../service.fixture.ts'
import type { CaseCourse } from './course.ts'
import type { TakenOver, TakeOverComparison } from './take-over.routes.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})
afterAll(() => service.stop())

const check = (file: string, user = 'fall.vg') => service.as(user)<TakeOverComparison>('POST', '/service/clients/take-over/check', { file })
const take = (file: string, choices: object[] = [], user = 'fall.vg') =>
  service.as(user)<TakenOver & Problem>('POST', '/service/clients/take-over', { file, choices })
const persons = async () => (await service.one<{ count: number }>('select count(*) from client')).count
const head = 'Fallnummer;PKZ;Vorname;Nachname;Geburtsdatum;Geschlecht;umA'

test('a file becomes persons and cases, as CSV or JSON, and the same file again nothing', async () => {
  const csv = `${head}\nA-1;P1;Änne;O’Neill;04.05.2012;weiblich;nein\nA-2;P1;Änne;O’Neill;04.05.2012;w;nein\nA-3;;Ben;<b>Beispiel</b>;2015-02-28;m;ja\n`
  const before = await persons()
  expect((await check(csv)).body).toMatchObject({
    faults: [],
    rows: [{ line: 2, case_number: 'A-1', known: [], case_id: null }, { line: 3 }, { line: 4, sex: 'm', unaccompanied_minor: true }],
  })
  expect(await persons()).toBe(before)
  expect((await take(csv)).body).toMatchObject({
    clients_created: 2,
    clients_updated: 0,
    cases_opened: 3,
    cases: [{ case_number: 'A-1' }, {}, {}],
  })
  const again = await check(csv)
  expect(again.body.rows.map(({ known, case_id }) => [known.map(({ same }) => same), case_id !== null])).toEqual([
    [['reference'], true],
    [['reference'], true],
    [['name'], true],
  ])
  const json = JSON.stringify([{ case_number: 'A-4', vorname: 'Cem', name: 'Muster', birth_date: '2016-01-01', sex: 'd', uma: false }])
  expect((await take(json)).body).toMatchObject({ clients_created: 1, cases_opened: 1 })
  const names = await service.owner.query(`select family_name from client where given_name in ('Ben', 'Cem') order by given_name`)
  expect(names.rows).toEqual([{ family_name: '<b>Beispiel</b>' }, { family_name: 'Muster' }])
})

test('who is there already is taken, brought up to date or made anew, as somebody says; without it nothing is written', async () => {
  await take(`${head}\nB-1;Q1;Dana;Alt;2011-03-03;w;nein\nB-2;;Emil;Gleich;2010-10-10;m;nein\n`)
  const file = `${head}\nB-3;Q1;Dana;Neu;2011-03-03;w;nein\nB-4;;Emil;Gleich;2010-10-10;m;nein\n`
  const before = await persons()
  const open = await take(file)
  expect(open.body).toMatchObject({ status: 409, code: 'take_over_undecided', details: [{ field: 'choices.2' }, { field: 'choices.3' }] })
  expect(await persons()).toBe(before)
  const [dana, emil] = (await check(file)).body.rows.map(({ known }) => known[0]!)
  expect(dana).toMatchObject({ family_name: 'Alt', same: 'reference' })
  expect(
    (
      await take(file, [
        { line: 2, action: 'update', client_id: emil!.client_id },
        { line: 3, action: 'new' },
      ])
    ).body.code,
  ).toBe('take_over_undecided')
  const done = await take(file, [
    { line: 2, action: 'update', client_id: dana!.client_id },
    { line: 3, action: 'new' },
  ])
  expect(done.body).toMatchObject({ clients_created: 1, clients_updated: 1, cases_opened: 2 })
  expect(await service.one('select family_name from client where id = $1', [dana!.client_id])).toEqual({ family_name: 'Neu' })
  // whose case is there is no new person
  expect(
    (
      await take(file, [
        { line: 2, action: 'new' },
        { line: 3, action: 'new' },
      ])
    ).body.code,
  ).toBe('take_over_undecided')
})

test('every fault is told with its line, and nothing of such a file is written', async () => {
  const before = await persons()
  const told = async (file: string) => (await check(file)).body.faults
  const csv = `${head}\n;;Fritz;Falsch;31.02.2012;x;vielleicht\nC-1;;Gerd;Gut;2012-01-01;m;\nC-1;;Hans;Gut;2999-01-01;m;\n`
  expect(await told(csv)).toEqual([
    'Zeile 2, Spalte geburtsdatum: „31.02.2012“ ist kein Datum (TT.MM.JJJJ oder JJJJ-MM-TT).',
    'Zeile 2, Spalte fallnummer: Der Wert fehlt.',
    'Zeile 2, Spalte geschlecht: „x“ ist unbekannt; möglich: m, w, d, männlich, maennlich, weiblich, divers.',
    'Zeile 2, Spalte uma: „vielleicht“ ist unbekannt; möglich: 0, 1, ja, nein, true, false.',
    'Zeile 4, Spalte geburtsdatum: „2999-01-01“ liegt zu weit voraus, nach dem 31.12.2040.',
    'Zeile 4, Spalte fallnummer: Die Fallnummer steht schon in Zeile 3.',
  ])
  expect((await take(csv)).body).toMatchObject({ status: 422, code: 'take_over_faults' })
  expect(await told('[{"vorname": ')).toEqual(['Die Datei ist kein gültiges JSON.'])
  expect(await told('[{"vorname": {"a": 1}}]')).toEqual(['Erwartet wird eine Liste von Einträgen mit einfachen Werten.'])
  expect(await told(`${head};Haarfarbe\n`)).toMatchObject([expect.stringContaining('Diese Spalte gibt es hier nicht.')])
  expect(await told(head)).toEqual(['Die Datei enthält keine Person.'])
  expect(await told(`${head}\nD-1;R1;Ina;Eins;2012-01-01;w;\nD-2;R1;Ina;Zwei;2012-01-01;w;\n`)).toEqual([
    'Zeile 3: Dieselbe Person steht mit anderen Angaben in Zeile 2.',
  ])
  expect(await persons()).toBe(before)
})

test('faults of a JSON file are told by its entries', async () => {
  const told = async (entries: object[]) => (await check(JSON.stringify(entries))).body.faults
  const person = { fallnummer: 'H-1', vorname: 'Ute', nachname: 'Liste', geburtsdatum: '2012-01-01', geschlecht: 'w' }
  expect(
    await told([person, { ...person, fallnummer: 'H-2', geburtsdatum: '01.01.1066' }, { ...person, geburtsdatum: '2013-01-01' }]),
  ).toEqual([
    'Eintrag 2, Spalte geburtsdatum: „01.01.1066“ liegt zu weit zurück, vor dem 01.01.1900.',
    'Eintrag 3, Spalte fallnummer: Die Fallnummer steht schon in Eintrag 1.',
  ])
  expect(await told([{ ...person, haarfarbe: 'rot' }])).toEqual([
    expect.stringMatching(/^Spalte haarfarbe: Diese Spalte gibt es hier nicht/),
  ])
  expect(await told([])).toEqual(['Die Datei ist leer.'])
  await take(`${head}\nH-8;;Ute;Liste;2012-01-01;w;\n`)
  const open = await take(JSON.stringify([{ ...person, fallnummer: 'H-9' }]))
  expect(open.body.details).toEqual([{ field: 'choices.1', message: 'Eintrag 1: Bitte sagen, ob es dieselbe Person ist.' }])
})

test('what is no text is told as such, with what to do', async () => {
  const packed = new TextDecoder('windows-1252').decode(Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 6, 0, 0xe9))
  const old = new TextDecoder('windows-1252').decode(Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1))
  for (const file of [packed, old])
    expect((await check(file)).body.faults).toEqual([expect.stringMatching(/^Das ist eine Tabelle als Excel-Datei.* als CSV speichern/)])
  expect((await check('\u0001\u0000x')).body.faults).toEqual([expect.stringMatching(/^Das ist keine Textdatei/)])
  expect((await take(packed)).body).toMatchObject({ status: 422, code: 'take_over_faults', details: [{ field: 'file' }] })
})

test('a case tells that it came with a file, and who took it over', async () => {
  const { body } = await take(`${head}\nG-1;;Lea;Datei;2012-01-01;w;\n`, [], 'fall2.vg')
  const { events } = (await service.as('fall.vg')<CaseCourse>('GET', `/service/cases/${body.cases[0]!.id}/course`)).body
  expect(events).toMatchObject([{ what: 'opened_from_file', by: 'fall2.vg', at: '2026-03-10T09:00:00+00:00' }])
})

test('what a file overwrites of a person is told in the course of each of its cases, and nowhere in the log', async () => {
  const { body } = await take(`${head}\nH-1;P9;Uta;Früher;2011-03-03;w;nein\nH-2;P9;Uta;Früher;2011-03-03;w;nein\n`)
  const file = `${head}\nH-3;P9;Uta;Später;2011-03-04;w;ja\n`
  const client_id = (await check(file)).body.rows[0]!.known[0]!.client_id
  expect((await take(file, [{ line: 2, action: 'update', client_id }], 'fall2.vg')).body.clients_updated).toBe(1)
  const course = async (id: string, user = 'fall.vg') => service.as(user)<CaseCourse>('GET', `/service/cases/${id}/course`)
  for (const { id } of body.cases)
    expect((await course(id)).body.events[0]).toMatchObject({
      what: 'client_overwritten',
      by: 'fall2.vg',
      at: '2026-03-10T09:00:00+00:00',
      changes: [
        { field: 'family_name', before: 'Früher', after: 'Später' },
        { field: 'birth_date', before: '2011-03-03', after: '2011-03-04' },
        { field: 'unaccompanied_minor', before: false, after: true },
      ],
    })
  expect((await course(body.cases[0]!.id, 'fall.hro')).status).toBe(404)
  expect(service.lines.join()).not.toMatch(/Früher|Später|2011-03-0/)

  // the same again says nothing new; without its number, a person keeps it
  const unnumbered = `${head}\nH-3;;Uta;Später;2011-03-04;w;ja\n`
  expect((await take(unnumbered, [{ line: 2, action: 'update', client_id }])).body.clients_updated).toBe(0)
  expect(await service.one('select external_reference from client where id = $1', [client_id])).toEqual({ external_reference: 'P9' })
  const change = await service.one<{ count: number }>('select count(*) from client_change where client_id = $1', [client_id])
  expect(change.count).toBe(1)
})

test('another authority’s persons are unknown here, and only caseworkers take over', async () => {
  const file = `${head}\nE-1;S1;Jana;Hier;2012-01-01;w;\n`
  await take(file)
  expect((await check(file, 'fall.hro')).body.rows[0]).toMatchObject({ known: [], case_id: null })
  const mine = (await check(file)).body.rows[0]!.known[0]!.client_id
  const foreign = await take(`${head}\nE-1;S1;Jana;Hier;2012-01-01;w;\n`, [{ line: 2, action: 'existing', client_id: mine }], 'fall.hro')
  expect(foreign.body).toMatchObject({ clients_created: 1, cases_opened: 1 })
  expect((await service.one<{ count: number }>('select count(*) from client where external_reference = $1', ['S1'])).count).toBe(2)
  expect((await check(file, 'finanzen.vg')).status).toBe(404)
  expect((await take('x'.repeat(200_001))).body).toMatchObject({ status: 400, details: [{ field: 'file' }] })
})
