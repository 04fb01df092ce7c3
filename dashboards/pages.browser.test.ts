import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Comparison, Unusual } from './client.ts'
import { axeFindings, barriers, openPortal, type Portal, sidewaysOverflow } from './pages.fixture.ts'
import {
  cataloguePath,
  comparisonGroupsPath,
  comparisonPath,
  dataAccessPath,
  evaluationPath,
  pages,
  publishedPath,
  rankingPath,
  sideBySidePath,
} from './route.ts'

let portal: Portal
beforeAll(async () => {
  portal = await openPortal({ demonstration: 0.05, past: true })
})
afterAll(() => portal?.stop())

const regions = ['VG', 'LHSN', 'LUP', 'NWM', 'HRO', 'LRO', 'VR', 'MSE']
const shownRegions = (page: Page) => page.locator('.sj-compare tbody .sj-region b').allTextContents()
const tableShown = (page: Page) => page.waitForSelector('.sj-compare .sj-cell')
const cell = (page: Page, key: string) => page.locator(`[data-cell="${key}"]`)
const vg = '13075'
const valueOf = async (page: Page, key: string) => Number((await cell(page, key).textContent())!.replace('.', ''))

const fillForm = async (page: Page, { password = 'sojus-demo' } = {}) => {
  await page.selectOption('#state', 'MV')
  await page.fill('#user_name', 'politik')
  await page.fill('#password', password)
  await page.check('#pledge')
}

describe('signing in', () => {
  test('is asked for first, says what is missing, and leads back to the same address', async () => {
    const page = await portal.open(`${comparisonPath}?figure=away_bookings`)
    await page.click('#anmelden')
    expect(await page.locator('.sj-summary li').allTextContents()).toHaveLength(4)
    expect(await page.evaluate(() => document.activeElement?.className)).toContain('sj-summary')
    expect(await page.locator('#fault-pledge').textContent()).toContain('Verpflichtung')
    await fillForm(page)
    await page.click('#anmelden')
    await page.waitForSelector('h2:has-text("Auswärtige Buchungen aller Hilfearten")')
    expect(page.url()).toContain('figure=away_bookings')
    await portal.close(page)
  })

  test('a wrong password is told in words and loses nothing else', async () => {
    const page = await portal.open('/')
    await page.waitForSelector('#state option[value=MV]', { state: 'attached' })
    await fillForm(page, { password: 'falsch' })
    await page.click('#anmelden')
    await page.waitForSelector('.sj-summary')
    expect(await page.locator('.sj-summary').textContent()).toContain('Die Anmeldung ist nicht möglich')
    expect(await page.inputValue('#user_name')).toBe('politik')
    expect(await page.isChecked('#pledge')).toBe(true)
    await portal.close(page)
  })

  test('a demonstration account fills the form', async () => {
    const page = await portal.open('/')
    await page.click('.sj-accounts button:has-text("controlling.vg")')
    expect(await page.inputValue('#user_name')).toBe('controlling.vg')
    await page.check('#pledge')
    await page.click('#anmelden')
    await page.waitForSelector('h1:has-text("Vorpommern-Greifswald im September 2026")')
    await portal.close(page)
  })

  test('a session lost on the way is taken up again where it was', async () => {
    const page = await portal.open(`${comparisonPath}?service_kind=s34`, { user: 'politik', anew: true })
    await tableShown(page)
    await page.evaluate(() => fetch('/api/session', { method: 'DELETE' }))
    await page.selectOption('#filter-figure', 'case_stock')
    await page.waitForSelector('text=Ihre Sitzung ist beendet')
    await fillForm(page)
    await page.click('#anmelden')
    await page.waitForSelector('h2:has-text("Bestand am Monatsende für § 34")')
    expect(new URL(page.url()).search).toBe('?figure=case_stock&service_kind=s34')
    await portal.close(page)
  })

  test('who goes elsewhere before signing in again, is there', async () => {
    const page = await portal.open(comparisonPath, { user: 'politik', anew: true })
    await tableShown(page)
    await page.evaluate(() => fetch('/api/session', { method: 'DELETE' }))
    await page.selectOption('#filter-figure', 'case_stock')
    await page.waitForSelector('text=Ihre Sitzung ist beendet')
    await page.click('a.sj-brand')
    await page.waitForURL((url) => url.pathname === '/')
    await fillForm(page)
    await page.click('#anmelden')
    await page.waitForSelector('sj-overview-page h1')
    expect(await page.locator('sj-comparison-page').count()).toBe(0)
    await portal.close(page)
  })

  test('the own password is changed, and what is wrong is told at its field', async () => {
    const page = await portal.open('/passwort', { user: 'landesjugendamt', anew: true })
    const change = async (current: string, wanted: string) => {
      await page.fill('#current_password', current)
      await page.fill('#new_password', wanted)
      await page.fill('#repeated_password', wanted)
      await page.click('button:has-text("Passwort ändern")')
    }
    await change('falsch', 'kurz')
    await page.waitForSelector('#fault-new_password')
    await change('falsch', 'ein längeres Kennwort')
    await page.waitForSelector('#fault-current_password')
    expect(await page.evaluate(() => document.activeElement?.className)).toContain('sj-summary')
    await change('sojus-demo', 'ein längeres Kennwort')
    await page.waitForSelector('[role=status]:has-text("Das Passwort ist geändert")')
    expect([await page.inputValue('#new_password'), await page.locator('.kern-error').count()]).toEqual(['', 0])
    await portal.close(page)
  })

  test('leaving ends the session', async () => {
    const page = await portal.open(cataloguePath, { user: 'politik', anew: true })
    await page.click('button:has-text("Exit")')
    await page.waitForSelector('h1:has-text("Anmelden")')
    await page.reload()
    await page.waitForSelector('h1:has-text("Anmelden")')
    await portal.close(page)
  })
})

