import { quantile } from './scale.ts'

export type Classes = {
  /** Smallest value, limits between the classes, largest value. */
  edges: number[]
  /** Number of a value's class from 0 on. */
  classOf: (value: number) => number
}

const most = 5

/** Up to five classes with about equally many values; limits are rounded as they are shown, so that the legend is exact. */
export const quantileClasses = (values: number[], step: number): Classes => {
  const shown = (value: number) => Number((Math.round(value / step) * step).toPrecision(12))
  const sorted = values.map(shown).toSorted((a, b) => a - b)
  const [low, high] = [sorted[0] ?? 0, sorted.at(-1) ?? 0]
  const count = Math.min(most, new Set(sorted).size)
  const wanted = Array.from({ length: Math.max(0, count - 1) }, (_, index) => shown(quantile(sorted, (index + 1) / count)))
  // many equal values at the lower end would leave no limit above them
  const above = sorted.find((value) => value > low) ?? high
  const limits = [...new Set(wanted.map((limit) => Math.max(limit, above)))]
  return { edges: [low, ...limits, high], classOf: (value) => limits.filter((limit) => limit <= shown(value)).length }
}

/** As many steps of the one hue as there are classes, as far apart as they can be. */
export const classColours = (count: number): string[] => {
  const steps = [[3], [3], [2, 4], [1, 3, 5], [1, 2, 4, 5], [1, 2, 3, 4, 5]][count]!
  return steps.map((step) => `var(--sj-seq-${step})`)
}
/** Text on these colours is white. */
export const isDark = (colour: string) => /-[45]\)$/.test(colour)
