// The ingest as a process that a test kills, with the compaction running: node --import tsx ingest/killed.fixture.ts URL FOLDER WHEN
// WHEN: `never`, `committing` (a write is whole but not committed) or `committed` (a write is committed but not confirmed).
import { join } from 'node:path'
import { startCompaction } from '../warehouse/compaction.ts'
import { openWarehouse, type Warehouse } from '../warehouse/warehouse.ts'
import { silent } from './ingest.fixture.ts'
import { startIngest } from './ingest.ts'

const [ingest_url = '', data_dir = '', when = 'never'] = process.argv.slice(2)
const die = (): void => void process.kill(process.pid, 'SIGKILL')

const warehouse = await openWarehouse({ path: join(data_dir, 'warehouse.duckdb'), log: silent })
let writesLeft = 2 + Math.floor(Math.random() * 8)
const watched: Warehouse = {
  ...warehouse,
  write: async (work, ...rest) => {
    const last = (writesLeft -= 1) === 0
    const result = await warehouse.write(
      async (connection, announce) => {
        const result = await work(connection, announce)
        if (last && when === 'committing') die()
        return result
      },
      ...rest,
    )
    if (last && when === 'committed') die()
    return result
  },
}
startCompaction(watched, silent)
process.stdout.write('opened\n')
await startIngest({ ingest_url, warehouse: watched, data_dir, log: silent })
process.stdout.write('streaming\n')
