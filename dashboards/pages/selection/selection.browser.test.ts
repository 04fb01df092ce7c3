import pg from 'pg'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { axeFindings, openPortal, type Portal } from '../../pages.fixture.ts'
import { helpSelectionPath } from '../../route.ts'

let portal: Portal
beforeAll(async () => {
  portal = await openPortal()
})
afterAll(() => portal?.stop())
afterEach(() => expect(portal.complaints).toEqual([]))

const asOwner = async (text: string, values: unknown[] = []) => {
  const client = new pg.Client({ connectionString: portal.database.owner_url })
  await client.connect()
  return client.query(text, values).finally(() => client.end())
}

/** The offers of what is asked for now, not those of the question before. */
const listed = (page: Page) => page.waitForSelector('.sj-offers:not(.sj-stale)')
const counts = async (page: Page) => (await page.locator('.sj-tabs').innerText()).match(/\d+/g)!.map(Number) as [number, number]

test('a child new to the office gets a place: person, case, period, offers by cost, reservation', async () => {
  const page = await portal.open(`${helpSelectionPath}?first_day=2027-01-01&last_day=2027-07-02&area=MV`, { user: 'fall.vg' })
  await page.waitForSelector('.sj-offers tbody tr')
  expect(await page.locator('[role=status]:has-text("Wochen")').innerText()).toMatch(/182,00\sTage = 26,00\sWochen/)
  const all = await counts(page)

  await page.click('text=Neue Person aufnehmen')
  await page.click('text=Fall anlegen')
  await page.waitForSelector('.sj-summary:has-text("5 Angaben fehlen")')
  await page.fill('#given_name', 'Nele')
  await page.fill('#family_name', 'Beispiel')
  await page.fill('#birth_date', '2014-03-14')
  await page.selectOption('#sex', 'w')
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

  // from a place chosen by name: how far it is, sorted and narrowed by it; on the map; side by side
  await page.fill('#place', 'Rostock')
  await page.locator('#place').blur()
  await page.waitForSelector('.sj-offers tbody small:has-text("km")')
  expect(page.url()).toMatch(/point=54\.\d\d_12\.\d\d/)
  const kilometres = async () =>
    (await page.locator('.sj-offers .sj-c-offer label > span > small').allInnerTexts()).map((text) => Number(/(\d+)\skm/.exec(text)![1]))
  await listed(page)
  const near = (await kilometres()).toSorted((a, b) => a - b)
  await page.selectOption('#sort', 'distance')
  await expect.poll(kilometres).toEqual(near)
  await page.selectOption('#distance', '100')
  await page.waitForFunction((before) => document.querySelectorAll('.sj-offers tbody tr').length < before, near.length)
  expect(Math.max(...(await kilometres()))).toBeLessThanOrEqual(100)
  await page.click('.sj-offers__map summary')
  await page.waitForSelector('.sj-plot svg [data-id]')
  expect(await page.locator('.sj-targets button').count()).toBe((await kilometres()).length)
  for (const box of (await page.locator('.sj-c-compare input').all()).slice(0, 2)) await box.check()
  expect(await page.locator('.sj-compared thead th').count()).toBe(2)
  const compared = page.locator('.sj-compared [aria-label^="auswählen: "]').first()
  await compared.click()
  await page.waitForSelector(`.sj-chosen b:text-is("${(await compared.getAttribute('aria-label'))!.slice('auswählen: '.length)}")`)
  const named = await page.inputValue('#place')
  await page.locator('.sj-plot').click({ position: { x: 5, y: 5 } })
  await expect.poll(() => page.inputValue('#place')).not.toBe(named)
  expect(page.url()).not.toMatch(/point=54\.\d\d_12\.1/)
  await page.fill('#place', '')
  await page.locator('#place').blur()
  await page.selectOption('#sort', 'cost')
  await page.waitForFunction(() => !/point=|sort=distance/.test(location.href))
  // around a place that is not told yet: the map is there to point at it
  await page.selectOption('#area', 'around')
  await page.waitForSelector('.sj-empty:has-text("Bitte den Ort angeben")')
  await page.waitForSelector('.sj-plot svg')
  await page.locator('.sj-plot').click({ position: { x: 80, y: 80 } })
  await expect.poll(() => page.inputValue('#place')).not.toBe('')
  expect(page.url()).toMatch(/point=/)
  await page.selectOption('#area', 'MV')
  await page.fill('#place', '')
  await page.locator('#place').blur()
  await page.waitForFunction(() => !/point=|area=around/.test(location.href))
  await page.waitForSelector('.sj-offers:not(.sj-stale) .sj-best')

  const costs = await page.locator('.sj-offers .sj-c-cost').allInnerTexts()
  const euros = costs.slice(1).map((text) => Number(text.replace(/\D/g, '')))
  expect(euros).toEqual(euros.toSorted((a, b) => a - b))
  expect(await page.locator('.sj-best').count()).toBeGreaterThan(0)
  const dearer = page.locator('.sj-offers tbody tr:not(:has(.sj-best)):has(input[type=radio]:enabled)').first()
  await dearer.locator('input[type=radio]').check()
  await page.selectOption('#reason', 'nearness')
  await page.waitForSelector('.sj-dossier dt:has-text("Soll-Kosten insgesamt")')
  expect(await page.locator('.sj-dossier').innerText()).toMatch(/Betriebserlaubnis vom\s+\d\d\.\d\d\.\d{4}[^]*zu Beginn 49,00\s€ im Monat/)
  const name = await page.locator('.sj-offers .sj-chosen b').innerText()
  await page.waitForSelector(`.sj-dossier__map svg[role=img][aria-label^="Lage von ${name} in "]`)
  await page.waitForSelector('.sj-photos img, .sj-dossier:has-text("Fotos (0)")')
  expect(await axeFindings(page)).toEqual([])
  await page.click('button:has-text("Reservieren")')
  await page.waitForURL(/hilfe\?reservation=/)
  const id = new URL(page.url()).searchParams.get('reservation')
  const reserved = await portal.ask('fall.vg', `/service/reservations/${id}`)
  expect(reserved).toMatchObject({ state: 'reserved', facility_name: name, case_number: 'VG-2026-0412', dearer_reason: 'nearness' })
  expect(Number(reserved['dearer_cents'])).toBeGreaterThan(0)
  await portal.close(page)
})

