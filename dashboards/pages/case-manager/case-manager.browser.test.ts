import { buffer } from 'node:stream/consumers'
import { sql } from 'kysely'
import PdfDocument from 'pdfkit'
import pg from 'pg'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { extractText } from 'unpdf'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Comparison, Evaluation, NoticeTemplate, Offer } from '../../client.ts'
import { remind } from '../../../transactional/case/reminder.ts'
import { startExpiry } from '../../../transactional/placement/expiry.ts'
import { demonstrationDay } from '../../../transactional/postgres.fixture.ts'
import { barriers, openPortal, type Portal } from '../../pages.fixture.ts'
import {
  bookingLinesPath,
  caseManagerPath,
  casePath,
  comparisonPath,
  deletionsPath,
  helpSelectionPath,
  inboxPath,
  noticeTemplatesPath,
  ownDeletionsPath,
  ownBookingsPath,
  ownFacilitiesPath,
  pocketMoneyPath,
  providerRequestsPath,
  reservationPath,
  retentionPath,
} from '../../route.ts'

let portal: Portal
/** Of the provider; in the first there is room for every child of these tests. */
let offers: Offer[]
const period = { first_day: '2026-10-01', last_day: '2027-04-01' }
const kind = 's34'
const clock = { now: new Date(`${demonstrationDay}T10:00:00Z`) }

const asOwner = async (text: string, parameters: unknown[]) => {
  const owner = new pg.Client({ connectionString: portal.database.owner_url })
  await owner.connect()
  await owner.query(text, parameters).finally(() => owner.end())
}

beforeAll(async () => {
  portal = await openPortal({ demonstration: 0.05, now: () => clock.now })
  const { provider } = (await portal.ask('anbieter.1', '/api/session')) as { provider: { id: string } }
  const query = new URLSearchParams({ service_kind: kind, ...period, area: 'MV', available: 'true', limit: '200' })
  const found = (await portal.ask('fall.vg', `/service/offers?${query.toString()}`)) as { items: Offer[] }
  offers = found.items.filter(({ provider_id }) => provider_id === provider.id)
  const { offer_id, facility_id } = offers[0]!
  await asOwner('update facility set licensed_places = licensed_places + 20 where id = $1', [facility_id])
  await asOwner('update offer set capacity = capacity + 20 where id = $1', [offer_id])
})
afterAll(() => portal?.stop())

let cases = 0
/** A new case whose child fits the offer. */
const openCase = async () => {
  const { age_from, age_to, sex_admitted } = offers[0]!
  const age = Math.min(Math.max(age_from, 12), age_to)
  const person = {
    given_name: 'Mira',
    family_name: 'Geheimhauser',
    birth_date: `${2026 - age}-01-01`,
    sex: sex_admitted === 'm' ? 'm' : 'w',
  }
  const client = await portal.ask('fall.vg', '/service/clients', person)
  const case_number = `VG-T-${++cases}`
  const file = await portal.ask('fall.vg', '/service/cases', { client_id: client['id'], case_number, begin_on: '2026-01-01' })
  return { case_id: file['id'] as string, case_number }
}
/** A place of the provider, held for a new case. */
const reserve = async (given: Partial<typeof period> = {}) => {
  const { case_id, case_number } = await openCase()
  const { offer_id } = offers[0]!
  const reserved = await portal.ask('fall.vg', '/service/reservations', { case_id, offer_id, area: 'MV', ...period, ...given })
  return { id: reserved['id'] as string, case_number }
}
const figureOf = async (figure: string, month: string) => {
  const { rows } = (await portal.ask(
    'controlling.vg',
    `/api/comparison?figure=${figure}&month=${month}&service_kind=${kind}`,
  )) as Comparison
  return rows.find(({ region }) => region === 'VG')!.current!
}
const caseCount = () => figureOf('case_count', '2026-10')
const submitDocument = (page: Page) => page.click('sj-document-form button[type=submit]')
const pdfOf = async (text: string) => {
  const doc = new PdfDocument()
  doc.text(text).end()
  return buffer(doc as unknown as NodeJS.ReadableStream)
}
const submit = (page: Page) => page.click('sj-step-form button[type=submit]')
// what sections above load may move these while the mouse is down
const consult = (page: Page) => page.press('[data-action=consult]', 'Enter')
const plan = (page: Page) => page.press('[data-plan=plan]', 'Enter')
const draftNotice = (page: Page) => page.press('button:has-text("Bescheid entwerfen")', 'Enter')

