// How the course of a case reads.
import type { BookingWithNames, CaseCourse } from '../../client.ts'
import { dateText, minuteText } from '../../format.ts'
import type { DeclineReason, ReservationStep } from '../../../transactional/vocabulary.ts'
import { noticeKindLabels } from '../notice/notice.ts'
import { awayReasonLabels } from '../selection/reasons.ts'
import { sexLabels } from '../selection/sexes.ts'
import { underWayText } from './case-manager.ts'
import { declineReasonLabels, endReasonLabels, stateLabels, stepLabels } from './reservation-words.ts'

type Help = CaseCourse['helps'][number]
type Event = CaseCourse['events'][number]

/** Where a help stands: under way as in the Fallmanager, else how it came to its end. */
export const standText = (help: Help, today: string): string => {
  const { stage, due_on, state, cancelled, end_reason, last_day } = help
  if (stage !== null && due_on !== null) return underWayText({ ...help, stage, due_on }, today)
  if (state !== null) return stateLabels[state]
  if (cancelled) return 'Storniert'
  return `${last_day < today ? 'Beendet' : 'Ende steht fest'}: ${endReasonLabels[end_reason!]}`
}

type BookingStep = Pick<BookingWithNames['steps'][number], 'step' | 'first_day' | 'last_day' | 'away_reason'>

/** "Unterbrochen vom 01.03.2026 bis 14.03.2026". */
export const bookingStepText = ({ step, first_day, last_day, away_reason }: BookingStep): string => {
  const [first, last] = [first_day && dateText(first_day), last_day && dateText(last_day)]
  switch (step) {
    case 'booked':
      return away_reason === null ? 'Gebucht' : `Außerhalb des Systems gebucht: ${awayReasonLabels[away_reason]}`
    case 'prolonged':
      return `Verlängert bis zum ${last}`
    case 'prolongation_undone':
      return `Verlängerung zurückgenommen, wieder geplant bis zum ${last}`
    case 'changed':
      return `Umfang oder Entgelt geändert ab ${first}`
    case 'change_undone':
      return `Änderung von Umfang oder Entgelt ab ${first} zurückgenommen`
    case 'interrupted':
      return `Unterbrochen vom ${first} bis ${last}`
    case 'resumed':
      return `Wieder aufgenommen am ${first}`
    case 'ended':
      return `Beendet zum ${last}`
    case 'end_undone':
      return `Ende zurückgenommen, wieder geplant bis zum ${last}`
    case 'cancelled':
      return 'Storniert'
    case 'cancellation_undone':
      return 'Stornierung zurückgenommen'
  }
}

/** "Abgelehnt: Fachpersonal fehlt". */
export const reservationStepText = (step: ReservationStep, decline_reason: DeclineReason | null): string =>
  step === 'declined' && decline_reason ? `${stepLabels.declined}: ${declineReasonLabels[decline_reason]}` : stepLabels[step]

export const eventText = ({
  what,
  step,
  to,
  decline_reason,
  ...days
}: Omit<Event, 'at' | 'help_id' | 'by' | 'note' | 'changes'>): string => {
  switch (what) {
    case 'opened':
      return 'Fall eröffnet'
    case 'opened_from_file':
      return 'Fall aus einer Datei übernommen'
    case 'client_overwritten':
      return 'Angaben zur Person aus einer Datei überschrieben'
    case 'reservation':
      return reservationStepText(step as ReservationStep, decline_reason)
    case 'booking':
      return bookingStepText({ step: step as BookingStep['step'], ...days })
    case 'ended':
      return 'Beendet'
    case 'waiting':
      return 'Auf die Warteliste gesetzt'
    case 'plan':
      return 'Hilfeplan geschrieben'
    case 'goals_released':
      return 'Ziele für den Anbieter freigegeben'
    case 'goals_withdrawn':
      return 'Freigabe der Ziele zurückgenommen'
    case 'review':
      return 'Hilfeplangespräch'
    case 'handover':
      return `Fall übergeben an ${to ?? 'eine andere Fachkraft'}`
    case 'consultation':
      return 'Teamberatung'
    case 'notice_grant':
      return `Bescheid erlassen: ${noticeKindLabels.grant}`
    case 'notice_change':
      return `Bescheid erlassen: ${noticeKindLabels.change}`
    case 'notice_refusal':
      return `Bescheid erlassen: ${noticeKindLabels.refusal}`
    case 'notice_end':
      return `Bescheid erlassen: ${noticeKindLabels.end}`
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

type Change = NonNullable<Event['changes']>[number]
const fieldLabels: Record<Change['field'], string> = {
  family_name: 'Nachname',
  given_name: 'Vorname',
  birth_date: 'Geburtsdatum',
  sex: 'Geschlecht',
  unaccompanied_minor: 'umA',
  external_reference: 'PKZ',
}
const valueText = (field: Change['field'], value: Change['before']): string => {
  if (value === null) return '–'
  if (typeof value === 'boolean') return value ? 'ja' : 'nein'
  return field === 'birth_date' ? dateText(value) : field === 'sex' ? (sexLabels[value] ?? value) : value
}
/** "Nachname: Muster, jetzt Beispiel". */
export const changeText = ({ field, before, after }: Change): string =>
  `${fieldLabels[field]}: ${valueText(field, before)}, jetzt ${valueText(field, after)}`

/** A day alone, or an instant to the minute. */
export const whenText = (at: string) => (at.length === 10 ? dateText(at) : minuteText(at))
