import { Hono } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import { z } from 'zod'
import { catalogue } from '../warehouse/catalogue.ts'
import { keyFigureByName, type KeyFigure } from '../warehouse/key-figures.ts'
import { monthAt, monthText } from '../warehouse/month.ts'
import { sideBySide, type FigureColumn, type Held, type Period } from '../warehouse/side-by-side.ts'
import { SideBySideAnswer } from './answers.ts'
import type { ApiDeps } from './app.ts'
import type { Cell, Columns } from './columns.ts'
import { answerAs, mediaTypes } from './export.ts'
import { assertBegun, asOf } from './moment.ts'
import { eyesFor, type ApiEnv } from './reader.ts'
import { sideBySideReport } from './report/side-by-side.ts'
import { computeOnce } from './compute-once.ts'
import { validate } from './validate.ts'
import { begunPeriod, figureName, numberOf, periodText, signOf, totalsOf, viewQuery } from './view.ts'

const mostFigures = 8

/** Several key figures of a month, quarter or year by local authority, each held against something. */
export const sideBySideRoutes = ({ now, stamp, address, sourceOf }: ApiDeps) => {
  const running = () => monthAt(now())
  const { service_kind, specialisation, area } = viewQuery
  const Query = z
    .strictObject({
      service_kind,
      specialisation,
      area,
      figures: z
        .string()
        .transform((names) => names.split(','))
        .pipe(
          z
            .array(figureName)
            .min(1)
            .max(mostFigures, `Nebeneinander stehen höchstens ${mostFigures} Kennzahlen.`)
            .refine((names) => new Set(names).size === names.length, 'Eine Kennzahl ist zweimal genannt.'),
        ),
      period: begunPeriod(running),
      against: SideBySideAnswer.shape.against.default('previous_year'),
      group: area,
      as_of: asOf,
    })
    .refine(({ against, group }) => group !== undefined || !against.startsWith('group_'), {
      path: ['group'],
      message: 'Bitte die Vergleichsgruppe nennen. Die Liste steht unter /api/key-figures.',
    })
  return new Hono<ApiEnv>().get(
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
      const { running, as_of } = source
      const view = {
        area: asked.area ?? c.get('reader').federal_state,
        service_kind: asked.service_kind ?? null,
        specialisation: asked.specialisation ?? null,
      }
      const period = asked.period ?? { first: running - 1, last: running - 1 }
      assertBegun(source, period.first, 'period')
      // what knows no specialisations makes no sense for one
      const senseless = (figure: KeyFigure) => view.specialisation !== null && !figure.by_specialisation
      const figures = asked.figures.map((name) => keyFigureByName.get(name)!)
      const asking = figures.filter((figure) => !senseless(figure)).map(({ name }) => name)
      const query = {
        ...view,
        figures: asking.length > 0 ? asking : ['case_count'],
        period,
        against: asked.against,
        group: asked.group ?? null,
        running,
      }
      const eyes = eyesFor(c, source)
      const then = await source.open()
      const table = await computeOnce(sideBySide, then, query, eyes)
      const columns = figures.map((figure) => table.columns.find((column) => column.figure === figure))
      const answer: SideBySideAnswer = {
        ...view,
        period: periodText(period),
        against: asked.against,
        group: asked.against.startsWith('group_') ? asked.group! : null,
        as_of,
        data_as_of: stamp(c, table, source),
        columns: figures.map((figure, i) => columnOf(figure, columns[i])),
        rows: table.regions.map(({ id, ags, region, name }, row) => ({
          region,
          id,
          ags,
          name,
          cells: columns.map((column) => {
            const cell = column?.rows[row]
            return { ...heldOf(cell), base: cell?.base ?? null, rank: cell?.rank ?? null }
          }),
        })),
      }
      return answerAs(c, answer, {
        name: `kennzahlen_${answer.period}_${answer.area.toLowerCase()}`,
        columns: () => filed(answer),
        report: async () =>
          sideBySideReport(answer, {
            directory: (await catalogue(then)).directory,
            address: address(c, sideBySidePage, {
              figures: asked.figures.join(','),
              ...view,
              period: answer.period,
              against: answer.against,
              group: answer.group,
              as_of,
            }),
            own_row: eyes.own_authority,
          }),
      })
    },
  )
}

/** Where they are seen, as dashboards/route.ts has it. */
export const sideBySidePage = '/basics/schnellauswertung/kennzahlen-nebeneinander'

const monthsOf = (period: Period | null | undefined) => (period ? { from: monthText(period.first), to: monthText(period.last) } : null)

const columnOf = (figure: KeyFigure, column: FigureColumn | undefined): SideBySideAnswer['columns'][number] => ({
  figure: figure.name,
  unit: figure.unit,
  digits: figure.digits,
  totals: totalsOf(figure),
  counted: monthsOf(column?.counted),
  compared: monthsOf(column?.compared),
  total: heldOf(column?.total),
  weighted_average: heldOf(column?.weighted_average),
  spread: column?.spread ?? null,
})

const parts = ['value', 'reference', 'change'] as const

const heldOf = (held: Held = { value: 'x', reference: 'x', change: 'x' }) => {
  const signs: SideBySideAnswer['columns'][number]['total']['signs'] = {}
  for (const part of parts) {
    const sign = signOf(held[part])
    if (sign) signs[part] = sign
  }
  return { value: numberOf(held.value), reference: numberOf(held.reference), change: numberOf(held.change), signs }
}

/** One row per authority and figure, as files are read best. */
const filed = (answer: SideBySideAnswer): Columns => {
  const rows = answer.columns.flatMap((column, i) => {
    const of = { figure: column.figure, unit: column.unit, from: column.counted?.from ?? null, to: column.counted?.to ?? null }
    return [
      ...answer.rows.map(({ region, ags, name, cells }) => ({ row_kind: 'region', region, ags, name, ...of, ...cells[i]! })),
      { row_kind: 'total', region: null, ags: null, name: 'Summe', ...of, ...column.total, rank: null },
      {
        row_kind: 'weighted_average',
        region: null,
        ags: null,
        name: 'EW-gewichteter Durchschnitt',
        ...of,
        ...column.weighted_average,
        rank: null,
      },
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
      parts.flatMap((part) => [
        [part, number(rows.map((row) => row[part]))],
        [`sign_${part}`, text(rows.map(({ signs }) => signs[part] ?? null))],
      ]),
    ),
    rank: number(rows.map(({ rank }) => rank)),
    period: text(rows.map(() => answer.period)),
    against: text(rows.map(() => answer.against)),
    group: text(rows.map(() => answer.group)),
    service_kind: text(rows.map(() => answer.service_kind)),
    specialisation: text(rows.map(() => answer.specialisation)),
    data_as_of: text(rows.map(() => answer.data_as_of)),
  }
}
