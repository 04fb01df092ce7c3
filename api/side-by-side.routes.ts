import { Hono, type Context } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import { catalogue } from '../warehouse/catalogue.ts'
import { monthAt } from '../warehouse/month.ts'
import type { Sign } from '../warehouse/comparison.ts'
import type { SideBySideQuery } from '../warehouse/side-by-side.ts'
import type { Eyes } from '../warehouse/views.ts'
import { SideBySideAnswer, SinceAnswer } from './answers.ts'
import type { ApiDeps } from './app.ts'
import type { Cell, Columns } from './columns.ts'
import { answerAs, mediaTypes } from './export.ts'
import { currentSource, type Source } from './moment.ts'
import { publishedAnswer } from './published.ts'
import { eyesFor, type ApiEnv } from './reader.ts'
import { sideBySideReport, spreadKinds, spreadOf } from './report/side-by-side.ts'
import {
  heldParts,
  medianIntervals,
  ranked,
  sideBySideAnswer,
  sideBySideQuery,
  sideBySideQueryOf,
  sideBySideTable,
} from './side-by-side-answer.ts'
import { assertPast, comparable, sideBySideSince } from './since.ts'
import { validate } from './validate.ts'
import { numberOf } from './view.ts'

type Asked = { source: Source; query: SideBySideQuery; eyes: Eyes }

/** Several key figures of a month, quarter or year by local authority, each held against something. */
export const sideBySideRoutes = ({ warehouse, now, stamp, address, sourceOf }: ApiDeps) => {
  const Query = sideBySideQuery(() => monthAt(now()))
  const read = async ({ source, query, eyes }: Asked) => {
    const opened = await source.open()
    const table = await sideBySideTable(opened, query, eyes)
    const medians = await medianIntervals(opened, query, table, eyes)
    return { table, answer: sideBySideAnswer(query, table, medians, { as_of: source.as_of, data_as_of: table.data_as_of }) }
  }
  const answered = async (c: Context<ApiEnv>, asked: Asked) => {
    const { table, answer } = await read(asked)
    return { ...answer, data_as_of: stamp(c, table, asked.source) }
  }
  /** What has changed since, and when today's data were read. */
  const sinceOf = async ({ source, query, eyes }: Asked, then: SideBySideAnswer) => {
    const today = currentSource({ warehouse, now })
    const { table, answer } = await read({ source: today, query: { ...query, running: today.running }, eyes })
    const moments = { as_of: assertPast(source), data_as_of_then: then.data_as_of, data_as_of: answer.data_as_of }
    return { since: sideBySideSince(then, answer, moments), freshness: table }
  }
  const since = new Hono<ApiEnv>().get(
    '/side-by-side/since',
    describeRoute({
      summary: 'Was sich in Kennzahlen nebeneinander seit einem Stand geändert hat',
      responses: { 200: { description: 'Änderungen', content: { 'application/json': { schema: resolver(SinceAnswer) } } } },
    }),
    validate('query', Query),
    async (c) => {
      const asked = c.req.valid('query')
      const source = await sourceOf(c, asked.as_of)
      assertPast(source)
      const query = sideBySideQueryOf(asked, source, c.get('reader').federal_state)
      const eyes = eyesFor(c, source)
      const then = publishedAnswer(source, 'side_by_side', query) ?? (await answered(c, { source, query, eyes }))
      const { since: told, freshness } = await sinceOf({ source, query, eyes }, then)
      return c.json({ ...told, data_as_of: stamp(c, freshness) })
    },
  )
  return since.get(
    '/side-by-side',
    describeRoute({
      summary: 'Mehrere Kennzahlen eines Monats, Quartals oder Jahres nebeneinander',
      responses: {
        200: {
          description: 'Tabelle nach örtlichen Trägern',
          content: { 'application/json': { schema: resolver(SideBySideAnswer) }, ...mediaTypes },
        },
      },
    }),
    validate('query', Query),
    async (c) => {
      const asked = c.req.valid('query')
      const source = await sourceOf(c, asked.as_of)
      const query = sideBySideQueryOf(asked, source, c.get('reader').federal_state)
      const eyes = eyesFor(c, source)
      const kept = publishedAnswer(source, 'side_by_side', query)
      const answer = ranked(kept ?? (await answered(c, { source, query, eyes })))
      return answerAs(c, answer, {
        name: `kennzahlen_${answer.period}_${answer.area.toLowerCase()}`,
        columns: () => filed(answer),
        report: async () => {
          const later = source.as_of === null ? null : await comparable(sinceOf({ source, query, eyes }, answer))
          const context = {
            directory: (await catalogue(kept ? warehouse : await source.open())).directory,
            address: address(c, sideBySidePage, {
              figures: asked.figures.join(','),
              service_kind: answer.service_kind,
              specialisation: answer.specialisation,
              area: answer.area,
              period: answer.period,
              against: answer.against,
              group: answer.group,
              as_of: answer.as_of,
            }),
            own_row: eyes.own_authority,
          }
          return sideBySideReport(answer, context, later && later.since)
        },
      })
    },
  )
}

