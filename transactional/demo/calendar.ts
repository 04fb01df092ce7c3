/** Days are whole numbers since 1970-01-01, months whole numbers since January of year 0; no time zone is involved. */
const DAY_MS = 86_400_000
const LAST = Date.UTC(2041, 0, 1) / DAY_MS
const texts = Array.from({ length: LAST }, (_, day) => new Date(day * DAY_MS).toISOString().slice(0, 10))
/** YYYYMMDD */
const numbers = Int32Array.from(texts, (text) => Number(text.replaceAll('-', '')))
const months = Int32Array.from(numbers, (number) => Math.floor(number / 10_000) * 12 + (Math.floor(number / 100) % 100) - 1)

export const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / DAY_MS

/** To 2040-12-31, the last day of the product's calendar; the first birthdays lie before 2000. */
export const dayText = (day: number): string => texts[day]!

export const monthOf = (day: number): number => months[day]!
export const firstDayOf = (month: number): number => Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY_MS
export const yearOf = (month: number): number => Math.floor(month / 12)

/** Monday is 1, Sunday 7. */
export const weekday = (day: number): number => ((day + 3) % 7) + 1
export const isWeekend = (day: number): boolean => weekday(day) > 5
export const workday = (day: number): number => (isWeekend(day) ? day + 8 - weekday(day) : day)

/** The last one up to a day. */
export const workdayUntil = (day: number): number => day - Math.max(0, weekday(day) - 5)

export const milliseconds = (day: number, secondOfDay: number): number => day * DAY_MS + secondOfDay * 1000

const twoDigits = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'))
export const instantText = (day: number, secondOfDay: number): string =>
  `${dayText(day)}T${twoDigits[Math.floor(secondOfDay / 3600)]}:${twoDigits[Math.floor(secondOfDay / 60) % 60]}:${twoDigits[secondOfDay % 60]}Z`

export const ageInYears = (birth: number, day: number): number => Math.floor((numbers[day]! - numbers[birth]!) / 10_000)
