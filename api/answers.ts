import { z } from 'zod'
import { comparisons, dimensions, grains } from '../warehouse/evaluation.ts'
import { structureDimensions } from '../warehouse/structure.ts'

/** What the API answers: the schemas behind the OpenAPI description and the types of the dashboards. */
export const Sign = z.enum(['.', '–', 'x', '…']).describe('"." geheim, "–" nichts vorhanden, "x" nicht sinnvoll, "…" kommt später')

const value = z.number().nullable()
const columns = {
  current: value,
  previous: value,
  year_average: value,
  previous_year_average: value,
  change: value.describe('Veränderung als Verhältnis: 0.025 = +2,5 %'),
}
const signs = z.partialRecord(z.enum(['current', 'previous', 'year_average', 'previous_year_average', 'change']), Sign)
const cases = z.number().int().nullable().describe('Fälle hinter dem Wert des aktuellen Monats')
const parts = z
  .object({ numerator: z.number(), denominator: z.number() })
  .nullable()
  .describe('Zähler und Nenner hinter dem Wert des aktuellen Monats, Geld in Cent; null: keine Quote oder kein offener Wert')
const region = {
  region: z.string().describe('Kürzel des örtlichen Trägers'),
  id: z.string(),
  ags: z.string(),
  name: z.string(),
}
const as_of = z.string().nullable().describe('Monatsende oder festgehaltener Stand, von dem die Daten sind; null: der laufende')
const view = {
  figure: z.string(),
  service_kind: z.string().nullable(),
  specialisation: z.string().nullable(),
  area: z.string(),
  unit: z.string(),
  digits: z.number().int(),
  as_of,
  data_as_of: z.iso.datetime(),
}

export const ComparisonAnswer = z.object({
  ...view,
  month: z.string(),
  running: z.boolean().describe('Der Monat läuft noch'),
  population_date: z.string().nullable().describe('Stichtag der Bevölkerung, nach der gewichtet wird'),
  rows: z.array(z.object({ ...region, ...columns, cases, parts, signs })),
  total: z.object({ ...columns, cases, parts, signs }),
  weighted_average: z.object({ ...columns, signs }),
})
export type ComparisonAnswer = z.infer<typeof ComparisonAnswer>

const held = {
  value,
  reference: value.describe('Womit verglichen wird'),
  change: value.describe('Wert ÷ Vergleichswert − 1'),
  signs: z.partialRecord(z.enum(['value', 'reference', 'change']), Sign),
}
const months = z.object({ from: z.string(), to: z.string() }).nullable()
const interval = z.object({ from: z.number(), to: z.number() }).nullable()

const totals = z.enum(['sum', 'mean', 'quotient', 'last']).describe('Wie aus Monatswerten der Wert des Zeitraums wird')

export const SideBySideAnswer = z.object({
  area: z.string(),
  service_kind: z.string().nullable(),
  specialisation: z.string().nullable(),
  period: z.string(),
  against: z.enum(['previous', 'previous_year', 'year_to_date', 'median', 'average', 'group_median', 'group_average']),
  group: z.string().nullable().describe('Die Vergleichsgruppe, deren Median oder EW-gewichteter Durchschnitt der Vergleichswert ist'),
  as_of,
  data_as_of: z.iso.datetime(),
  columns: z.array(
    z.object({
      figure: z.string(),
      unit: z.string(),
      digits: z.number().int(),
      totals,
      counted: months.describe('Die gezählten Monate; null: noch keiner vorbei'),
      compared: months.describe('Die Monate des Vergleichs; null: verglichen wird mit anderen Trägern'),
      total: z.object(held),
      weighted_average: z.object(held),
      spread: z
        .object({
          lowest: z.number(),
          median: z.number(),
          highest: z.number(),
          variation: value.describe('Standardabweichung ÷ Mittelwert'),
          count: z.number().int(),
        })
        .nullable()
        .describe('Über die offenen Werte der Träger'),
    }),
  ),
  rows: z.array(
    z.object({
      ...region,
      cells: z.array(
        z.object({
          ...held,
          base: value.describe('Nenner einer Quote'),
          interval: interval.describe('95-%-Intervall des Werts; null: Seine Streuung ist nicht bekannt'),
          rank: z.number().int().nullable().describe('Unter den offenen Werten, der größte zuerst'),
          rank_from: z.number().int().nullable().describe('Der beste Rang, wenn jeder Wert irgendwo in seinem Intervall liegt'),
          rank_to: z.number().int().nullable().describe('Der letzte Rang, wenn jeder Wert irgendwo in seinem Intervall liegt'),
        }),
      ),
    }),
  ),
})
export type SideBySideAnswer = z.infer<typeof SideBySideAnswer>

