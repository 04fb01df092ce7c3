// npm run bench:web -- [--filters 60] [--loads 9] [--streams 200] [--rate 50] [--seconds 20]
// The built pages in Chromium on the demonstration of `npm start`, computed ahead as there: how much script they begin with, how soon the
// comparison is painted, at first and after another choice, as it is and after a commit that touched it, and whether anything moves
// meanwhile. Then many event streams, held open by a process beside this one, while commits arrive.
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { loadavg } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import pg from 'pg'
import type { Page } from 'playwright-core'
import { pino } from 'pino'
import { parseLsn } from '../ingest/lsn.ts'
import { loadDemonstration } from '../transactional/demo/demonstration.ts'
import { berlinDay } from '../transactional/placement/period.ts'
import { startTestServer } from '../transactional/postgres.fixture.ts'
import { startCompaction } from '../warehouse/compaction.ts'
import { printFor, quantile, say } from '../warehouse/figure.bench.ts'
import { warmUp } from '../warehouse/warm-up.ts'
import type { Catalogue } from './client.ts'
import { openPortal, type Portal } from './pages.fixture.ts'
import { cataloguePath, comparisonPath, evaluationPath, rankingPath, sideBySidePath } from './route.ts'
import { clock, type Heard } from './stream-clients.bench.ts'

const number = { type: 'string' } as const
const { values: given } = parseArgs({ options: { filters: number, loads: number, streams: number, rate: number, seconds: number } })
const filters = Number(given.filters ?? 60)
const loads = Number(given.loads ?? 9)
const streams = Number(given.streams ?? 200)
const rate = Number(given.rate ?? 50)
const seconds = Number(given.seconds ?? 20)
const user = 'politik'
const warmUpMs = 5000

type Watched = { lcp: number; shift: number; moved: string[] }

/** Keeps what the browser tells of its largest paint and of what moved without the reader's doing. */
const watch = async (page: Page) => {
  // tsx names functions by it, inside of pages too
  await page.addInitScript('globalThis.__name = (named) => named')
  await page.addInitScript(() => {
    const watched: Watched = { lcp: 0, shift: 0, moved: [] }
    Object.assign(window, { watched })
    new PerformanceObserver((list) => {
      watched.lcp = list.getEntries().at(-1)!.startTime
    }).observe({ type: 'largest-contentful-paint', buffered: true })
    type Source = { node: Element | null; previousRect: DOMRect; currentRect: DOMRect }
    type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean; sources: Source[] }
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as Shift[]) {
        if (hadRecentInput) continue
        watched.shift += value
        const from = sources.map(({ node, previousRect, currentRect }) => {
          const name = node instanceof Element ? `${node.localName}.${node.className}` : '?'
          return `${name} ${previousRect.y} to ${currentRect.y}`
        })
        watched.moved.push(`${value.toFixed(3)}: ${from.join(', ')}`)
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
}
const watchedBy = (page: Page) => page.evaluate(() => (window as unknown as { watched: Watched }).watched)

const settled = async (page: Page, shown = 'h1') => {
  await page.waitForSelector(shown)
  await page.waitForSelector('[aria-busy=true], .sj-skeleton', { state: 'detached' })
  // what comes late moves late
  await sleep(700)
}

/** A page of a reader who was never here before. */
const first = async (portal: Portal, path: string) => {
  const known = await portal.open('/impressum', { user })
  const cookies = await known.context().cookies()
  await portal.close(known)
  const context = await portal.browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'de-DE', timezoneId: 'Europe/Berlin' })
  await context.addCookies(cookies)
  const page = await context.newPage()
  await watch(page)
  await page.goto(portal.url + path)
  return page
}

const scriptOf = (page: Page) =>
  page.evaluate(() => {
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
    return entries
      .filter(({ name }) => new URL(name).pathname.endsWith('.js'))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)
  })

const report = (path: string, { shift, moved }: Watched) => {
  if (shift > 0.05) say(`${path} moves: ${moved.join('; ')}`)
}

const measureLoads = async (portal: Portal): Promise<{ script: number; lcp: number[]; shift: number }> => {
  let script = 0
  let shift = 0
  const lcp: number[] = []
  for (let nth = 0; nth < loads; nth += 1) {
    const page = await first(portal, comparisonPath)
    await settled(page, '.sj-plot svg')
    const watched = await watchedBy(page)
    lcp.push(watched.lcp)
    report(comparisonPath, watched)
    shift = Math.max(shift, watched.shift)
    script = Math.max(script, await scriptOf(page))
    await page.context().close()
  }
  const others = ['/', sideBySidePath, rankingPath, cataloguePath, `${evaluationPath}?figures=case_count&rows=region&columns=period`]
  for (const path of others) {
    const page = await first(portal, path)
    await settled(page)
    const watched = await watchedBy(page)
    report(path, watched)
    shift = Math.max(shift, watched.shift)
    await page.context().close()
  }
  return { script, lcp, shift }
}

