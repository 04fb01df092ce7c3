import { Hono } from 'hono'
import type { Kysely, Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { Day, text } from '../input.ts'
import { berlinDay } from '../placement/period.ts'
import { only, operation, pathId, validate, type Deps, type ServiceContext, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { documentKinds, documentTypes, type DocumentKind, type DocumentType, type NoticeKind } from '../vocabulary.ts'
import { addDocument, checkFile, Document, documents, findDocuments, Kept, keptOf } from './document.ts'
import { fileName } from './file-name.ts'
import type { Scan } from './virus-scan.ts'

/** How documents are taken; without `scan` nobody looks for viruses. */
export type Uploads = { most_bytes: number; scan?: Scan }

const named = { title: text(1, 160), kind: z.enum(documentKinds), dated_on: Day }
const NewDocument = z.strictObject({ ...named, file: z.file().min(1) })
const Changed = z.strictObject(named).partial()
const Removal = z.strictObject({ reason: text(1, 500) })
const Nothing = z.strictObject({}).optional()
const Sought = z.strictObject({ text: text(2, 80) })

const CaseFile = z
  .object({
    items: z.array(Document),
    /** until when the file is kept */
    kept: Kept,
    most_bytes: z.int(),
    /** whether documents are looked at for viruses */
    scans: z.boolean(),
  })
  .meta({ id: 'CaseFile' })
export type CaseFile = z.infer<typeof CaseFile>

const Found = z
  .object({
    items: z.array(
      z.object({
        document_id: z.uuid(),
        /** null: in the title */
        page: z.int().nullable(),
        excerpt: z.array(z.object({ text: z.string(), sought: z.boolean() })),
      }),
    ),
  })
  .meta({ id: 'FoundDocuments' })
export type FoundDocuments = z.infer<typeof Found>

const fileOf = async (db: Kysely<Database>, case_id: string, today: string) => {
  const kept = await keptOf(db, case_id, today)
  const file = kept.get(null)
  if (file === undefined) throw rowMissing()
  return { kept, file }
}

const readDocument = async (trx: Transaction<Database>, id: string, today: string) => {
  const { case_id, ...document } = await documents(trx).select('case_id').where('document.id', '=', id).executeTakeFirstOrThrow(rowMissing)
  return { ...document, kept: (await keptOf(trx, case_id, today)).get(id) ?? null }
}

const tag = 'file'
const roles = ['caseworker'] as const
const changed = { 200: { description: 'The document as it is now', schema: Document } }

/** The electronic file of a case (eAkte). */
export const documentRoutes = (deps: Deps & { uploads: Uploads }) => {
  const { db, now, uploads } = deps
  const today = () => berlinDay(now())
  const tell = (trx: Transaction<Database>, reader: Reader, told: { document_id: string; step: string; note?: string }) =>
    trx
      .insertInto('document_step')
      .values({ ...told, at: now(), user_account_id: reader.user_account_id })
      .execute()
  const move = (c: ServiceContext, id: string, reason: string | undefined) =>
    answerOnce(c, deps, { id, reason }, async (trx) => {
      const { reader } = c.var
      const removal = reason === undefined ? undefined : { removed_at: now(), removed_by: reader.user_account_id, removal_reason: reason }
      const { removed_at } = await readDocument(trx, id, today())
      if ((removed_at === null) === (removal === undefined)) throw new RuleViolation('document_changed')
      await trx
        .updateTable('document')
        .set(removal ?? { removed_at: null, removed_by: null, removal_reason: null })
        .where('id', '=', id)
        .where('removed_at', removal ? 'is' : 'is not', null)
        .returning('id')
        .executeTakeFirstOrThrow(() => new RuleViolation('document_changed'))
      await tell(trx, reader, { document_id: id, ...(reason === undefined ? { step: 'restored' } : { step: 'removed', note: reason }) })
      return { status: 200, body: await readDocument(trx, id, today()) }
    })
  return new Hono<ServiceEnv>()
    .get(
      '/cases/:id/documents',
      operation({
        summary: 'All documents of a case, the newest first; those removed too',
        tag,
        roles,
        answers: { 200: { description: 'The file', schema: CaseFile } },
      }),
      only(...roles),
      pathId,
      async (c) => {
        const { id } = c.req.valid('param')
        const file = await asReader(db, c.var.reader, async (trx) => {
          const { kept, file } = await fileOf(trx, id, today())
          const items = await documents(trx).where('case_id', '=', id).execute()
          return { kept: file, items: items.map((document) => ({ ...document, kept: kept.get(document.id) ?? null })) }
        })
        return c.json({ ...file, most_bytes: uploads.most_bytes, scans: uploads.scan !== undefined })
      },
    )
    .post(
      '/cases/:id/documents',
      operation({
        summary: 'Put a PDF, PNG or JPEG file into the file of a case',
        tag,
        roles,
        once: true,
        answers: { 201: { description: 'Taken in', schema: Document, location: true } },
      }),
      only(...roles),
      pathId,
      validate('form', NewDocument),
      async (c) => {
        const { file, ...named } = c.req.valid('form')
        const { reader } = c.var
        const case_id = c.req.valid('param').id
        if (file.size > uploads.most_bytes) throw new RuleViolation('document_too_large')
        // nobody's file is read for a case he has not
        await asReader(db, reader, (trx) => fileOf(trx, case_id, today()))
        const checked = await checkFile(new Uint8Array(await file.arrayBuffer()), { ...uploads, use: 'paper' })
        return answerOnce(c, deps, { case_id, ...named, sha256: checked.sha256.toString('hex') }, async (trx) => {
          const id = await addDocument(trx, reader, checked, { case_id, ...named }, now())
          return { status: 201, location: `/service/documents/${id}/file`, body: await readDocument(trx, id, today()) }
        })
      },
    )
    .post(
      '/cases/:id/documents/find',
      operation({
        summary: 'Documents of a case by words of their titles and, in PDFs, of their pages',
        tag,
        roles,
        answers: { 200: { description: 'All that were found, the newest first', schema: Found } },
      }),
      only(...roles),
      pathId,
      validate('json', Sought),
      async (c) => {
        const { id } = c.req.valid('param')
        return c.json({ items: await asReader(db, c.var.reader, (trx) => findDocuments(trx, id, c.req.valid('json').text)) })
      },
    )
    .patch(
      '/documents/:id',
      operation({ summary: 'Change title, kind or day of a document', tag, roles, answers: changed }),
      only(...roles),
      pathId,
      validate('json', Changed),
      async (c) => {
        const { id } = c.req.valid('param')
        const { reader } = c.var
        const wanted = Object.fromEntries(Object.entries(c.req.valid('json')).filter(([, value]) => value !== undefined))
        const document = await asReader(db, reader, async (trx) => {
          const before = await readDocument(trx, id, today())
          if (before.removed_at !== null) throw new RuleViolation('document_changed')
          if (Object.keys(wanted).length === 0) return before
          await trx.updateTable('document').set(wanted).where('id', '=', id).execute()
          await tell(trx, reader, { document_id: id, step: 'changed', note: before.title })
          return readDocument(trx, id, today())
        })
        return c.json(document)
      },
    )
    .post(
      '/documents/:id/remove',
      operation({ summary: 'Take a document out of the file; it can be put back for some time', tag, roles, once: true, answers: changed }),
      only(...roles),
      pathId,
      validate('json', Removal),
      (c) => move(c, c.req.valid('param').id, c.req.valid('json').reason),
    )
    .post(
      '/documents/:id/restore',
      operation({ summary: 'Put a removed document back into the file', tag, roles, once: true, answers: changed }),
      only(...roles),
      pathId,
      validate('json', Nothing),
      (c) => move(c, c.req.valid('param').id, undefined),
    )
    .get(
      '/documents/:id/file',
      operation({
        summary: 'The document itself',
        tag,
        roles,
        answers: { 200: { description: 'A PDF as it came, a picture made anew', files: [...documentTypes] } },
      }),
      only(...roles),
      pathId,
      async (c) => {
        const { content, media_type, dated_on, kind, notice_kind, version } = await asReader(db, c.var.reader, (trx) =>
          trx
            .selectFrom('document')
            .innerJoin('document_content', 'document_content.document_id', 'document.id')
            .leftJoin('notice', 'notice.document_id', 'document.id')
            .where('document.id', '=', c.req.valid('param').id)
            .select(['content', 'media_type', 'dated_on', 'document.kind', 'notice.kind as notice_kind', 'notice.version'])
            .executeTakeFirstOrThrow(rowMissing),
        )
        const notice = notice_kind === null ? undefined : { kind: notice_kind as NoticeKind, version: version! }
        const name = fileName({ kind: kind as DocumentKind, dated_on, media_type: media_type as DocumentType, notice })
        return c.body(new Uint8Array(content), 200, {
          'Content-Type': media_type,
          'Content-Disposition': `attachment; filename="${name}"`,
          'Content-Security-Policy': "default-src 'none'; sandbox",
          'X-Content-Type-Options': 'nosniff',
        })
      },
    )
}
