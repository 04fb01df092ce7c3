import { html, nothing } from 'lit'
import type { KeyFigure } from '../../client.ts'
import type { ChartView } from '../../elements/chart-figure.ts'
import type { Selection } from '../../selection.ts'
import { isShareOfCases } from '../../uncertainty.ts'
import { type ChartContext, type ChartKind, chartKinds } from './chart-context.ts'
import { distributionView, isDistributed } from './distribution-view.ts'
import { dotsView } from './dots-view.ts'
import { funnelView } from './funnel-view.ts'
import { mapView } from './map-view.ts'
import { multiplesView } from './multiples-view.ts'
import { trendView } from './trend-view.ts'

const views: Record<ChartKind, (context: ChartContext) => ChartView> = {
  trend: trendView,
  map: mapView,
  dots: dotsView,
  distribution: distributionView,
  funnel: funnelView,
  multiples: multiplesView,
}
export const chartView = (kind: ChartKind, context: ChartContext) => views[kind](context)

/** Drawings that make sense of some figures only. */
const onlyFor: Partial<Record<ChartKind, (figure: KeyFigure) => boolean>> = { funnel: isShareOfCases, distribution: isDistributed }

/** One of several drawings of the same answer; undefined stands for the first. */
export const chartSwitch = (chosen: ChartKind, selection: Selection | undefined, choose: (kind: ChartKind | undefined) => void) => {
  if (!selection) return nothing
  const offered = (Object.keys(chartKinds) as ChartKind[]).filter(
    (kind) => kind === chosen || !onlyFor[kind] || onlyFor[kind](selection.figure),
  )
  return html`
    <div class="sj-switch sj-no-print" role="group" aria-labelledby="darstellung">
      <span id="darstellung">Darstellung</span>
      ${offered.map(
        (kind) => html`
          <button
            type="button"
            aria-pressed=${kind === chosen ? 'true' : 'false'}
            @click=${() => choose(kind === 'trend' ? undefined : kind)}
          >
            ${chartKinds[kind]}
          </button>
        `,
      )}
    </div>
  `
}
