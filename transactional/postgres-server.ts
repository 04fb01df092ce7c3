import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { chmod, chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import { placeName, postgresBinaries, reachablePlace, reaches, unprivilegedAccount, type Account } from './postgres-binaries.ts'
import { StartProblem } from './start-problem.ts'

export type Secrets = { port: number; passwords: Record<'postgres' | 'sojus_owner' | 'sojus_app' | 'sojus_ingest', string> }
export type Server = { secrets: Secrets; home: string; shared: boolean; stop(how?: 'fast' | 'immediate'): Promise<void> }
export type ServerOptions = {
  data_dir: string
  log: Logger
  progress: (text: string) => void
  /** join a server that a living process runs, instead of refusing */
  share?: boolean
  /** settings beside the product's own, for tests */
  settings?: Record<string, string>
}

type Cluster = { home: string; cluster: string; native: string; account: Account; secrets: Secrets; options: ServerOptions }

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  maintenance_work_mem: '256MB',
  work_mem: '16MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  wal_level: 'logical',
  max_wal_senders: '20',
  max_replication_slots: '20',
  // a stopped warehouse must not fill the disk: it reconciles when its slot is gone
  max_slot_wal_keep_size: '4GB',
  random_page_cost: '1.1',
  jit: 'off',
  TimeZone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  // statements and their details hold personal data
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
}

export const serverUrl = (secrets: Secrets, role: keyof Secrets['passwords'], database: string) =>
  `postgres://${role}:${secrets.passwords[role]}@127.0.0.1:${secrets.port}/${database}`

const freePort = async (wanted?: number): Promise<number> => {
  const probe = net.createServer()
  try {
    probe.listen({ host: '127.0.0.1', port: wanted ?? 0, exclusive: true })
    await once(probe, 'listening')
    return (probe.address() as net.AddressInfo).port
  } catch (error) {
    if (wanted === undefined) throw error
    return freePort()
  } finally {
    probe.close()
  }
}

const readSecrets = async (file: string): Promise<Secrets> => {
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as Secrets
  const password = () => randomBytes(24).toString('base64url')
  const passwords = { postgres: password(), sojus_owner: password(), sojus_app: password(), sojus_ingest: password() }
  return { port: await freePort(), passwords }
}