describe('the frame', () => {
  test('offers only areas that lead somewhere, and says who is signed in', async () => {
    const page = await portal.open('/', { user: 'controlling.vg' })
    await page.waitForSelector('.sj-areas')
    expect(await page.locator('.sj-areas a').allTextContents()).toEqual(['Basics', 'Verwaltung'])
    expect(await page.locator('.sj-account').textContent()).toMatch(/Angemeldet als\s+controlling.vg, Vorpommern-Greifswald/)
    expect(await page.locator('.sj-strip__demo').textContent()).toContain('Demonstrationsdaten')
    await portal.close(page)
  })

  test('closing leads one step up without reloading, and the heading is focused', async () => {
    const page = await portal.open(comparisonPath, { user: 'politik' })
    await tableShown(page)
    await page.evaluate(() => Object.assign(window, { notReloaded: true }))
    await page.click('text=Schließen')
    await page.waitForSelector('h1:has-text("Schnellauswertung")')
    expect(await page.evaluate(() => 'notReloaded' in window)).toBe(true)
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1')
    expect(await page.title()).toBe('Schnellauswertung – SoJuS')
    await portal.close(page)
  })

  test('an unknown address says so', async () => {
    const page = await portal.open('/gibt/es/nicht', { user: 'politik' })
    await page.waitForSelector('h1:has-text("Seite nicht gefunden")')
    await portal.close(page)
  })
})

describe('the overview', () => {
  test('shows politics the land, and what is unusual in it with the reason and a way to its comparison', async () => {
    const page = await portal.open('/', { user: 'politik' })
    await page.waitForSelector('h1:has-text("Mecklenburg-Vorpommern im September 2026")')
    const { rows, found } = (await portal.ask('politik', '/api/unusual')) as Unusual
    expect(found).toBeGreaterThan(0)
    expect(await page.locator('.sj-lead').textContent()).toMatch(found === 1 ? /Wert ist auffällig\./ : /Werte sind auffällig\./)
    const texts = await page.locator('.sj-notable__reason').allTextContents()
    expect(texts).toHaveLength(rows.length)
    for (const [index, { name }] of rows.entries()) expect(texts[index]).toMatch(new RegExp(`^${name} liegt .*\\. Grund: .+\\.$`))
    for (const text of await page.locator('.sj-notable__line.sj-meta').allTextContents()) expect(text).toMatch(/üblich .*\d/)
    await page.locator('.sj-notable li a').first().click()
    await tableShown(page)
    const { figure, id } = rows[0]!
    expect(page.url()).toContain(`figure=${figure}`)
    expect(page.url()).toContain(`month=2026-09&region=${id}`)
    expect(await page.locator(`.sj-compare tbody tr:has([data-cell="${id}-current"]) .sj-region`).getAttribute('aria-pressed')).toBe('true')
    await portal.close(page)
  })

  test('shows an authority its own figures first, beside those of the land', async () => {
    const page = await portal.open('/', { user: 'controlling.vg' })
    await page.waitForSelector('.sj-figures .sj-spark')
    expect((await page.locator('.sj-figures thead th').allTextContents()).slice(0, 3)).toEqual(['Kennzahl', 'VG', 'Land'])
    const { rows, total } = (await portal.ask('controlling.vg', '/api/comparison?figure=case_count&month=2026-09')) as Comparison
    const first = page.locator('.sj-figures tbody tr').first()
    const shown = async (column: string) => Number((await first.locator(column).textContent())!.replace('.', ''))
    expect(await shown('.sj-value')).toBe(rows.find(({ region }) => region === 'VG')!.current)
    expect(await shown('.sj-land')).toBe(total.current)
    expect(await page.locator('#auffaellig').textContent()).toBe('Auffällig im Land')
    await portal.close(page)
  })

  test('tells a provider first what waits for an answer and which places are free, then the figures of the land', async () => {
    const { items } = (await portal.ask('anbieter.1', '/service/own-offers')) as { items: { facility_id: string; capacity: number; free_places: number }[] } // prettier-ignore
    const page = await portal.open('/', { user: 'anbieter.1', width: 360 })
    await page.waitForSelector('.sj-matters__places tfoot')
    await page.waitForSelector('.sj-figures .sj-spark')
    expect((await page.locator('h1, .sj-matters h2, .sj-title h2').allTextContents()).slice(1, 3)).toEqual([
      'Offene Anfragen',
      'Plätze heute',
    ])
    expect(await page.locator('.sj-matters__places tbody tr').count()).toBe(new Set(items.map(({ facility_id }) => facility_id)).size)
    const sum = (await page.locator('.sj-matters__places tfoot td').allTextContents()).slice(0, 2).map((text) => Number(text.replace('.', ''))) // prettier-ignore
    expect(sum).toEqual([
      items.reduce((all, { free_places }) => all + free_places, 0),
      items.reduce((all, { capacity }) => all + capacity, 0),
    ])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    expect(await axeFindings(page)).toEqual([])
    await portal.close(page)
  })

  test('tells a caseworker first what is due next of the own helps, then the figures', async () => {
    const page = await portal.open('/', { user: 'fall.vg', width: 360 })
    await page.waitForSelector('.sj-matters[aria-busy=false]')
    await page.waitForSelector('.sj-figures .sj-spark')
    expect((await page.locator('h1, .sj-matters h2').allTextContents()).slice(0, 3)).toEqual([
      'Was ansteht',
      'Meine nächsten Fristen',
      'Beratungen und Zuständigkeit',
    ])
    const days = await page.locator('[aria-labelledby=fristen] li b').allTextContents()
    expect(days).toHaveLength(6)
    const sortable = days.map((text) => /(\d\d)\.(\d\d)\.(\d{4})$/.exec(text)!.slice(1).toReversed().join('-'))
    expect(sortable).toEqual(sortable.toSorted())
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
    expect(await axeFindings(page)).toEqual([])
    const all = page.locator('[aria-labelledby=fristen] p a').first()
    const [count] = /\d+/.exec((await all.textContent())!)!
    await all.click()
    await page.waitForSelector(`.sj-manager__pager:has-text("von ${count}")`)
    await portal.close(page)
  })

  test('leads who works on cases or offers to the pages first', async () => {
    for (const [user, first] of [
      ['fall.vg', 'Schnellauswertung'],
      ['anbieter.1', 'Schnellauswertung'],
      ['politik', 'Auffällig'],
    ] as const) {
      const page = await portal.open('/', { user })
      await page.waitForSelector('.sj-figures .sj-spark')
      expect([user, await page.locator('.sj-overview__rail h2').first().textContent()]).toEqual([user, first])
      await portal.close(page)
    }
  })
})

