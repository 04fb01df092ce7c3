// One help, reserved or booked: where it stands and what may be done with it.
import {
  type BookingWithNames,
  changeBooking,
  getBooking,
  getReservation,
  type ReservationStepPath,
  type ReservationWithSteps,
  takeReservationStep,
} from '../../client.ts'
import { choiceIn } from '../../choice.ts'
import { dateText, minuteText, moneyText } from '../../format.ts'
import { unitWords } from '../selection/help-selection.ts'
import { declineReasonLabels, endReasonLabels, leftText, stateLabels } from './reservation-words.ts'
import { noteOf, numberOf, type StepFormAction, type Values } from './step-form.ts'

export const { read: readHelp, write: writeHelp } = choiceIn(['reservation', 'booking', 'step'])

export type Help = { reservation: ReservationWithSteps | undefined; booking: BookingWithNames | undefined }

/** A booking with what it was reserved by, a reservation with what it was booked as. */
export const getHelp = async ({ reservation, booking }: ReturnType<typeof readHelp>, signal?: AbortSignal): Promise<Help> => {
  if (booking !== undefined) {
    const booked = await getBooking(booking, signal)
    const { reservation_id } = booked
    return { booking: booked, reservation: reservation_id === null ? undefined : await getReservation(reservation_id, signal) }
  }
  const reserved = await getReservation(reservation ?? '', signal)
  return { reservation: reserved, booking: reserved.booking_id === null ? undefined : await getBooking(reserved.booking_id, signal) }
}

const liveStates = new Set(['reserved', 'requested', 'consented'])
/** The term is over before anybody has noted it. */
const isOver = ({ state, possible }: ReservationWithSteps) => liveStates.has(state) && possible.length === 0

export const stateText = ({ reservation, booking }: Help): string => {
  if (booking) {
    if (booking.cancelled) return 'Storniert'
    if (booking.end_reason !== null) return 'Beendet'
    return booking.overdue ? 'Gebucht, Ende offen' : 'Gebucht'
  }
  return isOver(reservation!) ? stateLabels.expired : stateLabels[reservation!.state]
}

/** What the state means, and until when. */
export const meaningText = ({ reservation, booking }: Help, now: Date): string => {
  if (booking) {
    const last_day = dateText(booking.last_day)
    if (booking.cancelled) return 'Die Hilfe hat nicht stattgefunden. Der Platz ist frei.'
    if (booking.end_reason !== null) return `Die Hilfe endete am ${last_day}: ${endReasonLabels[booking.end_reason]}.`
    if (booking.overdue) return `Das geplante Ende war am ${last_day}. Bitte das Ende festhalten oder die Hilfe verlängern.`
    return `Der Platz ist bis zum ${last_day} gebucht.`
  }
  const { state, held_until, decline_reason, released_on } = reservation!
  const held = `Der Platz ist bis ${minuteText(held_until)} gehalten (${leftText(held_until, now)}).`
  if (state === 'expired' || isOver(reservation!)) return `Der Platz wurde bis ${minuteText(held_until)} gehalten und ist wieder frei.`
  if (state === 'reserved') return held
  if (state === 'requested') return `${held} So lange kann der Anbieter antworten.`
  if (state === 'consented') return `${held} Gebucht ist er noch nicht.`
  if (state === 'declined') return `Der Anbieter hat abgelehnt: ${declineReasonLabels[decline_reason!]}. Der Platz ist wieder frei.`
  return released_on === null ? '' : `Aufgegeben am ${dateText(released_on)}. Der Platz ist wieder frei.`
}

export type ActionName =
  'requested' | 'consented' | 'declined' | 'booked' | 'renewed' | 'withdrawn' | 'released' | 'prolong' | 'end' | 'cancel'
/** The first that is possible is the next step. */
const order: ActionName[] = ['booked', 'consented', 'declined', 'requested', 'renewed', 'withdrawn', 'released', 'prolong', 'end', 'cancel']
export const buttonLabels: Record<ActionName, string> = {
  requested: 'Zustimmung anfragen',
  consented: 'Zusage eintragen',
  declined: 'Absage eintragen',
  booked: 'Buchen',
  renewed: 'Frist verlängern',
  withdrawn: 'Anfrage zurücknehmen',
  released: 'Reservierung aufgeben',
  prolong: 'Verlängern',
  end: 'Ende festhalten',
  cancel: 'Stornieren',
}

export const possibleActions = ({ reservation, booking }: Help): ActionName[] => {
  const possible = new Set<string>(reservation?.possible)
  if (booking && !booking.cancelled && booking.end_reason === null) for (const change of ['prolong', 'end', 'cancel']) possible.add(change)
  return order.filter((name) => possible.has(name))
}

