import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Comparison } from '../../client.ts'
import { readPdf } from '../../../api/report/read.fixture.ts'
import { barriers, openPortal, type Portal } from '../../pages.fixture.ts'
import { comparisonPath } from '../../route.ts'

let portal: Portal
beforeAll(async () => {
  // large enough for shares that are not secret
  portal = await openPortal({ demonstration: 0.25 })
})
afterAll(() => portal?.stop())

const density = `${comparisonPath}?figure=case_density&month=2026-09`
const rate = `${comparisonPath}?figure=dropout_rate&month=2026-09`
const charts = {
  map: `${density}&chart=map`,
  dots: `${density}&chart=dots`,
  distribution: `${comparisonPath}?figure=rate_median&service_kind=s34&month=2026-09&chart=distribution`,
  funnel: `${rate}&chart=funnel`,
  multiples: `${density}&chart=multiples`,
  age_sex: `${comparisonPath}?figure=case_stock&month=2026-09&chart=age_sex`,
}
const drawn = (page: Page) => page.waitForSelector('sj-chart-figure svg[role=img][aria-label]')
const parameter = (page: Page, name: string) => new URL(page.url()).searchParams.get(name)

test.each(Object.entries(charts))('%s is drawn with a name, without barriers and without sideways scrolling', async (_, path) => {
  const page = await portal.open(path, { user: 'politik', width: 320 })
  await drawn(page)
  expect(await page.locator('sj-chart-figure figcaption').textContent()).toMatch(/Quelle: .*Stand \d\d\.\d\d\.\d{4}/s)
  await page.click('sj-chart-figure .sj-twin summary')
  await page.waitForSelector('sj-chart-figure .sj-twin tbody td')
  expect(await barriers(page)).toEqual([])
  await portal.close(page)
})

test('another drawing is chosen by a button and stands in the address only when chosen', async () => {
  const page = await portal.open(density, { user: 'politik' })
  await drawn(page)
  await page.click('.sj-switch button:has-text("Rangfolge")')
  await page.waitForSelector('sj-chart-figure h2:has-text("Median")')
  expect(parameter(page, 'chart')).toBe('dots')
  await page.click('.sj-switch button:has-text("Verlauf")')
  await page.waitForFunction(() => !new URLSearchParams(location.search).has('chart'))
  await portal.close(page)
})

test('counts are not mapped, and the density is one step away', async () => {
  const page = await portal.open(`${comparisonPath}?month=2026-09&chart=map`, { user: 'politik' })
  await page.click('sj-chart-figure a:has-text("Falldichte")')
  await drawn(page)
  expect(parameter(page, 'figure')).toBe('case_density')
  expect(parameter(page, 'chart')).toBe('map')
  expect(await page.locator('sj-chart-figure figcaption').textContent()).toContain(
    '© GeoBasis-DE / BKG 2019, dl-de/by-2-0, Daten verändert',
  )
  await portal.close(page)
})

test('a district is chosen by keyboard, and the focus stays on it', async () => {
  const page = await portal.open(charts.map, { user: 'politik' })
  await drawn(page)
  await page.locator('sj-chart-figure [data-target][tabindex="0"]').focus()
  await page.keyboard.press('ArrowLeft')
  const reached = await page.evaluate(() => (document.activeElement as HTMLElement).dataset['target'])
  await page.keyboard.press('Enter')
  await page.waitForFunction((id) => new URLSearchParams(location.search).get('region') === id, reached)
  await page.waitForSelector(`[data-target="${reached}"][aria-pressed=true]`)
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset['target'])).toBe(reached)
  await portal.close(page)
})

test('from Germany a district leads to its state, and a link leads back up', async () => {
  const page = await portal.open(`${density}&area=de&chart=map`, { user: 'politik' })
  page.setDefaultTimeout(40_000)
  await page.waitForFunction(() => document.querySelectorAll('sj-chart-figure [data-id]').length === 401)
  await page.locator('[data-target="13073"]').focus()
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelectorAll('sj-chart-figure [data-id]').length === 8)
  expect([parameter(page, 'area'), parameter(page, 'region')]).toEqual(['MV', '13073'])
  expect(await page.locator('.sj-steps li').allTextContents()).toEqual(['Deutschland', 'Mecklenburg-Vorpommern', 'Vorpommern-Rügen'])
  await page.waitForFunction(() => (document.activeElement as HTMLElement).dataset['target'] === '13073')
  await page.focus('.sj-steps a')
  await page.keyboard.press('Enter')
  await page.waitForFunction(() => document.querySelectorAll('sj-chart-figure [data-id]').length === 401)
  await page.waitForFunction(() => (document.activeElement as HTMLElement).hasAttribute('data-target'))
  expect(parameter(page, 'area')).toBe('de')
  await portal.close(page)
})

test('a district is chosen by the pointer as well', async () => {
  const page = await portal.open(charts.map, { user: 'politik' })
  await drawn(page)
  await page.locator('sj-chart-figure [data-id="13071"]').click()
  await page.waitForFunction(() => new URLSearchParams(location.search).get('region') === '13071')
  await portal.close(page)
})

