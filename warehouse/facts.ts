import { execute } from './statement.ts'
import type { Warehouse } from './warehouse.ts'

/** The facts that can be listed, and which of them concern some days. */
const concern = {
  booking: 'first_day <= $last::date and last_day >= $first::date',
  payment_line: 'paid_on between $first::date and $last::date',
  // whatever becomes of it comes later
  reservation: 'reserved_on <= $last::date and $first is not null',
  wait: 'entered_on <= $last::date and (ended_on is null or ended_on >= $first::date)',
}
export type Fact = keyof typeof concern
const named = `id in (select unnest(from_json($ids, '["UUID"]')))`

/** An authority's facts that concern the days from `first` to `last`, or those named by `ids`, as a JSON list of rows of their table. */
export const factsOf = async (
  warehouse: Warehouse,
  {
    fact,
    youth_authority_id,
    first,
    last,
    ids,
  }: { fact: Fact; youth_authority_id: string; first: string; last: string; ids?: string[] | undefined },
): Promise<string> => {
  const read = await warehouse.ask((connection) =>
    execute(
      connection,
      `select coalesce(to_json(list(fact)), '[]')::varchar from (
         select * exclude (sign, commit_lsn, committed_at) from history.${fact}
         where youth_authority_id = $authority and ${ids ? named : concern[fact]}
         group by all having sum(sign) > 0
       ) as fact`,
      { authority: youth_authority_id, ...(ids ? { ids: JSON.stringify(ids) } : { first, last }) },
    ),
  )
  return String(read.getRowsJson()[0]![0])
}
