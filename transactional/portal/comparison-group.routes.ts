import { Hono } from 'hono'
import { validator } from 'hono-openapi'
import { sql, type Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Database } from '../database.ts'
import { text } from '../input.ts'
import { only, operation, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'

const Members = z
  .array(z.string().regex(/^[0-9]{5}([0-9]{3})?$/, 'ist kein Schlüssel eines örtlichen Trägers.'))
  .min(1, 'Bitte mindestens einen örtlichen Träger wählen.')
  .max(1000)
  .transform((ids) => [...new Set(ids)].sort())
const NewGrouping = z.strictObject({ name: text(1, 60), explanation: text(1, 300) })
const ChangedGroup = z.strictObject({ name: text(1, 60), members: Members })
const NewGroup = ChangedGroup.extend({ grouping_id: z.int().min(1).max(2_147_483_647) })

const Group = z
  .object({
    id: z.int(),
    code: z.string().describe('stands for the group where an area is asked for'),
    grouping_id: z.int(),
    name: z.string(),
    members: z.array(z.string()),
    uses: z.int().describe('saved evaluations and published views that name it'),
  })
  .meta({ id: 'ComparisonGroup' })
const Grouping = z
  .object({ id: z.int(), name: z.string(), explanation: z.string(), groups: z.array(Group) })
  .meta({ id: 'ComparisonGrouping' })
export type ComparisonGroup = z.infer<typeof Group>
export type ComparisonGrouping = z.infer<typeof Grouping>

const Authority = z.object({ id: z.string(), abbreviation: z.string(), name: z.string(), federal_state: z.string() })
export type ListedAuthority = z.infer<typeof Authority>

const PathNumber = z.object({ id: z.string().regex(/^[1-9][0-9]{0,8}$/) })
/** A number in the path that is none leads nowhere. */
const pathNumber = validator('param', PathNumber, (result) => {
  if (!result.success) throw new RuleViolation('not_found')
})

const groupsWhere = async (trx: Transaction<Database>, only_id?: number): Promise<ComparisonGroup[]> => {
  const rows = await trx
    .selectFrom('comparison_group')
    .$if(only_id !== undefined, (query) => query.where('id', '=', only_id!))
    .select(({ selectFrom, fn }) => [
      'id',
      'grouping_id',
      'name',
      selectFrom('comparison_group_member')
        .whereRef('group_id', '=', 'comparison_group.id')
        .select(sql<string[]>`coalesce(array_agg(youth_authority_id order by youth_authority_id), '{}')`.as('ids'))
        .as('members'),
      fn<number>('comparison_group_uses', ['comparison_group.id']).as('uses'),
    ])
    .orderBy('id')
    .execute()
  return rows.map(({ id, members, ...row }) => ({ id, code: `g${id}`, ...row, members: members ?? [] }))
}

const groupings = async (trx: Transaction<Database>, only_id?: number): Promise<ComparisonGrouping[]> => {
  const rows = await trx
    .selectFrom('comparison_grouping')
    .$if(only_id !== undefined, (query) => query.where('id', '=', only_id!))
    .select(['id', 'name', 'explanation'])
    .orderBy('id')
    .execute()
  const groups = await groupsWhere(trx)
  return rows.map((row) => ({ ...row, groups: groups.filter(({ grouping_id }) => grouping_id === row.id) }))
}

const first = <Item>([item]: Item[]): Item => {
  if (item === undefined) throw new RuleViolation('not_found')
  return item
}

type Target = { id: number; grouping_id: number }

/** Gives a group just these members; names those that belong to another group of the grouping. */
const assign = async (trx: Transaction<Database>, { id, grouping_id }: Target, members: string[]): Promise<void> => {
  const taken = await trx
    .selectFrom('comparison_group_member')
    .innerJoin('comparison_group', 'comparison_group.id', 'group_id')
    .innerJoin('youth_authority', 'youth_authority.id', 'youth_authority_id')
    .where('comparison_group_member.grouping_id', '=', grouping_id)
    .where('group_id', '<>', id)
    .where('youth_authority_id', 'in', members)
    .select(['youth_authority.name as authority', 'comparison_group.name as group'])
    .orderBy('youth_authority_id')
    .execute()
  if (taken.length > 0) {
    const named = taken.map(({ authority, group }) => `${authority} (in „${group}“)`).join(', ')
    const message = `Schon in einer anderen Gruppe: ${named}. Bitte zuerst dort herausnehmen.`
    throw new RuleViolation('comparison_group_member_one_each', [{ field: 'members', message }])
  }
  await trx.deleteFrom('comparison_group_member').where('group_id', '=', id).where('youth_authority_id', 'not in', members).execute()
  const kept = await trx.selectFrom('comparison_group_member').where('group_id', '=', id).select('youth_authority_id').execute()
  const added = members.filter((member) => !kept.some(({ youth_authority_id }) => youth_authority_id === member))
  if (added.length === 0) return
  await trx
    .insertInto('comparison_group_member')
    .values(added.map((youth_authority_id) => ({ group_id: id, grouping_id, youth_authority_id })))
    .execute()
}

const tag = 'portal'
const roles = ['admin'] as const

/** Comparison groups (Vergleichsgruppen): administrators say whom an authority is compared with; readers find them in /api/key-figures. */
export const comparisonGroupRoutes = (deps: Deps) =>
  new Hono<ServiceEnv>()
    .get(
      '/comparison-groupings',
      operation({
        summary: 'What groups are formed by, with the groups and their members',
        tag,
        roles,
        answers: { 200: { description: 'Groupings', schema: z.object({ items: z.array(Grouping) }) } },
      }),
      only(...roles),
      async (c) => c.json({ items: await asReader(deps.db, c.var.reader, (trx) => groupings(trx)) }),
    )
    .post(
      '/comparison-groupings',
      operation({
        summary: 'Begin a grouping: its name, and by what authorities are alike in it',
        tag,
        roles,
        once: true,
        answers: { 201: { description: 'Made', schema: Grouping, location: true } },
      }),
      only(...roles),
      validate('json', NewGrouping),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const { id } = await trx.insertInto('comparison_grouping').values(c.req.valid('json')).returning('id').executeTakeFirstOrThrow()
          return { status: 201, location: `/service/comparison-groupings/${id}`, body: first(await groupings(trx, id)) }
        }),
    )
    .put(
      '/comparison-groupings/:id',
      operation({
        summary: 'Rename a grouping or explain it anew',
        tag,
        roles,
        answers: { 200: { description: 'Changed', schema: Grouping } },
      }),
      only(...roles),
      pathNumber,
      validate('json', NewGrouping),
      async (c) => {
        const id = Number(c.req.valid('param').id)
        const changed = await asReader(deps.db, c.var.reader, async (trx) => {
          await trx.updateTable('comparison_grouping').set(c.req.valid('json')).where('id', '=', id).execute()
          return first(await groupings(trx, id))
        })
        return c.json(changed)
      },
    )
    .delete(
      '/comparison-groupings/:id',
      operation({ summary: 'Delete a grouping with its groups', tag, roles, answers: { 204: { description: 'Deleted' } } }),
      only(...roles),
      pathNumber,
      async (c) => {
        await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .deleteFrom('comparison_grouping')
            .where('id', '=', Number(c.req.valid('param').id))
            .returning('id')
            .executeTakeFirstOrThrow(rowMissing),
        )
        return c.body(null, 204)
      },
    )
    .post(
      '/comparison-groups',
      operation({
        summary: 'Form a group of a grouping',
        tag,
        roles,
        once: true,
        answers: { 201: { description: 'Formed', schema: Group, location: true } },
      }),
      only(...roles),
      validate('json', NewGroup),
      (c) =>
        answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          const { members, ...group } = c.req.valid('json')
          const { id } = await trx.insertInto('comparison_group').values(group).returning('id').executeTakeFirstOrThrow()
          await assign(trx, { id, grouping_id: group.grouping_id }, members)
          return { status: 201, location: `/service/comparison-groups/${id}`, body: first(await groupsWhere(trx, id)) }
        }),
    )
    .put(
      '/comparison-groups/:id',
      operation({
        summary: 'Rename a group and assign its members',
        tag,
        roles,
        answers: { 200: { description: 'Changed', schema: Group } },
      }),
      only(...roles),
      pathNumber,
      validate('json', ChangedGroup),
      async (c) => {
        const { name, members } = c.req.valid('json')
        const id = Number(c.req.valid('param').id)
        const changed = await asReader(deps.db, c.var.reader, async (trx) => {
          const group = first(
            await trx.updateTable('comparison_group').set({ name }).where('id', '=', id).returning(['id', 'grouping_id']).execute(),
          )
          await assign(trx, group, members)
          return first(await groupsWhere(trx, id))
        })
        return c.json(changed)
      },
    )
    .delete(
      '/comparison-groups/:id',
      operation({
        summary: 'Delete a group; what names it says so from then on',
        tag,
        roles,
        answers: { 204: { description: 'Deleted' } },
      }),
      only(...roles),
      pathNumber,
      async (c) => {
        await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .deleteFrom('comparison_group')
            .where('id', '=', Number(c.req.valid('param').id))
            .returning('id')
            .executeTakeFirstOrThrow(rowMissing),
        )
        return c.body(null, 204)
      },
    )
    .get(
      '/youth-authorities',
      operation({
        summary: 'All local authorities, state by state',
        tag,
        roles,
        answers: { 200: { description: 'Authorities', schema: z.object({ items: z.array(Authority) }) } },
      }),
      only(...roles),
      async (c) => {
        const items = await asReader(deps.db, c.var.reader, (trx) =>
          trx
            .selectFrom('youth_authority')
            .select(['id', 'abbreviation', 'name', 'federal_state'])
            .orderBy('federal_state')
            .orderBy('sort_order')
            .orderBy('name')
            .execute(),
        )
        return c.json({ items })
      },
    )
