import { keyFigures, type KeyFigure } from '../key-figures.ts'
import { endMeasures } from '../own-structure.ts'
import { ageGroups, endReasons, noProvider, sexes } from '../structure.ts'

export type DeskColumn = { name: string; type: string; meaning: string }
export type DeskTable = { name: string; meaning: string; columns: DeskColumn[] }
export type DeskMeasure = { name: string; label: string; unit: string }
export type DeskExample = { title: string; sql: string }

/**
 * Measures an authority's own controllers may see uncontrolled. `foreign_occupancy` and what is occupied are not among them: their cases
 * are other authorities' too.
 * `budget` is told by a table of its own, in yearly amounts.
 */
const openMeasures = {
  case_count: 'Buchungen',
  case_stock: 'Buchungen',
  cases_begun: 'Buchungen',
  cases_ended: 'Buchungen',
  ended_without_handover: 'Buchungen',
  dropouts: 'Buchungen',
  dwell_days: 'Tage',
  away_bookings: 'Buchungen',
  rated_per_day: 'Buchungen',
  rated_per_hour: 'Buchungen',
  payments: 'Cent',
  searches: 'Suchen',
  fruitless_searches: 'Suchen',
  reservations: 'Reservierungen',
  dearer_choices: 'Reservierungen',
  answered_requests: 'Reservierungen',
  declined_requests: 'Reservierungen',
  reservations_expired: 'Reservierungen',
  booked_after_search: 'Reservierungen',
  days_to_booking: 'Tage',
  waiting_stock: 'Einträge',
  waits_ended: 'Einträge',
  waits_with_place: 'Einträge',
  waits_without_place: 'Einträge',
}

const ownLabels: Record<string, string> = {
  rated_per_day: 'Buchungen der Fallzahl mit Tagesentgelt',
  rated_per_hour: 'Buchungen der Fallzahl mit Stundenentgelt',
  searches: 'Suchen',
  waits_with_place: 'Wartelisteneinträge, die mit einem Platz endeten',
}

const labelOf = (measure: string): string => {
  const figure = (test: (compute: KeyFigure['compute']) => boolean) => keyFigures.find(({ compute }) => test(compute))
  const summed = figure((compute) => compute.from === 'sum' && compute.measure === measure)
  const counted = figure((compute) => compute.from === 'ratio' && compute.numerator === measure)
  const divisor = figure((compute) => compute.from === 'ratio' && compute.denominator === measure)
  return ownLabels[measure] ?? summed?.label ?? counted?.numerator ?? divisor?.denominator ?? measure
}

export const deskMeasures: DeskMeasure[] = Object.entries(openMeasures).map(([name, unit]) => ({ name, label: labelOf(name), unit }))

export const deskSeries: DeskMeasure[] = [
  { name: 'rate_per_day', label: 'Tagesentgelte der Buchungen in der Fallzahl', unit: 'Cent' },
  { name: 'rate_per_hour', label: 'Entgelte je Fachleistungsstunde der Buchungen in der Fallzahl', unit: 'Cent' },
  { name: 'dwell_days', label: 'Dauern der im Monat beendeten Hilfen', unit: 'Tage' },
  { name: 'waiting_days', label: 'Wartezeiten bis zum Platz', unit: 'Tage' },
]

/** Those of single bookings and payments, whose classes are known. */
export const classMeasures = {
  booking_cells: ['case_count', 'case_stock', 'cases_begun', 'away_bookings', 'rated_per_day', 'rated_per_hour', ...endMeasures],
  payment_cells: ['payments'],
}
/** Codes of classes that are the same for every authority; providers are added. */
export const deskClasses = [
  ...ageGroups.map(({ code, label }) => ({ dimension: 'age_group', code, label })),
  ...sexes.map(({ code, label }) => ({ dimension: 'sex', code, label })),
  ...endReasons.map(({ code, label }) => ({ dimension: 'end_reason', code, label })),
  { dimension: 'provider', code: noProvider, label: 'ohne Anbieter im System' },
]

const kindColumns: DeskColumn[] = [
  { name: 'service_kind', type: 'VARCHAR', meaning: 'Kürzel der Hilfeart; „all“: alle Hilfearten zusammen' },
  { name: 'specialisation', type: 'VARCHAR', meaning: 'Kürzel der Spezialisierung; „all“: mit und ohne Spezialisierung' },
  { name: 'month', type: 'DATE', meaning: 'Erster Tag des Monats; künftige Monate zeigen, was geplant ist' },
]