test('a saved drawing says what it is and whose map it shows, without variables', async () => {
  const page = await portal.open(charts.map, { user: 'politik' })
  await drawn(page)
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('sj-chart-figure button:has-text("SVG")')])
  expect(download.suggestedFilename()).toBe('case_density_2026-09_map.svg')
  const svg = await readFile(await download.path(), 'utf8')
  expect(svg).toContain('GeoBasis-DE')
  expect(svg).toContain('Falldichte von')
  expect(svg).not.toContain('var(')
  const [picture] = await Promise.all([page.waitForEvent('download'), page.click('sj-chart-figure button:has-text("PNG")')])
  expect((await readFile(await picture.path())).subarray(1, 4).toString()).toBe('PNG')
  await page.click('summary:has(.kern-icon--download)')
  const [report] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("PDF-Bericht")')])
  expect((await readPdf(await readFile(await report.path()))).pages[1]).toContain('GeoBasis-DE')
  await page.goto(portal.url + charts.distribution)
  await page.click('summary:has(.kern-icon--download)')
  const [table] = await Promise.all([page.waitForEvent('download'), page.click('button:has-text("Verteilung (Excel)")')])
  expect(table.suggestedFilename()).toBe('verteilung_rate_median_2026-09_mv.xlsx')
  await portal.close(page)
})

/** Presses a key until the focus is on what is wanted; at every step it comes into view and can be seen. */
const walk = async (page: Page, key: 'Tab' | 'Shift+Tab', wanted: string) => {
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement as HTMLElement
      const { outlineStyle, outlineWidth } = getComputedStyle(element)
      const { top, bottom, width } = element.getBoundingClientRect()
      const outlined = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
      return { name: element.outerHTML.slice(0, 120), seen: outlined && width > 0 && bottom > 0 && top < innerHeight }
    })
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press(key)
    await expect.poll(focused).toEqual({ name: expect.any(String), seen: true })
    if (await page.evaluate((selector) => document.activeElement!.matches(selector), wanted)) return
  }
  throw new Error(`${key} never reaches ${wanted}`)
}

test('without a mouse: sign in, find the region with the highest dropout rate, see why, save it', async () => {
  const page = await portal.open('/')
  await page.waitForSelector('#state option[value=MV]', { state: 'attached' })
  await walk(page, 'Tab', '#state')
  await page.keyboard.type('Meck')
  await walk(page, 'Tab', '#user_name')
  await page.keyboard.type('politik')
  await walk(page, 'Tab', '#password')
  await page.keyboard.type('sojus-demo')
  await walk(page, 'Tab', '#pledge')
  await page.keyboard.press('Space')
  await walk(page, 'Tab', '#anmelden')
  await page.keyboard.press('Enter')
  await page.waitForSelector('.sj-figures .sj-spark')
  await walk(page, 'Tab', `a[href="${comparisonPath}"]`)
  await page.keyboard.press('Enter')
  await page.waitForSelector('.sj-compare .sj-cell')

  await walk(page, 'Tab', '#filter-figure')
  await page.keyboard.type('Abbruchq')
  await page.waitForSelector('h2:has-text("Abbruchquote aller Hilfearten")')
  await walk(page, 'Tab', '#filter-month')
  await page.keyboard.press('ArrowDown')
  await page.waitForSelector('h2:has-text("im September 2026")')
  await walk(page, 'Tab', '.sj-c-current .sj-sort')
  await page.keyboard.press('Enter')
  await page.waitForSelector('th.sj-c-current[aria-sort=descending]')

  const { rows } = (await portal.ask('politik', '/api/comparison?figure=dropout_rate&month=2026-09')) as Comparison
  const top = rows.toSorted((a, b) => (b.current ?? -1) - (a.current ?? -1))[0]!
  await walk(page, 'Tab', '.sj-cell')
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Enter')
  await page.waitForFunction((key) => new URLSearchParams(location.search).get('cell') === key, `${top.id}-current`)
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).dataset['cell'])).toBe(`${top.id}-current`)
  await page.waitForSelector(`.sj-explain__cell:has-text("${top.region}, ")`)
  const [value] = (await page.locator('.sj-explain__cell b').textContent())!.match(/[\d,]+/)!
  expect(Number(value!.replace(',', '.'))).toBeCloseTo(100 * top.current!, 0)
  const [, ended, all] = /Zähler\s+(\d+).*Nenner\s+(\d+)/s.exec((await page.locator('sj-figure-rail').textContent())!)!
  expect(Number(ended) / Number(all)).toBeCloseTo(top.current!, 3)

  await walk(page, 'Shift+Tab', 'summary:has(.kern-icon--download)')
  await page.keyboard.press('Enter')
  while (!(await page.evaluate(() => document.activeElement!.textContent!.includes('CSV')))) await walk(page, 'Tab', '.sj-menu button')
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
  expect(download.suggestedFilename()).toBe('dropout_rate_2026-09_mv.csv')
  const lines = (await readFile(await download.path(), 'utf8')).split('\r\n').map((line) => line.split(';'))
  const [region, current] = ['region', 'current'].map((name) => lines[0]!.findIndex((head) => head.endsWith(name)))
  expect(lines.find((line) => line[region!] === top.region)![current!]).toBe(String(top.current).replace('.', ','))
  await portal.close(page)
})

test('the browser complained about nothing', () => {
  expect(portal.complaints).toEqual([])
})
