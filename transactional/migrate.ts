import { readdir, readFile } from 'node:fs/promises'
import { Kysely, Migrator, PostgresDialect, sql, type Migration, type MigrationProvider } from 'kysely'
import pg from 'pg'

const folder = new URL('./migrations/', import.meta.url)
const fileName = /^\d{4}_[a-z_]+\.sql$/

const sqlMigrations: MigrationProvider = {
  async getMigrations() {
    const migrations: Record<string, Migration> = {}
    for (const file of (await readdir(folder)).filter((name) => name.endsWith('.sql'))) {
      if (!fileName.test(file)) throw new Error(`migration ${file} is not named NNNN_noun.sql`)
      const text = await readFile(new URL(file, folder), 'utf8')
      // without parameters the whole file goes through the simple protocol, which takes many statements
      migrations[file.replace(/\.sql$/, '')] = { up: async (db) => void (await sql.raw(text).execute(db)) }
    }
    return migrations
  },
}

/** Brings the schema to the newest migration, as its owner, all in one transaction. */
export const migrateToLatest = async (ownerUrl: string): Promise<void> => {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 2 })
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  try {
    const { error, results } = await new Migrator({ db, provider: sqlMigrations }).migrateToLatest()
    if (error === undefined) return
    const failed = results?.find((result) => result.status === 'Error')
    throw new Error(`migration ${failed?.migrationName ?? 'lock'} failed: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  } finally {
    await db.destroy()
  }
}
