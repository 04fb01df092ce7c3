import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { axeFindings, openPortal, type Portal } from '../../pages.fixture.ts'
import { helpSelectionPath } from '../../route.ts'

let portal: Portal
beforeAll(async () => {
  portal = await openPortal()
})
afterAll(() => portal?.stop())
afterEach(() => expect(portal.complaints).toEqual([]))

const counts = async (page: Awaited<ReturnType<Portal['open']>>) =>
  (await page.locator('.sj-tabs').innerText()).match(/\d+/g)!.map(Number) as [number, number]

test('a child new to the office gets a place: person, case, period, offers by cost, reservation', async () => {
  const page = await portal.open(`${helpSelectionPath}?first_day=2027-01-01&last_day=2027-07-02&area=MV`, { user: 'fall.vg' })
  await page.waitForSelector('.sj-offers tbody tr')
  expect(await page.locator('[role=status]:has-text("Wochen")').innerText()).toMatch(/182,00\sTage = 26,00\sWochen/)
  const all = await counts(page)

  await page.click('text=Neue Person aufnehmen')
  await page.click('text=Fall anlegen')
  await page.waitForSelector('.sj-summary:has-text("4 Angaben fehlen")')
  await page.fill('#given_name', 'Nele')
  await page.fill('#family_name', 'Beispiel')
  await page.fill('#birth_date', '2014-03-14')
  await page.fill('#case_number', 'VG-2026-0412')
  expect(await axeFindings(page)).toEqual([])
  await page.click('text=Fall anlegen')
  await page.waitForSelector('text=bei Beginn 12 Jahre')
  expect(page.url()).toMatch(/case=[0-9a-f-]{36}/)
  expect(page.url()).not.toMatch(/Nele|Beispiel|0412/)

  // age and sex narrow what fits, and it is told what falls out
  await page.waitForFunction(
    (before) => Number(/\d+/.exec(document.querySelector('.sj-tabs')!.textContent!)?.[0] ?? before) < before,
    all[0],
  )
  const [matching, available] = await counts(page)
  expect(available).toBeLessThanOrEqual(matching)
  expect(await page.locator('.sj-selection .sj-meta:has-text("Nicht in der Liste")').innerText()).toMatch(/nur Jungen|zum Alter/)

  const costs = await page.locator('.sj-offers .sj-c-cost').allInnerTexts()
  const euros = costs.slice(1).map((text) => Number(text.replace(/\D/g, '')))
  expect(euros).toEqual(euros.toSorted((a, b) => a - b))
  expect(await page.locator('.sj-best').count()).toBeGreaterThan(0)
  const dearer = page.locator('.sj-offers tbody tr:not(:has(.sj-best)):has(input:enabled)').first()
  await dearer.locator('input').check()
  await page.selectOption('#reason', 'nearness')
  expect(await axeFindings(page)).toEqual([])
  const name = await dearer.locator('b').innerText()
  await page.click('button:has-text("Reservieren")')
  await page.waitForURL(/hilfe\?reservation=/)
  const id = new URL(page.url()).searchParams.get('reservation')
  const reserved = await portal.ask('fall.vg', `/service/reservations/${id}`)
  expect(reserved).toMatchObject({ state: 'reserved', facility_name: name, case_number: 'VG-2026-0412', dearer_reason: 'nearness' })
  expect(Number(reserved['dearer_cents'])).toBeGreaterThan(0)
  await portal.close(page)
})

test('on a phone, a case found by its number: a help outside the system, and what is missing is told at its field', async () => {
  const page = await portal.open(`${helpSelectionPath}?service_kind=s31`, { user: 'fall.vg', width: 360 })
  await page.fill('#sought', 'beispiel nele')
  await page.click('button:has-text("Suchen")')
  await page.click('.sj-found button:has-text("VG-2026-0412")')
  await page.waitForSelector('text=bei Beginn 12 Jahre')
  await page.click('button:has-text("Auswärtig buchen")')
  await page.click('button:has-text("Auswärtig buchen")')
  await page.waitForSelector('.sj-summary:has-text("Stunden pro Woche")')
  await page.fill('#units', 'viele')
  await page.locator('#units').blur()
  await page.waitForSelector('#fault-units')
  await page.fill('#units', '3,5')
  await page.locator('#units').blur()
  await page.waitForSelector('text=Umfang:')
  await page.click('button:has-text("Auswärtig buchen")')
  await page.waitForSelector('#rate_cents')
  await page.click('button:has-text("Auswärtig buchen")')
  await page.waitForSelector('#fault-rate_cents')
  await page.fill('#rate_cents', '61,50')
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  expect(await axeFindings(page)).toEqual([])
  await page.click('button:has-text("Auswärtig buchen")')
  await page.waitForURL(/hilfe\?booking=/)
  const id = new URL(page.url()).searchParams.get('booking')
  expect(await portal.ask('fall.vg', `/service/bookings/${id}`)).toMatchObject({
    away: true,
    service_kind: 's31',
    rate_cents: [6150],
    units_per_week: [3.5],
  })
  await portal.close(page)
})

test('a search looked at is recorded once, as it stood', async () => {
  const page = await portal.open(`${helpSelectionPath}?area=MV&service_kind=s32`, { user: 'fall.vg' })
  await page.fill('#sought', 'VG-2026-0412')
  await page.click('button:has-text("Suchen")')
  await page.click('.sj-found button:has-text("VG-2026-0412")')
  await page.waitForSelector('text=Suche festgehalten')
  const client = new pg.Client({ connectionString: portal.database.owner_url })
  await client.connect()
  const { rows } = await client.query(
    `select offers_matching, offers_available from search where service_kind = 's32' order by id desc limit 1`,
  )
  await client.end()
  expect(rows).toEqual([{ offers_matching: (await counts(page))[0], offers_available: (await counts(page))[1] }])
  await portal.close(page)
})
