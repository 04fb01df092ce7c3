import type { Transaction } from 'kysely'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { rowMissing } from '../rule-violation.ts'

export type Handover = { case_id: string; to_id: string; reason: string }

/** Gives a case to a colleague of the same authority, and keeps who did it, when and why. */
export const handOver = async (trx: Transaction<Database>, reader: Reader, { case_id, to_id, reason }: Handover, now: Date) => {
  const { caseworker_id } = await trx
    .selectFrom('case')
    .where('id', '=', case_id)
    .select('caseworker_id')
    .forUpdate()
    .executeTakeFirstOrThrow(rowMissing)
  await trx
    .insertInto('case_handover')
    .values({ case_id, from_id: caseworker_id, to_id, reason, handed_by: reader.user_account_id, handed_at: now })
    .execute()
  await trx.updateTable('case').set({ caseworker_id: to_id }).where('id', '=', case_id).execute()
  await trx
    .updateTable('waiting_entry')
    .set({ user_account_id: to_id })
    .where('case_id', '=', case_id)
    .where('state', '=', 'waiting')
    .execute()
}
