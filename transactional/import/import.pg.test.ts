import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { columnTypes } from '../connection.ts'
import { testDatabase, type TestDatabase } from '../postgres.fixture.ts'
import { faultText } from './fault.ts'
import { importCsv, type ImportKind } from './import.ts'

let database: TestDatabase
let client: pg.Client

const csv = (...lines: string[]): string => `${lines.join('\n')}\n`
const bring = async (kind: ImportKind, content: string | Uint8Array) => {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  const { faults, ...result } = await importCsv({ owner_url: database.owner_url, kind, bytes })
  return { ...result, faults: faults.map((fault) => faultText(fault)) }
}
const rows = async (text: string, values: unknown[] = []) => (await client.query<Record<string, unknown>>(text, values)).rows

/** Everything imported, with the transaction that last wrote each row. */
const state = async () => {
  const tables = ['population', 'budget', 'provider', 'provider_contact', 'facility', 'facility_contact', 'offer', 'offer_rate']
  const more = ['"case"', 'case_link', 'booking', 'payment', 'payment_line', 'import_reference']
  const found = []
  for (const table of [...tables, ...more]) found.push(await rows(`select xmin::text, t.* from ${table} as t order by t::text`))
  return found
}

const PROVIDERS = csv(
  'Referenz;Name;Verband;Ansprechpartner;Telefon;PLZ',
  'T1;Träger Übermut gGmbH;;Anna Beispiel;030 23125 111;18055',
  'T2;"Haus; Hof e. V.";Verband;;;',
)
const FACILITIES = csv(
  'Referenz;Anbieter;Name;Jugendamt;Breite;Länge;Plätze;Geschlecht;Alter von;Alter bis;Ort',
  'E1;T1;Haus Übermut;VG;54,093;13.387;3;alle;6;18;Greifswald',
  'E2;T2;Beratung am Hof;13003;;;0;;;;Rostock',
)
const OFFERS = csv(
  'Referenz;Einrichtung;Hilfeart;Spezialisierungen;Plätze;Hinweis;Entgelt;Gültig ab;Gültig bis',
  'A1;E1;s34;traumapaedagogik suchtmittel;2;Nur weiblich;1.170,50 €;01.01.2025;',
  'A1;E1;§ 34 SGB VIII;suchtmittel, traumapaedagogik;2;Nur weiblich;180,5;1.1.2026;',
  'A2;E2;s31;;40;;65;2025-01-01;31.12.2026',
)
const BOOKINGS = csv(
  'Referenz;Jugendamt;Fallnummer;Hilfeart;Angebot;Beginn;Ende;Endegrund;Entgelt;Einheiten pro Woche;Alter;Geschlecht',
  'B1;VG;F-1;s34;A1;01.03.2026;31.08.2026;10;;;14;w',
  'B2;VG;F-1;s31;A2;01.02.2026;01.08.2026;;;5,5;14;w',
  'B1;HRO;F-9;s34;;01.02.2026;01.08.2026;;210,00;;9;m',
)
const PAYMENTS = csv(
  'Referenz;Jugendamt;Buchung;Gezahlt am;Betrag',
  'Z1;VG;B1;15.04.2026;5.595,50',
  'Z1;VG;B2;15.04.2026;1.000',
  'Z2;HRO;B1;2026-04-20;-12,3',
)

const bringAll = async () => {
  const files = { providers: PROVIDERS, facilities: FACILITIES, offers: OFFERS, bookings: BOOKINGS, payments: PAYMENTS } as const
  const results = []
  for (const [kind, content] of Object.entries(files)) results.push(await bring(kind as ImportKind, content))
  return results
}

beforeAll(async () => {
  database = await testDatabase()
  client = new pg.Client({ connectionString: database.owner_url, types: columnTypes, options: '-c TimeZone=UTC' })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})
beforeEach(async () => {
  const all = [
    'payment_line',
    'payment',
    'booking',
    'case_link',
    '"case"',
    'offer_rate',
    'offer',
    'facility_contact',
    'facility',
    'provider_contact',
    'provider',
  ]
  await client.query('begin')
  for (const table of [...all, 'import_reference', 'budget']) await client.query(`delete from ${table}`)
  await client.query(`delete from population where reference_date > '2020-01-01'; update youth_authority set data_from = null; commit`)
})

