import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Offer } from '../client.ts'
import { barriers, openPortal, type Portal } from '../pages.fixture.ts'
import { authorityChangePath, caseManagerPath, casePath, helpSelectionPath, providerRequestsPath, reservationPath } from '../route.ts'

let portal: Portal
let offer: Offer
let case_id: string
const period = { first_day: '2026-12-01', last_day: '2027-05-31' }
const later = { first_day: '2027-06-01', last_day: '2027-08-31' }
beforeAll(async () => {
  portal = await openPortal()
  const { provider } = (await portal.ask('anbieter.1', '/api/session')) as { provider: { id: string } }
  const query = new URLSearchParams({ service_kind: 's34', ...period, area: 'MV', available: 'true', limit: '200' })
  const { items } = (await portal.ask('fall.vg', `/service/offers?${query.toString()}`)) as { items: Offer[] }
  offer = items.find(({ provider_id }) => provider_id === provider.id)!
  const person = {
    given_name: 'Mira',
    family_name: 'Probe',
    birth_date: `${2026 - Math.min(Math.max(offer.age_from, 12), offer.age_to)}-01-01`,
    sex: offer.sex_admitted === 'm' ? 'm' : 'w',
  }
  const client = await portal.ask('fall.vg', '/service/clients', person)
  const file = await portal.ask('fall.vg', '/service/cases', { client_id: client['id'], case_number: 'VG-E-1', begin_on: '2026-01-01' })
  case_id = file['id'] as string
})
afterAll(() => portal?.stop())

const saved = (page: Page) => page.waitForSelector('[role=status]:has-text("Entwurf gespeichert")')
const restored = (page: Page) => page.waitForSelector('[role=status]:has-text("Entwurf von")')
const loseSession = (page: Page) => page.evaluate(() => fetch('/api/session', { method: 'DELETE' }))
const signIn = async (page: Page, user: string) => {
  await page.waitForSelector('#state option[value=MV]', { state: 'attached' })
  await page.selectOption('#state', 'MV')
  await page.fill('input[name=user_name]', user)
  await page.fill('#password', 'sojus-demo')
  await page.check('#pledge')
  await page.click('#anmelden')
  await page.waitForSelector('sj-sign-in-form', { state: 'detached' })
}
const submit = (page: Page) => page.click('sj-step-form button[type=submit]')
const drafts = async (user: string) => ((await portal.ask(user, '/service/drafts')) as { items: unknown[] }).items.length

test('a care plan half written is there again after a lost session, for its writer alone, and gone once it is saved', async () => {
  const booked = await portal.ask('fall.vg', '/service/bookings', { case_id, offer_id: offer.offer_id, ...period })
  const address = `${reservationPath}?booking=${String(booked['id'])}`
  const page = await portal.open(address, { user: 'fall.vg', anew: true, width: 360 })
  await page.press('[data-plan=plan]', 'Enter')
  await page.fill('#goals-0-goal', 'Mira geht wieder zur Schule')
  await page.click('text=Maßnahme hinzufügen')
  await page.fill('#measures-0-measure', 'Lernzeit')
  await saved(page)
  await loseSession(page)
  await page.reload()
  await signIn(page, 'fall.vg')
  await restored(page)
  expect(await page.inputValue('#goals-0-goal')).toBe('Mira geht wieder zur Schule')
  expect(await page.inputValue('#measures-0-measure')).toBe('Lernzeit')
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0)
  expect(await barriers(page)).toEqual([])

  const other = await portal.open(address, { user: 'fall2.vg' })
  await other.waitForSelector('[data-plan=plan]')
  expect(await other.locator('sj-care-plan-form').count()).toBe(0)
  expect(await drafts('fall2.vg')).toBe(0)

  // what is typed while nothing can be reached is kept as soon as it can
  await page.context().setOffline(true)
  await page.fill('#goals-0-indicator', 'Keine Fehltage')
  await page.waitForSelector('[role=status]:has-text("noch nicht gespeichert")')
  await page.context().setOffline(false)
  await saved(page)
  await page.reload()
  await restored(page)
  expect(await page.inputValue('#goals-0-indicator')).toBe('Keine Fehltage')
  await page.fill('#measures-0-responsible', 'Wohngruppe')
  await page.click('sj-care-plan-form button[type=submit]')
  await page.waitForSelector('text=Der Hilfeplan ist gespeichert.')
  await expect.poll(() => drafts('fall.vg')).toBe(0)

  // the note of a step, and what is discarded
  await page.press('[data-action=end]', 'Enter')
  await page.fill('#note', 'Zieht zur Tante')
  await saved(page)
  await page.reload()
  await restored(page)
  expect(await page.inputValue('#note')).toBe('Zieht zur Tante')
  await page.click('button:text-is("verwerfen")')
  expect(await page.inputValue('#note')).toBe('')
  await expect.poll(() => drafts('fall.vg')).toBe(0)
})

