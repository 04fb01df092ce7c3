// One help, reserved or booked: where it stands and what may be done with it.
import { html, nothing } from 'lit'
import {
  type BookingChange,
  type BookingStepPath,
  type BookingWithNames,
  type CaseCourse,
  changeBooking,
  getBooking,
  getReservation,
  type ReservationStepPath,
  type ReservationWithSteps,
  takeReservationStep,
} from '../../client.ts'
import { choiceIn } from '../../choice.ts'
import { numberOf } from '../../elements/form-fields.ts'
import { berlinDay, dateText, minuteText, moneyText } from '../../format.ts'
import type { BookingStep, ReservationStep } from '../../../transactional/vocabulary.ts'
import { unitWords } from '../selection/help-selection.ts'
import { weeklyUnits } from './booking-terms.ts'
import { changePreview } from './change-preview.ts'
import {
  dayAfter,
  declineReasonLabels,
  endReasonLabels,
  homeText,
  interruptionReasonLabels,
  leftText,
  stateLabels,
} from './reservation-words.ts'
import { noteOf, type StepFormAction, type Values } from './step-form.ts'

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
type CourseHelp = CaseCourse['helps'][number]

/** Other residential helps of the case for the same days: a person lives in one place. One may end on the day the next begins. */
export const parallelHelps = (
  { reservation, booking }: Help,
  { helps }: Pick<CaseCourse, 'helps'>,
  isResidential: (service_kind: string) => boolean,
): CourseHelp[] => {
  const own = booking ?? reservation!
  const stands = booking ? !booking.cancelled : isHeld(reservation!)
  if (!stands || !isResidential(own.service_kind)) return []
  return helps.filter(
    ({ id, kind, service_kind, state, cancelled, first_day, last_day }) =>
      id !== booking?.id &&
      id !== reservation?.id &&
      isResidential(service_kind) &&
      (kind === 'booking' ? !cancelled : state !== null && liveStates.has(state)) &&
      first_day < own.last_day &&
      own.first_day < last_day,
  )
}

/** Its term may be over before anybody has noted it: then nothing is possible any more. */
export const isHeld = ({ state, possible }: ReservationWithSteps) => liveStates.has(state) && possible.length > 0

/** The interruption a day lies in. */
const interruptedOn = ({ interruptions }: BookingWithNames, today: string) =>
  interruptions.find(({ first_day, last_day }) => first_day <= today && today <= last_day)

/** Its end is recorded before it has come. */
const isEnding = ({ last_day }: BookingWithNames, now: Date) => last_day >= berlinDay(now)

const hasBegun = ({ first_day }: BookingWithNames, now: Date) => first_day <= berlinDay(now)

export const stateText = ({ reservation, booking }: Help, now: Date): string => {
  if (booking) {
    if (booking.cancelled) return 'Storniert'
    if (booking.end_reason !== null) return isEnding(booking, now) ? 'Gebucht, Ende steht fest' : 'Beendet'
    if (interruptedOn(booking, berlinDay(now))) return 'Gebucht, unterbrochen'
    if (booking.overdue) return 'Gebucht, Ende offen'
    return hasBegun(booking, now) ? 'Läuft' : 'Gebucht'
  }
  const { state } = reservation!
  return liveStates.has(state) && !isHeld(reservation!) ? stateLabels.expired : stateLabels[state]
}

export const restText = ({ paid }: { paid: boolean }) =>
  paid ? 'Der Platz wird weiter bezahlt.' : 'Bezahlt wird in dieser Zeit nichts, der Platz bleibt belegt.'

