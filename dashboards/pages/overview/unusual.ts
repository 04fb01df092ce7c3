// What is unusual, in words: the value, what is usual, and the reason it is told.
import type { Catalogue, Unusual, UnusualRow } from '../../client.ts'
import { cellText, isCount, labelText, monthText, numberText, signedPercentText, yearOf } from '../../format.ts'
import { groupName } from '../../selection.ts'
import { lastRun, sinceText } from '../../since-when.ts'

/** As short as tells the value from what is usual. */
const withUnit = (value: number, row: UnusualRow) => {
  const near = [row.usual_from, row.usual_to].some((end) => labelText(end, row) === labelText(row.value, row))
  const text = near && row.unit === 'cents' ? cellText(value, row) : labelText(value, row)
  return row.unit === 'cents' || row.unit === 'cents_per_unit' ? `${text}\u00a0€` : text
}
export const valueText = (row: UnusualRow): string => withUnit(row.value, row)

/** Whole numbers inside the range where whole numbers are counted, so that the value is never one of them. */
export const usualText = (row: UnusualRow): string => {
  const { usual_from, usual_to } = row
  if (!isCount(row.unit)) {
    const [from, to] = [withUnit(usual_from, row), withUnit(usual_to, row)]
    const [amount, unit] = [from.replace(/\u00a0.*/, ''), to.replace(/^[^\u00a0]*/, '')]
    return `üblich ${from === amount + unit ? amount : from} bis ${to}`
  }
  const [from, to] = [Math.ceil(usual_from), Math.floor(usual_to)]
  if (from === 0) return to === 0 ? 'üblich keine' : `üblich höchstens ${cellText(to, row)}`
  return `üblich ${cellText(from, row)} bis ${cellText(to, row)}`
}

/** With whom it is compared, and why not with a comparison group. */
const peersText = ({ compared_with }: UnusualRow, groups: Catalogue['groups']): string => {
  const group = groups.find(({ code }) => code === compared_with?.group)
  const regions = numberText(compared_with?.regions ?? 0)
  return group
    ? `im Median der ${regions} Träger seiner Vergleichsgruppe „${groupName(group)}“`
    : `im Median aller ${regions} vergleichbaren örtlichen Träger, weil keine seiner Vergleichsgruppen genug offene Werte hat,`
}

const reasonsOf = (row: UnusualRow, month: string, groups: Catalogue['groups']): string[] => {
  const { value, usual_to, own_months, change, median_change } = row
  const own = own_months === null ? [] : [`${value > usual_to ? 'mehr' : 'weniger'} als in den ${monthsText(own_months)} davor üblich`]
  if (change === null || median_change === null) return own
  const since = `gegenüber dem Monatsdurchschnitt ${Number(yearOf(month)) - 1}`
  return [...own, `${signedPercentText(change)} ${since}, ${peersText(row, groups)} ${signedPercentText(median_change)}`]
}
const monthsText = (open: number) => `${numberText(open)} ${open === 24 ? 'Monaten' : 'offenen Monaten'}`

/** Since when it lies outside what is usual. */
const outsideText = ({ name, value, values, usual_from, usual_to }: UnusualRow, months: string[]): string => {
  const above = value > usual_to
  const end = above ? usual_to : usual_from
  const run = lastRun(
    values,
    values.map(() => end),
    months,
  )
  return run ? `${name} liegt ${sinceText(run)} ${above ? 'darüber' : 'darunter'}. ` : `${name}. `
}

type Told = Pick<Unusual, 'month' | 'months'>
/** "Vorpommern-Rügen liegt seit Mai 2026 darüber. Grund: mehr als in den 24 Monaten davor üblich." */
export const reasonText = (row: UnusualRow, { month, months }: Told, groups: Catalogue['groups']): string =>
  `${outsideText(row, months)}Grund: ${reasonsOf(row, month, groups).join('; ')}.`

const numerals = ['', 'ein', 'zwei', 'drei', 'vier', 'fünf', 'sechs', 'sieben', 'acht', 'neun', 'zehn', 'elf', 'zwölf']
/** `elsewhere`: the page tells of one authority, the list of the whole land. */
export const countText = (found: number, elsewhere = false): string => {
  if (found === 0) return ''
  const [verb, noun] = found === 1 ? ['ist', 'Wert'] : ['sind', 'Werte']
  const many = numerals[found] ?? numberText(found)
  return elsewhere ? `Im Land ${verb} ${many} ${noun} auffällig.` : `${many[0]!.toUpperCase()}${many.slice(1)} ${noun} ${verb} auffällig.`
}

/** Said in place of the list. */
export const nothingText = ({ compared, month }: Unusual): string =>
  compared === 0
    ? 'Für einen Vergleich liegen noch zu wenige offene Monate vor.'
    : `Im ${monthText(month)} ist nichts auffällig: Alle ${numberText(compared)} verglichenen Werte liegen im üblichen Bereich.`

/** Where the usual range and the value lie on a line from 0 to 1, with some room at both ends. */
export const placesOf = ({ value, usual_from, usual_to }: Pick<UnusualRow, 'value' | 'usual_from' | 'usual_to'>) => {
  const [low, high] = [Math.min(value, usual_from), Math.max(value, usual_to)]
  const room = (high - low) * 0.15 || 1
  const at = (point: number) => (point - low + room) / (high - low + 2 * room)
  return { from: at(usual_from), to: at(usual_to), value: at(value) }
}
