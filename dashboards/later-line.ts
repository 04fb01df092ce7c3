// A value that has changed since a past moment, as a line of texts.
import { cellText, effectText, type FigureFormat, isCount, type RateUnit, type Unit, unitText } from './format.ts'

/** A value that reads differently now; null: there was or is nothing. `row`, `column`: where it stands in the view. */
export type LaterLine = {
  row: string
  column: string
  was: number | null
  is: number | null
  format: FigureFormat
  averaged: boolean
  /** The single facts that brought the change, where the reader may see them. */
  href?: string | undefined
}

export const readText = (value: number | null, { format, averaged }: LaterLine) =>
  value === null ? '–' : cellText(value, format, averaged)
/** What changed less than can be read is no change to the reader. */
export const readsOtherwise = (line: LaterLine) => readText(line.was, line) !== readText(line.is, line)

export const lineEffect = ({ was, is, format, averaged }: LaterLine) => {
  if (was === null) return 'neu'
  return is === null ? 'entfallen' : effectText(was, is, format, averaged)
}

/** "Auszahlungen (€), Sep. 2026". */
export const columnText = (label: string, unit: Unit, per: RateUnit, ...further: string[]) =>
  [isCount(unit) ? label : `${label} (${unitText(unit, per)})`, ...further].join(', ')