/** What a desk holds: aggregates of one authority, and what is needed to read them. */
export const deskTables: DeskTable[] = [
  {
    name: 'cell',
    meaning: 'Monatswerte je Messgröße, Hilfeart und Spezialisierung. „all“ ist eine eigene Zeile und keine Summe der anderen.',
    columns: [
      { name: 'measure', type: 'VARCHAR', meaning: 'Messgröße, siehe Tabelle measure' },
      ...kindColumns,
      { name: 'value', type: 'BIGINT', meaning: 'Wert in der Einheit der Messgröße; Geld in Cent' },
      { name: 'cases', type: 'INTEGER', meaning: 'verschiedene Fälle hinter dem Wert' },
    ],
  },
  {
    name: 'histogram',
    meaning: 'Wie oft jeder einzelne Wert im Monat vorkommt: daraus werden Mediane und Verteilungen.',
    columns: [
      { name: 'series', type: 'VARCHAR', meaning: 'Wertereihe, siehe Tabelle series' },
      ...kindColumns,
      { name: 'value', type: 'BIGINT', meaning: 'Entgelt in Cent oder Dauer in Tagen' },
      { name: 'n', type: 'INTEGER', meaning: 'so viele Buchungen oder Wartelisteneinträge haben diesen Wert' },
    ],
  },
  {
    name: 'class_cell',
    meaning:
      'Monatswerte nach Hilfeart, Alter, Geschlecht, Anbieter und Grund der Beendigung zugleich: hier ist jede Summe die der Zeilen. Nach dem Grund nur, was endet.',
    columns: [
      { name: 'measure', type: 'VARCHAR', meaning: 'Messgröße der Buchungen und Zahlungen, siehe Tabelle measure' },
      { name: 'service_kind', type: 'VARCHAR', meaning: 'Kürzel der Hilfeart' },
      { name: 'age_group', type: 'VARCHAR', meaning: 'Altersgruppe bei Beginn der Hilfe, siehe Tabelle class; leer: unbekannt' },
      { name: 'sex', type: 'VARCHAR', meaning: 'w, m oder d; leer: unbekannt' },
      { name: 'provider', type: 'VARCHAR', meaning: 'Schlüssel des Anbieters, siehe Tabelle class; none: außerhalb des Systems' },
      { name: 'end_reason', type: 'VARCHAR', meaning: 'Grund der Beendigung, siehe Tabelle class; leer bei allem, was nicht endet' },
      { name: 'month', type: 'DATE', meaning: 'Erster Tag des Monats; künftige Monate zeigen, was geplant ist' },
      { name: 'value', type: 'BIGINT', meaning: 'Wert in der Einheit der Messgröße; Geld in Cent' },
    ],
  },
  {
    name: 'class',
    meaning: 'Wie Altersgruppen, Geschlechter, Anbieter und Gründe der Beendigung heißen.',
    columns: [
      { name: 'dimension', type: 'VARCHAR', meaning: 'age_group, sex, provider oder end_reason' },
      { name: 'code', type: 'VARCHAR', meaning: 'Kürzel in der Spalte gleichen Namens von class_cell' },
      { name: 'label', type: 'VARCHAR', meaning: 'Bezeichnung' },
    ],
  },
  {
    name: 'budget',
    meaning: 'Haushaltsansätze je Jahr und Hilfeart.',
    columns: [
      { name: 'year', type: 'INTEGER', meaning: 'Haushaltsjahr' },
      { name: 'service_kind', type: 'VARCHAR', meaning: 'Kürzel der Hilfeart' },
      { name: 'amount_cents', type: 'BIGINT', meaning: 'Ansatz des ganzen Jahres in Cent' },
    ],
  },
  {
    name: 'population',
    meaning: 'Einwohner des eigenen Gebiets.',
    columns: [
      { name: 'reference_date', type: 'DATE', meaning: 'Stichtag' },
      { name: 'age_group', type: 'VARCHAR', meaning: 'Altersgruppe (u3 … a75p); total: alle; u21: unter 21 Jahren' },
      { name: 'sex', type: 'VARCHAR', meaning: 'm, w oder all' },
      { name: 'inhabitants', type: 'INTEGER', meaning: 'Einwohner' },
      { name: 'estimated', type: 'BOOLEAN', meaning: 'geschätzt' },
    ],
  },
  {
    name: 'youth_authority',
    meaning: 'Der eigene örtliche Träger, eine Zeile.',
    columns: [
      { name: 'ags', type: 'VARCHAR', meaning: 'amtlicher Gemeindeschlüssel' },
      { name: 'abbreviation', type: 'VARCHAR', meaning: 'Kürzel' },
      { name: 'name', type: 'VARCHAR', meaning: 'Name' },
      { name: 'federal_state', type: 'VARCHAR', meaning: 'Bundesland' },
      { name: 'data_from', type: 'DATE', meaning: 'Daten liegen vor ab; Monate davor sind unvollständig' },
    ],
  },
  {
    name: 'service_kind',
    meaning: 'Hilfearten.',
    columns: [
      { name: 'code', type: 'VARCHAR', meaning: 'Kürzel' },
      { name: 'legal_basis', type: 'VARCHAR', meaning: 'Rechtsgrundlage' },
      { name: 'label', type: 'VARCHAR', meaning: 'Bezeichnung' },
      { name: 'form', type: 'VARCHAR', meaning: 'Form der Hilfe' },
      { name: 'unit', type: 'VARCHAR', meaning: 'Einheit des Entgelts: day, hour, flat' },
    ],
  },
  {
    name: 'specialisation',
    meaning: 'Spezialisierungen.',
    columns: [
      { name: 'code', type: 'VARCHAR', meaning: 'Kürzel' },
      { name: 'label', type: 'VARCHAR', meaning: 'Bezeichnung' },
    ],
  },
  {
    name: 'measure',
    meaning: 'Messgrößen der Tabelle cell.',
    columns: [
      { name: 'name', type: 'VARCHAR', meaning: 'Kürzel' },
      { name: 'label', type: 'VARCHAR', meaning: 'Bezeichnung' },
      { name: 'unit', type: 'VARCHAR', meaning: 'Einheit' },
    ],
  },
  {
    name: 'series',
    meaning: 'Wertereihen der Tabelle histogram.',
    columns: [
      { name: 'name', type: 'VARCHAR', meaning: 'Kürzel' },
      { name: 'label', type: 'VARCHAR', meaning: 'Bezeichnung' },
      { name: 'unit', type: 'VARCHAR', meaning: 'Einheit' },
    ],
  },
  {
    name: 'key_figure',
    meaning: 'Die Kennzahlen des Portals mit ihren Definitionen.',
    columns: [
      { name: 'name', type: 'VARCHAR', meaning: 'Kürzel' },
      { name: 'label', type: 'VARCHAR', meaning: 'Bezeichnung' },
      { name: 'definition', type: 'VARCHAR', meaning: 'was gezählt wird' },
      { name: 'numerator', type: 'VARCHAR', meaning: 'Zähler' },
      { name: 'denominator', type: 'VARCHAR', meaning: 'Nenner; leer: keine Quote' },
      { name: 'unit', type: 'VARCHAR', meaning: 'Einheit' },
      { name: 'legal_basis', type: 'VARCHAR', meaning: 'Rechtsgrundlage' },
      { name: 'source', type: 'VARCHAR', meaning: 'Quelle' },
    ],
  },
]