describe('a whole stock of an authority', () => {
  test('comes in, a second run of the same files changes nothing', async () => {
    expect(await bringAll()).toEqual([
      { rows: 2, inserted: 2, updated: 0, faults: [] },
      { rows: 2, inserted: 2, updated: 0, faults: [] },
      { rows: 3, inserted: 5, updated: 0, faults: [] },
      { rows: 3, inserted: 3, updated: 0, faults: [] },
      { rows: 3, inserted: 2, updated: 0, faults: [] },
    ])
    const before = await state()
    const again = await bringAll()
    expect(again.map(({ inserted, updated, faults }) => ({ inserted, updated, faults }))).toEqual(
      again.map(() => ({ inserted: 0, updated: 0, faults: [] })),
    )
    expect(await state()).toEqual(before)
  })

  test('is read as it was meant', async () => {
    await bringAll()
    expect(
      await rows(
        'select name, umbrella_association, contact_person, postcode from provider join provider_contact on provider_id = id order by name',
      ),
    ).toEqual([
      { name: 'Haus; Hof e. V.', umbrella_association: 'Verband', contact_person: null, postcode: null },
      { name: 'Träger Übermut gGmbH', umbrella_association: null, contact_person: 'Anna Beispiel', postcode: '18055' },
    ])
    expect(
      await rows(
        'select name, youth_authority_id, latitude, longitude, licensed_places, sex_admitted, age_from, age_to from facility order by name',
      ),
    ).toEqual([
      {
        name: 'Beratung am Hof',
        youth_authority_id: '13003',
        latitude: null,
        longitude: null,
        licensed_places: 0,
        sex_admitted: 'all',
        age_from: 0,
        age_to: 26,
      },
      {
        name: 'Haus Übermut',
        youth_authority_id: '13075',
        latitude: 54.093,
        longitude: 13.387,
        licensed_places: 3,
        sex_admitted: 'all',
        age_from: 6,
        age_to: 18,
      },
    ])
    expect(
      await rows(
        'select service_kind, specialisations, unit, rate_cents, valid_from, valid_to, youth_authority_id from offer_rate order by valid_from, service_kind',
      ),
    ).toEqual([
      {
        service_kind: 's31',
        specialisations: [],
        unit: 'hour',
        rate_cents: 6500,
        valid_from: '2025-01-01',
        valid_to: '2026-12-31',
        youth_authority_id: '13003',
      },
      {
        service_kind: 's34',
        specialisations: ['suchtmittel', 'traumapaedagogik'],
        unit: 'day',
        rate_cents: 117050,
        valid_from: '2025-01-01',
        valid_to: '2025-12-31',
        youth_authority_id: '13075',
      },
      {
        service_kind: 's34',
        specialisations: ['suchtmittel', 'traumapaedagogik'],
        unit: 'day',
        rate_cents: 18050,
        valid_from: '2026-01-01',
        valid_to: null,
        youth_authority_id: '13075',
      },
    ])
    expect(
      await rows(`select youth_authority_id, service_kind, away, facility_authority_id, rate_cents, units_per_week, planned_units, agreed_days, agreed_cents, end_reason
      from booking order by youth_authority_id, service_kind`),
    ).toEqual([
      {
        youth_authority_id: '13003',
        service_kind: 's34',
        away: true,
        facility_authority_id: null,
        rate_cents: [21000],
        units_per_week: [7],
        planned_units: 181,
        agreed_days: 181,
        agreed_cents: 3801000,
        end_reason: null,
      },
      {
        youth_authority_id: '13075',
        service_kind: 's31',
        away: false,
        facility_authority_id: '13003',
        rate_cents: [6500],
        units_per_week: [5.5],
        planned_units: 142.21,
        agreed_days: 181,
        agreed_cents: 924365,
        end_reason: null,
      },
      {
        youth_authority_id: '13075',
        service_kind: 's34',
        away: false,
        facility_authority_id: '13075',
        rate_cents: [18050],
        units_per_week: [7],
        planned_units: 183,
        agreed_days: 183,
        agreed_cents: 3303150,
        end_reason: 10,
      },
    ])
    expect(await rows(`select case_number, begin_on, end_on, client_id from "case" order by case_number`)).toEqual([
      { case_number: 'F-1', begin_on: '2026-02-01', end_on: null, client_id: null },
      { case_number: 'F-9', begin_on: '2026-02-01', end_on: null, client_id: null },
    ])
    expect(
      await rows(
        'select payment.reference, payment.amount_cents, count(*) as lines from payment join payment_line on payment_id = payment.id group by 1, 2 order by 1',
      ),
    ).toEqual([
      { reference: 'Z1', amount_cents: 659550, lines: 2 },
      { reference: 'Z2', amount_cents: -1230, lines: 1 },
    ])
    expect(await rows(`select id from youth_authority where data_from is not null order by id`)).toEqual([{ id: '13003' }, { id: '13075' }])
  })

  test('takes over what has changed since', async () => {
    await bringAll()
    expect(await bring('providers', PROVIDERS.replace('Übermut gGmbH', 'Mut gGmbH'))).toMatchObject({ inserted: 0, updated: 1 })
    expect(await bring('offers', OFFERS + 'A1;E1;s34;suchtmittel|traumapaedagogik;2;Nur weiblich;190;01.07.2026;\n')).toMatchObject({
      inserted: 1,
      updated: 1,
    })
    expect(
      await bring('bookings', BOOKINGS.replace('B2;VG;F-1;s31;A2;01.02.2026;01.08.2026;;', 'B2;VG;F-1;s31;A2;01.02.2026;15.05.2026;22;')),
    ).toMatchObject({ inserted: 0, updated: 1, faults: [] })
    expect(await rows(`select last_day, end_reason, planned_units, agreed_days from booking where service_kind = 's31'`)).toEqual([
      { last_day: '2026-05-15', end_reason: 22, planned_units: 80.93, agreed_days: 181 },
    ])
    expect(await rows(`select valid_from, valid_to from offer_rate where service_kind = 's34' order by 1`)).toEqual([
      { valid_from: '2025-01-01', valid_to: '2025-12-31' },
      { valid_from: '2026-01-01', valid_to: '2026-06-30' },
      { valid_from: '2026-07-01', valid_to: null },
    ])
  })
})

