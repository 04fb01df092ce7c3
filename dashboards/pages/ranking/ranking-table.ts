import { html, nothing } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import type { Ranking, RankingRow } from '../../client.ts'
import { numberText, signText } from '../../format.ts'
import { isUncertainGrade, rankingCells, type RankingCell, reasonText } from './ranking.ts'
import './ranking-table.css'

export type RankingTable = {
  /** Undefined while it is on its way. */
  ranking: Ranking | undefined
  chosen: string | undefined
  changed: ReadonlyMap<string, number>
  choose: (provider_id: string) => void
}

const cellContent = ({ text, sign, note }: RankingCell, uncertain = false) => {
  if (text === null) return html`<b aria-hidden="true">${sign}</b><span class="kern-sr-only">${signText(sign)}</span>`
  const shown = uncertain ? html`(${text}<span class="sj-hang">)</span><span class="kern-sr-only"> unsicher</span>` : text
  return note ? html`${shown} <small>${note}</small>` : shown
}

const markOf = (mark: number | undefined) => (mark === undefined ? '' : mark % 2 === 0 ? 'sj-changed' : 'sj-changed--again')

const row = (each: RankingRow, { ranking, chosen, changed, choose }: RankingTable) => {
  const cells = rankingCells(each)
  const pressed = each.provider_id === chosen
  const reason = reasonText(each, ranking?.minimum_cases ?? 0)
  return html`
    <tr role="row" class="kern-table__row">
      <td role="cell" class="kern-table__cell sj-num sj-r-rank">
        ${each.rank === null ? html`<span aria-hidden="true">–</span><span class="kern-sr-only">ohne Rang</span>` : numberText(each.rank)}
      </td>
      <th role="rowheader" scope="row" class="kern-table__header sj-r-name">
        <button type="button" class="sj-region" aria-pressed=${pressed ? 'true' : 'false'} @click=${() => choose(each.provider_id)}>
          <span>${each.name}</span>
        </button>
        ${reason ? html`<p class="sj-meta">Ohne Rang: ${reason}</p>` : nothing}
      </th>
      <td role="cell" class="kern-table__cell sj-num sj-r-score">
        <span class=${markOf(changed.get(each.provider_id))}
          >${cellContent(cells.score, each.score !== null && isUncertainGrade(each))}</span
        >
      </td>
      <td role="cell" class="kern-table__cell sj-num">${cellContent(cells.structure)}</td>
      <td role="cell" class="kern-table__cell sj-num">${cellContent(cells.process)}</td>
      <td role="cell" class="kern-table__cell sj-num">${cellContent(cells.duration)}</td>
      <td role="cell" class="kern-table__cell sj-num">${cellContent(cells.costs)}</td>
      <td role="cell" class="kern-table__cell sj-num sj-r-cases">${cellContent(cells.cases)}</td>
    </tr>
  `
}

const pendingRow = html`
  <tr role="row" class="kern-table__row">
    <td role="cell" class="sj-num sj-r-rank"></td>
    <th role="rowheader" scope="row" class="sj-r-name"><i class="sj-skeleton sj-skeleton--text"></i></th>
    ${Array.from({ length: 6 }, () => html`<td role="cell" class="sj-num"><i class="sj-skeleton"></i></td>`)}
  </tr>
`

const head = (long: string, short: string, small: string, name = '') => html`
  <th role="columnheader" scope="col" class="kern-table__header sj-num ${name}">
    <span class="sj-long">${long}</span>${short === long ? nothing : html`<span class="sj-short" aria-hidden="true">${short}</span>`}
    ${small ? html`<small>${small}</small>` : nothing}
  </th>
`

const legend = html`
  <ul class="sj-signs sj-meta" aria-label="Zeichenerklärung">
    <li><b>( )</b>unsicher: weniger als 20 bewertete Fälle</li>
    <li><b>.</b>geheim: 1 oder 2 Fälle</li>
    <li><b>–</b>nichts vorhanden</li>
    <li><b>x</b>keine Note ohne alle Bestandteile</li>
    <li>Dauer und Kosten: Note und Anteil am Vereinbarten</li>
  </ul>
`

export const rankingTable = (table: RankingTable) => {
  const { ranking } = table
  const weight = (part: 'structure' | 'process' | 'duration' | 'costs') => (ranking ? `${numberText(ranking.weights[part])} %` : '')
  return html`
    <table role="table" class="kern-table sj-table sj-ranking" aria-busy=${ranking ? 'false' : 'true'}>
      <caption class="kern-sr-only">
        Anbieter nach Rang mit Note und ihren vier Bestandteilen
      </caption>
      <thead role="rowgroup">
        <tr role="row" class="kern-table__row">
          <th role="columnheader" scope="col" class="kern-table__header sj-num sj-r-rank">Rang</th>
          <th role="columnheader" scope="col" class="kern-table__header sj-r-name">Anbieter</th>
          ${head('Note', 'Note', '1 ist am besten', 'sj-r-score')} ${head('Struktur', 'Struktur', weight('structure'))}
          ${head('Prozess', 'Prozess', weight('process'))} ${head('Dauer', 'Dauer', weight('duration'))}
          ${head('Kosten', 'Kosten', weight('costs'))} ${head('Bewertete Fälle', 'Fälle', '', 'sj-r-cases')}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${
          ranking
            ? repeat(
                ranking.rows,
                (each) => each.provider_id,
                (each) => row(each, table),
              )
            : Array.from({ length: 12 }, () => pendingRow)
        }
      </tbody>
    </table>
    ${ranking ? legend : nothing}
  `
}
