import { ageInYears, dayText, instantText, milliseconds, monthOf, yearOf } from './calendar.ts'
import type { Chance } from './chance.ts'
import type { RowSink } from './copy.ts'
import type { Authority } from './landscape.ts'
import type { Sex } from './market.ts'
import { personName } from './names.ts'
import type { KindShape } from './shape.ts'

/** A client with a case, as long as helps can still be added to it. */
export type Person = {
  case_id: string
  case_key: string
  authority: Authority
  birth: number
  sex: Sex
  client_id: string
  given_name: string
  family_name: string
  case_number: string
  begin_on: number
  caseworker_id: string
  /** before anything is reserved or booked */
  opened_on: number
  last_day: number
  open: boolean
}

export type CaseFiles = {
  open(shape: KindShape, authority: Authority, first: number, traits: { age: number; sex: Sex }): Person
  close(person: Person): void
}

export const drawTraits = (chance: Chance, shape: KindShape): { age: number; sex: Sex } => {
  const [youngest, most, oldest] = shape.ages
  const [low, high] = [youngest, oldest + 1]
  const at = (most + 0.5 - low) / (high - low)
  const u = chance.uniform()
  const age = u < at ? low + Math.sqrt(u * at) * (high - low) : high - Math.sqrt((1 - u) * (1 - at)) * (high - low)
  return { age: Math.min(oldest, Math.floor(age)), sex: chance.happens(0.004) ? 'd' : chance.happens(shape.female) ? 'w' : 'm' }
}

/** A second from which on cases are opened, before anything else of that day. */
const earlyInTheDay = 22_000

const OFTEN_ALONE = new Set(['s34', 's41', 's42'])

export const caseFiles = (chance: Chance, sink: RowSink, today: number): CaseFiles => {
  const numbers = new Map<number, number>()
  const register = (authority: Authority, day: number) => {
    const key = authority.index * 10_000 + yearOf(monthOf(day))
    const next = (numbers.get(key) ?? 0) + 1
    numbers.set(key, next)
    const turn = next % (authority.colleague_ids.length + 1)
    return {
      case_number: `${dayText(day).slice(0, 4)}-${String(next).padStart(5, '0')}`,
      caseworker_id: turn === 0 ? authority.caseworker_id : authority.colleague_ids[turn - 1]!,
    }
  }
  return {
    open: (shape, authority, first, { age, sex }) => {
      // such that the age holds on the first day
      let birth = first - Math.floor((age + chance.uniform()) * 365.2425)
      while (ageInYears(birth, first) > age) birth++
      while (ageInYears(birth, first) < age) birth--
      const begin_on = Math.max(birth, first - chance.integer(0, 28))
      const opened = milliseconds(begin_on, chance.integer(25_000, 50_000))
      const case_id = chance.uuid7(opened)
      const case_key = chance.uuid4()
      const client_id = chance.uuid7(opened)
      const { case_number, caseworker_id } = register(authority, begin_on)
      const alone = sex === 'm' && age >= 14 && OFTEN_ALONE.has(shape.code) && chance.happens(0.14)
      const { given_name, family_name } = personName(chance, sex, alone)
      const created = instantText(Math.min(begin_on, today), chance.integer(25_000, 50_000))
      const named = `${given_name}\t${family_name}\t${dayText(birth)}\t${sex}\t${alone ? 't' : 'f'}`
      sink.line('client', `${client_id}\t${authority.id}\t${named}\t\\N\t${created}`)
      return {
        case_id,
        case_key,
        authority,
        birth,
        sex,
        client_id,
        given_name,
        family_name,
        case_number,
        begin_on,
        caseworker_id,
        opened_on: Math.min(begin_on, today),
        last_day: first,
        open: true,
      }
    },
    close: (person) => {
      const end = person.last_day + chance.integer(0, 30)
      const end_on = !person.open && end <= today ? dayText(end) : '\\N'
      const { case_id, authority, client_id, case_number, begin_on, caseworker_id } = person
      const opened_at = instantText(person.opened_on, earlyInTheDay + (person.birth % 3_000))
      const period = `${dayText(begin_on)}\t${end_on}`
      sink.line(
        'case',
        `${case_id}\t${authority.id}\t${client_id}\t${case_number}\t${period}\t${caseworker_id}\t${opened_at}\t${caseworker_id}`,
      )
      sink.line('case_link', `${person.case_key}\t${case_id}`)
    },
  }
}