describe('files', () => {
  const german = 'Jugendamt;Jahr;Hilfeart;Betrag\nVorpommern-Rügen;2026;s34;1.234.567,89\n'
  const expected = [{ youth_authority_id: '13073', year: 2026, service_kind: 's34', amount_cents: 123456789 }]

  test.each([
    ['UTF-8', new TextEncoder().encode(german)],
    ['UTF-8 with byte order mark and Windows line ends', new TextEncoder().encode(`\uFEFF${german.replaceAll('\n', '\r\n')}`)],
    ['Latin-1', Buffer.from(german, 'latin1')],
    ['UTF-16 with tabulators, the Unicode text of Excel', Buffer.from(`\uFEFF${german.replaceAll(';', '\t')}`, 'utf16le')],
    ['commas and English names', new TextEncoder().encode('youth_authority,year,service_kind,amount\n13073,2026,s34,"1234567.89"\n')],
  ])('are read as %s', async (_, bytes) => {
    expect(await bring('budgets', bytes)).toEqual({ rows: 1, inserted: 1, updated: 0, faults: [] })
    expect(await rows('select * from budget')).toEqual(expected)
  })

  test('a changed amount is taken over, a faulty line keeps everything out', async () => {
    await bring('budgets', german)
    expect(await bring('budgets', german.replace(',89', ',90'))).toMatchObject({ inserted: 0, updated: 1 })
    expect(
      await bring('budgets', 'Jugendamt;Jahr;Hilfeart;Betrag\nVG;2026;s34;100\nXX;1999;s99;12,345\nVG;2026;s34;5\nVG;;s34;-3\n'),
    ).toEqual({
      rows: 4,
      inserted: 0,
      updated: 0,
      faults: [
        'Zeile 3, Spalte jugendamt: „XX“ ist unbekannt.',
        'Zeile 3, Spalte jahr: „1999“ liegt nicht zwischen 2.000 und 2.040.',
        'Zeile 3, Spalte hilfeart: „s99“ ist unbekannt.',
        'Zeile 3, Spalte betrag: „12,345“ hat mehr als 2 Nachkommastellen.',
        'Zeile 4: Dasselbe steht schon in Zeile 2.',
        'Zeile 5, Spalte jahr: Der Wert fehlt.',
        'Zeile 5, Spalte betrag: „-3“ liegt nicht zwischen 0 und 1.000.000.000.',
      ],
    })
    expect(await rows('select amount_cents from budget')).toEqual([{ amount_cents: 123456790 }])
  })

  test('with wrong heads, too many values, open quotes or nothing at all are refused in words', async () => {
    expect((await bring('budgets', 'Jugendamt;Jar;Hilfeart\nVG;2026;s34\n')).faults).toEqual([
      'Zeile 1, Spalte Jar: Diese Spalte gibt es hier nicht. Bekannt: jugendamt, jahr, hilfeart, betrag.',
      'Zeile 1, Spalte jahr: Die Spalte fehlt.',
      'Zeile 1, Spalte betrag: Die Spalte fehlt.',
    ])
    expect((await bring('budgets', `${german}VG;2026;s31;1;2\n`)).faults).toEqual(['Zeile 3: Die Zeile hat 5 Werte, die Kopfzeile 4.'])
    expect((await bring('budgets', `${german}VG;2026;"s31;1\n`)).faults).toHaveLength(1)
    const xlsx = Uint8Array.of(0x50, 0x4b, 3, 4, 20, 0, 6, 0, 0xe9)
    expect((await bring('budgets', xlsx)).faults).toEqual([expect.stringMatching(/^Das ist eine Tabelle als Excel-Datei/)])
    expect((await bring('budgets', '')).faults).toEqual(['Die Datei ist leer.'])
    expect(await rows('select * from budget')).toEqual([])
  })

  test('cannot carry SQL or control characters into the data base', async () => {
    expect(await bring('providers', csv('Referenz;Name', `T1;"'); drop table booking; --"`))).toMatchObject({ inserted: 1 })
    expect(await rows('select name from provider')).toEqual([{ name: `'); drop table booking; --` }])
    expect((await bring('providers', csv('Referenz;Name', 'T2;"a\tb"'))).faults).toEqual([
      'Zeile 2, Spalte name: Der Text enthält Steuerzeichen.',
    ])
  })
})

