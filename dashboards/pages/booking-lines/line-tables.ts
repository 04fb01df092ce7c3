// How the single facts behind a number read: which columns they have, how they may be sorted, and what they come to per provider.
import { html, nothing, type TemplateResult } from 'lit'
import {
  type BookingLine,
  getBookingLines,
  getBookingSummary,
  getPaymentLines,
  getPaymentSummary,
  getReservationLines,
  getWaitLines,
  type KeyFigure,
  type LineQuery,
  linesUrl,
  type PaymentLine,
  type ReservationLine,
  type WaitLine,
} from '../../client.ts'
import { dateText, moneyText, numberText } from '../../format.ts'
import type { Twin } from '../../elements/table-twin.ts'
import { pickOf, pickText } from '../../middle.ts'
import { endReasonLabels, stateLabels, waitingLabels } from '../case-manager/reservation-words.ts'

type Text = string | TemplateResult
/** `sort`: what the service calls the order of this column. */
export type LineColumn<Line> = { head: string; sort?: string; number?: true; nowrap?: true; cell: (line: Line) => Text }
export type Shown = { kinds: Map<string, string>; serviceKind: boolean; named: boolean; counted: string }
/** What every line has, whatever it is of. */
export type Line = { id: string; case_number: string | null }
export type Loaded<Line> = { count: number; items: Line[]; next_cursor: string | null; data_as_of: string }
/** One kind of facts, whose lines are told apart by nothing but their columns. */
export type LineTable<Line> = {
  title: string
  /** "Buchungen". */
  many: string
  /** "12 Buchungen zählen in diesem Wert." */
  counted: (loaded: Loaded<Line>) => string
  usual: string
  load: (query: LineQuery, signal?: AbortSignal) => Promise<Loaded<Line>>
  /** What they come to; none of reservations and waits. */
  sums?: (query: LineQuery, figure: KeyFigure, signal?: AbortSignal) => Promise<{ title: string; said?: string | undefined; twin: Twin }[]>
  fileUrl: (query: LineQuery) => string
  columns: (shown: Shown) => LineColumn<Line>[]
}
/** Names are there for those who lead cases or settle them. */
type Named = { case_number: string | null; client_name: string | null }

const units: Record<BookingLine['unit'], string> = { day: 'je Tag', hour: 'je Stunde', flat: 'pauschal' }
const outside = 'außerhalb des Systems'
const tellsEnds = new Set(['cases_ended', 'ended_without_handover', 'dropouts'])
const day = (text: string | null) => (text === null ? '–' : dateText(text))
const period = (from: string | null, to: string | null): Text =>
  from === null || to === null
    ? '–'
    : html`<span class="sj-nowrap">${dateText(from)}</span> bis <span class="sj-nowrap">${dateText(to)}</span>`

const ofCase: LineColumn<Named>[] = [
  { head: 'Fall', cell: ({ case_number }) => case_number ?? '–' },
  { head: 'Name', cell: ({ client_name }) => client_name ?? '–' },
]
const kindOf = ({ kinds }: Shown): LineColumn<{ service_kind: string }> => ({
  head: 'Hilfeart',
  cell: ({ service_kind }) => kinds.get(service_kind) ?? service_kind,
})
const rate: LineColumn<Pick<BookingLine, 'rate_cents' | 'unit'>> = {
  head: 'Entgelt',
  sort: 'rate',
  number: true,
  cell: ({ rate_cents, unit }) => `${moneyText(rate_cents)} ${units[unit]}`,
}
const provider: LineColumn<{ provider_name: string | null }> = {
  head: 'Anbieter',
  sort: 'provider',
  cell: ({ provider_name }) => provider_name ?? outside,
}

const bookings: LineTable<BookingLine> = {
  title: 'Buchungen hinter der Zahl',
  many: 'Buchungen',
  counted: ({ count }) => `${numberText(count)} ${count === 1 ? 'Buchung zählt' : 'Buchungen zählen'} in diesem Wert.`,
  usual: '-first_day',
  load: getBookingLines,
  sums: async (query, { name, unit }, signal) => {
    const { providers, rates, days } = await getBookingSummary(query, signal)
    const byProvider = {
      title: 'Nach Anbieter',
      twin: {
        heads: ['Anbieter', 'Buchungen', 'Mittlere Dauer', 'Mittleres Entgelt'],
        rows: providers.map(({ provider_name, unit, count, mean_days, mean_rate_cents }) => ({
          head: provider_name ?? outside,
          cells: [numberText(count), `${numberText(mean_days)} Tage`, `${moneyText(mean_rate_cents)} ${units[unit]}`],
        })),
      },
    }
    const pick = pickOf(name)
    if (pick === undefined) return [byProvider]
    const durations = unit === 'days'
    const counts = durations ? days : rates
    const text = (value: number) => (durations ? `${numberText(value)} Tage` : moneyText(value))
    const byValue = {
      title: durations ? 'Nach Dauer' : 'Nach Entgelt',
      said: pickText(pick, counts, text),
      twin: {
        heads: [durations ? 'Dauer' : 'Entgelt', 'Buchungen'],
        rows: counts.map(({ value, count }) => ({ head: text(value), cells: [numberText(count)] })),
      },
    }
    return [byValue, byProvider]
  },
  fileUrl: (query) => linesUrl('booking-lines', query),
  columns: (shown) => [
    { head: 'Beginn', sort: 'first_day', nowrap: true, cell: ({ first_day }) => dateText(first_day) },
    {
      head: 'Ende',
      sort: 'last_day',
      cell: ({ last_day, end_reason }) =>
        html`<span><span class="sj-nowrap">${dateText(last_day)}</span>${end_reason === null ? ' geplant' : nothing}</span>`,
    },
    { head: 'Tage', sort: 'days', number: true, cell: ({ days }) => numberText(days) },
    ...(tellsEnds.has(shown.counted)
      ? [{ head: 'Grund des Endes', cell: ({ end_reason }: BookingLine) => endReasonLabels[end_reason ?? -1] ?? '–' }]
      : []),
    ...(shown.serviceKind ? [] : [kindOf(shown)]),
    provider,
    ...(shown.named ? ofCase : []),
    rate,
  ],
}

