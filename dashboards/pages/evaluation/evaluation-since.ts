// What has changed in an evaluation since, by the names of its table.
import { laterHrefOf } from '../../behind.ts'
import type { Catalogue, Evaluation, Session, Since } from '../../client.ts'
import { columnText, type LaterLine } from '../../later-line.ts'
import { againstText, type Dimension, monthsOfPeriod, nameOf, perOf, shownAs } from './evaluation.ts'

/** Of these single facts can be listed; forms only where a service kind stands under them. */
const listed: ReadonlySet<Dimension> = new Set(['region', 'state', 'group', 'form', 'service_kind', 'specialisation', 'period'])

/** What the single facts behind a value are to be asked by; undefined: they cannot be. */
const askedOf = (answer: Evaluation, keys: (string | null)[], column: string | null) => {
  const { row_dimensions, column_dimension, service_kinds, running_month } = answer
  const told = new Map<Dimension, string | null>(row_dimensions.map((name, at) => [name, keys[at]!]))
  if (column_dimension) told.set(column_dimension, column)
  const chosen = [answer.age_group, answer.sex, answer.provider, answer.end_reason]
  const kind = told.get('service_kind') ?? null
  const unlisted =
    [...told.keys()].some((name) => !listed.has(name)) ||
    chosen.some((each) => each !== null) ||
    (kind === null && (service_kinds.length > 1 || (told.get('form') ?? null) !== null))
  const period = told.get('period') ?? null
  const { from, to } = period === null ? answer : monthsOfPeriod(period)
  return unlisted
    ? undefined
    : {
        key: answer.authority?.id ?? told.get('region') ?? null,
        service_kind: kind ?? service_kinds[0] ?? null,
        specialisation: told.get('specialisation') ?? answer.specialisation,
        from,
        to: running_month !== null && running_month < to ? running_month : to,
      }
}

export const laterLines = (
  { changes }: Pick<Since, 'changes'>,
  answer: Evaluation,
  catalogue: Catalogue,
  session: Session,
): LaterLine[] => {
  const { row_dimensions, column_dimension, against } = answer
  const name = nameOf(answer, catalogue)
  const per = perOf(answer, catalogue)
  return changes.flatMap(({ keys, column: key, figure: asked, part, was, is }): LaterLine[] => {
    const figure = answer.figures.find((each) => each.figure === asked)
    if (!figure) return []
    const of = catalogue.figures.find((each) => each.name === asked)
    const further = [
      ...(column_dimension ? [name(column_dimension, key)] : []),
      ...(part === 'reference' && against ? [againstText(against)] : []),
    ]
    const behind = part === 'value' ? askedOf(answer, keys, key) : undefined
    const until = behind && figure.until && figure.until < behind.to ? figure.until : behind?.to
    return [
      {
        row: keys.map((each, at) => name(row_dimensions[at]!, each)).join(' · '),
        column: columnText(of?.label ?? asked, figure.unit, per, ...further),
        was,
        is,
        ...shownAs(answer, keys, { key, figure }),
        href:
          of &&
          behind &&
          laterHrefOf(session, {
            figure: of,
            ...behind,
            from: figure.totals === 'last' ? until! : behind.from,
            to: until!,
            as_of: answer.as_of!,
          }),
      },
    ]
  })
}
