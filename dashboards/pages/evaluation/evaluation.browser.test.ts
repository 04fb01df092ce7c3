import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Evaluation } from '../../client.ts'
import { axeFindings, barriers, openPortal, type Portal } from '../../pages.fixture.ts'
import { comparisonPath, evaluationPath, publishedPath, sideBySidePath } from '../../route.ts'

let portal: Portal
beforeAll(async () => {
  portal = await openPortal({ demonstration: 0.05, embed_origins: ['http://intranet.test'] })
})
afterAll(() => portal?.stop())

const oneDigit = { minimumFractionDigits: 1, maximumFractionDigits: 1 }
const shown = (page: Page) => page.waitForSelector('.sj-pivot tbody td')
const rowHeads = async (page: Page) =>
  (await page.locator('.sj-pivot tbody th[scope=row]').allTextContents()).map((text) => text.trim().split(/\s/)[0])

test('the own authority is taken apart by what goes together nowhere else, by those to whom it is open and nobody else', async () => {
  const page = await portal.open(`${evaluationPath}?figures=case_count&rows=region&columns=period`, { user: 'controlling.vg' })
  await shown(page)
  expect(await page.locator('#filter-area option[value=own]').textContent()).toBe('Eigenes Jugendamt: Vorpommern-Greifswald')
  await page.selectOption('#filter-area', 'own')
  await page.waitForSelector('h2:has-text("Fallzahl nach Hilfeart und Monat")')
  await page.selectOption('#filter-outer', 'end_reason')
  await page.waitForSelector('h2:has-text("Beendete Hilfen nach Grund der Beendigung und Monat")')
  await page.selectOption('#filter-inner', 'sex')
  await page.selectOption('#filter-age_group', 'a15_18')
  await page.selectOption('#filter-grain', 'quarter')
  await page.click('summary:has-text("Kennzahlen wählen")')
  const figures = await page.locator('input[name=figure]').evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value))
  expect(figures.sort()).toEqual(['cases_ended', 'dropouts', 'dwell_time_mean', 'dwell_time_median'])
  await page.check('input[name=figure][value=dwell_time_median]')
  await page.waitForSelector('h2:has-text("Verweildauer: Median nach Grund der Beendigung, Geschlecht und Quartal")')
  const { search } = new URL(page.url())
  const answer = (await portal.ask('controlling.vg', `/api/evaluation${search}`)) as Evaluation
  expect(answer.authority!.id).toBe('13075')
  expect(answer.rows.flatMap(({ values }) => values)).toContain(1)
  await expect.poll(() => page.locator('.sj-pivot td').count()).toBe(answer.rows.length * answer.columns.length)
  expect(await page.locator('.sj-answer').textContent()).toContain('Vorpommern-Greifswald, alle Hilfearten')
  const said = await page.locator('main').textContent()
  for (const words of ['nicht zur Weitergabe', 'geheim gehalten']) expect(said).toContain(words)
  expect([await page.locator('sj-publish-view').count(), await page.locator('.sj-pivot td b').count()]).toEqual([
    0,
    answer.rows.flatMap(({ signs }) => signs).filter((sign) => sign !== null).length,
  ])
  expect(await axeFindings(page)).toEqual([])
  await page.setViewportSize({ width: 360, height: 800 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)

  const politics = await portal.open(evaluationPath + search, { user: 'politik' })
  await politics.waitForSelector('text=Zahlen des eigenen Jugendamts allein sehen nur dessen Controlling')
  expect([await politics.locator('.sj-pivot').count(), await politics.locator('text=nicht zur Weitergabe').count()]).toEqual([0, 0])
  await politics.selectOption('#filter-area', 'MV')
  await shown(politics)
  expect(await politics.locator('#filter-area option[value=own]').count()).toBe(0)
  for (const opened of [page, politics]) await portal.close(opened)
})

