// What the pages draw, for reports: made by dashboards/report-drawings.ts, which main.ts brings along.
import type { ComparisonAnswer, DistributionAnswer, EvaluationAnswer, KeyFiguresAnswer, TrendAnswer } from '../answers.ts'
import type { Drawing, Undrawn } from './report.ts'

export const comparisonCharts = ['trend', 'map', 'dots', 'distribution', 'funnel', 'multiples', 'age_sex'] as const
export type ComparisonChart = (typeof comparisonCharts)[number]
/** The values, or how they have changed against what they are held against. */
export const evaluationCharts = ['line', 'dots', 'map', 'line_change', 'dots_change', 'map_change'] as const
export type EvaluationChart = (typeof evaluationCharts)[number]

/** `region`: the row to be highlighted, where it is there. `catalogue`: as of the moment of the answer. */
type Asked = { region: string | null; catalogue: KeyFiguresAnswer }
export type ComparisonToDraw = Asked & {
  chart: ComparisonChart
  answer: ComparisonAnswer
  trend: TrendAnswer
  /** Asked for by the drawings that need them; null: not for this reader. */
  distribution: () => Promise<DistributionAnswer>
  ageSex: (() => Promise<EvaluationAnswer>) | null
}
export type EvaluationToDraw = Asked & {
  /** undefined: the usual one */
  chart: EvaluationChart | undefined
  answer: EvaluationAnswer
}

export type Drawings = {
  comparison: (asked: ComparisonToDraw) => Promise<Drawing | Undrawn>
  /** null: the table can be drawn as nothing. */
  evaluation: (asked: EvaluationToDraw) => Drawing | Undrawn | null
}
