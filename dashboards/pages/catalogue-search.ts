// Which figures of the catalogue a search finds.
import type { KeyFigure } from '../client.ts'
import { numberText } from '../format.ts'

const umlauts: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue', ß: 'ss' }
const folded = (text: string) => text.toLocaleLowerCase('de').replace(/[äöüß]/g, (letter) => umlauts[letter]!)

type Searched = Pick<KeyFigure, 'label' | 'definition' | 'group'>

/** Those with every word of the search in label, definition or group; "traeger" finds Träger. */
export const matching = <Figure extends Searched>(figures: Figure[], search: string): Figure[] => {
  const words = folded(search).split(/\s+/).filter(Boolean)
  return figures.filter(({ label, definition, group }) => {
    const text = folded(`${label} ${group} ${definition}`)
    return words.every((word) => text.includes(word))
  })
}

export const hitsText = (hits: number, all: number) =>
  hits === all ? `${numberText(all)} Kennzahlen` : `${numberText(hits)} von ${numberText(all)} Kennzahlen`

export const searchOf = (query: string) => new URLSearchParams(query).get('q') ?? ''
export const queryOf = (search: string) => (search.trim() === '' ? '' : `?${new URLSearchParams({ q: search.trim() })}`)
