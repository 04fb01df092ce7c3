// The first total of an evaluation: what it comes to, all rows and columns together, in its first figure.
import type { Catalogue, Evaluation, EvaluationDefinition } from '../../client.ts'
import { type FigureFormat, monthText } from '../../format.ts'
import { shownAs, structureDimensions, totalsTexts } from '../evaluation/evaluation.ts'

/**
 * The same question of the first figure alone, short enough for the overview: by period, since all together is the same whatever stands in
 * the rows. Ages, sexes, providers and reasons of ending stay across, whose totals are sums of what is told.
 */
export const totalDefinition = ({ chart: _, against: __, ...definition }: EvaluationDefinition): EvaluationDefinition => {
  const { columns, ...question } = definition
  const across = [...definition.rows.split(','), columns ?? '']
  const figures = definition.figures.split(',')[0]!
  const asked = structureDimensions.some((name) => across.includes(name)) ? definition : { ...question, rows: 'period' }
  return { ...asked, figures, totals: 'yes' }
}

export type Total = { label: string; value: number | null; sign: string | null; format: FigureFormat; averaged: boolean; how: string }

/** Undefined where the answer has no total. */
export const totalOf = (answer: Evaluation, { figures }: Pick<Catalogue, 'figures'>): Total | undefined => {
  const figure = answer.figures[0]
  const row = answer.rows.find(({ keys }) => keys.every((key) => key === null))
  const at = answer.columns.findIndex((column) => column.key === null && column.figure === figure?.figure)
  if (!figure || !row || at < 0) return undefined
  return {
    label: figures.find(({ name }) => name === figure.figure)?.label ?? figure.figure,
    value: row.values[at] ?? null,
    sign: row.signs[at] ?? null,
    ...shownAs(answer, row.keys, { key: null, figure }),
    how: answer.from === answer.to ? monthText(answer.from) : totalsTexts[figure.totals],
  }
}
