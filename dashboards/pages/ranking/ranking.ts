// The provider ranking in words and cells.
import { choiceIn } from '../../choice.ts'
import type { Catalogue, Ranking, RankingRow, ServiceKind } from '../../client.ts'
import { monthText, numberText, percentText } from '../../format.ts'
import { monthsOf } from '../../selection.ts'
import { kindText } from '../../sentence.ts'
import { fewCases } from '../../uncertainty.ts'

export const { read: readRankingChoice, write: writeRankingChoice } = choiceIn(['service_kind', 'month', 'as_of', 'provider'])
export type RankingChoice = ReturnType<typeof readRankingChoice>

export type RankingSelection = { service_kind: ServiceKind; month: string }
/** The ranking is made per service kind: residential care (§ 34) unless another is chosen. */
export const resolveRanking = (choice: RankingChoice, { service_kinds, months }: Catalogue) => {
  const kind = service_kinds.find(({ code }) => code === choice.service_kind)
  const month = monthsOf(months).find((candidate) => candidate === choice.month)
  const unknown = [kind ? undefined : choice.service_kind, month ? undefined : choice.month].filter((value) => value !== undefined)
  const usual = service_kinds.find(({ code }) => code === 's34') ?? service_kinds[0]!
  return { selection: { service_kind: kind ?? usual, month: month ?? months.last } satisfies RankingSelection, unknown }
}

const gradeDigits = 2
export const gradeText = (grade: number) => numberText(grade, gradeDigits)
/** Fewer than this make a grade uncertain, though it is ranked. */
export const isUncertainGrade = ({ rated_cases }: RankingRow) => rated_cases === null || rated_cases < fewCases

export type RankingCell = { text: string | null; sign: string; note?: string }
const grade = (value: number | null, missing: string): RankingCell => ({ text: value === null ? null : gradeText(value), sign: missing })
const graded = (value: number | null, ratio: number | null, missing: string): RankingCell => ({
  ...grade(value, missing),
  ...(ratio === null ? {} : { note: percentText(ratio, 0) }),
})

/** Secret where the number of cases is, else nothing there. */
const missing = (cases: number | null) => (cases === null ? '.' : '–')
export const rankingCells = (row: RankingRow) => ({
  score: grade(row.score, 'x'),
  structure: grade(row.structure, missing(row.rated_cases)),
  process: grade(row.process, missing(row.rated_cases)),
  duration: graded(row.duration_grade, row.duration_ratio, missing(row.ended_cases)),
  costs: graded(row.costs_grade, row.costs_ratio, missing(row.ended_cases)),
  cases: { text: row.rated_cases === null ? null : numberText(row.rated_cases), sign: '.' } satisfies RankingCell,
})

export const reasonText = ({ reason }: RankingRow, minimum: number) =>
  reason === 'few_cases' ? `weniger als ${minimum} bewertete Fälle` : reason === 'missing_component' ? 'ein Bestandteil fehlt' : ''

const windowText = ({ window_from, month }: Ranking) => `${monthText(window_from)} bis ${monthText(month)}`

export const rankingHeading = ({ service_kind, month }: RankingSelection) =>
  `Trägerranking ${kindText(service_kind)} bis ${monthText(month)}`

export const rankingAnswer = ({ rows }: Ranking): string => {
  const ranked = rows.filter(({ rank }) => rank !== null)
  const [first, second] = ranked
  if (!first)
    return rows.length === 0
      ? 'Zu dieser Hilfeart ist kein Anbieter bewertet.'
      : 'Noch hat kein Anbieter genug bewertete Fälle für einen Rang.'
  const count = `${ranked.length === 1 ? 'Ein Anbieter steht' : `${ranked.length} Anbieter stehen`} im Rang${rows.length > ranked.length ? `, ${rows.length - ranked.length} ohne` : ''}.`
  if (!second) return count
  const lead = second.rank === 1 ? 'Vorn liegen mehrere gleichauf' : `Vorn liegt ${first.name}`
  return `${count} ${lead} mit der Note ${gradeText(first.score!)}; 1 ist die beste.`
}

/** How the score comes about, factor by factor. */
export const calculation = (row: RankingRow, { weights }: Ranking): { term: string; text: string }[] => {
  const factor = (value: number | null, weight: number) => (value === null ? 'fehlt' : `${gradeText(value)} × ${numberText(weight)} %`)
  const from = (ratio: number | null, of: string) => (ratio === null ? '' : `${percentText(ratio)} ${of}, Note `)
  const sum = weights.structure + weights.process + weights.duration + weights.costs
  return [
    { term: 'Struktur', text: factor(row.structure, weights.structure) },
    { term: 'Prozess', text: factor(row.process, weights.process) },
    { term: 'Dauer', text: `${from(row.duration_ratio, 'der vereinbarten Tage')}${factor(row.duration_grade, weights.duration)}` },
    { term: 'Kosten', text: `${from(row.costs_ratio, 'des vereinbarten Budgets')}${factor(row.costs_grade, weights.costs)}` },
    { term: 'Note', text: row.score === null ? 'keine' : `Summe ÷ ${numberText(sum)} % = ${gradeText(row.score)}` },
  ]
}

export const componentTerms = (ranking: Ranking): { term: string; text: string }[] => [
  { term: 'Struktur', text: 'Güte von Einrichtung und Leistung, bewertet vom Jugendamt; Mittel über die Fälle.' },
  { term: 'Prozess', text: 'Zielerreichung, bewertet von allen Beteiligten bei jeder Fortschreibung des Hilfeplans.' },
  {
    term: 'Dauer, Kosten',
    text: 'Ist durch Vereinbarung der beendeten Hilfen ohne Abbrüche. Note: 3 + Abstand vom Mittel der Anbieter in Standardabweichungen.',
  },
  { term: 'Skala', text: '1 bis 5, 1 ist am besten.' },
  { term: 'Zeitraum', text: windowText(ranking) },
  { term: 'Ohne Rang', text: `Weniger als ${ranking.minimum_cases} bewertete Fälle, oder ein Bestandteil fehlt.` },
  { term: 'Grundlage', text: '§§ 5, 36, 78b SGB VIII. Das Wunsch- und Wahlrecht bleibt unberührt.' },
]

export type ScoreChange = { provider_id: string; name: string; before: string; after: string }
export const scoreChanges = (before: Ranking, after: Ranking): ScoreChange[] => {
  const shown = (row: RankingRow) => `${row.rank ?? ''} ${row.score === null ? '' : gradeText(row.score)} ${row.rated_cases ?? ''}`
  const earlier = new Map(before.rows.map((row) => [row.provider_id, row]))
  return after.rows.flatMap((row) => {
    const old = earlier.get(row.provider_id)
    if (!old || shown(old) === shown(row)) return []
    const text = (each: RankingRow) => (each.score === null ? 'ohne Note' : gradeText(each.score))
    return [{ provider_id: row.provider_id, name: row.name, before: text(old), after: text(row) }]
  })
}

const most = 2
export const toldScores = (changes: ScoreChange[]) =>
  changes
    .slice(0, most)
    .map(({ name, before, after }) => (before === after ? `${name}: neue Bewertung` : `${name}: ${before} → ${after}`))
    .join(', ')