const noteSeen = 'Freiwillig. Der Anbieter kann sie lesen: bitte keinen Namen nennen.'
type Form = Omit<StepFormAction, 'name' | 'send'> & { path: ReservationStepPath; said: (help: Help) => string }
const stepForm = (name: ActionName, { reservation }: Help): Form | undefined => {
  switch (name) {
    case 'requested':
      return {
        path: 'request-consent',
        heading: 'Zustimmung des Anbieters anfragen',
        text: 'Der Anbieter sieht Hilfeart, Zeitraum, Umfang, Alter und Geschlecht, aber keinen Namen.',
        fields: ['note'],
        noteLabel: 'Nachricht an den Anbieter',
        noteHint: noteSeen,
        submit: 'Anfragen',
        said: () => 'Die Zustimmung ist angefragt.',
      }
    case 'withdrawn':
      return {
        path: 'withdraw-request',
        heading: 'Anfrage zurücknehmen',
        text: 'Der Anbieter sieht die Anfrage dann nicht mehr. Der Platz bleibt reserviert.',
        fields: ['note'],
        submit: 'Zurücknehmen',
        said: () => 'Die Anfrage ist zurückgenommen.',
      }
    case 'consented':
      return {
        path: 'consent',
        heading: 'Zusage eintragen',
        text: 'Für eine Zusage, die der Anbieter am Telefon oder schriftlich gegeben hat.',
        fields: ['note'],
        noteLabel: 'Wie und von wem zugesagt',
        noteHint: noteSeen,
        submit: 'Zusage eintragen',
        said: () => 'Die Zusage ist eingetragen.',
      }
    case 'declined':
      return {
        path: 'decline',
        heading: 'Absage eintragen',
        text: 'Für eine Absage, die der Anbieter am Telefon oder schriftlich gegeben hat. Der Platz ist danach wieder frei.',
        fields: ['decline_reason', 'note'],
        noteLabel: 'Begründung',
        noteHint: 'Bei „Anderer Grund“ nötig. Der Anbieter kann sie lesen: bitte keinen Namen nennen.',
        submit: 'Absage eintragen',
        said: () => 'Die Absage ist eingetragen.',
      }
    case 'renewed':
      return {
        path: 'renew',
        heading: 'Frist verlängern',
        text: `Der Platz ist bis ${minuteText(reservation!.held_until)} gehalten. Die Frist beginnt heute neu.`,
        fields: ['note'],
        noteHint: noteSeen,
        submit: 'Verlängern',
        said: () => 'Die Frist ist verlängert.',
      }
    case 'booked':
      return {
        path: 'book',
        heading: 'Buchen',
        text: `Gebucht wird, was reserviert ist: ${dateText(reservation!.first_day)} bis ${dateText(reservation!.last_day)}, Soll-Kosten ${moneyText(reservation!.planned_cents)}.`,
        fields: ['note'],
        noteHint: noteSeen,
        submit: 'Buchen',
        said: ({ booking }) =>
          `Die Hilfe ist gebucht${booking ? `, vom ${dateText(booking.first_day)} bis ${dateText(booking.last_day)}` : ''}.`,
      }
    case 'released':
      return {
        path: 'release',
        heading: 'Reservierung aufgeben',
        text: 'Der Platz ist danach für andere frei.',
        fields: ['note'],
        noteLabel: 'Warum',
        noteHint: noteSeen,
        submit: 'Aufgeben',
        question: {
          heading: 'Reservierung aufgeben?',
          text: 'Der Platz ist sofort für andere frei. Das lässt sich nicht zurücknehmen.',
          action: 'Aufgeben',
        },
        said: () => 'Die Reservierung ist aufgegeben.',
      }
    default:
      return undefined
  }
}

type Change = Omit<StepFormAction, 'name' | 'send'> & {
  body: (values: Values) => Parameters<typeof changeBooking>[2]
  said: (help: Help) => string
}
const changeForm = (name: 'prolong' | 'end' | 'cancel', booking: BookingWithNames, today: string): Change => {
  const last_day = dateText(booking.last_day)
  switch (name) {
    case 'prolong':
      return {
        heading: 'Hilfe verlängern',
        text: `Bisher endet sie am ${last_day}. Für die weitere Zeit gilt das dann vereinbarte Entgelt.`,
        fields: ['last_day', 'units_per_week'],
        given: { units_per_week: String(booking.units_per_week.at(-1)!).replace('.', ',') },
        unitsLabel: unitWords[booking.unit][0],
        submit: 'Verlängern',
        body: ({ last_day, units_per_week }) => ({ last_day, units_per_week: numberOf(units_per_week) }),
        said: ({ booking: changed }) => `Die Hilfe ist bis zum ${dateText(changed!.last_day)} verlängert.`,
      }
    case 'end':
      return {
        heading: 'Ende festhalten',
        text: `Geplant ist sie bis zum ${last_day}. Wer länger bleibt, wird zuerst verlängert.`,
        fields: ['last_day', 'end_reason'],
        given: { last_day: booking.last_day < today ? booking.last_day : today },
        submit: 'Ende festhalten',
        body: ({ last_day, end_reason }) => ({ last_day, end_reason: Number(end_reason) }),
        said: ({ booking: changed }) => `Das Ende am ${dateText(changed!.last_day)} ist festgehalten.`,
      }
    case 'cancel':
      return {
        heading: 'Buchung stornieren',
        text: 'Nur für eine Hilfe, die nicht stattgefunden hat. Sonst bitte das Ende festhalten.',
        fields: [],
        submit: 'Stornieren',
        question: {
          heading: 'Buchung stornieren?',
          text: 'Die Buchung zählt dann in keiner Kennzahl mehr. Das lässt sich nicht zurücknehmen.',
          action: 'Stornieren',
        },
        body: () => ({}),
        said: () => 'Die Buchung ist storniert.',
      }
  }
}

/** The form of an action; `done` is told what to say of the help as it then is. */
export const actionOf = (
  name: ActionName,
  help: Help,
  today: string,
  done: (said: (help: Help) => string) => Promise<void>,
): StepFormAction => {
  const step = stepForm(name, help)
  if (step) {
    const { path, said, ...form } = step
    const send = async (values: Values, key: string) => {
      const reason = form.fields.includes('decline_reason') ? { decline_reason: values.decline_reason } : {}
      await takeReservationStep(help.reservation!.id, path, { ...reason, ...noteOf(values) }, key)
      await done(said)
    }
    return { ...form, name, send }
  }
  const change = name as 'prolong' | 'end' | 'cancel'
  const { body, said, ...form } = changeForm(change, help.booking!, today)
  const send = async (values: Values, key: string) => {
    await changeBooking(help.booking!.id, change, body(values), key)
    await done(said)
  }
  return { ...form, name, send }
}
