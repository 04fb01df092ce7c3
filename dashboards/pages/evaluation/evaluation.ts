// An evaluation without its drawing: what was chosen, in the address and in words, and the answer as a table of texts.
import type { EvaluationChart } from '../../../api/report/drawings.ts'
import { choiceIn } from '../../choice.ts'
import type { Catalogue, ClassOf, EvaluationDefinition, Evaluation, KeyFigure, ServiceKind } from '../../client.ts'
import { isMapped, shortNames, tellsMore } from '../../comparison.ts'
import {
  cellText,
  type FigureFormat,
  monthText,
  monthRangeText,
  noBreakSpace,
  numberText,
  type RateUnit,
  rateUnitOf,
  shortMonthText,
  unitText,
  yearOf,
} from '../../format.ts'
import { type Area, areasOf, bygoneGroup, monthBefore, monthsOf } from '../../selection.ts'
import { kindText } from '../../sentence.ts'
import { againstOptions, changedText, listText, periodText, type TextCell } from '../side-by-side/side-by-side.ts'

export type Dimension = Evaluation['row_dimensions'][number]
export type Grain = Evaluation['grain']

export const dimensionLabels: Record<Dimension, string> = {
  region: 'Örtlicher Träger',
  state: 'Land',
  group: 'Vergleichsgruppe',
  form: 'Form der Hilfe',
  service_kind: 'Hilfeart',
  specialisation: 'Spezialisierung',
  period: 'Zeitraum',
  age_group: 'Alter bei Beginn',
  sex: 'Geschlecht',
  provider: 'Anbieter',
  end_reason: 'Grund der Beendigung',
  decline_reason: 'Grund der Ablehnung',
  dearer_reason: 'Grund der teureren Wahl',
}
const dimensionDatives: Record<Exclude<Dimension, 'period'>, string> = {
  region: 'örtlichem Träger',
  state: 'Land',
  group: 'Vergleichsgruppe',
  form: 'Form der Hilfe',
  service_kind: 'Hilfeart',
  specialisation: 'Spezialisierung',
  age_group: 'Alter bei Beginn',
  sex: 'Geschlecht',
  provider: 'Anbieter',
  end_reason: 'Grund der Beendigung',
  decline_reason: 'Grund der Ablehnung',
  dearer_reason: 'Grund der teureren Wahl',
}
/** "9 örtliche Träger". */
export const countText = (dimension: Dimension, count: number) => {
  const [one, more] = dimensionCounts[dimension]
  return `${numberText(count)} ${count === 1 ? one : more}`
}
const dimensionCounts: Record<Dimension, [string, string]> = {
  region: ['örtlicher Träger', 'örtliche Träger'],
  state: ['Land', 'Länder'],
  group: ['Vergleichsgruppe', 'Vergleichsgruppen'],
  form: ['Form der Hilfe', 'Formen der Hilfe'],
  service_kind: ['Hilfeart', 'Hilfearten'],
  specialisation: ['Spezialisierung', 'Spezialisierungen'],
  period: ['Zeitraum', 'Zeiträume'],
  age_group: ['Altersgruppe', 'Altersgruppen'],
  sex: ['Geschlecht', 'Geschlechter'],
  provider: ['Anbieter', 'Anbieter'],
  end_reason: ['Grund der Beendigung', 'Gründe der Beendigung'],
  decline_reason: ['Grund der Ablehnung', 'Gründe der Ablehnung'],
  dearer_reason: ['Grund der teureren Wahl', 'Gründe der teureren Wahl'],
}
export const grainLabels: Record<Grain, string> = { month: 'Monate', quarter: 'Quartale', year: 'Jahre' }
const grainSingulars: Record<Grain, string> = { month: 'Monat', quarter: 'Quartal', year: 'Jahr' }
export type Against = NonNullable<Evaluation['against']>
/** Against what of another time values are held, as side by side calls it. */
export const comparisonOptions = againstOptions.filter((option): option is typeof option & { value: Against } =>
  (['previous', 'previous_year'] as string[]).includes(option.value),
)
export const againstText = (against: Against) => comparisonOptions.find(({ value }) => value === against)!.label
export type ChartKind = EvaluationChart
export type Drawing = Exclude<ChartKind, `${string}_change`>
export const chartLabels: Record<ChartKind, string> = {
  line: 'Linien',
  dots: 'Punkte',
  map: 'Karte',
  line_change: 'Veränderung als Linien',
  dots_change: 'Veränderung als Punkte',
  map_change: 'Veränderung als Karte',
}
type Charted = {
  rows: Dimension[]
  columns: Dimension | null | undefined
  figure: Pick<FigureFormat, 'unit'>
  against: Against | null | undefined
}
/** What the first figure of a table can be drawn as, the usual first: its course over periods, or its values by what stands in the rows. */
export const chartsFor = ({ rows: [outer, inner], columns, figure, against }: Charted): ChartKind[] => {
  if (inner) return []
  const over: Drawing[] = outer === 'period' || columns === 'period' ? ['line'] : []
  const byPlace = (mapped: boolean): Drawing[] => (outer === 'period' ? [] : outer === 'region' && mapped ? ['dots', 'map'] : ['dots'])
  const ordered = (places: Drawing[]) => (outer === 'region' ? [...over, ...places] : [...places, ...over])
  // a change does not follow from the size of a district
  const changes = against ? ordered(byPlace(true)).map((drawing): ChartKind => `${drawing}_change`) : []
  return [...ordered(byPlace(isMapped(figure))), ...changes]
}
const allDimensions = Object.keys(dimensionLabels) as Dimension[]
export const structureDimensions = [
  'age_group',
  'sex',
  'provider',
  'end_reason',
  'decline_reason',
  'dearer_reason',
] as const satisfies Dimension[]
export type StructureDimension = (typeof structureDimensions)[number]
type Known = readonly { code: string; label: string }[] | undefined
/** Whose providers are meant, is asked for apart. */
export const classesKnown = (catalogue: Catalogue, providers: Known): Record<StructureDimension, Known> => ({
  age_group: catalogue.age_groups,
  sex: catalogue.sexes,
  provider: providers,
  end_reason: catalogue.end_reasons,
  decline_reason: catalogue.decline_reasons,
  dearer_reason: catalogue.dearer_reasons,
})
/** One class each; without a label where the names of providers are not at hand. */
export type Classes = Partial<Record<StructureDimension, { code: string; label: string | undefined }>>
export const mostFigures = 6

