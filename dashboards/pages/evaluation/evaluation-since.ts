// What has changed in an evaluation since, by the names of its table.
import type { Catalogue, Evaluation, Since } from '../../client.ts'
import { columnText, type LaterLine } from '../../later-line.ts'
import { againstText, nameOf, perOf, shownAs } from './evaluation.ts'

export const laterLines = ({ changes }: Pick<Since, 'changes'>, answer: Evaluation, catalogue: Catalogue): LaterLine[] => {
  const { row_dimensions, column_dimension, against } = answer
  const name = nameOf(answer, catalogue)
  const per = perOf(answer, catalogue)
  return changes.flatMap(({ keys, column: key, figure: asked, part, was, is }): LaterLine[] => {
    const figure = answer.figures.find((each) => each.figure === asked)
    if (!figure) return []
    const label = catalogue.figures.find((each) => each.name === asked)?.label ?? asked
    const further = [
      ...(column_dimension ? [name(column_dimension, key)] : []),
      ...(part === 'reference' && against ? [againstText(against)] : []),
    ]
    return [
      {
        row: keys.map((each, at) => name(row_dimensions[at]!, each)).join(' · '),
        column: columnText(label, figure.unit, per, ...further),
        was,
        is,
        ...shownAs(answer, keys, { key, figure }),
      },
    ]
  })
}
