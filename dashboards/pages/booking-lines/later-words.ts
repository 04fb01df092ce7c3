// A single fact that was recorded, cancelled or corrected after a moment: what happened to it, and what that does to the number.
import {
  getLaterBookings,
  getLaterPayments,
  getLaterReservations,
  getLaterWaits,
  type KeyFigure,
  type LaterBooking,
  type LaterQuery,
  type PaymentLine,
  type ReservationLine,
  type WaitLine,
} from '../../client.ts'
import { dateText, moneyText, noBreakSpace, numberText, signedMoneyText, signedNumberText, type RateUnit } from '../../format.ts'
import { endReasonLabels, stateLabels, waitingLabels } from '../case-manager/reservation-words.ts'

type Facts = NonNullable<KeyFigure['facts_behind']>['facts']
export type Fact = {
  first_day: string | null
  last_day: string | null
  service_kind: string
  provider_name: string | null
  case_number: string | null
  client_name: string | null
}
/** As it was, null where it is new, and as it is. */
export type Later<Line> = { id: string; effect_count: number; effect_amount: number; was: Line | null; is: Line }
export type LaterFacts<Line> = {
  count: number
  effect_count: number
  effect_amount: number
  items: Later<Line>[]
  data_as_of_then: string
  data_as_of: string
}
type LaterTable<Line> = {
  title: string
  /** "3 Buchungen". */
  many: [string, string]
  load: (query: LaterQuery, signal?: AbortSignal) => Promise<LaterFacts<Line>>
  happened: (later: Later<Line>) => string
}

const corrected = (changes: (string | false)[]): string => {
  const told = changes.filter((change) => change !== false)
  return told.length === 0 ? 'berichtigt' : `berichtigt: ${told.join('; ')}`
}
const instead = (name: string, is: string, was: string) => is !== was && `${name} ${is} statt ${was}`
const rateText = ({ rate_cents, unit }: Pick<LaterBooking, 'rate_cents' | 'unit'>) =>
  `${moneyText(rate_cents)}${{ day: ' je Tag', hour: ' je Stunde', flat: ' pauschal' }[unit]}`
const reasonText = (reason: number | null) => (reason === null ? 'noch keiner' : (endReasonLabels[reason] ?? String(reason)))

const bookings: LaterTable<LaterBooking> = {
  title: 'Buchungen, die sich seitdem geändert haben',
  many: ['Buchung', 'Buchungen'],
  load: getLaterBookings,
  happened: ({ was, is }) => {
    if (was === null) return 'später erfasst'
    if (was.cancelled !== is.cancelled) return is.cancelled ? 'storniert' : 'Stornierung zurückgenommen'
    return corrected([
      instead('Beginn', dateText(is.first_day), dateText(was.first_day)),
      instead('Ende', dateText(is.last_day), dateText(was.last_day)),
      was.end_reason === null
        ? is.end_reason !== null && `Grund des Endes ${reasonText(is.end_reason)}`
        : instead('Grund des Endes', reasonText(is.end_reason), reasonText(was.end_reason)),
      instead('Entgelt', rateText(is), rateText(was)),
      is.away !== was.away && (is.away ? 'jetzt auswärtig' : 'nicht mehr auswärtig'),
    ])
  },
}
const payments: LaterTable<PaymentLine> = {
  title: 'Zahlungen, die seitdem dazugekommen sind',
  many: ['Zahlung', 'Zahlungen'],
  load: getLaterPayments,
  happened: ({ was, is }) => {
    if (was === null) return is.amount_cents < 0 ? 'später zurückgenommen' : 'später erfasst'
    return corrected([instead('gezahlt am', dateText(is.paid_on), dateText(was.paid_on))])
  },
}
const reservations: LaterTable<ReservationLine> = {
  title: 'Reservierungen, die sich seitdem geändert haben',
  many: ['Reservierung', 'Reservierungen'],
  load: getLaterReservations,
  happened: ({ was, is }) =>
    was === null ? 'später erfasst' : corrected([instead('Stand', `„${stateLabels[is.state]}“`, `„${stateLabels[was.state]}“`)]),
}
const waits: LaterTable<WaitLine> = {
  title: 'Einträge auf Wartelisten, die sich seitdem geändert haben',
  many: ['Eintrag', 'Einträge'],
  load: getLaterWaits,
  happened: ({ was, is }) =>
    was === null ? 'später erfasst' : corrected([instead('Stand', `„${waitingLabels[is.state]}“`, `„${waitingLabels[was.state]}“`)]),
}

/** Each tells the facts it loads. */
export const laterTables = { bookings, payments, reservations, waits } as unknown as Record<Facts, LaterTable<Fact>>

type Words = [one: string, more: string]
/** What facts are called in durations, in both numbers of a share, and in counts. */
const words: Record<Exclude<Facts, 'payments'>, { days: Words; ratio: [part: Words, whole: Words]; value: Words }> = {
  bookings: {
    days: ['Ende', 'Enden'],
    ratio: [
      ['Abbruch', 'Abbrüche'],
      ['Ende', 'Enden'],
    ],
    value: ['Fall', 'Fälle'],
  },
  reservations: {
    days: ['Buchung', 'Buchungen'],
    ratio: [
      ['Absage', 'Absagen'],
      ['Antwort', 'Antworten'],
    ],
    value: ['Reservierung', 'Reservierungen'],
  },
  waits: {
    days: ['Platz', 'Plätze'],
    ratio: [
      ['ohne Platz', 'ohne Platz'],
      ['Ende', 'Enden'],
    ],
    value: ['Eintrag', 'Einträge'],
  },
}

/** Whether a figure changes by more than how many there are. */
export const byOf = ({ unit }: KeyFigure): LaterQuery['by'] =>
  unit === 'cases' || unit === 'per_10000' || unit === 'reservations' || unit === 'entries' ? 'count' : 'amount'

const counted = (count: number, one: string, more: string) =>
  `${signedNumberText(count)}${noBreakSpace}${Math.abs(count) === 1 ? one : more}`

/** "+30 Tage, +1 Ende". `per`: of what rates are paid by; `several`: the value is one of several months. */
export const effectText = (
  { effect_count, effect_amount }: Pick<Later<Fact>, 'effect_count' | 'effect_amount'>,
  { unit, facts_behind }: KeyFigure,
  { per, several }: { per: RateUnit; several: boolean },
): string => {
  const facts = facts_behind!.facts
  if (facts === 'payments') return signedMoneyText(effect_amount)
  const count = (one: string, more: string) => (effect_count === 0 ? [] : [counted(effect_count, one, more)])
  const amount = (one: string, more: string) => (effect_amount === 0 ? [] : [counted(effect_amount, one, more)])
  const { days, ratio, value } = words[facts]
  if (unit === 'days') return [...amount('Tag', 'Tage'), ...count(...days)].join(', ')
  if (unit === 'ratio') return [...amount(...ratio[0]), ...count(...ratio[1])].join(', ')
  if (unit === 'cents_per_unit')
    return effect_count === 0
      ? `${signedMoneyText(effect_amount)} ${per === 'hour' ? 'je Stunde' : 'je Tag'}`
      : `ein Entgelt von ${moneyText(Math.abs(effect_amount))} ${effect_count > 0 ? 'mehr' : 'weniger'}`
  const [one, more] = value
  if (several && Math.abs(effect_count) > 1) {
    const months = `in ${numberText(Math.abs(effect_count))} Monaten`
    return `${counted(Math.sign(effect_count), one, more)} ${months}`
  }
  return counted(effect_count, one, more)
}
