import type { Hono } from 'hono'
import { generateSpecs } from 'hono-openapi'
import { z } from 'zod'

// Requests as the OpenAPI document describes them, so that a test of all of them forgets none.

export type Schema = {
  $ref?: string
  type?: string
  format?: string
  const?: unknown
  enum?: unknown[]
  minimum?: number
  minItems?: number
  items?: Schema
  properties?: Record<string, Schema>
  required?: string[]
  anyOf?: Schema[]
  oneOf?: Schema[]
}
type Described = { description?: string; requestBody?: { content: Record<string, { schema: Schema }> } }
export type Operation = { method: string; path: string; roles: string[]; schema: Schema | undefined; media_type: string | undefined }

/** Every operation that writes, or asks in a body. */
export const writingOperations = async (app: Hono): Promise<Operation[]> => {
  type Document = { paths: Record<string, Record<string, Described>>; components?: { schemas?: Record<string, Schema> } }
  const { paths, components } = (await generateSpecs(app)) as unknown as Document
  const resolved = (schema?: Schema) => (schema?.$ref === undefined ? schema : components?.schemas?.[schema.$ref.split('/').at(-1)!])
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'get')
      .map(([method, { description, requestBody }]) => {
        const [media_type, content] = Object.entries(requestBody?.content ?? {})[0] ?? []
        const roles = /^Roles: ([\w, ]+)\./.exec(description ?? '')?.[1]!.split(', ') ?? []
        return { method: method.toUpperCase(), path, roles, media_type, schema: resolved(content?.schema) }
      }),
  )
}

/** What a body may be: one schema, or one of several. */
export const branchesOf = (schema: Schema): Schema[] => schema.anyOf ?? schema.oneOf ?? [schema]

/** Something the schema permits, with what is required alone; what is `known` stands for fields of that name. */
export const sampleOf = (schema: Schema, known: Record<string, unknown>, name = ''): unknown => {
  if (Object.hasOwn(known, name)) return known[name]
  const [branch] = branchesOf(schema)
  if (branch !== schema) return sampleOf(branch!, known)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  switch (schema.type) {
    case 'object':
      return Object.fromEntries((schema.required ?? []).map((key) => [key, sampleOf(schema.properties![key]!, known, key)]))
    case 'array':
      return schema.minItems || branchesOf(schema.items!)[0]!.type === 'object' ? [sampleOf(schema.items!, known)] : []
    case 'integer':
    case 'number':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    default:
      if (schema.format === 'date') return '2026-04-01'
      return schema.format === 'uuid' ? '00000000-0000-0000-0000-000000000000' : 'Ein Text'
  }
}

export type Path = (string | number)[]

/** The fields of a body, and those of the objects in it. */
export const fieldsOf = (schema: Schema, path: Path = []): { path: Path; schema: Schema; required: boolean }[] =>
  Object.entries(schema.properties ?? {}).flatMap(([key, field]) => {
    const here = [...path, key]
    const [item] = field.items ? branchesOf(field.items) : []
    return [
      { path: here, schema: field, required: schema.required?.includes(key) ?? false },
      ...fieldsOf(field, here),
      ...(item ? fieldsOf(item, [...here, 0]) : []),
    ]
  })

/** The body with another value at the path; undefined: with none. */
export const withValue = (body: unknown, [key, ...rest]: Path, value: unknown): unknown => {
  if (key === undefined) return value
  const inner = withValue((body as Record<PropertyKey, unknown>)[key], rest, value)
  if (Array.isArray(body)) return body.with(Number(key), inner)
  return { ...(body as object), [key]: inner }
}

/** As problems name it: `lines[0].units`. */
export const fieldName = (path: Path) =>
  path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${part}`)).join('')

/** Whether the schema permits a value. Signs that are not printable are left to the service. */
export const permits = (schema: Schema): ((value: unknown) => boolean) => {
  const text = JSON.stringify(schema, (key: string, value: unknown) =>
    key === 'pattern' && String(value).includes('\\p') ? undefined : value,
  )
  const judge = z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0])
  return (value) => judge.safeParse(value).success
}
