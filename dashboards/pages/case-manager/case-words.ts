// How the course of a case reads.
import type { CaseCourse } from '../../client.ts'
import { dateText, minuteText } from '../../format.ts'
import { endReasonLabels, stateLabels, stepLabels } from './reservation-words.ts'

type Help = CaseCourse['helps'][number]
type Event = CaseCourse['events'][number]

export const helpText = ({ legal_basis, service_kind_label }: Pick<Help, 'legal_basis' | 'service_kind_label'>) =>
  `${legal_basis.replace(' SGB VIII', '')} ${service_kind_label}`

/** Where a help stands. */
export const standText = ({ kind, state, cancelled, end_reason, first_day, last_day }: Help, today: string): string => {
  if (kind === 'reservation') return stateLabels[state!]
  if (cancelled) return 'Storniert'
  if (end_reason !== null) return `Beendet: ${endReasonLabels[end_reason]}`
  if (first_day > today) return 'Gebucht'
  return last_day < today ? 'Ende offen' : 'Läuft'
}

const bookingLabels: Record<string, string> = {
  booked: 'Gebucht',
  prolonged: 'Verlängert',
  changed: 'Umfang oder Entgelt geändert',
  interrupted: 'Unterbrochen',
  resumed: 'Wieder aufgenommen',
  ended: 'Beendet',
  end_undone: 'Ende zurückgenommen',
  cancelled: 'Storniert',
  cancellation_undone: 'Stornierung zurückgenommen',
}

export const eventText = ({ what, step, to }: Pick<Event, 'what' | 'step' | 'to'>): string => {
  switch (what) {
    case 'reservation':
      return stepLabels[step as keyof typeof stepLabels]
    case 'booking':
      return bookingLabels[step!]!
    case 'plan':
      return 'Hilfeplan geschrieben'
    case 'review':
      return 'Hilfeplangespräch'
    case 'handover':
      return `Fall übergeben an ${to ?? 'eine andere Fachkraft'}`
    case 'consultation':
      return 'Teamberatung'
    case 'change_announced':
      return 'Zuständigkeitswechsel angekündigt'
    case 'change_accepted':
      return 'Vom neuen Jugendamt fortgesetzt'
    case 'change_declined':
      return 'Zuständigkeitswechsel abgelehnt'
    case 'change_withdrawn':
      return 'Zuständigkeitswechsel zurückgezogen'
    case 'change_taken_over':
      return 'Vom bisherigen Jugendamt übernommen'
  }
}

/** A day alone, or an instant to the minute. */
export const whenText = (at: string) => (at.length === 10 ? dateText(at) : minuteText(at))