test('a new person half taken up, and an answer half written by a provider, are there again', async () => {
  const page = await portal.open(helpSelectionPath, { user: 'fall.vg', anew: true })
  await page.click('text=Neue Person aufnehmen')
  await page.fill('#given_name', 'Nele')
  await page.fill('#birth_date', '2014-03-14')
  await saved(page)
  await page.reload()
  await restored(page)
  expect([await page.inputValue('#given_name'), await page.inputValue('#birth_date')]).toEqual(['Nele', '2014-03-14'])
  await page.click('sj-client-choice button:has-text("Abbrechen")')
  await expect.poll(() => drafts('fall.vg')).toBe(0)

  const { id } = await portal.ask('fall.vg', '/service/reservations', { case_id, offer_id: offer.offer_id, area: 'MV', ...later })
  await portal.ask('fall.vg', `/service/reservations/${String(id)}/request-consent`, {})
  const provider = await portal.open(providerRequestsPath, { user: 'anbieter.1', anew: true })
  await provider.press(`[id="decline-${String(id)}"]`, 'Enter')
  await provider.selectOption('#decline_reason', 'staff')
  await provider.fill('#note', 'Ab Januar wieder')
  // left at once: the page sends it on the way out, which may take longer than coming back
  await provider.goto('about:blank')
  await expect.poll(() => drafts('anbieter.1')).toBe(1)
  await provider.goto(portal.url + providerRequestsPath)
  await restored(provider)
  expect([await provider.inputValue('#decline_reason'), await provider.inputValue('#note')]).toEqual(['staff', 'Ab Januar wieder'])
  await provider.click('sj-step-form button[type=submit]')
  await provider.waitForSelector('text=Abgesagt: ')
  await expect.poll(() => drafts('anbieter.1')).toBe(0)
})

/** A help outside the system, of a case of its own. */
const bookedAway = async (user: string, case_number: string) => {
  const person = { given_name: 'Ole', family_name: 'Probe', birth_date: '2014-01-01', sex: 'm' }
  const client = await portal.ask(user, '/service/clients', person)
  const file = await portal.ask(user, '/service/cases', { client_id: client['id'], case_number, begin_on: '2026-01-01' })
  const away = { case_id: file['id'], away: true, service_kind: 's34', rate_cents: 15_000, first_day: '2026-10-01', last_day: '2027-03-31' }
  const booked = await portal.ask(user, '/service/bookings', away)
  return { case_id: String(file['id']), booking_id: String(booked['id']) }
}
const recorded = async (path: string) => (await portal.ask('fall.vg', path)) as Record<string, unknown[]>

