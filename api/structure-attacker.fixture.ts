import { placeNumber } from '../warehouse/contributions.ts'
import { monthText } from '../warehouse/month.ts'
import { ageGroups } from '../warehouse/structure.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { EvaluationAnswer, KeyFiguresAnswer } from './answers.ts'
import { fixedAmong, sumOf, type Read } from './attacker.fixture.ts'

/** What of a state's year is told of regions month by month, and of the state by structure. */
export const flows = ['cases_begun', 'cases_ended', 'dropouts'] as const
export const figures = ['case_count', 'case_stock', ...flows, 'ended_without_handover'] as const
export type Figure = (typeof figures)[number]
export type Axis = 'region' | 'age_sex' | 'provider' | 'end_reason'

/** A number that is published or hidden, of some classes of an axis: ids of regions, or names as in structure.ts. */
export type Told = {
  axis: Axis
  figure: Figure
  classes: string[]
  kinds: string[]
  /** Null: of the whole year, or of its last day. */
  month: string | null
  value: number | null
}
export type Target = Omit<Told, 'value'>
export type YearTold = { kinds: string[]; rows: string[]; months: string[]; told: Told[] }

/**
 * Everything that is asked for by year with structures, and by month without. What rates are divided by is told with them cell by cell
 * (`/api/explanation`): `countOf` spares these requests.
 */
export const askYear = async (
  read: Read,
  { area, year }: { area: string; year: number },
  countOf: (target: Target) => number,
): Promise<YearTold> => {
  const { service_kinds } = await read<KeyFiguresAnswer>('/api/key-figures')
  const kinds = service_kinds.map(({ code }) => code)
  const kindsOf = (columns: string, key: string | null): string[] => {
    if (key === null) return kinds
    return columns === 'form' ? service_kinds.filter(({ form }) => form === key).map(({ code }) => code) : [key]
  }
  const period = `area=${area}&from=${year}-01&to=${year}-12`
  const told: Told[] = []
  let rows: string[] = []
  let months: string[] = []
  for (const columns of ['service_kind', 'form']) {
    const pivot = await read<EvaluationAnswer>(
      `/api/evaluation?figures=case_count,case_stock,${flows.join(',')},dropout_rate&rows=region,period&columns=${columns}&${period}`,
    )
    rows = pivot.members.region!.map(({ key }) => key)
    months = [...new Set(pivot.rows.flatMap(({ keys }) => (keys[1] ? [keys[1]] : [])))]
    for (const { keys, values, signs } of pivot.rows) {
      const [row, month] = keys as [string | null, string | null]
      if (month === null) continue
      pivot.columns.forEach(({ key, figure }, at) => {
        const name = figure === 'dropout_rate' ? 'ended_without_handover' : (figure as Figure)
        const of: Target = { axis: 'region', figure: name, classes: row === null ? rows : [row], kinds: kindsOf(columns, key), month }
        const open = signs[at] !== '.' && figure === 'dropout_rate' ? countOf(of) : values[at]!
        told.push({ ...of, value: open })
      })
    }
    for (const axis of ['age_sex', 'provider', 'end_reason'] as const) {
      const lines = { age_sex: 'age_group,sex', provider: 'provider', end_reason: 'end_reason' }[axis]
      const asked = axis === 'end_reason' ? 'cases_ended' : `case_stock,${flows.join(',')}`
      const table = await read<EvaluationAnswer>(`/api/evaluation?figures=${asked}&rows=${lines}&columns=${columns}&${period}&grain=year`)
      const names = lines.split(',').map((name) => table.members[name as 'sex']!.map(({ key }) => key))
      const all = names.reduce((before, keys) => before.flatMap((one) => keys.map((key) => (one ? `${one} ${key}` : key))), [''])
      for (const { keys, values } of table.rows) {
        const classes = all.filter((name) => name.split(' ').every((code, at) => (keys[at] ?? code) === code))
        table.columns.forEach(({ key, figure }, at) =>
          told.push({ axis, figure: figure as Figure, classes, kinds: kindsOf(columns, key), month: null, value: values[at]! }),
        )
      }
    }
  }
  return { kinds, rows, months, told }
}

type Help = {
  n: number
  place: number
  kind: string
  case_key: string
  age: number
  sex: string
  provider: string
  reason: string | null
  first_month: number
  last_month: number
  lasts_to_month_end: boolean
}