const defining = [
  'figures',
  'rows',
  'columns',
  'area',
  'service_kinds',
  'specialisation',
  ...structureDimensions,
  'from',
  'to',
  'grain',
  'totals',
  'empty',
  'against',
  'as_of',
  'chart',
] as const
/** `evaluation`: the saved one it comes from. */
export const { read: readEvaluationChoice, write: writeEvaluationChoice } = choiceIn([...defining, 'evaluation', 'sort'])
export type EvaluationChoice = ReturnType<typeof readEvaluationChoice>

/** The area that is each reader's own authority alone, of which all classes go together and nothing is hidden. */
export const ownAuthority: Area = { code: 'own', name: 'Eigenes Jugendamt' }

/** What a new evaluation begins with. */
export const firstChoice: EvaluationChoice = { figures: 'case_count', rows: 'region', columns: 'period' }

/** What is kept when it is saved: what is asked of the service, and how it is drawn. */
export const definitionOf = (choice: EvaluationChoice): EvaluationDefinition => ({
  figures: choice.figures ?? firstChoice.figures!,
  rows: choice.rows ?? firstChoice.rows!,
  ...Object.fromEntries(defining.slice(2).flatMap((name) => (choice[name] ? [[name, choice[name]]] : []))),
})

export const sameDefinition = (a: EvaluationDefinition, b: EvaluationDefinition) =>
  writeEvaluationChoice(definitionOf(a)) === writeEvaluationChoice(definitionOf(b))

export type EvaluationSelection = {
  figures: KeyFigure[]
  rows: Dimension[]
  columns: Dimension | undefined
  area: Area
  /** Empty: all. */
  service_kinds: ServiceKind[]
  specialisation: { code: string; label: string } | null
  /** Those that alone are counted. */
  classes: Classes
  grain: Grain
  /** A month; undefined: twelve months to `to`. */
  from: string | undefined
  /** A month; undefined: the last complete one. */
  to: string | undefined
  totals: boolean
  /** Rows in which nothing is. */
  empty: boolean
  against: Against | undefined
  /** The end of a month or a published moment; undefined: now. */
  as_of: string | undefined
  /** undefined: the usual one. */
  chart: ChartKind | undefined
}