describe('the comparison', () => {
  test('shows the authorities of the land, Summe and the weighted average under the five columns', async () => {
    const page = await portal.open(comparisonPath, { user: 'politik' })
    await tableShown(page)
    expect(await shownRegions(page)).toEqual(regions)
    expect((await page.locator('.sj-compare tfoot th').allTextContents()).map((text) => text.trim())).toEqual([
      'Summe',
      'EW-gewichteter Durchschnitt',
    ])
    expect(await page.locator('.sj-compare thead .sj-long').allTextContents()).toEqual([
      'Aktueller Monat',
      'Vormonat',
      'Monatsdurchschnitt im Jahr',
      'Monatsdurchschnitt im Vorjahr',
      'Veränderung in\u00a0%',
    ])
    const sum = await Promise.all(regions.map((_, index) => page.locator('.sj-compare tbody .sj-c-current').nth(index).textContent()))
    const total = await valueOf(page, 'total-current')
    expect(sum.reduce((all, text) => all + Number(text!.replace('.', '')), 0)).toBe(total)
    expect(await page.locator('.sj-compare .sj-spark').count()).toBe(10)
    await page.waitForSelector('.sj-plot svg[role=img]')
    await portal.close(page)
  })

  test('writes what is chosen into the address and takes it back with the back button', async () => {
    const page = await portal.open(comparisonPath, { user: 'politik' })
    await tableShown(page)
    await page.selectOption('#filter-service_kind', 's34')
    await page.waitForSelector('h2:has-text("für § 34")')
    await page.selectOption('#filter-month', '2026-09')
    await page.waitForSelector('h2:has-text("im September 2026")')
    expect(new URL(page.url()).search).toBe('?service_kind=s34&month=2026-09')
    await page.goBack()
    await page.waitForSelector('h2:has-text("im Oktober 2026")')
    expect(await page.inputValue('#filter-month')).toBe('2026-10')
    await page.click('text=Zurücksetzen')
    await page.waitForSelector('h2:has-text("aller Hilfearten")')
    expect(new URL(page.url()).search).toBe('')
    await portal.close(page)
  })

  test('two choices at once are both kept', async () => {
    const page = await portal.open(comparisonPath, { user: 'politik' })
    await tableShown(page)
    await page.evaluate(() => {
      for (const [id, value] of Object.entries({ 'filter-service_kind': 's34', 'filter-month': '2026-09' })) {
        const select = document.getElementById(id) as HTMLSelectElement
        select.value = value
        select.dispatchEvent(new Event('change'))
      }
    })
    await page.waitForSelector('h2:has-text("für § 34"):has-text("im September 2026")')
    expect(new URL(page.url()).search).toBe('?service_kind=s34&month=2026-09')
    await portal.close(page)
  })

  test('sorts by a column, tells the order, and keeps it in the address', async () => {
    const page = await portal.open(comparisonPath, { user: 'politik' })
    await tableShown(page)
    await page.click('.sj-compare thead .sj-c-current .sj-sort')
    await page.waitForSelector('th.sj-c-current[aria-sort=descending]')
    const values = await page.locator('.sj-compare tbody .sj-c-current .sj-cell').allTextContents()
    const numbers = values.map((text) => Number(text.replace('.', '')))
    expect(numbers).toEqual(numbers.toSorted((a, b) => b - a))
    expect(page.url()).toContain('sort=-current')
    await portal.close(page)
  })

  test('explains the value reached by keyboard', async () => {
    const page = await portal.open(comparisonPath, { user: 'controlling.vg' })
    await tableShown(page)
    await cell(page, `${vg}-current`).focus()
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', 'Enter']) await page.keyboard.press(key)
    await page.waitForFunction(() => document.querySelector('.sj-explain__cell')?.textContent?.includes('LHSN, Durchschnitt Januar bis'))
    expect(await page.locator('.sj-explain dt').allTextContents()).toContain('EW-gewichtet')
    expect(page.url()).toContain('cell=13004-year_average')
    await portal.close(page)
  })

  test('shows the cells behind a value, its bookings, and leads back to it', async () => {
    const page = await portal.open(`${comparisonPath}?figure=case_stock&month=2026-09&cell=${vg}-year_average`, { user: 'controlling.vg' })
    await tableShown(page)
    await page.click('sj-value-cells summary')
    await page.waitForSelector('sj-value-cells tbody td')
    expect(await page.locator('sj-value-cells tbody th').allTextContents()).toHaveLength(10)
    expect(await axeFindings(page)).toEqual([])
    const [address] = await page
      .locator('.sj-explain__ways a:has-text("Link zu dieser Zahl")')
      .evaluateAll((links) => links.map((a) => a.getAttribute('href')))
    expect(address).toContain(`area=MV&cell=${vg}-year_average`)
    const value = await valueOf(page, `${vg}-current`)
    await page.click('sj-value-cells a:has-text("Sep. 2026")')
    await page.waitForSelector('.sj-lines tbody td')
    expect(await page.locator('.sj-answer p').textContent()).toContain(`${value} Buchungen zählen`)
    const rows = page.locator('.sj-lines tbody tr')
    if (value > 50) {
      await page.click('button:has-text("Weitere zeigen")')
      await page.waitForFunction(() => document.querySelectorAll('.sj-lines tbody tr').length > 50)
    }
    expect(await rows.count()).toBe(Math.min(value, 100))
    expect(await axeFindings(page)).toEqual([])
    await page.setViewportSize({ width: 360, height: 900 })
    expect(await sidewaysOverflow(page)).toBe(0)
    const rate = page.locator('.sj-lines tbody td.sj-num:last-child').first()
    expect((await rate.boundingBox())!.x).toBeLessThan(200)
    await page.click('a:has-text("Zur Zahl")')
    await tableShown(page)
    expect(new URL(page.url()).searchParams.get('cell')).toBe(`${vg}-current`)
    await page.context().close()
    const other = await portal.open(comparisonPath, { user: 'politik' })
    await tableShown(other)
    await cell(other, `${vg}-current`).click()
    await other.waitForSelector(`[data-cell="${vg}-current"][aria-current=true]`)
    await other.waitForSelector('.sj-explain__ways a:has-text("Link zu dieser Zahl")')
    expect(await other.locator('a:has-text("Buchungen hinter der Zahl")').count()).toBe(0)
    await other.context().close()
  })

  test('lists payments and bookings in the order chosen, by provider and value, as they are and as they were, and as files', async () => {
    const page = await portal.open(`${comparisonPath}?figure=payments&month=2026-09&cell=${vg}-current`, { user: 'controlling.vg' })
    await tableShown(page)
    const toldIn = async (key: string) => /^[\d.]+,\d\d/.exec((await cell(page, key).textContent())!.trim())![0]
    const paid = await toldIn(`${vg}-current`)
    expect(await page.locator('.sj-explain__ways').textContent()).toContain('zeigt immer den neuesten Stand')
    await page.click('a:has-text("Zahlungen hinter der Zahl")')
    await page.waitForSelector('.sj-lines tbody td')
    expect((await page.locator('.sj-answer p').textContent())!).toContain(`zusammen ${paid}`)
    await page.click('.sj-lines .sj-sort:has-text("Betrag")')
    await page.waitForSelector('th[aria-sort=descending]:has-text("Betrag")')
    expect(new URL(page.url()).searchParams.get('sort')).toBe('-amount')
    const amounts = await page.locator('.sj-lines tbody td:last-child').allTextContents()
    const cents = amounts.map((text) => Number(text.replaceAll(/[^\d,]/g, '').replace(',', '')))
    expect(cents).toEqual(cents.toSorted((a, b) => b - a))
    await page.click('summary:has-text("Nach Anbieter")')
    expect(await page.locator('.sj-lines__sums[open] tbody tr').count()).toBeGreaterThan(1)
    expect(await axeFindings(page)).toEqual([])
    for (const [label, name] of [
      ['Excel', 'auszahlungen_payments_2026-09_13075.xlsx'],
      ['CSV', 'auszahlungen_payments_2026-09_13075.csv'],
    ]) {
      if (!(await page.isVisible('.sj-menu__body'))) await page.click('summary:has-text("Herunterladen")')
      const [file] = await Promise.all([page.waitForEvent('download'), page.click(`.sj-menu__body button:has-text("${label}")`)])
      expect(file.suggestedFilename()).toBe(name)
    }

    await page.goto(`${portal.url}${comparisonPath}?figure=rate_median&service_kind=s34&month=2026-09&cell=${vg}-current`)
    await tableShown(page)
    const median = await toldIn(`${vg}-current`)
    await page.click('sj-value-cells summary')
    await page.waitForSelector('sj-value-cells p:has-text("Der Größe nach geordnet")')
    await page.click('a:has-text("Wie viele Buchungen welchen Wert haben")')
    await page.waitForSelector('summary:has-text("Nach Entgelt")')
    const said = (await page.locator('p:has-text("Der Größe nach geordnet")').textContent())!
    expect(said.includes(median) || said.includes('ihr Mittel')).toBe(true)
    await page.goto(`${portal.url}${comparisonPath}?figure=rate_median&service_kind=s34&month=2026-09&cell=13003-current`)
    await tableShown(page)
    await page.click('sj-value-cells summary')
    await page.waitForSelector('sj-value-cells td')
    expect(await page.locator('sj-value-cells tbody tr').last().textContent()).toContain('größtes')
    expect(await page.locator('.sj-explain__ways a:has-text("hinter der Zahl")').count()).toBe(0)
    await page.goto(`${portal.url}${comparisonPath}?figure=reservations&month=2026-09&cell=${vg}-current`)
    await page.waitForSelector('.sj-explain__ways:has-text("sieht, wer Fälle führt oder abrechnet")')
    await portal.close(page)
  })

  test('a figure without specialisations says that it makes no sense', async () => {
    const page = await portal.open(`${comparisonPath}?figure=budget&specialisation=traumapaedagogik`, { user: 'politik' })
    await page.waitForSelector('text=gibt es nicht je Spezialisierung')
    expect((await cell(page, `${vg}-current`).textContent())!.trim()).toBe('xnicht sinnvoll')
    await page.click('text=Alle Spezialisierungen zeigen')
    await page.waitForFunction(() => document.querySelector('[data-cell="13075-current"]')?.textContent?.includes(','))
    await portal.close(page)
  })

  test('a committed booking changes the open page without reload, is marked and told', async () => {
    const page = await portal.open(`${comparisonPath}?service_kind=s34&month=2026-10`, { user: 'controlling.vg' })
    await tableShown(page)
    const before = await valueOf(page, `${vg}-current`)
    const client = { given_name: 'Mika', family_name: 'Muster', birth_date: '2012-04-01', sex: 'm' }
    const { id: client_id } = await portal.ask('fall.vg', '/service/clients', client)
    const { id: case_id } = await portal.ask('fall.vg', '/service/cases', { client_id, case_number: 'VG-LIVE-1', begin_on: '2026-10-01' })
    const booking = { case_id, away: true, service_kind: 's34', rate_cents: 15000, first_day: '2026-10-12', last_day: '2027-03-31' }
    await portal.ask('fall.vg', '/service/bookings', booking)
    await page.waitForSelector(`[data-cell="${vg}-current"].sj-changed`)
    expect(await valueOf(page, `${vg}-current`)).toBe(before + 1)
    expect(await page.locator('.sj-live').textContent()).toBe(`VG: ${before} → ${before + 1}`)
    await portal.close(page)
  })

  test('a failing service says what is lost (nothing), the last Stand, and tries again', async () => {
    const page = await portal.open(comparisonPath, { user: 'politik' })
    await tableShown(page)
    await page.route('**/api/comparison?**', (route) => route.abort())
    await page.selectOption('#filter-figure', 'dropouts')
    await page.waitForSelector('.kern-alert--danger')
    expect(await page.locator('.kern-alert--danger').textContent()).toMatch(/Auswahl bleibt erhalten.*\d\d:\d\d:\d\d/s)
    await page.unroute('**/api/comparison?**')
    await page.click('text=Erneut versuchen')
    await page.waitForSelector('h2:has-text("Abbrüche aller Hilfearten")')
    await tableShown(page)
    await portal.close(page)
  })

  test('as of the end of a month: its last month, what has changed since by its effect, and back to now', async () => {
    const page = await portal.open(`${comparisonPath}?figure=case_count`, { user: 'politik' })
    await tableShown(page)
    const ends = await page.locator('#filter-as_of option').allTextContents()
    expect(ends.map((text) => text.trim()).slice(0, 2)).toEqual(['Aktuell', 'Ende September 2026 (30.09.2026)'])
    await page.selectOption('#filter-as_of', '2026-09')
    await page.waitForSelector('h2:has-text("im September 2026")')
    await tableShown(page)
    expect(await page.locator('.sj-notice').textContent()).toContain(
      'Stand Ende September 2026 (30.09.2026). Diese Werte ändern sich nicht mehr.',
    )
    expect((await page.locator('#filter-month option').first().textContent())!.trim()).toBe('September 2026')
    const then = (await portal.ask('politik', '/api/comparison?figure=case_count&month=2026-09&as_of=2026-09')) as Comparison
    const now = (await portal.ask('politik', '/api/comparison?figure=case_count&month=2026-09')) as Comparison
    expect(await valueOf(page, `${vg}-current`)).toBe(then.rows.find(({ id }) => id === vg)!.current)
    // what was entered afterwards
    expect(now.total.current!).toBeGreaterThan(then.total.current!)
    const change = page.locator('.sj-later tr', { hasText: 'Summe' }).first()
    expect((await change.locator('td').last().textContent())!.trim()).toBe(`+${now.total.current! - then.total.current!}`)
    await page.click('text=Aktuelle Werte zeigen')
    await page.waitForSelector('h2:has-text("im Oktober 2026")')
    await portal.close(page)
  })

  test('an address of a state that is not there says so, and leads to the values of now', async () => {
    const page = await portal.open(`${comparisonPath}?figure=case_count&as_of=00000000-0000-7000-8000-000000000000`, { user: 'politik' })
    await page.waitForSelector('.kern-alert--danger')
    expect(await page.locator('.kern-alert--danger').textContent()).toContain('Diesen Stand gibt es nicht.')
    expect(await page.locator('.sj-notice').textContent()).not.toContain('ändern sich nicht')
    await page.click('text=Aktuelle Werte zeigen')
    await tableShown(page)
    await portal.close(page)
  })

  test('is saved in every form, by keyboard alone', async () => {
    const page = await portal.open(comparisonPath, { user: 'politik' })
    await tableShown(page)
    await page.focus('summary:has-text("Herunterladen")')
    await page.keyboard.press('Enter')
    for (const extension of ['pdf', 'xlsx', 'csv', 'parquet', 'arrows']) {
      await page.keyboard.press('Tab')
      const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
      expect(download.suggestedFilename()).toBe(`case_count_2026-10_mv.${extension}`)
      await page.waitForSelector('.sj-menu__said:has-text("ist gespeichert")')
    }
    expect(await axeFindings(page)).toEqual([])
    await page.keyboard.press('Escape')
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('SUMMARY')
    await portal.close(page)
  })

  test('tells that a file is being prepared, and why it could not be', async () => {
    const page = await portal.open(comparisonPath, { user: 'politik' })
    await tableShown(page)
    await page.click('summary:has-text("Herunterladen")')
    let fail = () => {}
    const held = new Promise<void>((resolve) => (fail = resolve))
    await page.route('**/api/comparison?**', async (route) => {
      if (route.request().headers()['accept'] !== 'application/pdf') return route.continue()
      await held
      return route.abort()
    })
    await page.click('button:has-text("PDF-Bericht")')
    await page.waitForSelector('.sj-menu__said:has-text("PDF-Bericht wird vorbereitet")')
    expect(await page.locator('button[aria-busy=true]').textContent()).toContain('PDF-Bericht')
    fail()
    await page.waitForSelector('.sj-menu__said:has-text("PDF-Bericht ließ sich nicht vorbereiten: Der Dienst ist nicht erreichbar.")')
    await portal.close(page)
  })
})

