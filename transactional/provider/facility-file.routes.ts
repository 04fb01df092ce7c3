import { Hono } from 'hono'
import type { Transaction } from 'kysely'
import { z } from 'zod'
import { answerOnce } from '../access/answer-once.ts'
import { asReader } from '../access/as-reader.ts'
import type { Database } from '../database.ts'
import type { Uploads } from '../file/document.routes.ts'
import { checkFile } from '../file/document.ts'
import { text } from '../input.ts'
import { only, operation, pathId, validate, type Deps, type ServiceEnv } from '../route.ts'
import { rowMissing, RuleViolation } from '../rule-violation.ts'
import { facilityFileKinds } from '../vocabulary.ts'

export const mostFileBytes = 10 * 1024 * 1024

const FacilityFile = z
  .object({ id: z.uuid(), kind: z.enum(facilityFileKinds), title: z.string(), media_type: z.string(), bytes: z.int() })
  .meta({ id: 'FacilityFile' })
export type FacilityFile = z.infer<typeof FacilityFile>
const FacilityFiles = z.object({ items: z.array(FacilityFile) })
const NewFile = z.strictObject({
  title: text(1, 120),
  kind: z.enum(facilityFileKinds),
  file: z.file().min(1),
})

/** In the order in which they were added, which is their number. */
const files = (trx: Transaction<Database>, facility_id: string) =>
  trx
    .selectFrom('facility_file')
    .where('facility_id', '=', facility_id)
    .select(['id', 'kind', 'title', 'media_type', 'bytes'])
    .orderBy('kind', 'desc')
    .orderBy('id')

const tag = 'provider'
const readers = ['provider', 'caseworker', 'finance', 'state_office'] as const

/** Photos and documents of facilities, for the dossier (domain.md 4.4). */
export const facilityFileRoutes = (deps: Deps & { uploads: Uploads }) => {
  const { db, uploads } = deps
  const assertOwn = (trx: Transaction<Database>, id: string, provider_id: string) =>
    trx.selectFrom('facility').where('id', '=', id).where('provider_id', '=', provider_id).select('id').executeTakeFirstOrThrow(rowMissing)
  return new Hono<ServiceEnv>()
    .get(
      '/facilities/:id/files',
      operation({
        summary: 'Photos and documents of a facility',
        tag,
        roles: readers,
        answers: { 200: { description: 'All of them', schema: FacilityFiles } },
      }),
      only(...readers),
      pathId,
      async (c) => {
        const items = await asReader(db, c.var.reader, (trx) => files(trx, c.req.valid('param').id).execute())
        return c.json(FacilityFiles.parse({ items }))
      },
    )
    .post(
      '/facilities/:id/files',
      operation({
        summary: 'Add a photo (PNG, JPEG) or a document (also PDF) to an own facility',
        tag,
        roles: ['provider'],
        once: true,
        answers: { 201: { description: 'Taken in', schema: FacilityFile, location: true } },
      }),
      only('provider'),
      pathId,
      validate('form', NewFile),
      async (c) => {
        const { file, ...named } = c.req.valid('form')
        const { reader } = c.var
        const facility_id = c.req.valid('param').id
        const most_bytes = Math.min(mostFileBytes, uploads.most_bytes)
        if (file.size > most_bytes) throw new RuleViolation('document_too_large')
        await asReader(db, reader, (trx) => assertOwn(trx, facility_id, reader.provider_id!))
        const wanted = { ...uploads, most_bytes, use: named.kind === 'photo' ? ('photo' as const) : ('paper' as const) }
        const { content, media_type, sha256 } = await checkFile(new Uint8Array(await file.arrayBuffer()), wanted)
        return answerOnce(c, deps, { facility_id, ...named, sha256: sha256.toString('hex') }, async (trx) => {
          const added = {
            facility_id,
            ...named,
            media_type,
            bytes: content.length,
            sha256,
            added_at: deps.now(),
            added_by: reader.user_account_id,
          }
          const { id } = await trx.insertInto('facility_file').values(added).returning('id').executeTakeFirstOrThrow()
          await trx.insertInto('facility_file_content').values({ facility_file_id: id, content }).execute()
          const body = FacilityFile.parse(await files(trx, facility_id).where('id', '=', id).executeTakeFirstOrThrow())
          return { status: 201, location: `/service/facility-files/${id}`, body }
        })
      },
    )
    .get(
      '/facility-files/:id',
      operation({
        summary: 'The photo or document itself',
        tag,
        roles: readers,
        answers: { 200: { description: 'A PDF as it came, a picture made anew', files: ['image/png', 'image/jpeg', 'application/pdf'] } },
      }),
      only(...readers),
      pathId,
      async (c) => {
        const { id } = c.req.valid('param')
        const { content, media_type, kind } = await asReader(db, c.var.reader, (trx) =>
          trx
            .selectFrom('facility_file')
            .innerJoin('facility_file_content', 'facility_file_id', 'facility_file.id')
            .where('facility_file.id', '=', id)
            .select(['content', 'media_type', 'kind'])
            .executeTakeFirstOrThrow(rowMissing),
        )
        const name = `${kind === 'photo' ? 'foto' : 'dokument'}-${id.slice(-6)}.${media_type.split('/')[1]}`
        return c.body(new Uint8Array(content), 200, {
          'Content-Type': media_type,
          'Content-Disposition': `${kind === 'photo' ? 'inline' : 'attachment'}; filename="${name}"`,
          'Content-Security-Policy': "default-src 'none'; sandbox",
          'X-Content-Type-Options': 'nosniff',
        })
      },
    )
    .delete(
      '/facility-files/:id',
      operation({
        summary: 'Remove a photo or document of an own facility',
        tag,
        roles: ['provider'],
        answers: { 204: { description: 'Removed' } },
      }),
      only('provider'),
      pathId,
      async (c) => {
        await asReader(db, c.var.reader, (trx) =>
          trx.deleteFrom('facility_file').where('id', '=', c.req.valid('param').id).returning('id').executeTakeFirstOrThrow(rowMissing),
        )
        return c.body(null, 204)
      },
    )
}
