import { html } from 'lit'
import type { AgeSexRow } from '../../charts/age-sex.ts'
import type { Evaluation, EvaluationDefinition } from '../../client.ts'
import type { ChartView, Missing } from '../../elements/chart-figure.ts'
import { twinValue } from '../../elements/table-twin.ts'
import { dateText, labelText, monthText, noBreakSpace, percentText, yearOf } from '../../format.ts'
import { evaluationPath } from '../../route.ts'
import { monthBefore, type Selection } from '../../selection.ts'
import { filterText } from '../../sentence.ts'
import { type ChartContext, commonView, fewValues } from './chart-context.ts'

const figures = ['case_stock', 'cases_begun', 'cases_ended', 'dropouts']

/** Ages and sexes are told of a state, of all specialisations together, and of some figures. */
export const isToldByAge = ({ figure, area, specialisation }: Pick<Selection, 'figure' | 'area' | 'specialisation'>) =>
  figures.includes(figure.name) && /^[A-Z]{2}$/.test(area.code) && specialisation === null

/** The year of the month chosen, by ages down and sexes across. */
export const ageSexDefinition = ({ figure, service_kind, area, month }: Selection, as_of: string | undefined): EvaluationDefinition => ({
  figures: figure.name,
  rows: 'age_group',
  columns: 'sex',
  area: area.code,
  ...(service_kind ? { service_kinds: service_kind.code } : {}),
  from: `${yearOf(month)}-01`,
  to: month,
  grain: 'year',
  ...(as_of ? { as_of } : {}),
})

/** The oldest first. */
export const ageSexRows = ({ rows, columns, members }: Evaluation): AgeSexRow[] => {
  const at = new Map(columns.map(({ key }, column) => [key, column]))
  const ages = new Map(members.age_group?.map((age) => [age.key, age]))
  return rows
    .flatMap(({ keys, values, signs }) => {
      const age = ages.get(keys[0] ?? '')
      const cellOf = (sex: string | null) => {
        const column = at.get(sex)!
        return { value: values[column] ?? null, sign: signs[column] ?? null }
      }
      return age
        ? [{ id: age.key, age: age.short, label: age.label, w: cellOf('w'), m: cellOf('m'), d: cellOf('d'), all: cellOf(null) }]
        : []
    })
    .toReversed()
}

const sides = ['w', 'm'] as const

/** Per 10,000 inhabitants of that age and sex; the oldest are no group of the population. */
const rateOf = ({ inhabitants }: Evaluation, row: AgeSexRow, sex: 'w' | 'm') => {
  const behind = inhabitants.find((each) => each.age_group === row.id && each.sex === sex)
  const { value, sign } = row[sex]
  const rate = value === null || !behind ? null : (value * 10_000) / behind.inhabitants
  return twinValue(rate, value === null ? sign : 'x', { unit: 'per_10000', digits: 1 })
}

const sexWords = { w: 'weiblich', m: 'männlich' } as const

const largestOf = (rows: AgeSexRow[]) =>
  rows
    .flatMap(({ label, w, m }) => [
      { label, sex: sexWords.w, value: w.value ?? 0 },
      { label, sex: sexWords.m, value: m.value ?? 0 },
    ])
    .toSorted((a, b) => b.value - a.value)[0]

/** The girls and women among those whose sex and age are told. */
const shareText = (rows: AgeSexRow[]) => {
  const told = rows.filter(({ w, m }) => w.value !== null && m.value !== null)
  const sum = (sex: 'w' | 'm') => told.reduce((total, row) => total + row[sex].value!, 0)
  const [female, male] = [sum('w'), sum('m')]
  if (female + male === 0) return undefined
  const which = told.length === rows.length ? '' : ' in den Altersgruppen ohne geheime Werte'
  return `${percentText(female / (female + male), 0)} sind weiblich, ${percentText(male / (female + male), 0)} männlich${which}.`
}

/** The stock of the year: of its last day, or of the last complete month. */
const momentText = ({ selection: { figure, month }, running }: ChartContext) => {
  const year = yearOf(month)
  if (figure.flow) return `Jahr ${year}`
  return `Ende ${year < yearOf(running) ? year : monthText(monthBefore(running))}`
}

