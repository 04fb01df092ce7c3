import { existsSync } from 'node:fs'
import path from 'node:path'
import { getRequestListener } from '@hono/node-server'
import pg from 'pg'
import { pino, type Logger } from 'pino'
import { reportDrawings } from '../dashboards/report-drawings.ts'
import { startIngest } from '../ingest/ingest.ts'
import { apiReaderOf } from '../transactional/access/api-reader.ts'
import type { Reader } from '../transactional/access/reader.ts'
import { sameOriginElsewhere } from '../transactional/access/same-origin.ts'
import { transactionalApp } from '../transactional/app.ts'
import { startReminders } from '../transactional/case/reminder.ts'
import { openDatabase } from '../transactional/connection.ts'
import { DEMONSTRATION_PASSWORD } from '../transactional/demo/accounts.ts'
import { loadDemonstration } from '../transactional/demo/demonstration.ts'
import { recordedBy } from '../transactional/demo/recorded.ts'
import { startDeletion } from '../transactional/file/deletion.ts'
import { clamdScan } from '../transactional/file/virus-scan.ts'
import { migrateToLatest } from '../transactional/migrate.ts'
import { startExpiry } from '../transactional/placement/expiry.ts'
import { berlinDay } from '../transactional/placement/period.ts'
import { publishedView } from '../transactional/portal/published-view.routes.ts'
import { mailer } from '../transactional/portal/report-mail.ts'
import { startReports } from '../transactional/portal/report-runner.ts'
import { providePostgres, StartProblem, type Postgres } from '../transactional/postgres.ts'
import { loadReference } from '../transactional/reference/reference.ts'
import { startCompaction } from '../warehouse/compaction.ts'
import { openWarehouse } from '../warehouse/warehouse.ts'
import { warmUp } from '../warehouse/warm-up.ts'
import { apiApp } from './app.ts'
import { assetHandler } from './assets.ts'
import { openBygone } from './bygone.ts'
import { buildDashboards, dashboardsFolder } from './dashboards-build.ts'
import { claimDataDirectory } from './data-directory.ts'
import { readEnvironment, type Environment } from './environment.ts'
import { listen, type HttpServer } from './http.ts'
import { pastFacts } from './past-facts.ts'
import { portalApp } from './portal.ts'
import { takeView } from './published.ts'
import { linesFile } from './report/lines.ts'
import { scheduledReports } from './scheduled.ts'

type Closing = () => Promise<void>
type Start = { environment: Environment; log: Logger; closing: Closing[]; development: boolean }

const now = () => new Date()
const started = performance.now()
const progress = (text: string) => process.stdout.write(`[${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s] ${text}\n`)

const takePort = async (port: number, host: string): Promise<HttpServer> => {
  try {
    return await listen(port, host)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw new StartProblem(`Port ${port} ist schon belegt: mit PORT lässt sich ein anderer wählen.`)
    if (code === 'EACCES') throw new StartProblem(`Port ${port} darf dieser Benutzer nicht öffnen: mit PORT lässt sich ein anderer wählen.`)
    throw new StartProblem(`Unter ${host}:${port} lässt sich kein Dienst anbieten (${code ?? message}).`, { cause: error })
  }
}

const takeDataDirectory = async (folder: string) => {
  try {
    return await claimDataDirectory(folder)
  } catch (error) {
    throw new StartProblem(`Der Datenordner ${path.resolve(folder)} ist nicht beschreibbar (${(error as NodeJS.ErrnoException).code}).`, {
      cause: error,
    })
  }
}

const rowsOf = async <Row extends pg.QueryResultRow>(url: string, question: string): Promise<Row[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(question)).rows
  } finally {
    await client.end()
  }
}

/** Schema, reference data and, where they are wanted, demonstration data; tells the user names of the demonstration accounts. */
const fillDatabase = async ({ owner_url, embedded }: Postgres, { environment, log }: Start): Promise<string[]> => {
  progress('Datenbankschema wird geprüft')
  await migrateToLatest(owner_url)
  progress('Stammdaten werden geprüft')
  await loadReference(owner_url)
  const wanted = environment.DEMO ?? (embedded ? 'on' : 'off')
  const [anybody] = await rowsOf(owner_url, 'select from user_account limit 1')
  if (wanted === 'on' && !anybody) {
    progress('Demonstrationsdaten werden geladen')
    const { DEMO_SIZE: size, DEMO_AREA: area } = environment
    const loading = now()
    await loadDemonstration({ owner_url, size, area, today: berlinDay(loading), now: loading, log, progress })
  }
  const accounts = await rowsOf<{ user_name: string }>(
    owner_url,
    'select user_name from user_account where demonstration and active order by user_name limit 20',
  )
  return accounts.map(({ user_name }) => user_name)
}

const openTheWarehouse = async (data_dir: string, log: Logger) => {
  try {
    return await openWarehouse({ path: path.join(data_dir, 'warehouse.duckdb'), log })
  } catch (error) {
    if (!/lock/i.test((error as Error).message)) throw error
    throw new StartProblem(`Der Datenordner ${data_dir} wird schon von einem laufenden SoJuS benutzt.`, { cause: error })
  }
}

