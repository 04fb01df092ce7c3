import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { pino } from 'pino'
import { startPortal, type TestPortal } from '../api/portal.fixture.ts'
import { loadDemonstration } from '../transactional/demo/demonstration.ts'
import { launchBrowser } from './browser.fixture.ts'

const today = '2026-10-15'
const quiet = { log: pino({ enabled: false }), progress: () => undefined }
const password = 'sojus-demo'

export type Portal = TestPortal & {
  browser: Browser
  /** A page of a browser window of its own; what the browser complained about is kept in `complaints`. */
  open: (path: string, options?: { user?: string; width?: number }) => Promise<Page>
  complaints: string[]
  /** A request of another program, signed in as the user. */
  ask: (user: string, path: string, body?: unknown) => Promise<Record<string, unknown>>
}

/** The whole product with a small demonstration and its pages in a real browser; the portal's day is 15 October 2026. */
export const openPortal = async ({ size = 0.05 } = {}): Promise<Portal> => {
  const portal = await startPortal({
    fill: ({ owner_url }) => loadDemonstration({ owner_url, size, years: 2, today, ...quiet }),
    now: () => new Date(`${today}T10:00:00Z`),
    dashboards: true,
  })
  const browser = await launchBrowser()
  const complaints: string[] = []

  const signIn = async (user: string) => {
    const response = await fetch(`${portal.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state: 'MV', user_name: user, password, pledge: true }),
    })
    const [name, value] = response.headers.get('set-cookie')!.split(';')[0]!.split('=') as [string, string]
    return { name, value }
  }

  const open: Portal['open'] = async (path, { user, width = 1440 } = {}) => {
    const context = await browser.newContext({ viewport: { width, height: 900 }, locale: 'de-DE', timezoneId: 'Europe/Berlin' })
    if (user) {
      const { name, value } = await signIn(user)
      await context.addCookies([{ name, value, url: portal.url }])
    }
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      // refusals the tests provoke are answers, not complaints
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text())
    })
    await page.goto(portal.url + path)
    return page
  }

  const ask: Portal['ask'] = async (user, path, body) => {
    const { name, value } = await signIn(user)
    const response = await fetch(portal.url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { cookie: `${name}=${value}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = (await response.json()) as Record<string, unknown>
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${JSON.stringify(answer)}`)
    return answer
  }

  const stop = async () => {
    await browser.close()
    await portal.stop()
  }
  return { ...portal, browser, open, complaints, ask, stop }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds against WCAG 2.2 AA and its good habits, one line each. */
export const axeFindings = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    type Found = { violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }
    const { violations } = await (window as unknown as { axe: { run: () => Promise<Found> } }).axe.run()
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`))
  })
}

export const sidewaysOverflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
