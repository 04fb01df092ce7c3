// What has changed in a view since the moment it shows, as a table of its report: the same that the page tells.
import { keyFigureByName } from '../../warehouse/key-figures.ts'
import type { SinceAnswer } from '../answers.ts'
import { type Format, instantText, numberText } from './format.ts'
import type { ReportCell, ReportTable } from './report.ts'

/** Undefined: this view cannot be compared with today. */
export type Since = SinceAnswer | undefined
export type LaterValue = Pick<SinceAnswer['changes'][number], 'was' | 'is'> & { row: string; column: string; format: Format }

const factors = { plain: 1, cents: 0.01, ratio: 100 }

/** The difference of two values as they read. */
const effectCell = ({ was, is, format }: LaterValue): ReportCell => {
  if (was === null) return 'neu'
  if (is === null) return 'entfallen'
  const factor = factors[format.scale]
  const read = (value: number) =>
    Number((value * factor).toLocaleString('en-US', { maximumFractionDigits: format.digits, useGrouping: false }))
  return { value: (read(is) - read(was)) / factor, format: { ...format, signed: true } }
}
const readCell = (value: number | null, format: Format): ReportCell => (value === null ? '–' : { value, format })
const textOf = (value: number | null, format: Format) => (value === null ? '–' : numberText(value, format))
const counted = (count: number, one: string, more: string) => `${count.toLocaleString('de-DE')} ${count === 1 ? one : more}`

/** `valuesOf`: the changes by the names of the table above; what reads the same has not changed to the reader. */
export const laterTable = (
  since: Since,
  stub: [string, string],
  valuesOf: (changes: SinceAnswer['changes']) => LaterValue[],
): ReportTable => {
  const values = valuesOf(since?.changes ?? []).filter(({ was, is, format }) => textOf(was, format) !== textOf(is, format))
  return {
    name: 'Seitdem geändert',
    caption: 'Was sich seitdem geändert hat',
    notes: since ? notesOf(since, values.length) : ['Mit heute lässt sich diese Ansicht nicht vergleichen.'],
    stub,
    heads: ['Damals', 'Heute', 'Wirkung'].map((text) => ({ text, period: '' })),
    rows: values.map((value) => ({
      names: [value.row, value.column],
      cells: [readCell(value.was, value.format), readCell(value.is, value.format), effectCell(value)],
    })),
  }
}

const notesOf = ({ data_as_of, moved_by, not_comparable }: SinceAnswer, count: number): string[] => [
  count === 0
    ? `Nichts: Die Werte dieser Ansicht lauten am ${instantText(data_as_of)} genauso (geheime ausgenommen).`
    : `${counted(count, 'Wert lautet', 'Werte lauten')} am ${instantText(data_as_of)} anders (was damals oder dann geheim ist, bleibt ungenannt). Solche Änderungen entstehen so:`,
  ...(count === 0 ? [] : moved_by.map(({ figure, text }) => `${keyFigureByName.get(figure)!.label} ${text}.`)),
  ...(not_comparable === 0
    ? []
    : [
        `${counted(not_comparable, 'Wert ist', 'Werte sind')} nicht verglichen: Dort zählen heute andere Monate oder andere offene Werte als damals.`,
      ]),
]