describe('a kept comparison', () => {
  test('shows the numbers of then and what has changed since, by keyboard alone', async () => {
    const page = await portal.open(`${comparisonPath}?service_kind=s34&month=2026-10`, { user: 'controlling.vg' })
    await tableShown(page)
    const before = await cell(page, 'total-current').textContent()
    await page.focus('sj-publish-view button')
    await page.keyboard.press('Enter')
    await page.waitForSelector('dialog[open]')
    await page.fill('dialog #title', 'x')
    await page.keyboard.press('Enter')
    await page.waitForSelector('dialog .sj-summary')
    expect(await page.locator('dialog .sj-summary').textContent()).toContain('mindestens 3 Zeichen')
    await page.fill('dialog #title', 'Ausschuss im Oktober')
    await page.keyboard.press('Enter')
    await page.waitForSelector('.sj-later:has-text("lauten heute genauso")')

    const client = { given_name: 'Toni', family_name: 'Muster', birth_date: '2013-05-01', sex: 'w' }
    const { id: client_id } = await portal.ask('fall.vg', '/service/clients', client)
    const { id: case_id } = await portal.ask('fall.vg', '/service/cases', { client_id, case_number: 'VG-KEPT-1', begin_on: '2026-10-01' })
    const booking = { case_id, away: true, service_kind: 's34', rate_cents: 15000, first_day: '2026-10-12', last_day: '2027-03-31' }
    await portal.ask('fall.vg', '/service/bookings', booking)
    await expect
      .poll(async () => {
        await page.reload()
        await page.waitForSelector('.sj-later :is(table, p:has-text("genauso"))')
        return page.locator('.sj-later').textContent()
      })
      .toMatch(/lauten heute \(.*\)\s+anders/)
    expect(await cell(page, 'total-current').textContent()).toBe(before)
    expect(await axeFindings(page)).toEqual([])
    await page.goto(`${portal.url}${publishedPath}`)
    await page.click('text=Ausschuss im Oktober')
    await page.waitForSelector('.sj-later')
    await page.click('text=Aktuelle Werte zeigen')
    await expect.poll(() => cell(page, 'total-current').textContent()).not.toBe(before)
    await portal.close(page)
  })
})

