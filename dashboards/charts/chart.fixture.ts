import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { createServer } from 'vite'
import { launchBrowser } from '../browser.fixture.ts'
import type { Canvas } from './canvas.ts'

/** Of options, what can be sent to a page. */
export type OnPage<Options extends Canvas> = Omit<Options, 'document' | 'districts'>
export type ChartPage = { page: Page; close: () => Promise<void> }

/** A browser page whose window carries what the modules of this folder export. */
export const openCharts = async (modules: string[]): Promise<ChartPage> => {
  const cache = await mkdtemp(path.join(tmpdir(), 'sojus-charts-'))
  const vite = await createServer({
    configFile: false,
    root: path.join(import.meta.dirname, '..'),
    cacheDir: cache,
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
    optimizeDeps: { include: ['@observablehq/plot', 'topojson-client'] },
  })
  await vite.listen()
  const browser = await launchBrowser()
  const page = await browser.newPage({ locale: 'de-DE', timezoneId: 'Europe/Berlin' })
  await page.goto(`${vite.resolvedUrls!.local[0]}index.html`)
  const imports = modules.map((name, at) => `import * as m${at} from '/charts/${name}.ts'`).join('\n')
  const content = `${imports}\nObject.assign(window, ${modules.map((_, at) => `m${at}`).join(', ')}, { chartsReady: true })`
  await page.addScriptTag({ type: 'module', content })
  await page.waitForFunction(() => 'chartsReady' in window)
  const close = async () => {
    await browser.close()
    await vite.close()
    await rm(cache, { recursive: true, force: true })
  }
  return { page, close }
}
