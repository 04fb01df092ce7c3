import { authoritiesIn, ownArea } from '../../warehouse/directory.ts'
import { structureDimensions } from '../../warehouse/structure.ts'
import { keyFigureByName, type KeyFigure } from '../../warehouse/key-figures.ts'
import { monthText as monthKey, monthOf } from '../../warehouse/month.ts'
import type { StructureDimension } from '../../warehouse/structure.ts'
import type { EvaluationAnswer, SinceAnswer } from '../answers.ts'
import { periodOf } from '../view.ts'
import { readersText, type ReportContext } from './comparison.ts'
import { areaText, kindText } from './finding.ts'
import { changeFormat, figureFormat, instantText, monthRangeText, monthText, rateUnitOf, unitText } from './format.ts'
import { laterTable, type LaterValue, type Since } from './later.ts'
import { addressTerms, type Report, type ReportCell, type ReportTable, signs, type Term } from './report.ts'
import { againstTexts, changeWord, definition, periodText } from './side-by-side.ts'

type Dimension = EvaluationAnswer['row_dimensions'][number]

const dimensionTexts: Record<Dimension, { head: string; dative: string }> = {
  region: { head: 'Örtlicher Träger', dative: 'örtlichem Träger' },
  state: { head: 'Land', dative: 'Land' },
  group: { head: 'Vergleichsgruppe', dative: 'Vergleichsgruppe' },
  form: { head: 'Form der Hilfe', dative: 'Form der Hilfe' },
  service_kind: { head: 'Hilfeart', dative: 'Hilfeart' },
  specialisation: { head: 'Spezialisierung', dative: 'Spezialisierung' },
  period: { head: 'Zeitraum', dative: 'Zeitraum' },
  age_group: { head: 'Alter bei Beginn', dative: 'Alter bei Beginn' },
  sex: { head: 'Geschlecht', dative: 'Geschlecht' },
  provider: { head: 'Anbieter', dative: 'Anbieter' },
  end_reason: { head: 'Grund der Beendigung', dative: 'Grund der Beendigung' },
  decline_reason: { head: 'Grund der Ablehnung', dative: 'Grund der Ablehnung' },
  dearer_reason: { head: 'Grund der teureren Wahl', dative: 'Grund der teureren Wahl' },
}

