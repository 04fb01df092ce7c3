import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { pino } from 'pino'
import { reportDrawings } from '../dashboards/report-drawings.ts'
import { startIngest, type Ingest } from '../ingest/ingest.ts'
import { apiReaderOf } from '../transactional/access/api-reader.ts'
import type { Reader } from '../transactional/access/reader.ts'
import { sameOriginElsewhere } from '../transactional/access/same-origin.ts'
import { transactionalApp } from '../transactional/app.ts'
import { openDatabase } from '../transactional/connection.ts'
import { recordedBy } from '../transactional/demo/recorded.ts'
import { runReports, type RunnerDeps } from '../transactional/portal/report-runner.ts'
import { publishedView } from '../transactional/portal/published-view.routes.ts'
import {
  demonstrationDatabase,
  demonstrationDay,
  testDatabase,
  type TestDatabase,
  type TestServer,
} from '../transactional/postgres.fixture.ts'
import { openWarehouse, type Warehouse } from '../warehouse/warehouse.ts'
import { apiApp } from './app.ts'
import { assetHandler } from './assets.ts'
import { openBygone } from './bygone.ts'
import { buildDashboards, dashboardsFolder } from './dashboards-build.ts'
import { listen } from './http.ts'
import { pastFacts } from './past-facts.ts'
import { portalApp } from './portal.ts'
import { takeView } from './published.ts'
import { linesFile } from './report/lines.ts'
import { scheduledReports } from './scheduled.ts'

export type TestPortal = {
  url: string
  database: TestDatabase
  warehouse: Warehouse
  ingest: Ingest
  /** what sends scheduled reports; they are sent when a test says so */
  reports: RunnerDeps
  sendReports(now: Date): Promise<void>
  stop(): Promise<void>
}
export type TestPortalOptions = {
  /** a server outside of vitest, for benchmarks */
  server?: Pick<TestServer, 'secrets'>
  /** the size of its demonstration, on whose last day the portal then stands */
  demonstration?: number
  /** the demonstration knows its past, as `npm start` has it; else history begins with the test */
  past?: boolean
  /** fills the data base before the warehouse loads it */
  fill?: (database: TestDatabase) => Promise<unknown>
  /** build and serve the pages as well */
  dashboards?: boolean
  /** whose pages may show views */
  embed_origins?: string[]
  now?: () => Date
}

/** The whole product on a data base, a warehouse and a port of its own, as `npm start` composes it. */
export const startPortal = async ({
  server,
  demonstration,
  past = false,
  fill,
  dashboards = false,
  embed_origins = [],
  now = () => (demonstration === undefined ? new Date() : new Date(`${demonstrationDay}T10:00:00Z`)),
}: TestPortalOptions = {}): Promise<TestPortal> => {
  const closing: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (const close of closing.splice(0).toReversed()) await close()
  }
  try {
    const log = pino({ level: 'error' }, pino.destination({ dest: 2, sync: true }))
    const data_dir = await mkdtemp(path.join(tmpdir(), 'sojus-portal-'))
    closing.push(() => rm(data_dir, { recursive: true, force: true }))
    const database = await (demonstration === undefined ? testDatabase(server) : demonstrationDatabase(demonstration, server))
    closing.push(() => database.drop())
    await fill?.(database)
    const warehouse = await openWarehouse({ path: path.join(data_dir, 'warehouse.duckdb'), log })
    closing.push(() => warehouse.close())
    const recorded = past ? () => recordedBy(database.owner_url) : undefined
    const ingest = await startIngest({ ingest_url: database.ingest_url, warehouse, data_dir, log, recorded })
    closing.push(() => ingest.stop())
    const db = openDatabase(database.app_url)
    closing.push(() => db.destroy())
    if (dashboards) await buildDashboards(() => undefined)
    const { bygone, close } = await openBygone({ warehouse, log }, (reader: Reader, id) => publishedView(db, reader, id))
    closing.push(close)
    const http = await listen(0, '127.0.0.1')
    closing.push(() => http.drain(1000))
    const url = `http://127.0.0.1:${http.port}`
    const figures = { warehouse, ingest, log, now, bygone, sameOrigin: sameOriginElsewhere(log), drawings: reportDrawings }
    const { check: checkReport, make } = scheduledReports({ ...figures, home: url })
    const reports = { db, now, log, make, keep_days: 90 }
    const transactional = { db, now, log, secure: false, takeView: takeView({ warehouse, now, bygone }), checkReport }
    const lines = { pastFacts: pastFacts({ warehouse, now, bygone }), writeLines: linesFile }
    const portal = portalApp({
      transactional: transactionalApp({ ...transactional, ...lines, embeds: embed_origins.length > 0 }),
      analytic: apiApp({ ...figures, reader: apiReaderOf({ db, now, secure: false }) }),
      embed_origins,
      assets: await assetHandler(dashboardsFolder),
      log,
      secure: false,
    })
    http.answer(getRequestListener(portal.fetch))
    const sendReports = (at: Date) => runReports({ ...reports, now: () => at })
    return { url, database, warehouse, ingest, reports, sendReports, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
