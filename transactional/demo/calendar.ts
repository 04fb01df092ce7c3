/** Days are whole numbers since 1970-01-01, months whole numbers since January of year 0; no time zone is involved. */
const DAY_MS = 86_400_000
const FIRST = Date.UTC(2000, 0, 1) / DAY_MS
const LAST = Date.UTC(2041, 0, 1) / DAY_MS
const texts = Array.from({ length: LAST - FIRST }, (_, n) => new Date((FIRST + n) * DAY_MS).toISOString().slice(0, 10))
const months = Int32Array.from(texts, (text) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7)) - 1)

export const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`) / DAY_MS

/** 2000-01-01 to 2040-12-31, the days of the product's calendar. */
export const dayText = (day: number): string => texts[day - FIRST]!

/** Any day, birthdays included. */
export const anyDayText = (day: number): string => texts[day - FIRST] ?? new Date(day * DAY_MS).toISOString().slice(0, 10)

export const monthOf = (day: number): number => months[day - FIRST]!
export const firstDayOf = (month: number): number => Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY_MS
export const yearOf = (month: number): number => Math.floor(month / 12)

/** Monday is 1, Sunday 7. */
export const weekday = (day: number): number => ((day + 3) % 7) + 1
export const isWeekend = (day: number): boolean => weekday(day) > 5
export const workday = (day: number): number => (isWeekend(day) ? day + 8 - weekday(day) : day)

export const milliseconds = (day: number, secondOfDay: number): number => day * DAY_MS + secondOfDay * 1000

const twoDigits = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'))
export const instantText = (day: number, secondOfDay: number): string =>
  `${dayText(day)}T${twoDigits[Math.floor(secondOfDay / 3600)]}:${twoDigits[Math.floor(secondOfDay / 60) % 60]}:${twoDigits[secondOfDay % 60]}Z`

export const ageInYears = (birth: number, day: number): number => {
  const [born, then] = [anyDayText(birth), anyDayText(day)]
  return Number(then.slice(0, 4)) - Number(born.slice(0, 4)) - (then.slice(5) < born.slice(5) ? 1 : 0)
}
