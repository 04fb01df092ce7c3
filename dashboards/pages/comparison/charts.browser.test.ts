import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { axeFindings, openPortal, type Portal, sidewaysOverflow } from '../../pages.fixture.ts'
import { comparisonPath } from '../../route.ts'

let portal: Portal
beforeAll(async () => {
  // large enough for shares that are not secret
  portal = await openPortal({ size: 0.25 })
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
}
const drawn = (page: Page) => page.waitForSelector('sj-chart-figure svg[role=img][aria-label]')
const parameter = (page: Page, name: string) => new URL(page.url()).searchParams.get(name)

describe.each(Object.entries(charts))('%s', (_, path) => {
  test.each([1440, 360])('is drawn at %i px with a name, without barriers and without sideways scrolling', async (width) => {
    const page = await portal.open(path, { user: 'politik', width })
    await drawn(page)
    expect(await page.locator('sj-chart-figure figcaption').textContent()).toMatch(/Quelle: .*Stand \d\d\.\d\d\.\d{4}/s)
    await page.click('sj-chart-figure .sj-twin summary')
    await page.waitForSelector('sj-chart-figure .sj-twin tbody td')
    expect(await axeFindings(page)).toEqual([])
    expect(await sidewaysOverflow(page)).toBe(0)
    await page.context().close()
  })
})

test('another drawing is chosen by a button and stands in the address only when chosen', async () => {
  const page = await portal.open(density, { user: 'politik' })
  await drawn(page)
  await page.click('.sj-switch button:has-text("Rangfolge")')
  await page.waitForSelector('sj-chart-figure h2:has-text("Median")')
  expect(parameter(page, 'chart')).toBe('dots')
  await page.click('.sj-switch button:has-text("Verlauf")')
  await page.waitForFunction(() => !new URLSearchParams(location.search).has('chart'))
  await page.context().close()
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
  await page.context().close()
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
  await page.context().close()
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
  await page.click('.sj-steps a')
  await page.waitForFunction(() => document.querySelectorAll('sj-chart-figure [data-id]').length === 401)
  expect(parameter(page, 'area')).toBe('de')
  await page.context().close()
})

test('a district is chosen by the pointer as well', async () => {
  const page = await portal.open(charts.map, { user: 'politik' })
  await drawn(page)
  await page.locator('sj-chart-figure [data-id="13071"]').click()
  await page.waitForFunction(() => new URLSearchParams(location.search).get('region') === '13071')
  await page.context().close()
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
  await page.context().close()
})

test('the browser complained about nothing', () => {
  expect(portal.complaints).toEqual([])
})
