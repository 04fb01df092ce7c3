import { Hono } from 'hono'
import { sql, type Kysely } from 'kysely'
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import { unreadReminders } from '../case/reminder.ts'
import { after, page, PageQuery, pageOf } from '../cursor.ts'
import type { Database } from '../database.ts'
import { operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing } from '../rule-violation.ts'

const Waiting = z.object({ case_id: z.uuid(), service_kind: z.string(), first_day: z.iso.date(), last_day: z.iso.date() })
const Item = z
  .object({
    id: z.uuid(),
    title: z.string(),
    /** null: a notice without a file */
    file_name: z.string().nullable(),
    bytes: z.int().nullable(),
    data_as_of: z.iso.datetime().nullable(),
    /** what a place has become free for */
    waiting: Waiting.nullable(),
    /** the change of authority it tells of */
    authority_change_id: z.uuid().nullable(),
    /** the reservation it tells of */
    reservation_id: z.uuid().nullable(),
    /** the cases of the handover it tells of */
    handed_over: z.array(z.object({ case_id: z.uuid(), case_number: z.string() })),
    received_at: z.iso.datetime(),
    expires_at: z.iso.datetime(),
    read_at: z.iso.datetime().nullable(),
    mail: z.enum(['none', 'due', 'sending', 'sent', 'failed']),
  })
  .meta({ id: 'InboxItem' })
export type InboxItem = z.infer<typeof Item>

const Address = z.strictObject({
  address: z
    .string()
    .trim()
    .max(254)
    .pipe(z.email('ist keine E-Mail-Adresse wie name@beispiel.de.').or(z.literal('')))
    .describe('Empty: no notices'),
})
const AddressView = z.object({ address: z.string(), sending: z.boolean().describe('Whether this portal sends e-mails') })

/** How many reports and reminders of this account nobody has opened yet. */
export const unreadItems = (db: Kysely<Database>, reader: Reader, now: Date): Promise<number> =>
  asReader(db, reader, async (trx) => {
    const { unread } = await trx
      .selectFrom('inbox_item')
      .where('read_at', 'is', null)
      .where('expires_at', '>', now.toISOString())
      .select(({ fn }) => fn.countAll<number>().as('unread'))
      .executeTakeFirstOrThrow()
    const reminders = await unreadReminders(trx)
    return unread + reminders.unread
  })

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

const tag = 'portal'