/** What the state means, and until when. */
export const meaningText = ({ reservation, booking }: Help, now: Date): string => {
  if (booking) {
    const last_day = dateText(booking.last_day)
    if (booking.cancelled) return 'Die Hilfe hat nicht stattgefunden. Der Platz ist frei.'
    if (booking.end_reason !== null)
      return `Die Hilfe ${isEnding(booking, now) ? 'endet' : 'endete'} am ${last_day}: ${endReasonLabels[booking.end_reason]}.`
    if (booking.overdue) return `Das geplante Ende war am ${last_day}. Bitte das Ende festhalten oder die Hilfe verlängern.`
    const rest = interruptedOn(booking, berlinDay(now))
    if (rest) return `Die Hilfe ruht bis zum ${dateText(rest.last_day)}: ${interruptionReasonLabels[rest.reason]}. ${restText(rest)}`
    return hasBegun(booking, now) ? `Die Hilfe läuft bis zum ${last_day}.` : `Der Platz ist bis zum ${last_day} gebucht.`
  }
  const { state, held_until, decline_reason, released_on } = reservation!
  const held = `Der Platz ist bis ${minuteText(held_until)} gehalten (${leftText(held_until, now)}).`
  if (state === 'expired' || (liveStates.has(state) && !isHeld(reservation!)))
    return `Der Platz wurde bis ${minuteText(held_until)} gehalten und ist wieder frei.`
  if (state === 'reserved') return held
  if (state === 'requested') return `${held} So lange kann der Anbieter antworten.`
  if (state === 'consented') return `${held} Gebucht ist er noch nicht.`
  if (state === 'declined') return `Der Anbieter hat abgelehnt: ${declineReasonLabels[decline_reason!]}. Der Platz ist wieder frei.`
  return released_on === null ? '' : `Aufgegeben am ${dateText(released_on)}. Der Platz ist wieder frei.`
}

export type ActionName = Exclude<ReservationStep, 'reserved' | 'expired'> | BookingStepPath
/** Which action takes a step of a booking. */
const actionOfStep: Record<Exclude<BookingStep, 'booked'>, BookingStepPath> = {
  prolonged: 'prolong',
  prolongation_undone: 'undo-prolongation',
  changed: 'change',
  change_undone: 'undo-change',
  interrupted: 'interrupt',
  resumed: 'resume',
  ended: 'end',
  end_undone: 'undo-end',
  cancelled: 'cancel',
  cancellation_undone: 'undo-cancellation',
}
/** The first that is possible is the next step. */
const order: ActionName[] = [
  'booked',
  'consented',
  'declined',
  'requested',
  'reminded',
  'renewed',
  'withdrawn',
  'consent_withdrawn',
  'decline_undone',
  'released',
  'resume',
  'prolong',
  'change',
  'undo-prolongation',
  'undo-change',
  'interrupt',
  'end',
  'undo-end',
  'cancel',
  'undo-cancellation',
  'explained',
]
export const buttonLabels: Record<ActionName, string> = {
  requested: 'Zustimmung anfragen',
  consented: 'Zusage eintragen',
  declined: 'Absage eintragen',
  booked: 'Buchen',
  reminded: 'Anbieter erinnern',
  renewed: 'Frist verlängern',
  withdrawn: 'Anfrage zurücknehmen',
  consent_withdrawn: 'Zusage zurücknehmen',
  decline_undone: 'Absage zurücknehmen',
  released: 'Reservierung aufgeben',
  resume: 'Wieder aufnehmen',
  prolong: 'Verlängern',
  'undo-prolongation': 'Verlängerung zurücknehmen',
  change: 'Umfang oder Entgelt ändern',
  'undo-change': 'Änderung zurücknehmen',
  interrupt: 'Unterbrechen',
  end: 'Ende festhalten',
  'undo-end': 'Ende zurücknehmen',
  cancel: 'Stornieren',
  'undo-cancellation': 'Stornierung zurücknehmen',
  explained: 'Grund der teureren Wahl nachtragen',
}

export const possibleActions = ({ reservation, booking }: Help): ActionName[] => {
  const steps = booking?.possible.filter((step) => step !== 'booked') ?? []
  const possible = new Set<string>([...(reservation?.possible ?? []), ...steps.map((step) => actionOfStep[step])])
  return order.filter((name) => possible.has(name))
}

