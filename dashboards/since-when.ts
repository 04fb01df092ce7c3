// Since when values lie above or below others: told from the months in which both are open, and no further than these tell.
import { monthText } from './format.ts'

type Values = (number | null)[]
export type Run = {
  above: boolean
  /** The first and the last open month of the run. */
  from: string
  to: string
  /** What lies before is not known, so that it may have begun earlier. */
  atLeast: boolean
  /** Months within it are not open. */
  gaps: boolean
  /** Nothing after it is open, though there are months after it. */
  ended: boolean
}

/** Averages of a single value differ from it by what computing loses. */
const sideOf = (value: number | null | undefined, beside: number | null | undefined): number | undefined => {
  if (value === null || value === undefined || beside === null || beside === undefined) return undefined
  return Math.abs(value - beside) <= 1e-9 * Math.max(Math.abs(value), Math.abs(beside)) ? 0 : Math.sign(value - beside)
}

/** The last run of months on one side; undefined where no month is open in both, or both are alike in the last one. */
export const lastRun = (values: Values, reference: Values, months: string[]): Run | undefined => {
  const sides = months.map((_, at) => sideOf(values[at], reference[at]))
  const to = sides.findLastIndex((side) => side !== undefined)
  const side = sides[to]
  if (!side) return undefined
  const before = sides.findLastIndex((other, at) => at < to && other !== undefined && other !== side)
  const from = sides.indexOf(side, before + 1)
  return {
    above: side > 0,
    from: months[from]!,
    to: months[to]!,
    atLeast: before < 0 || from > before + 1,
    gaps: sides.slice(from, to).includes(undefined),
    ended: to < months.length - 1,
  }
}

/** "seit Oktober 2025 ohne Unterbrechung"; of a single month only since when. */
export const sinceText = ({ from, to, atLeast, gaps, ended }: Run): string => {
  const least = atLeast ? 'mindestens ' : ''
  const whole = gaps ? ' in allen offenen Monaten' : from === to ? '' : ' ohne Unterbrechung'
  if (!ended) return `${least}seit ${monthText(from)}${whole}`
  return from === to ? `zuletzt im ${monthText(to)}` : `${least}von ${monthText(from)} bis ${monthText(to)}${whole}`
}

const asideText = ({ above }: Run) => (above ? 'über' : 'unter')

export type Reference = { name: string; values: Values }
/** "VG liegt seit Oktober 2025 ohne Unterbrechung über dem Durchschnitt." Undefined where nothing can be told. */
export const placeText = (name: string, values: Values, references: Reference[], months: string[]): string | undefined => {
  const runs = references.flatMap((reference) => {
    const run = lastRun(values, reference.values, months)
    return run ? [{ run, since: sinceText(run), aside: `${asideText(run)} ${reference.name}` }] : []
  })
  const [first] = runs
  if (!first) return undefined
  // what has lasted as long is told once
  const told = runs.map(({ since, aside }, at) => (since === runs[at - 1]?.since ? aside : `${since} ${aside}`))
  const verb = first.run.ended ? 'lag' : 'liegt'
  const later = first.run.ended ? ' Danach ist kein Monat offen.' : ''
  return `${name} ${verb} ${told.join(' und ')}.${later}`
}