test('a place that is being typed is not written over by names that come meanwhile', async () => {
  const page = await portal.open('/', { user: 'fall.vg' })
  let answer = () => {}
  const held = new Promise<void>((resolve) => (answer = resolve))
  await page.route('**/kreise_*', async (route) => {
    await held
    return route.continue()
  })
  await page.goto(`${portal.url}${helpSelectionPath}?point=53.91_12.22&area=MV`)
  await expect.poll(() => page.inputValue('#place')).toBe('53,91° N, 12,22° O')
  await page.fill('#place', 'Stral')
  answer()
  await page.waitForSelector('#places option[value="Vorpommern-Rügen"]', { state: 'attached' })
  expect(await page.inputValue('#place')).toBe('Stral')
  await page.fill('#place', 'Vorpommern-Rü')
  await page.locator('#place').blur()
  await expect.poll(() => page.inputValue('#place')).toBe('Vorpommern-Rügen')
  expect(page.url()).toContain('point=54.21_12.81')
  await portal.close(page)
})

test('on a phone, a case found by its number: a help outside the system, and what is missing is told at its field', async () => {
  const page = await portal.open(`${helpSelectionPath}?service_kind=s31`, { user: 'fall.vg', width: 360 })
  await page.fill('#sought', 'beispiel nele')
  await page.click('button:has-text("Suchen")')
  await page.click('.sj-found button:has-text("VG-2026-0412")')
  await page.waitForSelector('text=bei Beginn 12 Jahre')
  await listed(page)
  await page.click('button:has-text("Auswärtig buchen")')
  await page.waitForSelector('#rate_cents:focus')
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
  await page.fill('#rate_cents', '6150')
  await page.click('button:has-text("Auswärtig buchen")')
  await page.waitForSelector('#fault-rate_cents:has-text("10-Fache des mittleren Entgelts")')
  await page.fill('#rate_cents', '61,50')
  // the service plans it as it will book it
  const cost = page.locator('.sj-choice p[role=status]')
  await expect.poll(() => cost.innerText()).toMatch(/^61,50\s€ × [\d,]+\sStunden = [\d.]+,\d\d\s€/)
  const planned = (await cost.innerText()).split(' = ')[1]!.split('€')[0]!.replace(/\D/g, '')
  await page.selectOption('#away_reason', 'no_offer')
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
    agreed_cents: Number(planned),
    steps: [{ step: 'booked', away_reason: 'no_offer' }],
  })
  await page.waitForSelector('text=Außerhalb des Systems gebucht: Kein passendes Angebot frei')
  await portal.close(page)
})