describe('population', () => {
  const cell = (group: string, sex: string, inhabitants: number) => `13075,2025-12-31,${group},${sex},${inhabitants}`
  const groups = [
    'u3',
    'a3_6',
    'a6_10',
    'a10_15',
    'a15_18',
    'a18_20',
    'a20_25',
    'a25_30',
    'a30_35',
    'a35_40',
    'a40_45',
    'a45_50',
    'a50_55',
    'a55_60',
    'a60_65',
    'a65_75',
    'a75p',
  ]
  const complete = csv(
    'ags,stichtag,altersgruppe,geschlecht,anzahl',
    ...groups.flatMap((group) => [cell(group, 'm', 101), cell(group, 'w', 100)]),
  )

  test('gets its sum and its under-21s where all groups are given', async () => {
    expect(await bring('population', complete)).toEqual({ rows: 34, inserted: 36, updated: 0, faults: [] })
    expect(
      await rows(`select age_group, inhabitants, estimated from population where reference_date = '2025-12-31' and sex = 'all' order by 1`),
    ).toEqual([
      { age_group: 'total', inhabitants: 3417, estimated: false },
      // 6 × 201 + 201 ÷ 5
      { age_group: 'u21', inhabitants: 1246, estimated: true },
    ])
    expect(await bring('population', complete)).toMatchObject({ inserted: 0, updated: 0 })
    expect(await bring('population', complete.replace('u3,m,101', 'u3,m,111'))).toMatchObject({ inserted: 0, updated: 3 })
  })

  test('takes a sum as it is given', async () => {
    const given = csv(
      'AGS;Stichtag;Altersgruppe;Geschlecht;Einwohner;Quelle;Geschätzt',
      '1001;31.12.2025;u21;insgesamt;19.500;Melderegister;ja',
    )
    expect(await bring('population', given)).toMatchObject({ inserted: 1, faults: [] })
    expect(await rows(`select ags, inhabitants, origin, estimated from population where reference_date = '2025-12-31'`)).toEqual([
      { ags: '01001', inhabitants: 19500, origin: 'Melderegister', estimated: true },
    ])
    expect((await bring('population', given.replace('1001', '99999').replace('31.12.2025', '31.02.2025'))).faults).toEqual([
      'Zeile 2, Spalte ags: „99999“ ist kein bekannter AGS.',
      'Zeile 2, Spalte stichtag: „31.02.2025“ ist kein Datum (TT.MM.JJJJ oder JJJJ-MM-TT).',
    ])
  })
})

