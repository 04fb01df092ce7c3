import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import { z } from 'zod'
import { catalogue } from '../warehouse/catalogue.ts'
import type { Value } from '../warehouse/comparison.ts'
import { authoritiesIn } from '../warehouse/directory.ts'
import {
  comparisons,
  dimensions,
  evaluation,
  grains,
  layoutOf,
  mostCells,
  partsOf,
  structureDimensions,
  structuresIn,
  wholePeriods,
  type Dimension,
  type EvaluationQuery,
  type Layout,
} from '../warehouse/evaluation.ts'
import { keyFigureByName, keyFigures, type KeyFigure } from '../warehouse/key-figures.ts'
import { monthAt, monthText } from '../warehouse/month.ts'
import { figuresOf, providersIn, structureOf, type StructureDimension } from '../warehouse/structure.ts'
import { UnknownFilter } from '../warehouse/views.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { EvaluationAnswer, EvaluationSizeAnswer, ProvidersAnswer } from './answers.ts'
import type { ApiDeps } from './app.ts'
import type { Cell, Columns } from './columns.ts'
import { answerAs, mediaTypes } from './export.ts'
import { assertBegun, asOf, ImpossiblePeriod, type Source } from './moment.ts'
import { problem } from './problem.ts'
import { eyesFor, type ApiEnv } from './reader.ts'
import { evaluationReport } from './report/evaluation.ts'
import { computeOnce } from './compute-once.ts'
import { validate } from './validate.ts'
import { begunMonth, classQuery, figureName, numberOf, serviceKindCode, signOf, totalsOf, viewQuery } from './view.ts'

const mostFigures = 6
const mostMonths = 120
const usualMonths = 12

/** Several codes with commas between them; faults name the whole list. */
const listOf = <Item extends z.ZodType>(item: Item, missing = 'Bitte mindestens eine Angabe.') =>
  z.string({ error: missing }).transform((text, context) => {
    const items = z.array(item).safeParse(text.split(','))
    if (items.success) return items.data
    context.issues.push({ code: 'custom', message: items.error.issues[0]!.message, input: text })
    return z.NEVER
  })
const different = (items: unknown[]) => new Set(items).size === items.length

const dimension = z.enum(dimensions, { error: `Erlaubt sind ${dimensions.join(', ')}.` })

/** Of these, one stands within another or alone. */
const places: ReadonlySet<string> = new Set(['region', 'state', 'group'])
/** These only as a service kind under its form. */
const kinds: ReadonlySet<string> = new Set(['form', 'service_kind'])

/** Who may evaluate: who plans and answers for it, and those it is shared with. */
const readers = ['controlling', 'politics', 'ministry', 'finance', 'caseworker']
const onlyReaders: MiddlewareHandler<ApiEnv> = async (c, next) =>
  c.get('reader').roles.some((role) => readers.includes(role)) ? next() : problem(c, 404, 'not_found', 'Das gibt es hier nicht.')