test('a beginning too far back is told beside it while counts go on, and refused there for a booking outside the system', async () => {
  const page = await portal.open(`${helpSelectionPath}?first_day=2024-01-01&last_day=2027-01-01&area=MV&places=all`, { user: 'fall.vg' })
  await page.waitForSelector('.sj-offers tbody tr')
  const hint = page.locator('#hint-first_day')
  await expect.poll(() => hint.innerText()).toMatch(/Beginn liegt zu weit zurück: .* ab dem \d\d\.\d\d\.\d{4}\./)
  expect(await page.getAttribute('#first_day', 'aria-describedby')).toBe('hint-first_day')
  expect((await counts(page))[0]).toBeGreaterThan(0)
  expect(await axeFindings(page)).toEqual([])
  await page.fill('#sought', 'VG-2026-0412')
  await page.click('button:has-text("Suchen")')
  await page.click('.sj-found button:has-text("VG-2026-0412")')
  await page.waitForSelector('text=bei Beginn')
  await page.waitForSelector('.sj-offers:not(.sj-stale)')
  await page.click('button:has-text("Auswärtig buchen")')
  await page.fill('#rate_cents', '150')
  await page.selectOption('#away_reason', 'nearness')
  await page.click('.sj-choice button[type=submit]')
  await page.waitForSelector('#fault-first_day:has-text("Bitte einen Beginn ab dem")')
  expect(await page.locator('.sj-choice .sj-summary').innerText()).toMatch(/Beginn: Bitte einen Beginn ab dem/)
  await page.waitForSelector('text=/Entwurf gespeichert \\d\\d:\\d\\d Uhr/')
  await portal.close(page)
  // what was written about it is there again with the draft
  const later = await portal.open(helpSelectionPath, { user: 'fall.vg', anew: true })
  await later.click('button:has-text("Weiterarbeiten")')
  await expect.poll(() => later.inputValue('#rate_cents')).toBe('150')
  expect(await later.inputValue('#away_reason')).toBe('nearness')
  await later.fill('#first_day', '2026-12-01')
  await later.locator('#first_day').blur()
  await expect.poll(() => later.locator('#hint-first_day').innerText()).toBe('')
  expect(await later.locator('#fault-first_day').count()).toBe(0)
  await later.goto(portal.url + helpSelectionPath)
  await later.click('button:has-text("Entwurf verwerfen")')
  await later.waitForSelector('text=Der Entwurf ist verworfen.')
  await portal.close(later)
})

test('a file of the specialist system becomes persons and cases, and a case waits for a full place until it leaves', async () => {
  const page = await portal.open(`${helpSelectionPath}?first_day=2027-01-01&last_day=2027-07-02&area=de&places=all`, { user: 'fall.vg' })
  const head = 'Fallnummer;PKZ;Vorname;Nachname;Geburtsdatum;Geschlecht'
  const upload = (name: string, text: string) =>
    page.setInputFiles('#take-over', { name, mimeType: 'text/csv', buffer: Buffer.from(text, 'latin1') })
  await page.click('text=Aus dem Fachverfahren übernehmen')
  await upload('falsch.csv', `${head}\nX-1;;Jörg;Muster;1.1.20;m\n`)
  await page.waitForSelector('text=Zeile 2, Spalte geburtsdatum')
  const packed = Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0, 8, 0, 0xe4])
  await page.setInputFiles('#take-over', { name: 'klienten.xlsx', mimeType: 'application/vnd.ms-excel', buffer: packed })
  await page.waitForSelector('sj-take-over :text("als CSV speichern")')
  await upload('gut.csv', `${head}\nX-1;4711;Jörg;Muster;2012-01-01;m\nX-2;;Nele;Beispiel;14.03.2014;w\n`)
  await page.waitForSelector('legend:has-text("Dieselbe Person?")')
  await page.click('sj-take-over button:has-text("Übernehmen")')
  await page.waitForSelector('sj-take-over .sj-summary a:has-text("Fall X-2")')
  await page.click('label:has-text("Ja, so lassen")')
  expect(await axeFindings(page)).toEqual([])
  await page.click('sj-take-over button:has-text("Übernehmen")')
  await page.waitForSelector('text=eine neue Person')
  await page.click('sj-take-over button:has-text("Fall X-1")')
  await page.waitForSelector('text=bei Beginn 15 Jahre')
  expect(page.url()).not.toMatch(/Muster|4711/)
  await listed(page)

  const offer_id = await page.locator('.sj-offers input[type=radio]').first().getAttribute('value')
  await asOwner(
    `insert into place_block (offer_id, provider_id, places, reason, first_day)
     select id, provider_id, free_places(id, '[2027-01-01,2027-07-02)'), 'blocked', '2027-01-01' from offer where id = $1`,
    [offer_id],
  )
  await page.reload()
  // grades that come later may move the button while the mouse is down
  await page.locator('.sj-offers button:has-text("Auf die Warteliste")').first().press('Enter')
  await page.waitForSelector('[role=status]:has-text("Der Fall wartet auf einen Platz")')
  await page.waitForSelector('.sj-selection__form .sj-waiting:has-text("Stelle 1")')
  // a place is free again: the offer is chosen from anywhere, for the days that were waited for
  await asOwner('delete from place_block where offer_id = $1', [offer_id])
  await page.goto(page.url().replace('first_day=2027-01-01', 'first_day=2027-02-01'))
  await page.locator('.sj-selection__form .sj-waiting button:has-text("Angebot wählen")').press('Enter')
  await page.waitForSelector(`.sj-chosen input[value="${offer_id}"]`)
  expect(page.url()).toContain('first_day=2027-01-01')
  await page.locator('.sj-selection__form .sj-waiting button:has-text("Verlassen")').click()
  await page.waitForSelector('[role=status]:has-text("wartet nicht mehr")')
  await page.waitForSelector('.sj-selection__form .sj-waiting', { state: 'detached' })
  await portal.close(page)
})