/** Why nothing is told, with the way to what is. */
const missingOf = ({ selection, hrefOf }: ChartContext): Missing => {
  const { figure, area, specialisation } = selection
  if (!figures.includes(figure.name))
    return {
      why: 'Alter und Geschlecht gibt es für Bestand, begonnene und beendete Hilfen und Abbrüche.',
      instead: { href: hrefOf({ figure: 'case_stock', sort: undefined, cell: undefined }), text: 'Bestand am Monatsende zeigen' },
    }
  if (specialisation)
    return {
      why: 'Alter und Geschlecht gibt es nur für alle Spezialisierungen zusammen.',
      instead: { href: hrefOf({ specialisation: undefined }), text: 'Alle Spezialisierungen zeigen' },
    }
  return { why: `Alter und Geschlecht gibt es nur für ein Land insgesamt, nicht für ${area.name}.` }
}

const stillRuns = ({ selection: { month: chosen }, hrefOf }: ChartContext): Missing => {
  const year = Number(yearOf(chosen))
  const month = `${year - 1}-12`
  return {
    why: `Das Jahr ${year} ist noch nicht zu Ende: Erst dann stehen seine Zahlen nach Alter und Geschlecht fest.`,
    instead: { href: hrefOf({ month, cell: undefined }), text: `${monthText(month)} zeigen` },
  }
}

export const ageSexView = (context: ChartContext): ChartView => {
  const { selection, ageSex } = context
  const common = { ...commonView(context, 'age_sex'), reserve: 'chart' as const }
  const title = `${selection.figure.label} nach Alter und Geschlecht`
  if (!ageSex) {
    const nothing = () => Promise.reject(new Error('there is nothing to draw'))
    return {
      ...common,
      title,
      subtitle: `${selection.figure.label} ${filterText(selection)}.`,
      missing: missingOf(context),
      draw: nothing,
      twin: { heads: [], rows: [] },
    }
  }
  const { unit, digits } = ageSex.figures[0]!
  const format = { unit, digits }
  const rows = ageSexRows(ageSex)
  const cells = rows.flatMap(({ w, m }) => [w, m])
  const largest = largestOf(rows)
  const secret = cells.filter(({ sign }) => sign === '.').length
  const perInhabitant = ageSex.inhabitants.length > 0
  const isDrawn = largest !== undefined && largest.value > 0
  const later = cells.every(({ sign }) => sign === '…')
  const definition = new URLSearchParams(Object.entries(ageSexDefinition(selection, ageSex.as_of ?? undefined)))
  return {
    ...common,
    source: perInhabitant
      ? `${selection.figure.source}; Bevölkerung am ${dateText(ageSex.population_date!)}: Destatis`
      : selection.figure.source,
    title: isDrawn ? `Die meisten: ${largest.label}, ${largest.sex} (${labelText(largest.value, format)})` : title,
    subtitle: `${selection.figure.label} ${filterText(selection)}, ${selection.area.name}, ${momentText(context)}, nach dem Alter bei Beginn der Hilfe.${
      secret === 0 ? '' : secret === 1 ? ' Ein Wert ist geheim.' : ` ${secret} Werte sind geheim.`
    }`,
    summary: isDrawn ? shareText(rows) : undefined,
    missing: later ? stillRuns(context) : isDrawn ? undefined : fewValues,
    draw: async (canvas) => {
      const { ageSexChart } = await import('../../charts/age-sex.ts')
      return ageSexChart(rows, { ...canvas, format, title })
    },
    below: later
      ? undefined
      : html`<p class="sj-meta sj-no-print">
          <a class="sj-link" href=${`${evaluationPath}?${definition.toString().replaceAll('%2C', ',')}`}
            >Als Auswertung${noBreakSpace}öffnen</a
          >
        </p>`,
    twin: {
      heads: [
        'Alter bei Beginn',
        'weiblich',
        'männlich',
        'divers',
        'alle',
        ...(perInhabitant ? sides.map((sex) => `je 10.000 ${sexWords[sex]}`) : []),
      ],
      rows: rows.map((row) => ({
        head: row.label,
        cells: [
          ...[row.w, row.m, row.d, row.all].map(({ value, sign }) => twinValue(value, sign, format)),
          ...(perInhabitant ? sides.map((sex) => rateOf(ageSex, row, sex)) : []),
        ],
      })),
    },
  }
}
