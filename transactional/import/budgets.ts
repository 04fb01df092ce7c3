import { readRows, refuseRepeated, type Context } from './context.ts'
import type { Columns, Table } from './csv.ts'
import { plus, write, type Written } from './write.ts'

export const budgetColumns: Columns = {
  youth_authority: { names: ['jugendamt', 'youth_authority'], required: true },
  year: { names: ['jahr', 'year'], required: true },
  service_kind: { names: ['hilfeart', 'service_kind'], required: true },
  amount: { names: ['betrag', 'amount'], required: true },
}

export const importBudgets = async (context: Context, table: Table): Promise<Written> => {
  const { client, faults } = context
  const rows = readRows(context, table, (cells) => ({
    youth_authority_id: cells.word('youth_authority', context.authorities),
    year: cells.integer('year', 2000, 2040),
    service_kind: cells.word('service_kind', context.kinds)?.code,
    amount_cents: cells.cents('amount', 0),
  }))
  refuseRepeated(faults, rows, (row) => `${row.youth_authority_id} ${row.year} ${row.service_kind}`)
  if (faults.length > 0) return plus()
  const items = rows.map(({ line, ...values }) => ({ line, values }))
  return write(client, faults, 'budget', { key: ['youth_authority_id', 'year', 'service_kind'] }, items)
}