describe('key figures side by side', () => {
  const heads = (page: Page) => page.locator('.sj-side__figure a').allTextContents()

  test('are chosen, compared and sorted, and stand in the address', async () => {
    const page = await portal.open(`${sideBySidePath}?period=2026-Q3`, { user: 'politik' })
    await page.waitForSelector('.sj-side')
    expect(await heads(page)).toEqual(['Fallzahl', 'Falldichte', 'Auszahlungen', 'Abbruchquote'])
    expect(await page.locator('.sj-side tbody th b').allTextContents()).toEqual(regions)
    expect(await page.locator('.sj-side tfoot th').allTextContents()).toEqual([
      'Summe',
      'EW-gewichteter Durchschnitt',
      'Minimum',
      'Median',
      'Maximum',
      'Variationskoeffizient',
    ])
    await page.click('.sj-checks summary')
    await page.uncheck('input[value=payments]')
    await page.waitForFunction(() => document.querySelectorAll('.sj-side__figure').length === 3)
    expect(await heads(page)).toEqual(['Fallzahl', 'Falldichte', 'Abbruchquote'])
    await page.selectOption('#filter-against', 'median')
    await page.waitForSelector('.sj-side thead th:has-text("Median")')
    await page.click('.sj-side .sj-sort >> nth=0')
    await page.waitForSelector('.sj-side th[aria-sort=descending]')
    expect(page.url()).toContain('figures=case_count,case_density,dropout_rate&period=2026-Q3&against=median&sort=-case_count')
    const counts = (await page.locator('.sj-side tbody tr td:nth-child(2)').allTextContents()).map((text) =>
      Number(text.replace('.', '').replace(',', '.')),
    )
    expect(counts).toEqual(counts.toSorted((a, b) => b - a))
    await portal.close(page)
  })
})

