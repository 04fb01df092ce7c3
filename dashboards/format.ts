// The only place where numbers, dates and months become text. German, de-DE; minus is U+2212, units follow a no-break space.

/** Changes are percentages, those of ratios percentage points. */
export type Unit =
  | 'cases'
  | 'cents'
  | 'ratio'
  | 'days'
  | 'per_10000'
  | 'cents_per_unit'
  | 'searches'
  | 'reservations'
  | 'entries'
  | 'change'
  | 'change_points'
export type Column = 'current' | 'previous' | 'year_average' | 'previous_year_average' | 'change'
export type Sign = '.' | '–' | 'x' | '…'

export const noBreakSpace = '\u00a0'
const narrowUnits: Record<Unit, string> = {
  cases: 'Fälle',
  searches: 'Suchen',
  reservations: 'Reservierungen',
  entries: 'Einträge',
  cents: '€',
  cents_per_unit: '€',
  ratio: '%',
  days: 'Tage',
  per_10000: 'je 10.000 Einwohner unter 21 Jahren',
  change: '%',
  change_points: 'Prozentpunkte',
}
/** One of what is counted. */
const singular: Partial<Record<Unit, string>> = { cases: 'Fall', searches: 'Suche', reservations: 'Reservierung', entries: 'Eintrag' }
const timeZone = 'Europe/Berlin'

