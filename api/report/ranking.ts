import type { Directory } from '../../warehouse/directory.ts'
import type { ProviderRankingAnswer } from '../answers.ts'
import { kindText } from './finding.ts'
import { type Format, instantText, monthText, numberText } from './format.ts'
import { addressTerms, fewCases, type Report, type ReportCell, type ReportTable, type Term, uncertainSign } from './report.ts'

type Ranked = ProviderRankingAnswer['rows'][number]
const whole: Format = { scale: 'plain', digits: 0 }
const grade: Format = { scale: 'plain', digits: 2 }
const share: Format = { scale: 'ratio', digits: 1 }

export const rankingReport = (answer: ProviderRankingAnswer, { directory, address }: { directory: Directory; address: string }): Report => {
  const kind = directory.service_kinds.find(({ code }) => code === answer.service_kind)
  const period = `${monthText(answer.window_from)} bis ${monthText(answer.month)}`
  return {
    title: `Trägerranking ${kind ? kindText(kind) : answer.service_kind} bis ${monthText(answer.month)}`,
    area: 'Alle Anbieter der Hilfeart',
    period,
    finding: rankingFinding(answer),
    data_as_of: answer.data_as_of,
    readers: 'Alle mit Zugang zum Trägerranking; Noten aus zu wenigen Fällen sind geheim gehalten.',
    address,
    table: rankingTable(answer),
    drawing: null,
    curves: null,
    later: null,
    sheets: [],
    definition: [
      ...rankingTerms(answer),
      { term: 'Zeitraum', text: period },
      { term: 'Stand der Daten', text: instantText(answer.data_as_of) },
      ...addressTerms(address),
    ],
    signs: [
      { term: '.', text: 'geheim: 1 oder 2 Fälle' },
      { term: '–', text: 'nichts vorhanden' },
      { term: 'x', text: 'keine Note ohne alle Bestandteile' },
      uncertainSign('bewertete Fälle'),
    ],
  }
}

export const rankingFinding = ({ rows }: ProviderRankingAnswer): string => {
  const ranked = rows.filter(({ rank }) => rank !== null)
  const [first, second] = ranked
  if (!first)
    return rows.length === 0
      ? 'Zu dieser Hilfeart ist kein Anbieter bewertet.'
      : 'Noch hat kein Anbieter genug bewertete Fälle für einen Rang.'
  const unranked = rows.length - ranked.length
  const count = `${ranked.length === 1 ? 'Ein Anbieter steht' : `${ranked.length} Anbieter stehen`} im Rang${unranked > 0 ? `, ${unranked} ohne` : ''}.`
  if (!second) return count
  const lead = second.rank === 1 ? 'Vorn liegen mehrere gleichauf' : `Vorn liegt ${first.name}`
  return `${count} ${lead} mit der Note ${numberText(first.score!, grade)}; 1 ist die beste.`
}

const or = (value: number | null, sign: string, format: Format, uncertain = false): ReportCell =>
  value === null ? sign : { value, format, uncertain }

/** Secret where the number of cases is, else nothing there. */
const missing = (cases: number | null) => (cases === null ? '.' : '–')

const rankingTable = ({ rows, weights, minimum_cases }: ProviderRankingAnswer): ReportTable => {
  const weight = (of: keyof typeof weights) => `${numberText(weights[of], whole)}\u00a0%`
  const cells = (row: Ranked): ReportCell[] => [
    or(row.rank, '–', whole),
    or(row.score, 'x', grade, row.rated_cases === null || row.rated_cases < fewCases),
    or(row.structure, missing(row.rated_cases), grade),
    or(row.process, missing(row.rated_cases), grade),
    or(row.duration_ratio, missing(row.ended_cases), share),
    or(row.duration_grade, missing(row.ended_cases), grade),
    or(row.costs_ratio, missing(row.ended_cases), share),
    or(row.costs_grade, missing(row.ended_cases), grade),
    or(row.rated_cases, '.', whole),
    or(row.ended_cases, '.', whole),
  ]
  const reasons = { few_cases: `weniger als ${minimum_cases} bewertete Fälle`, missing_component: 'ein Bestandteil fehlt' }
  return {
    name: 'Trägerranking',
    caption: 'Anbieter nach Rang mit Note und ihren vier Bestandteilen; Dauer und Kosten auch als Anteil am Vereinbarten in %',
    stub: ['Anbieter', 'Ohne Rang, weil'],
    heads: [
      { text: 'Rang', period: '' },
      { text: 'Note', period: '1 bis 5' },
      { text: 'Struktur', period: weight('structure') },
      { text: 'Prozess', period: weight('process') },
      { text: 'Dauer', period: 'Anteil' },
      { text: 'Dauer, Note', period: weight('duration') },
      { text: 'Kosten', period: 'Anteil' },
      { text: 'Kosten, Note', period: weight('costs') },
      { text: 'Bewertete Fälle', period: '' },
      { text: 'Beendete Fälle', period: '' },
    ],
    rows: rows.map((row) => ({ names: [row.name, row.reason ? reasons[row.reason] : ''], cells: cells(row) })),
  }
}

const rankingTerms = ({ minimum_cases }: ProviderRankingAnswer): Term[] => [
  { term: 'Struktur', text: 'Güte von Einrichtung und Leistung, bewertet vom Jugendamt; Mittel über die Fälle.' },
  { term: 'Prozess', text: 'Zielerreichung, bewertet von allen Beteiligten bei jeder Fortschreibung des Hilfeplans.' },
  {
    term: 'Dauer, Kosten',
    text: 'Ist durch Vereinbarung der beendeten Hilfen ohne Abbrüche. Note: 3 + Abstand vom Mittel der Anbieter in Standardabweichungen.',
  },
  { term: 'Note', text: 'Summe der Bestandteile mal ihrem Gewicht, geteilt durch die Summe der Gewichte. 1 bis 5, 1 ist am besten.' },
  { term: 'Ohne Rang', text: `Weniger als ${minimum_cases} bewertete Fälle, oder ein Bestandteil fehlt.` },
  { term: 'Rechtsgrundlage', text: '§§ 5, 36, 78b SGB VIII. Das Wunsch- und Wahlrecht bleibt unberührt.' },
  { term: 'Quelle', text: 'SoJuS, Bewertungen, Buchungen, Rechnungen' },
]