/** Counts the helps of a state as they are: bookings, and the distinct cases of them. */
export const countsOf = async (warehouse: Warehouse, { ags, year }: { ags: string; year: number }) => {
  const found = await warehouse.ask((connection) =>
    connection.runAndReadAll(`
      select sum(sign)::integer as n, place, service_kind as kind, case_key::varchar as case_key, age_at_begin as age, sex,
        coalesce(provider_id::varchar, 'none') as provider, end_reason::varchar as reason, first_month, last_month, lasts_to_month_end
      from staging.booking where place // 1000000 = ${ags} group by all having sum(sign) > 0`),
  )
  const months = Array.from({ length: 12 }, (_, at) => monthText(year * 12 + at))
  const counts: Record<Figure, (help: Help & { first: string; last: string }, month: string) => boolean> = {
    case_count: ({ first, last }, month) => first <= month && month <= last,
    case_stock: ({ first, last, lasts_to_month_end }, month) => first <= month && (last > month || (last === month && lasts_to_month_end)),
    cases_begun: ({ first }, month) => first === month,
    cases_ended: ({ last, reason }, month) => reason !== null && last === month,
    ended_without_handover: ({ last, reason }, month) => reason !== null && reason !== handedOver && last === month,
    dropouts: ({ last, reason }, month) => droppedOut.includes(reason ?? '') && last === month,
  }
  const leaves = new Map<string, Help[]>()
  for (const help of found.getRowObjectsJson() as Help[]) {
    const classes = {
      region: help.place,
      age_sex: `${ageGroups.findLast(({ from }) => help.age >= from)!.code} ${help.sex}`,
      provider: help.provider,
      end_reason: help.reason,
    }
    const dated = { ...help, first: monthText(help.first_month), last: monthText(help.last_month) }
    for (const figure of figures) {
      for (const month of months.filter((each) => counts[figure](dated, each))) {
        for (const [axis, name] of Object.entries(classes)) {
          const key = `${axis} ${figure} ${name} ${help.kind} ${month}`
          leaves.set(key, [...(leaves.get(key) ?? []), help])
        }
      }
    }
  }
  return ({ axis, figure, classes, kinds, month }: Target, except: string | null = null): { bookings: number; cases: number } => {
    const during = month ? [month] : figure === 'case_stock' ? months.slice(-1) : months
    const names = axis === 'region' ? classes.map(placeNumber) : classes
    const keys = names.flatMap((name) => kinds.flatMap((kind) => during.map((each) => `${axis} ${figure} ${name} ${kind} ${each}`)))
    const counted = keys.flatMap((key) => leaves.get(key) ?? []).filter(({ place }) => except === null || place !== placeNumber(except))
    return {
      bookings: counted.reduce((sum, { n }) => sum + n, 0),
      cases: new Set(counted.map(({ case_key }) => case_key)).size,
    }
  }
}

const wholesOf: Partial<Record<Figure, Figure>> = {
  case_stock: 'case_count',
  cases_begun: 'case_count',
  cases_ended: 'case_count',
  ended_without_handover: 'cases_ended',
  dropouts: 'ended_without_handover',
}
const handedOver = '40'
const droppedOut = ['20', '21', '22']
const decidedTogether = [droppedOut, ['10', '30', '50'], [handedOver]]

/**
 * Which of some numbers can be computed of a year from all that is told and from what the reader knows of his own authority (`ownOf`),
 * whose row is no part of anything here. Nothing is negative, no part is larger than its whole, and whatever helps are told apart by, they are the same helps.
 */