test('a place is asked for, the provider accepts, it is booked and counts; every page is open to everybody', async () => {
  const { id, case_number } = await reserve()
  const before = await caseCount()
  const page = await portal.open(`${caseManagerPath}?stage=reserved`, { user: 'fall.vg' })
  await page.waitForSelector('.sj-cases')
  expect((await page.locator('.sj-cases__group').allTextContents()).join(' ')).toMatch(/In den nächsten 7 Tagen\s+[1-9]/)
  expect(await page.locator('a:has-text("Neue Hilfe auswählen")').getAttribute('href')).toBe(helpSelectionPath)
  expect(await barriers(page)).toEqual([])
  await page.click(`[aria-label="Anfragen, ${case_number}"]`)
  await page.fill('#note', 'Gern schon\nzum Schulbeginn')
  expect(await barriers(page)).toEqual([])
  await submit(page)
  await page.waitForSelector('text=Die Zustimmung ist angefragt.')
  expect(page.url()).toBe(`${portal.url}${reservationPath}?reservation=${id}&step=requested`)
  expect(await page.title()).toBe('Reservierung und Buchung – SoJuS')

  // it waits on the first page of the provider, with its expiry
  const provider = await portal.open('/', { user: 'anbieter.1' })
  const first = provider.locator('.sj-matters li', { hasText: 'ab 01.10.2026' }).first()
  expect(await first.innerText()).toMatch(/Antwort bis 22\.10\.2026.*Vorpommern-Greifswald, ab 01\.10\.2026/s)
  const days = (await provider.locator('.sj-matters li b').allInnerTexts()).map((text) => /(\d\d)\.(\d\d)\.(\d{4})/.exec(text)!.slice(1).toReversed().join('-')) // prettier-ignore
  expect(days).toEqual(days.toSorted())
  expect(await provider.locator('.sj-matters').textContent()).not.toMatch(new RegExp(`Mira|Geheimhauser|${case_number}|Falk`))
  await first.locator('a').click()
  await provider.waitForSelector('.sj-request')
  expect(await provider.locator('.sj-lead').textContent()).toMatch(/[1-9]\d* Anfragen? warte/)
  const request = provider.locator('.sj-request', { hasText: 'Gern schon zum Schulbeginn' })
  expect(await request.count()).toBe(1)
  expect(await provider.locator('main').textContent()).not.toMatch(new RegExp(`Mira|Geheimhauser|${case_number}|Falk`))
  await request.locator('button:has-text("Absagen")').click()
  await submit(provider)
  await provider.waitForSelector('#fault-decline_reason')
  await provider.selectOption('#decline_reason', 'other')
  await submit(provider)
  await provider.waitForSelector('#fault-note')
  expect(await barriers(provider)).toEqual([])
  await provider.click('sj-step-form button:has-text("Abbrechen")')
  await request.locator('button:has-text("Zusagen")').click()
  await submit(provider)
  await provider.waitForSelector('text=Das Jugendamt kann jetzt buchen.')
  expect(await request.textContent()).toMatch(/noch nicht gebucht.*Gehalten bis\s+29\.10\.2026/s)
  expect(await barriers(provider)).toEqual([])
  await portal.close(provider)

  // who comes back to the page sees what happened meanwhile
  await page.evaluate(() => {
    const now = Date.now
    Date.now = () => now() + 31_000
    dispatchEvent(new Event('focus'))
  })
  await page.click('[data-action=booked]')
  await submit(page)
  await page.waitForSelector('text=Die Hilfe ist gebucht, vom 01.10.2026 bis 01.04.2027.')
  // from now on the provider knows whom it takes in
  const inside = await portal.open(ownBookingsPath, { user: 'anbieter.1', width: 360 })
  await inside.fill('#suche', 'geheimhauser')
  await inside.waitForSelector('.sj-taken:only-of-type')
  const person = inside.locator('.sj-taken', { hasText: 'Geheimhauser, Mira' })
  await person.locator('summary').click()
  expect(await person.innerText()).toMatch(
    /geboren 01\.01\.\d{4}.*Falk Beistand.*vom Jugendamt nicht freigegeben.*Sichtbar bis\s+30\.06\.2027/s,
  )
  expect(await inside.locator('main').textContent()).not.toContain(case_number)
  expect(await barriers(inside)).toEqual([])
  await page.click('summary:has-text("Kontakt, Papiere und Fotos")')
  await page.waitForSelector('sj-help-place dt:has-text("Betriebserlaubnis vom")')
  expect(await barriers(page)).toEqual([])
  await page.click('summary:has-text("Kontakt, Papiere und Fotos")')
  expect(await page.locator('.sj-help__steps li b').allTextContents()).toEqual([
    'Reserviert',
    'Zustimmung angefragt',
    'Zugestimmt',
    'Gebucht',
  ])
  expect(await barriers(page)).toEqual([])
  await expect.poll(caseCount).toBe(before + 1)

  await page.click('[data-action=prolong]')
  await page.fill('#last_day', '2027-01-01')
  await submit(page)
  await page.waitForSelector('#fault-note')
  await page.fill('#note', 'Schuljahr')
  await submit(page)
  await page.waitForSelector('#fault-last_day')
  expect(await page.inputValue('#last_day')).toBe('2027-01-01')
  // a colleague changes the help meanwhile: what happened is told, and what was entered stays
  const { booking_id } = await portal.ask('fall.vg', `/service/reservations/${id}`)
  const rest = { first_day: '2027-01-10', last_day: '2027-01-12', reason: 'home_visit', paid: true }
  await portal.ask('fall2.vg', `/service/bookings/${booking_id as string}/interrupt`, rest)
  await page.fill('#last_day', '2027-06-30')
  await submit(page)
  await page.waitForSelector('.sj-summary:has-text("Die Buchung wurde inzwischen geändert.")')
  expect(await page.locator('.sj-summary p').allTextContents()).toEqual(['Bitte prüfen und noch einmal absenden.'])
  expect(await focused(page)).toContain('sj-summary')
  expect(await page.locator('.sj-problem').textContent()).toMatch(
    /Zuletzt: Unterbrochen vom 10.01.2027 bis 12.01.2027, .*, Birte Mitberat\./,
  )
  expect(await page.inputValue('#last_day')).toBe('2027-06-30')
  await submit(page)
  await page.waitForSelector('text=bis zum 30.06.2027 verlängert')
  // fewer days and a rate of its own from the 20th on reach the highest rate; before anything is set, the page tells what it will cost
  await page.click('[data-action=change]')
  await page.fill('#first_day', '2026-10-20')
  await page.fill('#units_per_week', '5')
  await page.selectOption('#rate', 'other')
  await page.fill('#rate_cents', '999,50')
  await page.waitForSelector('.sj-preview >> text=mehr')
  await submit(page)
  await page.waitForSelector('#fault-note')
  expect(await barriers(page)).toEqual([])
  await page.fill('#note', 'Einzelvereinbarung')
  await submit(page)
  await page.waitForSelector('text=Die Änderung ist festgehalten.')
  expect(await page.locator('.sj-terms').textContent()).toContain('ab 20.10.2026 999,50\u00a0€ je Tag')
  await expect.poll(() => figureOf('rate_max', '2026-10')).toBe(99950)
  await page.click('[data-action=interrupt]')
  await page.fill('#first_day', '2026-12-01')
  await page.fill('#last_day', '2026-12-14')
  await page.selectOption('#reason', 'clinic')
  await page.selectOption('#paid', 'false')
  await submit(page)
  await page.waitForSelector('text=Die Unterbrechung ist festgehalten.')
  expect(await page.locator('.sj-terms').textContent()).toMatch(/ab 01.12.2026 ruht\s*ab 15.12.2026 5/)

  await page.click('[data-action=end]')
  await page.fill('#last_day', '2026-10-15')
  await page.selectOption('#end_reason', '22')
  await submit(page)
  await page.waitForSelector('text=Die Hilfe endete am 15.10.2026: abweichend, durch Minderjährige.')
  expect(await page.locator('.sj-follow').textContent()).toMatch(/Einstellung der Hilfe mitteilen.*Schlussrechnung.*offen.*bewerten/s)
  expect(await barriers(page)).toEqual([])
  await page.click('[data-action=undo-end]')
  await submit(page)
  await page.waitForSelector('text=wieder bis zum 30.06.2027 geplant')
  expect(await page.locator('.sj-help__steps li b').allTextContents()).toEqual([
    'Reserviert',
    'Zustimmung angefragt',
    'Zugestimmt',
    'Gebucht',
    'Unterbrochen vom 10.01.2027 bis 12.01.2027',
    'Verlängert bis zum 30.06.2027',
    'Umfang oder Entgelt geändert ab 20.10.2026',
    'Unterbrochen vom 01.12.2026 bis 14.12.2026',
    'Beendet zum 15.10.2026',
    'Ende zurückgenommen, wieder geplant bis zum 30.06.2027',
  ])

  await plan(page)
  await page.click('sj-care-plan-form button[type=submit]')
  await page.waitForSelector('#fault-goals-0-goal')
  await page.fill('#goals-0-goal', 'Mira geht jeden Tag zur Schule')
  await page.fill('#goals-0-indicator', 'Keine Fehltage')
  // what has a day but no text is no empty line, and half a day is no day
  await page.click('text=Ziel hinzufügen')
  await page.fill('#goals-1-reach_by', '0020-06-30')
  await page.click('sj-care-plan-form button[type=submit]')
  await page.waitForSelector('#fault-goals-1-goal')
  expect(await page.locator('#fault-goals-1-reach_by').innerText()).toContain('muss zwischen 01.01.1900 und 31.12.2040 liegen.')
  await page.fill('#goals-1-reach_by', '')
  await page.focus('#goals-1-reach_by')
  await page.keyboard.type('0101')
  await page.click('sj-care-plan-form button[type=submit]')
  await page.waitForSelector('#fault-goals-1-reach_by:has-text("Bitte den Tag vollständig angeben.")')
  await page.click('[aria-label="Ziel 2 entfernen"], button:has-text("Ziel 2 entfernen")')
  await page.click('text=Maßnahme hinzufügen')
  await page.fill('#measures-0-measure', 'Lernzeit am Nachmittag')
  expect(await page.inputValue('#participants-0-name')).toBe('Mira Geheimhauser')
  await page.click('sj-care-plan-form button[type=submit]')
  await page.waitForSelector('#fault-measures-0-responsible')
  expect(await barriers(page)).toEqual([])
  await page.fill('#measures-0-responsible', 'Wohngruppe')
  await page.click('sj-care-plan-form button[type=submit]')
  await page.waitForSelector('text=Der Hilfeplan ist gespeichert.')
  // the provider reads its goals once they are released, until that is taken back
  await page.click('button:has-text("Ziele für den Anbieter freigeben")')
  expect(await page.locator('dialog[open]').innerText()).toMatch(/liest dann die Ziele der Fassung 1 .* Gespräche bleiben beim Jugendamt/)
  expect(await barriers(page)).toEqual([])
  await page.click('dialog button:has-text("Freigeben")')
  await page.waitForSelector('[role=status]:has-text("Der Anbieter sieht die Ziele der Fassung 1.")')
  await inside.reload()
  await person.locator('summary').click()
  await person.locator('li:has-text("Mira geht jeden Tag zur Schule")').waitFor()
  expect(await person.textContent()).not.toContain('Lernzeit')
  await page.click('button:has-text("Freigabe der Ziele zurücknehmen")')
  await page.waitForSelector('[role=status]:has-text("Der Anbieter sieht keine Ziele mehr.")')
  await inside.reload()
  await person.locator('summary').click()
  await person.locator('dd:has-text("vom Jugendamt nicht freigegeben")').waitFor()
  await portal.close(inside)
  await page.click('[data-plan=review]')
  await page.fill('#reviewed_on', '2026-10-14')
  expect(await page.inputValue('#next_review_on')).toBe('2027-04-14')
  await page.fill('#summary', 'Es geht voran.')
  await page.fill('#goals-0-result', 'Ein Fehltag')
  await page.selectOption('#young_person', '2')
  expect(await barriers(page)).toEqual([])
  await page.click('sj-review-form button[type=submit]')
  await page.waitForSelector('text=Das Hilfeplangespräch ist eingetragen.')
  await expect
    .poll(() => page.locator('sj-care-plan').textContent())
    .toMatch(/Nächstes Hilfeplangespräch bis 14.04.2027.*Es geht voran.*Ein Fehltag/s)
  expect(await barriers(page)).toEqual([])
  await portal.close(page)
})