/** Chosen values that do not exist are named, and their defaults shown instead. `providers`: of the area, where these are known. */
export const resolveEvaluation = (
  choice: EvaluationChoice,
  catalogue: Catalogue,
  ownArea: string,
  providers?: readonly ClassOf[],
): { selection: EvaluationSelection; choice: EvaluationChoice; unknown: string[] } => {
  const unknown: string[] = []
  const find = <Item>(wanted: string | undefined, items: readonly Item[], key: (item: Item) => string) => {
    const found = wanted === undefined ? undefined : items.find((item) => key(item) === wanted)
    if (wanted !== undefined && found === undefined) unknown.push(wanted)
    return found
  }
  const findAll = <Item>(wanted: string | undefined, items: readonly Item[], key: (item: Item) => string) =>
    [...new Set(wanted?.split(',') ?? [])].flatMap((each) => find(each, items, key) ?? [])
  const figures = findAll(choice.figures, catalogue.figures, ({ name }) => name).slice(0, mostFigures)
  const area = bygoneGroup(choice, catalogue) ?? find(choice.area, [...areasOf(catalogue), ownAuthority], ({ code }) => code)
  const columns = choice.columns === 'figures' ? undefined : find(choice.columns, allDimensions, (name) => name)
  const months = monthsOf(catalogue.months)
  const rows = findAll(choice.rows, allDimensions, (name) => name)
  const classOf = (name: StructureDimension): Classes => {
    const known = classesKnown(catalogue, providers)[name]
    const code = choice[name]
    const found = known || !code ? find(code, known ?? [], (each) => each.code) : { code, label: undefined }
    return found ? { [name]: found } : {}
  }
  const chosen: EvaluationSelection = {
    figures: figures.length > 0 ? figures : catalogue.figures.filter(({ name }) => name === firstChoice.figures),
    ...arranged(rows.length > 0 ? rows : ['region'], columns, area === ownAuthority),
    area: area ?? catalogue.areas.find(({ code }) => code === ownArea) ?? catalogue.areas[0]!,
    service_kinds: findAll(choice.service_kinds, catalogue.service_kinds, ({ code }) => code),
    specialisation: find(choice.specialisation, catalogue.specialisations, ({ code }) => code) ?? null,
    classes: Object.assign({}, ...structureDimensions.map(classOf)) as Classes,
    grain: find(choice.grain, Object.keys(grainLabels) as Grain[], (grain) => grain) ?? 'month',
    from: find(choice.from, months, (month) => month),
    to: find(choice.to, months, (month) => month),
    totals: choice.totals !== 'no',
    empty: choice.empty !== 'hide',
    against: find(choice.against, comparisonOptions, ({ value }) => value)?.value,
    as_of: choice.as_of,
    chart: find(choice.chart, Object.keys(chartLabels) as ChartKind[], (kind) => kind),
  }
  const selection = withChart(withFigures(withStructure(withClasses(chosen), catalogue, ownArea), catalogue))
  return { selection, choice: choiceOf(selection, selection.area === area, choice), unknown }
}

const choiceOf = (selection: EvaluationSelection, areaChosen: boolean, { evaluation, sort }: EvaluationChoice): EvaluationChoice => {
  const { figures, rows, columns, area, service_kinds, specialisation, classes, grain, from, to, totals, empty, against, as_of, chart } =
    selection
  return {
    figures: figures.map(({ name }) => name).join(','),
    rows: rows.join(','),
    ...(columns ? { columns } : {}),
    ...(areaChosen ? { area: area.code } : {}),
    ...(service_kinds.length > 0 ? { service_kinds: service_kinds.map(({ code }) => code).join(',') } : {}),
    ...(specialisation ? { specialisation: specialisation.code } : {}),
    ...Object.fromEntries(Object.entries(classes).map(([name, { code }]) => [name, code])),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(grain === 'month' ? {} : { grain }),
    ...(totals ? {} : { totals: 'no' }),
    ...(empty ? {} : { empty: 'hide' }),
    ...(against ? { against } : {}),
    ...(as_of ? { as_of } : {}),
    ...(chart ? { chart } : {}),
    ...(evaluation ? { evaluation } : {}),
    ...(sort ? { sort } : {}),
  }
}

/** Of these, one stands alone, or an authority within its state or comparison group. */
const isPlace = (name: Dimension) => name === 'region' || name === 'state' || name === 'group'
/** Likewise a service kind within its form. */
const isKind = (name: Dimension) => name === 'form' || name === 'service_kind'
const sameMatter = (a: Dimension, b: Dimension) => (isPlace(a) && isPlace(b)) || (isKind(a) && isKind(b))

