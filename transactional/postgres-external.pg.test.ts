import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { migrateToLatest } from './migrate.ts'
import { providePostgres, StartProblem } from './postgres.ts'
import { serverUrl, startServer, type Server } from './postgres-server.ts'

const quiet = { log: pino({ enabled: false }), progress: () => undefined }
let folder: string
let server: Server
let admin: pg.Client

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sojus-external-'))
  await chmod(folder, 0o755)
  server = await startServer({ data_dir: folder, ...quiet, settings: { fsync: 'off' } })
  admin = new pg.Client({ connectionString: serverUrl(server.secrets, 'postgres', 'postgres') })
  await admin.connect()
})

afterEach(async () => {
  await admin.query('drop database if exists portal with (force)')
  for (const role of ['sojus_owner', 'sojus_app', 'sojus_ingest', 'town', 'clerk']) await admin.query(`drop role if exists ${role}`)
})

afterAll(async () => {
  await admin.end()
  await server.stop('immediate')
  for (const made of [folder, server.home]) await rm(made, { recursive: true, force: true })
})

const urlAs = (role: string, database = 'portal') => `postgres://${role}:secret@127.0.0.1:${server.secrets.port}/${database}`
const provide = (database_url: string) => providePostgres({ database_url, data_dir: folder, ...quiet })

const problemOf = async (database_url: string): Promise<string> => {
  const error: unknown = await provide(database_url).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(StartProblem)
  return (error as StartProblem).message
}

const rolesThere = async () =>
  (await admin.query<{ rolname: string }>(`select rolname from pg_roles where rolname like 'sojus%' order by 1`)).rows.map(
    (row) => row.rolname,
  )

/** A database as an administrator hands it over: owned by a role that may create roles, with the rights given. */
const handOver = async (rights: string) => {
  await admin.query(`create role town login password 'secret' ${rights}`)
  await admin.query('create database portal owner town')
}

test('a role that may create roles and replicate is enough: the three roles come, work, and are found again', async () => {
  await handOver('createrole replication')
  const first = await provide(urlAs('town'))
  expect(first.embedded).toBe(false)
  await migrateToLatest(first.owner_url)
  const ingest = new pg.Client({ connectionString: first.ingest_url })
  await ingest.connect()
  expect((await ingest.query('select count(*)::int as parameters from parameter')).rows[0].parameters).toBeGreaterThan(0)
  await ingest.end()
  expect(await provide(urlAs('town'))).toMatchObject({ owner_url: first.owner_url, app_url: first.app_url, ingest_url: first.ingest_url })
})

test('a new password in DATABASE_URL gives the roles new passwords', async () => {
  await handOver('createrole replication')
  const before = await provide(urlAs('town'))
  await admin.query(`alter role town password 'other'`)
  const after = await provide(urlAs('town').replace('secret', 'other'))
  expect(after.app_url).not.toBe(before.app_url)
})

test('a role that may not create roles is told so, and nothing is left behind', async () => {
  await handOver('')
  expect(await problemOf(urlAs('town'))).toBe(
    'town darf die Rollen sojus_owner, sojus_app, sojus_ingest nicht anlegen: dazu braucht es CREATEROLE und für sojus_ingest das Recht REPLICATION.',
  )
  expect(await rolesThere()).toEqual([])
})

test('a role without the right to replicate is told so, and nothing is left behind', async () => {
  await handOver('createrole')
  expect(await problemOf(urlAs('town'))).toContain('REPLICATION')
  expect(await rolesThere()).toEqual([])
})

test('roles made beforehand without replication are told so and stay as they were', async () => {
  await handOver('createrole replication')
  const { ingest_url } = await provide(urlAs('town'))
  await admin.query('alter role sojus_ingest noreplication')
  await admin.query('alter role town noreplication')
  expect(ingest_url).toContain('sojus_ingest')
  expect(await problemOf(urlAs('town'))).toContain('Der Rolle sojus_ingest fehlt das Recht REPLICATION')
  expect(await rolesThere()).toEqual(['sojus_app', 'sojus_ingest', 'sojus_owner'])
})

test('a service role that could see everything is refused', async () => {
  await handOver('createrole replication')
  await provide(urlAs('town'))
  await admin.query('alter role sojus_app bypassrls')
  expect(await problemOf(urlAs('town'))).toContain('BYPASSRLS')
})

test('without the right to create in the database nothing is left behind', async () => {
  await handOver('')
  await admin.query(`create role clerk login createrole replication password 'secret'`)
  expect(await problemOf(urlAs('clerk'))).toBe('Der Rolle sojus_owner fehlt das Recht CREATE an der Datenbank oder am Schema public.')
  expect(await rolesThere()).toEqual([])
})

test('an address that is none, a closed port, a wrong password and a missing database are one sentence each', async () => {
  await handOver('')
  expect(await problemOf('mysql://localhost/portal')).toContain('DATABASE_URL ist keine Adresse')
  expect(await problemOf('postgres://town:secret@127.0.0.1:1/portal')).toBe(
    'PostgreSQL unter 127.0.0.1:1/portal ist nicht erreichbar (ECONNREFUSED).',
  )
  expect(await problemOf(urlAs('town').replace('secret', 'wrong'))).toContain('lehnt die Anmeldung als town ab')
  expect(await problemOf(urlAs('town', 'nowhere'))).toContain('gibt es nicht')
})

test('a server without logical decoding is told so', async () => {
  const directory = await mkdtemp(path.join(folder, 'replica-'))
  await chmod(directory, 0o755)
  const replica = await startServer({ data_dir: directory, ...quiet, settings: { wal_level: 'replica' } })
  try {
    expect(await problemOf(serverUrl(replica.secrets, 'postgres', 'postgres'))).toContain('wal_level=replica')
  } finally {
    await replica.stop('immediate')
  }
})