test('is built, saved, shared, opened by another user in his own rights, pinned and deleted', async () => {
  const page = await portal.open(evaluationPath, { user: 'controlling.vg' })
  await page.click('text=Neue Auswertung')
  await shown(page)
  expect(await page.locator('.sj-build__size').textContent()).toContain('117 Werte')
  await page.click('summary:has-text("Kennzahlen wählen")')
  await page.check('input[name=figure][value=cases_ended]')
  await page.waitForSelector('h2:has-text("Fallzahl und Beendete Hilfen nach örtlichem Träger und Monat")')
  await page.selectOption('#filter-columns', 'service_kind')
  await page.selectOption('#filter-grain', 'quarter')
  await page.click('summary:has-text("Hilfearten wählen")')
  await page.check('input[name=service_kind][value=s34]')
  await page.check('input[name=service_kind][value=s31]')
  await page.waitForSelector('h2:has-text("nach örtlichem Träger und Hilfeart")')
  await page.waitForSelector('.sj-pivot thead th:has-text("Gewählte Hilfearten")')
  const search = new URL(page.url()).search
  expect(search).toBe('?figures=case_count,cases_ended&rows=region&columns=service_kind&service_kinds=s31,s34&grain=quarter')
  const answer = (await portal.ask('controlling.vg', `/api/evaluation${search}`)) as Evaluation
  await expect.poll(() => page.locator('.sj-pivot tfoot td').count()).toBe(answer.columns.length)
  expect(await page.locator('.sj-pivot tbody tr').count()).toBe(answer.rows.length - 1)

  await page.click('summary:has-text("Speichern und teilen")')
  await page.click('button:has-text("Speichern")')
  expect(await page.locator('#fault-name').textContent()).toContain('Namen')
  await page.fill('#name', 'Quartale der Heime')
  await page.selectOption('#shared', 'all')
  expect(await axeFindings(page)).toEqual([])
  await page.click('button:has-text("Speichern")')
  await page.waitForSelector('text=„Quartale der Heime“ ist gespeichert.')
  await page.waitForSelector('#satz:has-text("Quartale der Heime")')
  await page.waitForFunction(() => new URLSearchParams(location.search).has('evaluation'))
  await page.click('text=An den Überblick heften')
  await page.waitForSelector('text=Vom Überblick lösen')

  const other = await portal.open(evaluationPath, { user: 'fall.vg' })
  await other.waitForSelector('a:has-text("Quartale der Heime")')
  expect(await other.locator('text=Neue Auswertung').count()).toBe(0)
  await other.click('a:has-text("Quartale der Heime")')
  await shown(other)
  expect(await other.locator('.sj-keeper').textContent()).toContain('freigegeben von Carla Kennzahl')
  expect(await other.locator('.sj-keeper form, button:has-text("Löschen")').count()).toBe(0)
  const politics = await portal.open(page.url().replace(portal.url, ''), { user: 'politik' })
  await shown(politics)
  const own = await page.locator('.sj-pivot tbody tr').first().textContent()
  const controlled = (await portal.ask('politik', `/api/evaluation${search}`)) as Evaluation
  const secret = controlled.rows[0]!.signs.filter((sign) => sign === '.').length
  expect(await politics.locator('.sj-pivot tbody tr').first().locator('td b').count()).toBe(secret)
  expect(own).not.toContain('geheim')
  for (const opened of [other, politics]) await portal.close(opened)

  await page.goto(`${portal.url}/`)
  await page.waitForSelector('.sj-pinned a:has-text("Quartale der Heime")')
  expect(await page.locator('.sj-pinned__total').first().textContent()).toMatch(/\d.*insgesamt, .*Stand \d\d\.\d\d\.\d{4}, \d\d:\d\d:\d\d/s)
  await page.click('.sj-pinned a:has-text("Quartale der Heime")')
  await shown(page)
  await page.click('text=Duplizieren')
  await page.waitForSelector('#satz:has-text("Quartale der Heime (Kopie)")')
  await page.click('.sj-keeper button:has-text("Löschen")')
  await page.waitForSelector('dialog[open]')
  expect(await axeFindings(page)).toEqual([])
  await page.click('dialog button:has-text("Löschen")')
  await page.waitForSelector('text=Die Auswertung ist gelöscht.')
  await page.waitForSelector('.sj-evaluations a:has-text("Quartale der Heime")')
  expect(await page.locator('.sj-evaluations a:has-text("(Kopie)")').count()).toBe(0)
  await page.click('button[aria-label="Lösen: Quartale der Heime"]')
  await page.waitForSelector('text=Der Überblick ist geändert.')
  await portal.close(page)
})