/** Told apart for a state as a whole and by years only; of two together, age and sex. */
const structures: { [name in Dimension]?: { with: Dimension[]; figures: string[] } } = {
  age_group: { with: ['sex'], figures: ['case_stock', 'cases_begun', 'cases_ended', 'dropouts'] },
  sex: { with: ['age_group'], figures: ['case_stock', 'cases_begun', 'cases_ended', 'dropouts'] },
  provider: { with: [], figures: ['case_stock', 'cases_begun', 'cases_ended', 'dropouts'] },
  end_reason: { with: [], figures: ['cases_ended'] },
  decline_reason: { with: [], figures: ['declined_requests'] },
  dearer_reason: { with: [], figures: ['dearer_choices'] },
}
/** Each of what else comes to an end. */
const isReason = (name: Dimension) => name === 'end_reason' || name === 'decline_reason' || name === 'dearer_reason'
/** Of the own authority alone everything but places, and one reason; else what states are told of. */
const goTogether = (a: Dimension, b: Dimension, own: boolean): boolean => {
  if (own) return a !== b && !isPlace(a) && !isPlace(b) && !(isReason(a) && isReason(b))
  const refuses = (one: Dimension, other: Dimension) =>
    structures[one] !== undefined &&
    (isPlace(other) || other === 'specialisation' || (structures[other] !== undefined && !structures[one].with.includes(other)))
  return a !== b && !refuses(a, b) && !refuses(b, a)
}
type Across = Pick<EvaluationSelection, 'rows' | 'columns'> & { area: Pick<Area, 'code'> | undefined }
const across = ({ rows, columns }: Across): Dimension[] => [...rows, ...(columns ? [columns] : [])]
export const isOwn = ({ area }: Pick<Across, 'area'>): boolean => area?.code === ownAuthority.code
/** Across or by a class chosen. */
const classesUsed = (selection: Across & Pick<EvaluationSelection, 'classes'>): StructureDimension[] =>
  structureDimensions.filter((name) => across(selection).includes(name) || selection.classes[name])
/** The dimension for which only states and years are told, across or by a class chosen; undefined for none. */
export const structureIn = (selection: Across & Pick<EvaluationSelection, 'classes'>): Dimension | undefined =>
  isOwn(selection) ? undefined : classesUsed(selection)[0]
/** By which classes a table can be narrowed. */
export const classOptions = (selection: Across): StructureDimension[] =>
  structureDimensions.filter((name) => across(selection).every((other) => goTogether(other, name, isOwn(selection))))
/** Of which no class can be chosen together with one of these. */
export const clashingWith = (name: StructureDimension, own: boolean): StructureDimension[] =>
  structureDimensions.filter((other) => other !== name && !goTogether(name, other, own))
/** The figures that go with the dimensions chosen. */
export const figuresFor = (catalogue: Catalogue, selection: Across & Pick<EvaluationSelection, 'classes'>): KeyFigure[] => {
  const classes = classesUsed(selection)
  if (isOwn(selection))
    return catalogue.figures.filter(({ own_classes }) => own_classes && classes.every((name) => own_classes.includes(name)))
  const told = structures[classes[0] ?? 'region']?.figures
  return told ? catalogue.figures.filter(({ name }) => told.includes(name)) : catalogue.figures
}
const statesIn = ({ areas }: Catalogue) => areas.filter(({ code }) => code !== 'de')
export const areasFor = (
  catalogue: Catalogue,
  selection: Across & Pick<EvaluationSelection, 'classes'>,
): Pick<Catalogue, 'areas' | 'groups'> => (structureIn(selection) ? { areas: statesIn(catalogue), groups: [] } : catalogue)

/** The state that a structure takes along: the one chosen, else the reader's own. */
export const stateOf = (area: string | undefined, catalogue: Catalogue, ownArea: string): Area => {
  const states = statesIn(catalogue)
  return states.find(({ code }) => code === area) ?? states.find(({ code }) => code === ownArea) ?? states[0]!
}

/** Whose providers can be chosen from: those of the own authority alone, or of the state that a structure takes along. */
export const providersAreaOf = (area: string | undefined, catalogue: Catalogue, ownArea: string): string =>
  area === ownAuthority.code ? area : stateOf(area, catalogue, ownArea).code

/** Of classes the first count; what stands in rows and columns goes before. */
const withClasses = (selection: EvaluationSelection): EvaluationSelection => {
  const classes: Classes = {}
  for (const name of classOptions(selection)) {
    const chosen = selection.classes[name]
    const fits = (Object.keys(classes) as StructureDimension[]).every((other) => goTogether(name, other, isOwn(selection)))
    if (chosen && fits) classes[name] = chosen
  }
  return { ...selection, classes }
}

/** A structure takes along what goes with it. */
const withStructure = (selection: EvaluationSelection, catalogue: Catalogue, ownArea: string): EvaluationSelection =>
  structureIn(selection)
    ? { ...selection, area: stateOf(selection.area.code, catalogue, ownArea), specialisation: null, grain: 'year' }
    : selection

