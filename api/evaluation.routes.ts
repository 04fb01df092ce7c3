import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import { z } from 'zod'
import { catalogue } from '../warehouse/catalogue.ts'
import { authoritiesIn } from '../warehouse/directory.ts'
import { evaluation, layoutOf, mostCells, partsOf, type Dimension, type EvaluationQuery, type Layout } from '../warehouse/evaluation.ts'
import { monthAt } from '../warehouse/month.ts'
import { providersIn, structureDimensions } from '../warehouse/structure.ts'
import { UnknownFilter, type Eyes } from '../warehouse/views.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { EvaluationAnswer, EvaluationSizeAnswer, ProvidersAnswer, SinceAnswer } from './answers.ts'
import type { ApiDeps } from './app.ts'
import { catalogueAnswer } from './catalogue.routes.ts'
import type { Cell, Columns } from './columns.ts'
import { computeOnce } from './compute-once.ts'
import { evaluationAnswer, mayEvaluate, withoutEmptyRows } from './evaluation-answer.ts'
import { evaluationQuery, evaluationQueryOf, own, ownAreaFor } from './evaluation-query.ts'
import { answerAs, mediaTypes } from './export.ts'
import { asOf, currentSource, type Source } from './moment.ts'
import { problem } from './problem.ts'
import { publishedAnswer } from './published.ts'
import { eyesFor, type ApiEnv } from './reader.ts'
import { evaluationReport } from './report/evaluation.ts'
import { assertPast, comparable, evaluationSince } from './since.ts'
import { validate } from './validate.ts'
import { viewQuery } from './view.ts'

const onlyReaders: MiddlewareHandler<ApiEnv> = async (c, next) =>
  mayEvaluate(c.get('reader')) ? next() : problem(c, 404, 'not_found', 'Das gibt es hier nicht.')

type Evaluated = { source: Source; query: EvaluationQuery; eyes: Eyes }

