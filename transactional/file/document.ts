import { createHash } from 'node:crypto'
import { fileTypeFromBuffer } from 'file-type'
import { sql, type Kysely, type Transaction } from 'kysely'
import { z } from 'zod'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { anywhere } from '../input.ts'
import { RuleViolation } from '../rule-violation.ts'
import {
  documentKinds,
  documentSteps,
  documentTypes,
  documentWords,
  retentionGrounds,
  retentionStarts,
  type DocumentKind,
  type DocumentType,
} from '../vocabulary.ts'
import { pdfWords, type PdfWords } from './pdf-text.ts'
import { madeAnew, type PictureUse } from './picture.ts'
import type { Scan } from './virus-scan.ts'

export const Kept = z
  .object({
    rule: z.enum(retentionGrounds),
    /** null: as long as the longest kept document of the file */
    years: z.int().nullable(),
    counted_from: z.enum(['birthday', ...retentionStarts]).nullable(),
    /** the birthday the years are counted from */
    from_age: z.int().nullable(),
    source: z.string().nullable(),
    /** the last day; null: open while the case is */
    kept_until: z.iso.date().nullable(),
  })
  .meta({ id: 'Kept' })
export type Kept = z.infer<typeof Kept>

export const Document = z
  .object({
    id: z.uuid(),
    title: z.string(),
    kind: z.enum(documentKinds),
    dated_on: z.iso.date(),
    media_type: z.enum(documentTypes),
    bytes: z.int(),
    /** whether it was looked at for viruses */
    scanned: z.boolean(),
    /** what became of a PDF's words; null: a picture has none */
    words: z.enum(documentWords).nullable(),
    pages: z.int().nullable(),
    /** an issued notice, which stays in the file */
    is_notice: z.boolean(),
    added_at: z.string(),
    removed_at: z.string().nullable(),
    removal_reason: z.string().nullable(),
    /** null: removed by hand */
    kept: Kept.nullable(),
    steps: z.array(z.object({ step: z.enum(documentSteps), at: z.string(), by: z.string(), note: z.string().nullable() })),
  })
  .meta({ id: 'Document' })
export type Document = z.infer<typeof Document>

/** Until when a case's file, by null, and its documents, by their ids, are kept; empty for whom the case does not exist. */
export const keptOf = async (db: Kysely<Database>, case_id: string, today: string): Promise<Map<string | null, Kept>> => {
  const { rows } = await sql<Kept & { document_id: string | null }>`
    select document_id, rule, years, counted_from, from_age, source, kept_until from file_retention(${case_id}, ${today}::date)
  `.execute(db)
  return new Map(rows.map(({ document_id, ...kept }) => [document_id, kept]))
}

/** The documents of a case, the newest first; those removed too. */
export const documents = (db: Kysely<Database>) =>
  db
    .selectFrom('document')
    .select([
      'document.id',
      'title',
      'kind',
      'dated_on',
      'media_type',
      'bytes',
      'words',
      'pages',
      'added_at',
      'removed_at',
      'removal_reason',
    ])
    .select(sql<boolean>`scanned_at is not null`.as('scanned'))
    .select(sql<boolean>`exists (select from notice where document_id = document.id)`.as('is_notice'))
    .select(
      sql<Document['steps']>`(
        select json_agg(json_build_object('step', step, 'at', at, 'by', display_name, 'note', note) order by at, document_step.id)
        from document_step join user_account on user_account.id = document_step.user_account_id where document_id = document.id
      )`.as('steps'),
    )
    .orderBy('dated_on', 'desc')
    .orderBy('document.id', 'desc')

export type Checked = PdfChecked | PictureChecked
/** `sha256`: of the file as it came. */
type Looked = { content: Buffer; sha256: Buffer; scanned: boolean }
type PdfChecked = Looked & { media_type: 'application/pdf' } & PdfWords
type PictureChecked = Looked & { media_type: Exclude<DocumentType, 'application/pdf'>; words: null; pages: [] }

const isTaken = (type: string | undefined): type is DocumentType => documentTypes.some((taken) => taken === type)

export type Wanted = { most_bytes: number; scan?: Scan; use: PictureUse }

