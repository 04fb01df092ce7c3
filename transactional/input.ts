import { z } from 'zod'
import type { Detail } from './rule-violation.ts'

// What a field of a request may hold, and what is wrong with it in German.

const printable = /^[^\p{Cc}\p{Cs}]*$/u

/** One line of text, trimmed and composed (NFC), without control characters. */
export const text = (minimum: number, maximum: number) =>
  z
    .string()
    .max(4 * maximum)
    .normalize('NFC')
    .trim()
    .min(minimum)
    .max(maximum)
    .regex(printable, 'enthält Zeichen, die nicht erlaubt sind.')

/** Several lines, composed (NFC), without other control characters. */
export const lines = (maximum: number) =>
  z
    .string()
    .max(maximum)
    .transform((value) => value.normalize('NFC').replaceAll(/\r\n?/g, '\n'))
    .refine((value) => !/[^\P{Cc}\n]|\p{Cs}/u.test(value), 'enthält Zeichen, die nicht erlaubt sind.')

/** Text that keeps its paragraphs. */
export const paragraphs = (minimum: number, maximum: number) =>
  lines(4 * maximum)
    .transform((value) => value.trim().replaceAll(/\n{3,}/g, '\n\n'))
    .pipe(z.string().min(minimum).max(maximum))

/** The pattern by which `ilike` finds a text anywhere, its own signs taken as they are. */
export const anywhere = (sought: string) => `%${sought.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`

/** Words of what was looked for, in whatever order they stand: "Muster, Kim" as "Kim Muster". */
export const wordsIn = (sought: string) => sought.split(/[\s,]+/).filter((word) => word !== '')

export const Id = z.uuid().toLowerCase()
export const Code = z.string().regex(/^[a-z][a-z0-9_]{1,39}$/, 'ist kein gültiger Schlüssel.')
export const Codes = z
  .array(Code)
  .max(20)
  .transform((codes) => [...new Set(codes)].sort())
/** What is no day is not compared with other days. */
export const Day = z.iso
  .date({ abort: true })
  .refine((day) => day >= '1900-01-01' && day <= '2040-12-31', 'muss zwischen 01.01.1900 und 31.12.2040 liegen.')
export const Cents = z.int().min(0).max(10_000_000)
/** Two decimals at most; how many a week may have depends on the unit of the service kind. */
export const UnitsPerWeek = z.number().min(0.01).max(168).multipleOf(0.01)
export const CountingRuleInput = z.enum(['last_day_free', 'calendar_days']).default('last_day_free')

type Path = readonly (PropertyKey | { readonly key: PropertyKey })[]
type Issue = { message: string; path?: Path | undefined; [detail: string]: unknown }

const fieldOf = (issue: Issue): string =>
  (issue.path ?? [])
    .map((part) => (typeof part === 'object' ? part.key : part))
    .reduce<string>((path, key) => (typeof key === 'number' ? `${path}[${key}]` : path === '' ? String(key) : `${path}.${String(key)}`), '')

const typeNames: Record<string, string> = {
  string: 'ein Text',
  number: 'eine Zahl',
  int: 'eine ganze Zahl',
  boolean: 'ja oder nein',
  array: 'eine Liste',
  object: 'ein Objekt',
  record: 'ein Objekt',
  file: 'eine Datei',
}
const formatNames: Record<string, string> = { date: 'ein Datum (JJJJ-MM-TT)', uuid: 'eine gültige Kennung' }

const amount = (value: unknown) => Number(value).toLocaleString('de-DE')
const atLeast = (issue: Issue) => {
  const least = amount(issue['minimum'])
  if (issue['origin'] === 'string') return issue['minimum'] === 1 ? 'fehlt.' : `muss mindestens ${least} Zeichen lang sein.`
  if (issue['origin'] === 'file') return 'ist leer.'
  return issue['origin'] === 'array' ? `muss mindestens ${least} Einträge haben.` : `muss mindestens ${least} sein.`
}
const atMost = (issue: Issue) => {
  const most = amount(issue['maximum'])
  if (issue['origin'] === 'string') return `darf höchstens ${most} Zeichen lang sein.`
  return issue['origin'] === 'array' ? `darf höchstens ${most} Einträge haben.` : `darf höchstens ${most} sein.`
}

const isMissing = (issue: Issue, input: unknown): boolean =>
  (issue.path ?? []).reduce<unknown>((value, part) => {
    const key = typeof part === 'object' ? part.key : part
    return value !== null && typeof value === 'object' ? (value as Record<PropertyKey, unknown>)[key] : undefined
  }, input) === undefined

const messageOf = (issue: Issue, input: unknown): string => {
  if (isMissing(issue, input)) return 'fehlt.'
  switch (issue['code']) {
    case 'invalid_type':
      return `muss ${typeNames[String(issue['expected'])] ?? 'anders angegeben'} sein.`
    case 'too_small':
      return atLeast(issue)
    case 'too_big':
      return atMost(issue)
    case 'not_multiple_of':
      return 'hat zu viele Nachkommastellen.'
    case 'invalid_format': {
      const name = formatNames[String(issue['format'])]
      return name === undefined ? issue.message : `muss ${name} sein.`
    }
    case 'invalid_value': {
      const values = (issue['values'] as unknown[] | undefined)?.filter((value) => value !== undefined) ?? []
      return values.length === 1 && values[0] === true ? 'muss bestätigt werden.' : `muss einer dieser Werte sein: ${values.join(', ')}.`
    }
    case 'custom':
      return issue.message
    default:
      return 'ist nicht gültig.'
  }
}

/** Of several kinds of input, the one that was meant has the fewest faults. */
const nearest = (kinds: readonly Issue[][], { path = [] }: Issue): Issue[] =>
  (kinds.toSorted((a, b) => a.length - b.length)[0] ?? []).map((inner) => ({ ...inner, path: [...path, ...(inner.path ?? [])] }))

const faultsIn = (issue: Issue, input: unknown): Detail[] => {
  const meant = issue['code'] === 'invalid_union' ? nearest(issue['errors'] as Issue[][], issue) : []
  if (meant.length > 0) return meant.flatMap((inner) => faultsIn(inner, input))
  const field = fieldOf(issue)
  if (issue['code'] !== 'unrecognized_keys') return [{ field, message: messageOf(issue, input) }]
  return (issue['keys'] as string[]).map((key) => ({
    field: field === '' ? key : `${field}.${key}`,
    message: 'ist hier nicht vorgesehen.',
  }))
}

/** The first fault of each field, with the input the issues were found in; a field nobody asked for is named itself. */
export const faultsOf = (issues: readonly object[], input: unknown): Detail[] => {
  const faults = (issues as readonly Issue[]).flatMap((issue) => faultsIn(issue, input))
  return faults.filter((fault, index) => faults.findIndex(({ field }) => field === fault.field) === index)
}
