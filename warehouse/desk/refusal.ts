/** Why a query has no result; the words for it are the api's. */
export type RefusalCode =
  | 'empty'
  | 'several_statements'
  | 'not_reading'
  | 'function_closed'
  | 'syntax'
  | 'unknown_name'
  | 'closed'
  | 'failed'
  | 'memory'
  | 'timeout'
  | 'result_too_large'
  | 'crashed'
  | 'busy'
  | 'cancelled'

/** `message` is DuckDB's own or a name of the query, so it quotes the query; `position` counts characters from 0. */
export type Refused = { code: RefusalCode; message: string; position: number | null }

/** Never logged: its message may quote the query. */
export class DeskRefusal extends Error {
  readonly code: RefusalCode
  readonly position: number | null
  constructor({ code, message, position }: Refused) {
    super(message)
    this.name = 'DeskRefusal'
    this.code = code
    this.position = position
  }
}

export const refused = (code: RefusalCode, message = '', position: number | null = null): DeskRefusal =>
  new DeskRefusal({ code, message, position })

type DuckDBFault = { exception_type?: string; exception_message?: string; position?: string }

const codeOf: Record<string, RefusalCode> = {
  Parser: 'syntax',
  Binder: 'unknown_name',
  Catalog: 'unknown_name',
  Permission: 'closed',
  'Out of Memory': 'memory',
}

/** What DuckDB says, with `errors_as_json` set. */
export const refusalOf = (error: unknown, sql: string): DeskRefusal => {
  if (error instanceof DeskRefusal) return error
  const text = error instanceof Error ? error.message : String(error)
  const fault = faultIn(text)
  const position = fault.position === undefined ? null : charactersBefore(sql, Number(fault.position))
  return refused(codeOf[fault.exception_type ?? ''] ?? 'failed', fault.exception_message ?? text, position)
}

const faultIn = (text: string): DuckDBFault => {
  try {
    return JSON.parse(text.slice(text.indexOf('{'))) as DuckDBFault
  } catch {
    return {}
  }
}

/** DuckDB counts bytes of UTF-8. */
export const charactersBefore = (sql: string, bytes: number): number => Buffer.from(sql).subarray(0, bytes).toString().length
