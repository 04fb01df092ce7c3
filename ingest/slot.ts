import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { ServerIdentity } from './change-stream.ts'
import { parseLsn } from './lsn.ts'
import type { Progress } from './progress.ts'

/** A replication slot: PostgreSQL keeps for it what the warehouse has not confirmed. */
export type Slot = { confirmed_lsn: bigint; lost: boolean }

/** Each warehouse file has a slot of its own in each database; the same again when the file was deleted. */
export const slotName = (host: string, warehousePath: string, database: string): string =>
  `sojus_${createHash('sha256')
    .update(JSON.stringify([host, warehousePath, database]))
    .digest('hex')
    .slice(0, 16)}`

export const readSlot = async (client: pg.Client, name: string): Promise<Slot | undefined> => {
  const { rows } = await client.query<{ confirmed_lsn: string | null; lost: boolean }>(
    `select confirmed_flush_lsn::text as confirmed_lsn, wal_status = 'lost' or invalidation_reason is not null as lost
     from pg_replication_slots where slot_name = $1 and database = current_database()`,
    [name],
  )
  const [row] = rows
  if (row === undefined) return undefined
  return { confirmed_lsn: row.confirmed_lsn === null ? 0n : parseLsn(row.confirmed_lsn), lost: row.lost || row.confirmed_lsn === null }
}

/** Drops a slot wherever it is; waits while another session (one that was killed just now) still holds it. */
export const dropSlot = async (client: pg.Client, name: string, signal: AbortSignal): Promise<void> => {
  for (;;) {
    try {
      await client.query('select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1', [name])
      return
    } catch (error) {
      if ((error as { code?: string }).code !== OBJECT_IN_USE) throw error
      await sleep(200, undefined, { signal })
    }
  }
}

export const OBJECT_IN_USE = '55006'

/** Why the stream cannot simply go on where the warehouse stands; undefined when it can. */
export const reasonToReconcile = (progress: Progress | undefined, server: ServerIdentity, slot: Slot | undefined): string | undefined => {
  if (progress === undefined) return 'first load'
  if (server.system_identifier !== progress.system_identifier) return 'another server'
  if (server.timeline !== progress.timeline) return 'the server was restored or replaced'
  if (server.lsn < progress.applied_lsn) return 'the server was set back'
  if (slot === undefined || slot.lost) return 'the slot was lost'
  if (slot.confirmed_lsn > progress.applied_lsn) return 'the slot is ahead of the warehouse'
  return undefined
}
