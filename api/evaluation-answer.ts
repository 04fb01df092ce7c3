import { lastCounted, structuresIn, type Evaluation, type EvaluationQuery } from '../warehouse/evaluation.ts'
import type { Value } from '../warehouse/comparison.ts'
import { keyFigureByName, type KeyFigure } from '../warehouse/key-figures.ts'
import { monthText } from '../warehouse/month.ts'
import type { EvaluationAnswer } from './answers.ts'
import { own } from './evaluation-query.ts'
import type { Reader } from './reader.ts'
import { numberOf, signOf, totalsOf } from './view.ts'

/** Who plans and answers for it, and those it is shared with. */
const readers = ['controlling', 'politics', 'ministry', 'finance', 'caseworker']
export const mayEvaluate = ({ roles }: Reader) => roles.some((role) => readers.includes(role))

/** The table as it was read. */
export const evaluationAnswer = (
  query: EvaluationQuery,
  table: Evaluation,
  { as_of, data_as_of }: Pick<EvaluationAnswer, 'as_of' | 'data_as_of'>,
): EvaluationAnswer => {
  const { layout } = table
  return {
    figures: query.figures.map((name) => {
      const figure = keyFigureByName.get(name)!
      return { figure: name, unit: figure.unit, digits: figure.digits, totals: totalsIn(query, figure), until: untilIn(query, figure) }
    }),
    row_dimensions: query.rows,
    column_dimension: query.columns,
    ...(table.authority ? { area: own, authority: table.authority } : { area: query.area }),
    service_kinds: query.service_kinds,
    specialisation: query.specialisation,
    age_group: query.age_group,
    sex: query.sex,
    provider: query.provider,
    end_reason: query.end_reason,
    decline_reason: query.decline_reason,
    dearer_reason: query.dearer_reason,
    from: monthText(query.from),
    to: monthText(query.to),
    running_month: runs(query) ? monthText(query.running) : null,
    grain: query.grain,
    against: query.against,
    population_date: table.population_date,
    inhabitants: table.inhabitants,
    as_of,
    data_as_of,
    cells: layout.cells,
    hidden_rows: 0,
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
}

type Series = EvaluationAnswer['rows'][number]
/** Nothing there, and told so: what is secret or still to come is not nothing. */
const isNothing = ({ values, signs }: Pick<Series, 'values' | 'signs'>) =>
  values.every((value, at) => value === 0 || (value === null && (signs[at] === '–' || signs[at] === 'x')))

/** Without the rows in which nothing is, now or in what they are held against; the total of all stays. */
export const withoutEmptyRows = (answer: EvaluationAnswer): EvaluationAnswer => {
  const rows = answer.rows.filter(
    ({ keys, compared, ...row }) => keys.every((key) => key === null) || !isNothing(row) || (compared && !isNothing(compared.references)),
  )
  return { ...answer, rows, hidden_rows: answer.rows.length - rows.length }
}

const seriesOf = (values: Value[]) => ({ values: values.map(numberOf), signs: values.map(signOf) })

const runs = ({ to, running }: EvaluationQuery): boolean => to >= running

const untilIn = (query: EvaluationQuery, figure: KeyFigure): string | null =>
  runs(query) ? monthText(lastCounted(query, figure, { first: query.from, last: query.to })) : null

/** Of a structure, the stock is that of the last day of the year. */
const totalsIn = (query: EvaluationQuery, figure: KeyFigure) => (structuresIn(query).length > 0 && !figure.flow ? 'last' : totalsOf(figure))