describe('comparison groups', () => {
  test('are formed by an administrator, faults told at the field, and compared with by politics', async () => {
    const admin = await portal.open(comparisonGroupsPath, { user: 'admin' })
    await admin.waitForSelector('h3:has-text("Größenklasse")')
    await admin.fill('#name', 'Küste')
    await admin.keyboard.press('Enter')
    await admin.waitForSelector('#fault-explanation')
    await admin.fill('#explanation', 'nach der Lage am Meer')
    await admin.keyboard.press('Enter')
    await admin.waitForSelector('[role=status]:has-text("„Küste“ ist gespeichert.")')
    await admin.press('[aria-label="Gruppe hinzufügen: Küste"]', 'Enter')
    await admin.waitForFunction(() => document.activeElement?.id === 'name')
    await admin.keyboard.type('an der Ostsee')
    await admin.keyboard.press('Enter')
    await admin.waitForSelector('#fault-members')
    for (const ags of ['13003', '13073', '13075']) await admin.press(`input[value="${ags}"]`, 'Space')
    expect(await axeFindings(admin)).toEqual([])
    await admin.click('button[type=submit]')
    await admin.waitForSelector('li:has-text("an der Ostsee"):has-text("3 Träger")')
    await admin.context().close()
    const catalogue = async () => JSON.stringify(await portal.ask('politik', '/api/key-figures'))
    await expect.poll(catalogue).toContain('an der Ostsee')

    const page = await portal.open(`${comparisonPath}?month=2026-09`, { user: 'politik' })
    await tableShown(page)
    const value = await page.locator('#filter-area option:has-text("Küste: an der Ostsee")').getAttribute('value')
    await page.selectOption('#gruppe', value)
    await page.waitForSelector('.sj-group dd:has-text("alle 3")')
    expect(await page.locator('.sj-group dt').allTextContents()).toEqual(['Median', 'EW-gewichtet', 'VG', 'Träger'])
    expect(await axeFindings(page)).toEqual([])
    await page.selectOption('#filter-area', value)
    await page.waitForFunction(() => document.querySelectorAll('.sj-compare tbody tr').length === 3)
    expect(await page.locator('.sj-answer p').textContent()).toContain('in der Vergleichsgruppe')
    await page.goto(`${portal.url}${sideBySidePath}?against=group_average&group=${value}`)
    await page.waitForSelector('.sj-side thead th:has-text("Gruppe")')
    expect(await page.locator('.sj-answer').textContent()).toMatch(
      /EW-gewichteten Durchschnitt der Vergleichsgruppe\s+„Küste: an der Ostsee“\s+\(3 örtliche Träger\), gebildet nach der Lage am Meer\./,
    )

    const again = await portal.open(comparisonGroupsPath, { user: 'admin' })
    await again.click('[aria-label="Löschen: Küste"]')
    await again.click('dialog button:has-text("Löschen")')
    await again.waitForSelector('[role=status]:has-text("„Küste“ ist gelöscht.")')
    await again.context().close()
    await expect.poll(catalogue).not.toContain('an der Ostsee')
    await page.goto(`${portal.url}${comparisonPath}?area=${value}`)
    await page.waitForSelector('.sj-notice:has-text("Die gewählte Vergleichsgruppe gibt es nicht mehr")')
    await page.context().close()
  })
})

