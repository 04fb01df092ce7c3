// npm run import -- KIND FILE: an authority's own data from CSV; see the README.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { pino } from 'pino'
import { readEnvironment } from '../../api/environment.ts'
import { migrateToLatest } from '../migrate.ts'
import { providePostgres } from '../postgres.ts'
import { loadReference } from '../reference/reference.ts'
import { FAULTS_TOLD, faultText, type Fault } from './fault.ts'
import { importCsv, IMPORTS, type ImportKind } from './import.ts'

const isKind = (kind: string | undefined): kind is ImportKind => kind !== undefined && Object.hasOwn(IMPORTS, kind)

const readArguments = async (): Promise<{ kind: ImportKind; bytes: Uint8Array }> => {
  const [kind, file] = process.argv.slice(2)
  if (!isKind(kind) || file === undefined)
    throw new Error(`Aufruf: npm run import -- ART DATEI; ART ist ${Object.keys(IMPORTS).join(', ')}.`)
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`Die Datei ${file} lässt sich nicht lesen (${error.code}).`, { cause: error })
  })
  return { kind, bytes }
}

const tell = (faults: Fault[]): void => {
  for (const fault of faults.slice(0, FAULTS_TOLD)) process.stderr.write(`${faultText(fault)}\n`)
  if (faults.length > FAULTS_TOLD) process.stderr.write(`… und ${faults.length - FAULTS_TOLD} weitere\n`)
  process.stderr.write(`Nichts wurde übernommen: ${faults.length === 1 ? 'ein Fehler' : `${faults.length} Fehler`}.\n`)
}

const run = async (): Promise<void> => {
  const wanted = await readArguments()
  if (existsSync('.env')) process.loadEnvFile('.env')
  const { DATABASE_URL: database_url, DATA_DIR: data_dir, LOG_LEVEL: level } = readEnvironment(process.env)
  const log = pino({ level }, pino.destination({ dest: 2, sync: true }))
  const progress = (text: string) => process.stdout.write(`${text}\n`)
  const postgres = await providePostgres({ database_url, data_dir, log, progress, share: true })
  try {
    await migrateToLatest(postgres.owner_url)
    await loadReference(postgres.owner_url)
    const { faults, rows, inserted, updated } = await importCsv({ owner_url: postgres.owner_url, ...wanted })
    if (faults.length === 0) progress(`${rows} Zeilen gelesen: ${inserted} neu, ${updated} geändert, das Übrige war schon so da.`)
    else tell(faults)
    process.exitCode = faults.length === 0 ? 0 : 1
  } finally {
    await postgres.stop()
  }
}

try {
  await run()
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}