export const computedOf = <Some extends Target>(
  targets: Some[],
  { kinds, rows, months, told }: YearTold,
  { own, ownOf, othersOf }: { own: string | null; ownOf: (target: Target) => number; othersOf: (target: Target) => number },
): Promise<Some[]> => {
  const others = rows.filter((row) => row !== own)
  const classesOf = new Map<Axis, string[]>([['region', others]])
  for (const { axis, classes } of told)
    if (axis !== 'region' && classes.length > (classesOf.get(axis)?.length ?? 0)) classesOf.set(axis, classes)
  const names = new Map<string, string>()
  const nameOf = (axis: Axis, figure: Figure, kind: string, of: string): string => {
    const key = `${axis} ${figure} ${kind} ${of}`
    if (!names.has(key)) names.set(key, `x${names.size}`)
    return names.get(key)!
  }
  const leavesOf = ({ axis, figure, classes, kinds: chosen, month }: Target): string[] => {
    // the year's regions are those of all months, the stock's those of the last
    const during = axis !== 'region' ? [null] : month ? [month] : figure === 'case_stock' ? months.slice(-1) : months
    const inRows = axis === 'region' ? classes.filter((row) => row !== own) : classes
    return inRows.flatMap((name) => chosen.flatMap((kind) => during.map((each) => nameOf(axis, figure, kind, `${name} ${each ?? ''}`))))
  }
  // one answer tells it, whatever the others hide; of what is told a part is the reader's own
  const best = new Map<string, Told>()
  const placeOf = ({ axis, figure, classes, kinds: chosen, month }: Target) =>
    [axis, figure, classes.join(), chosen.join(), month ?? ''].join(' ')
  for (const each of told) if ((best.get(placeOf(each))?.value ?? null) === null) best.set(placeOf(each), each)
  const known = new Map<string, number>()
  for (const each of best.values()) {
    const leaves = leavesOf(each)
    if (each.value !== null && leaves.length === 1) known.set(leaves[0]!, each.value - ownOf(each))
  }
  const rules = new Set<string>()
  const state = (more: string[], less: string[], sign: string, number: number) => {
    const [plus, minus] = [more, less].map((leaves) => leaves.filter((leaf) => !known.has(leaf))) as [string[], string[]]
    const sumKnown = (leaves: string[]) => leaves.reduce((sum, leaf) => sum + (known.get(leaf) ?? 0), 0)
    const rest = number - sumKnown(more) + sumKnown(less)
    if (plus.length + minus.length === 0) {
      if (sign === '=' && rest !== 0) throw new Error(`what is told contradicts itself: ${rest}`)
      return
    }
    if (sign === '>=' && minus.length === 0 && rest <= 0) return
    const taken = minus.length === 0 ? '' : ` - ${sumOf(minus).replaceAll('+', '-')}`
    rules.add(`${plus.length === 0 ? '0 x0' : sumOf(plus)}${taken} ${sign} ${rest}`)
  }
  const isHidden = (target: Target) => best.get(placeOf(target))?.value === null
  /** What is hidden is something, unless it is part of what is hidden or hidden as a whole column; several classes are hidden with any of them. */
  const leastOf = (each: Told): number => {
    if (each.axis === 'region') {
      const whole = wholesOf[each.figure]
      // rates are hidden with what they rest on
      if (each.figure === 'ended_without_handover' || each.figure === 'dropouts') return 0
      if (each.classes.length === 1 && others.every((row) => isHidden({ ...each, classes: [row] }))) return 0
      return whole && isHidden({ ...each, figure: whole }) ? 0 : 1 - ownOf(each)
    }
    if (each.classes.length > 1 || (each.figure === 'dropouts' && isHidden({ ...each, figure: 'cases_ended' }))) return 0
    const [name] = each.classes as [string]
    const together = each.axis === 'end_reason' ? decidedTogether.find((reasons) => reasons.includes(name))! : classesOf.get(each.axis)!
    return together.every((other) => isHidden({ ...each, classes: [other] })) ? 0 : 1
  }
  for (const each of best.values()) {
    const leaves = leavesOf(each)
    if (each.value !== null) state(leaves, [], '=', each.value - ownOf(each))
    else state(leaves, [], '>=', leastOf(each))
  }
  for (const kind of kinds) {
    const of = (figure: Figure, classes: string[], month: string | null = null): Target => ({
      axis: 'region',
      figure,
      classes,
      kinds: [kind],
      month,
    })
    for (const [figure, whole] of Object.entries(wholesOf) as [Figure, Figure][])
      for (const row of others)
        for (const month of months) state(leavesOf(of(figure, [row], month)), leavesOf(of(whole, [row], month)), '<=', 0)
    const summe = (figure: Figure) => leavesOf(of(figure, others))
    for (const [axis, classes] of classesOf) {
      if (axis === 'region') continue
      const inClasses = (figure: Figure, some = classes) => leavesOf({ axis, figure, classes: some, kinds: [kind], month: null })
      if (axis === 'end_reason') {
        state(summe('cases_ended'), inClasses('cases_ended'), '=', 0)
        state(summe('dropouts'), inClasses('cases_ended', droppedOut), '=', 0)
        state(summe('ended_without_handover'), inClasses('cases_ended', classes.filter((name) => name !== handedOver)), '=', 0) // prettier-ignore
        continue
      }
      for (const figure of ['case_stock', ...flows] as const) state(summe(figure), inClasses(figure), '=', 0)
      for (const name of classes) state(inClasses('dropouts', [name]), inClasses('cases_ended', [name]), '<=', 0)
    }
  }
  const sumIn = (target: Target) => {
    const names = leavesOf(target)
    const open = names.filter((name) => !known.has(name))
    return { names: open, truth: othersOf(target) - names.reduce((sum, name) => sum + (known.get(name) ?? 0), 0) }
  }
  return fixedAmong(targets, sumIn, [...rules].join('\n'))
}
