// The drawings of the pages on paper: made on the server by what the pages draw with, from the same answers.
import { readFile } from 'node:fs/promises'
import type { ComparisonToDraw, Drawings, EvaluationToDraw } from '../api/report/drawings.ts'
import type { Drawing, ReportTable, Undrawn } from '../api/report/report.ts'
import type { Canvas } from './charts/canvas.ts'
import { type DistrictShape, districtShapes } from './charts/districts.ts'
import type { Comparison, Distribution, Evaluation, Trend } from './client.ts'
import type { ChartView } from './elements/chart-figure.ts'
import { isToldByAge } from './pages/comparison/age-sex-view.ts'
import { type ChartContext, chartKinds } from './pages/comparison/chart-context.ts'
import { chartView } from './pages/comparison/chart-views.ts'
import { isDistributed } from './pages/comparison/distribution-view.ts'
import { isMedianOfRates } from './pages/comparison/dots-view.ts'
import { cutTrend } from './pages/comparison/trend-view.ts'
import { drawnKind, evaluationChart } from './pages/evaluation/evaluation-chart.ts'
import { chartLabels, filteredText, namedIn, pivotOf, resolveEvaluation, structureDimensions } from './pages/evaluation/evaluation.ts'
import { areasOf, bygoneGroup, type Selection } from './selection.ts'

let brought: Promise<Pick<Canvas, 'document'>> | undefined
let shapes: Promise<DistrictShape[]> | undefined

/** The library that stands in for the browser is loaded with the first drawing. */
const bringDocument = async () => ({ document: (await import('linkedom')).parseHTML('<html></html>').document })
const readDistricts = async () =>
  districtShapes(JSON.parse(await readFile(new URL('data/kreise_de_vg250_2018.topo.json', import.meta.url), 'utf8')))

const drawingOf = (kind: string, view: ChartView, table: ReportTable | null, note?: string): Drawing | Undrawn => {
  const { title, subtitle, summary, missing, source, credit } = view
  if (missing) return { kind, missing: missing.why }
  const draw = async (width: number) =>
    view.draw({ width, ...(await (brought ??= bringDocument())), districts: () => (shapes ??= readDistricts()) })
  const notes = [summary, view.note, note].filter((text) => text !== undefined)
  return { kind, title, subtitle, notes, source: `Quelle: ${source}.${credit ? ` Karte: ${credit}.` : ''}`, table, draw }
}

/** Tables of months have a column for each authority: more than these become too many pages. */
const mostColumns = 18

const tableOf = ({ title, twin }: ChartView): ReportTable => {
  const [stub = '', ...heads] = twin.heads
  return {
    name: 'Grafik',
    caption: `Werte der Grafik: ${title}`,
    stub: [stub],
    heads: heads.map((text) => ({ text, period: '' })),
    rows: twin.rows.map(({ head, cells }) => ({
      names: [head],
      cells: cells.map((cell) => (typeof cell === 'string' ? cell : cell.sign)),
    })),
  }
}

const selectionOf = ({ catalogue, answer }: ComparisonToDraw): Selection => {
  const { figure, service_kind, specialisation, month, area, as_of } = answer
  return {
    figure: catalogue.figures.find(({ name }) => name === figure)!,
    service_kind: catalogue.service_kinds.find(({ code }) => code === service_kind) ?? null,
    specialisation: catalogue.specialisations.find(({ code }) => code === specialisation) ?? null,
    month,
    area: areasOf(catalogue).find(({ code }) => code === area) ?? bygoneGroup({ area, as_of: as_of ?? undefined }, catalogue)!,
  }
}

const drawComparison = async (asked: ComparisonToDraw): Promise<Drawing | Undrawn> => {
  const { chart, region, catalogue, answer, trend } = asked
  const selection = selectionOf(asked)
  const showsRates = chart === 'distribution' ? isDistributed(selection.figure) : chart === 'dots' && isMedianOfRates(selection.figure)
  const showsAges = chart === 'age_sex' && isToldByAge(selection)
  const { rows } = answer
  const highlighted = rows.find(({ id }) => id === region) ?? rows.find(({ current }) => current !== null) ?? rows[0]
  const first = trend.months.findIndex((month) => month >= catalogue.months.first)
  const nowhere = () => undefined
  const context: ChartContext = {
    selection,
    answer: answer as Comparison,
    trend: cutTrend(trend as Trend, Math.max(first, 0), trend.months.length),
    distribution: showsRates ? ((await asked.distribution()) as Distribution) : undefined,
    ageSex: showsAges ? ((await asked.ageSex?.()) as Evaluation | undefined) : undefined,
    dataAsOf: answer.data_as_of,
    highlighted: highlighted?.id ?? '',
    areas: catalogue.areas,
    running: catalogue.months.running,
    allPanels: true,
    screenful: Infinity,
    look: nowhere,
    choose: nowhere,
    hrefOf: () => '',
  }
  const kind = chartKinds[chart]
  if (showsAges && !context.ageSex) return { kind, missing: 'Alter und Geschlecht sind denen gezeigt, die auswerten.' }
  const view = chartView(chart, context)
  // the map shows what stands in the table of the report
  if (chart === 'map') return drawingOf(kind, view, null)
  const wide = (chart === 'trend' || chart === 'multiples') && view.twin.heads.length > mostColumns
  return wide
    ? drawingOf(kind, view, null, 'Die Monatswerte jedes örtlichen Trägers stehen im Blatt „Verlauf“ der Excel-Fassung dieses Berichts.')
    : drawingOf(kind, view, tableOf(view))
}

/** All values stand in the table of the report. */
const drawEvaluation = ({ chart: kind, region, catalogue, answer: given }: EvaluationToDraw): Drawing | Undrawn | null => {
  const answer = given as Evaluation
  const drawn = drawnKind({ answer, kind })
  if (!drawn) return null
  const choice = {
    figures: answer.figures.map(({ figure }) => figure).join(','),
    rows: answer.row_dimensions.join(','),
    columns: answer.column_dimension ?? 'figures',
    area: answer.area,
    service_kinds: answer.service_kinds.join(',') || undefined,
    specialisation: answer.specialisation ?? undefined,
    ...Object.fromEntries(structureDimensions.map((name) => [name, answer[name] ?? undefined])),
    grain: answer.grain,
    as_of: answer.as_of ?? undefined,
  }
  const providers = answer.members.provider?.map(({ key, label }) => ({ code: key, label }))
  const { selection } = resolveEvaluation(choice, catalogue, answer.area, providers)
  const filtered = filteredText({ ...selection, ...namedIn(answer), from: answer.from, to: answer.to }, answer.running_month)
  const pivot = pivotOf(answer, catalogue)
  return drawingOf(chartLabels[drawn], evaluationChart({ answer, pivot, catalogue, filtered, own: region ?? undefined, kind })!, null)
}

export const reportDrawings: Drawings = { comparison: drawComparison, evaluation: drawEvaluation }
