/** Round steps (1, 2, 5 times a power of ten, at least `least`) that cover low … high with about `count` intervals. */
export const niceTicks = (low: number, high: number, count: number, least = 0): number[] => {
  const span = high - low || Math.abs(high) || 1
  const rough = Math.max(span / count, least)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough * 0.999) ?? 10 * power
  const first = Math.floor(low / step + 1e-9)
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9))
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}

/** The value below which the given share of sorted values lies, linear between neighbours. */
export const quantile = (sorted: number[], share: number): number => {
  const at = (sorted.length - 1) * share
  const below = Math.floor(at)
  const low = sorted[below]!
  return low + ((sorted[below + 1] ?? low) - low) * (at - below)
}
