import pg from 'pg'

export const roles = ['sojus_owner', 'sojus_app', 'sojus_ingest'] as const
export type Role = (typeof roles)[number]

const attributes: Record<Role, string> = {
  sojus_owner: 'login',
  sojus_app: 'login',
  sojus_ingest: 'login replication',
}

export const missingRoles = async (client: pg.ClientBase): Promise<Role[]> => {
  const { rows } = await client.query<{ rolname: Role }>('select rolname from pg_roles where rolname = any ($1)', [roles])
  return roles.filter((role) => !rows.some(({ rolname }) => rolname === role))
}

/** Without a password the role signs in as the server's own rules say (peer, certificate, password file). */
export const createRole = (client: pg.ClientBase, role: Role, password: string | undefined) =>
  client.query(`create role ${role} ${attributes[role]} ${password ? `password ${pg.escapeLiteral(password)}` : ''}`)

export const setPassword = (client: pg.ClientBase, role: Role, password: string) =>
  client.query(`alter role ${role} login password ${pg.escapeLiteral(password)}`)

/** What the owner needs to lay down the schema: extensions and the publication ask for CREATE on the database. */
export const grantToOwner = async (client: pg.ClientBase) => {
  const { rows } = await client.query<{ name: string }>('select current_database() as name')
  const database = pg.escapeIdentifier(rows[0]!.name)
  await client.query(`grant create, connect, temporary on database ${database} to sojus_owner`)
  await client.query(`grant connect, temporary on database ${database} to sojus_app, sojus_ingest`)
  await client.query('grant usage, create on schema public to sojus_owner')
  await client.query('grant usage on schema public to sojus_app, sojus_ingest')
}
