import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { startPortal, type TestPortal, type TestPortalOptions } from '../api/portal.fixture.ts'
import { launchBrowser } from './browser.fixture.ts'

const password = 'sojus-demo'

export type Portal = TestPortal & {
  browser: Browser
  /** A page of a window of its own; what the browser complained about is kept in `complaints`. Who ends his session signs in `anew`. */
  open: (path: string, options?: { user?: string; width?: number; anew?: boolean }) => Promise<Page>
  /** Gives a page back. Another test finds it with the browser's cache, and without anything else. */
  close: (page: Page) => Promise<void>
  complaints: string[]
  /** A request of another program, signed in as the user. */
  ask: (user: string, path: string, body?: unknown) => Promise<Record<string, unknown>>
}

/** The whole product with a small demonstration and its pages in a real browser. */
export const openPortal = async (options: TestPortalOptions = { demonstration: 0.05 }): Promise<Portal> => {
  const portal = await startPortal({ ...options, dashboards: true })
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
  const sessions = new Map<string, ReturnType<typeof signIn>>()
  const sessionOf = (user: string) => {
    if (!sessions.has(user)) sessions.set(user, signIn(user))
    return sessions.get(user)!
  }

  const newPage = async () => {
    const context = await browser.newContext({ locale: 'de-DE', timezoneId: 'Europe/Berlin' })
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      // refusals the tests provoke are answers, not complaints
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) complaints.push(message.text())
    })
    return page
  }
  // a new page is a process that starts, and compiles the scripts anew
  const idle: Page[] = []

  const open: Portal['open'] = async (path, { user, width = 1440, anew = false } = {}) => {
    const page = idle.pop() ?? (await newPage())
    page.setDefaultTimeout(15_000)
    await page.setViewportSize({ width, height: 900 })
    if (user) await page.context().addCookies([{ ...(await (anew ? signIn : sessionOf)(user)), url: portal.url }])
    await page.goto(portal.url + path)
    return page
  }

  const close: Portal['close'] = async (page) => {
    await page.unrouteAll()
    await page.evaluate(() => sessionStorage.clear())
    await page.goto('about:blank')
    await page.emulateMedia({ media: null })
    await page.context().clearCookies()
    await page.context().clearPermissions()
    idle.push(page)
  }

  const ask: Portal['ask'] = async (user, path, body) => {
    const { name, value } = await sessionOf(user)
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
  return { ...portal, browser, open, close, complaints, ask, stop }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds against WCAG 2.2 AA and its good habits, one line each. */
export const axeFindings = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    type Found = { violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }
    type Axe = { run: (options: { resultTypes: string[] }) => Promise<Found> }
    const { violations } = await (window as unknown as { axe: Axe }).axe.run({ resultTypes: ['violations'] })
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`))
  })
}

export const sidewaysOverflow = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

const drawn = (page: Page) => page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))

/**
 * What stands in the way of readers of a page opened at 320 px, one line each: what scrolls sideways there (400 % of a usual screen), on
 * a phone and on a usual screen, and what axe finds on the latter two.
 */
export const barriers = async (page: Page): Promise<string[]> => {
  const found: string[] = []
  for (const width of [320, 360, 1440]) {
    await page.setViewportSize({ width, height: 900 })
    await drawn(page)
    const overflow = await sidewaysOverflow(page)
    if (overflow > 0) found.push(`${width} px: scrolls sideways by ${overflow} px`)
    if (width > 320) found.push(...(await axeFindings(page)).map((finding) => `${width} px: ${finding}`))
  }
  return found
}
