import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { Id } from '../input.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { hasDays, inOrder, knownKind, noDays, orderFault, SearchCriteria, unitsPerWeek } from './criteria.ts'
import { countOffers } from './offer.ts'
import { berlinDay } from './period.ts'

const NewSearch = SearchCriteria.safeExtend({ case_id: Id.optional() }).refine(inOrder, orderFault).refine(hasDays, noDays)

const Search = z
  .object({
    id: z.uuid(),
    service_kind: z.string(),
    specialisations: z.array(z.string()),
    searched_on: z.iso.date(),
    offers_matching: z.int(),
    offers_available: z.int(),
  })
  .meta({ id: 'Search' })
type Search = z.infer<typeof Search>

const hashOf = (criteria: object) =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(criteria).sort()))
    .digest()

const assertCaseVisible = async (trx: Transaction<Database>, case_id: string) => {
  const found = await trx.selectFrom('case').where('id', '=', case_id).select('id').executeTakeFirst()
  if (found === undefined) throw new RuleViolation('case_unknown')
}

type Asker = { reader: Reader; case_id: string | null; searched_on: string }

/** What was first looked for without a case, for nobody in particular, and the same day for a case is one search: that of the case. */
const takeUp = (trx: Transaction<Database>, { reader, case_id, searched_on }: Asker, without: Buffer, criteria_hash: Buffer) =>
  sql`
    update search_request set case_id = ${case_id}, criteria_hash = ${criteria_hash}
    where user_account_id = ${reader.user_account_id} and case_id is null and criteria_hash = ${without} and searched_on = ${searched_on}
      and not exists (
        select from search_request as same
        where same.user_account_id = ${reader.user_account_id} and same.case_id = ${case_id} and same.criteria_hash = ${criteria_hash}
          and same.searched_on = ${searched_on}
      )
  `.execute(trx)

type Found = { service_kind: string; specialisations: string[]; searched_on: string; offers_matching: number; offers_available: number }

/** One row per user, case, criteria and Berlin day: a repetition finds the first search by its request and updates it. */
const recordSearch = async (trx: Transaction<Database>, reader: Reader, case_id: string | null, criteria_hash: Buffer, found: Found) => {
  const { rows } = await sql<Search & { is_new: boolean }>`
    with request as (
      insert into search_request (user_account_id, case_id, criteria_hash, searched_on, search_id)
      values (${reader.user_account_id}, ${case_id}, ${criteria_hash}, ${found.searched_on}, uuidv7())
      on conflict (user_account_id, case_id, criteria_hash, searched_on) do update set search_id = search_request.search_id
      returning search_id
    )
    insert into search (id, youth_authority_id, service_kind, specialisations, searched_on, offers_matching, offers_available)
    select search_id, ${reader.youth_authority_id}, ${found.service_kind}, ${found.specialisations}, ${found.searched_on}::date,
      ${found.offers_matching}, ${found.offers_available}
    from request
    on conflict (id) do update set offers_matching = excluded.offers_matching, offers_available = excluded.offers_available
    returning id, service_kind, specialisations, searched_on, offers_matching, offers_available, xmax = 0 as is_new
  `.execute(trx)
  return rows[0]!
}

const tag = 'placement'
const schema = Search

export const searchRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .post(
      '/searches',
      operation({
        summary: 'Record a search; the same one again on the same day updates it',
        tag,
        roles: ['caseworker'],
        once: true,
        answers: { 201: { description: 'Recorded', schema, location: true }, 200: { description: 'Repeated today', schema } },
      }),
      only('caseworker'),
      validate('json', NewSearch),
      (c) => {
        const { case_id, ...criteria } = c.req.valid('json')
        const { reader } = c.var
        return answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const wanted = { ...criteria, area: criteria.area ?? reader.federal_state }
          const { unit } = await knownKind(trx, wanted)
          unitsPerWeek(unit, criteria.units_per_week)
          if (case_id !== undefined) await assertCaseVisible(trx, case_id)
          const counts = await countOffers(trx, wanted)
          const found = { ...criteria, ...counts, searched_on: berlinDay(deps.now()) }
          const { age: _age, sex: _sex, ...unnamed } = wanted
          if (case_id !== undefined) await takeUp(trx, { reader, case_id, searched_on: found.searched_on }, hashOf(unnamed), hashOf(wanted))
          const { is_new, ...search } = await recordSearch(trx, reader, case_id ?? null, hashOf(wanted), found)
          return { status: is_new ? 201 : 200, location: `/service/searches/${search.id}`, body: search }
        })
      },
    )
    .get(
      '/searches/:id',
      operation({
        summary: 'One search of the own authority',
        tag,
        roles: ['caseworker'],
        answers: { 200: { description: 'Search', schema } },
      }),
      only('caseworker'),
      pathId,
      async (c) => {
        const search = await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .selectFrom('search')
            .where('id', '=', c.req.valid('param').id)
            .select(['id', 'service_kind', 'specialisations', 'searched_on', 'offers_matching', 'offers_available'])
            .executeTakeFirstOrThrow(rowMissing),
        )
        return c.json(search)
      },
    )