const start = async (options: Start): Promise<void> => {
  const { environment, log, closing, development } = options
  const http = await takePort(environment.PORT, environment.HOST ?? '127.0.0.1')
  closing.push(() => http.drain())
  const directory = await takeDataDirectory(environment.DATA_DIR)
  const data_dir = directory.path
  const built = development ? Promise.resolve() : buildDashboards(progress)
  built.catch(() => undefined)

  const postgres = await providePostgres({ database_url: environment.DATABASE_URL, data_dir, log, progress }).catch(
    async (error: unknown) => {
      await directory.discard()
      throw error
    },
  )
  closing.push(() => postgres.stop())
  const accounts = await fillDatabase(postgres, options)

  progress('Data Warehouse wird geöffnet')
  const warehouse = await openTheWarehouse(data_dir, log)
  closing.push(() => warehouse.close())
  const recorded = () => recordedBy(postgres.owner_url)
  const ingest = await startIngest({ ingest_url: postgres.ingest_url, warehouse, data_dir, log, progress, recorded })
  closing.push(() => ingest.stop())
  const compaction = startCompaction(warehouse, log)
  closing.push(() => compaction.stop())
  const db = openDatabase(postgres.app_url)
  closing.push(() => db.destroy())

  await built
  const secure = environment.PUBLIC_URL?.startsWith('https:') ?? false
  const { bygone, close } = await openBygone({ warehouse, log }, (reader: Reader, id) => publishedView(db, reader, id))
  closing.push(close)
  const { SMTP_URL: smtp_url, INBOX_DAYS: keep_days, EMBED_ORIGINS: embed_origins, CLAMD_ADDRESS: clamd } = environment
  const home = environment.PUBLIC_URL ?? `http://${environment.HOST ?? '127.0.0.1'}:${http.port}`
  const figures = { warehouse, ingest, log, now, bygone, sameOrigin: sameOriginElsewhere(log), drawings: reportDrawings }
  const { check: checkReport, make } = scheduledReports({ ...figures, home })
  const transactional = transactionalApp({
    db,
    now,
    log,
    secure,
    takeView: takeView({ warehouse, now, bygone }),
    checkReport,
    pastFacts: pastFacts({ warehouse, now, bygone }),
    writeLines: linesFile,
    mails: smtp_url !== undefined,
    embeds: embed_origins.length > 0,
    uploads: { most_bytes: environment.DOCUMENT_MB * 1024 * 1024, ...(clamd !== undefined && { scan: clamdScan(clamd) }) },
  })
  const analytic = apiApp({ ...figures, reader: apiReaderOf({ db, now, secure }), public_url: environment.PUBLIC_URL })
  const portal = portalApp({ transactional, analytic, assets: await assetHandler(dashboardsFolder), log, secure, embed_origins })
  const from = environment.SMTP_FROM ?? `sojus@${new URL(home).hostname}`
  const send = smtp_url === undefined ? undefined : mailer({ smtp_url, from, inbox: new URL('/postfach', home).href })
  const reports = startReports({ db, now, log, make, keep_days, send })
  closing.push(() => reports.stop())
  const expiry = startExpiry({ db, now, log, mails: smtp_url !== undefined, keep_days })
  closing.push(() => expiry.stop())
  const reminders = startReminders({ db, now, log })
  closing.push(() => reminders.stop())
  const deletion = startDeletion({ db, now, log })
  closing.push(() => deletion.stop())
  http.answer(getRequestListener(portal.fetch))
  // requests in flight end before what they need is closed
  closing.push(...closing.splice(0, 1))
  if (!environment.HOST && accounts.length === 0) await http.move(undefined)

  const hint = accounts.length > 0 ? ` · Demonstrationszugänge (Land MV, Kennwort ${DEMONSTRATION_PASSWORD}): ${accounts.join(', ')}` : ''
  process.stdout.write(`ready ${home}${hint}\n`)
  const ahead = warmUp(warehouse, { now, log })
  closing.push(() => ahead.stop())
}

const main = async (): Promise<void> => {
  const closing: Closing[] = []
  let log = pino({ level: 'info' }, pino.destination({ dest: 2, sync: true }))
  let stopping: Promise<void> | undefined
  const closeAll = async () => {
    for (const close of closing.splice(0).toReversed()) await close().catch((error: unknown) => log.error({ err: error }, 'closing failed'))
  }
  const stop = (exitCode: number, farewell: string) => {
    if (stopping) process.exit(130)
    progress(farewell)
    stopping = closeAll().finally(() => process.exit(exitCode))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(0, 'SoJuS wird beendet'))
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error) => {
      log.fatal({ err: error }, event)
      if (!stopping) stop(1, 'SoJuS wird nach einem Fehler beendet')
    })
  }
  try {
    if (existsSync('.env')) process.loadEnvFile('.env')
    const environment = environmentOf(process.env)
    log = pino({ level: environment.LOG_LEVEL }, pino.destination({ dest: 2, sync: true }))
    await start({ environment, log, closing, development: process.argv.includes('--development') })
  } catch (error) {
    // what was stopped by hand fails in its current step
    if (stopping) return
    await closeAll()
    process.stderr.write(error instanceof StartProblem ? `${error.message}\n` : `SoJuS ist nicht gestartet: ${(error as Error).stack}\n`)
    process.exit(1)
  }
}

const environmentOf = (variables: NodeJS.ProcessEnv) => {
  try {
    return readEnvironment(variables)
  } catch (error) {
    throw new StartProblem((error as Error).message)
  }
}

await main()