export const deskExamples: DeskExample[] = [
  {
    title: 'Fallzahl je Hilfeart im Vormonat',
    sql: `select k.legal_basis, k.label, c.value as fallzahl
from cell c
join service_kind k on k.code = c.service_kind
where c.measure = 'case_count'
  and c.specialisation = 'all'
  and c.month = date_trunc('month', current_date) - interval 1 month
order by fallzahl desc`,
  },
  {
    title: 'Begonnene und beendete Hilfen der letzten 24 Monate',
    sql: `select month,
  sum(value) filter (measure = 'cases_begun') as begonnen,
  sum(value) filter (measure = 'cases_ended') as beendet
from cell
where service_kind = 'all'
  and specialisation = 'all'
  and month between date_trunc('month', current_date) - interval 24 month
                and date_trunc('month', current_date) - interval 1 month
group by month
order by month`,
  },
  {
    title: 'Abbrüche je Anbieter in den letzten zwölf Monaten',
    sql: `select p.label as anbieter,
  sum(c.value) filter (c.measure = 'dropouts') as abbrueche,
  sum(c.value) filter (c.measure = 'cases_ended') as beendet
from class_cell c
join class p on p.dimension = 'provider' and p.code = c.provider
where c.month between date_trunc('month', current_date) - interval 12 month
                  and date_trunc('month', current_date) - interval 1 month
group by p.label
having beendet > 0
order by abbrueche desc nulls last, anbieter`,
  },
  {
    title: 'Ansatz und Auszahlungen je Hilfeart in diesem Jahr, in Euro',
    sql: `with paid as (
  select service_kind, sum(value) as cents
  from cell
  where measure = 'payments'
    and specialisation = 'all'
    and year(month) = year(current_date)
  group by service_kind
)
select k.label,
  b.amount_cents / 100 as ansatz,
  coalesce(p.cents, 0) / 100 as ausgezahlt,
  round(100 * coalesce(p.cents, 0) / b.amount_cents, 1) as prozent
from budget b
join service_kind k on k.code = b.service_kind
left join paid p using (service_kind)
where b.year = year(current_date)
order by ansatz desc`,
  },
]
