// Pocket money of a help (Barbetrag, § 39(2) SGB VIII): the amount of each month by the age on its first day, parts of months by days.
import type { CountingRule } from '../vocabulary.ts'
import { ageOn, daysBetween, endOf } from './period.ts'

/** Amounts a month for ages from–to, from a day on. */
export type PocketMoneyStep = { valid_from: string; age_from: number; age_to: number; amount_cents: number; source: string }
export type PocketMoney = {
  /** in the first month, were it whole */
  monthly_cents: number
  total_cents: number
  valid_from: string
  source: string
}

type Help = { birth_date: string; first_day: string; last_day: string; counting_rule: CountingRule }

/** Kinds whose authority sets an amount; foster families (§ 33) have their own flat rates. */
export const hasPocketMoney = ({ form, code }: { form: string; code: string }) =>
  form === 'stationaer' && /^s(34|35|35a_stationaer|41)$/.test(code)

const firstOfNext = (day: string) => {
  const [year, month] = day.split('-').map(Number) as [number, number]
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10)
}
const halfUp = (numerator: number, denominator: number) => Math.floor((2 * numerator + denominator) / (2 * denominator))

/** Null where nothing is set for one of the months; who is younger than the table begins gets none. */
export const pocketMoneyOf = (steps: PocketMoneyStep[], { birth_date, first_day, last_day, counting_rule }: Help): PocketMoney | null => {
  const dates = [...new Set(steps.map(({ valid_from }) => valid_from))].sort()
  const on = (day: string) => {
    const valid_from = dates.findLast((date) => date <= day)
    if (valid_from === undefined) return undefined
    const table = steps.filter((step) => step.valid_from === valid_from)
    const age = ageOn(birth_date, day)
    const step = table.find(({ age_from, age_to }) => age_from <= age && age <= age_to)
    return { valid_from, amount_cents: step?.amount_cents ?? 0, source: (step ?? table[0]!).source }
  }
  const first = on(first_day)
  if (first === undefined) return null
  const end = endOf(last_day, counting_rule)
  let total_cents = 0
  for (let from = first_day; from < end;) {
    const next = firstOfNext(from)
    const until = next < end ? next : end
    const month = daysBetween(`${from.slice(0, 7)}-01`, next)
    total_cents += halfUp(on(from)!.amount_cents * daysBetween(from, until), month)
    from = until
  }
  return { monthly_cents: first.amount_cents, total_cents, valid_from: first.valid_from, source: first.source }
}