const dimension = z.enum(dimensions)
const key = z.string().nullable().describe('null: alle zusammen')

export const EvaluationSizeAnswer = z.object({
  cells: z.number().int().describe('Werte, die die Auswertung hätte, Vergleichswerte mitgezählt'),
  most: z.number().int().describe('Werte, die eine Auswertung höchstens hat'),
  parts: z.array(z.object({ dimension, count: z.number().int() })).describe('Was sie ausmacht, das Größte zuerst'),
})
export type EvaluationSizeAnswer = z.infer<typeof EvaluationSizeAnswer>

const series = { values: z.array(value), signs: z.array(Sign.nullable()) }

const classes = z.array(z.object({ code: z.string(), label: z.string() }))
const chosenClass = z.string().nullable().describe('Diese Klasse allein; null: alle')

export const EvaluationAnswer = z.object({
  figures: z.array(
    z.object({
      figure: z.string(),
      unit: z.string(),
      digits: z.number().int(),
      totals,
      until: z.string().nullable().describe('Von mehreren Monaten, die noch nicht vorbei sind, der letzte, der zählt'),
    }),
  ),
  row_dimensions: z.array(dimension),
  column_dimension: dimension.nullable().describe('null: die Kennzahlen stehen nebeneinander'),
  area: z.string(),
  authority: z
    .object({ id: z.string(), name: z.string() })
    .optional()
    .describe('Das eigene Jugendamt, dessen Zahlen allein und ungeschützt gezeigt sind (area=own): nicht zur Weitergabe'),
  service_kinds: z.array(z.string()).describe('leer: alle'),
  specialisation: z.string().nullable(),
  age_group: chosenClass,
  sex: chosenClass,
  provider: chosenClass,
  end_reason: chosenClass,
  decline_reason: chosenClass,
  dearer_reason: chosenClass,
  from: z.string(),
  to: z.string(),
  running_month: z.string().nullable().describe('Der laufende, wenn er zum Zeitraum gehört'),
  grain: z.enum(grains),
  against: z
    .enum(comparisons)
    .nullable()
    .describe('Womit jeder Wert verglichen wird: mit dem Zeitraum davor oder demselben ein Jahr früher; null: mit nichts'),
  population_date: z.string().nullable(),
  inhabitants: z
    .array(z.object({ age_group: z.string(), sex: z.string(), inhabitants: z.number().int() }))
    .describe('Einwohner des Landes nach Alter und Geschlecht, wo danach ausgewertet wird; sonst leer'),
  as_of,
  data_as_of: z.iso.datetime(),
  cells: z.number().int().describe('Werte aller Zeilen, auch der ausgeblendeten'),
  hidden_rows: z.number().int().describe('So viele Zeilen ohne etwas sind ausgeblendet (empty=hide)'),
  members: z
    .partialRecord(dimension, z.array(z.object({ key: z.string(), label: z.string(), short: z.string() })))
    .describe('Namen hinter den Schlüsseln'),
  columns: z.array(z.object({ key, figure: z.string() })),
  rows: z.array(
    z.object({
      keys: z.array(key),
      ...series,
      compared: z
        .object({
          references: z.object(series).describe('Womit die Werte verglichen werden'),
          changes: z.object(series).describe('Wert ÷ Vergleichswert − 1; von Quoten (unit ratio) Wert − Vergleichswert'),
        })
        .nullable(),
    }),
  ),
})
export type EvaluationAnswer = z.infer<typeof EvaluationAnswer>

export const SinceAnswer = z.object({
  as_of: z.string().describe('Monatsende oder festgehaltener Stand, seit dem verglichen wird'),
  data_as_of_then: z.iso.datetime().describe('Datenstand damals'),
  data_as_of: z.iso.datetime().describe('Datenstand heute'),
  changes: z
    .array(
      z.object({
        keys: z.array(key).describe('Zeile: die Schlüssel der Auswertung, sonst id des örtlichen Trägers, total oder weighted_average'),
        column: key.describe('Schlüssel der Spalte einer Auswertung'),
        figure: z.string(),
        part: z
          .enum(['current', 'previous', 'year_average', 'previous_year_average', 'value', 'reference'])
          .describe('Welcher Wert der Zelle; reference: womit er verglichen wird'),
        was: value.describe('Damals; null: nichts vorhanden'),
        is: value.describe('Heute; null: nichts vorhanden'),
      }),
    )
    .describe('Werte, die heute anders lauten, die größten Wirkungen zuerst; was damals oder heute geheim ist, steht nicht darunter'),
  not_comparable: z.number().int().describe('Werte, in denen heute andere Monate oder örtliche Träger zählen als damals'),
  moved_by: z.array(z.object({ figure: z.string(), text: z.string() })).describe('Was Werte der Kennzahl nachträglich ändert'),
})
export type SinceAnswer = z.infer<typeof SinceAnswer>

