import { setTimeout as pause } from 'node:timers/promises'
import loadSolver, { type Highs } from 'highs'
import type { EvaluationAnswer, ExplanationAnswer, KeyFiguresAnswer, TrendAnswer } from './answers.ts'

/** What is counted, each with what it is part of. */
export const counted = { case_count: null, cases_begun: 'case_count', cases_ended: 'case_count', dropouts: 'cases_ended' } as const
export type Counted = keyof typeof counted
export const countedFigures = Object.keys(counted) as Counted[]

/** A number that is published or hidden: of some authorities (all: the Summe), some service kinds, one specialisation or all. */
export type Told = { figure: Counted; specialisation: string | null; rows: string[]; kinds: string[]; value: number | null }
/** All that a reader is told of one state, by month. */
export type Known = { rows: string[]; kinds: string[]; months: Map<string, Told[]> }

export type Read = <Answer>(path: string) => Promise<Answer>

/** Asks for everything that is published of a state's numbers in some months, one kind of address after the other. */
export const askEverything = async (read: Read, { area, from, to }: { area: string; from: string; to: string }): Promise<Known> => {
  const { service_kinds, specialisations, groups } = await read<KeyFiguresAnswer>('/api/key-figures')
  const kinds = service_kinds.map(({ code }) => code)
  const kindsOf = (form: string) => service_kinds.filter((kind) => kind.form === form).map(({ code }) => code)
  const months = new Map<string, Told[]>()
  let rows: string[] = []
  const note = (month: string, told: Told) => {
    const list = months.get(month) ?? []
    months.set(month, list)
    list.push(told)
  }
  const figures = countedFigures.join(',')
  const period = `area=${area}&from=${from}&to=${to}`
  type Asked = { lines?: 'region' | 'group'; columns?: 'service_kind' | 'form'; specialisation?: string; chosen?: string[] }
  const askPivot = async ({ lines = 'region', columns = 'service_kind', specialisation, chosen }: Asked) => {
    const filter = `${specialisation ? `&specialisation=${specialisation}` : ''}${chosen ? `&service_kinds=${chosen.join(',')}` : ''}`
    const pivot = await read<EvaluationAnswer>(
      `/api/evaluation?figures=${figures}&rows=${lines},period&columns=${columns}&${period}${filter}`,
    )
    if (lines === 'region') rows = pivot.members.region!.map(({ key }) => key)
    const rowsOf = (key: string | null): string[] => {
      if (key === null) return rows
      return lines === 'region' ? [key] : groups.find(({ code }) => code === key)!.members.filter((id) => rows.includes(id))
    }
    for (const { keys, values } of pivot.rows) {
      const [row, month] = keys as [string | null, string | null]
      if (month === null) continue
      pivot.columns.forEach(({ key, figure }, at) => {
        const ofKinds = key === null ? (chosen ?? kinds) : columns === 'form' ? kindsOf(key) : [key]
        note(month, {
          figure: figure as Counted,
          specialisation: specialisation ?? null,
          rows: rowsOf(row),
          kinds: ofKinds,
          value: values[at]!,
        })
      })
    }
  }
  for (const specialisation of [undefined, ...specialisations.map(({ code }) => code)]) {
    await askPivot({ specialisation })
    await askPivot({ specialisation, columns: 'form' })
  }
  await askPivot({ lines: 'group' })
  await askPivot({ lines: 'group', columns: 'form' })
  for (const form of new Set(service_kinds.map((kind) => kind.form)))
    if (kindsOf(form).length > 1) await askPivot({ chosen: kindsOf(form) })
  for (const figure of countedFigures) {
    for (const kind of [null, ...kinds]) {
      const filter = `figure=${figure}&${period}${kind ? `&service_kind=${kind}` : ''}`
      const of = { figure, specialisation: null, kinds: kind ? [kind] : kinds }
      const trend = await read<TrendAnswer>(`/api/trend?${filter}`)
      trend.months.forEach((month, at) => {
        for (const { id, values } of trend.rows) note(month, { ...of, rows: [id], value: values[at]! })
        note(month, { ...of, rows, value: trend.total.values[at]! })
      })
    }
    for (const row of [...rows, 'total']) {
      const explained = await read<ExplanationAnswer>(`/api/explanation?figure=${figure}&row=${row}&${period}&month=${to}`)
      for (const { month, value } of explained.months)
        note(month, { figure, specialisation: null, rows: row === 'total' ? rows : [row], kinds, value })
    }
  }
  return { rows, kinds, months }
}

const solver = await (loadSolver as unknown as () => Promise<Highs>)()

/** The format of the solver knows no long lines. */
export const sumOf = (names: string[]) => names.map((name, at) => `${name}${at % 20 === 19 ? '\n' : ''}`).join(' + ')

export type Bounds = { least: number; most: number }

/** How small and how large a sum can be under some rules. */
export const endsOf = (names: string[], rules: string): Bounds => {
  const sum = sumOf(names)
  const end = (direction: 'Minimize' | 'Maximize') => solve(`${direction}\nobj: ${sum}\nSubject To\n${rules}\nEnd`)?.ObjectiveValue
  return { least: end('Minimize') ?? -Infinity, most: end('Maximize') ?? Infinity }
}

const solve = (program: string) => {
  const solution = solver.solve(program)
  if (solution.Status === 'Unbounded') return undefined
  if (solution.Status !== 'Optimal') throw new Error(`what is told contradicts itself: ${solution.Status}`)
  return solution
}

