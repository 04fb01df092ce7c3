import type { Chance } from './chance.ts'
import type { KindShape } from './shape.ts'

/** What a help would need, before anybody knows with whom. */
export type Need = { agreed: number; days: number; dropout: boolean }

/** How a help went: its last day, recorded with a reason or still planned. */
export type Stay = { agreed: number; last: number; reason: number | null }

export const drawNeed = (chance: Chance, shape: KindShape): Need => {
  const agreed = chance.weighted(shape.plans)
  const dropout = chance.happens(shape.dropout)
  const days = agreed * Math.exp(shape.drift + shape.spread * chance.normal()) * (dropout ? chance.between(0.06, 0.7) : 1)
  return { agreed, days: Math.max(2, Math.round(days)), dropout }
}

const dropoutReason = (chance: Chance): number =>
  chance.weighted([
    [20, 42],
    [21, 18],
    [22, 40],
  ])

const usualReason = (chance: Chance, shape: KindShape): number => {
  if (shape.setting === 'home' && chance.happens(0.07)) return 0
  if (shape.code === 's33' && chance.happens(0.02)) return 30
  return chance.weighted([
    [10, 88],
    [50, 8],
    [40, 4],
  ])
}

/** Prolonged until it lies ahead of today; a few are overdue because nobody has recorded anything yet. */
const plannedLast = (chance: Chance, first: number, agreed: number, extension: number, today: number): number => {
  let last = first + agreed
  while (last <= today) {
    if (today - last < 60 && chance.happens(0.2)) return last
    last += extension
  }
  return last
}

export type Course = { first: number; today: number; pace: number; dropout: number; latest: number }

export const drawStay = (chance: Chance, shape: KindShape, need: Need, course: Course): Stay => {
  const { first, today } = course
  // a facility with more dropouts than usual turns some of the other helps into such, one with fewer saves some
  const dropout = need.dropout
    ? course.dropout > 1 || chance.happens(course.dropout)
    : chance.happens(shape.dropout * Math.max(0, course.dropout - 1))
  const wanted = first + Math.max(1, Math.round(need.days * (dropout ? 1 : course.pace)))
  const end = Math.min(wanted, Math.max(first + 1, course.latest))
  const agreed = Math.min(need.agreed, Math.max(7, course.latest - first))
  if (end <= today) {
    const ofAge = end < wanted
    return { agreed, last: end, reason: dropout && !ofAge ? dropoutReason(chance) : usualReason(chance, shape) }
  }
  const planned = plannedLast(chance, first, agreed, shape.extension, today)
  return { agreed, last: Math.max(first, planned > today ? Math.min(planned, Math.max(course.latest, today + 1)) : planned), reason: null }
}
