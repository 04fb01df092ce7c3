import { z } from 'zod'
import type { Value } from '../warehouse/comparison.ts'
import { keyFigures, type KeyFigure } from '../warehouse/key-figures.ts'
import { monthOf, monthText, yearOf, type Month } from '../warehouse/month.ts'
import type { Period } from '../warehouse/side-by-side.ts'
import { ageGroups, dearerReasons, declineReasons, endReasons, sexes, type Named, type StructureDimension } from '../warehouse/structure.ts'
import type { Sign, SideBySideAnswer } from './answers.ts'
import { comparisonCharts } from './report/drawings.ts'

const month = z
  .string()
  .regex(/^20[0-3]\d-(0[1-9]|1[0-2])$/, 'Der Monat steht in der Form JJJJ-MM, zum Beispiel 2026-10.')
  .transform(monthOf)
const code = (message: string) => z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, message)

export const figureName = z.enum(keyFigures.map(({ name }) => name) as [string, ...string[]], {
  error: 'Diese Kennzahl gibt es nicht. Die Liste steht unter /api/key-figures.',
})
export const serviceKindCode = code('Diese Hilfeart gibt es nicht. Die Liste steht unter /api/key-figures.')

export const viewQuery = {
  figure: figureName,
  service_kind: serviceKindCode.optional(),
  specialisation: code('Diese Spezialisierung gibt es nicht. Die Liste steht unter /api/key-figures.').optional(),
  area: code('Dieses Gebiet gibt es nicht. Erlaubt sind „de“, die Kürzel der Länder und Vergleichsgruppen.').optional(),
}

/** How a comparison is drawn. */
export const drawnQuery = {
  chart: z.enum(comparisonCharts).default('trend').describe('Die Grafik des PDF-Berichts'),
  region: z.string().max(40).optional().describe('id des örtlichen Trägers, den die Grafik hervorhebt; sonst der eigene'),
}

export const unknownClass: Record<StructureDimension, string> = {
  age_group: 'Diese Altersgruppe gibt es nicht. Die Liste steht unter /api/key-figures.',
  sex: 'Dieses Geschlecht gibt es nicht. Die Liste steht unter /api/key-figures.',
  provider: 'Diesen Anbieter gibt es in diesem Land nicht. Die Liste steht unter /api/evaluation/providers.',
  end_reason: 'Diesen Grund der Beendigung gibt es nicht. Die Liste steht unter /api/key-figures.',
  decline_reason: 'Diesen Grund der Ablehnung gibt es nicht. Die Liste steht unter /api/key-figures.',
  dearer_reason: 'Diesen Grund der teureren Wahl gibt es nicht. Die Liste steht unter /api/key-figures.',
}
const oneOf = (classes: Named[], error: string) => z.enum(classes.map(({ code }) => code) as [string, ...string[]], { error }).optional()

/** One class of a structure; which providers a state has, the warehouse knows. */
export const classQuery = {
  age_group: oneOf(ageGroups, unknownClass.age_group),
  sex: oneOf(sexes, unknownClass.sex),
  provider: z.string({ error: unknownClass.provider }).max(40, unknownClass.provider).optional(),
  end_reason: oneOf(endReasons, unknownClass.end_reason),
  decline_reason: oneOf(declineReasons, unknownClass.decline_reason),
  dearer_reason: oneOf(dearerReasons, unknownClass.dearer_reason),
}

/** A month that has begun; by default the running one. */
export const begunMonth = (running: () => Month) =>
  month.refine((value) => value <= running(), 'Der Monat liegt in der Zukunft. Bitte einen begonnenen Monat wählen.').optional()

/** A month that is over; by default the last one. */
export const completeMonth = (running: () => Month) =>
  month.refine((value) => value < running(), 'Der Monat ist noch nicht zu Ende. Bitte einen vollen Monat wählen.').optional()

/** Splits a value from the sign that stands in its place. */
export const numberOf = (value: Value): number | null => (typeof value === 'number' ? value : null)
export const signOf = (value: Value): z.infer<typeof Sign> | null => (typeof value === 'number' ? null : value)

/** A month ('2026-10'), a quarter ('2026-Q3') or a year ('2026') that has begun. */
export const begunPeriod = (running: () => Month) =>
  z
    .string()
    .regex(/^20[0-3]\d(-(0[1-9]|1[0-2])|-Q[1-4])?$/, 'Der Zeitraum ist ein Monat (2026-10), ein Quartal (2026-Q3) oder ein Jahr (2026).')
    .transform(periodOf)
    .refine(({ first }) => first <= running(), 'Der Zeitraum liegt in der Zukunft. Bitte einen begonnenen wählen.')
    .optional()

export const periodOf = (text: string): Period => {
  const january = Number(text.slice(0, 4)) * 12
  if (text.length === 4) return { first: january, last: january + 11 }
  if (!text.includes('Q')) return { first: monthOf(text), last: monthOf(text) }
  const first = january + (Number(text.at(-1)) - 1) * 3
  return { first, last: first + 2 }
}

export const periodText = ({ first, last }: Period): string => {
  if (last === first) return monthText(first)
  return last - first === 2 ? `${yearOf(first)}-Q${(first % 12) / 3 + 1}` : String(yearOf(first))
}

/** How the months of a period make its value. */
export const totalsOf = ({ compute, flow }: KeyFigure): SideBySideAnswer['columns'][number]['totals'] => {
  if (compute.from === 'ratio') return compute.cumulated ? 'last' : 'quotient'
  return compute.from === 'sum' && flow ? 'sum' : 'mean'
}