type SignDisplay = 'negative' | 'exceptZero'
const formats = new Map<string, Intl.NumberFormat>()
const numberFormat = (digits: number, signDisplay: SignDisplay) => {
  const key = `${digits} ${signDisplay}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.NumberFormat('de-DE', { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay })
  formats.set(key, made)
  return made
}
const decimal = (value: number, digits: number, signDisplay: SignDisplay = 'negative') =>
  numberFormat(digits, signDisplay).format(value).replace('-', '\u2212')

export const numberText = (value: number, digits = 0) => decimal(value, digits)
export const signedNumberText = (value: number, digits = 0) => decimal(value, digits, 'exceptZero')
export const signedMoneyText = (cents: number) => `${decimal(cents / 100, 2, 'exceptZero')}${noBreakSpace}€`
/** `cents` may be a fraction of a cent (averages). */
export const moneyText = (cents: number, digits = 2) => `${decimal(cents / 100, digits)}${noBreakSpace}€`
export const percentText = (ratio: number, digits = 1) => `${decimal(ratio * 100, digits)}${noBreakSpace}%`
export const signedPercentText = (ratio: number, digits = 1) => `${decimal(ratio * 100, digits, 'exceptZero')}${noBreakSpace}%`

const plainFormats = new Map<number, Intl.NumberFormat>()
/** A number of any meaning: thousands are parted from five digits on, so that years stay years. */
export const plainNumberText = (value: number, digits: number) => {
  const format =
    plainFormats.get(digits) ??
    new Intl.NumberFormat('de-DE', {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      useGrouping: 'min2',
      signDisplay: 'negative',
    })
  plainFormats.set(digits, format)
  return format.format(value).replace('-', '\u2212')
}

/** What a stored value is multiplied by to be read in its unit: cents in euros, ratios in percent. */
const factor = (unit: Unit) => (unit === 'cents' || unit === 'cents_per_unit' ? 0.01 : unit === 'ratio' || isChange(unit) ? 100 : 1)
export const isChange = (unit: Unit) => unit === 'change' || unit === 'change_points'
const counts = new Set<Unit>(['cases', 'searches', 'reservations', 'entries'])
export const isCount = (unit: Unit) => counts.has(unit)

export type FigureFormat = { unit: Unit; digits: number }
/** Averages of whole numbers need a digit more than the numbers themselves. */
const digitsOf = ({ unit, digits }: FigureFormat, averaged: boolean) => (averaged && isCount(unit) ? digits + 1 : digits)

const signOf = (unit: Unit): SignDisplay => (isChange(unit) ? 'exceptZero' : 'negative')

/** The value as it stands in a table cell: without its unit, which stands in the head. */
export const cellText = (value: number, format: FigureFormat, averaged = false) =>
  decimal(value * factor(format.unit), digitsOf(format, averaged), signOf(format.unit))
/** The difference of two values as they read in table cells. */
export const effectText = (was: number, is: number, format: FigureFormat, averaged = false) => {
  const digits = digitsOf(format, averaged)
  // `toFixed` rounds halves otherwise than the cells do
  const read = (value: number) =>
    Number((value * factor(format.unit)).toLocaleString('en-US', { maximumFractionDigits: digits, useGrouping: false }))
  return decimal(read(is) - read(was), digits, 'exceptZero')
}
/** The smallest difference that can be read. */
export const shownStep = ({ unit, digits }: FigureFormat) => 10 ** -digits / factor(unit)
/** A change is a ratio: 0.025 reads +2,5 (percent). */
export const changeText = (ratio: number) => decimal(ratio * 100, 1, 'exceptZero')
/** What a rate is paid by, where it is known. */
export type RateUnit = 'day' | 'hour' | 'either'
const rateUnits: Record<RateUnit, string> = { day: '€ je Tag', hour: '€ je Stunde', either: '€ je Tag oder Stunde' }
export const unitText = (unit: Unit, per?: RateUnit) => (unit === 'cents_per_unit' && per ? rateUnits[per] : narrowUnits[unit])
/** What rates are paid by where these service kinds are told; without any it is the day. */
export const rateUnitOf = (kinds: readonly { unit: string }[]): RateUnit => {
  const paidBy = (wanted: RateUnit) => kinds.some(({ unit }) => unit === wanted)
  return paidBy('hour') ? (paidBy('day') ? 'either' : 'hour') : 'day'
}

/** The value with its unit, for sentences and the explanation. */
export const valueText = (value: number, format: FigureFormat, averaged = false) =>
  `${cellText(value, format, averaged)}${noBreakSpace}${(value === 1 && !averaged && singular[format.unit]) || narrowUnits[format.unit]}`

/** "252 Fälle mehr", "1 weniger": the distance between two values in the figure's own unit. */
export const differenceText = (difference: number, format: FigureFormat) => {
  const size = Math.abs(difference)
  const text = cellText(size, format)
  if (Number(size.toFixed(6)) === 0 || text === cellText(0, format)) return 'unverändert'
  const unit =
    format.unit === 'ratio' ? 'Prozentpunkte' : isCount(format.unit) || format.unit === 'per_10000' ? '' : narrowUnits[format.unit]
  return `${text}${unit === '' ? '' : noBreakSpace + unit} ${difference > 0 ? 'mehr' : 'weniger'}`
}

/** 2486000000 cents: "24,86 Mio. €". Below a million the exact amount in euros. */
export const shortMoneyText = (cents: number): { text: string; unit: string } =>
  Math.abs(cents) >= 100_000_000
    ? { text: decimal(cents / 100_000_000, 2), unit: `Mio.${noBreakSpace}€` }
    : { text: decimal(cents / 100, 2), unit: '€' }

/** A value beside a line or in a title: money in millions, or in whole euros. */
export const labelText = (value: number, format: FigureFormat, averaged = false) => {
  if (format.unit !== 'cents') return cellText(value, format, averaged)
  return Math.abs(value) >= 100_000_000 ? `${decimal(value / 100_000_000, 2)}${noBreakSpace}Mio.` : decimal(value / 100, 0)
}

/** Ticks of an axis: short, without a unit. */
export const axisText = (value: number, { unit }: FigureFormat, step: number) => {
  const read = value * factor(unit)
  const size = step * factor(unit)
  if (size >= 100_000) return read === 0 ? '0' : `${decimal(read / 1_000_000, size % 1_000_000 === 0 ? 0 : 1)}${noBreakSpace}Mio.`
  return decimal(read, Math.max(0, Math.ceil(-Math.log10(size) - 1e-9)), signOf(unit))
}

const inMonth = (options: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat('de-DE', { timeZone: 'UTC', ...options })
  return (month: string) => format.format(new Date(`${month}-01T00:00:00Z`))
}
/** '2026-10' reads Oktober 2026. */
export const monthText = inMonth({ month: 'long', year: 'numeric' })
export const monthNameText = inMonth({ month: 'long' })
export const yearOf = (month: string) => month.slice(0, 4)
const shortMonth = inMonth({ month: 'short', year: 'numeric' })
export const shortMonthText = (month: string) => shortMonth(month).replace('Sept.', 'Sep.')
export const shortMonthNameText = (month: string) => shortMonthText(month).replace(` ${yearOf(month)}`, '')
/** Months of one year: "Jan.–Okt. 2026". */
export const monthRangeText = (first: string, last: string) =>
  first === last ? shortMonthText(last) : `${shortMonthNameText(first)}–${shortMonthText(last)}`

/** `2026-11-21` or an instant: 21.11.2026. */
export const dateText = (date: string) => {
  const [year, month, day] = date.slice(0, 10).split('-')
  return `${day}.${month}.${year}`
}
const clock = new Intl.DateTimeFormat('de-DE', {
  timeZone,
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const minutes = new Intl.DateTimeFormat('de-DE', {
  timeZone,
  day: '2-digit',
  month: '2-digit',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})
const isoDay = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
/** The day in Berlin at an instant, as data have it: 2026-11-21. */
export const berlinDay = (instant: Date): string => isoDay.format(instant)

/** An ISO instant to the second, Berlin time: 21.11.2026, 14:03:12. */
export const instantText = (instant: string) => clock.format(new Date(instant))
export const minuteText = (instant: string | Date) => `${minutes.format(new Date(instant))} Uhr`
const hours = new Intl.DateTimeFormat('de-DE', { timeZone, hour: '2-digit', minute: '2-digit' })
export const hourText = (instant: string) => `${hours.format(new Date(instant))} Uhr`
/** Of today the hour alone. */
export const momentText = (instant: string, now: Date) =>
  berlinDay(new Date(instant)) === berlinDay(now) ? hourText(instant) : minuteText(instant)

const signMeanings: Record<Sign, string> = {
  '.': 'geheim',
  '–': 'nichts vorhanden',
  x: 'nicht sinnvoll',
  '…': 'Angabe folgt später',
}
export const signText = (sign: string) => signMeanings[sign as Sign] ?? sign
/** What stands in the legend under a table. */
export const signLegend: { sign: Sign; text: string }[] = [
  { sign: '.', text: 'geheim: 1 oder 2 Fälle, oder Schutz solcher Zellen' },
  { sign: '–', text: 'nichts vorhanden' },
  { sign: 'x', text: 'nicht sinnvoll' },
  { sign: '…', text: 'Angabe folgt später' },
]
