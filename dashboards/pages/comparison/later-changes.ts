// What has changed in a comparison since a past state.
import { html, nothing } from 'lit'
import { changesBetween, columnHeads, type Row, type TableRows } from '../../comparison.ts'
import { type FigureFormat, numberText, signedNumberText } from '../../format.ts'

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
      return was === null || is === null || change.column === 'change' ? [] : [{ ...change, name: row.name, effect: is - was, was, is }]
    })
    .sort((a, b) => Math.abs(b.effect / (b.was || 1)) - Math.abs(a.effect / (a.was || 1)))
}

type Shown = { month: string; running: boolean; flow: boolean } & FigureFormat

/** Late bookings and corrections by their effect. */
export const changesSection = (then: TableRows, now: TableRows, { month, running, flow, unit, digits }: Shown) => {
  const heads = columnHeads(month, running, running && flow)
  const changes = laterChanges(then, now)
  const scale = unit === 'cents' || unit === 'cents_per_unit' ? 0.01 : unit === 'ratio' ? 100 : 1
  // between the values as they read: one that reads otherwise has an effect that is seen
  const effect = ({ was, is }: { was: number; is: number }) => {
    const [from, to] = [was * scale, is * scale]
    if (Number.isInteger(from) && Number.isInteger(to)) return signedNumberText(to - from)
    const shown = Math.max(1, digits)
    return signedNumberText(Number(to.toFixed(shown)) - Number(from.toFixed(shown)), shown)
  }
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
                          <td role="cell" class="sj-num">${effect(change)}</td>
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
