// How reservations and bookings read, to the authority and to the provider.
import type { BookingWithNames, Reservation } from '../../client.ts'
import { dateText, moneyText, noBreakSpace, numberText } from '../../format.ts'
import type {
  DeclineReason,
  InterruptionReason,
  ReservationState,
  ReservationStep,
  WaitingState,
} from '../../../transactional/vocabulary.ts'
import { unitWords } from '../selection/help-selection.ts'
import { sexLabels } from '../selection/sexes.ts'

export const stateLabels: Record<ReservationState, string> = {
  reserved: 'Reserviert',
  requested: 'Zustimmung angefragt',
  consented: 'Zugestimmt',
  declined: 'Abgelehnt',
  booked: 'Gebucht',
  released: 'Reservierung aufgegeben',
  expired: 'Reservierung abgelaufen',
}

/** What became of an entry of a waiting list. */
export const waitingLabels: Record<WaitingState, string> = {
  waiting: 'wartet',
  reserved: 'Platz reserviert',
  left: 'Liste verlassen',
  over: 'Zeitraum vorbei',
}

export const stepLabels: Record<ReservationStep, string> = {
  reserved: 'Reserviert',
  renewed: 'Frist verlängert',
  requested: 'Zustimmung angefragt',
  reminded: 'Anbieter erinnert',
  withdrawn: 'Anfrage zurückgenommen',
  consented: 'Zugestimmt',
  consent_withdrawn: 'Zusage zurückgenommen',
  declined: 'Abgelehnt',
  decline_undone: 'Absage zurückgenommen',
  booked: 'Gebucht',
  released: 'Reservierung aufgegeben',
  expired: 'Abgelaufen',
  explained: 'Grund der teureren Wahl nachgetragen',
}

export const declineReasonLabels: Record<DeclineReason, string> = {
  no_place: 'Kein freier Platz',
  not_suitable: 'Passt fachlich nicht',
  staff: 'Fachpersonal fehlt',
  too_late: 'Zu kurzfristig',
  other: 'Anderer Grund',
}

export const interruptionReasonLabels: Record<InterruptionReason, string> = {
  clinic: 'Klinikaufenthalt',
  home_visit: 'Heimfahrt oder Ferien',
  absconded: 'Entweichung',
  custody: 'Haft oder Arrest',
  other: 'Sonstiges',
}

/** The official keys (KJH I.1), and the move that is no end. */
export const endReasonLabels: Record<number, string> = {
  10: 'planmäßig',
  20: 'abweichend, durch Sorgeberechtigte oder junge Volljährige',
  21: 'abweichend, durch Einrichtung oder Dienst',
  22: 'abweichend, durch Minderjährige',
  30: 'Adoption',
  40: 'Abgabe an anderes Jugendamt',
  50: 'sonstiger Grund',
  0: 'Wechsel der Einrichtung',
}

/** "§ 34 Heimerziehung, sonstige betreute Wohnform". */
export const helpText = ({ legal_basis, service_kind_label }: { legal_basis: string; service_kind_label: string }) =>
  `${legal_basis.replace(' SGB VIII', '')} ${service_kind_label}`

type Home = { legal_basis: string; service_kind_label: string; facility_name: string | null; first_day: string; last_day: string }
/** "§ 34 Heimerziehung, Haus am See, 01.03.2026 bis 01.09.2026". */
export const homeText = ({ facility_name, first_day, last_day, ...help }: Home) =>
  `${helpText(help)}, ${facility_name ?? 'außerhalb des Systems'}, ${dateText(first_day)} bis ${dateText(last_day)}`
export const parallelLabel = 'Beide Hilfen laufen in diesen Tagen nebeneinander, zum Beispiel bei einem Wechsel der Einrichtung'

const perUnit = { day: 'je Tag', hour: 'je Fachleistungsstunde', flat: 'pauschal' } as const
type Unit = keyof typeof perUnit
export const rateText = (cents: number, unit: Unit) => `${moneyText(cents)} ${perUnit[unit]}`

const whole = (units: number) => numberText(units, Number.isInteger(units) ? 0 : 2)
/** "7 Tage pro Woche". */
export const weeklyText = (units_per_week: number, unit: Unit) => `${whole(units_per_week)}${noBreakSpace}${unitWords[unit][0]}`
/** "182,00 Tage". */
export const plannedText = (planned_units: number, unit: Unit) => `${numberText(planned_units, 2)}${noBreakSpace}${unitWords[unit][1]}`

type Person = Pick<Reservation | BookingWithNames, 'age_at_begin' | 'sex'>
/** "14 Jahre bei Beginn, weiblich". */
export const personText = ({ age_at_begin, sex }: Person) =>
  `${age_at_begin}${noBreakSpace}${age_at_begin === 1 ? 'Jahr' : 'Jahre'} bei Beginn, ${sexLabels[sex]}`

export const dayLength = 86_400_000
export const dayAfter = (day: string): string => new Date(Date.parse(day) + dayLength).toISOString().slice(0, 10)
/** Days that count: without the last one, or all of them (domain.md 4.2). */
export const countedDays = ({ first_day, last_day, counting_rule }: Pick<Reservation, 'first_day' | 'last_day' | 'counting_rule'>) =>
  (Date.parse(last_day) - Date.parse(first_day)) / dayLength + (counting_rule === 'calendar_days' ? 1 : 0)

/** "noch 7 Tage", "noch 5 Stunden", to the nearest. */
export const leftText = (until: string, now: Date): string => {
  const hours = (Date.parse(until) - now.getTime()) / 3_600_000
  if (hours <= 0) return 'abgelaufen'
  if (hours < 1) return 'noch weniger als eine Stunde'
  if (hours < 1.5) return `noch 1${noBreakSpace}Stunde`
  return hours < 48 ? `noch ${Math.round(hours)}${noBreakSpace}Stunden` : `noch ${Math.round(hours / 24)}${noBreakSpace}Tage`
}
