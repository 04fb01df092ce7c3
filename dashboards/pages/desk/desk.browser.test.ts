import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeFindings, barriers, openPortal, type Portal } from '../../pages.fixture.ts'
import { deskPath } from '../../route.ts'

let portal: Portal
beforeAll(async () => {
  portal = await openPortal()
})
afterAll(() => portal?.stop())

const open = async (options: { user?: string; width?: number } = {}) => {
  const page = await portal.open(deskPath, { user: 'controlling.vg', ...options })
  await page.waitForSelector('#abfrage')
  page.setDefaultTimeout(30_000)
  return page
}
const run = async (page: Page, sql: string) => {
  await page.fill('#abfrage', sql)
  await page.press('#abfrage', 'Control+Enter')
}
const status = (page: Page) => page.locator('.sj-desk__run [role=status]')
const months = `select month, value, value / 3 as drittel from cell
where measure = 'case_count' and service_kind = 'all' and specialisation = 'all'
and month between date '2026-01-01' and date '2026-09-01' order by month`

describe('the SQL desk', () => {
  test('runs an example, tells when it is done, and shows rows, numbers in German', async () => {
    const page = await open()
    await page.click('text=Begonnene und beendete Hilfen')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('abfrage')
    await run(page, months)
    await page.waitForSelector('text=Ergebnis: 9 Zeilen')
    expect(await status(page).textContent()).toBe('Fertig: 9 Zeilen.')
    expect(await page.locator('.sj-desk__table thead th').allTextContents()).toEqual(['month', 'value', 'drittel'])
    const first = await page.locator('.sj-desk__table tbody tr').first().locator('td').allTextContents()
    expect(first[0]!.trim()).toBe('01.01.2026')
    expect(first[2]!.trim()).toMatch(/^\d+,\d{6}$/)
    expect(page.url()).not.toContain('select')
    await portal.close(page)
  })

  test('draws days as a line, and what is chosen as bars', async () => {
    const page = await open()
    await run(page, months)
    await page.waitForSelector('.sj-plot svg[aria-label="value nach month"]')
    expect(await page.inputValue('#grafik')).toBe('line')
    await page.selectOption('#grafik', 'bars')
    await page.selectOption('#grafik-wert', { label: 'drittel' })
    await page.waitForSelector('.sj-plot svg[aria-label="drittel nach month"] rect')
    expect(await page.locator('.sj-plot svg text').allTextContents()).toContain('Jan. 2026')
    await page.click('summary:has-text("Werte als Tabelle")')
    await expect.poll(() => page.locator('.sj-twin tbody tr').count()).toBe(9)
    await portal.close(page)
  })

  test('says beside the editor what is wrong, puts the cursor there, and keeps text and last result', async () => {
    const page = await open()
    await run(page, 'select 1 as eins')
    await page.waitForSelector('text=Ergebnis: 1 Zeile')
    await run(page, 'select *\nfrom cell\nwhere nichts = 1')
    await page.waitForSelector('#fault-abfrage')
    expect(await page.locator('#fault-abfrage').textContent()).toMatch(
      /nicht gibt.*Zeile 3, Spalte 7: DuckDB meldet: Referenced column "nichts"/s,
    )
    expect(await page.getAttribute('#abfrage', 'aria-invalid')).toBe('true')
    await page.click('text=Zur Stelle im Text')
    expect(await page.evaluate(() => (document.activeElement as HTMLTextAreaElement).selectionStart)).toBe(25)
    expect(await page.isVisible('text=Ergebnis der vorigen Abfrage: 1 Zeile')).toBe(true)
    expect(await axeFindings(page)).toEqual([])
    await run(page, `select * from read_csv('/etc/passwd')`)
    await page.waitForSelector('text=Diese Funktion gibt es hier nicht.')
    await portal.close(page)
  })

  test('a query can be stopped, and the next one runs', async () => {
    const page = await open()
    await run(page, 'with recursive t as (select 1 as n union all select n + 1 from t) select count(*) from t')
    await page.click('button:has-text("Abbrechen")')
    await page.waitForSelector('text=Die Abfrage ist abgebrochen.')
    await run(page, 'select 42 as antwort')
    await page.waitForSelector('td:has-text("42")')
    await portal.close(page)
  })

  test('is saved as CSV and Arrow, cut results say so', async () => {
    const page = await open()
    await run(page, 'select range as nummer from range(100001)')
    await page.waitForSelector('text=von mehr als 100.000 Zeilen')
    expect(await page.isVisible('text=Gezeigt werden die ersten 500 Zeilen')).toBe(true)
    expect(await page.locator('.sj-desk__table tbody tr').count()).toBe(500)
    await run(page, `select 1.5 as zahl, 'ä' as text`)
    await page.waitForSelector('text=Ergebnis: 1 Zeile')
    const [csv] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("CSV")')])
    expect(csv.suggestedFilename()).toBe('abfrage.csv')
    expect(await readFile((await csv.path())!, 'utf8')).toBe('\ufeffzahl;text\r\n1,5;ä\r\n')
    const [arrow] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("Arrow")')])
    expect(arrow.suggestedFilename()).toBe('abfrage.arrows')
    await portal.close(page)
  })

  test('keeps the last queries in this window alone', async () => {
    const page = await open()
    await run(page, 'select 1 as zuerst')
    await page.waitForSelector('th:has-text("zuerst")')
    await run(page, 'select 2 as danach')
    await page.waitForSelector('th:has-text("danach")')
    expect((await page.locator('section:has(#letzte) li').allTextContents()).map((text) => text.trim())).toEqual([
      'select 2 as danach',
      'select 1 as zuerst',
    ])
    await page.reload()
    await page.waitForSelector('#letzte')
    expect(await page.inputValue('#abfrage')).toBe('select 2 as danach')
    await page.click('button:has-text("select 1 as zuerst")')
    expect(await page.inputValue('#abfrage')).toBe('select 1 as zuerst')
    expect(await page.evaluate(() => localStorage.length)).toBe(0)
    await portal.close(page)
  })

  test('does not exist for others', async () => {
    for (const user of ['politik', 'finanzen.vg']) {
      const page = await portal.open(deskPath, { user })
      await page.waitForSelector('h1:has-text("Seite nicht gefunden")')
      expect(await page.locator('.sj-areas a').allTextContents()).not.toContain('Verwaltung')
      await portal.close(page)
    }
  })

  test('asks for signing in first and leads back', async () => {
    const page = await portal.open(deskPath)
    await page.waitForSelector('h1:has-text("Anmelden")')
    await portal.close(page)
  })
})

test('it has no barrier axe can find and no sideways scrolling', async () => {
  const page = await open({ width: 320 })
  await run(page, `select label, length(label) as zeichen, repeat('einlangeswort', 9) as viel from service_kind`)
  await page.waitForSelector('.sj-plot svg')
  expect(await barriers(page)).toEqual([])
  await portal.close(page)
})

test('the browser complained about nothing', () => {
  expect(portal.complaints).toEqual([])
})
