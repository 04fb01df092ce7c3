import { Hono } from 'hono'
import { sql, type Kysely } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { lines, text } from '../input.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, validate, type Deps, type ServiceEnv } from '../route.ts'
import { RuleViolation } from '../rule-violation.ts'
import { noticeKinds, type NoticeKind } from '../vocabulary.ts'
import { letterPdf } from './letter.ts'
import { inventedNotice, kept, placeholdersOf, spoken, templatesFor } from './notice-template.ts'
import { letterheadOf, letterOf, Words } from './notice.ts'

const said = lines(4000).refine((words) => words.trim() !== '', 'fehlt.')
const NewWords = z.strictObject({ subject: text(1, 200), opening: said, closing: said, remedies: said })
const Asked = z.strictObject({ kind: z.enum(noticeKinds), words: NewWords })
/** `after_version`: the newest the writer saw */
const NewTemplate = Asked.extend({ after_version: z.int() })

const Template = z.object({
  kind: z.enum(noticeKinds),
  words: Words,
  placeholders: z.array(z.object({ label: z.string(), meaning: z.string() })),
  /** the one that holds first */
  versions: z.array(
    z.object({
      version: z.int(),
      whose: z.enum(['authority', 'state', 'delivered']),
      at: z.string().nullable(),
      by: z.string().nullable(),
      words: Words,
    }),
  ),
})
const Templates = z.object({ items: z.array(Template) }).meta({ id: 'NoticeTemplates' })
export type NoticeTemplates = z.infer<typeof Templates>
export type NoticeTemplate = NoticeTemplates['items'][number]

const tag = 'file'
const roles = ['admin'] as const
const inventedHead = {
  name: 'Landkreis Beispiel',
  office: 'Jugendamt',
  street: 'Musterstraße 1',
  town: '12345 Musterstadt',
  telephone: '',
  email: '',
}

const templateOf = async (db: Kysely<Database>, reader: Reader, kind: NoticeKind, today: string): Promise<NoticeTemplate> => {
  const rows = await templatesFor(db, reader, kind, today)
    .leftJoin('user_account', 'user_account.id', 'written_by')
    .select(['version', 'words', 'written_at as at', 'user_account.display_name as by'])
    .select(
      sql<string>`case when written_by is null then 'delivered' when notice_template.federal_state is null then 'authority' else 'state' end`.as(
        'whose',
      ),
    )
    .execute()
  const versions = rows.map((row) => ({ ...row, words: spoken(Words.parse(row.words)) }))
  const labels = placeholdersOf(kind).map(({ label, meaning }) => ({ label, meaning }))
  return Template.parse({ kind, words: versions[0]!.words, placeholders: labels, versions })
}

/** The words of notices, written by administrators: a change is a new version, and what was issued keeps its own. */
export const noticeTemplateRoutes = (deps: Deps) => {
  const { db, now } = deps
  const today = () => berlinDay(now())
  return new Hono<ServiceEnv>()
    .get(
      '/notice-templates',
      operation({
        summary: 'The words of notices by kind, with their versions and what they may ask for',
        tag,
        roles,
        answers: { 200: { description: 'One of each kind', schema: Templates } },
      }),
      only(...roles),
      async (c) => {
        const items = await asReader(db, c.var.reader, async (trx) => {
          const found: NoticeTemplate[] = []
          for (const kind of noticeKinds) found.push(await templateOf(trx, c.var.reader, kind, today()))
          return found
        })
        return c.json({ items })
      },
    )
    .post(
      '/notice-templates',
      operation({
        summary: 'Write a new version of the words of a kind, for the own authority or, without one, the own state',
        tag,
        roles,
        once: true,
        answers: { 200: { description: 'The template as it is now', schema: Template } },
      }),
      only(...roles),
      validate('json', NewTemplate),
      async (c) => {
        const { kind, after_version, words: written } = c.req.valid('json')
        const { reader } = c.var
        const words = await kept(written, kind)
        return answerOnce(c, deps, c.req.valid('json'), async (trx) => {
          await sql`select pg_advisory_xact_lock(hashtext('notice_template'))`.execute(trx)
          const newest = await templatesFor(trx, reader, kind, today()).select('version').executeTakeFirstOrThrow()
          if (newest.version !== after_version) throw new RuleViolation('template_moved')
          const { youth_authority_id } = reader
          await trx
            .insertInto('notice_template')
            .values({
              kind,
              version: sql`(select max(version) + 1 from notice_template where kind = ${kind})`,
              valid_from: today(),
              words: JSON.stringify(words),
              youth_authority_id,
              federal_state: youth_authority_id === null ? reader.federal_state : null,
              written_at: now(),
              written_by: reader.user_account_id,
            })
            .execute()
          return { status: 200, body: await templateOf(trx, reader, kind, today()) }
        })
      },
    )
    .post(
      '/notice-templates/preview',
      operation({
        summary: 'How words read in a notice about an invented case',
        tag,
        roles,
        answers: { 200: { description: 'PDF', files: ['application/pdf'] } },
      }),
      only(...roles),
      validate('json', Asked),
      async (c) => {
        const { kind, words: written } = c.req.valid('json')
        const words = await kept(written, kind)
        const letterhead = await asReader(db, c.var.reader, (trx) => letterheadOf(trx, c.var.reader))
        const { content } = await letterPdf(letterOf(inventedNotice(kind, words, today()), letterhead ?? inventedHead, today(), now()))
        return c.body(new Uint8Array(content), 200, {
          'Content-Type': 'application/pdf',
          'Content-Disposition': 'attachment; filename="vorschau.pdf"',
        })
      },
    )
}