/** Chooses, and tells the milliseconds until the table that answers it is painted. */
const choose = (page: Page, filter: string, value: string): Promise<number> =>
  page.evaluate(
    ([filter, value]) =>
      new Promise<number>((resolve, reject) => {
        const select = document.querySelector<HTMLSelectElement>(`#filter-${filter}`)!
        const heading = () => document.querySelector('#satz')!.textContent
        const before = heading()
        const begun = performance.now()
        select.value = value!
        select.dispatchEvent(new Event('change', { bubbles: true }))
        const { port1, port2 } = new MessageChannel()
        // a message sent before a paint comes after it
        port1.addEventListener('message', () => resolve(performance.now() - begun))
        port1.start()
        const look = () => {
          const answered = document.querySelector('.sj-compare .sj-cell, sj-comparison-page div.sj-empty')
          if (heading() !== before && answered && !document.querySelector('.sj-compare .sj-skeleton')) port2.postMessage(undefined)
          else if (performance.now() - begun > 20_000) reject(new Error(`${filter} ${value} has no answer: ${heading()}`))
          else requestAnimationFrame(look)
        }
        requestAnimationFrame(look)
      }),
    [filter, value] as const,
  )

const copied = `case_key, youth_authority_id, service_kind, specialisations, provider_id, facility_authority_id, away, first_day, last_day, unit,
  rate_from, rate_cents, units_per_week, planned_units, agreed_days, agreed_cents, age_at_begin, sex`

const reached = async (portal: Portal, client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ lsn: string }>(`select pg_logical_emit_message(false, 'bench', '', true)::text as lsn`)
  while (parseLsn(portal.ingest.status().data_lsn) < parseLsn(rows[0]!.lsn)) await sleep(2)
}

/** Commits another booking like one of the kind, and waits until the warehouse has it: no answer can be an old one. */
const touch = async (portal: Portal, client: pg.Client, service_kind: string): Promise<void> => {
  const like = `select ${copied} from booking where away and not cancelled and ($1 = '' or service_kind = $1) and last_day >= current_date - 400`
  await client.query(`insert into booking (${copied}) ${like} order by random() limit 1`, [service_kind])
  await reached(portal, client)
}

type Filter = [name: string, value: string]
/** Choices of every kind, one after the other, so that each is another question than the one before. */
const choicesOf = ({ figures, service_kinds, specialisations, months }: Catalogue): Filter[] => {
  const kinds = service_kinds.map(({ code }) => code)
  const last = months.last
  const month = (back: number) =>
    new Date(Date.UTC(Number(last.slice(0, 4)), Number(last.slice(5)) - 1 - back, 1)).toISOString().slice(0, 7)
  return Array.from({ length: filters }, (_, nth): Filter => {
    const turn = Math.floor(nth / 4)
    return (
      [
        ['figure', figures[(turn * 5 + 1) % figures.length]!.name],
        ['service_kind', kinds[(turn * 3) % kinds.length]!],
        ['month', month(1 + (turn % 20))],
        ['specialisation', turn % 2 === 0 ? specialisations[turn % specialisations.length]!.code : ''],
      ] as const satisfies Filter[]
    )[nth % 4]!
  })
}

const measureFilters = async (portal: Portal, client: pg.Client): Promise<{ kept: number[]; touched: number[]; shift: number }> => {
  const catalogue = (await portal.ask(user, '/api/key-figures')) as unknown as Catalogue
  const page = await first(portal, comparisonPath)
  await settled(page, '.sj-plot svg')
  const times = { kept: [] as number[], touched: [] as number[] }
  for (const after of ['kept', 'touched'] as const) {
    for (const [filter, value] of choicesOf(catalogue)) {
      if ((await page.inputValue(`#filter-${filter}`)) === value) continue
      if (after === 'touched')
        await touch(portal, client, filter === 'service_kind' ? value : await page.inputValue('#filter-service_kind'))
      times[after].push(await choose(page, filter, value))
      await sleep(100)
    }
    await page.goto(portal.url + comparisonPath)
    await settled(page, '.sj-plot svg')
  }
  const { shift } = await watchedBy(page)
  await page.context().close()
  return { ...times, shift }
}