test('a Hilfeplangespräch, a consultation and a vote half written are there again after a lost session', async () => {
  const { booking_id } = await bookedAway('fall.vg', 'VG-E-2')
  const planned = { version: 0, goals: [{ goal: 'Ole schwimmt' }], participants: [{ role: 'young_person', name: 'Ole Probe' }] }
  await portal.ask('fall.vg', `/service/bookings/${booking_id}/care-plan`, planned)
  const page = await portal.open(`${reservationPath}?booking=${booking_id}`, { user: 'fall.vg', anew: true, width: 360 })
  const lose = async () => {
    await saved(page)
    await loseSession(page)
    await page.reload()
    await signIn(page, 'fall.vg')
    await restored(page)
  }
  await page.press('[data-plan=review]', 'Enter')
  await page.fill('#reviewed_on', '2026-10-14')
  await page.fill('#summary', 'Es geht\nvoran')
  await page.fill('#next_review_on', '2027-03-01')
  await page.fill('#goals-0-result', 'Seepferdchen')
  await page.selectOption('#goals-0-attainment', '2')
  await lose()
  expect(await page.inputValue('#summary')).toBe('Es geht\nvoran')
  expect(await page.inputValue('#next_review_on')).toBe('2027-03-01')
  expect([await page.inputValue('#goals-0-result'), await page.inputValue('#goals-0-attainment')]).toEqual(['Seepferdchen', '2'])
  expect(await barriers(page)).toEqual([])
  await page.click('sj-review-form button[type=submit]')
  await page.waitForSelector('text=Das Hilfeplangespräch ist eingetragen.')
  await expect.poll(() => drafts('fall.vg')).toBe(0)

  await page.press('[data-action=consult]', 'Enter')
  await page.fill('#question', 'Was braucht Ole?')
  await page.check('label:has-text("Birte Mitberat") input[name=colleague]')
  await page.fill('#external-name-0', 'Dr. Eva Lind')
  await lose()
  expect([await page.inputValue('#question'), await page.inputValue('#external-name-0')]).toEqual(['Was braucht Ole?', 'Dr. Eva Lind'])
  expect(await page.isChecked('label:has-text("Birte Mitberat") input[name=colleague]')).toBe(true)
  expect(await barriers(page)).toEqual([])
  await page.click('sj-consultation-form button[type=submit]')
  await page.waitForSelector('h1:has-text("Teamberatung am")')
  await expect.poll(() => drafts('fall.vg')).toBe(0)

  await page.click('[data-action=vote]')
  await page.selectOption('#vote', 'reject')
  await page.fill('#note', 'Erst eine ambulante Hilfe')
  await lose()
  expect([await page.inputValue('#vote'), await page.inputValue('#note')]).toEqual(['reject', 'Erst eine ambulante Hilfe'])
  await submit(page)
  await page.waitForSelector('text=Ihre Stimme ist festgehalten.')
  await expect.poll(() => drafts('fall.vg')).toBe(0)
  const consultation = new URL(page.url()).searchParams.get('consultation')
  expect((await recorded(`/service/consultations/${consultation}`))['participants']).toContainEqual(
    expect.objectContaining({ own: true, vote: 'reject', statement: 'Erst eine ambulante Hilfe' }),
  )
  await portal.close(page)
})