/** Figures that do not go with the rest give way. */
const withFigures = (selection: EvaluationSelection, catalogue: Catalogue): EvaluationSelection => {
  const figures = figuresFor(catalogue, selection)
  const kept = selection.figures.filter((figure) => figures.includes(figure))
  return { ...selection, figures: kept.length > 0 ? kept : figures.slice(0, 1) }
}

/** What does not go with the table is not drawn. */
const withChart = (selection: EvaluationSelection): EvaluationSelection => {
  const { chart, figures } = selection
  const fits = chart && chartsFor({ ...selection, figure: figures[0]! }).includes(chart)
  return fits ? selection : { ...selection, chart: undefined }
}

/** What may stand under the first dimension of the rows. */
export const innerOptions = ([outer]: Dimension[], own = false): Dimension[] =>
  allDimensions.filter(
    (name) => goTogether(outer!, name, own) && (!sameMatter(outer!, name) || name === 'region' || name === 'service_kind'),
  )
export const columnOptions = (rows: Dimension[], own = false): Dimension[] =>
  allDimensions.filter((name) => rows.every((row) => goTogether(row, name, own) && !sameMatter(row, name)))
export const outerOptions = (own: boolean): Dimension[] => allDimensions.filter((name) => !own || !isPlace(name))

/** The first choice counts; what no longer goes with it is dropped. */
export const arranged = (
  wanted: Dimension[],
  columns: Dimension | undefined,
  own = false,
): Pick<EvaluationSelection, 'rows' | 'columns'> => {
  const [outer = own ? 'service_kind' : 'region', inner] = wanted.filter((name) => outerOptions(own).includes(name))
  const rows = inner && innerOptions([outer], own).includes(inner) ? [outer, inner] : [outer]
  return { rows, columns: columns && columnOptions(rows, own).includes(columns) ? columns : undefined }
}

const isDimension = (name: string | undefined): name is Dimension => name !== undefined && name in dimensionLabels
/** What stands in rows and columns, known before the catalogue is. */
export const acrossOf = ({ rows, columns, area: code }: EvaluationChoice): Across => {
  const area = code === undefined ? undefined : { code }
  return { ...arranged((rows?.split(',') ?? []).filter(isDimension), isDimension(columns) ? columns : undefined, isOwn({ area })), area }
}

const monthIn: Record<Grain, number> = { month: 1, quarter: 3, year: 12 }
/** The first month of the period a month lies in. */
export const periodStart = (month: string, grain: Grain) => {
  const number = Number(month.slice(5)) - 1
  return `${yearOf(month)}-${String(number - (number % monthIn[grain]) + 1).padStart(2, '0')}`
}
/** Those of an evaluation for which no other is chosen. */
export const usualPeriods: Record<Grain, { span: string; last: string; end: string }> = {
  month: { span: 'Zwölf Monate', last: 'Letzter voller Monat', end: 'zum letzten vollen Monat' },
  quarter: { span: 'Vier Quartale', last: 'Letztes volles Quartal', end: 'zum letzten vollen Quartal' },
  year: { span: 'Zwei Jahre', last: 'Letzter voller Monat', end: 'zum letzten vollen Monat' },
}
export const periodName = (month: string, grain: Grain) => {
  const start = periodStart(month, grain)
  if (grain === 'month') return monthText(start)
  return periodText(grain === 'year' ? yearOf(start) : `${yearOf(start)}-Q${Math.ceil(Number(start.slice(5)) / 3)}`)
}
/** First months of the periods one may begin and end with, the newest first. */
export const periodOptions = (catalogue: Catalogue, grain: Grain) => {
  const starts = [...new Set(monthsOf(catalogue.months).map((month) => periodStart(month, grain)))]
  return starts.map((value) => ({ value, label: periodName(value, grain) }))
}

/** A beginning after the end takes the end along, and the other way round. */
export const withPeriod = (
  { from, to, grain }: Pick<EvaluationChoice, 'from' | 'to' | 'grain'>,
  change: Pick<EvaluationChoice, 'from' | 'to'>,
  { months }: Catalogue,
): Pick<EvaluationChoice, 'from' | 'to'> => {
  const next = { from, to, ...change }
  const end = next.to ?? monthBefore(grain === 'quarter' ? periodStart(months.running, grain) : months.running)
  if (next.from === undefined || next.from <= end) return next
  return 'to' in change ? { from: undefined, to: next.to } : { from: next.from, to: next.from }
}

export const dimensionDative = (dimension: Dimension, grain: Grain) =>
  dimension === 'period' ? grainSingulars[grain] : dimensionDatives[dimension]

