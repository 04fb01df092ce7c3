// A line without axes for a table row. All rows of a table share one relative scale, so that noise looks like noise.

export type SparklineOptions = { width: number; height: number; inset: number; reference: number | null; spread: number }
export type Sparkline = { line: string; reference: string; dot: { x: number; y: number } | undefined }

const rounded = (value: number) => Math.round(value * 10) / 10

/** Height of the scale around the reference: the largest relative distance of all rows, at least 5 and at most 50 percent. */
export const relativeSpread = (rows: { values: (number | null)[]; reference: number | null }[]) => {
  const distances = rows.flatMap(({ values, reference }) =>
    reference ? values.flatMap((value) => (value === null ? [] : [Math.abs(value / reference - 1)])) : [],
  )
  const sorted = distances.toSorted((a, b) => a - b)
  const most = sorted[Math.floor(sorted.length * 0.9)] ?? 0
  return Math.min(0.5, Math.max(0.05, Math.ceil(most * 100) / 100))
}

/** Gaps stay gaps. Undefined without a value or without a reference to hold them against. */
export const sparkline = (
  values: (number | null)[],
  { width, height, inset, reference, spread }: SparklineOptions,
): Sparkline | undefined => {
  if (!reference || values.length < 2 || values.every((value) => value === null)) return undefined
  const step = (width - 2 * inset) / (values.length - 1)
  const middle = height / 2
  const scale = (middle - inset) / spread
  const y = (value: number) => rounded(middle - Math.max(-1, Math.min(1, (value / reference - 1) / spread)) * spread * scale)
  const points = values.map((value, index) => (value === null ? null : { x: rounded(inset + index * step), y: y(value) }))
  const line = points.map((point, index) => (point ? `${points[index - 1] ? 'L' : 'M'}${point.x},${point.y}` : '')).join('')
  return { line, reference: `M${inset},${middle}H${width - inset}`, dot: points.at(-1) ?? undefined }
}
