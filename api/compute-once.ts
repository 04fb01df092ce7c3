import type { Eyes } from '../warehouse/views.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'

/** Told apart by its text: no sets or maps. */
type Plain = string | number | boolean | null | undefined | Plain[] | { [name: string]: Plain }
type View<Query, Answer> = (warehouse: Warehouse, query: Query, eyes: Eyes) => Promise<Answer>
type Running = { answer: Promise<unknown>; next?: Promise<unknown> }
type Kept = { writes: number; answers: Map<string, Promise<unknown>>; running: Map<string, Running> }

const mostAnswers = 200
const keptByWarehouse = new WeakMap<Warehouse, Kept>()
const numbers = new Map<unknown, number>()
/** Told apart by what they are: names may be the same. */
const numberOf = (view: unknown): number => {
  if (!numbers.has(view)) numbers.set(view, numbers.size)
  return numbers.get(view)!
}

/**
 * Computes once what many readers ask of the same data, and one view at a time once: who comes while older data are computed shares the
 * next computation. The eyes are part of what is asked. The answer belongs to all who get it, so nobody changes it.
 */
export const computeOnce = <Query extends Record<string, Plain>, Answer>(
  view: View<Query, Answer>,
  warehouse: Warehouse,
  query: Query,
  eyes: Eyes,
): Promise<Answer> => {
  const key = JSON.stringify([numberOf(view), eyes.own_authority, eyes.beside ?? null, query])
  const ask = (): Promise<Answer> => {
    const { answers, running } = keptOf(warehouse)
    const known = answers.get(key)
    if (known) return known as Promise<Answer>
    const earlier = running.get(key)
    if (earlier) return (earlier.next ??= earlier.answer.then(ask, ask)) as Promise<Answer>
    const answer = view(warehouse, query, eyes)
    answers.set(key, answer)
    if (answers.size > mostAnswers) answers.delete(answers.keys().next().value!)
    running.set(key, { answer })
    const end = () => void running.delete(key)
    answer.then(end, () => {
      end()
      if (answers.get(key) === answer) answers.delete(key)
    })
    return answer
  }
  return ask()
}

/** Answers begun since the last write, and whatever still runs. */
const keptOf = (warehouse: Warehouse): Kept => {
  const writes = warehouse.writes()
  const kept = keptByWarehouse.get(warehouse) ?? { writes, answers: new Map(), running: new Map() }
  keptByWarehouse.set(warehouse, kept)
  if (kept.writes !== writes) {
    kept.writes = writes
    kept.answers = new Map()
  }
  return kept
}