/** "Fallzahl und Abbruchquote nach örtlichem Träger und Monat". */
export const describedText = ({ figures, rows, columns, grain }: EvaluationSelection) =>
  `${listText(figures.map(({ label }) => label))} nach ${listText([...rows, ...(columns ? [columns] : [])].map((name) => dimensionDative(name, grain)))}`

/** "Mecklenburg-Vorpommern, § 34 Heimerziehung, Wohngruppe, Januar 2026 bis Juni 2026". */
export const filteredText = (selection: EvaluationSelection, running_month: string | null = null) => {
  const { area, service_kinds, specialisation, classes, grain, from, to, against, as_of } = selection
  const kinds =
    service_kinds.length === 0
      ? 'alle Hilfearten'
      : service_kinds.length < 4
        ? listText(service_kinds.map(kindText))
        : `${service_kinds.length} Hilfearten`
  const end = to ? `${periodName(to, grain)}${running_month === null ? '' : ' (läuft)'}` : usualPeriods[grain].end
  const start = from ? periodName(from, grain) : usualPeriods[grain].span.replace(/^./, (letter) => letter.toLowerCase())
  const period = start === end ? end : `${start} bis ${end}`
  return [
    area.name,
    kinds,
    ...(specialisation ? [specialisation.label] : []),
    ...structureDimensions.flatMap((name) => (classes[name] ? [classText(name, classes[name].label)] : [])),
    period,
    ...(against ? [`gegenüber dem ${againstText(against)}`] : []),
    ...(as_of ? [stateText(as_of)] : []),
  ].join(', ')
}

/** The own authority by its name, once it is known whose it is. */
export const namedIn = ({ area, authority }: Pick<Evaluation, 'area' | 'authority'>): { area?: Area } =>
  authority ? { area: { code: area, name: authority.name } } : {}

/** "Geschlecht „weiblich“": the one class that is counted. */
export const classText = (name: StructureDimension, label: string | undefined) =>
  label === undefined ? `ein ${dimensionLabels[name]}` : `${dimensionLabels[name]} „${label}“`

const stateText = (as_of: string) => (as_of.length === 7 ? `Stand Ende ${monthText(as_of)}` : 'zu einem festgehaltenen Stand')

type ValueCell = TextCell & { value: number | null }
/** `compared`: what the value is held against, and its change since; null where nothing is compared. */
export type PivotCell = ValueCell & { compared: { reference: ValueCell; change: ValueCell } | null }
export type PivotColumn = {
  id: string
  key: string | null
  figure: Evaluation['figures'][number]
  unit: string
  head: string
  total: boolean
}
export type PivotRow = { id: string; key: string | null; head: string; short: string; total: boolean; cells: PivotCell[] }
/** Rows under the head of what they have in common; without one the table has a single group. */
export type PivotGroup = { key: string | null; head: string | undefined; rows: PivotRow[] }
export type Pivot = { columns: PivotColumn[]; groups: PivotGroup[]; total: PivotRow | undefined; against: Against | null }

const allKinds = ({ service_kinds }: Evaluation) => (service_kinds.length > 0 ? 'Gewählte Hilfearten' : 'Alle Hilfearten')

export const allTexts: Record<StructureDimension, string> = {
  age_group: 'Alle Altersgruppen',
  sex: 'Alle Geschlechter',
  provider: 'Alle Anbieter',
  end_reason: 'Alle Gründe',
  decline_reason: 'Alle Gründe',
  dearer_reason: 'Alle Gründe',
}
const totalTexts = (answer: Evaluation): Record<Dimension, string> => ({
  region: 'Summe',
  state: 'Summe',
  group: 'Alle örtlichen Träger',
  form: allKinds(answer),
  service_kind: allKinds(answer),
  specialisation: 'Alle Spezialisierungen',
  period: 'Gesamter Zeitraum',
  ...allTexts,
})

/** What keys of rows and columns are called; null: all together. */
export const nameOf = (answer: Evaluation, catalogue: Catalogue) => {
  const totals = totalTexts(answer)
  const regions = answer.members.region ?? []
  const short = shortNames(regions.map(({ label }) => label))
  const labels = new Map([
    ...regions.map(({ key }, i) => [`region ${key}`, short[i]!] as const),
    ...(answer.members.state ?? []).map(({ key, label }) => [`state ${key}`, label] as const),
    ...(['group', 'form', 'specialisation', 'sex', 'provider', 'end_reason', 'decline_reason', 'dearer_reason'] as const).flatMap((name) =>
      (answer.members[name] ?? []).map(({ key, label }) => [`${name} ${key}`, label] as const),
    ),
    ...(answer.members.age_group ?? []).map(({ key, short }) => [`age_group ${key}`, `${short} Jahre`] as const),
    ...catalogue.service_kinds.map((kind) => [`service_kind ${kind.code}`, kindText(kind)] as const),
  ])
  return (dimension: Dimension, key: string | null) => {
    if (key === null) return totals[dimension]
    return dimension === 'period' ? shortPeriod(key, answer) : (labels.get(`${dimension} ${key}`) ?? key)
  }
}

