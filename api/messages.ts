// What is said of a value where the schema has no words of its own: German, and what to do.
import { z } from 'zod'
import type { $ZodErrorMap } from 'zod/v4/core'

const types: Record<string, string> = {
  string: 'Hier steht ein Text.',
  number: 'Hier steht eine Zahl.',
  int: 'Hier steht eine ganze Zahl.',
  boolean: 'Erlaubt sind true und false.',
  array: 'Hier steht eine Liste.',
  object: 'Hier steht ein Objekt.',
}
const sizes: Record<string, string> = { string: ' Zeichen', array: ' Angaben' }
const number = new Intl.NumberFormat('de-DE')
const sizeText = (limit: number | bigint, origin: string) => `${number.format(limit)}${sizes[origin] ?? ''}`

const listText = (values: string[]) => (values.length < 2 ? values.join() : `${values.slice(0, -1).join(', ')} und ${values.at(-1)}`)
const described = 'Die Beschreibung steht unter /api/openapi.json.'

const messageOf: $ZodErrorMap = (issue) => {
  if (issue.input === undefined && issue.code !== 'unrecognized_keys') return 'Diese Angabe fehlt.'
  switch (issue.code) {
    case 'invalid_type':
      return types[issue.expected] ?? `Diese Angabe ist so nicht möglich. ${described}`
    case 'invalid_value':
      return `Erlaubt ${issue.values.length === 1 ? 'ist' : 'sind'} ${listText(issue.values.map(String))}.`
    case 'too_small':
      return `Bitte mindestens ${sizeText(issue.minimum, issue.origin)} angeben.`
    case 'too_big':
      return `Bitte höchstens ${sizeText(issue.maximum, issue.origin)} angeben.`
    case 'unrecognized_keys':
      return 'Diese Angabe ist hier unbekannt. Bitte weglassen.'
    default:
      return `Diese Angabe ist so nicht möglich. ${described}`
  }
}

z.config({ localeError: messageOf })
