// What the benchmarks share: progress on standard error, one JSON line per figure on standard output.

export const say = (text: string): void => void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`)

export const round = (value: number): number => Number(value.toPrecision(4))

export type Line = { figure: string; value: number; unit: string; baseline?: string; ours?: number; theirs?: number }

/** Prints figures measured with so many bookings. */
export const printFor =
  (bookings: number) =>
  (line: Line): void =>
    void process.stdout.write(`${JSON.stringify({ ...line, value: round(line.value), bookings })}\n`)

export const quantile = (values: number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]!