/** Pivot tables of key figures without any query language; everything is in the address, so that a link reproduces it. */
export const evaluationRoutes = ({ now, stamp, address, sourceOf }: ApiDeps) => {
  const running = () => monthAt(now())
  const Query = z
    .strictObject({
      figures: listOf(figureName, 'Bitte mindestens eine Kennzahl nennen.')
        .refine((names) => names.length <= mostFigures, `Eine Auswertung hat höchstens ${mostFigures} Kennzahlen.`)
        .refine(different, 'Eine Kennzahl ist zweimal genannt.'),
      rows: listOf(dimension, 'Bitte nennen, was in den Zeilen steht.')
        .refine((names) => names.length <= 2, 'Zeilen haben höchstens zwei Merkmale.')
        .refine(different, 'Ein Merkmal ist zweimal genannt.'),
      columns: z.enum([...dimensions, 'figures'], { error: `Erlaubt sind figures, ${dimensions.join(', ')}.` }).default('figures'),
      area: viewQuery.area,
      service_kinds: listOf(serviceKindCode).refine(different, 'Eine Hilfeart ist zweimal genannt.').optional(),
      specialisation: viewQuery.specialisation,
      ...classQuery,
      from: begunMonth(running),
      to: begunMonth(running),
      grain: z.enum(grains, { error: 'Erlaubt sind month, quarter und year.' }).default('month'),
      totals: z.enum(['yes', 'no'], { error: 'Erlaubt sind yes und no.' }).default('yes'),
      against: z.enum(comparisons, { error: 'Erlaubt sind previous und previous_year.' }).optional(),
      as_of: asOf,
    })
    .refine(({ rows, columns }) => columns === 'figures' || !rows.includes(columns), {
      path: ['columns'],
      message: 'Dieses Merkmal steht schon in den Zeilen. Bitte für die Spalten ein anderes wählen.',
    })
    .refine(({ rows, columns }) => !places.has(columns) || !rows.some((name) => places.has(name)), {
      path: ['columns'],
      message: 'Örtliche Träger stehen nur in den Zeilen mit ihren Ländern oder Vergleichsgruppen zusammen.',
    })
    .refine(
      ({ rows: [outer, inner] }) => !inner || !places.has(outer!) || !places.has(inner) || (outer !== 'region' && inner === 'region'),
      {
        path: ['rows'],
        message: 'Örtliche Träger stehen unter ihren Ländern oder Vergleichsgruppen: bitte zuerst diese nennen.',
      },
    )
    .refine(({ rows, columns }) => [...rows, columns].filter((name) => kinds.has(name)).length < 2 || rows.join() === 'form,service_kind', {
      path: ['rows'],
      message: 'Hilfearten stehen nur in den Zeilen mit ihren Formen zusammen: bitte zuerst die Form nennen.',
    })
    .superRefine((asked, context) => {
      for (const { field, message } of structureFaults(asked)) context.addIssue({ code: 'custom', path: [field], message })
    })

  /** By default, the months end with the last full one of the data asked for. */
  const queryOf = (asked: z.infer<typeof Query>, source: Source, ownState: string): EvaluationQuery => {
    const { to = source.running - 1 } = asked
    const from = asked.from ?? to - usualMonths + 1
    if (from > to) throw new ImpossiblePeriod('from', 'Der Zeitraum endet, bevor er beginnt.')
    if (to - from >= mostMonths) throw new ImpossiblePeriod('from', `Der Zeitraum umfasst höchstens ${mostMonths} Monate.`)
    assertBegun(source, from, 'from')
    return {
      figures: asked.figures,
      rows: asked.rows,
      columns: asked.columns === 'figures' ? null : asked.columns,
      area: asked.area ?? ownState,
      service_kinds: asked.service_kinds ?? [],
      specialisation: asked.specialisation ?? null,
      age_group: asked.age_group ?? null,
      sex: asked.sex ?? null,
      provider: asked.provider ?? null,
      end_reason: asked.end_reason ?? null,
      ...wholePeriods(from, to, asked.grain),
      grain: asked.grain,
      totals: asked.totals === 'yes',
      against: asked.against ?? null,
      running: source.running,
    }
  }

  const askedOf = async (c: Context<ApiEnv>, asked: z.infer<typeof Query>) => {
    const source = await sourceOf(c, asked.as_of)
    const query = queryOf(asked, source, c.get('reader').federal_state)
    return { source, query, warehouse: await source.open() }
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
        const { query, warehouse } = await askedOf(c, c.req.valid('query'))
        const layout = await layoutOf(warehouse, query)
        const answer: EvaluationSizeAnswer = { cells: layout.cells, most: mostCells, parts: partsOf(layout, query) }
        return c.json(answer)
      },
    )
    .get(
      '/evaluation/providers',
      describeRoute({
        summary: 'Anbieter der Hilfen eines Gebiets, nach denen sich eigene Auswertungen eines Landes eingrenzen lassen',
        responses: { 200: { description: 'Anbieter', content: { 'application/json': { schema: resolver(ProvidersAnswer) } } } },
      }),
      onlyReaders,
      validate('query', z.strictObject({ area: viewQuery.area, as_of: asOf })),
      async (c) => {
        const { area = c.get('reader').federal_state, as_of } = c.req.valid('query')
        const warehouse = await (await sourceOf(c, as_of)).open()
        const answer: ProvidersAnswer = { providers: await computeOnce(providersOf, warehouse, { area }, { own_authority: null }) }
        return c.json(answer)
      },
    )
    .get(
      '/evaluation',
      describeRoute({
        summary:
          'Eigene Auswertung: Kennzahlen nach Trägern, Ländern, Vergleichsgruppen, Hilfearten, Spezialisierungen und Zeiträumen, mit Summen jeder Ebene, auf Wunsch verglichen mit dem Zeitraum davor oder dem Vorjahr; eines Landes je Jahr auch nach Alter und Geschlecht, Anbietern oder Gründen der Beendigung, oder auf einen davon eingegrenzt',
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
        const { source, query, warehouse } = await askedOf(c, c.req.valid('query'))
        const layout = await layoutOf(warehouse, query)
        if (layout.cells > mostCells) return problem(c, 400, 'too_many_cells', tooMany(layout), narrowing(layout, query))
        const eyes = eyesFor(c, source)
        const table = await computeOnce(evaluation, warehouse, query, eyes)
        const answer: EvaluationAnswer = {
          figures: query.figures.map((name) => {
            const figure = keyFigureByName.get(name)!
            return { figure: name, unit: figure.unit, digits: figure.digits, totals: totalsIn(query, figure) }
          }),
          row_dimensions: query.rows,
          column_dimension: query.columns,
          area: query.area,
          service_kinds: query.service_kinds,
          specialisation: query.specialisation,
          age_group: query.age_group,
          sex: query.sex,
          provider: query.provider,
          end_reason: query.end_reason,
          from: monthText(query.from),
          to: monthText(query.to),
          grain: query.grain,
          against: query.against,
          population_date: table.population_date,
          inhabitants: table.inhabitants,
          as_of: source.as_of,
          data_as_of: stamp(c, table, source),
          cells: layout.cells,
          members: layout.members,
          columns: layout.columns.flatMap(({ keys }) => query.figures.map((figure) => ({ key: keys[0] ?? null, figure }))),
          rows: layout.rows.map(({ keys }, row) => ({
            keys,
            ...seriesOf(table.values[row]!),
            compared: table.compared && {
              references: seriesOf(table.compared.references[row]!),
              changes: seriesOf(table.compared.changes[row]!),
            },
          })),
        }
        return answerAs(c, answer, {
          name: `auswertung_${answer.from}_${answer.to}_${answer.area.toLowerCase()}`,
          columns: () => filed(answer),
          report: async () =>
            evaluationReport(answer, {
              directory: (await catalogue(warehouse)).directory,
              address: address(c, evaluationPage, c.req.query()),
              own_row: eyes.own_authority,
            }),
        })
      },
    )
}

