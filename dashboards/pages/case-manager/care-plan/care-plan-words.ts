// How a care plan reads.
import type { CarePlan } from '../../../client.ts'
import { dateText, minuteText } from '../../../format.ts'
import type { Aspect, GoalState, ParticipantRole, Rater } from '../../../../transactional/vocabulary.ts'

export const roleLabels: Record<ParticipantRole, string> = {
  young_person: 'Junger Mensch',
  guardian: 'Sorgeberechtigte',
  provider: 'Anbieter',
  authority: 'Jugendamt',
  other: 'Weitere',
}

export const goalStateLabels: Record<GoalState, string> = { open: 'offen', reached: 'erreicht', given_up: 'aufgegeben' }

/** 1 is best, as in school. */
export const gradeLabels: [string, string][] = [
  ['', 'ohne Note'],
  ['1', '1, sehr gut'],
  ['2', '2, gut'],
  ['3', '3, befriedigend'],
  ['4', '4, ausreichend'],
  ['5', '5, mangelhaft'],
]
export const attainmentLabels: Record<number, string> = {
  1: 'voll erreicht (1)',
  2: 'weitgehend erreicht (2)',
  3: 'teilweise erreicht (3)',
  4: 'kaum erreicht (4)',
  5: 'nicht erreicht (5)',
}

export const structureLabels: Record<Exclude<Aspect, 'goal_attainment'>, string> = {
  facility_structure: 'Struktur der Einrichtung',
  service_structure: 'Struktur der Leistung',
}
export const raterLabels: Record<Rater, string> = {
  young_person: 'Zielerreichung aus Sicht des jungen Menschen',
  guardian: 'Zielerreichung aus Sicht der Sorgeberechtigten',
  provider: 'Zielerreichung aus Sicht des Anbieters',
  authority: 'Zielerreichung aus Sicht des Jugendamts',
}

type Rating = CarePlan['reviews'][number]['ratings'][number]
export const ratingText = ({ aspect, rated_by, grade }: Rating) =>
  `${aspect === 'goal_attainment' ? raterLabels[rated_by] : structureLabels[aspect]}: ${grade}`

/** "Nächstes Hilfeplangespräch bis 10.08.2026." */
export const nextReviewText = ({ next_review_on, reviews }: Pick<CarePlan, 'next_review_on' | 'reviews'>, today: string): string => {
  if (next_review_on === null) return ''
  if (next_review_on < today) return `Das Hilfeplangespräch war bis ${dateText(next_review_on)} fällig.`
  return `${reviews.length === 0 ? 'Erstes' : 'Nächstes'} Hilfeplangespräch bis ${dateText(next_review_on)}.`
}

/** So many months later, on the last day of a shorter month. */
export const monthsLater = (day: string, months: number): string => {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10)
}

/** A fault's field as the form names it: "goals[0].goal" is "goals-0-goal". */
export const fieldId = (field: string) => field.replaceAll(/[[\].]+/g, '-').replace(/-$/, '')

/** What the provider of the help reads of the plan. */
export const releaseText = ({ released, version }: Pick<CarePlan, 'released' | 'version'>): string => {
  if (released === null) return 'Der Anbieter sieht keine Ziele.'
  const which = released.version === version ? 'dieser Fassung' : `der Fassung ${released.version}`
  return `Der Anbieter sieht die Ziele ${which}, freigegeben am ${minuteText(released.released_at)}, ${released.released_by}.`
}
