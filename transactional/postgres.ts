import pg from 'pg'
import type { Logger } from 'pino'
import { provideExternal } from './postgres-external.ts'
import { createRole, grantToOwner, missingRoles, roles } from './postgres-roles.ts'
import { serverUrl, startServer, type Secrets } from './postgres-server.ts'

export { StartProblem } from './start-problem.ts'

export type Postgres = { owner_url: string; app_url: string; ingest_url: string; embedded: boolean; stop(): Promise<void> }

const withClient = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** The product's roles on a server of its own; may run again and again. */
export const provideRoles = (secrets: Secrets): Promise<void> =>
  withClient(serverUrl(secrets, 'postgres', 'postgres'), async (client) => {
    for (const role of await missingRoles(client)) await createRole(client, role, secrets.passwords[role])
  })

const provideDatabase = async (secrets: Secrets) => {
  await provideRoles(secrets)
  await withClient(serverUrl(secrets, 'postgres', 'postgres'), async (client) => {
    const { rowCount } = await client.query(`select from pg_database where datname = 'sojus'`)
    if (!rowCount) await client.query('create database sojus')
  })
  await withClient(serverUrl(secrets, 'postgres', 'sojus'), grantToOwner)
}

/**
 * The database of the product: `database_url` if given, else a server of its own under `data_dir`.
 * @param o.share join the server that a living process runs on this data directory, instead of refusing
 * @throws StartProblem with one German sentence for everything the administrator can mend
 */
export const providePostgres = async (o: {
  database_url?: string | undefined
  data_dir: string
  log: Logger
  progress: (text: string) => void
  share?: boolean
}): Promise<Postgres> => {
  if (o.database_url) {
    o.progress('PostgreSQL von DATABASE_URL wird geprüft')
    const urls = await provideExternal(o.database_url)
    return {
      owner_url: urls.sojus_owner,
      app_url: urls.sojus_app,
      ingest_url: urls.sojus_ingest,
      embedded: false,
      stop: async () => undefined,
    }
  }
  const server = await startServer(o)
  try {
    await provideDatabase(server.secrets)
  } catch (error) {
    await server.stop()
    throw error
  }
  const [owner_url, app_url, ingest_url] = roles.map((role) => serverUrl(server.secrets, role, 'sojus')) as [string, string, string]
  return { owner_url, app_url, ingest_url, embedded: true, stop: () => server.stop() }
}
