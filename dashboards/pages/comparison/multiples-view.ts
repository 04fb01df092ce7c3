import { html, nothing } from 'lit'
import type { Trend } from '../../client.ts'
import type { ChartView } from '../../elements/chart-figure.ts'
import { monthText } from '../../format.ts'
import { type ChartContext, chartRows, commonView, formatOf, regionPick } from './chart-context.ts'
import { drawnTrend, hasValues, isRunning, noValues, trendSubtitle, trendTwin } from './trend-view.ts'

const titleOf = ({ rows, months, weighted_average }: Trend) => {
  const average = weighted_average.values.at(-1) ?? null
  const last = rows.flatMap(({ values }) => values.at(-1) ?? [])
  const month = months.at(-1)
  if (average === null || month === undefined || last.length === 0) return 'Verlauf je Träger'
  const above = last.filter((value) => value > average).length
  return `${above} von ${last.length} Trägern ${above === 1 ? 'liegt' : 'liegen'} im ${monthText(month)} über dem gewichteten Durchschnitt`
}

/** The highlighted is always among those shown. */
export const shownPanels = <Row extends { id: string }>(rows: Row[], highlighted: string, most: number): Row[] => {
  const first = rows.slice(0, most)
  const missing = rows.slice(most).find(({ id }) => id === highlighted)
  return missing ? [...first.slice(0, -1), missing] : first
}

export const multiplesView = (context: ChartContext): ChartView => {
  const { highlighted, allPanels, screenful, look } = context
  const trend = drawnTrend(context)
  const format = formatOf(context)
  const title = titleOf(trend)
  const shown = allPanels ? trend.rows : shownPanels(trend.rows, highlighted, screenful)
  const ids = new Set(shown.map(({ id }) => id))
  const folds = trend.rows.length > screenful
  const toggle = () => look({ panels: allPanels ? undefined : 'all' })
  return {
    ...commonView(context, 'multiples'),
    title,
    subtitle: `${trendSubtitle(context, trend)} Alle auf derselben Skala; gestrichelt: gewichteter Durchschnitt.`,
    missing: hasValues(trend) ? undefined : noValues,
    reserve: 'chart',
    draw: async (canvas) => {
      const { multiplesChart } = await import('../../charts/multiples.ts')
      const { months, weighted_average } = trend
      return multiplesChart(shown, { ...canvas, highlighted, format, title, months, weighted_average, running: isRunning(trend) })
    },
    below: folds
      ? html`<p class="sj-meta sj-no-print">
          ${shown.length} von ${trend.rows.length} Trägern.
          <button type="button" class="sj-link" @click=${toggle}>${allPanels ? 'Weniger zeigen' : 'Alle zeigen'}</button>
        </p>`
      : nothing,
    twin: trendTwin(trend, format),
    pick: regionPick(
      context,
      chartRows(context).filter(({ id }) => ids.has(id)),
    ),
  }
}