test('a child waits for a full offer until a place of it is reserved, a provider declines with a reason, and the figures follow', async () => {
  const { offer_id } = offers[0]!
  const { case_id, case_number } = await openCase()
  // in days in which no other test needs the place
  const days = { first_day: '2027-06-01', last_day: '2027-11-30' }
  const waiting = () => figureOf('waiting_stock', '2026-10')
  const before = await waiting()
  const keepFull = (text: string) => asOwner(text, [offer_id])
  await keepFull(`insert into place_block (offer_id, provider_id, places, reason, first_day, last_day)
    select id, provider_id, free_places(id, '[2027-06-01,2027-12-01)'), 'blocked', '2027-06-01', '2027-11-30' from offer where id = $1`)
  const entry = await portal.ask('fall.vg', '/service/waiting-entries', { case_id, offer_id, ...days })
  expect(entry).toMatchObject({ state: 'waiting' })
  await expect.poll(waiting).toBe(before + 1)

  // who finds the place free reserves it, and has waited
  await keepFull(`delete from place_block where offer_id = $1 and first_day = '2027-06-01'`)
  const held = await portal.ask('fall.vg', '/service/reservations', { case_id, offer_id, area: 'MV', ...days })
  await expect.poll(waiting).toBe(before)
  const page = await portal.open(`${bookingLinesPath}?figure=waiting_time_median&month=2026-10&service_kind=${kind}`, {
    user: 'fall.vg',
    width: 360,
  })
  const line = page.locator('tbody tr', { hasText: 'Platz reserviert' }).filter({ hasText: case_number })
  await line.waitFor()
  expect(await line.innerText()).toMatch(/15\.10\.2026\s+15\.10\.2026\s+0\s/)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  expect(await barriers(page)).toEqual([])
  await portal.close(page)

  const reasons = async () => {
    const { rows } = (await portal.ask(
      'fall.vg',
      '/api/evaluation?figures=declined_requests&rows=decline_reason&area=own&from=2026-10&to=2026-10',
    )) as Evaluation
    return Object.fromEntries(rows.map(({ keys, values }) => [keys[0] ?? 'all', values[0]!]))
  }
  const declined = await reasons()
  await portal.ask('fall.vg', `/service/reservations/${held['id']}/request-consent`, { note: 'Gern mit Garten' })
  const provider = await portal.open(providerRequestsPath, { user: 'anbieter.1' })
  await provider.locator('.sj-request', { hasText: 'Gern mit Garten' }).locator('button:has-text("Absagen")').click()
  await provider.selectOption('#decline_reason', 'too_late')
  await submit(provider)
  await expect.poll(reasons).toEqual({ ...declined, too_late: declined['too_late']! + 1, all: declined['all']! + 1 })
  await portal.close(provider)
})

