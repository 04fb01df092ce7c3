import { z } from 'zod'
import { RuleViolation } from './rule-violation.ts'

// Lists go on after the last row shown: its sort key and id, readable by nobody but us.

const encode = (key: readonly string[]) => Buffer.from(JSON.stringify(key)).toString('base64url')

const parse = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return undefined
  }
}

export const PageQuery = z.strictObject({
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
  cursor: z.string().max(500).optional(),
})

export const pageOf = <T extends z.ZodType>(row: T) => z.object({ items: z.array(row), next_cursor: z.string().nullable() })

/** The key after which the page begins, as the schema says; undefined on the first page. */
export const after = <T extends z.ZodType>(cursor: string | undefined, key: T): z.infer<T> | undefined => {
  if (cursor === undefined) return undefined
  const { success, data } = key.safeParse(parse(cursor))
  if (!success) throw new RuleViolation('cursor_invalid')
  return data
}

/** A page out of `limit + 1` rows: the one too many only tells that there is more. */
export const page = <T>(rows: T[], limit: number, keyOf: (row: T) => readonly string[]) => {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, next_cursor: rows.length > limit && last !== undefined ? encode(keyOf(last)) : null }
}