/** Pivot tables of key figures without any query language; everything is in the address, so that a link reproduces it. */
export const evaluationRoutes = ({ warehouse, now, stamp, address, sourceOf, drawings }: ApiDeps) => {
  const Query = evaluationQuery(() => monthAt(now()))
  const askedOf = async (c: Context<ApiEnv>, asked: z.infer<typeof Query>) => {
    const source = await sourceOf(c, asked.as_of)
    const query = evaluationQueryOf(asked, source, c.get('reader').federal_state)
    return { source, query: { ...query, area: areaFor(c, source, query.area) } }
  }
  const answered = async (c: Context<ApiEnv>, { source, query, eyes }: Evaluated) => {
    const table = await computeOnce(evaluation, await source.open(), query, eyes)
    return evaluationAnswer(query, table, { as_of: source.as_of, data_as_of: stamp(c, table, source) })
  }
  /** What has changed since, and when today's data were read. */
  const sinceOf = async ({ source, query, eyes }: Evaluated, then: EvaluationAnswer) => {
    const today = currentSource({ warehouse, now })
    const todays = { ...query, running: today.running }
    const table = await computeOnce(evaluation, await today.open(), todays, eyes)
    const { data_as_of } = table
    const moments = { as_of: assertPast(source), data_as_of_then: then.data_as_of, data_as_of }
    const answer = evaluationAnswer(todays, table, { as_of: null, data_as_of })
    return { since: evaluationSince({ query, answer: then }, { query: todays, answer }, moments), freshness: table }
  }

  return new Hono<ApiEnv>()
    .get(
      '/evaluation/size',
      describeRoute({
        summary: 'Wie viele Werte eine eigene Auswertung hätte',
        responses: { 200: { description: 'Anzahl', content: { 'application/json': { schema: resolver(EvaluationSizeAnswer) } } } },
      }),
      onlyReaders,
      validate('query', Query),
      async (c) => {
        const { source, query } = await askedOf(c, c.req.valid('query'))
        const kept = publishedAnswer(source, 'evaluation', query)
        const layout = kept ? layoutIn(kept) : await layoutOf(await source.open(), query)
        const answer: EvaluationSizeAnswer = { cells: layout.cells, most: mostCells, parts: partsOf(layout, query) }
        return c.json(answer)
      },
    )
    .get(
      '/evaluation/providers',
      describeRoute({
        summary:
          'Anbieter der Hilfen eines Gebiets, nach denen sich eigene Auswertungen eines Landes oder des eigenen Jugendamts eingrenzen lassen',
        responses: { 200: { description: 'Anbieter', content: { 'application/json': { schema: resolver(ProvidersAnswer) } } } },
      }),
      onlyReaders,
      validate('query', z.strictObject({ area: viewQuery.area, as_of: asOf })),
      async (c) => {
        const { area = c.get('reader').federal_state, as_of } = c.req.valid('query')
        const source = await sourceOf(c, as_of)
        const asked = { area: areaFor(c, source, area) }
        const answer: ProvidersAnswer = { providers: await computeOnce(providersOf, await source.open(), asked, { own_authority: null }) }
        return c.json(answer)
      },
    )
    .get(
      '/evaluation/since',
      describeRoute({
        summary: 'Was sich in einer eigenen Auswertung seit einem Stand geändert hat',
        responses: { 200: { description: 'Änderungen', content: { 'application/json': { schema: resolver(SinceAnswer) } } } },
      }),
      onlyReaders,
      validate('query', Query),
      async (c) => {
        const { source, query } = await askedOf(c, c.req.valid('query'))
        assertPast(source)
        const eyes = eyesFor(c, source)
        const then = publishedAnswer(source, 'evaluation', query) ?? (await answered(c, { source, query, eyes }))
        const { since, freshness } = await sinceOf({ source, query, eyes }, then)
        return c.json({ ...since, data_as_of: stamp(c, freshness) })
      },
    )
    .get(
      '/evaluation',
      describeRoute({
        summary:
          'Eigene Auswertung: Kennzahlen nach Trägern, Ländern, Vergleichsgruppen, Hilfearten, Spezialisierungen und Zeiträumen, mit Summen jeder Ebene, auf Wunsch verglichen mit dem Zeitraum davor oder dem Vorjahr; eines Landes je Jahr auch nach Alter und Geschlecht, Anbietern oder Gründen der Beendigung, oder auf einen davon eingegrenzt; des eigenen Jugendamts (area=own) nach allen zusammen, je Monat und ungeschützt, für die, denen dessen Zahlen offen sind',
        responses: {
          200: {
            description: 'Tabelle',
            content: { 'application/json': { schema: resolver(EvaluationAnswer) }, ...mediaTypes },
          },
        },
      }),
      onlyReaders,
      validate('query', Query),
      async (c) => {
        const asked = c.req.valid('query')
        const { source, query } = await askedOf(c, asked)
        const eyes = eyesFor(c, source)
        const kept = publishedAnswer(source, 'evaluation', query)
        const layout = kept ? undefined : await layoutOf(await source.open(), query)
        if (layout && layout.cells > mostCells) return problem(c, 400, 'too_many_cells', tooMany(layout), narrowing(layout, query))
        const whole = { ...(kept ?? (await answered(c, { source, query, eyes }))), hidden_rows: 0 }
        const answer = asked.empty === 'hide' ? withoutEmptyRows(whole) : whole
        return answerAs(c, answer, {
          name: `auswertung_${answer.from}_${answer.to}_${(answer.authority?.id ?? answer.area).toLowerCase()}`,
          columns: () => filed(answer),
          report: async () => {
            const read = await catalogue(kept ? warehouse : await source.open())
            const drawing = drawings.evaluation({
              chart: asked.chart,
              region: c.get('reader').youth_authority_id,
              catalogue: { ...catalogueAnswer(read, source), data_as_of: answer.data_as_of, month_ends: [] },
              answer,
            })
            const context = { directory: read.directory, address: address(c, evaluationPage, c.req.query()), own_row: eyes.own_authority }
            const later = source.as_of === null ? null : await comparable(sinceOf({ source, query, eyes }, whole))
            return evaluationReport(answer, drawing, context, later && later.since)
          },
        })
      },
    )
}

const areaFor = (c: Context<ApiEnv>, source: Source, area: string): string => (area === own ? ownAreaFor(eyesFor(c, source), source) : area)

const providersOf = async (warehouse: Warehouse, { area }: { area: string }) => {
  if (authoritiesIn((await catalogue(warehouse)).directory, area).length === 0) throw new UnknownFilter('area')
  return (await providersIn(warehouse, area)).map(({ code, label }) => ({ code, label }))
}

/** That of an answer, as far as it tells the size. */
const layoutIn = ({ cells, rows, columns }: EvaluationAnswer) => ({
  cells,
  rows,
  columns: [...new Set(columns.map(({ key }) => key))],
})

/** Where they are built, as dashboards/route.ts has it. */
export const evaluationPage = '/basics/schnellauswertung/eigene-auswertungen'

const german = (count: number) => count.toLocaleString('de-DE')

const tooMany = ({ cells }: Layout) =>
  `Die Auswertung hätte ${german(cells)} Werte, möglich sind ${german(mostCells)}. Bitte eingrenzen, wo sie am größten ist.`

