// The only place where the api makes numbers, dates and months text: for reports. Pages have dashboards/format.ts, and a test
// holds both to the same texts.

/** How a stored value is read: cents in euros, ratios in percent; `signed` shows a rise by its sign. */
export type Format = { scale: 'plain' | 'cents' | 'ratio'; digits: number; signed?: boolean }

const factors = { plain: 1, cents: 0.01, ratio: 100 }
const noBreakSpace = '\u00a0'

const formats = new Map<string, Intl.NumberFormat>()
const numberFormat = (digits: number, signed: boolean) => {
  const key = `${digits} ${signed}`
  let format = formats.get(key)
  if (!format) {
    const signDisplay = signed ? 'exceptZero' : 'negative'
    format = new Intl.NumberFormat('de-DE', { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay })
    formats.set(key, format)
  }
  return format
}

/** Without its unit, which stands in the head of the table. */
export const numberText = (value: number, { scale, digits, signed = false }: Format) =>
  numberFormat(digits, signed)
    .format(value * factors[scale])
    .replace('-', '\u2212')

export const percentText = (ratio: number, digits = 1) => `${numberText(ratio, { scale: 'ratio', digits })}${noBreakSpace}%`

const counts = new Set(['cases', 'searches', 'reservations', 'entries'])
export const isCount = (unit: string) => counts.has(unit)

/** Averages of whole numbers need a digit more than the numbers themselves. */
export const figureFormat = ({ unit, digits }: { unit: string; digits: number }, averaged = false): Format => ({
  scale: unit === 'cents' || unit === 'cents_per_unit' ? 'cents' : unit === 'ratio' ? 'ratio' : 'plain',
  digits: averaged && isCount(unit) ? digits + 1 : digits,
})
export const changeFormat: Format = { scale: 'ratio', digits: 1, signed: true }

const narrowUnits: Record<string, string> = {
  cases: 'Fälle',
  searches: 'Suchen',
  reservations: 'Reservierungen',
  entries: 'Einträge',
  cents: '€',
  cents_per_unit: '€',
  ratio: '%',
  days: 'Tage',
  per_10000: 'je 10.000 Einwohner unter 21 Jahren',
}

/** One of what is counted. */
const singular: Record<string, string> = { cases: 'Fall', searches: 'Suche', reservations: 'Reservierung' }

/** What a rate is paid by, where it is known. */
type RateUnit = 'day' | 'hour' | 'either'
const rateUnits: Record<RateUnit, string> = { day: '€ je Tag', hour: '€ je Stunde', either: '€ je Tag oder Stunde' }
export const unitText = (unit: string, per?: RateUnit) => (unit === 'cents_per_unit' && per ? rateUnits[per] : (narrowUnits[unit] ?? unit))
/** What rates are paid by where these service kinds are told; without any it is the day. */
export const rateUnitOf = (kinds: readonly { unit: string }[]): RateUnit => {
  const paidBy = (wanted: RateUnit) => kinds.some(({ unit }) => unit === wanted)
  return paidBy('hour') ? (paidBy('day') ? 'either' : 'hour') : 'day'
}

/** The value with its unit, for sentences. */
export const valueText = (value: number, figure: { unit: string; digits: number }) => {
  const unit = (value === 1 && singular[figure.unit]) || narrowUnits[figure.unit]
  return `${numberText(value, figureFormat(figure))}${noBreakSpace}${unit}`
}

/** "252 mehr", "1,20 € weniger": the distance between two values in the figure's own unit. */
export const differenceText = (difference: number, figure: { unit: string; digits: number }) => {
  const size = Math.abs(difference)
  const text = numberText(size, figureFormat(figure))
  if (Number(size.toFixed(6)) === 0 || text === numberText(0, figureFormat(figure))) return 'unverändert'
  const unit =
    figure.unit === 'ratio' ? 'Prozentpunkte' : isCount(figure.unit) || figure.unit === 'per_10000' ? '' : narrowUnits[figure.unit]
  return `${text}${unit ? noBreakSpace + unit : ''} ${difference > 0 ? 'mehr' : 'weniger'}`
}

const inMonth = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat('de-DE', { timeZone: 'UTC', ...options })
  return (month: string) => format.format(new Date(`${month}-01T00:00:00Z`))
}
/** '2026-10' reads Oktober 2026. */
export const monthText = inMonth({ month: 'long', year: 'numeric' })
export const monthNameText = inMonth({ month: 'long' })
const shortMonth = inMonth({ month: 'short', year: 'numeric' })
export const shortMonthText = (month: string) => shortMonth(month).replace('Sept.', 'Sep.')
const yearOf = (month: string) => month.slice(0, 4)
/** Months of one year: "Jan.–Okt. 2026". */
export const monthRangeText = (first: string, last: string) =>
  first === last ? shortMonthText(last) : `${shortMonthText(first).replace(` ${yearOf(first)}`, '')}–${shortMonthText(last)}`

/** '2026-11-21' reads 21.11.2026. */
export const dateText = (date: string) => date.slice(0, 10).split('-').toReversed().join('.')

const clock = new Intl.DateTimeFormat('de-DE', {
  timeZone: 'Europe/Berlin',
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
/** An ISO instant to the second, Berlin time: 21.11.2026, 14:03:12. */
export const instantText = (instant: string) => clock.format(new Date(instant))