const noteSeen = 'Freiwillig. Der Anbieter kann sie lesen: bitte keinen Namen nennen.'
const whySeen = {
  noteLabel: 'Warum',
  noteHint: 'Der Anbieter kann es lesen: bitte keinen Namen nennen.',
  noteMissing: 'Bitte sagen, warum.',
}
type Form = Omit<StepFormAction, 'name' | 'send'> & { path: ReservationStepPath; said: (help: Help) => string }
const stepForm = (name: ActionName, { reservation }: Help, parallel: CourseHelp[]): Form | undefined => {
  const others = parallel.filter(({ kind }) => kind === 'booking')
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
    case 'consent_withdrawn':
      return {
        path: 'withdraw-consent',
        heading: 'Zusage zurücknehmen',
        text: 'Für eine Zusage, die versehentlich eingetragen wurde. Die Anfrage wartet dann wieder auf eine Antwort.',
        fields: ['note'],
        ...whySeen,
        submit: 'Zurücknehmen',
        said: () => 'Die Zusage ist zurückgenommen. Die Anfrage wartet wieder auf eine Antwort.',
      }
    case 'decline_undone':
      return {
        path: 'undo-decline',
        heading: 'Absage zurücknehmen',
        text: 'Für eine Absage, die versehentlich eingetragen wurde. Ist der Platz noch frei, wartet die Anfrage wieder auf eine Antwort.',
        fields: ['note'],
        ...whySeen,
        submit: 'Zurücknehmen',
        said: () => 'Die Absage ist zurückgenommen. Die Anfrage wartet wieder auf eine Antwort.',
      }
    case 'explained':
      return {
        path: 'explain',
        heading: 'Grund der teureren Wahl nachtragen',
        text: `Gewählt wurde ein Angebot, das ${moneyText(reservation!.dearer_cents!)} mehr kostet als das günstigste freie.`,
        fields: ['dearer_reason', 'note'],
        noteLabel: 'Begründung',
        noteHint: 'Bei „Anderer Grund“ nötig. Nur das Jugendamt kann sie lesen.',
        submit: 'Nachtragen',
        said: () => 'Der Grund ist nachgetragen.',
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
    case 'reminded':
      return {
        path: 'remind',
        heading: 'Anbieter an die Anfrage erinnern',
        text: `Der Anbieter sieht die Erinnerung bei der Anfrage. Die Frist bleibt ${minuteText(reservation!.held_until)}.`,
        fields: ['note'],
        noteHint: noteSeen,
        submit: 'Erinnern',
        said: () => 'Der Anbieter ist erinnert.',
      }
    case 'renewed':
      return {
        path: 'renew',
        heading: 'Frist verlängern',
        text: `Der Platz ist bis ${minuteText(reservation!.held_until)} gehalten. Die Frist beginnt heute neu; ohne Zusage geht das nicht unbegrenzt.`,
        fields: ['note'],
        noteHint: noteSeen,
        submit: 'Verlängern',
        said: ({ reservation }) => `Der Platz ist jetzt bis ${minuteText(reservation!.held_until)} gehalten.`,
      }
    case 'booked':
      return {
        path: 'book',
        heading: 'Buchen',
        text: `Gebucht wird, was reserviert ist: ${dateText(reservation!.first_day)} bis ${dateText(reservation!.last_day)}, Soll-Kosten ${moneyText(reservation!.planned_cents)}. Der Anbieter sieht dann Namen und Geburtsdatum, und wen er im Jugendamt fragen kann.`,
        fields: ['parallel', 'note'],
        noteHint: noteSeen,
        toConfirm: () => (others.length > 0 ? ['parallel'] : []),
        live: () => (others.length === 0 ? nothing : html`<p class="sj-notice">Schon gebucht ist: ${others.map(homeText).join('; ')}.</p>`),
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

type Lasting = Pick<BookingWithNames, 'latest_days'>
const isBeyondLaw = ({ latest_days: { law } }: Lasting, last_day: string) => law !== null && last_day > law
const isOlder = (booking: Lasting, last_day: string) => {
  const { facility } = booking.latest_days
  return facility !== null && last_day > facility.last_day && !isBeyondLaw(booking, last_day)
}
/** What the age of the person says to a last day; empty: nothing. */
export const agesText = (booking: Lasting, last_day: string): string => {
  const { law, facility } = booking.latest_days
  if (last_day === '') return ''
  if (isBeyondLaw(booking, last_day))
    return `Eine Hilfe endet spätestens mit dem 27. Geburtstag (§ 7 Abs. 1 Nr. 4, § 41 SGB VIII): Möglich ist ein Ende bis zum ${dateText(law!)}.`
  if (!isOlder(booking, last_day)) return ''
  return `Die Einrichtung nimmt Personen bis ${facility!.age_to} Jahre auf, das ist bis zum ${dateText(facility!.last_day)}.`
}

const ownNote = 'Freiwillig. Nur das Jugendamt kann sie lesen.'
/** That another residential help runs beside it, where that was said. */
const besideOf = ({ parallel }: Pick<Values, 'parallel'>) => (parallel === 'true' ? { parallel: true } : {})
/** Asked for where a step says nothing by itself. */
const why = { noteLabel: 'Warum', noteHint: 'Nur das Jugendamt kann es lesen.', noteMissing: 'Bitte sagen, warum.' }
type Change = Omit<StepFormAction, 'name' | 'send'> & {
  body?: (values: Values) => Omit<BookingChange, 'note' | 'after_step'>
  said: (booking: BookingWithNames) => string
}
const changeForm = (name: BookingStepPath, booking: BookingWithNames, today: string): Change => {
  const last_day = dateText(booking.last_day)
  const within = today < booking.first_day ? booking.first_day : today > booking.last_day ? booking.last_day : today
  const units = String(weeklyUnits(booking)).replace('.', ',')
  switch (name) {
    case 'prolong':
      return {
        heading: 'Hilfe verlängern',
        text: `Bisher endet sie am ${last_day}. Für die weitere Zeit gilt das dann vereinbarte Entgelt.`,
        fields: ['last_day', 'units_per_week', 'older', 'parallel', 'note'],
        given: { units_per_week: units },
        unitsLabel: unitWords[booking.unit][0],
        ...why,
        toConfirm: ({ last_day }) => (isOlder(booking, last_day) ? ['older'] : []),
        live: ({ last_day }) => html`<p class="sj-meta" role="status">${agesText(booking, last_day)}</p>`,
        submit: 'Verlängern',
        body: ({ last_day, units_per_week, older, ...values }) => ({
          last_day,
          units_per_week: numberOf(units_per_week),
          ...(older === 'true' && { older: true }),
          ...besideOf(values),
        }),
        said: (changed) => `Die Hilfe ist bis zum ${dateText(changed.last_day)} verlängert.`,
      }
    case 'undo-prolongation':
      return {
        heading: 'Verlängerung zurücknehmen',
        text: 'Die Hilfe endet dann wieder, wie es vor der Verlängerung geplant war.',
        fields: ['note'],
        ...why,
        submit: 'Zurücknehmen',
        said: (changed) => `Die Verlängerung ist zurückgenommen. Die Hilfe ist wieder bis zum ${dateText(changed.last_day)} geplant.`,
      }
    case 'undo-change':
      return {
        heading: 'Änderung von Umfang oder Entgelt zurücknehmen',
        text: 'Umfang und Entgelt sind dann wieder, wie sie vor der letzten Änderung waren.',
        fields: ['note'],
        ...why,
        submit: 'Zurücknehmen',
        said: (changed) => `Die Änderung ist zurückgenommen. Die Soll-Kosten sind wieder ${moneyText(changed.planned_cents)}.`,
      }
    case 'change':
      return {
        heading: 'Umfang oder Entgelt ändern',
        text: 'Was Sie angeben, gilt von diesem Tag an bis zum Ende. Alles davor bleibt.',
        fields: ['first_day', 'units_per_week', 'rate', 'rate_cents', 'note'],
        given: { first_day: within, units_per_week: units },
        firstDayLabel: 'Gilt ab',
        unitsLabel: unitWords[booking.unit][0],
        ...why,
        live: (values) => changePreview(booking, values),
        submit: 'Ändern',
        body: (values) => ({
          first_day: values.first_day,
          units_per_week: numberOf(values.units_per_week),
          rate: values.rate,
          ...(values.rate === 'other' && { rate_cents: Math.round(numberOf(values.rate_cents) * 100) }),
        }),
        said: (changed) => `Die Änderung ist festgehalten. Die Soll-Kosten sind jetzt ${moneyText(changed.planned_cents)}.`,
      }
    case 'interrupt':
      return {
        heading: 'Hilfe unterbrechen',
        text: 'Die Hilfe ruht und geht danach weiter. Der Platz bleibt belegt; wer ihn aufgibt, hält das Ende fest.',
        fields: ['first_day', 'last_day', 'reason', 'paid', 'note'],
        // what rests from its first day did not begin
        given: { first_day: within === booking.first_day ? dayAfter(within) : within },
        firstDayLabel: 'Erster Tag der Unterbrechung',
        lastDayLabel: 'Letzter Tag der Unterbrechung, voraussichtlich',
        noteHint: ownNote,
        submit: 'Unterbrechen',
        body: ({ first_day, last_day, reason, paid }) => ({ first_day, last_day, reason, paid: paid === 'true' }),
        said: () => 'Die Unterbrechung ist festgehalten.',
      }
    case 'resume':
      return {
        heading: 'Hilfe wieder aufnehmen',
        text: 'Von diesem Tag an geht die Hilfe weiter wie vor der Unterbrechung.',
        fields: ['first_day', 'note'],
        given: { first_day: today },
        firstDayLabel: 'Geht weiter ab',
        noteHint: ownNote,
        submit: 'Wieder aufnehmen',
        body: ({ first_day }) => ({ first_day }),
        said: () => 'Die Hilfe geht weiter.',
      }
    case 'end':
      return {
        heading: 'Ende festhalten',
        text: `Geplant ist sie bis zum ${last_day}. Wer länger bleibt, wird zuerst verlängert.`,
        fields: ['last_day', 'end_reason', 'note'],
        given: { last_day: booking.last_day < today ? booking.last_day : today },
        noteHint: ownNote,
        submit: 'Ende festhalten',
        body: ({ last_day, end_reason }) => ({ last_day, end_reason: Number(end_reason) }),
        said: (changed) => `Das Ende am ${dateText(changed.last_day)} ist festgehalten.`,
      }
    case 'undo-end':
      return {
        heading: 'Ende zurücknehmen',
        text: 'Die Hilfe geht dann weiter, wie sie vor dem Ende geplant war.',
        fields: ['parallel', 'note'],
        body: besideOf,
        noteLabel: 'Warum',
        noteHint: ownNote,
        submit: 'Zurücknehmen',
        said: (changed) => `Das Ende ist zurückgenommen. Die Hilfe ist wieder bis zum ${dateText(changed.last_day)} geplant.`,
      }
    case 'cancel':
      return {
        heading: 'Buchung stornieren',
        text: 'Nur für eine Hilfe, die nicht stattgefunden hat. Sonst bitte das Ende festhalten.',
        fields: ['note'],
        ...why,
        submit: 'Stornieren',
        question: {
          heading: 'Buchung stornieren?',
          text: `Die Buchung zählt dann in keiner Kennzahl mehr. ${today < booking.first_day ? 'Bis zum ersten Tag lässt sich das zurücknehmen, solange der Platz frei ist.' : 'Das lässt sich nicht zurücknehmen.'}`,
          action: 'Stornieren',
        },
        said: () => 'Die Buchung ist storniert.',
      }
    case 'undo-cancellation':
      return {
        heading: 'Stornierung zurücknehmen',
        text: 'Die Hilfe ist dann wieder gebucht, wenn der Platz noch frei ist.',
        fields: ['parallel', 'note'],
        body: besideOf,
        noteLabel: 'Warum',
        noteHint: ownNote,
        submit: 'Zurücknehmen',
        said: () => 'Die Hilfe ist wieder gebucht.',
      }
  }
}

/** The form of an action; `done` is told what to say of the help as it then is. */
export const actionOf = (
  name: ActionName,
  help: Help,
  /** Other residential helps of the case for the same days. */
  parallel: CourseHelp[],
  today: string,
  done: (said: (help: Help) => string) => Promise<void>,
): StepFormAction => {
  const step = stepForm(name, help, parallel)
  if (step) {
    const { path, said, ...form } = step
    const send = async (values: Values, key: string) => {
      const { decline_reason, dearer_reason } = values
      const asked = form.fields.includes('decline_reason')
        ? { decline_reason }
        : form.fields.includes('dearer_reason')
          ? { dearer_reason }
          : {}
      await takeReservationStep(help.reservation!.id, path, { ...asked, ...besideOf(values), ...noteOf(values) }, key)
      await done(said)
    }
    return { ...form, name, send }
  }
  const change = name as BookingStepPath
  const booking = help.booking!
  const { body, said, ...form } = changeForm(change, booking, today)
  const after_step = booking.steps.findLast(({ id }) => id !== null)?.id ?? null
  const send = async (values: Values, key: string) => {
    await changeBooking(booking.id, change, { ...body?.(values), ...noteOf(values), after_step }, key)
    await done(({ booking: changed }) => said(changed!))
  }
  return { ...form, name, send }
}