test('what was entered by mistake is taken back by who entered it, each told why, and the figures follow', async () => {
  const { id } = await reserve({ first_day: '2026-09-01', last_day: '2026-09-30' })
  const declined = () => figureOf('declined_requests', '2026-10')
  const [declinedBefore, casesBefore] = [await declined(), await caseCount()]
  const page = await portal.open(`${reservationPath}?reservation=${id}`, { user: 'fall.vg', width: 360 })
  await portal.ask('fall.vg', `/service/reservations/${id}/request-consent`, { note: 'Bitte ein Zimmer unten' })

  // the provider hears until when a consent holds the place, and takes a mistaken one back
  const provider = await portal.open(providerRequestsPath, { user: 'anbieter.1', width: 360 })
  const request = provider.locator('.sj-request', { hasText: 'Bitte ein Zimmer unten' })
  await request.locator('button:has-text("Zusagen")').click()
  expect(await request.textContent()).toMatch(/bleibt dann bis 29\.10\.2026, .* gehalten/)
  await submit(provider)
  await provider.waitForSelector('text=Das Jugendamt kann jetzt buchen.')
  await request.locator('button:has-text("Zusage zurücknehmen")').click()
  await submit(provider)
  await provider.waitForSelector('#fault-note')
  expect(await provider.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  expect(await barriers(provider)).toEqual([])
  await provider.fill('#note', 'Falsche Anfrage')
  await submit(provider)
  await provider.waitForSelector('text=Die Anfrage wartet wieder auf Ihre Antwort.')
  await request.locator('button:has-text("Absagen")').waitFor()
  await portal.close(provider)

  // a decline of another child's help, recorded here
  await page.goto(`${portal.url}${reservationPath}?reservation=${id}&step=declined`)
  await page.selectOption('#decline_reason', 'staff')
  await submit(page)
  await page.waitForSelector('text=Die Absage ist eingetragen.')
  await expect.poll(declined).not.toBe(declinedBefore)
  await page.click('[data-action=decline_undone]')
  await submit(page)
  await page.waitForSelector('#fault-note')
  await page.fill('#note', 'Falscher Fall')
  await submit(page)
  await page.waitForSelector('text=Die Absage ist zurückgenommen.')
  await expect.poll(declined).toBe(declinedBefore)
  expect(await barriers(page)).toEqual([])

  await portal.ask('fall.vg', `/service/reservations/${id}/consent`, {})
  await portal.ask('fall.vg', `/service/reservations/${id}/book`, {})
  await page.goto(`${portal.url}${reservationPath}?reservation=${id}&step=prolong`)
  await page.fill('#last_day', '2026-10-31')
  await page.fill('#note', 'Schuljahr')
  await submit(page)
  await page.waitForSelector('text=bis zum 31.10.2026 verlängert')
  await expect.poll(caseCount).toBe(casesBefore + 1)
  await page.click('[data-action=undo-prolongation]')
  await page.fill('#note', 'Falscher Fall')
  await submit(page)
  await page.waitForSelector('text=Die Hilfe ist wieder bis zum 30.09.2026 geplant.')
  await expect.poll(caseCount).toBe(casesBefore)
  expect(await page.locator('.sj-help__steps li b').allTextContents()).toEqual([
    'Reserviert',
    'Zustimmung angefragt',
    'Zugestimmt',
    'Zusage zurückgenommen',
    'Abgelehnt',
    'Absage zurückgenommen',
    'Zugestimmt',
    'Gebucht',
    'Verlängert bis zum 31.10.2026',
    'Verlängerung zurückgenommen, wieder geplant bis zum 30.09.2026',
  ])
  await page.click('[data-action=cancel]')
  await submit(page)
  await page.waitForSelector('#fault-note')
  expect(await barriers(page)).toEqual([])
  await portal.close(page)
})

test('who comes too late is told what happened, and words that are looked for stay out of the address', async () => {
  const { id, case_number } = await reserve()
  const page = await portal.open(caseManagerPath, { user: 'fall.vg', width: 360 })
  await page.waitForSelector('.sj-cases')
  const all = await page.locator('.sj-cases tbody tr').count()
  // on a phone the stages are one choice, also by keyboard
  await page.focus('#stage')
  await page.keyboard.press('R')
  await page.waitForURL(/stage=reserved/)
  await expect.poll(() => page.locator('#stage option:checked').textContent()).toMatch(/^Reserviert \([1-9]\d*\)$/)
  await page.fill('#suche', 'gibt es nicht')
  await page.click('text=Alle Hilfen zeigen')
  await page.waitForURL((url) => url.search === '')
  await expect.poll(() => page.locator('#stage option:checked').textContent()).toMatch(/^Alle/)
  await page.fill('#suche', case_number)
  await page.waitForSelector('text=1 Hilfe gefunden.')
  expect(all).toBeGreaterThan(2)
  expect(await page.locator('.sj-cases tbody tr').count()).toBe(2)
  expect(new URL(page.url()).search).toBe('')
  await page.click('.sj-cases__no a')
  await page.click('[data-action=released]')
  await submit(page)
  await page.waitForSelector('dialog[open]')
  await portal.ask('fall.vg', `/service/reservations/${id}/release`, { note: 'Die Familie zieht um' })
  await page.click('dialog button:has-text("Aufgeben")')
  await page.waitForSelector('text=Die Reservierung ist inzwischen weiter.')
  expect(await page.locator('.sj-problem').textContent()).toMatch(/Zuletzt: Reservierung aufgegeben, .* Uhr, Falk Beistand\./)
  expect(await page.locator('#stand').textContent()).toBe('Reservierung aufgegeben')
  expect(await barriers(page)).toEqual([])
  await page.goto(`${portal.url}${caseManagerPath}?provider=niemand`)
  await page.click('.sj-empty:has-text("Diese Auswahl gibt es nicht.") button')
  await page.waitForSelector('.sj-cases')
  expect(new URL(page.url()).search).toBe('')
  await page.goto(`${portal.url}${reservationPath}?booking=${id}`)
  await page.waitForSelector('text=Diese Reservierung oder Buchung gibt es hier nicht.')
  // no help of the case is under way any more: it is found by whom it is for
  await page.goto(`${portal.url}${caseManagerPath}`)
  await page.fill('#suche', `Geheimhauser, Mira ${case_number}`)
  await page.click(`section:has-text("Weitere Fälle, auch beendete") a:has-text("Fall ${case_number}")`)
  await page.waitForSelector(`h1:has-text("Fall ${case_number}")`)
  await portal.close(page)
})

test('several helps are dealt with at once, each refusal is told, and the case tells who handed it over', async () => {
  const [one, two] = [await reserve(), await reserve()]
  const page = await portal.open(`${caseManagerPath}?stage=reserved`, { user: 'fall.vg' })
  for (const { case_number } of [one, two]) await page.check(`[aria-label="${case_number}, Reserviert, auswählen"]`)
  await page.click('[data-bulk=remind]')
  await page.waitForSelector('.sj-bulk__result >> text=Geändert wurde nichts.')
  expect(await page.locator('.sj-bulk__result li').allInnerTexts()).toEqual(
    [one, two].map(
      ({ case_number }) => `Fall ${case_number}: Bei keinem Anbieter wartet dazu eine Anfrage. Bitte zuerst die Zustimmung anfragen.`,
    ),
  )
  expect(await page.locator(`.sj-bulk__result a:has-text("Fall ${one.case_number}")`).getAttribute('href')).toMatch(/reservation=/)
  for (const { case_number } of [one, two]) await page.check(`[aria-label="${case_number}, Reserviert, auswählen"]`)
  await page.click('[data-bulk=hand_over]')
  await submit(page)
  await page.waitForSelector('#fault-note')
  expect(await barriers(page)).toEqual([])
  await page.selectOption('#to_id', { label: 'Birte Mitberat' })
  await page.fill('#note', 'Vertretung')
  await submit(page)
  await page.waitForSelector('.sj-bulk__result >> text=2 Hilfen übergeben.')
  await page.click('summary:has-text("Auswahl eingrenzen")')
  await page.selectOption('#caseworker', { label: 'Birte Mitberat' })
  await page.waitForSelector('.sj-lead:has-text("gefunden")')
  await page.click(`[aria-label="Verlauf des Falls, ${one.case_number}"]`)
  await page.waitForSelector(`h1:has-text("Fall ${one.case_number}")`)
  expect(await page.locator('.sj-help__steps').textContent()).toMatch(/Fall übergeben an Birte Mitberat.*Falk Beistand.*Vertretung/s)
  expect(await page.locator('.sj-case__helps').textContent()).toMatch(/Reserviert, Zustimmung anfragen: 22\.10\.2026, in 7 Tagen/)
  await page.click('[data-action=hand_over]')
  expect(await barriers(page)).toEqual([])
  await portal.close(page)
})

test('who is given cases hears of it in the inbox by their numbers, and goes on from there', async () => {
  const [one, two] = [await reserve(), await reserve()]
  const { items: colleagues } = (await portal.ask('fall.vg', '/service/colleagues')) as { items: { id: string; display_name: string }[] }
  const to_id = colleagues.find(({ display_name }) => display_name === 'Birte Mitberat')!.id
  const helps = [one, two].map(({ id }) => ({ kind: 'reservation', id }))
  await portal.ask('fall.vg', '/service/case-manager/bulk', { action: 'hand_over', helps, to_id, reason: 'Urlaub' })
  await sql`select tell_of_handovers(${clock.now}, false, 90)`.execute(portal.reports.db)
  const page = await portal.open(`${inboxPath}?kind=notice`, { user: 'fall2.vg', width: 360 })
  const notice = page.locator('.sj-post li', { hasText: one.case_number })
  expect(await notice.innerText()).toMatch(new RegExp(`Fälle sind an Sie übergeben.*Fälle .*${one.case_number}, ${two.case_number}`, 's'))
  expect(await notice.innerText()).not.toMatch(/Mira|Geheimhauser|Falk|Urlaub/)
  expect(await barriers(page)).toEqual([])
  await notice.locator(`a:text-is("${two.case_number}")`).click()
  await page.waitForSelector(`h1:has-text("Fall ${two.case_number}")`)
  await portal.close(page)
})

test('a team considers a help, votes and decides, and the minutes are there', async () => {
  const { id } = await reserve()
  const page = await portal.open(`${reservationPath}?reservation=${id}`, { user: 'fall.vg' })
  await page.waitForSelector('text=noch keine Teamberatung festgehalten')
  await consult(page)
  await page.waitForSelector('input[name=colleague]')
  await page.click('sj-consultation-form button[type=submit]')
  await page.waitForSelector('#fault-question')
  expect(await barriers(page)).toEqual([])
  await page.fill('#question', 'Ist eine stationäre Hilfe nötig?')
  await page.locator('input[name=colleague]').first().check()
  await page.fill('#external-name-0', 'Dr. Eva Lind')
  await page.fill('#external-function-0', 'Kinder- und Jugendpsychiatrie')
  await page.click('sj-consultation-form button[type=submit]')
  await page.waitForSelector('h1:has-text("Teamberatung am")')
  expect(await page.locator('.sj-voices li').count()).toBe(3)
  await page.click('[data-action=vote]')
  await page.selectOption('#vote', 'reject')
  await submit(page)
  await page.waitForSelector('#fault-note')
  await page.selectOption('#vote', 'agree')
  await submit(page)
  await page.waitForSelector('text=Ihre Stimme ist festgehalten.')
  await page.click('[data-action=external_vote]')
  await page.selectOption('#vote', 'abstain')
  await submit(page)
  await page.waitForSelector('text=/enthalten, .*, im Auftrag erfasst von Falk Beistand/')
  expect(await barriers(page)).toEqual([])
  await page.goto(portal.url + caseManagerPath)
  await page.waitForSelector('text=/Meine Beratungen: \\d+ offen/')
  await page.goBack()
  await page.click('[data-action=decide]')
  await page.selectOption('#decision', 'agreed')
  await submit(page)
  await page.waitForSelector('#fault-note')
  await page.fill('#note', 'Der Bedarf ist belegt.')
  await submit(page)
  // asked before: what follows, and nothing is decided where somebody thinks again
  const question = page.locator('dialog[open]')
  expect(await question.innerText()).toMatch(/2 von 3 Stimmen abgegeben.*nicht zurücknehmen.*Protokoll liegt in der Akte/s)
  expect(await barriers(page)).toEqual([])
  await question.locator('button:has-text("Abbrechen")').click()
  expect(await page.inputValue('#note')).toBe('Der Bedarf ist belegt.')
  expect(await portal.ask('fall.vg', `/service/consultations/${new URL(page.url()).searchParams.get('consultation')}`)).toMatchObject({
    decision: null,
  })
  await submit(page)
  await question.locator('button:has-text("Eintragen")').click()
  await page.waitForSelector('text=Die Entscheidung ist eingetragen.')
  expect(await barriers(page)).toEqual([])
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('text=Protokoll als PDF')])
  expect(file.suggestedFilename()).toBe('Protokoll-Teamberatung.pdf')
  await page.click('.sj-lead a')
  await page.waitForSelector('.sj-consultations >> text=Die Hilfe ist geeignet und notwendig.')
  await portal.close(page)
})