test('a search looked at is recorded once, as it stood', async () => {
  const page = await portal.open(`${helpSelectionPath}?area=MV&service_kind=s32`, { user: 'fall.vg' })
  await page.fill('#sought', 'VG-2026-0412')
  await page.click('button:has-text("Suchen")')
  await page.click('.sj-found button:has-text("VG-2026-0412")')
  await page.waitForSelector('text=Suche festgehalten')
  const { rows } = await asOwner(`select offers_matching, offers_available from search where service_kind = 's32' order by id desc limit 1`)
  expect(rows).toEqual([{ offers_matching: (await counts(page))[0], offers_available: (await counts(page))[1] }])

  // what was begun is there again, on whatever device, until it is discarded
  await page.waitForSelector('text=/Entwurf gespeichert \\d\\d:\\d\\d Uhr/')
  const begun = page.url()
  await portal.close(page)
  const later = await portal.open(helpSelectionPath, { user: 'fall.vg', anew: true })
  await later.click('button:has-text("Weiterarbeiten")')
  await later.waitForSelector('text=Fall VG-2026-0412')
  expect(later.url()).toBe(begun)
  await later.goto(portal.url + helpSelectionPath)
  expect(await later.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0)
  await later.click('button:has-text("Entwurf verwerfen")')
  await later.waitForSelector('text=Der Entwurf ist verworfen.')
  expect(await portal.ask('fall.vg', '/service/drafts/selection')).toEqual({ draft: null })
  await portal.close(later)
})

test('a search without a case counts once something was chosen; the page as it opens is none', async () => {
  const page = await portal.open(helpSelectionPath, { user: 'fall2.vg' })
  await listed(page)
  await page.waitForTimeout(5000)
  expect(await page.locator('text=Suche festgehalten').count()).toBe(0)
  await page.selectOption('#service_kind', 's33')
  await page.waitForSelector('text=Suche festgehalten')
  const { rows } = await asOwner(`select service_kind, case_id, user_name from search join search_request on search_id = search.id
    join user_account on user_account.id = user_account_id order by search.id desc limit 1`)
  expect(rows).toEqual([{ service_kind: 's33', case_id: null, user_name: 'fall2.vg' }])
  await portal.close(page)
})

test('more offers than are shown at once: all can be seen, and are sorted together', async () => {
  await asOwner(`with home as (select id, provider_id, youth_authority_id from facility where youth_authority_id = '13075' order by id limit 1),
    made as (
      insert into offer (facility_id, provider_id, service_kind, capacity)
      select id, provider_id, 's32', case n when 230 then 99 else 1 end from home, generate_series(1, 230) as n returning id, provider_id, capacity
    )
    insert into offer_rate (offer_id, youth_authority_id, service_kind, unit, specialisations, rate_cents, valid_from)
    select made.id, youth_authority_id, 's32', 'day', '{}', case capacity when 99 then 90000 else 80000 end, '2020-01-01' from made, home`)
  const page = await portal.open(`${helpSelectionPath}?area=13075&service_kind=s32&places=all`, { user: 'fall.vg' })
  await listed(page)
  const [all] = (await counts(page)) as [number, number]
  const rows = () => page.locator('.sj-offers tbody tr').count()
  expect(await rows()).toBe(200)
  await page.waitForSelector(`text=Gezeigt sind 200 von ${all} Angeboten.`)
  await page.click(`button:has-text("Weitere ${all - 200} zeigen")`)
  await page.waitForFunction((expected) => document.querySelectorAll('.sj-offers tbody tr').length === expected, all)
  expect(await page.locator('.sj-offers__rest').count()).toBe(0)

  await page.goto(`${portal.url}${helpSelectionPath}?area=13075&service_kind=s32&places=all&sort=places`)
  await page.waitForSelector('.sj-offers tbody tr:first-child .sj-c-free:text-is("99")')
  expect(await rows()).toBe(200)
  await portal.close(page)
})