/** Which of many sums are the same, whatever is possible under some rules, as they are in truth. */
export const fixedAmong = async <Item>(
  items: Item[],
  sumIn: (item: Item) => { names: string[]; truth: number },
  rules: string,
): Promise<Item[]> => {
  let fixed = items.map((item) => ({ item, ...sumIn(item) }))
  // a few possibilities far from the truth tell most of them apart from it
  for (let turn = 0; turn < 4 && fixed.length > 0; turn += 1) {
    const weights = new Map<string, number>()
    for (const name of fixed.flatMap(({ names }) => names)) weights.set(name, (weights.get(name) ?? 0) + 1)
    const sum = [...weights].map(([name, weight]) => `${weight} ${name}`)
    const bounds = [...weights.keys()].map((name) => `${name} <= 10000`)
    const found = solve(
      `${turn % 2 === 0 ? 'Maximize' : 'Minimize'}\nobj: ${sum.join('\n+ ')}\nSubject To\n${rules}\nBounds\n${bounds.join('\n')}\nEnd`,
    )!
    const valueOf = (name: string) => (found.Columns[name] as { Primal: number }).Primal
    fixed = fixed.filter(({ names, truth }) => Math.abs(names.reduce((total, name) => total + valueOf(name), 0) - truth) < 0.5)
  }
  const told = fixed
    .filter(({ names, truth }) => {
      const { least, most } = endsOf(names, rules)
      return most < truth + 0.5 && least > truth - 0.5
    })
    .map(({ item }) => item)
  // connections that were idle for so long are closed before anybody asks again
  await pause(100)
  return told
}

/**
 * What can be computed of a month from all that is told: how small and how large a number can be. Nothing is negative, what is hidden is
 * at least one (unless something it is part of is hidden, or a whole column), and no part is larger than its whole.
 */
export const attackerOn = (told: Told[]): ((target: Omit<Told, 'value'>) => Bounds) => {
  const names = new Map<string, string>()
  const nameOf = (figure: string, specialisation: string | null, row: string, kind: string): string => {
    const key = `${figure} ${specialisation ?? ''} ${row} ${kind}`
    if (!names.has(key)) names.set(key, `x${names.size}`)
    return names.get(key)!
  }
  const placeOf = ({ figure, specialisation, rows, kinds }: Omit<Told, 'value'>) =>
    [figure, specialisation ?? '', rows.join(), kinds.join()].join(' ')
  // one answer tells it, whatever the others hide
  const best = new Map<string, Told>()
  for (const each of told) if ((best.get(placeOf(each))?.value ?? null) === null) best.set(placeOf(each), each)
  const single = new Map<string, number>()
  for (const { figure, specialisation, rows, kinds, value } of best.values())
    if (rows.length === 1 && kinds.length === 1 && value !== null) single.set(nameOf(figure, specialisation, rows[0]!, kinds[0]!), value)
  const isHidden = (of: Omit<Told, 'value'>) => (best.get(placeOf(of))?.value ?? null) === null
  // the own row hides nothing
  const others = new Set(told.filter(({ rows, value }) => rows.length === 1 && value === null).map(({ rows }) => rows[0]!))
  const wholesOf = ({ figure, specialisation }: Pick<Told, 'figure' | 'specialisation'>) => [
    ...(counted[figure] ? [{ figure: counted[figure], specialisation }] : []),
    ...(specialisation === null ? [] : [{ figure, specialisation: null }]),
  ]
  const partsOf = ({ figure, specialisation, rows, kinds }: Omit<Told, 'value'>) => {
    const leaves = rows.flatMap((row) => kinds.map((kind) => nameOf(figure, specialisation, row, kind)))
    return {
      open: leaves.filter((leaf) => !single.has(leaf)),
      known: leaves.reduce((sum, leaf) => sum + (single.get(leaf) ?? 0), 0),
    }
  }
  const rules = new Map<string, string | null>()
  for (const each of best.values()) {
    const { open, known } = partsOf(each)
    if (open.length === 0) continue
    const column = [...others].every((row) => isHidden({ ...each, rows: [row] }))
    const whole = column || wholesOf(each).some((of) => isHidden({ ...each, ...of }))
    // dropouts are hidden with ends that are published in rates only
    const least = whole || each.figure === 'dropouts' ? 0 : 1
    const rule = each.value === null ? `>= ${least - known}` : `= ${each.value - known}`
    if (each.value !== null || least > known) rules.set(`${sumOf(open)} ${rule}`, each.specialisation)
    if (each.rows.length > 1 || each.kinds.length > 1) continue
    for (const of of wholesOf(each)) {
      const larger = partsOf({ ...each, ...of })
      rules.set(larger.open.length > 0 ? `${open[0]} - ${larger.open[0]} <= 0` : `${open[0]} <= ${larger.known}`, each.specialisation)
    }
  }
  return (target) => {
    const { open, known } = partsOf(target)
    if (open.length === 0) return { least: known, most: known }
    // of other specialisations, a specialisation is told nothing but by what both are part of
    const { specialisation } = target
    const relevant = [...rules].filter(([, of]) => of === null || specialisation === null || of === specialisation)
    const { least, most } = endsOf(open, relevant.map(([rule]) => rule).join('\n'))
    return { least: known + least, most: known + most }
  }
}