test('another authority becomes responsible: it is announced, continued there, and both files and figures tell it', async () => {
  const { offer_id, age_from, age_to, sex_admitted } = offers[0]!
  const birth_date = `${2026 - Math.min(Math.max(age_from, 12), age_to)}-01-01`
  const person = { given_name: 'Juna', family_name: 'Umzug', birth_date, sex: sex_admitted === 'm' ? 'm' : 'w' }
  const client = await portal.ask('fall.hro', '/service/clients', person)
  const file = await portal.ask('fall.hro', '/service/cases', { client_id: client['id'], case_number: 'HRO-Z-1', begin_on: '2026-01-01' })
  await portal.ask('fall.hro', '/service/bookings', { case_id: file['id'], offer_id, ...period })
  const before = await figureOf('cases_begun', '2026-10')
  const former = await portal.open(`${casePath}?case=${file['id'] as string}`, { user: 'fall.hro' })
  await former.click('[data-action=announce]')
  await submit(former)
  await former.waitForSelector('#fault-to_authority_id')
  expect(await barriers(former)).toEqual([])
  await former.selectOption('#to_authority_id', '13075')
  await former.fill('#change_on', '2026-10-05')
  await former.selectOption('#reason', 'parents_moved')
  await submit(former)
  await former.waitForSelector('text=Wartet auf Vorpommern-Greifswald.')

  const page = await portal.open(caseManagerPath, { user: 'fall.vg', width: 360 })
  // cases come first on a phone: what waits beside them is folded to a line, which other matters may move while the mouse is down
  await page.press('sj-case-matters details:not([open]) summary:has-text("auf Ihr Jugendamt")', 'Enter')
  await page.press('sj-case-matters a:has-text("Juna Umzug")', 'Enter')
  await page.waitForSelector('text=Ihr Jugendamt soll die Hilfe fortsetzen.')
  expect(await barriers(page)).toEqual([])
  await page.click('[data-action=accept]')
  await submit(page)
  await page.waitForSelector('#fault-case_number')
  await page.fill('#case_number', 'VG-Z-1')
  await page.fill('#continued_on', '2026-10-12')
  await submit(page)
  await page.click('dialog[open] button:has-text("Fortsetzen")')
  await page.waitForSelector('text=Ihr Jugendamt setzt die Hilfe fort.')
  await page.click('text=Zum Fall')
  await page.waitForSelector('.sj-case__helps >> text=12.10.2026 bis 01.04.2027')
  await portal.close(page)
  await expect.poll(() => figureOf('cases_begun', '2026-10')).toBe(before + 1)

  await former.reload()
  await former.click('.sj-case__helps a')
  await former.waitForSelector('#folgt')
  expect(await former.locator('.sj-follow').textContent()).toContain('Vom neuen Jugendamt fortgesetzt')
  await former.goto(portal.url + caseManagerPath)
  await former.waitForSelector('sj-case-matters a:has-text("HRO-Z-1")', { state: 'attached' })
  for (const list of await former.locator('sj-case-matters details:has-text("HRO-Z-1")').all())
    await list.evaluate((list) => ((list as HTMLDetailsElement).open = true))
  await former.press('sj-case-matters a:has-text("HRO-Z-1")', 'Enter')
  await former.waitForSelector('text=Soll-Kosten vom 05.10.2026 bis zur Fortsetzung am 12.10.2026')
  await portal.close(former)
})

test('a document goes into the file of the case, is found by its words, renamed, removed and put back', async () => {
  const { id } = await reserve()
  const page = await portal.open(`${reservationPath}?reservation=${id}`, { user: 'fall.vg' })
  await page.click('text=Akte öffnen')
  await page.waitForSelector('text=In der Akte ist noch kein Dokument.')
  await page.click('#hinzufuegen')
  await submitDocument(page)
  expect(await page.locator('.sj-summary a').allTextContents()).toEqual([
    'Datei: Bitte eine Datei auswählen.',
    'Titel: Bitte einen Titel angeben.',
    'Art: Bitte eine Art auswählen.',
  ])
  await page.setInputFiles('#file', { name: 'Bericht_Schule.pdf', mimeType: 'application/pdf', buffer: Buffer.from('<html>') })
  expect(await page.inputValue('#title')).toBe('Bericht Schule')
  await page.selectOption('#kind', 'report')
  await submitDocument(page)
  await page.waitForSelector('#fault-file')
  expect(await page.inputValue('#title')).toBe('Bericht Schule')
  expect(await barriers(page)).toEqual([])
  await page.setInputFiles('#file', { name: 'x.pdf', mimeType: 'application/pdf', buffer: await pdfOf('Die Klassenfahrt war ein Erfolg.') })
  await submitDocument(page)
  await page.waitForSelector('text=„Bericht Schule“ ist in der Akte.')
  // a blank before the next word stays
  await page.fill('#suche', 'Klassenfahrten ')
  await page.waitForSelector('.sj-file__excerpt mark')
  expect(await page.inputValue('#suche')).toBe('Klassenfahrten ')
  expect(new URL(page.url()).search).toMatch(/^\?case=[0-9a-f-]+$/)
  expect(await barriers(page)).toEqual([])
  await page.click('[aria-label="Ändern, Bericht Schule"]')
  await page.fill('#title', 'Bericht der Schule')
  await submitDocument(page)
  await page.waitForSelector('text=„Bericht der Schule“ ist geändert.')
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('.sj-file th button')])
  // kind and day: its title may name somebody
  expect(download.suggestedFilename()).toMatch(/^bericht-\d{4}-\d\d-\d\d\.pdf$/)
  await page.click('[aria-label="Entfernen, Bericht der Schule"]')
  await page.fill('#reason', 'Gehört zu einem anderen Fall')
  await submitDocument(page)
  await page.waitForSelector('text=lässt sich zurücklegen')
  await page.click('.sj-file__removed summary')
  expect(await page.locator('.sj-file__removed').textContent()).toContain('Gehört zu einem anderen Fall')
  await page.click('[aria-label="Zurücklegen, Bericht der Schule"]')
  await page.waitForSelector('text=„Bericht der Schule“ ist wieder in der Akte.')
  await portal.close(page)
})