const writeSecrets = async (file: string, secrets: Secrets) => {
  await writeFile(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  await rename(`${file}.new`, file)
}

const prepare = async (options: ServerOptions): Promise<Cluster> => {
  const { data_dir, progress } = options
  await mkdir(data_dir, { recursive: true })
  const account = unprivilegedAccount()
  const native = await postgresBinaries(account, progress)
  const within = reaches(account, data_dir)
  const home = within ? path.resolve(data_dir, 'postgres') : await reachablePlace(account, placeName(data_dir))
  const cluster = path.join(home, 'cluster')
  const file = path.join(data_dir, 'postgres.json')
  if (existsSync(cluster) && !existsSync(file)) {
    if (within) throw new StartProblem(`Im Datenordner ${data_dir} fehlt die Datei postgres.json mit den Kennwörtern der Datenbank.`)
    // the data directory was removed: what belonged to it must neither be used again nor lost by an oversight
    const aside = `${cluster}-${Date.now()}`
    await stopOrphan(cluster)
    await rename(cluster, aside)
    progress(`Eine frühere Datenbank ohne Datenordner liegt nun unter ${aside}; bitte löschen, wenn sie nicht mehr gebraucht wird`)
  }
  const secrets = await readSecrets(file)
  await writeSecrets(file, secrets)
  return { home, cluster, native, account, secrets, options }
}

const initialise = async ({ home, cluster, native, account, secrets, options }: Cluster) => {
  options.progress('PostgreSQL wird eingerichtet')
  const draft = path.join(home, 'cluster.new')
  const passwordFile = path.join(home, 'password')
  await rm(draft, { recursive: true, force: true })
  await mkdir(home, { recursive: true })
  await chmod(home, 0o755)
  await mkdir(draft, { mode: 0o700 })
  await writeFile(passwordFile, secrets.passwords.postgres, { mode: 0o600 })
  if (account) for (const file of [draft, passwordFile]) await chown(file, account.uid, account.gid)
  const flags = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--no-instructions']
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--text-search-config=german']
  const child = spawn(path.join(native, 'bin', 'initdb'), [`--pgdata=${draft}`, ...flags, ...locale, '--no-sync'], {
    ...account,
    cwd: '/',
    env: { LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  await rm(passwordFile, { force: true })
  if (code !== 0) {
    await rm(draft, { recursive: true, force: true })
    throw new StartProblem(`PostgreSQL ließ sich unter ${home} nicht einrichten: ${complaint.trim().split('\n').at(-1)}`)
  }
  await rename(draft, cluster)
}

const processOf = (cluster: string): number | undefined => {
  const file = path.join(cluster, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  return isServer(pid, cluster) ? pid : undefined
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

// after a crash or in a new container the number may belong to any other process
const isServer = (pid: number, cluster: string) => {
  if (!isAlive(pid)) return false
  const commandLine = `/proc/${pid}/cmdline`
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').split('\0').includes(cluster)
}

const untilGone = async (pid: number, seconds: number) => {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(20)) if (!isAlive(pid)) return true
  return false
}

const terminate = async (pid: number, how: 'fast' | 'immediate') => {
  const signal = (name: NodeJS.Signals) => isAlive(pid) && process.kill(pid, name)
  signal(how === 'fast' ? 'SIGINT' : 'SIGQUIT')
  if (await untilGone(pid, 60)) return
  signal('SIGQUIT')
  if (!(await untilGone(pid, 15))) signal('SIGKILL')
}

/** Ends a server whose process was killed, if it runs. */
export const stopOrphan = async (cluster: string, how: 'fast' | 'immediate' = 'fast') => {
  const pid = processOf(cluster)
  if (pid !== undefined) await terminate(pid, how)
}

const isStarting = (error: unknown) => (error as { code?: string }).code === '57P03' || (error as { code?: string }).code === 'ECONNREFUSED'

/** Connects once the server answers; gives up when `alive` says that nothing will. */
const connect = async (secrets: Secrets, alive: () => boolean, onWait: () => void): Promise<pg.Client | undefined> => {
  for (let attempt = 0; alive(); attempt++) {
    const client = new pg.Client({ connectionString: serverUrl(secrets, 'postgres', 'postgres'), application_name: 'sojus keeper' })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return client
    } catch (error) {
      await client.end().catch(() => undefined)
      if (!isStarting(error)) throw error
      if (attempt === 60) onWait()
      await sleep(50)
    }
  }
  return undefined
}

// Held as long as the owner of the server lives, so that a server without it is an orphan of a killed process.
const keep = async (client: pg.Client, patience_ms: number) => {
  for (const end = Date.now() + patience_ms; ; await sleep(100)) {
    const { rows } = await client.query<{ kept: boolean }>(`select pg_try_advisory_lock(hashtext('sojus keeper')) as kept`)
    if (rows[0]?.kept) return true
    if (Date.now() > end) return false
  }
}

const joinOrStop = async (pid: number, { home, cluster, secrets, options }: Cluster): Promise<Server | undefined> => {
  const client = await connect(
    secrets,
    () => processOf(cluster) === pid,
    () => options.progress('Eine laufende Datenbank wird abgewartet'),
  )
  if (!client) return undefined
  try {
    const orphan = await keep(client, options.share ? 0 : 3000)
    if (!orphan && options.share) return { secrets, home, shared: true, stop: async () => undefined }
    if (!orphan) throw new StartProblem(`Der Datenordner ${options.data_dir} wird schon von einem laufenden SoJuS benutzt.`)
  } finally {
    await client.end().catch(() => undefined)
  }
  await terminate(pid, 'fast')
  return undefined
}

const launch = async ({ cluster, native, account, secrets, options }: Cluster): Promise<ChildProcess> => {
  const log = await open(path.join(options.data_dir, 'postgres.log'), 'a', 0o600)
  const flags = Object.entries({ ...settings, ...options.settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(path.join(native, 'bin', 'postgres'), ['-D', cluster, '-p', String(secrets.port), ...flags], {
    ...account,
    cwd: '/',
    // its own process group: Ctrl-C in a terminal must not stop it before the requests in flight are done
    detached: true,
    env: { LC_ALL: 'C' },
    stdio: ['ignore', log.fd, log.fd],
  })
  child.on('error', () => undefined)
  await log.close()
  return child
}

const lastWords = async (data_dir: string) => {
  const text = await readFile(path.join(data_dir, 'postgres.log'), 'utf8').catch(() => '')
  return text.split('\n').findLast((line) => line.includes('FATAL') || line.includes('PANIC')) ?? 'kein Grund angegeben'
}

const supervise = async (prepared: Cluster): Promise<Server> => {
  const { secrets, options } = prepared
  let child = await launch(prepared)
  const alive = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined
  const recovering = () => options.progress('PostgreSQL stellt den letzten Stand wieder her')
  let keeper = await connect(secrets, alive, recovering)
  if (!keeper) throw new Error(await lastWords(options.data_dir))
  await keep(keeper, 10_000)

  let stopping = false
  const interrupt = () => child.kill('SIGINT')
  process.on('exit', interrupt)
  const revive = async (code: number | null, signal: string | null) => {
    if (stopping) return
    options.log.error({ code, signal }, 'PostgreSQL ended unexpectedly and is started again')
    await sleep(500)
    child = await launch(prepared)
    child.once('exit', onExit)
    keeper = await connect(
      secrets,
      () => alive() && !stopping,
      () => undefined,
    )
    if (keeper) await keep(keeper, 10_000)
  }
  const onExit = (code: number | null, signal: string | null) =>
    void revive(code, signal).catch((error: unknown) => options.log.error({ err: error }, 'PostgreSQL did not start again'))
  child.once('exit', onExit)
  child.unref()

  const stop = async (how: 'fast' | 'immediate' = 'fast') => {
    stopping = true
    process.off('exit', interrupt)
    await keeper?.end().catch(() => undefined)
    if (child.pid !== undefined && alive()) await terminate(child.pid, how)
  }
  return { secrets, home: prepared.home, shared: false, stop }
}

const moveToFreePort = async (prepared: Cluster) => {
  prepared.secrets.port = await freePort(prepared.secrets.port)
  await writeSecrets(path.join(prepared.options.data_dir, 'postgres.json'), prepared.secrets)
}

/** A real PostgreSQL from the npm package, with its cluster under the data directory; an orphan of a killed process is replaced. */
export const startServer = async (options: ServerOptions): Promise<Server> => {
  const prepared = await prepare({ ...options, data_dir: path.resolve(options.data_dir) })
  if (!existsSync(prepared.cluster)) await initialise(prepared)
  for (let attempt = 1; ; attempt++) {
    const running = processOf(prepared.cluster)
    const joined = running === undefined ? undefined : await joinOrStop(running, prepared)
    if (joined) return joined
    if (processOf(prepared.cluster) === undefined) await rm(path.join(prepared.cluster, 'postmaster.pid'), { force: true })
    await moveToFreePort(prepared)
    try {
      options.progress('PostgreSQL wird gestartet')
      return await supervise(prepared)
    } catch (error) {
      if (attempt === 3) throw new StartProblem(`PostgreSQL startet nicht: ${(error as Error).message}`, { cause: error })
    }
  }
}
