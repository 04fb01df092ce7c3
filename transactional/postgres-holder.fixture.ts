// Runs a server on the data directory given, as a process that a test can kill; an existing cluster is joined with the word `share`.
import { pino } from 'pino'
import { providePostgres, StartProblem } from './postgres.ts'

const [data_dir = '', mode] = process.argv.slice(2)
try {
  const postgres = await providePostgres({ data_dir, log: pino({ enabled: false }), progress: () => undefined, share: mode === 'share' })
  process.on('SIGTERM', () => void postgres.stop().then(() => process.exit(0)))
  process.stdout.write(`${postgres.owner_url}\n`)
  setInterval(() => undefined, 1000)
} catch (error) {
  process.stdout.write(`${error instanceof StartProblem ? 'StartProblem' : 'Error'}: ${(error as Error).message}\n`)
  process.exit(1)
}