test('a notice is drafted about a help, kept while it is written, issued, and lies in the file', async () => {
  const { id } = await reserve()
  const page = await portal.open(`${reservationPath}?reservation=${id}`, { user: 'fall.vg' })
  await draftNotice(page)
  await page.waitForSelector('.sj-letter')
  await page.fill('#addressee_name', 'Alex Geheimhauser')
  await page.fill('#addressee_street', 'Am Hafen 3')
  await page.fill('#reasons', 'Die Voraussetzungen liegen vor.\n\nSo steht es im Hilfeplan.')
  await page.waitForSelector('text=/Entwurf gespeichert \\d\\d:\\d\\d Uhr/')
  expect(new URL(page.url()).search).toMatch(/^\?notice=[0-9a-f-]+$/)
  await page.reload()
  await page.waitForSelector('.sj-letter__address >> text=Alex Geheimhauser')
  expect(await page.inputValue('#reasons')).toContain('So steht es im Hilfeplan.')
  expect(await barriers(page)).toEqual([])
  await page.click('button:has-text("Erlassen")')
  await page.click('dialog button:has-text("Erlassen")')
  await page.waitForSelector('#fault-addressee_town')
  // what cannot be kept while it is typed is told as every fault is, without taking the focus, and gone once it can be
  await page.locator('#addressee_street').evaluate((field) => field.removeAttribute('maxlength'))
  await page.fill('#addressee_street', 'Am Hafen '.repeat(20))
  await page.waitForSelector('#fault-addressee_street')
  await page.waitForSelector('.sj-summary li:has-text("Straße und Hausnummer")')
  expect(await page.locator(':focus').getAttribute('id')).toBe('addressee_street')
  await page.waitForSelector('text=Noch nicht gespeichert.')
  await page.fill('#addressee_street', 'Am Hafen 3')
  await page.waitForSelector('text=/Entwurf gespeichert \\d\\d:\\d\\d Uhr/')
  expect(await page.locator('#fault-addressee_street').count()).toBe(0)
  // what was typed and could not be kept is not issued without it
  await page.route('**/service/notices/*', (route) => route.abort())
  await page.fill('#addressee_town', '17489 Greifswald')
  await page.click('button:has-text("Erlassen")')
  await page.click('dialog button:has-text("Erlassen")')
  await page.waitForSelector('.sj-summary:has-text("Der Dienst ist nicht erreichbar.")')
  await page.unroute('**/service/notices/*')
  await page.click('button:has-text("Erlassen")')
  await page.click('dialog button:has-text("Erlassen")')
  await page.waitForSelector('text=Der Bescheid ist erlassen und liegt als PDF in der Akte.')
  expect(await page.locator('.sj-letter__address').textContent()).toContain('17489 Greifswald')
  expect(await page.locator('h1').textContent()).toMatch(/^Bewilligung VG-JA 2026\/\d{5}$/)
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("PDF herunterladen")')])
  expect(download.suggestedFilename()).toBe('bescheid-bewilligung-2026-10-15-v1.pdf')
  expect(await barriers(page)).toEqual([])
  await page.click('text=Akte öffnen')
  await page.waitForSelector('.sj-file th button:has-text("Bewilligung VG-JA 2026")')
  await portal.close(page)
})

/** A place of the provider, with a cheaper one of somebody else. */
const dearerPlace = async () => {
  const { offer_id, age_from, age_to, sex_admitted, rate_cents } = offers[0]!
  const [age, sex] = [Math.min(Math.max(age_from, 12), age_to), sex_admitted === 'w' ? 'w' : 'm']
  const sought = { service_kind: kind, ...period, area: 'MV', available: 'true', limit: '200', age: String(age), sex }
  const { items } = (await portal.ask('fall.vg', `/service/offers?${new URLSearchParams(sought)}`)) as { items: Offer[] }
  const other = items.find(({ provider_id }) => provider_id !== offers[0]!.provider_id)!
  await asOwner('update offer_rate set rate_cents = $2 where offer_id = $1', [other.offer_id, rate_cents - 500])
  return { offer_id, birth_date: `${2026 - age}-01-01`, sex }
}

/** What happened to a case, by its words: here all of it happens in the same instant. */
const courseOf = async (page: Page) => {
  await page.click('text=Ganzer Fall')
  // the help that is left has steps of its own
  const course = page.locator('sj-case-page .sj-help__steps')
  await course.locator('li').first().waitFor()
  const more = page.locator('button:has-text("Schritte zeigen")')
  if (await more.count()) await more.click()
  return (await course.locator('li b').allInnerTexts()).toSorted()
}

// seconds of the keystroke-level model (Card, Moran and Newell): a key, pointing and pressing, a thought before each thing done
const [key, point, thought] = [0.28, 1.3, 1.35]

test('from the first page to a booked place it takes a caseworker under two minutes', async () => {
  const page = await portal.open('/', { user: 'fall.vg' })
  const { age_from, age_to, sex_admitted } = offers[0]!
  const spent = { clicks: 0, fields: 0, seconds: 0 }
  const click = async (selector: string) => {
    await page.locator(selector).first().click()
    spent.clicks += 1
    spent.seconds += thought + point
  }
  const fill = async (field: string, text: string) => {
    await page.fill(field, text)
    spent.fields += 1
    spent.seconds += thought + (text.length + 1) * key
  }
  await click('a:has-text("Neue Hilfe auswählen")')
  await click('button:has-text("Neue Person aufnehmen")')
  await fill('#given_name', 'Lene')
  await fill('#family_name', 'Eilig')
  await fill('#birth_date', `${2026 - Math.min(Math.max(age_from, 12), age_to)}-01-01`)
  await page.selectOption('#sex', sex_admitted === 'm' ? 'm' : 'w')
  spent.fields += 1
  spent.seconds += thought + 2 * point
  await fill('#case_number', 'VG-EILIG-1')
  await click('button:has-text("Fall anlegen")')
  await page.waitForSelector('text=bei Beginn')
  await page.waitForSelector('.sj-offers:not(.sj-stale) .sj-best')
  await click('.sj-offers tr:has(.sj-best) input[type=radio]')
  await click('button:has-text("Reservieren")')
  for (const [step, said] of [
    ['requested', 'Die Zustimmung ist angefragt.'],
    // as the provider says it on the telephone
    ['consented', 'Die Zusage ist eingetragen.'],
    ['booked', 'Die Hilfe ist gebucht'],
  ] as const) {
    await click(`[data-action=${step}]`)
    await click('sj-step-form button[type=submit]')
    await page.waitForSelector(`text=${said}`)
  }
  expect(spent).toMatchObject({ clicks: 11, fields: 5 })
  expect(spent.seconds).toBeLessThan(120)
  expect(await courseOf(page)).toEqual(['Fall eröffnet', 'Gebucht', 'Reserviert', 'Zugestimmt', 'Zustimmung angefragt'])
  await portal.close(page)
})

