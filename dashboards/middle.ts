// What a smallest, largest or middle value rests on: which of the values in their order it is.
import { numberText } from './format.ts'

/** Ascending, each value once. */
export type Counts = { value: number; count: number }[]

export const countOf = (counts: Counts) => counts.reduce((sum, { count }) => sum + count, 0)

/** The value at a place, counted from 1. */
const valueAt = (counts: Counts, place: number): number => {
  let before = 0
  return counts.find(({ count }) => (before += count) >= place)!.value
}

type Pick = 'lowest' | 'median' | 'highest'
export const pickOf = (figure: string): Pick | undefined =>
  figure.endsWith('_min') ? 'lowest' : figure.endsWith('_max') ? 'highest' : figure.endsWith('_median') ? 'median' : undefined

/** "In der Mitte stehen die 10. und 11. von 20 Buchungen: 150,00 € und 152,00 €. Der Median ist ihr Mittel." Undefined where nothing is counted. */
export const pickText = (pick: Pick, counts: Counts, text: (value: number) => string): string | undefined => {
  const all = countOf(counts)
  if (all === 0) return undefined
  const of = `${numberText(all)} ${all === 1 ? 'Buchung' : 'Buchungen'}`
  if (pick !== 'median') {
    const { value, count } = pick === 'lowest' ? counts[0]! : counts.at(-1)!
    return `Diesen Wert, ${text(value)}, ${count === 1 ? 'hat' : 'haben'} ${numberText(count)} von ${of}.`
  }
  const ordered = 'Der Größe nach geordnet'
  const upper = Math.floor(all / 2) + 1
  if (all % 2 === 1) return `${ordered} steht in der Mitte die ${numberText(upper)}. von ${of}: ${text(valueAt(counts, upper))}.`
  const [low, high] = [valueAt(counts, upper - 1), valueAt(counts, upper)]
  const places = `${numberText(upper - 1)}. und ${numberText(upper)}. von ${of}`
  return low === high
    ? `${ordered} stehen in der Mitte die ${places}, beide mit ${text(low)}.`
    : `${ordered} stehen in der Mitte die ${places}: ${text(low)} und ${text(high)}. Der Median ist ihr Mittel.`
}
