import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { pino } from 'pino'
import type { TestProject } from 'vitest/node'
import { loadDemonstration } from './demo/demonstration.ts'
import { migrateToLatest } from './migrate.ts'
import { provideRoles } from './postgres.ts'
import { grantToOwner } from './postgres-roles.ts'
import { serverUrl, startServer, stopOrphan, type Secrets } from './postgres-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    postgres: Secrets
  }
}

export type TestDatabase = { name: string; owner_url: string; app_url: string; ingest_url: string; drop(): Promise<void> }
export type TestServer = { secrets: Secrets; directory: string; stop(): Promise<void> }

const folder = path.join(tmpdir(), `sojus-test-${process.getuid?.() ?? 'user'}`)
const template = 'sojus_template'

const asSuperuser = async <T>(secrets: Secrets, database: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: serverUrl(secrets, 'postgres', database) })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

const loadReference = async (ownerUrl: string) => {
  const file = new URL('./reference/reference.ts', import.meta.url)
  if (!existsSync(file)) return
  const reference = (await import(file.href)) as { loadReference: (url: string) => Promise<void> }
  await reference.loadReference(ownerUrl)
}

const makeTemplate = async (secrets: Secrets) => {
  await provideRoles(secrets)
  await asSuperuser(secrets, 'postgres', (client) => client.query(`create database ${template}`))
  await asSuperuser(secrets, template, grantToOwner)
  const ownerUrl = serverUrl(secrets, 'sojus_owner', template)
  await migrateToLatest(ownerUrl)
  await loadReference(ownerUrl)
  await asSuperuser(secrets, template, (client) => client.query('vacuum analyze'))
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

// servers of test runs that were killed
const sweep = async () => {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    if (isAlive(Number(name.split('-')[0]))) continue
    const directory = path.join(folder, name)
    await stopOrphan(path.join(directory, 'postgres', 'cluster'), 'immediate')
    await rm(directory, { recursive: true, force: true })
  }
}

/** A server of its own in the temporary directory, as fast as one without care for its disk can be; with roles and template. */
export const startTestServer = async (settings: Record<string, string> = {}): Promise<TestServer> => {
  const directory = path.join(folder, `${process.pid}-${randomBytes(4).toString('hex')}`)
  await mkdir(directory, { recursive: true })
  const careless = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_replication_slots: '64', max_wal_senders: '64' }
  const server = await startServer({
    data_dir: directory,
    log: pino({ enabled: false }),
    progress: () => undefined,
    settings: { ...careless, max_connections: '200', ...settings },
  })
  const stop = async () => {
    await server.stop('immediate')
    for (const made of [server.home, directory]) await rm(made, { recursive: true, force: true })
  }
  try {
    await makeTemplate(server.secrets)
  } catch (error) {
    await stop()
    throw error
  }
  return { secrets: server.secrets, directory, stop }
}

/** vitest's globalSetup: one server for the whole run. */
export const setup = async (project: TestProject) => {
  await sweep()
  const server = await startTestServer()
  project.provide('postgres', server.secrets)
  return server.stop
}

// another session may be looking at the data base at this moment
const onceUnused = async (secrets: Secrets, statement: string) => {
  for (let attempt = 1; ; attempt++) {
    try {
      await asSuperuser(secrets, 'postgres', (client) => client.query(statement))
      return
    } catch (error) {
      if ((error as { code?: string }).code !== '55006' || attempt === 50) throw error
      await sleep(100)
    }
  }
}

const drop = (secrets: Secrets, name: string) =>
  asSuperuser(secrets, 'postgres', async (client) => {
    const slots = 'select slot_name, active_pid from pg_replication_slots where database = $1'
    for (let attempt = 1; ; attempt++) {
      const { rows } = await client.query<{ slot_name: string; active_pid: number | null }>(slots, [name])
      if (rows.length === 0) break
      for (const { slot_name, active_pid } of rows) {
        if (active_pid !== null) await client.query('select pg_terminate_backend($1, 5000)', [active_pid])
        await client.query('select pg_drop_replication_slot($1)', [slot_name]).catch((error: unknown) => {
          if (attempt === 20) throw error
        })
      }
    }
    await client.query(`drop database if exists ${name} with (force)`)
  })

type OnServer = Pick<TestServer, 'secrets'> | undefined
const secretsOf = async (server: OnServer) => server?.secrets ?? (await import('vitest')).inject('postgres')

const copyOf = async (original: string, secrets: Secrets): Promise<TestDatabase> => {
  const name = `test_${randomBytes(6).toString('hex')}`
  await onceUnused(secrets, `create database ${name} template ${original}`)
  await asSuperuser(secrets, name, grantToOwner)
  return {
    name,
    owner_url: serverUrl(secrets, 'sojus_owner', name),
    app_url: serverUrl(secrets, 'sojus_app', name),
    ingest_url: serverUrl(secrets, 'sojus_ingest', name),
    drop: () => drop(secrets, name),
  }
}

/** A fresh, migrated database with the reference data; without `server` on the one of the running tests. */
export const testDatabase = async (server?: OnServer): Promise<TestDatabase> => copyOf(template, await secretsOf(server))

/** The last day of the tests' demonstration. */
export const demonstrationDay = '2026-10-15'

/** One with a demonstration of two years. Each size is loaded once for all tests, and then copied. */
export const demonstrationDatabase = async (size: number, server?: OnServer): Promise<TestDatabase> => {
  const secrets = await secretsOf(server)
  const original = `demonstration_${Math.round(size * 1000)}`
  await asSuperuser(secrets, 'postgres', async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [original])
    const { rowCount } = await client.query('select from pg_database where datname = $1', [original])
    if (rowCount !== 0) return
    const { name, owner_url } = await copyOf(template, secrets)
    const quiet = { log: pino({ enabled: false }), progress: () => undefined }
    await loadDemonstration({ owner_url, size, years: 2, today: demonstrationDay, ...quiet })
    await onceUnused(secrets, `alter database ${name} rename to ${original}`)
  })
  return copyOf(original, secrets)
}
