import pg from 'pg'
import { columnTypes } from '../connection.ts'
import { bookingColumns, importBookings } from './bookings.ts'
import { budgetColumns, importBudgets } from './budgets.ts'
import { readContext, type Context } from './context.ts'
import { readTable, type Columns, type Table } from './csv.ts'
import { facilityColumns, importFacilities } from './facilities.ts'
import type { Fault } from './fault.ts'
import { importOffers, offerColumns } from './offers.ts'
import { importPayments, paymentColumns } from './payments.ts'
import { importPopulation, populationColumns } from './population.ts'
import { importProviders, providerColumns } from './providers.ts'
import type { Written } from './write.ts'

/** In the order in which the files refer to each other. */
export const IMPORTS = {
  population: { columns: populationColumns, run: importPopulation },
  budgets: { columns: budgetColumns, run: importBudgets },
  providers: { columns: providerColumns, run: importProviders },
  facilities: { columns: facilityColumns, run: importFacilities },
  offers: { columns: offerColumns, run: importOffers },
  bookings: { columns: bookingColumns, run: importBookings },
  payments: { columns: paymentColumns, run: importPayments },
} as const satisfies Record<string, { columns: Columns; run: (context: Context, table: Table) => Promise<Written> }>

export type ImportKind = keyof typeof IMPORTS
export type ImportResult = { faults: Fault[]; rows: number } & Written

const inOrder = (a: Fault, b: Fault): number => a.line - b.line

/** All or nothing: with any fault the data base stays as it is. A second run of the same file changes nothing. */
export const importCsv = async (o: { owner_url: string; kind: ImportKind; bytes: Uint8Array }): Promise<ImportResult> => {
  const { columns, run } = IMPORTS[o.kind]
  const table = readTable(o.bytes, columns)
  const failed = (faults: Fault[]): ImportResult => ({ faults: faults.toSorted(inOrder), rows: table.rows.length, inserted: 0, updated: 0 })
  if (table.faults.length > 0) return failed(table.faults)
  const client = new pg.Client({ connectionString: o.owner_url, types: columnTypes, options: '-c TimeZone=UTC -c DateStyle=ISO' })
  await client.connect()
  try {
    await client.query('begin')
    const faults: Fault[] = []
    const written = await run(await readContext(client, faults), table)
    if (faults.length > 0) return failed(faults)
    await client.query('commit')
    return { faults, rows: table.rows.length, ...written }
  } finally {
    // an open transaction goes with its connection
    await client.end()
  }
}