test('cases half handed over, alone and together, and a change of authority half announced and half answered, are there again', async () => {
  const { case_id: handed } = await bookedAway('fall.vg', 'VG-E-3')
  const page = await portal.open(`${casePath}?case=${handed}`, { user: 'fall.vg', anew: true, width: 360 })
  await page.click('[data-action=hand_over]')
  await page.fill('#note', 'Elternzeit')
  await saved(page)
  await page.reload()
  await restored(page)
  expect(await page.inputValue('#note')).toBe('Elternzeit')
  await submit(page)
  await page.waitForSelector('#fault-to_id')
  expect(await barriers(page)).toEqual([])
  await page.selectOption('#to_id', { label: 'Birte Mitberat' })
  await submit(page)
  await page.waitForSelector('[role=status]:has-text("Der Fall ist an Birte Mitberat übergeben.")')
  await expect.poll(() => drafts('fall.vg')).toBe(0)

  await page.click('[data-action=announce]')
  await page.selectOption('#to_authority_id', '13003')
  await page.selectOption('#reason', 'parents_moved')
  await page.fill('#note', 'Oles Eltern leben jetzt in Rostock')
  await saved(page)
  await loseSession(page)
  await page.reload()
  await signIn(page, 'fall.vg')
  await restored(page)
  expect([await page.inputValue('#to_authority_id'), await page.inputValue('#reason')]).toEqual(['13003', 'parents_moved'])
  expect(await barriers(page)).toEqual([])
  await submit(page)
  await page.waitForSelector('text=Wartet auf Rostock.')
  await expect.poll(() => drafts('fall.vg')).toBe(0)
  const change = new URL((await page.locator('a:has-text("Wechsel an Rostock")').getAttribute('href'))!, portal.url).search

  // who is asked writes about a case that is not his yet, and no longer once it is answered
  const asked = await portal.open(authorityChangePath + change, { user: 'fall.hro', anew: true, width: 360 })
  await asked.click('[data-action=decline]')
  await asked.fill('#note', 'Die Eltern sind nur zu Besuch')
  await saved(asked)
  await asked.reload()
  await restored(asked)
  expect(await asked.inputValue('#note')).toBe('Die Eltern sind nur zu Besuch')
  expect(await drafts('fall.vg')).toBe(0)
  await submit(asked)
  await asked.waitForSelector('text=Die Ablehnung ist mitgeteilt.')
  await expect.poll(() => drafts('fall.hro')).toBe(0)
  await portal.close(asked)

  await page.goto(portal.url + caseManagerPath)
  const boxes = page.locator('.sj-cases__no').locator('xpath=..').locator('input[type=checkbox]')
  const marked = async () => Promise.all([0, 1, 2].map((at) => boxes.nth(at).isChecked()))
  await page.waitForSelector('.sj-cases')
  const numbers = await page.locator('.sj-cases__no > a').allInnerTexts()
  await boxes.nth(0).check()
  await boxes.nth(1).check()
  await page.click('[data-bulk=hand_over]')
  await page.selectOption('#to_id', { label: 'Birte Mitberat' })
  await page.fill('#note', 'Urlaub')
  await saved(page)
  await loseSession(page)
  await page.reload()
  await signIn(page, 'fall.vg')
  await restored(page)
  expect(await marked()).toEqual([true, true, false])
  expect(await page.locator('sj-bulk-actions').innerText()).toContain(`${numbers[0]}, ${numbers[1]}: mit allen Hilfen`)
  expect(await page.inputValue('#note')).toBe('Urlaub')
  expect(await page.locator('#to_id option:checked').innerText()).toBe('Birte Mitberat')
  expect(await barriers(page)).toEqual([])
  // what was written for these two is not for another
  await boxes.nth(2).check()
  await page.click('sj-bulk-actions button:has-text("Abbrechen")')
  await expect.poll(() => drafts('fall.vg')).toBe(0)
  await page.click('[data-bulk=hand_over]')
  expect(await page.inputValue('#note')).toBe('')
  await portal.close(page)
})

test('a distance is told from any town where a facility of the portal stands', async () => {
  const { items } = (await portal.ask('fall.vg', '/service/places')) as { items: { name: string; latitude: number; longitude: number }[] }
  const far = items.find(({ name, latitude, longitude }) => !/^\d/.test(name) && Math.hypot(latitude - 54.09, longitude - 12.13) > 0.5)!
  const page = await portal.open(`${helpSelectionPath}?area=13003`, { user: 'fall.vg' })
  await page.waitForSelector('.sj-tabs')
  await page.fill('#place', far.name)
  await page.locator('#place').blur()
  await page.waitForURL(new RegExp(`point=${far.latitude.toFixed(2)}_${far.longitude.toFixed(2)}`))
  await page.fill('#place', 'Nirgendwo')
  await page.locator('#place').blur()
  await page.waitForSelector('#fault-place:has-text("Orte und Postleitzahlen mit einer Einrichtung")')
  expect(await barriers(page)).toEqual([])
})