/** Where they are seen, as dashboards/route.ts has it. */
export const sideBySidePage = '/basics/schnellauswertung/kennzahlen-nebeneinander'

/** What is told of authorities only. */
const ofAll = { region: null, ags: null, interval: null, rank: null, rank_from: null, rank_to: null }
/** Held against nothing. */
const alone = (value: number | Sign): Column['total'] => ({
  value: numberOf(value),
  reference: null,
  change: null,
  signs: typeof value === 'string' ? { value } : {},
})
type Column = SideBySideAnswer['columns'][number]

/** One row per authority and figure, and below those what is told of all, as files are read best. */
const filed = (answer: SideBySideAnswer): Columns => {
  const rows = answer.columns.flatMap((column, i) => {
    const of = { figure: column.figure, unit: column.unit, from: column.counted?.from ?? null, to: column.counted?.to ?? null }
    return [
      ...answer.rows.map(({ region, ags, name, cells }) => ({ row_kind: 'region', region, ags, name, ...of, ...cells[i]! })),
      { row_kind: 'total', ...ofAll, name: 'Summe', ...of, ...column.total },
      { row_kind: 'weighted_average', ...ofAll, name: 'EW-gewichteter Durchschnitt', ...of, ...column.weighted_average },
      ...spreadKinds.map(({ key, label: name }) => {
        const unit = key === 'variation' ? 'ratio' : column.unit
        return { row_kind: key, ...ofAll, name, ...of, unit, ...alone(spreadOf(column, key)) }
      }),
    ]
  })
  const text = (values: Cell[]) => ({ type: 'text' as const, values })
  const number = (values: Cell[]) => ({ type: 'number' as const, values })
  return {
    row_kind: text(rows.map(({ row_kind }) => row_kind)),
    region: text(rows.map(({ region }) => region)),
    ags: text(rows.map(({ ags }) => ags)),
    name: text(rows.map(({ name }) => name)),
    figure: text(rows.map(({ figure }) => figure)),
    unit: text(rows.map(({ unit }) => unit)),
    from: text(rows.map(({ from }) => from)),
    to: text(rows.map(({ to }) => to)),
    ...Object.fromEntries(
      heldParts.flatMap((part) => [
        [part, number(rows.map((row) => row[part]))],
        [`sign_${part}`, text(rows.map(({ signs }) => signs[part] ?? null))],
      ]),
    ),
    interval_from: number(rows.map(({ interval }) => interval?.from ?? null)),
    interval_to: number(rows.map(({ interval }) => interval?.to ?? null)),
    rank: number(rows.map(({ rank }) => rank)),
    rank_from: number(rows.map(({ rank_from }) => rank_from)),
    rank_to: number(rows.map(({ rank_to }) => rank_to)),
    period: text(rows.map(() => answer.period)),
    against: text(rows.map(() => answer.against)),
    group: text(rows.map(() => answer.group)),
    service_kind: text(rows.map(() => answer.service_kind)),
    specialisation: text(rows.map(() => answer.specialisation)),
    data_as_of: text(rows.map(() => answer.data_as_of)),
  }
}