const grainTexts: Record<EvaluationAnswer['grain'], string> = { month: 'Monat', quarter: 'Quartal', year: 'Jahr' }
const listText = (texts: string[]) => (texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} und ${texts.at(-1)}`)

/** "Fallzahl und Abbruchquote nach örtlichem Träger und Monat". */
export const describedText = (figures: Pick<KeyFigure, 'label'>[], dimensions: Dimension[], grain: EvaluationAnswer['grain']) => {
  const told = dimensions.map((name) => (name === 'period' ? grainTexts[grain] : dimensionTexts[name].dative))
  return `${listText(figures.map(({ label }) => label))} nach ${listText(told)}`
}

/** "Geschlecht „weiblich“": the one class that is chosen. */
export const classText = (name: StructureDimension, label: string) => `${dimensionTexts[name].head} „${label}“`

const totalsTexts: Record<EvaluationAnswer['figures'][number]['totals'], string> = {
  sum: 'Summe der Monate',
  mean: 'Monatsdurchschnitt',
  quotient: 'Quote des Zeitraums',
  last: 'Stand am Ende',
}

/** Of one authority alone, whatever the figure. */
const ownTotals = 'über alle eigenen Fälle gerechnet, nicht aus den einzelnen Zeilen'

/** The pivot table as it was asked. */
export const evaluationReport = (
  answer: EvaluationAnswer,
  drawing: Report['drawing'],
  context: ReportContext,
  since: Since | null,
): Report => {
  const figures = answer.figures.map(({ figure }) => keyFigureByName.get(figure)!)
  const { directory } = context
  const used = [...answer.row_dimensions, ...(answer.column_dimension ? [answer.column_dimension] : [])]
  const last = answer.running_month ?? answer.to
  const period = `${answer.from === last ? '' : `${monthText(answer.from)} bis `}${monthText(last)}${answer.running_month ? ' (läuft)' : ''}`
  const kinds = directory.service_kinds.filter(({ code }) => answer.service_kinds.includes(code)).map(kindText)
  const special = directory.specialisations.find(({ code }) => code === answer.specialisation)
  const chosen = structureDimensions.flatMap((name) => {
    const member = answer.members[name]?.find(({ key }) => key === answer[name])
    return member ? [{ name, label: member.label }] : []
  })
  const filters: Term[] = [
    { term: 'Hilfearten', text: kinds.length > 0 ? kinds.join('; ') : 'alle' },
    ...(special ? [{ term: 'Spezialisierung', text: special.label }] : []),
    ...chosen.map(({ name, label }) => ({ term: dimensionTexts[name].head, text: label })),
    ...(answer.hidden_rows > 0 ? [{ term: 'Leere Zeilen', text: `${answer.hidden_rows} ausgeblendet: Darin ist nichts vorhanden.` }] : []),
    ...(answer.against ? [{ term: 'Vergleich', text: comparedText(answer, answer.against) }] : []),
    ...answer.figures.map(({ totals, until }, i) => ({
      term: `${figures[i]!.label}, mehrere Monate`,
      text: `${totalsTexts[totals]}${until ? `, gezählt bis ${monthText(until)}` : ''}`,
    })),
  ]
  const isOfStructure = !answer.authority && structureDimensions.some((name) => used.includes(name) || answer[name] !== null)
  const narrowed = chosen.map(({ name, label }) => `, ${classText(name, label)}`).join('')
  const authorities = authoritiesIn(directory, answer.authority ? ownArea(answer.authority.id) : answer.area)
  const protection = answer.authority
    ? 'nur die eigenen Fälle, keiner geheim gehalten'
    : 'Summen sind die aller Fälle, geheime eingeschlossen'
  const shown = table(answer, figures, context)
  return {
    title: describedText(figures, used, answer.grain),
    area: answer.authority?.name ?? areaText(answer.area, directory),
    period,
    finding: `${kinds.length === 0 ? 'Alle Hilfearten' : kinds.length === 1 ? kinds[0] : `${kinds.length} Hilfearten`}${special ? `, ${special.label}` : ''}${narrowed}; ${protection}${used.includes('group') ? '; die von Vergleichsgruppen sind geheim, wo ein Wert darin es ist' : ''}${isOfStructure ? '; Zwischensummen sind geheim, wo ein Wert darin es ist' : ''}${used.includes('specialisation') ? '; eine Hilfe zählt bei jeder Spezialisierung, die sie braucht' : ''}${answer.against ? `; verglichen mit: ${againstTexts[answer.against]}` : ''}.`,
    data_as_of: answer.data_as_of,
    readers: readersText(figures, authorities, context),
    address: context.address,
    table: shown,
    drawing,
    curves: null,
    later: since === null ? null : laterTable(since, [shown.stub.join(' · '), 'Wert'], laterValues(answer, shown, context)),
    sheets: [],
    definition: [
      ...figures.map((figure) => definition(answer.authority ? { ...figure, totals: ownTotals } : figure)),
      ...filters,
      { term: 'Stand der Daten', text: instantText(answer.data_as_of) },
      ...addressTerms(context.address),
    ],
    signs,
  }
}

/** " (läuft)", or " (nur Okt. 2026)" where that is so of all figures; nothing of what is over. */
export const runsText = (key: string, { figures, running_month, grain }: Pick<EvaluationAnswer, 'figures' | 'running_month' | 'grain'>) => {
  const { first, last } = periodOf(key)
  if (running_month === null) return ''
  const running = monthOf(running_month)
  if (running < first || running > last) return ''
  const [until, ...others] = new Set(figures.map((figure) => figure.until!))
  const isTold = grain !== 'month' && until !== undefined && others.length === 0 && monthOf(until) >= first
  return isTold ? ` (nur ${monthRangeText(monthKey(first), until)})` : ' (läuft)'
}

const comparedText = ({ figures, authority }: EvaluationAnswer, against: NonNullable<EvaluationAnswer['against']>) =>
  `${againstTexts[against]}${authority ? '' : '; geheim, wo einer der beiden Werte es ist'}${figures.some(({ unit }) => unit === 'ratio') ? `; ${changeWord(against)} von Quoten in Prozentpunkten` : ''}`

/** What rates are paid by: the day, unless kinds paid by the hour are chosen or told apart. */
const perOf = ({ row_dimensions, column_dimension, service_kinds }: EvaluationAnswer, directory: ReportContext['directory']) => {
  const apart = [...row_dimensions, column_dimension].some((name) => name === 'service_kind' || name === 'form')
  const told = directory.service_kinds.filter(({ code }) => (service_kinds.length === 0 ? apart : service_kinds.includes(code)))
  return rateUnitOf(told)
}

/** Means of several months have a digit more. */
const formatOf = (answer: EvaluationAnswer, keys: (string | null)[], { key, figure }: EvaluationAnswer['columns'][number]) => {
  const of = answer.figures.find((each) => each.figure === figure)!
  const periodAt = answer.row_dimensions.indexOf('period')
  const period = periodAt >= 0 ? keys[periodAt]! : answer.column_dimension === 'period' ? key : null
  const averaged = answer.grain !== 'month' || (period === null && answer.from !== answer.to)
  return figureFormat(of, of.totals === 'mean' && averaged)
}

/** By the names of the table. */
const laterValues = (answer: EvaluationAnswer, { heads }: ReportTable, context: ReportContext) => {
  const keyOf = (keys: (string | null)[]) => JSON.stringify(keys)
  const nameOf = namesIn(answer, context)
  const places = new Map(answer.columns.map(({ key, figure }, at) => [keyOf([key, figure]), at]))
  return (changes: SinceAnswer['changes']) =>
    changes.flatMap(({ keys, column: key, figure, part, was, is }): LaterValue[] => {
      const at = places.get(keyOf([key, figure]))
      if (at === undefined) return []
      const row = keys.map((each, place) => nameOf(answer.row_dimensions[place]!, each)).join(' · ')
      const { text, period } = heads[answer.against ? 3 * at : at]!
      const column = [text, period, ...(part === 'reference' ? [againstTexts[answer.against!]] : [])].filter(Boolean).join(', ')
      return [{ row, column, was, is, format: formatOf(answer, keys, { key, figure }) }]
    })
}

/** What the classes of the table are called. */
const namesIn = (answer: EvaluationAnswer, { directory }: ReportContext) => {
  const kinds = new Map(directory.service_kinds.map((kind) => [kind.code, kindText(kind)]))
  const names = new Map(Object.entries(answer.members).flatMap(([name, list]) => list.map(({ key, label }) => [`${name} ${key}`, label])))
  const allKinds = answer.service_kinds.length > 0 ? 'Gewählte Hilfearten' : 'Alle Hilfearten'
  const totals: Record<Dimension, string> = {
    region: 'Summe',
    state: 'Summe',
    group: 'Alle örtlichen Träger',
    form: allKinds,
    service_kind: allKinds,
    specialisation: 'Alle Spezialisierungen',
    period: 'Gesamter Zeitraum',
    age_group: 'Alle Altersgruppen',
    sex: 'Alle Geschlechter',
    provider: 'Alle Anbieter',
    end_reason: 'Alle Gründe',
    decline_reason: 'Alle Gründe',
    dearer_reason: 'Alle Gründe',
  }
  return (dimension: Dimension, key: string | null, told = answer.figures) => {
    if (key === null) return totals[dimension]
    if (dimension === 'period') return `${periodText(key)}${runsText(key, { ...answer, figures: told })}`
    return (dimension === 'service_kind' ? kinds.get(key) : names.get(`${dimension} ${key}`)) ?? key
  }
}

const table = (answer: EvaluationAnswer, figures: KeyFigure[], context: ReportContext): ReportTable => {
  const { row_dimensions, column_dimension, against } = answer
  const nameOf = namesIn(answer, context)
  const per = perOf(answer, context.directory)
  return {
    name: 'Auswertung',
    caption: describedText(figures, row_dimensions, answer.grain),
    stub: row_dimensions.map((name) => dimensionTexts[name].head),
    together: against ? 3 : answer.figures.length,
    heads: answer.columns.flatMap(({ key, figure }) => {
      const { label, unit } = keyFigureByName.get(figure)!
      const told = answer.figures.filter((each) => each.figure === figure)
      const period = column_dimension ? nameOf(column_dimension, key, told) : ''
      const value = { text: `${label}, ${unitText(unit, per)}`, period }
      if (!against) return [value]
      const change = `${changeWord(against)} in\u00a0${unit === 'ratio' ? 'Prozentpunkten' : '%'}`
      return [value, { text: againstTexts[against], period }, { text: change, period }]
    }),
    rows: answer.rows.map(({ keys, compared, ...own }) => ({
      names: keys.map((key, at) => nameOf(row_dimensions[at]!, key)),
      cells: answer.columns.flatMap(({ key, figure }, at) => {
        const format = formatOf(answer, keys, { key, figure })
        const cell = ({ values, signs: missing }: Pick<typeof own, 'values' | 'signs'>, as = format): ReportCell => {
          const value = values[at] ?? null
          return value === null ? (missing[at] ?? '–') : { value, format: as }
        }
        return compared ? [cell(own), cell(compared.references), cell(compared.changes, changeFormat)] : [cell(own)]
      }),
      ...(keys.includes(null) && { total: true }),
    })),
  }
}