test('the whole path of a child on a phone: need, dearer place, team, consent, two at once, booking, plan, notice, end, key figure', async () => {
  const { offer_id, birth_date, sex } = await dearerPlace()
  const query = `first_day=${period.first_day}&last_day=${period.last_day}&service_kind=${kind}&area=MV`
  const figures = await portal.open(`${comparisonPath}?figure=dropouts&month=2026-10&service_kind=${kind}`, {
    user: 'controlling.vg',
  })
  const dropouts = figures.locator('[data-cell="13075-current"]')
  await dropouts.waitFor()
  const shown = async () => Number(await dropouts.textContent())
  const before = await shown()
  const page = await portal.open(`${helpSelectionPath}?${query}`, { user: 'fall.vg', width: 360 })
  await page.click('text=Neue Person aufnehmen')
  await page.fill('#given_name', 'Ole')
  await page.fill('#family_name', 'Weg')
  await page.fill('#birth_date', birth_date)
  await page.selectOption('#sex', sex)
  await page.fill('#case_number', 'VG-WEG-1')
  await page.click('text=Fall anlegen')
  await page.waitForSelector('text=bei Beginn')
  await page.waitForSelector('.sj-offers:not(.sj-stale)')
  await page.check(`.sj-offers input[value="${offer_id}"]`)
  await page.selectOption('#reason', 'nearness')
  await page.click('button:has-text("Reservieren")')
  await page.waitForURL(/hilfe\?reservation=/)
  const id = new URL(page.url()).searchParams.get('reservation')!
  const address = `${reservationPath}?reservation=${id}`

  await consult(page)
  await page.fill('#question', 'Welche Hilfe ist geeignet und notwendig?')
  await page.check('label:has-text("Birte Mitberat") input[name=colleague]')
  await page.click('sj-consultation-form button[type=submit]')
  await page.waitForSelector('h1:has-text("Teamberatung am")')
  const team = await portal.open(new URL(page.url()).pathname + new URL(page.url()).search, { user: 'fall2.vg' })
  await team.click('[data-action=vote]')
  await team.selectOption('#vote', 'agree')
  await submit(team)
  await team.waitForSelector('text=Ihre Stimme ist festgehalten.')
  await page.click('[data-action=decide]')
  await page.selectOption('#decision', 'agreed')
  await page.fill('#note', 'Der Bedarf ist belegt.')
  await submit(page)
  await page.click('dialog button:has-text("Eintragen")')
  await page.waitForSelector('text=Die Entscheidung ist eingetragen.')

  await page.goto(`${portal.url}${address}`)
  await page.click('[data-action=requested]')
  await page.fill('#note', 'Ole kommt mit dem Rad')
  await submit(page)
  await page.waitForSelector('text=Die Zustimmung ist angefragt.')
  const provider = await portal.open(providerRequestsPath, { user: 'anbieter.1', width: 360 })
  await provider.locator('.sj-request', { hasText: 'Ole kommt mit dem Rad' }).locator('button:has-text("Zusagen")').click()
  await submit(provider)
  await provider.waitForSelector('text=Das Jugendamt kann jetzt buchen.')
  await portal.close(provider)

  // two book at once: one is first, the other is told
  await page.goto(`${portal.url}${address}&step=booked`)
  await team.goto(`${portal.url}${address}&step=booked`)
  await Promise.all([page, team].map((each) => each.waitForSelector('sj-step-form button[type=submit]')))
  await submit(team)
  await team.waitForSelector('text=Die Hilfe ist gebucht')
  await submit(page)
  await page.waitForSelector('text=Die Reservierung ist inzwischen weiter.')
  expect(await page.locator('.sj-problem').textContent()).toMatch(/Zuletzt: Gebucht, .*, Birte Mitberat\./)
  await portal.close(team)

  await page.goto(`${portal.url}${address}`)
  await plan(page)
  await page.fill('#goals-0-goal', 'Ole geht zur Schule')
  await page.click('sj-care-plan-form button[type=submit]')
  await page.waitForSelector('text=Der Hilfeplan ist gespeichert.')
  await draftNotice(page)
  await page.waitForSelector('.sj-letter')
  await page.fill('#addressee_name', 'Eva Weg')
  await page.fill('#addressee_street', 'Am Hafen 3')
  await page.fill('#addressee_town', '17489 Greifswald')
  await page.fill('#reasons', 'Die Voraussetzungen liegen vor.')
  await page.click('button:has-text("Erlassen")')
  await page.click('dialog button:has-text("Erlassen")')
  await page.waitForSelector('text=Der Bescheid ist erlassen und liegt als PDF in der Akte.')

  await page.goto(`${portal.url}${address}`)
  await page.click('[data-action=end]')
  await page.fill('#last_day', '2026-10-15')
  await page.selectOption('#end_reason', '21')
  await submit(page)
  await page.waitForSelector('text=Die Hilfe endete am 15.10.2026')
  expect(await page.locator('.sj-follow').textContent()).toContain('Einstellung der Hilfe mitteilen')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  // the page that was open all the time tells of it by itself
  await expect.poll(shown).toBe(before + 1)
  // and all of it stands in the course of the case and in its file
  expect(await courseOf(page)).toEqual([
    'Beendet zum 15.10.2026',
    'Bescheid erlassen: Bewilligung',
    'Fall eröffnet',
    'Gebucht',
    'Hilfeplan geschrieben',
    'Reserviert',
    'Teamberatung',
    'Zugestimmt',
    'Zustimmung angefragt',
  ])
  await page.click('text=Akte öffnen')
  await page.waitForSelector('.sj-file')
  const papers = (await page.locator('.sj-file th button').allInnerTexts()).toSorted()
  expect(papers).toEqual([expect.stringMatching(/^Bewilligung VG-JA 2026/), expect.stringMatching(/^Protokoll/)])
  await portal.close(figures)
  await portal.close(page)
})

const focused = (page: Page) => page.evaluate(() => document.activeElement?.id || document.activeElement?.className)
const picture = () =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: '#7a9' } })
    .png()
    .toBuffer()

test('a provider keeps places back and says what a facility is, and an administrator sets the pocket money', async () => {
  const provider = await portal.open(ownFacilitiesPath, { user: 'anbieter.1', width: 360 })
  const free = provider.locator('.sj-places > li', { hasText: /[1-9]\d* von/ }).first()
  await free.locator('button:has-text("Plätze sperren")').click()
  await provider.fill('#places', 'viele')
  await provider.click('sj-facility-places form button[type=submit]')
  await provider.waitForSelector('#fault-places')
  await provider.fill('#places', '1')
  await provider.fill('#first_day', '2028-01-01')
  await provider.click('sj-facility-places form button[type=submit]')
  await provider.waitForSelector('text=Gesperrt: 1 Platz.')
  expect(await barriers(provider)).toEqual([])
  await provider.locator('[aria-label^="Freigeben: 1 Platz"]').first().click()
  await provider.waitForSelector('text=Wieder frei: 1 Platz.')
  await provider.locator('[aria-label^="Angaben ändern"]').first().click()
  await provider.fill('#operating_days_week', '9')
  await provider.click('form button:has-text("Speichern")')
  await provider.waitForSelector('#fault-operating_days_week')
  expect(await focused(provider)).toContain('sj-summary')
  await provider.fill('#operating_days_week', '5')
  await provider.click('form button:has-text("Speichern")')
  await provider.waitForSelector('[role=status]:has-text("Gespeichert:")')
  const files = provider.locator('sj-facility-files').first()
  // the files listed above come later
  await files.locator('[aria-label^="Hinzufügen"]').press('Enter')
  await files.locator('form button:has-text("Hinzufügen")').click()
  await files.locator('.sj-summary').waitFor()
  expect(await files.locator('.sj-summary li').allTextContents()).toEqual([
    'Bezeichnung: Bitte angeben.',
    'Datei: Bitte eine Datei wählen.',
  ])
  expect(await barriers(provider)).toEqual([])
  await files.locator('input[type=text]').fill('Garten')
  const png = { name: 'garten.png', mimeType: 'image/png', buffer: Buffer.from('kein Bild') }
  await files.locator('input[type=file]').setInputFiles(png)
  await files.locator('form button:has-text("Hinzufügen")').click()
  await files.locator('.kern-error:not(:has-text("Bitte eine Datei wählen"))').waitFor()
  await files.locator('input[type=file]').setInputFiles({ ...png, buffer: await picture() })
  await files.locator('form button:has-text("Hinzufügen")').click()
  await files.locator('[role=status]:has-text("Hinzugefügt: Garten.")').waitFor()
  await files.locator('[aria-label="Entfernen: Garten"]').click()
  await files.locator('[role=status]:has-text("Entfernt: Garten.")').waitFor()
  await portal.close(provider)

  const admin = await portal.open(pocketMoneyPath, { user: 'admin' })
  await admin.fill('#valid_from', '2027-01-01')
  await admin.fill('#source', 'Erlass vom 01.10.2026')
  await admin.fill('#steps', '6: 4,50\nab sieben')
  await admin.click('button:has-text("Speichern")')
  await admin.waitForSelector('#fault-steps:has-text("ab sieben")')
  await admin.fill('#steps', '6-13: 24,50\n14-17: 60,00')
  await admin.click('button:has-text("Speichern")')
  await admin.waitForSelector('text=Die Beträge ab 01.01.2027 sind gespeichert.')
  expect(await admin.locator('table:has-text("Ab 01.01.2027")').textContent()).toMatch(/24,50.*60,00/s)
  await portal.close(admin)
})

