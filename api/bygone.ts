import type { Logger } from 'pino'
import { openPast } from '../warehouse/past.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Bygone, Published } from './moment.ts'
import type { Reader } from './reader.ts'

/** Past states of the data beside the warehouse, with the views published of them as the service that keeps them finds them. */
export const openBygone = async <Known extends Reader>(
  { warehouse, log }: { warehouse: Warehouse; log: Logger },
  publishedView: (reader: Known, id: string) => Promise<object | undefined>,
): Promise<{ bygone: Bygone; close: () => Promise<void> }> => {
  const past = await openPast({ warehouse, log })
  const published: Bygone['published'] = async (c, id) =>
    // readers are those the same service tells
    (await publishedView(c.get('reader') as Known, id)) as Published | undefined
  return { bygone: { past, published }, close: () => past.close() }
}
