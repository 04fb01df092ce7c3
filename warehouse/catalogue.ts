import { directoryOf, type Directory } from './directory.ts'
import { freshness, type Freshness } from './query.ts'
import type { Warehouse } from './warehouse.ts'

/** What can be chosen: names and labels, and the month of the first data. */
export const catalogue = (warehouse: Warehouse): Promise<Freshness & { directory: Directory; first_month: string | null }> =>
  warehouse.read(async (connection) => {
    const directory = await directoryOf(warehouse, connection)
    const first = directory.authorities.flatMap(({ data_from }) => data_from ?? []).sort()[0]
    return { ...(await freshness(connection)), directory, first_month: first?.slice(0, 7) ?? null }
  })
