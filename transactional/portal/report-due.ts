import { addDays, berlinDay, daysBetween } from '../placement/period.ts'

export const rhythms = ['weekly', 'monthly', 'quarterly'] as const
export type Rhythm = (typeof rhythms)[number]

/** Before the offices open; never within a change of the clocks. */
const dueHour = 6
const hourInBerlin = new Intl.DateTimeFormat('de-DE', { timeZone: 'Europe/Berlin', hour: '2-digit', hourCycle: 'h23' })

const dueOn = (day: string): Date => {
  const summer = new Date(`${day}T0${dueHour}:00:00+02:00`)
  return Number.parseInt(hourInBerlin.format(summer), 10) === dueHour ? summer : new Date(`${day}T0${dueHour}:00:00+01:00`)
}

/** Monday is 1. */
const weekdayOf = (day: string): number => (((daysBetween('2024-01-01', day) % 7) + 7) % 7) + 1

/** Mondays to Fridays from the first of a month on; holidays count too. */
const workingDay = (firstOfMonth: string, count: number): string => {
  let day = firstOfMonth
  for (let left = count; ; day = addDays(day, 1)) {
    if (weekdayOf(day) <= 5) left -= 1
    if (left === 0) return day
  }
}

const firstOfMonth = (year: number, month: number): string => new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10)

/** The first due time after an instant. `day` is the weekday (Monday is 1), or the working day of the month or quarter. */
export const dueAfter = ({ rhythm, day }: { rhythm: Rhythm; day: number }, instant: Date): Date => {
  const today = berlinDay(instant)
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7)) - 1]
  const monday = addDays(today, 1 - weekdayOf(today))
  const step = rhythm === 'monthly' ? 1 : 3
  for (let count = 0; ; count++) {
    const on =
      rhythm === 'weekly'
        ? addDays(monday, 7 * count + day - 1)
        : workingDay(firstOfMonth(year, month - (month % step) + step * count), day)
    const due = dueOn(on)
    if (due > instant) return due
  }
}