const narrowTexts: Record<Dimension, { field: string; message: (count: string) => string }> = {
  region: { field: 'area', message: (count) => `${count} örtliche Träger: bitte ein kleineres Gebiet wählen.` },
  state: { field: 'area', message: (count) => `${count} Länder: bitte ein kleineres Gebiet wählen.` },
  group: { field: 'area', message: (count) => `${count} Vergleichsgruppen: bitte ein kleineres Gebiet wählen.` },
  form: { field: 'service_kinds', message: (count) => `${count} Formen: bitte weniger Hilfearten wählen.` },
  service_kind: { field: 'service_kinds', message: (count) => `${count} Hilfearten: bitte weniger wählen.` },
  specialisation: { field: 'specialisation', message: (count) => `${count} Spezialisierungen: bitte eine wählen.` },
  period: { field: 'from', message: (count) => `${count} Zeiträume: bitte später beginnen oder Quartale oder Jahre wählen.` },
  age_group: { field: 'rows', message: (count) => `${count} Altersgruppen: bitte weglassen.` },
  sex: { field: 'rows', message: (count) => `${count} Geschlechter: bitte weglassen.` },
  provider: { field: 'rows', message: (count) => `${count} Anbieter: bitte für die Spalten etwas Kürzeres wählen.` },
  end_reason: { field: 'rows', message: (count) => `${count} Gründe: bitte weglassen.` },
  decline_reason: { field: 'rows', message: (count) => `${count} Gründe: bitte weglassen.` },
  dearer_reason: { field: 'rows', message: (count) => `${count} Gründe: bitte weglassen.` },
}

const narrowing = (layout: Layout, query: EvaluationQuery) => [
  ...partsOf(layout, query)
    .filter(({ count }) => count > 1)
    .map(({ dimension: part, count }) => ({ field: narrowTexts[part].field, message: narrowTexts[part].message(german(count)) })),
  ...(query.against ? [{ field: 'against', message: 'Zu jedem Wert ein Vergleichswert: bitte ohne Vergleich.' }] : []),
]

/** A booking counts under each of its specialisations: all of them are no sum. */
const totalText = (name: Dimension) => (name === 'specialisation' ? 'Alle' : 'Summe')

/** One row per value, as files are read best. */
const filed = (answer: EvaluationAnswer): Columns => {
  const { row_dimensions, column_dimension, columns } = answer
  const names = new Map(Object.entries(answer.members).flatMap(([name, list]) => list.map(({ key, label }) => [`${name} ${key}`, label])))
  const cells = answer.rows.flatMap(({ keys, values, signs, compared }) =>
    columns.map(({ key, figure }, at) => ({ keys: [...keys, key], figure, value: values[at]!, sign: signs[at]!, compared, at })),
  )
  const text = (values: Cell[]) => ({ type: 'text' as const, values })
  const number = (values: Cell[]) => ({ type: 'number' as const, values })
  const held = (part: 'references' | 'changes', of: 'values' | 'signs') => cells.map(({ compared, at }) => compared![part][of][at]!)
  const used = [...row_dimensions, ...(column_dimension ? [column_dimension] : [])]
  const described = used.map((name, at): Columns => {
    const keys = text(cells.map((cell) => cell.keys[at] ?? totalText(name)))
    if (name === 'period') return { period: keys }
    return { [name]: keys, [`${name}_name`]: text(keys.values.map((key) => names.get(`${name} ${key}`) ?? totalText(name))) }
  })
  const chosen = structureDimensions.flatMap((name): Columns[] => {
    const key = answer[name]
    if (key === null) return []
    return [{ [name]: text(cells.map(() => key)), [`${name}_name`]: text(cells.map(() => names.get(`${name} ${key}`)!)) }]
  })
  const units = new Map(answer.figures.map(({ figure, unit }) => [figure, unit]))
  return {
    ...Object.assign({}, ...described),
    figure: text(cells.map(({ figure }) => figure)),
    unit: text(cells.map(({ figure }) => units.get(figure)!)),
    value: number(cells.map(({ value }) => value)),
    sign: text(cells.map(({ sign }) => sign)),
    ...(answer.against && {
      against: text(cells.map(() => answer.against)),
      reference: number(held('references', 'values')),
      sign_reference: text(held('references', 'signs')),
      change: number(held('changes', 'values')),
      sign_change: text(held('changes', 'signs')),
    }),
    area: text(cells.map(() => answer.authority?.id ?? answer.area)),
    service_kinds: text(cells.map(() => answer.service_kinds.join(',') || null)),
    ...(used.includes('specialisation') ? {} : { specialisation: text(cells.map(() => answer.specialisation)) }),
    ...Object.assign({}, ...chosen),
    from: text(cells.map(() => answer.from)),
    to: text(cells.map(() => answer.to)),
    data_as_of: text(cells.map(() => answer.data_as_of)),
  }
}
