import type { ChartView, Missing } from '../../elements/chart-figure.ts'
import { twinValue } from '../../elements/table-twin.ts'
import { cellText, labelText, numberText } from '../../format.ts'
import { controlLimits, isShareOfCases } from '../../uncertainty.ts'
import {
  byChanceText,
  type ChartContext,
  chartRows,
  commonView,
  fewValues,
  formatOf,
  isOpen,
  listText,
  monthSubtitle,
  type OpenRow,
  regionPick,
  toldName,
  unitHead,
} from './chart-context.ts'

type Placed = OpenRow & { cases: number; outside: 'no' | '95' | '99.8'; above: boolean }

/** The share of all together; where that is secret, of those with an open value. */
export const centreOf = (context: ChartContext) => {
  const { current } = context.answer.total
  if (current !== null) return current
  const open = chartRows(context).filter(isOpen)
  const cases = open.reduce((sum, row) => sum + (row.cases ?? 0), 0)
  return cases === 0 ? 0 : open.reduce((sum, row) => sum + row.value * (row.cases ?? 0), 0) / cases
}

/** Which regions lie outside of what chance alone explains around the share of all together. */
export const placeInFunnel = (context: ChartContext, centre: number): Placed[] =>
  chartRows(context).flatMap((row) => {
    if (!isOpen(row) || !row.cases) return []
    const beyond = (confidence: 95 | 99.8) => {
      const { from, to } = controlLimits(centre, row.cases!, confidence)
      return row.value < from || row.value > to
    }
    return [{ ...row, cases: row.cases, outside: beyond(99.8) ? '99.8' : beyond(95) ? '95' : 'no', above: row.value > centre }]
  })

const titleOf = (rows: Placed[]) => {
  const outside = rows.filter((row) => row.outside !== 'no').length
  if (outside === 0) return `Alle ${rows.length} Träger liegen innerhalb der 95-%-Grenzen`
  return `${outside} von ${rows.length} Trägern ${outside === 1 ? 'liegt' : 'liegen'} außerhalb der 95-%-Grenzen`
}

const summaryOf = (rows: Placed[], centreText: string) => {
  const named = (wanted: (row: Placed) => boolean) => listText(rows.filter(wanted).map(toldName))
  const [above, below] = [true, false].map((side) => named((row) => row.outside !== 'no' && row.above === side))
  const far = named(({ outside }) => outside === '99.8')
  const found = [
    above ? `Über den 95-%-Grenzen: ${above}.` : '',
    below ? `Unter den 95-%-Grenzen: ${below}.` : '',
    far ? `Auch außerhalb der 99,8-%-Grenzen: ${far}.` : '',
    above || below ? '' : 'Alle Abstände können Zufall sein.',
  ]
  return `${centreText}. ${found.filter((sentence) => sentence !== '').join(' ')}${byChanceText(rows.length)}`
}

const missingOf = (context: ChartContext, rows: Placed[]): Missing | undefined => {
  const { selection, hrefOf } = context
  if (!isShareOfCases(selection.figure)) {
    const instead = { href: hrefOf({ figure: 'dropout_rate' }), text: 'Abbruchquote zeigen' }
    return { why: 'Den Trichter gibt es nur für Anteile an Fällen.', instead }
  }
  return rows.length < 3 ? fewValues : undefined
}

export const funnelView = (context: ChartContext): ChartView => {
  const { selection, answer, highlighted } = context
  const format = formatOf(context)
  const centre = centreOf(context)
  const whole = answer.total.current !== null
  const rows = isShareOfCases(selection.figure) ? placeInFunnel(context, centre) : []
  const missing = missingOf(context, rows)
  const title = missing ? selection.figure.label : titleOf(rows)
  const outsideTexts = { no: 'innerhalb', '95': 'außerhalb der 95-%-Grenzen', '99.8': 'außerhalb der 99,8-%-Grenzen' }
  return {
    ...commonView(context, 'funnel'),
    title,
    subtitle: `${monthSubtitle(context)} Gestrichelt: worin der Wert bei so vielen Fällen durch Zufall liegt.`,
    summary: missing
      ? undefined
      : summaryOf(rows, `${whole ? 'Gesamt' : 'Alle offenen Werte zusammen, ohne die geheimen,'} ${labelText(centre, format)}`),
    missing,
    reserve: 'chart',
    draw: async (canvas) => {
      const { funnelChart } = await import('../../charts/funnel.ts')
      const drawn = rows.map(({ id, region, value, cases, outside }) => ({ id, region, value, cases, outside: outside !== 'no' }))
      return funnelChart(drawn, { ...canvas, highlighted, format, title, centre, centreName: whole ? 'gesamt' : 'offene' })
    },
    twin: {
      heads: ['Örtlicher Träger', unitHead(context), 'Fälle dahinter', '95-%-Grenzen', 'Lage'],
      rows: rows.map(({ name, value, sign, cases, outside }) => {
        const { from, to } = controlLimits(centre, cases, 95)
        const limits = `${cellText(from, format)} bis ${cellText(to, format)}`
        return { head: name, cells: [twinValue(value, sign, format), numberText(cases), limits, outsideTexts[outside]] }
      }),
    },
    pick: regionPick(context, rows),
  }
}
