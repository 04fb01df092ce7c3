import { Hono } from 'hono'
import { sql, type Kysely, type Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import { after, page, PageQuery, pageOf } from '../cursor.ts'
import type { Database } from '../database.ts'
import { anywhere, Day, Id, text, wordsIn } from '../input.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { sexes } from '../vocabulary.ts'

export const NewClient = z.strictObject({
  given_name: text(1, 80),
  family_name: text(1, 80),
  birth_date: Day,
  sex: z.enum(sexes),
  /** umA: unaccompanied foreign minor */
  unaccompanied_minor: z.boolean().default(false),
  /** number in the specialist system the client was taken over from */
  external_reference: text(1, 40).nullable().default(null),
})

const Client = z
  .object({
    id: Id,
    given_name: z.string(),
    family_name: z.string(),
    birth_date: z.iso.date(),
    sex: z.enum(sexes),
    unaccompanied_minor: z.boolean(),
    external_reference: z.string().nullable(),
  })
  .meta({ id: 'Client' })
const columns = ['id', 'given_name', 'family_name', 'birth_date', 'sex', 'unaccompanied_minor', 'external_reference'] as const
const ClientKey = z.tuple([z.string(), z.string(), z.uuid()])

/** In names, in a case number or in the number of the specialist system. */
const Sought = z.strictObject({ text: text(2, 80) })
const FoundClient = Client.extend({
  cases: z.array(z.object({ id: z.uuid(), case_number: z.string(), begin_on: z.iso.date(), end_on: z.iso.date().nullable() })),
}).meta({ id: 'FoundClient' })
export type FoundClient = z.infer<typeof FoundClient>
const Found = z.object({ items: z.array(FoundClient), more: z.boolean() })
const mostFound = 20

export const recordClient = (trx: Transaction<Database>, reader: Reader, client: z.infer<typeof NewClient>, today: string) => {
  if (client.birth_date > today) throw new RuleViolation('client_birth_date')
  return trx
    .insertInto('client')
    .values({ ...client, youth_authority_id: reader.youth_authority_id! })
    .returning(columns)
    .executeTakeFirstOrThrow()
}

type Person = Pick<z.infer<typeof NewClient>, 'given_name' | 'family_name' | 'birth_date'>

/** The same for all of one name and birth date, however they are written; of clients, `keyOfClient` tells it. */
export const personKey = ({ given_name, family_name, birth_date }: Person) => [given_name, family_name, birth_date].join('\n').toLowerCase()
export const keyOfClient = sql<string>`lower(concat_ws(E'\\n', given_name, family_name, birth_date))`

/** Whether somebody of this name, born that day, is recorded already. */
export const isKnown = async (trx: Transaction<Database>, reader: Reader, person: Person) => {
  const known = await trx
    .selectFrom('client')
    .where('youth_authority_id', '=', reader.youth_authority_id!)
    .where(keyOfClient, '=', personKey(person))
    .select('id')
    .executeTakeFirst()
  return known !== undefined
}

/** Every word must be found, wherever. */
const findClients = (db: Kysely<Database>, youth_authority_id: string, sought: string) => {
  const words = wordsIn(sought).map(anywhere)
  const numbers = sql<string>`(select string_agg(case_number, ' ') from "case" where "case".client_id = client.id)`
  return db
    .selectFrom('client')
    .where('youth_authority_id', '=', youth_authority_id)
    .where(sql<boolean>`concat_ws(' ', given_name, family_name, external_reference, ${numbers}) ilike all (${words}::text[])`)
    .select(columns)
    .select(
      sql<
        FoundClient['cases']
      >`coalesce((select json_agg(json_build_object('id', id, 'case_number', case_number, 'begin_on', begin_on, 'end_on', end_on)
        order by begin_on desc) from "case" where "case".client_id = client.id), '[]')`.as('cases'),
    )
    .orderBy('family_name')
    .orderBy('given_name')
    .orderBy('id')
    .limit(mostFound + 1)
    .execute()
}

const tag = 'case'
const readers = ['caseworker', 'finance'] as const

export const clientRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/clients',
      operation({
        summary: 'Clients of the own authority by name',
        tag,
        roles: readers,
        answers: { 200: { description: 'A page', schema: pageOf(Client) } },
      }),
      only(...readers),
      validate('query', PageQuery),
      async (c) => {
        const { limit, cursor } = c.req.valid('query')
        const last = after(cursor, ClientKey)
        const rows = await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .selectFrom('client')
            .where('youth_authority_id', '=', c.var.reader.youth_authority_id!)
            .$if(last !== undefined, (query) =>
              query.where(({ eb, refTuple, tuple }) =>
                eb(refTuple('family_name', 'given_name', 'id'), '>', tuple(last![0], last![1], last![2])),
              ),
            )
            .select(columns)
            .orderBy('family_name')
            .orderBy('given_name')
            .orderBy('id')
            .limit(limit + 1)
            .execute(),
        )
        return c.json(page(rows, limit, (row) => [row.family_name, row.given_name, row.id]))
      },
    )
    .post(
      '/clients',
      operation({
        summary: 'Record a client',
        tag,
        roles: ['caseworker'],
        once: true,
        answers: { 201: { description: 'Recorded', schema: Client, location: true } },
      }),
      only('caseworker'),
      validate('json', NewClient),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const row = await recordClient(trx, c.var.reader, c.req.valid('json'), berlinDay(deps.now()))
          return { status: 201, location: `/service/clients/${row.id}`, body: row }
        }),
    )
    .post(
      '/clients/find',
      operation({
        summary: 'Clients of the own authority by words of their names or numbers, with their cases',
        tag,
        roles: ['caseworker'],
        answers: { 200: { description: 'The first of those found', schema: Found } },
      }),
      only('caseworker'),
      validate('json', Sought),
      async (c) => {
        const { reader } = c.var
        const rows = await asReader(deps.db, reader, (trx) => findClients(trx, reader.youth_authority_id!, c.req.valid('json').text))
        return c.json({ items: rows.slice(0, mostFound), more: rows.length > mostFound })
      },
    )
    .get(
      '/clients/:id',
      operation({ summary: 'One client', tag, roles: readers, answers: { 200: { description: 'The client', schema: Client } } }),
      only(...readers),
      pathId,
      async (c) => {
        const client = await asReader(deps.db, c.var.reader, (trx) =>
          trx.selectFrom('client').where('id', '=', c.req.valid('param').id).select(columns).executeTakeFirstOrThrow(rowMissing),
        )
        return c.json(client)
      },
    )
