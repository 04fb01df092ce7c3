import { html, nothing, svg } from 'lit'
import type { Catalogue, Unusual, UnusualRow } from '../../client.ts'
import { comparisonPath } from '../../route.ts'
import { writeChoice } from '../../selection.ts'
import { nothingText, placesOf, reasonText, usualText, valueText } from './unusual.ts'

const drawing = { width: 120, height: 16 }

/** The usual range as a band and the value as a dot; the words beside it say the same. */
const rangeDrawing = (row: UnusualRow) => {
  const { width, height } = drawing
  const { from, to, value } = placesOf(row)
  return html`
    <svg class="sj-range" width=${width} height=${height} viewBox="0 0 ${width} ${height}" aria-hidden="true">
      ${svg`<path d="M0,${height / 2}H${width}" /><rect x=${from * width} y="3" width=${Math.max(1, (to - from) * width)} height=${height - 6} /><circle cx=${value * width} cy=${height / 2} r="4.5" />`}
    </svg>
  `
}

const item = (row: UnusualRow, answer: Unusual, catalogue: Catalogue) => {
  const { month } = answer
  const { figure, service_kind, region, id } = row
  const label = catalogue.figures.find(({ name }) => name === figure)?.label ?? figure
  const kind = catalogue.service_kinds.find(({ code }) => code === service_kind)
  const href = `${comparisonPath}${writeChoice({ figure, ...(kind ? { service_kind: kind.code } : {}), month, region: id })}`
  return html`
    <li>
      <div class="sj-notable__line">
        <h3>
          <a class="sj-link" href=${href}>${region}, ${label}${kind ? ` (${kind.legal_basis.replace(/ SGB VIII$/, '')})` : nothing}</a>
        </h3>
        <p class="sj-notable__value">${valueText(row)}</p>
      </div>
      <div class="sj-notable__line sj-meta">
        ${rangeDrawing(row)}
        <p>${usualText(row)}</p>
      </div>
      <p class="sj-notable__reason">${reasonText(row, answer, catalogue.groups)}</p>
    </li>
  `
}

/** At most a handful of values, each with its reason and a way to its comparison. */
export const unusualList = (answer: Unusual | undefined, catalogue: Catalogue | undefined, title: string) => html`
  <section class="sj-notable" aria-labelledby="auffaellig" aria-busy=${answer ? 'false' : 'true'}>
    <h2 class="sj-h2" id="auffaellig">${title}</h2>
    ${
      !answer || !catalogue
        ? html`<p class="sj-meta">Wird geprüft</p>`
        : answer.rows.length === 0
          ? html`<p class="sj-notable__none">${nothingText(answer)}</p>`
          : html`<ol>
              ${answer.rows.map((row) => item(row, answer, catalogue))}
            </ol>`
    }
    ${answer && answer.found > answer.rows.length ? html`<p class="sj-meta">Die ${answer.rows.length} deutlichsten von ${answer.found}.</p>` : nothing}
    <p class="sj-meta">
      Auffällig heißt: außerhalb dessen, was nach den 24 Monaten davor oder nach der Entwicklung vergleichbarer örtlicher Träger üblich ist.
      Vergleichbar sind die Träger der ersten Vergleichsgruppe, in der mindestens fünf offene Werte haben, sonst alle. Zufällige
      Schwankungen kleiner Zahlen zählen nicht, geheime Werte bleiben außen vor. Die Liste bewertet nicht.
    </p>
  </section>
`
