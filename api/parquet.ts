import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { DOUBLE, DuckDBDataChunk, DuckDBInstance, VARCHAR } from '@duckdb/node-api'
import { type Columns, partsOf } from './columns.ts'

/** As a Parquet file, written by a DuckDB of its own that knows nothing but these columns. */
export const parquetOf = async (columns: Columns): Promise<Uint8Array> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'sojus-parquet-'))
  try {
    const file = path.join(folder, 'answer.parquet')
    await writeParquet(columns, file)
    return await readFile(file)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const writeParquet = async (columns: Columns, file: string): Promise<void> => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  try {
    const connection = await instance.connect()
    const all = Object.entries(columns)
    const definitions = all.map(([name, { type }]) => `"${name}" ${type === 'text' ? 'varchar' : 'double'}`)
    await connection.run(`create table answer (${definitions.join(', ')})`)
    const appender = await connection.createAppender('answer')
    const types = all.map(([, { type }]) => (type === 'text' ? VARCHAR : DOUBLE))
    for (const part of partsOf(columns)) {
      const chunk = DuckDBDataChunk.create(types)
      chunk.setColumns(Object.values(part).map(({ values }) => values))
      appender.appendDataChunk(chunk)
      await setImmediate()
    }
    appender.closeSync()
    await connection.run(`copy answer to '${file.replaceAll("'", "''")}' (format parquet, compression zstd)`)
    connection.closeSync()
  } finally {
    instance.closeSync()
  }
}