/** Those of a state, by which its evaluations can be narrowed. */
export const ProvidersAnswer = z.object({ providers: classes })
export type ProvidersAnswer = z.infer<typeof ProvidersAnswer>

export const ExplanationAnswer = z.object({
  ...view,
  row: z.string(),
  months: z.array(
    z.object({
      month: z.string(),
      value,
      sign: Sign.nullable(),
      numerator: value.describe('Zähler und Nenner einer Quote, Geld in Cent'),
      denominator: value,
      cases: z.number().int().nullable(),
    }),
  ),
})
export type ExplanationAnswer = z.infer<typeof ExplanationAnswer>

export const TrendAnswer = z.object({
  ...view,
  months: z.array(z.string()),
  running_month: z.string().nullable(),
  rows: z.array(z.object({ ...region, ...series })),
  total: z.object(series),
  weighted_average: z.object(series),
})
export type TrendAnswer = z.infer<typeof TrendAnswer>

const curve = {
  values: z
    .array(z.number())
    .describe('Entgelte in Cent an gleichen Anteilen der Buchungen, vom Minimum (0 %) bis zum Maximum (100 %); leer: kein offener Wert'),
  sign: Sign.nullable(),
  cases,
  median_interval: interval.describe('95-%-Intervall des Medians gezahlter Entgelte; null: nicht bekannt'),
}

export const DistributionAnswer = z.object({
  ...view,
  month: z.string(),
  running: z.boolean().describe('Der Monat läuft noch'),
  rows: z.array(z.object({ ...region, ...curve })),
  total: z.object(curve),
})
export type DistributionAnswer = z.infer<typeof DistributionAnswer>

export const UnusualAnswer = z.object({
  area: z.string(),
  month: z.string(),
  data_as_of: z.iso.datetime(),
  figures: z.array(z.string()).describe('Kennzahlen, die geprüft werden'),
  compared: z.number().int().describe('Werte, für die es genug offene Monate oder örtliche Träger zum Vergleich gibt'),
  found: z.number().int().describe('auffällige Werte, von denen die deutlichsten in rows stehen'),
  months: z.array(z.string()).describe('die Monate der values in rows, zuletzt der geprüfte'),
  rows: z.array(
    z.object({
      figure: z.string(),
      service_kind: z.string().nullable(),
      unit: z.string(),
      digits: z.number().int(),
      ...region,
      value: z.number(),
      values: z.array(value),
      usual_from: z.number(),
      usual_to: z.number(),
      own_months: z.number().int().nullable().describe('außerhalb des Üblichen so vieler offener Monate davor; null: innerhalb'),
      change: value.describe('Veränderung zum Monatsdurchschnitt des Vorjahres, wo sie von der vergleichbarer örtlicher Träger abweicht'),
      median_change: value.describe('deren Median'),
      compared_with: z
        .object({ group: z.string().nullable(), regions: z.number().int() })
        .nullable()
        .describe('mit wie vielen: denen der Vergleichsgruppe, oder allen (null), wo keine genug offene Werte hat'),
    }),
  ),
})
export type UnusualAnswer = z.infer<typeof UnusualAnswer>