describe('an evaluation', () => {
  const months = '?figures=case_count&rows=region&columns=period&from=2026-04&to=2026-09'

  test('sorts, keeps the order in the address, and draws the course', async () => {
    const page = await portal.open(`${evaluationPath}${months}`, { user: 'politik' })
    await shown(page)
    await page.click('.sj-pivot thead th:last-child .sj-sort')
    await page.waitForSelector('.sj-pivot thead th:last-child[aria-sort=descending]')
    const answer = (await portal.ask('politik', `/api/evaluation${months}`)) as Evaluation
    const ordered = answer.rows.slice(0, -1).toSorted((a, b) => b.values.at(-1)! - a.values.at(-1)!)
    const shorts = new Map(answer.members.region!.map(({ key, short }) => [key, short]))
    expect(await rowHeads(page)).toEqual(ordered.map(({ keys }) => shorts.get(keys[0]!)))
    expect(new URL(page.url()).searchParams.get('sort')).toBe('-total.case_count')
    await page.waitForSelector('.sj-plot svg[role=img]')

    const charts = await page.locator('#filter-chart option').allTextContents()
    expect(charts.map((text) => text.trim())).toEqual(['Automatisch: Linien', 'Linien', 'Punkte'])
    await page.selectOption('#filter-chart', 'dots')
    await page.waitForSelector('.sj-plot svg[aria-label^="Fallzahl von"][aria-label*=" bis "]:has-text("Median")')
    expect(new URL(page.url()).searchParams.get('chart')).toBe('dots')
    await page.goto(`${portal.url}${evaluationPath}${months.replace('case_count', 'case_density')}&chart=map`)
    await page.waitForSelector('sj-chart-figure:has-text("© GeoBasis-DE") .sj-plot svg[role=img]')
    expect(await page.locator('#filter-chart').inputValue()).toBe('map')
    await portal.close(page)
  })

  test('compares each value as it is asked, keeps that in the address and in what is saved', async () => {
    const page = await portal.open(`${evaluationPath}${months}`, { user: 'controlling.vg' })
    await shown(page)
    expect(await page.locator('.sj-pivot__held').count()).toBe(0)
    await page.selectOption('#filter-against', 'previous_year')
    await page.waitForSelector('.sj-pivot__held')
    await page.selectOption('#filter-chart', 'dots')
    const { rows, cells } = (await portal.ask('controlling.vg', `/api/evaluation${months}&against=previous_year`)) as Evaluation
    expect([rows[0]!.keys, cells]).toEqual([['13075'], 2 * 9 * 7])
    const references = rows[0]!.compared!.references.values.map((value, at) => value!.toLocaleString('de-DE', at < 6 ? {} : oneDigit))
    let texts: string[] = []
    const held = async () => {
      texts = await page.locator('.sj-pivot tbody tr').first().locator('.sj-pivot__held').allTextContents()
      return texts.map((text) => text.trim().replace(/ \(.*/, ''))
    }
    await expect.poll(held).toEqual(references.map((text) => `, Vorjahreszeitraum ${text}`))
    for (const text of texts) expect(text.trim()).toMatch(/\([+−]?\d+,\d\u00a0%\)$/)
    await page.click('summary:has-text("Speichern und teilen")')
    await page.fill('#name', 'Mit Vorjahr')
    await page.click('button:has-text("Speichern")')
    await page.waitForSelector('text=„Mit Vorjahr“ ist gespeichert.')
    await page.goto(`${portal.url}${evaluationPath}`)
    await page.click('.sj-evaluations a:has-text("Mit Vorjahr")')
    await page.waitForSelector('.sj-pivot__held')
    const kept = new URL(page.url()).searchParams
    expect([kept.get('against'), kept.get('chart')]).toEqual(['previous_year', 'dots'])
    expect(await barriers(page)).toEqual([])
    await portal.close(page)
  })

  test('draws the change where one is compared, and nothing of it any more without', async () => {
    const page = await portal.open(`${evaluationPath}${months}&against=previous_year&chart=dots_change`, { user: 'politik' })
    await page.waitForSelector('.sj-plot svg[aria-label^="Fallzahl gegenüber dem Vorjahreszeitraum: von"]:has-text("unverändert")')
    const charts = await page.locator('#filter-chart option').allTextContents()
    expect(charts.map((text) => text.trim()).slice(3)).toEqual([
      'Veränderung als Linien',
      'Veränderung als Punkte',
      'Veränderung als Karte',
    ])
    await page.selectOption('#filter-chart', 'map_change')
    await page.waitForSelector('sj-chart-figure:has-text("© GeoBasis-DE") .sj-plot svg[aria-label^="Fallzahl gegenüber"]')
    await page.selectOption('#filter-chart', 'line_change')
    await page.waitForSelector('.sj-plot svg[aria-label^="Fallzahl gegenüber dem Vorjahreszeitraum, von April 2026"]')
    expect(await barriers(page)).toEqual([])
    await page.selectOption('#filter-against', '')
    await page.waitForSelector('.sj-plot svg[aria-label^="Fallzahl von April 2026"]')
    expect(await page.locator('#filter-chart').inputValue()).toBe('')
    await portal.close(page)
  })

  test('is narrowed to one class, which takes along what goes with it and is kept', async () => {
    const page = await portal.open(`${evaluationPath}?figures=case_count&rows=region&columns=period`, { user: 'controlling.vg' })
    await shown(page)
    expect(await page.locator('#filter-sex').count()).toBe(0)
    await page.waitForSelector('text=eingrenzen lässt sich, wenn Zeilen und Spalten nur')
    await page.selectOption('#filter-outer', 'service_kind')
    await page.selectOption('#filter-sex', 'w')
    await page.waitForSelector('.sj-answer p:has-text("Geschlecht „weiblich“")')
    await page.selectOption('#filter-from', '2025-01')
    await page.waitForFunction(() => new URLSearchParams(location.search).get('from') === '2025-01')
    await shown(page)
    const { searchParams } = new URL(page.url())
    expect(['figures', 'sex', 'grain'].map((name) => searchParams.get(name))).toEqual(['case_stock', 'w', 'year'])
    const alone = (await portal.ask('controlling.vg', `/api/evaluation${new URL(page.url()).search}`)) as Evaluation
    const across = (await portal.ask(
      'controlling.vg',
      '/api/evaluation?figures=case_stock&rows=sex,service_kind&columns=period&from=2025-01&to=2026-09&grain=year',
    )) as Evaluation
    expect(alone.rows.map(({ values }) => values)).toEqual(across.rows.flatMap(({ keys, values }) => (keys[0] === 'w' ? [values] : [])))
    expect(await page.locator('.sj-pivot td').count()).toBe(alone.rows.length * alone.columns.length)
    // providers go with no sex: the last one chosen counts
    await page.selectOption('#filter-provider', { index: 1 })
    await page.waitForSelector('.sj-answer p:has-text("Anbieter „")')
    expect(new URL(page.url()).searchParams.has('sex')).toBe(false)
    expect(await page.locator('#filter-sex').inputValue()).toBe('')
    await page.reload()
    await page.waitForSelector('.sj-answer p:has-text("Anbieter „")')
    await page.click('summary:has-text("Speichern und teilen")')
    await page.fill('#name', 'Ein Anbieter allein')
    await page.click('button:has-text("Speichern")')
    await page.waitForSelector('text=„Ein Anbieter allein“ ist gespeichert.')
    expect(await barriers(page)).toEqual([])
    await page.goto(`${portal.url}${evaluationPath}`)
    await page.waitForSelector('.sj-evaluations li:has-text("Ein Anbieter allein"):has-text("Anbieter „")')
    await page.click('.sj-evaluations a:has-text("Ein Anbieter allein")')
    await page.waitForSelector('.sj-answer p:has-text("Anbieter „")')
    // of structures the moment is kept, and said to be
    await page.click('sj-publish-view button:has-text("Stand festhalten")')
    await page.waitForSelector('dialog[open] p:has-text("aus der Historie zu diesem Stand berechnet")')
    await page.click('dialog button:has-text("Festhalten")')
    await page.waitForSelector('.sj-notice:has-text("Ein Anbieter allein. Diese Werte ändern sich nicht mehr.")')
    await page.goto(`${portal.url}${publishedPath}`)
    await page.waitForSelector('tr:has-text("Ein Anbieter allein"):has-text("Anbieter „")')
    await portal.close(page)
  })

  test('is published with its numbers, and found among what is published', async () => {
    const page = await portal.open(`${evaluationPath}?figures=case_count&rows=region&columns=period`, { user: 'politik' })
    await shown(page)
    const before = await page.locator('.sj-pivot').textContent()
    await page.click('sj-publish-view button:has-text("Stand festhalten")')
    await page.waitForSelector('dialog[open] p:has-text("mit ihrem Stand gespeichert")')
    await page.fill('dialog #title', 'Fallzahlen für den Ausschuss')
    await page.click('dialog button:has-text("Festhalten")')
    await page.waitForSelector('.sj-notice:has-text("Fallzahlen für den Ausschuss. Diese Werte ändern sich nicht mehr.")')
    await shown(page)
    const kept = new URL(page.url()).searchParams
    expect([kept.get('from'), kept.get('to'), kept.get('as_of')?.length]).toEqual(['2025-10', '2026-09', 36])
    expect(await page.locator('.sj-pivot').textContent()).toBe(before)
    expect(await page.locator('sj-publish-view').count()).toBe(0)
    await page.goto(`${portal.url}${publishedPath}`)
    await page.waitForSelector(
      'tr:has-text("Fallzahlen für den Ausschuss"):has-text("Fallzahl nach örtlichem Träger und Monat; Mecklenburg-Vorpommern")',
    )
    expect(await barriers(page)).toEqual([])
    await page.click('a:has-text("Fallzahlen für den Ausschuss")')
    await page.waitForSelector('.sj-notice:has-text("Diese Werte ändern sich nicht mehr.")')
    await shown(page)
    expect(await page.locator('.sj-pivot').textContent()).toBe(before)

    await page.goto(`${portal.url}${sideBySidePath}?figures=case_count,payments&period=2026-09`)
    await page.waitForSelector('.sj-side tbody td')
    const beside = await page.locator('.sj-side').textContent()
    await page.click('sj-publish-view button:has-text("Stand festhalten")')
    await page.fill('dialog #title', 'September nebeneinander')
    await page.click('dialog button:has-text("Festhalten")')
    await page.waitForSelector('.sj-notice:has-text("September nebeneinander. Diese Werte ändern sich nicht mehr.")')
    await page.waitForSelector('.sj-side tbody td')
    expect(await page.locator('.sj-side').textContent()).toBe(beside)
    await portal.close(page)
  })

  test('tells below what was kept what has changed since, as figures side by side do', async () => {
    const rows = (page: Page) => page.locator('.sj-later tbody tr')
    const page = await portal.open(`${evaluationPath}?figures=case_count&rows=region&columns=period&from=2026-09&to=2026-10`, {
      user: 'controlling.vg',
    })
    await shown(page)
    expect(await page.locator('.sj-later').count()).toBe(0)
    const keep = async (title: string) => {
      await page.click('sj-publish-view button:has-text("Stand festhalten")')
      await page.fill('dialog #title', title)
      await page.click('dialog button:has-text("Festhalten")')
      await page.waitForSelector('.sj-later:has-text("lauten heute genauso")')
      return page.url()
    }
    const evaluation = await keep('Herbst nach Trägern')
    await page.goto(`${portal.url}${sideBySidePath}?figures=case_count,rate_median&service_kind=s34&period=2026-10&against=previous`)
    await page.waitForSelector('.sj-side tbody td')
    expect(await page.locator('.sj-side__figure small').allTextContents()).toEqual(['Okt. 2026, Fälle', 'Okt. 2026, € je Tag'])
    const beside = await keep('Oktober nebeneinander')

    const client = { given_name: 'Toni', family_name: 'Muster', birth_date: '2013-05-01', sex: 'w' }
    const { id: client_id } = await portal.ask('fall.vg', '/service/clients', client)
    const { id: case_id } = await portal.ask('fall.vg', '/service/cases', { client_id, case_number: 'VG-SINCE-1', begin_on: '2026-10-01' })
    const booking = { case_id, away: true, service_kind: 's34', rate_cents: 99_900, first_day: '2026-10-12', last_day: '2027-03-31' }
    await portal.ask('fall.vg', '/service/bookings', booking)

    const told = async (url: string) => {
      await expect
        .poll(async () => {
          await page.goto(url)
          await page.waitForSelector('.sj-later :is(table, p:has-text("genauso"))')
          return page.locator('.sj-later').textContent()
        })
        .toContain('heute (')
      return (await rows(page).allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim())
    }
    const ofEvaluation = await told(evaluation)
    expect(ofEvaluation[0]).toMatch(/^Vorpommern-Greifswald Fallzahl, Okt\. 2026 .* \+1 .*: einzeln$/)
    // once each: the month and both months together, of the authority and of all
    expect(ofEvaluation).toHaveLength(4)
    expect(ofEvaluation.some((text) => /^Summe Fallzahl, Okt\. 2026 .* \+1$/.test(text))).toBe(true)
    expect(await page.locator('.sj-later__causes').textContent()).toContain(
      'Fallzahl steigt durch später erfasste oder verlängerte Buchungen',
    )
    expect(await axeFindings(page)).toEqual([])
    const ofFigures = await told(beside)
    expect(ofFigures.some((text) => /^Vorpommern-Greifswald Fallzahl, Okt\. 2026 .* \+1 .*: einzeln$/.test(text))).toBe(true)
    expect(ofFigures.some((text) => text.includes('Entgelt: Median (€ je Tag), Okt. 2026'))).toBe(true)
    await page.setViewportSize({ width: 360, height: 900 })
    expect(await axeFindings(page)).toEqual([])
    await page.click('text=Aktuelle Werte zeigen')
    await page.waitForSelector('.sj-side tbody td')
    await expect.poll(() => page.locator('.sj-later').count()).toBe(0)
    await portal.close(page)
  })

  test('is saved as CSV', async () => {
    const page = await portal.open(`${evaluationPath}${months}`, { user: 'politik' })
    await shown(page)
    await page.click('summary:has-text("Herunterladen")')
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("CSV")')])
    expect(download.suggestedFilename()).toBe('auswertung_2026-04_2026-09_mv.csv')
    const text = await readFile(await download.path(), 'utf8')
    expect(text.split('\r\n')[0]).toContain('region;region_name;period;figure;unit;value;sign')
    expect(text.trim().split('\r\n')).toHaveLength(1 + 9 * 7)
    await portal.close(page)
  })

  test('that is too large says what to narrow, and a large one is drawn only when wanted', async () => {
    const page = await portal.open(
      `${evaluationPath}?figures=case_count,payments&rows=region,period&columns=service_kind&area=de&from=2024-11`,
      { user: 'politik' },
    )
    await page.waitForSelector('.sj-notice')
    expect(await page.locator('.sj-notice').textContent()).toMatch(/möglich sind 50\.000.*örtliche Träger/s)
    expect(await page.locator('.sj-pivot').count()).toBe(0)
    await page.goto(`${portal.url}${evaluationPath}?figures=case_count&rows=region&columns=period&area=de`)
    await page.click('text=trotzdem zeigen')
    await shown(page)
    expect(await page.locator('.sj-pivot tbody tr').count()).toBeGreaterThan(400)
    await portal.close(page)
  })

  test('of nested rows keeps heads in sight within a region reached by keyboard', async () => {
    const page = await portal.open(`${evaluationPath}?figures=case_count&rows=service_kind,region&columns=period`, { user: 'politik' })
    await shown(page)
    const region = page.locator('.sj-pivot-scroll')
    expect([await region.getAttribute('role'), await region.getAttribute('tabindex')]).toEqual(['region', '0'])
    await region.evaluate((element) => element.scrollTo(0, 1500))
    const inside = await page.evaluate(() => {
      const [head, box] = ['.sj-pivot thead', '.sj-pivot-scroll'].map((name) => document.querySelector(name)!.getBoundingClientRect())
      return Math.abs(head!.top - box!.top)
    })
    expect(inside).toBeLessThan(2)
    await portal.close(page)
  })

  test('does not exist for providers', async () => {
    const page = await portal.open(evaluationPath, { user: 'anbieter.1' })
    await page.waitForSelector('h1:has-text("Seite nicht gefunden")')
    await portal.close(page)
  })
})

test.each([
  '',
  '?figures=case_count&rows=region&columns=period',
  '?figures=case_count,dropout_rate,payments&rows=service_kind,period&grain=year',
  '?figures=payments&rows=region&columns=service_kind',
  '?figures=dropout_rate&rows=period&columns=service_kind&service_kinds=s34,s31',
  '?figures=case_stock&rows=age_group&columns=sex&grain=year',
  '?figures=case_stock&rows=service_kind&sex=w&age_group=a10_15&grain=year',
  '?figures=case_count,dropout_rate&rows=region&columns=period&grain=quarter&against=previous',
])('list, builder and every kind of table have no barrier axe can find, and nothing scrolls sideways: %s', async (search) => {
  const page = await portal.open(`${evaluationPath}${search}`, { user: 'controlling.vg', width: 320 })
  await page.waitForSelector(search === '' ? '.sj-evaluations' : '.sj-pivot tbody td')
  expect(await barriers(page)).toEqual([])
  await portal.close(page)
})

test('the browser complained about nothing', () => {
  expect(portal.complaints).toEqual([])
})

test('a view is subscribed to, due, read in the inbox and ended', async () => {
  const page = await portal.open(`${comparisonPath}?figure=case_count&month=2026-09&area=MV`, { user: 'politik' })
  await page.click('button:has-text("Regelmäßig zusenden")')
  await page.waitForSelector('dialog[open]')
  expect(await axeFindings(page)).toEqual([])
  await page.fill('#schedule_name', ' ')
  await page.click('button:has-text("Abonnieren")')
  expect(await page.locator('#fault-schedule_name').textContent()).not.toBe('')
  await page.fill('#schedule_name', 'Fallzahl für den Ausschuss')
  await page.selectOption('#rhythm', 'weekly')
  await page.selectOption('#day', '2')
  await page.click('button:has-text("Abonnieren")')
  await page.waitForSelector('text=Der nächste Bericht kommt am 20.10.2026.')
  await page.click('dialog a:has-text("Alle Abonnements")')
  await page.waitForSelector('.sj-inbox tbody tr:has-text("jeden Dienstag"):has-text("Noch kein Bericht")')
  expect(await barriers(page)).toEqual([])

  await portal.sendReports(new Date('2026-10-20T04:00:00Z'))
  await page.goto(`${portal.url}/`)
  await page.click('.sj-account a:has-text("Postfach 1 neu")')
  const row = page.locator('.sj-post li:has-text("Fallzahl für den Ausschuss")')
  await row.waitFor()
  expect(await row.textContent()).toContain('neu')
  expect(await barriers(page)).toEqual([])
  const [file] = await Promise.all([page.waitForEvent('download'), row.locator('[aria-label^="Herunterladen"]').click()])
  expect(file.suggestedFilename()).toBe('case_count_2026-09_mv.pdf')
  expect((await readFile(await file.path())).subarray(0, 5).toString()).toBe('%PDF-')
  await page.waitForSelector('.sj-account a:has-text("neu")', { state: 'detached' })
  expect(await row.textContent()).not.toContain('neu')
  await page.fill('#address', 'kein@')
  await page.click('button:has-text("Adresse speichern")')
  expect(await page.locator('#fault-address').textContent()).toContain('name@beispiel.de')
  await row.locator('button:has-text("Löschen")').click()
  await page.waitForSelector('text=Ihr Postfach ist leer.')
  await page.click('a:has-text("Abonnements verwalten")')
  await page.waitForSelector('text=Zuletzt zugesandt am 20.10.2026.')
  await page.click('button:has-text("Anhalten")')
  await page.waitForSelector('text=Angehalten. Zuletzt zugesandt')
  await page.click('button:has-text("Beenden")')
  await page.waitForSelector('text=Sie haben noch nichts abonniert.')
  await portal.close(page)
})

test('a view is embedded alone, in the pages it is allowed in, with the way to all of it', async () => {
  const path = `${comparisonPath}?figure=case_count&month=2026-09&area=MV`
  const page = await portal.open(path, { user: 'politik' })
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.click('summary:has-text("Herunterladen")')
  await page.click('button:has-text("Einbetten")')
  await page.waitForSelector('text=Der HTML-Code zum Einbetten ist kopiert.')
  const frame = await page.evaluate(() => navigator.clipboard.readText())
  const src = /src="([^"]+)"/.exec(frame)![1]!.replaceAll('&amp;', '&')
  await page.goto(src)
  await page.waitForSelector('.sj-embedded .sj-cell')
  expect(await page.locator('header.sj-header, .sj-brandbar, .sj-orientation, .sj-footer').count()).toBe(0)
  expect(await page.locator('.sj-filterbox, .sj-menu').filter({ visible: true }).count()).toBe(0)
  expect(await page.locator('.sj-embedded time').count()).toBeGreaterThan(0)
  expect(await page.locator('.sj-embedded__source a').getAttribute('href')).not.toContain('embed')
  expect(await barriers(page)).toEqual([])
  await page.context().clearCookies()
  await page.reload()
  await page.waitForSelector('a:has-text("Im Serviceportal anmelden")')
  expect(await page.locator('input').count()).toBe(0)
  await portal.close(page)

  const headers = async (address: string) => (await fetch(address)).headers
  const embedded = await headers(src)
  expect(embedded.get('content-security-policy')).toContain("frame-ancestors 'self' http://intranet.test")
  expect(embedded.get('x-frame-options')).toBeNull()
  for (const address of [portal.url + path, `${portal.url}/passwort?embed=1`]) {
    const strict = await headers(address)
    expect(strict.get('content-security-policy')).toMatch(/frame-ancestors 'self'(;|$)/)
    expect(strict.get('x-frame-options')).toBe('SAMEORIGIN')
  }
})
