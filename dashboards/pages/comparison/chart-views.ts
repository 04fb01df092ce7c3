import { html, nothing } from 'lit'
import type { ChartView } from '../../elements/chart-figure.ts'
import type { Selection } from '../../selection.ts'
import { isShareOfCases } from '../../uncertainty.ts'
import { ageSexView, isToldByAge } from './age-sex-view.ts'
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
  age_sex: ageSexView,
}
export const chartView = (kind: ChartKind, context: ChartContext) => views[kind](context)

/** Drawings that make sense of some figures only, or of some areas. */
const onlyFor: Partial<Record<ChartKind, (selection: Selection) => boolean>> = {
  funnel: ({ figure }) => isShareOfCases(figure),
  distribution: ({ figure }) => isDistributed(figure),
  age_sex: isToldByAge,
}

/** One of several drawings of the same answer; undefined stands for the first. Ages and sexes are for those who evaluate. */
export const chartSwitch = (
  chosen: ChartKind,
  selection: Selection | undefined,
  evaluates: boolean,
  choose: (kind: ChartKind | undefined) => void,
) => {
  if (!selection) return nothing
  const offered = (Object.keys(chartKinds) as ChartKind[]).filter(
    (kind) => kind === chosen || !onlyFor[kind] || (onlyFor[kind](selection) && (kind !== 'age_sex' || evaluates)),
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