describe('faults', () => {
  test('tell of references that are not there yet', async () => {
    expect((await bring('facilities', FACILITIES)).faults).toEqual([
      'Zeile 2, Spalte anbieter: Den Anbieter „T1“ gibt es nicht; zuerst die Anbieter importieren.',
      'Zeile 3, Spalte anbieter: Den Anbieter „T2“ gibt es nicht; zuerst die Anbieter importieren.',
    ])
    expect((await bring('offers', OFFERS)).faults[0]).toBe(
      'Zeile 2, Spalte einrichtung: Die Einrichtung „E1“ gibt es nicht; zuerst die Einrichtungen importieren.',
    )
    expect((await bring('bookings', BOOKINGS)).faults[0]).toBe(
      'Zeile 2, Spalte angebot: Das Angebot „A1“ gibt es nicht; zuerst die Angebote importieren.',
    )
    expect((await bring('payments', PAYMENTS)).faults[0]).toBe(
      'Zeile 2, Spalte buchung: Die Buchung „B1“ gibt es bei diesem Jugendamt nicht; zuerst die Buchungen importieren.',
    )
  })

  test('tell which bookings find no place, and keep all of them out', async () => {
    await bring('providers', PROVIDERS)
    await bring('facilities', FACILITIES)
    await bring('offers', OFFERS)
    const head = BOOKINGS.split('\n')[0]!
    const booking = (n: number) => `P${n};VG;P-${n};s34;A1;01.0${n}.2026;31.12.2026;;;;15;m`
    expect(await bring('bookings', csv(head, booking(1), booking(2), booking(3), booking(4)))).toMatchObject({
      inserted: 0,
      faults: [4, 5].map((line) => `Zeile ${line}: Im Angebot ist nicht an jedem Tag des Zeitraums ein Platz frei.`),
    })
    expect(await rows('select from booking')).toEqual([])
    expect(await rows('select from "case"')).toEqual([])
  })

  test('tell what in a booking or a payment can no longer change', async () => {
    await bringAll()
    const before = await state()
    expect((await bring('bookings', BOOKINGS.replace('B1;VG;F-1;s34;A1;01.03.2026', 'B1;VG;F-1;s34;A1;02.03.2026'))).faults).toEqual([
      'Zeile 2: Womit eine Buchung begonnen hat, bleibt: first_day steht hier anders als beim ersten Import.',
    ])
    expect((await bring('payments', PAYMENTS.replace('1.000', '1.001'))).faults).toEqual([
      'Zeile 2, Spalte referenz: Die Zahlung „Z1“ ist schon anders gespeichert; sie wird durch eine negative Zahlung zurückgenommen, nie geändert.',
    ])
    expect(
      (await bring('offers', OFFERS.replaceAll(';E1;', ';E2;').replaceAll(';s34;', ';s31;').replaceAll('§ 34 SGB VIII', 's31'))).faults[0],
    ).toContain('Einrichtung und Hilfeart eines Angebots bleiben')
    expect(await state()).toEqual(before)
  })

  test('tell of bookings and payments that make no sense', async () => {
    await bring('providers', PROVIDERS)
    await bring('facilities', FACILITIES)
    await bring('offers', OFFERS)
    const head = BOOKINGS.split('\n')[0]!
    const { faults } = await bring(
      'bookings',
      csv(
        head,
        'X1;VG;F;s34;;01.03.2026;01.02.2026;99;;;14;w',
        'X2;VG;F;s31;A1;01.03.2026;01.04.2026;;;5;14;w',
        'X3;VG;F;s31;A2;01.03.2024;01.04.2024;;;;28;x',
      ),
    )
    expect(faults).toEqual([
      'Zeile 2, Spalte endegrund: „99“ ist unbekannt; möglich: 0, 10, 20, 21, 22, 30, 40, 50.',
      'Zeile 2, Spalte entgelt: Eine auswärtige Buchung (ohne Angebot) braucht ein Entgelt.',
      'Zeile 2, Spalte ende: Das Ende liegt vor dem Beginn.',
      'Zeile 3, Spalte hilfeart: Das Angebot ist für die Hilfeart s34.',
      'Zeile 4, Spalte einheiten_pro_woche: Der Wert fehlt.',
      'Zeile 4, Spalte alter: „28“ liegt nicht zwischen 0 und 27.',
      'Zeile 4, Spalte geschlecht: „x“ ist unbekannt; möglich: m, w, d, männlich, weiblich, divers.',
    ])
  })
})
