import type { Row } from './csv.ts'
import type { Fault } from './fault.ts'

/** Reads one cell after the other; what it cannot read becomes a fault and `undefined`. */
export type Reader = {
  line: number
  text(field: string, longest?: number): string | undefined
  optionalText(field: string, longest?: number): string | null
  /** `known` by lower-case name */
  word<T>(field: string, known: Readonly<Record<string, T>>, otherwise?: T): T | undefined
  integer(field: string, lowest: number, highest: number, otherwise?: number): number | undefined
  /** euros with up to two decimals, as cents */
  cents(field: string, lowest: number, otherwise?: number): number | undefined
  decimal(field: string, digits: number, lowest: number, highest: number, otherwise?: number | null): number | null | undefined
  /** degrees; point or comma, never a separator of thousands */
  degrees(field: string, lowest: number, highest: number): number | null | undefined
  day(field: string, otherwise?: string | null): string | null | undefined
  codes(field: string, known: ReadonlySet<string>): string[] | undefined
  given(field: string): boolean
  fault(field: string | null, reason: string): undefined
}

const GERMAN_NUMBER = /^[-−]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$/
const POINT_NUMBER = /^[-−]?\d+\.\d+$/

/** 1.234,56 and 1234,56 as in German; 1234.5 and 1234.56 as from a data base. A point before three digits separates thousands. */
const numberOf = (text: string): string | null => {
  const bare = text.replace(/\s*€$/, '').replace(/\s/g, '').replace('−', '-')
  if (GERMAN_NUMBER.test(bare)) return bare.replaceAll('.', '').replace(',', '.')
  return POINT_NUMBER.test(bare) ? bare : null
}

const isDay = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

const [firstKnown, lastKnown] = ['1900-01-01', '2040-12-31']

const dayOf = (text: string): string | null => {
  const german = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text)
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  const [year, month, day] = german ? [german[3], german[2], german[1]] : iso ? [iso[1], iso[2], iso[3]] : []
  if (!year || !isDay(Number(year), Number(month), Number(day))) return null
  return `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`
}

const shown = (text: string): string => `„${text.length > 40 ? `${text.slice(0, 40)}…` : text}“`

export const reader = (row: Row, headers: Record<string, string>, faults: Fault[]): Reader => {
  const cell = (field: string) => row.cells[field] ?? ''
  const fault = (field: string | null, reason: string) =>
    void faults.push({ line: row.line, column: field === null ? null : headers[field]!, reason })
  const missing = (field: string) => fault(field, 'Der Wert fehlt.')

  const tooLong = (field: string, longest: number) => {
    if (/\p{Cc}/u.test(cell(field))) return fault(field, 'Der Text enthält Steuerzeichen.') === undefined
    return cell(field).length > longest && fault(field, `Der Text ist länger als ${longest} Zeichen.`) === undefined
  }

  const number = (field: string, digits: number, lowest: number, highest: number): number | undefined => {
    const text = cell(field)
    const found = numberOf(text)
    if (found === null) return fault(field, `${shown(text)} ist keine Zahl.`)
    if ((found.split('.')[1] ?? '').replace(/0+$/, '').length > digits) {
      return fault(field, digits === 0 ? `${shown(text)} ist keine ganze Zahl.` : `${shown(text)} hat mehr als ${digits} Nachkommastellen.`)
    }
    const value = Number(found)
    if (value < lowest || value > highest) {
      return fault(field, `${shown(text)} liegt nicht zwischen ${lowest.toLocaleString('de-DE')} und ${highest.toLocaleString('de-DE')}.`)
    }
    return value
  }

  return {
    line: row.line,
    fault,
    given: (field) => cell(field) !== '',
    text: (field, longest = 120) => {
      if (cell(field) === '') return missing(field)
      return tooLong(field, longest) ? undefined : cell(field).normalize('NFC')
    },
    optionalText: (field, longest = 120) => (cell(field) === '' || tooLong(field, longest) ? null : cell(field).normalize('NFC')),
    word: (field, known, otherwise) => {
      const text = cell(field).toLowerCase()
      if (text === '') return otherwise ?? missing(field)
      if (Object.hasOwn(known, text)) return known[text]
      const words = Object.keys(known)
      return fault(
        field,
        words.length > 12 ? `${shown(cell(field))} ist unbekannt.` : `${shown(cell(field))} ist unbekannt; möglich: ${words.join(', ')}.`,
      )
    },
    integer: (field, lowest, highest, otherwise) =>
      cell(field) === '' ? (otherwise ?? missing(field)) : number(field, 0, lowest, highest),
    cents: (field, lowest, otherwise) => {
      if (cell(field) === '') return otherwise ?? missing(field)
      const euros = number(field, 2, lowest / 100, 1_000_000_000)
      return euros === undefined ? undefined : Math.round(euros * 100)
    },
    decimal: (field, digits, lowest, highest, otherwise) => {
      if (cell(field) === '') return otherwise === undefined ? missing(field) : otherwise
      return number(field, digits, lowest, highest)
    },
    degrees: (field, lowest, highest) => {
      if (cell(field) === '') return null
      const value = /^\d+([.,]\d+)?$/.test(cell(field)) ? Number(cell(field).replace(',', '.')) : NaN
      return value >= lowest && value <= highest
        ? value
        : fault(field, `${shown(cell(field))} liegt nicht zwischen ${lowest} und ${highest} Grad.`)
    },
    day: (field, otherwise) => {
      if (cell(field) === '') return otherwise === undefined ? missing(field) : otherwise
      const day = dayOf(cell(field))
      if (day === null) return fault(field, `${shown(cell(field))} ist kein Datum (TT.MM.JJJJ oder JJJJ-MM-TT).`)
      if (day < firstKnown) return fault(field, `${shown(cell(field))} liegt zu weit zurück, vor dem 01.01.1900.`)
      return day > lastKnown ? fault(field, `${shown(cell(field))} liegt zu weit voraus, nach dem 31.12.2040.`) : day
    },
    codes: (field, known) => {
      const codes = [
        ...new Set(
          cell(field)
            .toLowerCase()
            .split(/[\s,|]+/)
            .filter(Boolean),
        ),
      ].sort()
      const unknown = codes.filter((code) => !known.has(code))
      return unknown.length > 0 ? fault(field, `${unknown.map(shown).join(', ')}: diese Spezialisierung gibt es nicht.`) : codes
    },
  }
}
