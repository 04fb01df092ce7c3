// The choice of a past state: which there are, and that a view is of one.
import { html, nothing } from 'lit'
import type { Catalogue, PublishedView } from '../client.ts'
import { dateText, minuteText, monthText } from '../format.ts'
import { monthAfter } from '../selection.ts'
import { type Filter, pendingFilter } from './filter-bar.ts'

export type Moments = { month_ends: Catalogue['month_ends']; published: PublishedView[] }

const lastDay = (month: string) => {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return dateText(new Date(Date.UTC(year, number, 0)).toISOString())
}

const isMonth = (as_of: string) => as_of.length === 7

export const momentText = (as_of: string, { published }: Moments): string => {
  if (isMonth(as_of)) return `Ende ${monthText(as_of)} (${lastDay(as_of)})`
  const view = published.find(({ id }) => id === as_of)
  return view ? `${minuteText(view.data_as_of)}: ${view.title}` : 'Festgehaltener Stand'
}

const listedIn = ({ month_ends, published }: Moments) => [...month_ends, ...published.map(({ id }) => id)]

/** No choice where there is but one state, which is known with the catalogue. */
export const momentFilter = (moments: Moments | undefined, as_of: string | undefined): Filter[] => {
  if (!moments) return [pendingFilter('as_of', 'Stand')]
  if (moments.month_ends.length === 0 && moments.published.length === 0 && as_of === undefined) return []
  const option = (value: string) => ({ value, label: momentText(value, moments) })
  return [
    {
      name: 'as_of',
      label: 'Stand',
      value: as_of ?? '',
      options: [
        { value: '', label: 'Aktuell' },
        ...(as_of !== undefined && !listedIn(moments).includes(as_of) ? [option(as_of)] : []),
        ...(moments.month_ends.length > 0 ? [{ label: 'Monatsenden', options: moments.month_ends.map(option) }] : []),
        ...(moments.published.length > 0 ? [{ label: 'Festgehalten', options: moments.published.map(({ id }) => option(id)) }] : []),
      ],
    },
  ]
}

/** Says that the values are those of another time. */
export const momentNotice = (as_of: string | undefined, moments: Moments | undefined, current: () => void) =>
  as_of === undefined || !moments
    ? nothing
    : html`<p class="sj-notice">
        ${listedIn(moments).includes(as_of) ? `Stand ${momentText(as_of, moments)}. Diese Werte ändern sich nicht mehr.` : 'Ein früherer Stand.'}
        <button type="button" class="sj-link sj-no-print" @click=${current}>Aktuelle Werte zeigen</button>
      </p>`

/** The catalogue with the months that had begun at the moment. */
export const catalogueThen = (catalogue: Catalogue, as_of: string | undefined, published: PublishedView[] = []): Catalogue => {
  if (as_of === undefined) return catalogue
  const then = isMonth(as_of) ? as_of : published.find(({ id }) => id === as_of)?.data_as_of.slice(0, 7)
  const { first } = catalogue.months
  if (then === undefined || then >= catalogue.months.last) return catalogue
  const last = then < first ? first : then
  return { ...catalogue, months: { first, last, running: isMonth(as_of) ? monthAfter(last) : last } }
}
