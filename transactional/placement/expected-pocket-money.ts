import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Database } from '../database.ts'
import type { CountingRule } from '../vocabulary.ts'
import { pocketMoneyOf, type PocketMoney as Amounts } from './pocket-money.ts'

export const PocketMoney = z.object({ monthly_cents: z.int(), total_cents: z.int(), valid_from: z.iso.date(), source: z.string() })
export const pocketMoneyColumns = ['monthly_cents', 'total_cents', 'valid_from', 'source'] as const

type Help = { birth_date: string; first_day: string; last_day: string; counting_rule: CountingRule }

/** By the table of the state in which the facility lies. */
export const expectedPocketMoney = async (db: Kysely<Database>, federal_state: string, help: Help): Promise<Amounts | null> => {
  const steps = await db
    .selectFrom('pocket_money')
    .where('federal_state', '=', federal_state)
    .select(['valid_from', 'age_from', 'age_to', 'amount_cents', 'source'])
    .execute()
  return pocketMoneyOf(steps, help)
}

/** As it was shown at the reservation; null where nothing was, or for a provider. */
export const shownPocketMoney = async (db: Kysely<Database>, reservation_id: string): Promise<Amounts | null> =>
  (await db
    .selectFrom('reservation_pocket_money')
    .where('reservation_id', '=', reservation_id)
    .select(pocketMoneyColumns)
    .executeTakeFirst()) ?? null