/** What a file is by its bytes, whatever it says it is; looked at for viruses where somebody can. Pictures are made anew. */
export const checkFile = async (bytes: Uint8Array, { most_bytes, scan, use }: Wanted): Promise<Checked> => {
  const content = Buffer.from(bytes)
  const media_type = (await fileTypeFromBuffer(content))?.mime
  if (!isTaken(media_type)) throw new RuleViolation('document_type')
  await scan?.(content)
  const looked = { content, sha256: createHash('sha256').update(content).digest(), scanned: scan !== undefined }
  if (media_type === 'application/pdf') return { ...looked, media_type, ...(await pdfWords(content)) }
  const picture = await madeAnew(content, use)
  if (picture.length > most_bytes) throw new RuleViolation('document_too_large')
  return { ...looked, content: picture, media_type: use === 'photo' ? 'image/jpeg' : media_type, words: null, pages: [] }
}

/** Who sends a file once more learns where it lies. */
const refuseTwice = async (trx: Transaction<Database>, case_id: string, sha256: Buffer) => {
  const same = await trx
    .selectFrom('document')
    .where('case_id', '=', case_id)
    .where('sha256', '=', sha256)
    .where('removed_at', 'is', null)
    .select('title')
    .executeTakeFirst()
  if (same) throw new RuleViolation('document_twice', [{ field: 'file', message: `liegt als „${same.title}“ schon in der Akte.` }])
}

type Named = { case_id: string; title: string; kind: DocumentKind; dated_on: string }

/** Puts a document into the file of a case. */
export const addDocument = async (
  trx: Transaction<Database>,
  reader: Reader,
  { content, pages, scanned, ...checked }: Checked,
  named: Named,
  now: Date,
): Promise<string> => {
  const { user_account_id } = reader
  await refuseTwice(trx, named.case_id, checked.sha256)
  const { id } = await trx
    .insertInto('document')
    .values({
      ...named,
      ...checked,
      bytes: content.length,
      scanned_at: scanned ? now : null,
      pages: checked.words === 'read' || checked.words === 'none' ? pages.length : null,
      added_at: now,
      added_by: user_account_id,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await trx.insertInto('document_content').values({ document_id: id, content }).execute()
  const worded = pages.map((text, index) => ({ document_id: id, page: index + 1, text })).filter(({ text }) => text.trim() !== '')
  // a statement takes 65,535 values
  for (let at = 0; at < worded.length; at += 1000) {
    await trx
      .insertInto('document_page')
      .values(worded.slice(at, at + 1000))
      .execute()
  }
  await trx.insertInto('document_step').values({ document_id: id, step: 'added', at: now, user_account_id }).execute()
  return id
}

/** Where a document says what is looked for; `page` null: in its title. */
export type Found = { document_id: string; page: number | null; excerpt: { text: string; sought: boolean }[] }

// of the private use area: no text means anything by them
const [opened, closed] = ['\uE000', '\uE001']

const excerptOf = (marked: string): Found['excerpt'] =>
  marked
    .split(/(\uE000[^\uE001]*\uE001)/)
    .filter((part) => part !== '')
    .map((part) => ({ text: part.replaceAll(/[\uE000\uE001]/g, ''), sought: part.startsWith(opened) }))

/** Documents of a case that have all the words, or words beginning like them, in the title or on one page. */
export const findDocuments = async (db: Kysely<Database>, case_id: string, sought: string): Promise<Found[]> => {
  const words = sought.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '')
  const query = words.map((word) => `'${word}':*`).join(' & ')
  const headline = `MaxFragments=1, MaxWords=20, MinWords=10, StartSel=${opened}, StopSel=${closed}`
  const { rows } = await sql<{ document_id: string; page: number | null; excerpt: string | null }>`
    with asked as (select to_tsquery('german', ${query}) as query)
    select document.id as document_id, hit.page, ts_headline('german', hit.text, query, ${headline}) as excerpt
    from document cross join asked
    left join lateral (
      select page, text from document_page where document_id = document.id and words @@ query order by page limit 1
    ) as hit on true
    where case_id = ${case_id} and removed_at is null
      and (hit.page is not null or to_tsvector('german', title) @@ query or title ilike ${anywhere(sought)})
    order by dated_on desc, document.id desc
  `.execute(db)
  return rows.map(({ excerpt, ...found }) => ({ ...found, excerpt: excerpt === null ? [] : excerptOf(excerpt) }))
}