export const KeyFiguresAnswer = z.object({
  data_as_of: z.iso.datetime(),
  figures: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      group: z.string(),
      definition: z.string(),
      numerator: z.string(),
      denominator: z.string().nullable(),
      totals: z.string(),
      legal_basis: z.string(),
      source: z.string(),
      unit: z.enum(['cases', 'cents', 'cents_per_unit', 'ratio', 'days', 'per_10000', 'searches', 'reservations', 'entries']),
      digits: z.number().int(),
      better: z.enum(['lower', 'higher', 'neither']),
      flow: z.boolean(),
      by_specialisation: z.boolean(),
      protected: z.boolean().describe('Werte mit zu wenigen Fällen dahinter sind geheim'),
      facts_behind: z
        .object({ facts: z.enum(['bookings', 'payments', 'reservations', 'waits']), counted: z.string() })
        .nullable()
        .describe(
          'Was hinter einem Wert des eigenen Trägers einzeln steht, für /service/booking-lines, payment-lines, reservation-lines und wait-lines; null: nichts',
        ),
      own_classes: z
        .array(z.enum(structureDimensions))
        .nullable()
        .describe('Wonach eine Auswertung des eigenen Jugendamts (area=own) sie unterscheidet; null: dort gibt es sie nicht'),
    }),
  ),
  modules: z.array(z.object({ code: z.string(), label: z.string() })),
  service_kinds: z.array(
    z.object({ code: z.string(), module: z.string(), legal_basis: z.string(), label: z.string(), form: z.string(), unit: z.string() }),
  ),
  specialisations: z.array(z.object({ code: z.string(), label: z.string() })),
  age_groups: classes,
  sexes: classes,
  end_reasons: classes,
  decline_reasons: classes,
  dearer_reasons: classes,
  areas: z.array(z.object({ code: z.string(), name: z.string() })),
  groups: z
    .array(z.object({ code: z.string(), name: z.string(), grouping: z.string(), explanation: z.string(), members: z.array(z.string()) }))
    .describe('Vergleichsgruppen; ihr Schlüssel steht auch als Gebiet. members: Schlüssel der örtlichen Träger'),
  months: z.object({ first: z.string(), last: z.string(), running: z.string().describe('der erste, der nicht vorbei ist') }),
  month_ends: z.array(z.string()).describe('Vergangene Monatsenden, deren Stand gewählt werden kann, die neuesten zuerst'),
})
export type KeyFiguresAnswer = z.infer<typeof KeyFiguresAnswer>

export const ProviderRankingAnswer = z.object({
  as_of,
  data_as_of: z.iso.datetime(),
  service_kind: z.string(),
  month: z.string(),
  window_from: z.string(),
  weights: z.object({ structure: z.number(), process: z.number(), duration: z.number(), costs: z.number() }),
  minimum_cases: z.number(),
  rows: z.array(
    z.object({
      provider_id: z.string(),
      name: z.string(),
      rank: z.number().int().nullable(),
      score: value,
      structure: value,
      process: value,
      duration_ratio: value.describe('tatsächliche ÷ vereinbarte Tage'),
      duration_grade: value,
      costs_ratio: value.describe('freigegebene Kosten ÷ vereinbartes Budget'),
      costs_grade: value,
      rated_cases: z.number().int().nullable().describe('null: geheim, 1 oder 2 Fälle'),
      ended_cases: z.number().int().nullable().describe('null: geheim, 1 oder 2 Fälle'),
      reason: z.enum(['few_cases', 'missing_component']).nullable(),
    }),
  ),
})
export type ProviderRankingAnswer = z.infer<typeof ProviderRankingAnswer>

const named = { name: z.string(), label: z.string(), unit: z.string() }

export const DeskSchemaAnswer = z.object({
  tables: z.array(
    z.object({
      name: z.string(),
      meaning: z.string(),
      columns: z.array(z.object({ name: z.string(), type: z.string(), meaning: z.string() })),
    }),
  ),
  measures: z.array(z.object(named)),
  series: z.array(z.object(named)),
  examples: z.array(z.object({ title: z.string(), sql: z.string() })),
  most_rows: z.number().int(),
  most_seconds: z.number().int(),
})
export type DeskSchemaAnswer = z.infer<typeof DeskSchemaAnswer>

export const DeskAnswer = z.object({
  data_as_of: z.iso.datetime(),
  columns: z.array(z.object({ name: z.string(), type: z.string().describe('Typ von DuckDB') })),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.boolean(), z.null()]))),
  row_count: z.number().int(),
  cut: z.boolean().describe('Es gibt mehr Zeilen als übertragen'),
  ms: z.number().int().describe('Dauer der Abfrage'),
})
export type DeskAnswer = z.infer<typeof DeskAnswer>

export const HealthAnswer = z.object({ status: z.enum(['ok', 'behind']), data_as_of: z.iso.datetime(), lag_ms: z.number() })
export type HealthAnswer = z.infer<typeof HealthAnswer>

/** Data of the server-sent event `figures`. */
export type FiguresEvent = { data_as_of: string; data_lsn: string; figures: string[] }

export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  details: z.array(
    z.object({
      field: z.string(),
      message: z.string(),
      position: z.number().int().optional().describe('Zeichen der Angabe, von 0 an'),
    }),
  ),
})
export type Problem = z.infer<typeof Problem>