/** Event streams as open pages hold them, in a process of their own; `end` tells what each heard. */
const listen = async (portal: Portal, cookie: string): Promise<{ end: () => Promise<Heard[][]> }> => {
  const clients = fork(join(import.meta.dirname, 'stream-clients.bench.ts'), [portal.url, cookie, String(streams)], {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  })
  await once(clients, 'message')
  const end = async () => {
    clients.send('end')
    const [[heard]] = (await Promise.all([once(clients, 'message'), once(clients, 'exit')])) as unknown as [[Heard[][]]]
    return heard
  }
  return { end }
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void
/** What stays when nothing is left over. */
const settledMemory = async (): Promise<{ rss: number; heap: number }> => {
  collectGarbage()
  await sleep(200)
  collectGarbage()
  const { rss, heapUsed, external } = process.memoryUsage()
  return { rss: rss / 1024 ** 2, heap: (heapUsed + external) / 1024 ** 2 }
}

const tableOf = (page: Page) => page.locator('.sj-compare .sj-cell').allTextContents()

const measureStreams = async (portal: Portal, client: pg.Client) => {
  const pages = []
  for (const search of ['', '?service_kind=s34', '?figure=payments', '?figure=rate_median&service_kind=s31']) {
    const page = await first(portal, comparisonPath + search)
    await settled(page, '.sj-plot svg')
    pages.push({ page, search })
  }
  const [session] = await pages[0]!.page.context().cookies()
  const cookie = `${session!.name}=${session!.value}`
  const listening = await listen(portal, cookie)
  const load = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, '..', 'ingest', 'stream-load.bench.ts'), portal.database.owner_url, String(rate)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await once(load.stdout, 'data')
  await sleep(warmUpMs)
  const before = await settledMemory()
  const commits: { at: number; lsn: bigint }[] = []
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    await client.query(`insert into search (youth_authority_id, service_kind, specialisations, searched_on, offers_matching, offers_available)
      select youth_authority_id, service_kind, specialisations, current_date, 3, 1 from booking where not cancelled limit 1`)
    const at = clock()
    const { rows } = await client.query<{ lsn: string }>('select pg_current_wal_flush_lsn()::text as lsn')
    commits.push({ at, lsn: parseLsn(rows[0]!.lsn) })
    await sleep(230)
  }
  const after = await settledMemory()
  load.kill('SIGTERM')
  const [[told]] = (await Promise.all([once(load.stdout, 'data'), once(load, 'exit')])) as unknown as [[Buffer]]
  say(`${String(told).trim()} beside ${streams} streams, load of the machine ${loadavg()[0]!.toFixed(1)}`)
  await reached(portal, client)
  await sleep(3000)
  const all = (await listening.end()).map((heard) => heard.map(({ at, data_lsn }) => ({ at, lsn: parseLsn(data_lsn) })))
  const waited = all.flatMap((heard) =>
    commits.map(({ at, lsn }) => {
      const event = heard.find((one) => one.lsn >= lsn)
      if (!event) throw new Error('a stream never heard of a commit')
      return event.at - at
    }),
  )
  say(`heap grew by ${(after.heap - before.heap).toFixed(1)} MB, events per stream and second ${(all[0]!.length / seconds).toFixed(1)}`)
  let wrong = 0
  for (const { page, search } of pages) {
    const fresh = await first(portal, comparisonPath + search)
    await settled(fresh, '.sj-plot svg')
    if ((await tableOf(page)).join() !== (await tableOf(fresh)).join()) wrong += 1
    for (const { context } of [{ context: page.context() }, { context: fresh.context() }]) await context.close()
  }
  return { waited, wrong, grown: after.rss - before.rss }
}

const run = async (): Promise<void> => {
  const server = await startTestServer({ shared_buffers: '512MB' })
  try {
    const log = pino({ level: 'error' }, pino.destination(2))
    const portal = await openPortal({
      server,
      fill: ({ owner_url }) => loadDemonstration({ owner_url, today: berlinDay(new Date()), log, progress: say }),
    })
    const computing = performance.now()
    await warmUp(portal.warehouse, { now: () => new Date(), log }).finished
    say(`computed ahead in ${Math.round((performance.now() - computing) / 1000)} s`)
    const compaction = startCompaction(portal.warehouse, log)
    const client = new pg.Client({ connectionString: portal.database.owner_url })
    await client.connect()
    await client.query('set synchronous_commit = on')
    try {
      const { rows } = await client.query<{ bookings: number }>('select count(*)::integer as bookings from booking')
      const print = printFor(rows[0]!.bookings)
      const loading = await measureLoads(portal)
      print({ figure: 'initial_js_gzip_kb', value: loading.script / 1024, unit: 'kB' })
      print({ figure: 'lcp_ms', value: quantile(loading.lcp, 0.5), unit: 'ms' })
      say(`load of the machine ${loadavg()[0]!.toFixed(1)}`)
      const { kept, touched, shift } = await measureFilters(portal, client)
      print({ figure: 'filter_to_paint_p50_ms', value: quantile([...kept, ...touched], 0.5), unit: 'ms' })
      print({ figure: 'filter_to_paint_p95_ms', value: quantile([...kept, ...touched], 0.95), unit: 'ms' })
      print({ figure: 'filter_to_paint_p95_ms.unchanged', value: quantile(kept, 0.95), unit: 'ms' })
      print({ figure: 'filter_to_paint_p95_ms.after_commit', value: quantile(touched, 0.95), unit: 'ms' })
      print({ figure: 'layout_shift', value: Math.max(loading.shift, shift), unit: '' })
      say(`load of the machine ${loadavg()[0]!.toFixed(1)}`)
      const { waited, wrong, grown } = await measureStreams(portal, client)
      print({ figure: 'streams_p95_ms', value: quantile(waited, 0.95), unit: 'ms' })
      print({ figure: 'streams_pages_wrong', value: wrong, unit: 'pages' })
      print({ figure: 'streams_memory_growth_mb', value: grown, unit: 'MB' })
      if (portal.complaints.length > 0) throw new Error(portal.complaints.join('\n'))
    } finally {
      await client.end()
      await compaction.stop()
      await portal.stop()
    }
  } finally {
    await server.stop()
  }
}

await run()
