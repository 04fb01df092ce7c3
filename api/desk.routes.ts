import { Hono, type Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { describeRoute, resolver } from 'hono-openapi'
import { z } from 'zod'
import { openDesk } from '../warehouse/desk/desk.ts'
import { longestQuery, longestText, mostRows } from '../warehouse/desk/limits.ts'
import { DeskRefusal, type RefusalCode } from '../warehouse/desk/refusal.ts'
import { deskExamples, deskMeasures, deskSeries, deskTables } from '../warehouse/desk/tables.ts'
import { DeskAnswer, DeskSchemaAnswer } from './answers.ts'
import type { ApiDeps } from './app.ts'
import type { Columns } from './columns.ts'
import { answerAs, tableMediaTypes } from './export.ts'
import { problem } from './problem.ts'
import { eyesOf, type ApiEnv } from './reader.ts'
import { validate } from './validate.ts'

const seconds = longestQuery / 1000

const refusals: Record<RefusalCode, { status: 422 | 503; title: string; hint?: string }> = {
  empty: { status: 422, title: 'Die Abfrage ist leer.', hint: 'Bitte eine Abfrage eingeben, zum Beispiel: from cell limit 10' },
  several_statements: {
    status: 422,
    title: 'Es sind mehrere Anweisungen.',
    hint: 'Bitte nur eine Abfrage auf einmal, ohne Semikolon dazwischen.',
  },
  not_reading: {
    status: 422,
    title: 'Hier wird nur gelesen.',
    hint: 'Erlaubt ist eine Abfrage mit SELECT, FROM, WITH oder DESCRIBE. Anweisungen, die etwas anlegen, ändern, laden, einstellen oder in Dateien schreiben, gibt es hier nicht.',
  },
  function_closed: {
    status: 422,
    title: 'Diese Funktion gibt es hier nicht.',
    hint: 'Als Tabellenfunktionen sind range, generate_series und unnest erlaubt; Dateien, Netz und Einstellungen sind verschlossen.',
  },
  syntax: { status: 422, title: 'Die Abfrage ist kein gültiges SQL.' },
  unknown_name: {
    status: 422,
    title: 'Die Abfrage nennt etwas, das es hier nicht gibt oder das nicht zusammenpasst.',
    hint: 'Tabellen und Spalten stehen unter „Tabellen“.',
  },
  closed: { status: 422, title: 'Dateien, Netz und Erweiterungen sind hier verschlossen.' },
  failed: { status: 422, title: 'Die Abfrage lässt sich so nicht ausrechnen.' },
  memory: {
    status: 422,
    title: 'Die Abfrage braucht zu viel Speicher und wurde abgebrochen.',
    hint: 'Bitte früher filtern oder zusammenfassen, und Tabellen über gemeinsame Spalten verbinden.',
  },
  timeout: {
    status: 422,
    title: `Die Abfrage wurde nach ${seconds} Sekunden abgebrochen.`,
    hint: 'Bitte früher filtern oder zusammenfassen, und Tabellen über gemeinsame Spalten verbinden.',
  },
  result_too_large: {
    status: 422,
    title: 'Das Ergebnis ist größer als 16 MB und wurde nicht übertragen.',
    hint: 'Bitte weniger oder kürzere Spalten wählen, oder weiter einschränken.',
  },
  crashed: {
    status: 422,
    title: 'Die Abfrage hat ihren Rechenvorgang zum Absturz gebracht.',
    hint: 'Nichts ist beschädigt. Bitte die Abfrage vereinfachen.',
  },
  busy: {
    status: 503,
    title: 'Gerade werden zu viele Abfragen gerechnet. Bitte in einer halben Minute noch einmal versuchen.',
  },
  cancelled: { status: 503, title: 'Die Abfrage wurde abgebrochen.' },
}

/** DuckDB's own words quote the query alone, whose author reads them. */
const answerRefusal = (c: Context, sql: string, { code, message, position }: DeskRefusal) => {
  const { status, title, hint } = refusals[code]
  if (status === 503) c.header('Retry-After', '30')
  const found = [placeText(sql, position), message && saidBy(code, message)].filter(Boolean).join(' ')
  const said = [found, hint].filter(Boolean).join('\n')
  return problem(c, status, code, title, said === '' ? [] : [{ field: 'sql', message: said, ...(position !== null && { position }) }])
}

const saidBy = (code: RefusalCode, message: string) =>
  code === 'function_closed' ? `„${message}“ ist nicht verfügbar.` : code === 'memory' ? '' : `DuckDB meldet: ${message}`

const placeText = (sql: string, position: number | null): string => {
  if (position === null) return ''
  const before = sql.slice(0, position).split('\n')
  return `Zeile ${before.length}, Spalte ${before.at(-1)!.length + 1}:`
}

const numeric = /INT|FLOAT|DOUBLE|DECIMAL/

/** A column whose numbers are too long for a double stays text. */
const columnsOf = ({ columns, rows }: Pick<DeskAnswer, 'columns' | 'rows'>): Columns => {
  const table: Columns = {}
  columns.forEach(({ name, type }, at) => {
    const values = rows.map((row) => (typeof row[at] === 'boolean' ? String(row[at]) : (row[at] ?? null)))
    const isNumber = numeric.test(type) && values.every((value) => typeof value !== 'string')
    let key = name
    for (let again = 2; key in table; again += 1) key = `${name}_${again}`
    table[key] = { type: isNumber ? 'number' : 'text', values }
  })
  return table
}

/** The SQL desk of an authority's controllers: for everybody else there is none. Queries are never logged. */
export const deskRoutes = ({ warehouse, stamp }: ApiDeps) => {
  const desk = openDesk({ warehouse })
  const ownAuthority = (c: Context<ApiEnv>) => (c.get('reader').roles.includes('controlling') ? eyesOf(c).own_authority : null)
  const noDesk = (c: Context) => problem(c, 404, 'not_found', 'Das gibt es hier nicht.')
  return new Hono<ApiEnv>()
    .use('/desk', async (c, next) => (ownAuthority(c) === null ? noDesk(c) : next()))
    .get(
      '/desk',
      describeRoute({
        summary: 'Tabellen und Beispiele des SQL-Arbeitsplatzes',
        responses: { 200: { description: 'Tabellen', content: { 'application/json': { schema: resolver(DeskSchemaAnswer) } } } },
      }),
      (c) => {
        const answer: DeskSchemaAnswer = {
          tables: deskTables,
          measures: deskMeasures,
          series: deskSeries,
          examples: deskExamples,
          most_rows: mostRows,
          most_seconds: seconds,
        }
        return c.json(answer)
      },
    )
    .post(
      '/desk',
      describeRoute({
        summary: 'Eine SQL-Abfrage über die Zahlen des eigenen örtlichen Trägers',
        responses: {
          200: {
            description: 'Ergebnis',
            content: { 'application/json': { schema: resolver(DeskAnswer) }, ...tableMediaTypes },
          },
        },
      }),
      bodyLimit({
        maxSize: 8 * longestText,
        onError: (c) => problem(c, 413, 'body_too_large', `Die Abfrage ist zu lang: höchstens ${longestText} Zeichen.`),
      }),
      validate('json', z.strictObject({ sql: z.string().max(longestText, `Die Abfrage ist zu lang: höchstens ${longestText} Zeichen.`) })),
      async (c) => {
        const { sql } = c.req.valid('json')
        try {
          const result = await desk.ask({ sql, youth_authority_id: ownAuthority(c)!, signal: c.req.raw.signal })
          const { columns, rows, cut } = result
          const ms = Math.round(result.ms)
          const answer: DeskAnswer = { data_as_of: stamp(c, result), columns, rows, row_count: rows.length, cut, ms }
          c.header('X-Result-Cut', String(cut))
          return await answerAs(c, answer, {
            name: cut ? `abfrage_erste_${mostRows}_zeilen` : 'abfrage',
            columns: () => columnsOf(answer),
          })
        } catch (error) {
          if (error instanceof DeskRefusal) return answerRefusal(c, sql, error)
          throw error
        }
      },
    )
}