test('an administrator sets how long a kind of document is kept, is told what is wrong at its field, and takes it back', async () => {
  const page = await portal.open(retentionPath, { user: 'admin', width: 360 })
  const save = () => page.click('button:has-text("Speichern")')
  await page.selectOption('#document_kind', { label: 'Bericht' })
  await page.fill('#years', 'zwölf')
  await save()
  expect(await page.locator('.sj-summary li').allTextContents()).toHaveLength(3)
  expect(await focused(page)).toContain('sj-summary')
  await page.click('.sj-summary a:has-text("Jahre")')
  expect(await focused(page)).toBe('years')
  expect(await barriers(page)).toEqual([])
  await page.fill('#years', '12')
  await page.fill('#source', 'Aktenordnung vom 01.10.2026')
  await page.fill('#valid_from', demonstrationDay)
  await save()
  await page.waitForSelector('#fault-valid_from:has-text("späteren Tag")')
  expect(await focused(page)).toContain('sj-summary')
  expect(await page.inputValue('#source')).toBe('Aktenordnung vom 01.10.2026')
  await page.fill('#valid_from', '2040-01-01')
  await save()
  await page.waitForSelector('[role=status]:has-text("Bericht: ab 01.01.2040 gelten 12 Jahre")')
  const row = page.locator('tr', { hasText: 'Bericht' })
  expect(await row.textContent()).toMatch(/5 Jahre.*Ab 01\.01\.2040: 12 Jahre nach dem Ende des Falls, Aktenordnung vom 01\.10\.2026/s)
  expect([await page.inputValue('#years'), await page.locator('.kern-error').count()]).toEqual(['', 0])
  expect(await barriers(page)).toEqual([])
  await row.locator('button:has-text("Zurücknehmen")').click()
  await page.waitForSelector('[role=status]:has-text("die Frist ab 01.01.2040 ist zurückgenommen")')
  expect(await row.textContent()).not.toContain('2040')
  await portal.close(page)
})

test('an administrator words a notice: checked, seen as PDF, kept as a version, and not over what a colleague wrote meanwhile', async () => {
  const page = await portal.open(noticeTemplatesPath, { user: 'admin', width: 360 })
  await page.click('nav a:has-text("Ablehnung")')
  await expect.poll(() => page.inputValue('#subject')).toMatch(/^Ablehnung/)
  const delivered = await page.inputValue('#subject')
  await page.fill('#subject', 'Ihr Antrag auf {{Hilfe}}, Wirkung {{Wirkung}}')
  await page.click('button:has-text("Vorschau als PDF")')
  await page.waitForSelector('#fault-subject:has-text("„{{Wirkung}}“ gibt es hier nicht.")')
  expect(await focused(page)).toContain('sj-summary')
  expect(await barriers(page)).toEqual([])
  await page.fill('#subject', 'Ihr Antrag auf {{Hilfe}}')
  const [preview] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("Vorschau als PDF")')])
  expect(preview.suggestedFilename()).toBe('Vorschau Ablehnung.pdf')
  const { text } = await extractText(new Uint8Array(await buffer(await preview.createReadStream())), { mergePages: true })
  expect(text).toContain('Ihr Antrag auf Heimerziehung, Wohngruppe')

  const { items } = (await portal.ask('admin', '/service/notice-templates')) as { items: NoticeTemplate[] }
  const { words, versions } = items.find((template) => template.kind === 'refusal')!
  const theirs = { ...words, subject: 'Kein Anspruch auf {{Hilfe}}' }
  await portal.ask('admin', '/service/notice-templates', { kind: 'refusal', after_version: versions[0]!.version, words: theirs })
  await page.click('button:has-text("Als neue Fassung speichern")')
  await page.waitForSelector('.sj-summary:has-text("Die Vorlage wurde inzwischen geändert.")')
  expect(await page.inputValue('#subject')).toBe('Ihr Antrag auf {{Hilfe}}')
  await page.locator('li', { hasText: 'Ada Verwaltung' }).waitFor()
  await page.click('button:has-text("Als neue Fassung speichern")')
  await page.waitForSelector('[role=status]:has-text("Die neue Fassung gilt ab jetzt für neue Entwürfe.")')
  expect(await page.locator('li', { hasText: 'Ada Verwaltung' }).count()).toBe(2)
  expect(await page.inputValue('#subject')).toBe('Ihr Antrag auf {{Hilfe}}')
  await page.locator('li', { hasText: 'Mitgeliefert' }).locator('button:has-text("In die Felder holen")').click()
  expect(await page.inputValue('#subject')).toBe(delivered)
  expect(await barriers(page)).toEqual([])
  await portal.close(page)
})

test('what is held too long lapses: its caseworker is reminded, comes too late, and finds it with what came to nothing', async () => {
  const { id, case_number } = await reserve()
  const { db } = portal.reports
  clock.now = new Date(clock.now.getTime() + 5.5 * 86_400_000)
  await remind({ db, now: () => clock.now })
  const page = await portal.open(`${inboxPath}?kind=deadline`, { user: 'fall.vg', width: 360, anew: true })
  const line = page.locator('.sj-post li', { hasText: case_number })
  expect(await line.textContent()).toMatch(/Reservierung (läuft|lief) am 22\.10\.2026 ab/)
  expect(await barriers(page)).toEqual([])
  await line.locator('button:has-text("Gesehen")').click()
  await page.waitForSelector(`text=Die Frist zu Fall ${case_number} ist als gesehen vermerkt.`)
  await line.waitFor({ state: 'detached' })

  clock.now = new Date(clock.now.getTime() + 2 * 86_400_000)
  await portal.close(page)
  const late = await portal.open(`${reservationPath}?reservation=${id}&step=requested`, { user: 'fall.vg', anew: true })
  await late.waitForSelector('#stand:has-text("Reservierung abgelaufen")')
  const expiry = startExpiry({ db, now: () => clock.now, log: portal.reports.log }, 20)
  await expect
    .poll(async () => {
      await late.goto(`${portal.url}${caseManagerPath}?stage=failed`)
      await late.waitForSelector('.sj-cases')
      return late.locator('.sj-cases').textContent()
    })
    .toContain(case_number)
  await expiry.stop()
  // everybody who is concerned hears of it
  const inbox = await portal.open(`${inboxPath}?kind=notice`, { user: 'fall.vg', anew: true })
  await inbox.locator('a:has-text("Reservierung abgelaufen: ")').first().click()
  await inbox.waitForSelector('#stand:has-text("Reservierung abgelaufen")')
  await portal.close(inbox)
  expect(await late.locator('tr', { hasText: case_number }).textContent()).toMatch(/Abgelaufen\s+Neu reservieren/)
  await portal.close(late)
})

test('an administrator has deleted what is over, after being asked; controllers read of it in numbers', async () => {
  // the month whose files are due first is over
  clock.now = new Date('2026-11-20T10:00:00Z')
  const page = await portal.open(deletionsPath, { user: 'admin', width: 360, anew: true })
  await page.waitForSelector('.sj-deletions tbody')
  const due = () => page.locator('section[aria-labelledby=faellig] tbody tr', { hasText: 'Vorpommern-Greifswald' }).count()
  const before = await due()
  expect(await barriers(page)).toEqual([])
  await page.click('button:has-text("Löschlauf starten")')
  await page.waitForSelector('dialog[open]')
  expect(await barriers(page)).toEqual([])
  await page.click('dialog button:has-text("Abbrechen")')
  expect(await page.locator('section[aria-labelledby=verlauf] th:has-text("gestartet von")').count()).toBe(0)
  await page.click('button:has-text("Löschlauf starten")')
  await page.click('dialog button:has-text("Löschen")')
  await page.waitForSelector('[role=status]:has-text("Gelöscht: 2 Akten, 2 Dokumente.")')
  await expect.poll(due).toBe(before - 1)
  const newest = page.locator('section[aria-labelledby=verlauf] tbody tr').first()
  await expect.poll(() => newest.textContent()).toMatch(/20\.11\.2026.*gestartet von Ada Verwaltung.*1 Akte, 1 × Antrag/s)
  await page.click('button:has-text("Löschlauf starten")')
  await page.click('dialog button:has-text("Löschen")')
  await page.waitForSelector('[role=status]:has-text("Es war nichts fällig.")')
  await portal.close(page)
  const controlling = await portal.open(ownDeletionsPath, { user: 'controlling.vg', anew: true })
  await controlling.waitForSelector('.sj-deletions tbody')
  expect(await controlling.locator('section[aria-labelledby=verlauf] tbody').textContent()).not.toContain('Rostock')
  expect(await controlling.locator('button:has-text("Löschlauf starten")').count()).toBe(0)
  await portal.close(controlling)
})

test('the browser complained about nothing', () => {
  expect(portal.complaints).toEqual([])
})