describe('the catalogue', () => {
  test('is reached from a value and shows its figure', async () => {
    const page = await portal.open(`${comparisonPath}?figure=dropout_rate`, { user: 'politik' })
    await tableShown(page)
    // what is loaded beside it may move the link while the mouse is down
    const seen = page.waitForResponse('**/api/session')
    await page.press('text=Alle Kennzahlen und ihre Definitionen', 'Enter')
    await page.waitForFunction(() => {
      const top = document.getElementById('dropout_rate')?.getBoundingClientRect().top
      return top !== undefined && top >= 0 && top < innerHeight
    })
    // that the page was opened is told to the header; who types does not lose the field by it
    await (await seen).finished()
    await page.locator('#suche').pressSequentially('median')
    await page.waitForURL(/q=median/)
    expect([await page.inputValue('#suche'), await page.evaluate(() => document.activeElement?.id)]).toEqual(['median', 'suche'])
    await portal.close(page)
  })
})

describe('searching the catalogue', () => {
  test('filters as one types, tells the number of hits, and stands in the address', async () => {
    const page = await portal.open(cataloguePath, { user: 'politik' })
    await page.waitForSelector('.sj-catalogue__figure')
    const all = await page.locator('.sj-catalogue__figure').count()
    await page.locator('#suche').pressSequentially('median Entgelt')
    await page.waitForSelector(`text=2 von ${all} Kennzahlen`)
    expect(await page.locator('.sj-catalogue__figure h3').allTextContents()).toEqual(['Entgelt: Median', 'Angebotsentgelt: Median'])
    expect(await page.inputValue('#suche')).toBe('median Entgelt')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('suche')
    expect(new URL(page.url()).search).toBe('?q=median+Entgelt')
    expect(await axeFindings(page)).toEqual([])
    await page.reload()
    await page.waitForSelector(`text=2 von ${all} Kennzahlen`)
    await page.fill('#suche', 'gibt es nicht')
    await page.waitForSelector('text=Keine Kennzahl enthält „gibt es nicht“')
    await page.click('text=Alle Kennzahlen zeigen')
    await page.waitForSelector(`.sj-catalogue__search >> text="${all} Kennzahlen"`)
    expect(new URL(page.url()).search).toBe('')
    await portal.close(page)
  })
})

describe('the provider ranking', () => {
  test('shows rank, score and components, and how the chosen score comes about', async () => {
    const page = await portal.open(rankingPath, { user: 'politik' })
    await page.waitForSelector('.sj-ranking .sj-region')
    await page.locator('.sj-ranking .sj-region').last().click()
    await page.waitForFunction(() => new URLSearchParams(location.search).has('provider'))
    expect(await page.locator('.sj-explain dt').allTextContents()).toEqual(
      expect.arrayContaining(['Struktur', 'Prozess', 'Dauer', 'Kosten', 'Note']),
    )
    await portal.close(page)
  })
})