const providersOf = async (warehouse: Warehouse, { area }: { area: string }) => {
  if (authoritiesIn((await catalogue(warehouse)).directory, area).length === 0) throw new UnknownFilter('area')
  return (await providersIn(warehouse, area)).map(({ code, label }) => ({ code, label }))
}

const seriesOf = (values: Value[]) => ({ values: values.map(numberOf), signs: values.map(signOf) })

type Asked = Partial<Record<StructureDimension, string>> & {
  figures: string[]
  rows: Dimension[]
  columns: Dimension | 'figures'
  area?: string
  specialisation?: string
  grain: string
}

const structureTexts: Record<StructureDimension, string> = {
  age_group: 'Alter',
  sex: 'Geschlecht',
  provider: 'Anbieter',
  end_reason: 'Grund der Beendigung',
}

/** What does not go with age, sex, provider and reason of ending, across or chosen: of these only states and years are told. */
const structureFaults = (asked: Asked): { field: string; message: string }[] => {
  const { figures, rows, columns, area, specialisation, grain } = asked
  const used = [...rows, ...(columns === 'figures' ? [] : [columns])]
  const across = structureDimensions.filter((name) => used.includes(name))
  const chosen = structureDimensions.filter((name) => asked[name] !== undefined)
  const twice = chosen.filter((name) => across.includes(name))
  if (twice.length > 0)
    return twice.map((field) => ({
      field,
      message: `${structureTexts[field]} steht schon in den Zeilen oder Spalten. Bitte nur eines von beiden wählen.`,
    }))
  const classes = [...across, ...chosen]
  if (classes.length === 0) return []
  const told = classes.map((name) => structureTexts[name]).join(' und ')
  const structure = structureOf(classes)
  if (!structure) {
    const goes = across.length === 0 || structureOf(across) !== null
    const clashing = chosen.find((_, at) => !structureOf([...across, ...chosen.slice(0, at + 1)]))
    return [
      {
        field: goes && clashing ? clashing : 'rows',
        message: `Nach ${told} zusammen gibt es keine Zahlen, nur nach Alter und Geschlecht. Bitte eines weglassen.`,
      },
    ]
  }
  const known = keyFigures.filter(({ name }) => figuresOf[structure].includes(name))
  const refused = figures.some((name) => !known.some((figure) => figure.name === name))
  const place = used.find((name) => places.has(name))
  return [
    ...(refused
      ? [{ field: 'figures', message: `Nach ${told} gibt es nur diese Kennzahlen: ${known.map(({ label }) => label).join(', ')}.` }]
      : []),
    ...(place
      ? [
          {
            field: place === columns ? 'columns' : 'rows',
            message: `Nach ${told} gibt es Zahlen nur für ein Land insgesamt. Bitte mit Hilfeart oder Zeitraum verbinden.`,
          },
        ]
      : []),
    ...(area === 'de' || area?.startsWith('g')
      ? [{ field: 'area', message: `Nach ${told} gibt es Zahlen nur für ein Land. Bitte ein Land wählen.` }]
      : []),
    ...(specialisation === undefined && !used.includes('specialisation')
      ? []
      : [
          {
            field: specialisation !== undefined ? 'specialisation' : columns === 'specialisation' ? 'columns' : 'rows',
            message: `Nach ${told} gibt es Zahlen nur für alle Spezialisierungen zusammen. Bitte diese Angabe weglassen.`,
          },
        ]),
    ...(grain === 'year'
      ? []
      : [{ field: 'grain', message: `Nach ${told} gibt es Zahlen nur je Jahr. Bitte als Zeitraster year (Jahre) wählen.` }]),
  ]
}

/** Of a structure, the stock is that of the last day of the year. */
const totalsIn = (query: EvaluationQuery, figure: KeyFigure) => (structuresIn(query).length > 0 && !figure.flow ? 'last' : totalsOf(figure))

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
    area: text(cells.map(() => answer.area)),
    service_kinds: text(cells.map(() => answer.service_kinds.join(',') || null)),
    ...(used.includes('specialisation') ? {} : { specialisation: text(cells.map(() => answer.specialisation)) }),
    ...Object.assign({}, ...chosen),
    from: text(cells.map(() => answer.from)),
    to: text(cells.map(() => answer.to)),
    data_as_of: text(cells.map(() => answer.data_as_of)),
  }
}