/** Reports that arrived for the reader (Postfach), and where he wants to hear of them. */
export const inboxRoutes = (deps: Deps & { mails: boolean }) =>
  new Hono<ServiceEnv>()
    .get(
      '/inbox',
      operation({ summary: 'The own inbox, newest first', tag, answers: { 200: { description: 'A page', schema: pageOf(Item) } } }),
      validate('query', PageQuery),
      async (c) => {
        const { limit, cursor } = c.req.valid('query')
        const last = after(cursor, z.tuple([z.uuid()]))
        const { user_account_id } = c.var.reader
        const rows = await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .selectFrom('inbox_item')
            .where('expires_at', '>', deps.now().toISOString())
            .$if(last !== undefined, (query) => query.where('id', '<', last![0]))
            .select((eb) =>
              jsonObjectFrom(
                eb
                  .selectFrom('waiting_entry')
                  .innerJoin('offer', 'offer.id', 'waiting_entry.offer_id')
                  .whereRef('waiting_entry.id', '=', 'inbox_item.waiting_entry_id')
                  .select(['waiting_entry.case_id', 'offer.service_kind', 'waiting_entry.first_day', 'waiting_entry.last_day']),
              ).as('waiting'),
            )
            .select((eb) =>
              jsonArrayFrom(
                eb
                  .selectFrom('case_handover as told')
                  .innerJoin('case_handover as same', (join) =>
                    join.onRef('same.handed_by', '=', 'told.handed_by').onRef('same.handed_at', '=', 'told.handed_at'),
                  )
                  .innerJoin('case', 'case.id', 'same.case_id')
                  .whereRef('told.id', '=', 'inbox_item.case_handover_id')
                  .where((of) => of.or([of('same.to_id', '=', user_account_id), of('same.from_id', '=', user_account_id)]))
                  .orderBy('case_number')
                  .select(['case.id as case_id', 'case_number']),
              ).as('handed_over'),
            )
            .select([
              'id',
              'title',
              'file_name',
              'authority_change_id',
              'reservation_id',
              'data_as_of',
              'received_at',
              'expires_at',
              'read_at',
              'mail',
            ])
            .select(sql<number | null>`octet_length(content)`.as('bytes'))
            .orderBy('id', 'desc')
            .limit(limit + 1)
            .execute(),
        )
        return c.json(page(rows, limit, ({ id }) => [id]))
      },
    )
    .get(
      '/inbox/:id/file',
      operation({ summary: 'The report itself', tag, answers: { 200: { description: 'PDF or XLSX', files: ['application/pdf', xlsx] } } }),
      pathId,
      async (c) => {
        const item = await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .selectFrom('inbox_item')
            .where('id', '=', c.req.valid('param').id)
            .where('expires_at', '>', deps.now().toISOString())
            .where('content', 'is not', null)
            .select(['content', 'media_type', 'file_name'])
            .executeTakeFirstOrThrow(rowMissing),
        )
        return c.body(new Uint8Array(item.content!), 200, {
          'Content-Type': item.media_type!,
          'Content-Disposition': `attachment; filename="${item.file_name}"`,
        })
      },
    )
    .put('/inbox/read', operation({ summary: 'Mark everything as read', tag, answers: { 204: { description: 'Marked' } } }), async (c) => {
      await asReader(deps.db, c.var.reader, (trx) =>
        trx.updateTable('inbox_item').set({ read_at: deps.now() }).where('read_at', 'is', null).execute(),
      )
      return c.body(null, 204)
    })
    .put('/inbox/:id/read', operation({ summary: 'Mark as read', tag, answers: { 204: { description: 'Marked' } } }), pathId, async (c) => {
      await asReader(deps.db, c.var.reader, (trx) =>
        trx
          .updateTable('inbox_item')
          .set((eb) => ({ read_at: eb.fn.coalesce('read_at', eb.val(deps.now())) }))
          .where('id', '=', c.req.valid('param').id)
          .returning('id')
          .executeTakeFirstOrThrow(rowMissing),
      )
      return c.body(null, 204)
    })
    .delete(
      '/inbox/:id',
      operation({ summary: 'Delete a report', tag, answers: { 204: { description: 'Deleted' } } }),
      pathId,
      async (c) => {
        await asReader(deps.db, c.var.reader, (trx) =>
          trx.deleteFrom('inbox_item').where('id', '=', c.req.valid('param').id).returning('id').executeTakeFirstOrThrow(rowMissing),
        )
        return c.body(null, 204)
      },
    )
    .get(
      '/email-address',
      operation({ summary: 'Where notices of new reports go', tag, answers: { 200: { description: 'Address', schema: AddressView } } }),
      async (c) => {
        const row = await asReader(deps.db, c.var.reader, (trx) => trx.selectFrom('email_address').select('address').executeTakeFirst())
        return c.json({ address: row?.address ?? '', sending: deps.mails })
      },
    )
    .put(
      '/email-address',
      operation({ summary: 'Set or remove it', tag, answers: { 204: { description: 'Kept' } } }),
      validate('json', Address),
      async (c) => {
        const { address } = c.req.valid('json')
        const { user_account_id } = c.var.reader
        await asReader(deps.db, c.var.reader, async (trx) => {
          if (address === '') return trx.deleteFrom('email_address').where('user_account_id', '=', user_account_id).execute()
          return trx
            .insertInto('email_address')
            .values({ user_account_id, address })
            .onConflict((conflict) => conflict.column('user_account_id').doUpdateSet({ address }))
            .execute()
        })
        return c.body(null, 204)
      },
    )