describe('the data access', () => {
  test('makes a token that reads, tells it once, and revokes it after asking', async () => {
    const page = await portal.open(dataAccessPath, { user: 'politik' })
    await page.waitForSelector('text=Sie haben noch keinen Zugangsschlüssel.')
    await page.click('button:has-text("Zugangsschlüssel anlegen")')
    expect(await page.locator('#fault-name').textContent()).toContain('Bezeichnung')
    await page.fill('#name', 'Monatsbericht')
    await page.click('button:has-text("Zugangsschlüssel anlegen")')
    const token = (await page.locator('.sj-made code').textContent())!
    expect(token).toMatch(/^sojus_/)
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('sj-made')
    expect(await axeFindings(page)).toEqual([])
    const read = () => fetch(`${portal.url}/api/key-figures`, { headers: { authorization: `Bearer ${token}` } })
    expect((await read()).status).toBe(200)
    await page.reload()
    await page.waitForSelector('.sj-tokens')
    expect(await page.locator('.sj-tokens tbody th').allTextContents()).toEqual(['Monatsbericht'])
    expect(await page.content()).not.toContain(token)
    await page.click('button:has-text("Widerrufen")')
    await page.click('dialog button:has-text("Abbrechen")')
    expect((await read()).status).toBe(200)
    await page.click('button:has-text("Widerrufen")')
    expect(await axeFindings(page)).toEqual([])
    await page.click('dialog button:has-text("Widerrufen")')
    await page.waitForSelector('text=Der Zugangsschlüssel „Monatsbericht“ ist widerrufen.')
    expect((await read()).status).toBe(401)
    await portal.close(page)
  })

  test('shows how to read from R, Python and Excel, with the address of this portal', async () => {
    const page = await portal.open(dataAccessPath, { user: 'politik' })
    await page.waitForSelector('.sj-snippet')
    const snippets = await page.locator('.sj-snippet pre').allTextContents()
    expect(snippets).toHaveLength(3)
    for (const snippet of snippets) expect(snippet).toContain(portal.url)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.click('button[aria-label="Kopieren: Beispiel für Python"]')
    await page.waitForSelector('text=Das Beispiel für Python ist kopiert.')
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(snippets[1])
    await portal.close(page)
  })
})

describe('no barrier axe can find and no sideways scrolling, from 320 px, which is 400 % of a usual screen, to a usual one:', () => {
  const signedIn: [path: string, shown: string][] = [
    ['/', '.sj-figures .sj-spark'],
    [comparisonPath, '.sj-compare .sj-cell'],
    [`${comparisonPath}?figure=payments`, '.sj-plot svg'],
    [sideBySidePath, '.sj-side'],
    [publishedPath, 'h1'],
    [`${evaluationPath}?figures=case_count,payments&rows=region&columns=service_kind`, '.sj-pivot td'],
    [rankingPath, '.sj-ranking .sj-region'],
    [cataloguePath, '.sj-catalogue__figure'],
    [dataAccessPath, '.sj-snippet'],
    ['/basics', 'h1'],
    ['/passwort', 'h1'],
  ]
  const look = async (page: Page, shown: string) => {
    await page.waitForSelector('h1')
    expect(await sidewaysOverflow(page)).toBe(0)
    await page.waitForSelector(shown)
    await page.waitForSelector('[aria-busy=true]', { state: 'detached' })
    expect(await barriers(page)).toEqual([])
    await portal.close(page)
  }

  test.each(signedIn)('%s', async (path, shown) => look(await portal.open(path, { user: 'controlling.vg', width: 320 }), shown))
  test.each(pages.filter(({ open }) => open).map(({ path }) => path))('%s', async (path) =>
    look(await portal.open(path, { width: 320 }), 'h1'),
  )

  test('signing in', async () => {
    const page = await portal.open('/', { width: 320 })
    await page.click('#anmelden')
    await page.waitForSelector('.sj-summary')
    expect(await barriers(page)).toEqual([])
    await portal.close(page)
  })
})

test('on paper the controls go and the values stay', async () => {
  const page = await portal.open(comparisonPath, { user: 'politik' })
  await tableShown(page)
  await page.emulateMedia({ media: 'print' })
  expect(await page.isVisible('.sj-filterbox')).toBe(false)
  expect(await page.isVisible('.sj-strip')).toBe(false)
  expect(await page.isVisible('.sj-compare')).toBe(true)
  expect(await page.locator('.sj-print-only').first().textContent()).toContain('von politik')
  await portal.close(page)
})

test('the browser complained about nothing', () => {
  expect(portal.complaints).toEqual([])
})

test('the second click of a double click follows no link that has come under it, one on the link itself does', async () => {
  const page = await portal.open('/kontakt', { user: 'politik' })
  const link = page.locator('footer a:has-text("Impressum")')
  await page.click('h1')
  await link.scrollIntoViewIfNeeded()
  const { x, y, width, height } = (await link.boundingBox())!
  await page.mouse.move(x + width / 2, y + height / 2)
  await page.mouse.down({ clickCount: 2 })
  await page.mouse.up({ clickCount: 2 })
  await page.waitForTimeout(200)
  expect(page.url()).toBe(`${portal.url}/kontakt`)
  await link.dblclick()
  await page.waitForURL(`${portal.url}/impressum`)
  await portal.close(page)
})
