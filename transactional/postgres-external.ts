import { createHmac } from 'node:crypto'
import pg from 'pg'
import { createRole, grantToOwner, missingRoles, roles, setPassword, type Role } from './postgres-roles.ts'
import { StartProblem } from './start-problem.ts'

type Urls = Record<Role, string>

const codeOf = (error: unknown) => (error as { code?: string }).code ?? ''
const refused = new Set(['28P01', '28000'])
const forbidden = '42501'

const place = (url: URL) => `${url.hostname || 'localhost'}:${url.port || 5432}${url.pathname}`

const parse = (text: string): URL => {
  try {
    const url = new URL(text)
    if (['postgres:', 'postgresql:'].includes(url.protocol) && url.pathname.length > 1) return url
  } catch {
    // said below
  }
  throw new StartProblem('DATABASE_URL ist keine Adresse der Form postgres://benutzer:kennwort@rechner:5432/datenbank.')
}

const explain = (url: URL, error: unknown): StartProblem => {
  const code = codeOf(error)
  if (refused.has(code)) return new StartProblem(`PostgreSQL unter ${place(url)} lehnt die Anmeldung als ${url.username || 'Benutzer'} ab.`)
  if (code === '3D000') return new StartProblem(`Die Datenbank von DATABASE_URL gibt es nicht: ${place(url)}.`)
  const reason = code || (error instanceof Error ? error.message : String(error))
  return new StartProblem(`PostgreSQL unter ${place(url)} ist nicht erreichbar (${reason}).`, { cause: error })
}

const connect = async (url: string, replication = false): Promise<pg.Client> => {
  const options = { connectionString: url, connectionTimeoutMillis: 10_000, ...(replication && { replication: 'database' }) }
  const client = new pg.Client(options as pg.ClientConfig)
  client.on('error', () => undefined)
  await client.connect()
  return client
}

const setting = async (client: pg.Client, name: string) =>
  (await client.query<{ value: string }>('select current_setting($1) as value', [name])).rows[0]!.value

const checkServer = async (client: pg.Client) => {
  const version = Number(await setting(client, 'server_version_num'))
  if (version < 180_000)
    throw new StartProblem(`PostgreSQL ${await setting(client, 'server_version')} ist zu alt: SoJuS braucht Version 18 oder neuer.`)
  const level = await setting(client, 'wal_level')
  if (level !== 'logical')
    throw new StartProblem(`PostgreSQL läuft mit wal_level=${level}: SoJuS braucht wal_level=logical (und einen Neustart).`)
  const encoding = await setting(client, 'server_encoding')
  if (encoding !== 'UTF8') throw new StartProblem(`Die Datenbank ist in ${encoding} kodiert: SoJuS braucht UTF8.`)
}

// Known to whoever knows DATABASE_URL, to nobody else, and the same in every process that uses it: nothing has to be kept.
const passwordOf = (url: URL, role: Role) =>
  url.password ? createHmac('sha256', decodeURIComponent(url.password)).update(role).digest('base64url') : undefined

const urlOf = (url: URL, role: Role): string => {
  const own = new URL(url)
  own.username = role
  own.password = passwordOf(url, role) ?? ''
  return own.href
}

const createMissing = async (client: pg.Client, url: URL): Promise<Role[]> => {
  const missing = await missingRoles(client)
  try {
    await client.query('begin')
    for (const role of missing) await createRole(client, role, passwordOf(url, role))
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    if (codeOf(error) !== forbidden) throw error
    throw new StartProblem(
      `${url.username} darf die Rollen ${missing.join(', ')} nicht anlegen: dazu braucht es CREATEROLE und für sojus_ingest das Recht REPLICATION.`,
    )
  }
  return missing
}

const signIn = async (client: pg.Client, url: URL, role: Role) => {
  const own = urlOf(url, role)
  const probe = async () => (await connect(own)).end()
  try {
    await probe()
  } catch (error) {
    const password = passwordOf(url, role)
    if (!refused.has(codeOf(error)) || !password) throw explain(new URL(own), error)
    await setPassword(client, role, password).catch(() => undefined)
    await probe().catch((again: unknown) => {
      throw explain(new URL(own), again)
    })
  }
}

const checkOwner = async (client: pg.Client) => {
  await grantToOwner(client).catch(() => undefined)
  const { rows } = await client.query<{ may: boolean }>(
    `select has_database_privilege('sojus_owner', current_database(), 'create') and has_schema_privilege('sojus_owner', 'public', 'create') as may`,
  )
  if (!rows[0]!.may) throw new StartProblem('Der Rolle sojus_owner fehlt das Recht CREATE an der Datenbank oder am Schema public.')
}

const checkApp = async (client: pg.Client) => {
  const { rows } = await client.query<{ bypass: boolean }>(
    `select rolsuper or rolbypassrls as bypass from pg_roles where rolname = 'sojus_app'`,
  )
  if (rows[0]!.bypass) throw new StartProblem('Die Rolle sojus_app darf weder SUPERUSER noch BYPASSRLS haben: sie sähe fremde Fälle.')
}

const checkReplication = async (client: pg.Client, url: URL) => {
  const replicate = async () => {
    const replica = await connect(urlOf(url, 'sojus_ingest'), true)
    await replica.query('IDENTIFY_SYSTEM').finally(() => replica.end())
  }
  try {
    await replicate()
  } catch {
    await client.query('alter role sojus_ingest replication').catch(() => undefined)
    await replicate().catch((error: unknown) => {
      throw new StartProblem(
        `Der Rolle sojus_ingest fehlt das Recht REPLICATION (alter role sojus_ingest replication), oder pg_hba.conf lässt sie nicht zu: ${(error as Error).message}.`,
      )
    })
  }
}

const dropRoles = async (client: pg.Client, created: Role[]) => {
  for (const role of created) {
    await client.query(`drop owned by ${role}`).catch(() => undefined)
    await client.query(`drop role ${role}`).catch(() => undefined)
  }
}

/** Checks the server of DATABASE_URL and provides the product's three roles; what it created goes again if a check fails. */
export const provideExternal = async (text: string): Promise<Urls> => {
  const url = parse(text)
  const client = await connect(text).catch((error: unknown) => {
    throw explain(url, error)
  })
  let created: Role[] = []
  try {
    await checkServer(client)
    created = await createMissing(client, url)
    await checkApp(client)
    for (const role of roles) await signIn(client, url, role)
    await checkOwner(client)
    await checkReplication(client, url)
    return { sojus_owner: urlOf(url, 'sojus_owner'), sojus_app: urlOf(url, 'sojus_app'), sojus_ingest: urlOf(url, 'sojus_ingest') }
  } catch (error) {
    await dropRoles(client, created)
    throw error
  } finally {
    await client.end()
  }
}