/** Kept on one line; of the running one, what is counted. */
const shortPeriod = (key: string, answer: Evaluation) => {
  const [year, quarter] = key.split('-Q')
  const text = key.length === 4 ? key : quarter ? `${quarter}. Qu. ${year}` : shortMonthText(key)
  return `${text.replaceAll(' ', noBreakSpace)}${runsText(key, answer)}`
}

/** " (läuft)", or " (nur Okt. 2026)" where that is so of all figures; nothing of what is over. */
export const runsText = (key: string, { figures, running_month, grain }: Pick<Evaluation, 'figures' | 'running_month' | 'grain'>) => {
  const first = firstMonth(key)
  if (running_month === null || periodStart(running_month, grain) !== first) return ''
  const [until, ...others] = new Set(figures.map((figure) => figure.until!))
  const isTold = grain !== 'month' && until !== undefined && others.length === 0 && until >= first
  return isTold ? ` (nur ${monthRangeText(first, until)})` : ' (läuft)'
}

/** The first month of "2026-10", "2026-Q4" or "2026". */
export const firstMonth = (key: string) => {
  const [year, quarter] = key.split('-Q')
  if (quarter) return `${year}-${String((Number(quarter) - 1) * 3 + 1).padStart(2, '0')}`
  return key.length === 4 ? `${key}-01` : key
}

/** The months of such a period. */
export const monthsOfPeriod = (key: string) => {
  const from = firstMonth(key)
  const last = key.length === 4 ? 12 : Number(from.slice(5)) + (key.includes('Q') ? 2 : 0)
  return { from, to: `${from.slice(0, 4)}-${String(last).padStart(2, '0')}` }
}

/** The table as texts; amounts in euros without cents, means of several months with a digit more. */
export const pivotOf = (answer: Evaluation, catalogue: Catalogue): Pivot => {
  const { row_dimensions, column_dimension, figures } = answer
  const name = nameOf(answer, catalogue)
  const labels = new Map(catalogue.figures.map((figure) => [figure.name, figure.label]))
  const per = perOf(answer, catalogue)
  const columns = answer.columns.map(({ key, figure }): PivotColumn => {
    const found = figures.find((each) => each.figure === figure)!
    const head = column_dimension ? name(column_dimension, key) : labels.get(figure)!
    return {
      id: `${key ?? 'total'}.${figure}`,
      key,
      figure: found,
      unit: unitText(found.unit, per),
      head,
      total: column_dimension !== null && key === null,
    }
  })
  const shorts = new Map(answer.members.region?.map(({ key, short }) => [key, short]))
  const rows = answer.rows.map(({ keys, compared, ...own }): PivotRow & { outer: string | null } => {
    const key = keys.at(-1)!
    const dimension = row_dimensions.at(-1)!
    const cells = columns.map((column, at): PivotCell => {
      const { figure } = column
      const { format, averaged } = shownAs(answer, keys, column)
      const shown = (value: number) => cellText(value, format, averaged)
      return {
        ...textAt(own, at, shown),
        compared: compared && {
          reference: textAt(compared.references, at, shown),
          change: textAt(compared.changes, at, (change) => changedText(change, figure.unit, 'PP')),
        },
      }
    })
    const head = name(dimension, key)
    const abbreviation = dimension === 'region' && key !== null ? (shorts.get(key) ?? '') : ''
    const short = tellsMore(abbreviation, head) ? abbreviation : ''
    return {
      id: keys.map((each) => each ?? 'total').join('.'),
      key,
      head,
      short,
      total: key === null,
      cells,
      outer: keys[0]!,
    }
  })
  return { columns, ...groupsOf(answer, rows, name), against: answer.against }
}

type Series = Pick<Evaluation['rows'][number], 'values' | 'signs'>

const textAt = ({ values, signs }: Series, at: number, shown: (value: number) => string): ValueCell => {
  const value = values[at] ?? null
  return { value, text: value === null ? null : shown(value), sign: signs[at] ?? '–' }
}

