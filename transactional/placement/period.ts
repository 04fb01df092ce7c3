import type { CountingRule } from '../vocabulary.ts'

// Days are 'YYYY-MM-DD' everywhere; only this file counts with them.

const dayLength = 86_400_000
const numberOf = (day: string) => Date.parse(`${day}T00:00:00Z`) / dayLength
const dayOf = (number: number) => new Date(number * dayLength).toISOString().slice(0, 10)

export const addDays = (day: string, days: number): string => dayOf(numberOf(day) + days)
export const daysBetween = (from: string, to: string): number => numberOf(to) - numberOf(from)

/** The first day that no longer counts. Under `last_day_free` that is the last day itself (domain.md 4.2). */
export const endOf = (lastDay: string, rule: CountingRule): string => (rule === 'last_day_free' ? lastDay : addDays(lastDay, 1))

/** Days of a period that count: 01.06.–30.11. are 182 under `last_day_free` and 183 as calendar days. */
export const countedDays = (firstDay: string, lastDay: string, rule: CountingRule): number => daysBetween(firstDay, endOf(lastDay, rule))

/** Completed years of life on a day (§ 187(2), § 188(2) BGB): born on 29 February, a year older from 1 March where there is no such day. */
export const ageOn = (birthDate: string, day: string): number => {
  const years = Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return day.slice(5) < birthDate.slice(5) ? years - 1 : years
}

/** The day on which somebody is so many years old. */
export const dayOfAge = (birthDate: string, age: number): string => {
  const year = Number(birthDate.slice(0, 4)) + age
  const day = `${year}${birthDate.slice(4)}`
  return Number.isNaN(Date.parse(day)) || dayOf(numberOf(day)) !== day ? `${year}-03-01` : day
}

/** The latest last day by which nothing counts from a day on. */
export const lastDayBefore = (day: string, rule: CountingRule): string => (rule === 'last_day_free' ? day : addDays(day, -1))

const berlin = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Berlin', year: 'numeric', month: '2-digit', day: '2-digit' })

/** The day in Berlin at an instant. */
export const berlinDay = (instant: Date): string => berlin.format(instant)

/** "01.06.2026". */
export const dayText = (day: string): string => day.split('-').toReversed().join('.')
