// Past states of a comparison: which can be chosen, and what has changed since.
import { html, nothing } from 'lit'
import type { Catalogue, PublishedView } from '../../client.ts'
import { changesBetween, columnHeads, type Row, type TableRows } from '../../comparison.ts'
import type { Filter } from '../../elements/filter-bar.ts'
import { dateText, type FigureFormat, minuteText, monthText, numberText, signedNumberText } from '../../format.ts'

export type Moments = { month_ends: Catalogue['month_ends']; published: PublishedView[] }

const lastDay = (month: string) => {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return dateText(new Date(Date.UTC(year, number, 0)).toISOString())
}

const isMonth = (as_of: string) => as_of.length === 7
/** Of a published moment, everybody sees the same. */
export const isPublished = (as_of: string) => !isMonth(as_of)

export const momentText = (as_of: string, { published }: Moments): string => {
  if (isMonth(as_of)) return `Ende ${monthText(as_of)} (${lastDay(as_of)})`
  const view = published.find(({ id }) => id === as_of)
  return view ? `${minuteText(view.data_as_of)}: ${view.title}` : 'Festgehaltener Stand'
}

/** No choice where there is but one state. */
export const momentFilter = (moments: Moments | undefined, as_of: string | undefined): Filter[] => {
  if (!moments || (moments.month_ends.length === 0 && moments.published.length === 0 && as_of === undefined)) return []
  const option = (value: string) => ({ value, label: momentText(value, moments) })
  const listed = [...moments.month_ends, ...moments.published.map(({ id }) => id)]
  return [
    {
      name: 'as_of',
      label: 'Stand',
      value: as_of ?? '',
      options: [
        { value: '', label: 'Aktuell' },
        ...(as_of !== undefined && !listed.includes(as_of) ? [option(as_of)] : []),
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
        Stand ${momentText(as_of, moments)}. Diese Werte ändern sich nicht mehr.
        <button type="button" class="sj-link sj-no-print" @click=${current}>Aktuelle Werte zeigen</button>
      </p>`

const most = 12

/** What reads differently now, the largest effects first; what was or is hidden is not told. */
export const laterChanges = (then: TableRows, now: TableRows) => {
  const rows = new Map([...now.regions, ...now.totals].map((row) => [row.key, row]))
  const before = new Map([...then.regions, ...then.totals].map((row) => [row.key, row]))
  return changesBetween(then, now)
    .flatMap((change) => {
      const key = change.key.slice(0, change.key.lastIndexOf('-'))
      const [old, row] = [before.get(key), rows.get(key)] as [Row, Row]
      const [was, is] = [old.values[change.column], row.values[change.column]]
      return was === null || is === null || change.column === 'change' ? [] : [{ ...change, name: row.name, effect: is - was, was }]
    })
    .sort((a, b) => Math.abs(b.effect / (b.was || 1)) - Math.abs(a.effect / (a.was || 1)))
}

type Shown = { month: string; running: boolean; flow: boolean } & FigureFormat

/** Late bookings and corrections by their effect. */
export const changesSection = (then: TableRows, now: TableRows, { month, running, flow, unit, digits }: Shown) => {
  const heads = columnHeads(month, running, running && flow)
  const changes = laterChanges(then, now)
  const scale = unit === 'cents' || unit === 'cents_per_unit' ? 0.01 : unit === 'ratio' ? 100 : 1
  const effect = (value: number) => signedNumberText(value * scale, Number.isInteger(value * scale) ? 0 : Math.max(1, digits))
  return html`
    <section class="sj-main sj-later" aria-labelledby="seitdem">
      <h2 class="sj-h2" id="seitdem">Was sich seitdem geändert hat</h2>
      ${
        changes.length === 0
          ? html`<p>Nichts: Die Werte dieser Ansicht lauten heute genauso${' '}<span class="sj-meta">(geheime ausgenommen)</span>.</p>`
          : html`
              <p>
                ${numberText(changes.length)} ${changes.length === 1 ? 'Wert lautet' : 'Werte lauten'} heute anders, durch später erfasste
                Buchungen, Zahlungen und Berichtigungen.
              </p>
              <div class="sj-scroll" role="region" aria-label="Geänderte Werte" tabindex="0">
                <table role="table" class="sj-table">
                  <caption class="kern-sr-only">
                    Geänderte Werte, die größten Wirkungen zuerst
                  </caption>
                  <thead role="rowgroup">
                    <tr role="row">
                      <th role="columnheader" scope="col">Träger</th>
                      <th role="columnheader" scope="col">Spalte</th>
                      <th role="columnheader" scope="col" class="sj-num">Damals</th>
                      <th role="columnheader" scope="col" class="sj-num">Heute</th>
                      <th role="columnheader" scope="col" class="sj-num">Wirkung</th>
                    </tr>
                  </thead>
                  <tbody role="rowgroup">
                    ${changes.slice(0, most).map(
                      (change) => html`
                        <tr role="row">
                          <th role="rowheader" scope="row">${change.name}</th>
                          <td role="cell">${heads[change.column].long} ${heads[change.column].period}</td>
                          <td role="cell" class="sj-num">${change.before}</td>
                          <td role="cell" class="sj-num">${change.after}</td>
                          <td role="cell" class="sj-num">${effect(change.effect)}</td>
                        </tr>
                      `,
                    )}
                  </tbody>
                </table>
              </div>
              ${changes.length > most ? html`<p class="sj-meta">und ${numberText(changes.length - most)} weitere mit kleinerer Wirkung</p>` : nothing}
            `
      }
    </section>
  `
}