const groupsOf = (
  { row_dimensions: [outer, inner] }: Evaluation,
  rows: (PivotRow & { outer: string | null })[],
  name: ReturnType<typeof nameOf>,
): Pick<Pivot, 'groups' | 'total'> => {
  const last = rows.at(-1)
  // the total of all stands apart, unless it has rows of its own
  const alone = last?.total && rows.filter((row) => row.outer === last.outer).length === 1 && (!inner || last.outer === null)
  const total = alone ? last : undefined
  const listed = total ? rows.slice(0, -1) : rows
  if (!inner) return { groups: [{ key: null, head: undefined, rows: listed }], total }
  const keys = [...new Set(listed.map((row) => row.outer))]
  const groups = keys.map((key) => ({ key, head: name(outer!, key), rows: listed.filter((row) => row.outer === key) }))
  return { groups, total: total && { ...total, head: name(outer!, null) } }
}

/** How a value reads: amounts without cents, means of several months with a digit more. */
export const shownAs = (
  { row_dimensions, column_dimension, grain, from, to }: Evaluation,
  keys: (string | null)[],
  { key, figure: { unit, digits, totals } }: Pick<PivotColumn, 'key' | 'figure'>,
): { format: FigureFormat; averaged: boolean } => {
  const periodAt = row_dimensions.indexOf('period')
  const period = periodAt >= 0 ? keys[periodAt]! : column_dimension === 'period' ? key : null
  const ofMonths = grain !== 'month' || (period === null && from !== to)
  return { format: { unit, digits: unit === 'cents' ? 0 : digits }, averaged: totals === 'mean' && ofMonths }
}

export const totalsTexts: Record<PivotColumn['figure']['totals'], string> = {
  sum: 'Summe der Monate',
  mean: 'Monatsdurchschnitt',
  quotient: 'Quote des Zeitraums',
  last: 'Stand am Ende',
}
/** What rates are paid by: the day, unless kinds paid by the hour are chosen or told apart. */
export const perOf = (
  { row_dimensions, column_dimension, service_kinds }: Pick<Evaluation, 'row_dimensions' | 'column_dimension' | 'service_kinds'>,
  catalogue: Pick<Catalogue, 'service_kinds'>,
): RateUnit => {
  const apart = [...row_dimensions, column_dimension].some((name) => name === 'service_kind' || name === 'form')
  const told = catalogue.service_kinds.filter(({ code }) => (service_kinds.length === 0 ? apart : service_kinds.includes(code)))
  return rateUnitOf(told)
}

/** How several months make a value, where there are some, and of which the last is, where not all are over. */
export const figureNotes = (answer: Evaluation, catalogue: Catalogue) =>
  answer.figures.map(({ figure, totals, unit, until }) => {
    const label = catalogue.figures.find(({ name }) => name === figure)?.label ?? figure
    return `${label}: ${unitText(unit, perOf(answer, catalogue))}${answer.from === answer.to ? '' : `, mehrere Monate als ${totalsTexts[totals]}${until ? `, gezählt bis ${monthText(until)}` : ''}`}`
  })

/** `-total.case_count`: by that column, the largest first, each group for itself; totals stay below. */
export const sortedPivot = (pivot: Pivot, sort: string | undefined): Pivot => {
  const at = pivot.columns.findIndex(({ id }) => id === sort?.replace(/^-/, ''))
  if (at < 0) return pivot
  const direction = sort!.startsWith('-') ? -1 : 1
  const compared = (a: PivotRow, b: PivotRow) => {
    if (a.total || b.total) return Number(a.total) - Number(b.total)
    const [x, y] = [a.cells[at]!.value, b.cells[at]!.value]
    if (x === null || y === null) return Number(x === null) - Number(y === null)
    return direction * (x - y)
  }
  return { ...pivot, groups: pivot.groups.map((group) => ({ ...group, rows: group.rows.toSorted(compared) })) }
}

export const nextSort = (sort: string | undefined, id: string): string | undefined =>
  sort === `-${id}` ? id : sort === id ? undefined : `-${id}`

export const changedCells = (before: Evaluation, after: Evaluation): string[] => {
  const earlier = new Map(before.rows.map((row) => [row.keys.join('.'), row]))
  const seriesOf = (row: Evaluation['rows'][number]): Series[] => [row, ...(row.compared ? Object.values(row.compared) : [])]
  return after.rows.flatMap((row) => {
    const { keys } = row
    const old = earlier.get(keys.join('.'))
    if (!old) return []
    const id = keys.map((each) => each ?? 'total').join('.')
    const [is, was] = [seriesOf(row), seriesOf(old)]
    const same = (at: number) => is.every(({ values, signs }, i) => values[at] === was[i]?.values[at] && signs[at] === was[i]?.signs[at])
    return row.values.flatMap((_, at) => (same(at) ? [] : [`${id} ${at}`]))
  })
}
