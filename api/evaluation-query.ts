// What an evaluation can be asked by, and why a question cannot be answered.
import { z } from 'zod'
import { comparisons, dimensions, grains, wholePeriods, type Dimension, type EvaluationQuery, type Grain } from '../warehouse/evaluation.ts'
import { structureDimensions } from '../warehouse/structure.ts'
import { ownArea } from '../warehouse/directory.ts'
import { keyFigures } from '../warehouse/key-figures.ts'
import type { Month } from '../warehouse/month.ts'
import { ownFigures } from '../warehouse/own-structure.ts'
import { figuresOf, structureOf, type StructureDimension } from '../warehouse/structure.ts'
import type { Eyes } from '../warehouse/views.ts'
import { assertBegun, asOf, ImpossiblePeriod, type Source } from './moment.ts'
import { evaluationCharts } from './report/drawings.ts'
import { begunMonth, classQuery, figureName, serviceKindCode, viewQuery } from './view.ts'

/** The area that is each reader's own authority alone. */
export const own = 'own'

const mostFigures = 6
const mostMonths = 120

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

/** `running`: nothing later can be asked for. */
export const evaluationQuery = (running: () => Month) =>
  z
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
      empty: z
        .enum(['show', 'hide'], { error: 'Erlaubt sind show und hide.' })
        .default('show')
        .describe('Ob Zeilen dastehen, in denen nichts vorhanden ist'),
      against: z.enum(comparisons, { error: 'Erlaubt sind previous und previous_year.' }).optional(),
      as_of: asOf,
      chart: z.enum(evaluationCharts).optional().describe('Die Grafik des PDF-Berichts'),
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
      for (const { field, message } of asked.area === own ? ownFaults(asked) : structureFaults(asked))
        context.addIssue({ code: 'custom', path: [field], message })
    })

const usualMonths: Record<Grain, number> = { month: 12, quarter: 12, year: 24 }

/** By default, the months end with the last full month or quarter of the data asked for, or with the year of that month. */
export const evaluationQueryOf = (
  asked: z.infer<ReturnType<typeof evaluationQuery>>,
  source: Source,
  ownState: string,
): EvaluationQuery => {
  const { grain } = asked
  const lastFull = (grain === 'quarter' ? wholePeriods(source.running, source.running, grain).from : source.running) - 1
  const to = asked.to ?? Math.max(lastFull, asked.from ?? 0)
  const from = asked.from ?? wholePeriods(to, to, grain).to - usualMonths[grain] + 1
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
    decline_reason: asked.decline_reason ?? null,
    dearer_reason: asked.dearer_reason ?? null,
    ...wholePeriods(from, to, grain),
    grain,
    totals: asked.totals === 'yes',
    against: asked.against ?? null,
    running: source.running,
  }
}

/** The reader's own authority, where its figures are open to him: what is published looks the same to everybody. */
export const ownAreaFor = ({ own_authority }: Eyes, { published }: Pick<Source, 'published'>): string => {
  if (own_authority !== null) return ownArea(own_authority)
  const message = published
    ? 'Ein festgehaltener Stand sieht für alle gleich aus: Zahlen des eigenen Jugendamts allein gibt es von heute und zu Monatsenden. Bitte einen davon als Stand wählen.'
    : 'Zahlen des eigenen Jugendamts allein sehen nur dessen Controlling, Wirtschaftliche Jugendhilfe und Fachkräfte. Bitte ein Land wählen.'
  throw new ImpossiblePeriod('area', message)
}

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
  decline_reason: 'Grund der Ablehnung',
  dearer_reason: 'Grund der teureren Wahl',
}

type Fault = { field: string; message: string }

/** What stands in rows and columns, and the structures in them or chosen of one class alone. */
const usedIn = (asked: Asked) => {
  const { rows, columns } = asked
  const used = [...rows, ...(columns === 'figures' ? [] : [columns])]
  const across = structureDimensions.filter((name) => used.includes(name))
  const chosen = structureDimensions.filter((name) => asked[name] !== undefined)
  const twice = chosen
    .filter((name) => across.includes(name))
    .map((field): Fault => ({
      field,
      message: `${structureTexts[field]} steht schon in den Zeilen oder Spalten. Bitte nur eines von beiden wählen.`,
    }))
  return { used, across, chosen, twice }
}

/** Of the own authority all goes together, but for figures that a class makes no sense of, and for other authorities. */
const ownFaults = (asked: Asked): Fault[] => {
  const { used, across, chosen, twice } = usedIn(asked)
  if (twice.length > 0) return twice
  const classes = [...across, ...chosen]
  const known = ownFigures(classes)
  const place = used.find((name) => places.has(name))
  const told = classes.length > 0 ? ` nach ${classes.map((name) => structureTexts[name]).join(' und ')}` : ''
  return [
    ...(asked.figures.every((name) => known.some((figure) => figure.name === name))
      ? []
      : [
          {
            field: 'figures',
            message:
              known.length === 0
                ? `Zusammen${told} gibt es keine Zahlen. Bitte eines weglassen.`
                : `Vom eigenen Jugendamt allein gibt es${told} nur diese Kennzahlen: ${known.map(({ label }) => label).join(', ')}.`,
          },
        ]),
    ...(place
      ? [
          {
            field: place === asked.columns ? 'columns' : 'rows',
            message:
              'Das eigene Jugendamt steht allein: Träger, Länder und Vergleichsgruppen gibt es nur, wenn als Gebiet ein Land gewählt ist.',
          },
        ]
      : []),
  ]
}

/** What does not go with age, sex, provider and reasons, across or chosen: of these only states and years are told. */
const structureFaults = (asked: Asked): Fault[] => {
  const { figures, columns, area, specialisation, grain } = asked
  const { used, across, chosen, twice } = usedIn(asked)
  if (twice.length > 0) return twice
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
