import { availableParallelism } from 'node:os'
import type { DuckDBConnection } from '@duckdb/node-api'

/** One core is left to PostgreSQL and to Node: small statements of several threads wait for each other longer than they work. */
export const usualThreads = Math.max(1, availableParallelism() - 1)

/** Outside a transaction: gives DuckDB every core for work that is large. */
export const withAllCores = async <T>(connection: DuckDBConnection, work: () => Promise<T>): Promise<T> => {
  await connection.run(`set threads = ${availableParallelism()}`)
  try {
    return await work()
  } finally {
    await connection.run(`set threads = ${usualThreads}`)
  }
}
