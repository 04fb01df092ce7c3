import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DOUBLE, DuckDBDataChunk, DuckDBInstance, VARCHAR } from '@duckdb/node-api'
import type { Columns } from './export.ts'

const rowsOfChunk = 2048

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
    const length = all[0]?.[1].values.length ?? 0
    for (let from = 0; from < length; from += rowsOfChunk) {
      const chunk = DuckDBDataChunk.create(all.map(([, { type }]) => (type === 'text' ? VARCHAR : DOUBLE)))
      chunk.setColumns(all.map(([, { values }]) => values.slice(from, from + rowsOfChunk)))
      appender.appendDataChunk(chunk)
    }
    appender.closeSync()
    await connection.run(`copy answer to '${file.replaceAll("'", "''")}' (format parquet, compression zstd)`)
    connection.closeSync()
  } finally {
    instance.closeSync()
  }
}