const payments: LineTable<PaymentLine> = {
  title: 'Zahlungen hinter der Zahl',
  many: 'Zahlungen',
  counted: (loaded) => {
    const { count, sum_cents } = loaded as Loaded<PaymentLine> & { sum_cents: number }
    return `${numberText(count)} ${count === 1 ? 'Zahlung' : 'Zahlungen'} je Rechnungszeile, zusammen ${moneyText(sum_cents)}.`
  },
  usual: '-paid_on',
  load: getPaymentLines,
  sums: async (query, _, signal) => {
    const { providers } = await getPaymentSummary(query, signal)
    const twin = {
      heads: ['Anbieter', 'Zahlungen', 'Summe'],
      rows: providers.map(({ provider_name, count, sum_cents }) => ({
        head: provider_name ?? outside,
        cells: [numberText(count), moneyText(sum_cents)],
      })),
    }
    return [{ title: 'Nach Anbieter', twin }]
  },
  fileUrl: (query) => linesUrl('payment-lines', query),
  columns: (shown) => [
    { head: 'Gezahlt am', sort: 'paid_on', nowrap: true, cell: ({ paid_on }) => dateText(paid_on) },
    ...(shown.serviceKind ? [] : [kindOf(shown)]),
    provider,
    { head: 'Buchung', cell: ({ first_day, last_day }) => period(first_day, last_day) },
    { head: 'Abgerechnet', cell: ({ period_from, period_to }) => period(period_from, period_to) },
    ...(shown.named ? [{ head: 'Rechnung', cell: ({ invoice_number }: PaymentLine) => invoice_number ?? '–' }, ...ofCase] : []),
    { head: 'Betrag', sort: 'amount', number: true, cell: ({ amount_cents }) => moneyText(amount_cents) },
  ],
}

const reservations: LineTable<ReservationLine> = {
  title: 'Reservierungen hinter der Zahl',
  many: 'Reservierungen',
  counted: ({ count }) => `${numberText(count)} ${count === 1 ? 'Reservierung zählt' : 'Reservierungen zählen'} in diesem Wert.`,
  usual: '-reserved_on',
  load: getReservationLines,
  fileUrl: (query) => linesUrl('reservation-lines', query),
  columns: (shown) => [
    { head: 'Reserviert am', sort: 'reserved_on', nowrap: true, cell: ({ reserved_on }) => dateText(reserved_on) },
    ...(shown.counted === 'booked_after_search'
      ? [
          { head: 'Gesucht am', nowrap: true as const, cell: ({ searched_on }: ReservationLine) => day(searched_on) },
          { head: 'Gebucht am', nowrap: true as const, cell: ({ booked_on }: ReservationLine) => day(booked_on) },
        ]
      : []),
    { head: 'Was daraus wurde', cell: ({ state }) => stateLabels[state] },
    ...(shown.serviceKind ? [] : [kindOf(shown)]),
    provider,
    { head: 'Zeitraum', cell: ({ first_day, last_day }) => period(first_day, last_day) },
    ...(shown.named ? ofCase : []),
    rate,
  ],
}

const waits: LineTable<WaitLine> = {
  title: 'Wartelisten hinter der Zahl',
  many: 'Einträge',
  counted: ({ count }) => `${numberText(count)} ${count === 1 ? 'Eintrag zählt' : 'Einträge zählen'} in diesem Wert.`,
  usual: '-entered_on',
  load: getWaitLines,
  fileUrl: (query) => linesUrl('wait-lines', query),
  columns: (shown) => [
    { head: 'Wartet seit', sort: 'entered_on', nowrap: true, cell: ({ entered_on }) => dateText(entered_on) },
    { head: 'Bis', sort: 'ended_on', nowrap: true, cell: ({ ended_on }) => day(ended_on) },
    { head: 'Tage', number: true, cell: ({ days }) => (days === null ? '–' : numberText(days)) },
    { head: 'Was daraus wurde', cell: ({ state }) => waitingLabels[state] },
    ...(shown.serviceKind ? [] : [kindOf(shown)]),
    provider,
    { head: 'Zeitraum', cell: ({ first_day, last_day }) => period(first_day, last_day) },
    ...(shown.named ? ofCase : []),
  ],
}

/** Each gives its columns the lines it loads. */
export const lineTables = { bookings, payments, reservations, waits } as unknown as Record<
  NonNullable<KeyFigure['facts_behind']>['facts'],
  LineTable<Line>
>
