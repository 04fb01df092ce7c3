// npm run admin -- [--state MV] [--user chefin] [--name "Erika Beispiel"]; asks for what is missing, the password always.
// Without a terminal the password is the first line of standard input: an argument could be read by every user of the machine.
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { readEnvironment } from '../../api/environment.ts'
import { openDatabase } from '../connection.ts'
import { migrateToLatest } from '../migrate.ts'
import { providePostgres } from '../postgres.ts'
import { loadReference } from '../reference/reference.ts'
import { createAdministrator, NewAdministrator } from './administrator.ts'

type Questions = { open(question: string): Promise<string>; secret(question: string): Promise<string>; close(): void }

const terminal = (): Questions => {
  let muted = false
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!muted) process.stdout.write(chunk)
      done()
    },
  })
  const lines = createInterface({ input: process.stdin, output, terminal: true })
  const secret = async (question: string) => {
    process.stdout.write(question)
    muted = true
    const answer = await lines.question('')
    muted = false
    process.stdout.write('\n')
    return answer
  }
  return { open: (question) => lines.question(question), secret, close: () => lines.close() }
}

const standardInput = async (): Promise<Questions> => {
  const lines = (await process.stdin.setEncoding('utf8').toArray()).join('').split(/\r?\n/)
  const next = async () => lines.shift() ?? ''
  return { open: next, secret: next, close: () => undefined }
}

const ask = async () => {
  const options = { state: { type: 'string' }, user: { type: 'string' }, name: { type: 'string' } } as const
  const given = parseArgs({ options }).values
  const questions = process.stdin.isTTY ? terminal() : await standardInput()
  const administrator = {
    federal_state: given.state ?? (await questions.open('Land (zwei Buchstaben): ')),
    user_name: given.user ?? (await questions.open('Benutzername: ')),
    display_name: given.name ?? (await questions.open('Vor- und Nachname: ')),
    password: await questions.secret('Kennwort (mindestens 12 Zeichen): '),
  }
  const repeated = process.stdin.isTTY ? await questions.secret('Kennwort noch einmal: ') : administrator.password
  questions.close()
  if (repeated !== administrator.password) throw new Error('Die Kennwörter sind verschieden.')
  const { data, error } = NewAdministrator.safeParse(administrator)
  if (error) throw new Error(error.issues.map((issue) => issue.message).join(' '))
  return data
}

try {
  if (existsSync('.env')) process.loadEnvFile('.env')
  const { DATA_DIR, DATABASE_URL } = readEnvironment(process.env)
  const administrator = await ask()
  const log = pino({ level: 'warn' }, pino.destination(2))
  const progress = (text: string) => process.stdout.write(`${text}\n`)
  const postgres = await providePostgres({ data_dir: DATA_DIR, database_url: DATABASE_URL, log, progress, share: true })
  try {
    await migrateToLatest(postgres.owner_url)
    await loadReference(postgres.owner_url)
    const owner = openDatabase(postgres.owner_url, 1)
    await createAdministrator(owner, administrator).finally(() => owner.destroy())
    progress(`${administrator.user_name} ist nun Administrator in ${administrator.federal_state}.`)
  } finally {
    await postgres.stop()
  }
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
}
process.exit(0)
