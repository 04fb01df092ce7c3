// npm run demo -- [--size 10] [--area de] [--years 3] [--bookings 1200000] [--detail 0.2] [--seed sojus] [--today 2026-11-21]
// Fills an empty data base (DATABASE_URL, or the one kept under DATA_DIR) with demonstration data of any volume.
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { readEnvironment } from '../../api/environment.ts'
import { migrateToLatest } from '../migrate.ts'
import { berlinDay } from '../placement/period.ts'
import { providePostgres } from '../postgres.ts'
import { loadReference } from '../reference/reference.ts'
import { loadDemonstration } from './demonstration.ts'

const text = { type: 'string' } as const

const number = (name: string, given: string | undefined): number | undefined => {
  if (given === undefined) return undefined
  const value = Number(given)
  if (!(value > 0)) throw new Error(`--${name} muss eine Zahl größer als 0 sein.`)
  return value
}

const readArguments = () => {
  const options = { size: text, area: text, years: text, bookings: text, detail: text, seed: text, today: text }
  const { size, area, years, bookings, detail, seed, today } = parseArgs({ options }).values
  return {
    size: number('size', size) ?? 1,
    area: area ?? 'MV',
    years: number('years', years) ?? 3,
    bookings: number('bookings', bookings),
    detail: number('detail', detail) ?? 1,
    seed: seed ?? 'sojus',
    today: today ?? berlinDay(new Date()),
  }
}

const run = async (): Promise<void> => {
  const wanted = readArguments()
  if (existsSync('.env')) process.loadEnvFile('.env')
  const { DATABASE_URL: database_url, DATA_DIR: data_dir, LOG_LEVEL: level } = readEnvironment(process.env)
  const log = pino({ level }, pino.destination({ dest: 2, sync: true }))
  const progress = (message: string) => process.stdout.write(`${message}\n`)
  const postgres = await providePostgres({ database_url, data_dir, log, progress, share: true })
  try {
    await migrateToLatest(postgres.owner_url)
    await loadReference(postgres.owner_url)
    const { loaded, bookings } = await loadDemonstration({ owner_url: postgres.owner_url, ...wanted, now: new Date(), log, progress })
    if (!loaded) throw new Error('Die Datenbank ist nicht leer: Demonstrationsdaten kommen nur in eine leere.')
    progress(`${bookings.toLocaleString('de-DE')} Buchungen geladen`)
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
