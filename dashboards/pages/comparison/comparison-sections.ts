import { html, nothing } from 'lit'
import type { Catalogue, Comparison } from '../../client.ts'
import type { Row, TableRows } from '../../comparison.ts'
import { termList } from '../../elements/term-list.ts'
import { percentText, signLegend } from '../../format.ts'
import { comparableGroups, groupName, type Selection } from '../../selection.ts'
import { emptyText } from '../../sentence.ts'
import { groupOptions } from './comparison-filters.ts'
import { averageText, groupTerms, spreadTerms } from './comparison-view.ts'

export const averageNote = (answer: Comparison) => {
  const text = averageText(answer)
  return text ? html`<p class="sj-meta sj-average">${text}</p>` : nothing
}

export const legend = (spread: number | undefined) => html`
  <ul class="sj-signs sj-meta" aria-label="Zeichenerklärung">
    ${signLegend.map(({ sign, text }) => html`<li><b>${sign}</b>${text}</li>`)}
    <li><b>( )</b>unsicher: weniger als 20 Fälle</li>
    ${spread ? html`<li class="sj-c-spark">Verlauf: ±${percentText(spread, 0)} um den Durchschnitt des Vorjahres</li>` : nothing}
  </ul>
`

/** A figure without specialisations, asked for one. */
export const senselessNotice = ({ figure, specialisation }: Selection, widen: () => void) =>
  specialisation === null || figure.by_specialisation
    ? nothing
    : html`
        <p class="sj-notice">
          „${figure.label}“ gibt es nicht je Spezialisierung (x).
          <button type="button" class="sj-link" @click=${widen}>Alle Spezialisierungen zeigen</button>
        </p>
      `

export const emptySection = (selection: Selection, widen: (filter: 'specialisation' | 'service_kind') => void) => {
  const filter = selection.specialisation ? 'specialisation' : selection.service_kind ? 'service_kind' : undefined
  const label = filter === 'specialisation' ? 'Alle Spezialisierungen zeigen' : 'Alle Hilfearten zeigen'
  return html`
    <div class="sj-empty">
      <p>${emptyText(selection)}</p>
      ${filter ? html`<p><button type="button" class="sj-link" @click=${() => widen(filter)}>${label}</button></p>` : nothing}
    </div>
  `
}

/** Authorities without data are many where a few take part. */
export const foldedNotice = (folded: number, all: boolean, show: (all: boolean) => void) =>
  folded === 0
    ? nothing
    : html`<p class="sj-meta sj-folded">
        ${folded} örtliche Träger haben noch keine Daten (…).
        <button type="button" class="sj-link sj-no-print" @click=${() => show(!all)}>${all ? 'Ausblenden' : 'Zeigen'}</button>
      </p>`

/** How far the authorities lie apart in the selected month; from shown values only. */
export const spreadSection = (answer: Comparison, rows: TableRows) => {
  const terms = spreadTerms(rows, answer)
  if (terms.length === 0) return nothing
  return html`
    <section class="sj-explain" aria-labelledby="streuung">
      <h2 class="sj-h2" id="streuung">Streuung der Träger</h2>
      ${termList(terms)}
    </section>
  `
}

type GroupSection = {
  catalogue: Pick<Catalogue, 'groups'>
  chosen: Catalogue['groups'][number] | undefined
  /** The same view of the group; undefined while it is loaded, null where it cannot be. */
  answer: Comparison | undefined | null
  highlighted: Row | undefined
  choose: (code: string | undefined) => void
}

/** The selected month held against a comparison group. */
export const groupSection = ({ catalogue, chosen, answer, highlighted, choose }: GroupSection) => {
  const groups = comparableGroups(catalogue)
  if (groups.length === 0) return nothing
  return html`
    <section class="sj-explain sj-group" aria-labelledby="vergleichsgruppe">
      <h2 class="sj-h2"><label for="gruppe" id="vergleichsgruppe">Vergleichsgruppe</label></h2>
      <div class="kern-form-input__select-wrapper sj-no-print">
        <select
          class="kern-form-input__select"
          id="gruppe"
          @change=${(event: Event) => choose((event.target as HTMLSelectElement).value || undefined)}
        >
          <option value="" .selected=${chosen === undefined}>Keine</option>
          ${groupOptions({ groups }).map(
            ({ label, options }) =>
              html`<optgroup label=${label}>
                ${options.map(({ value, label: name }) => html`<option value=${value} .selected=${value === chosen?.code}>${name}</option>`)}
              </optgroup>`,
          )}
        </select>
      </div>
      ${
        chosen
          ? html`<p class="sj-meta"><span class="sj-print-only sj-group__name">${groupName(chosen)}, </span>${chosen.explanation}</p>
              <div aria-live="polite">
                ${
                  answer === null
                    ? html`<p class="sj-meta">Zu diesem Stand gibt es keine Werte der Gruppe.</p>`
                    : answer
                      ? termList(groupTerms(answer, highlighted))
                      : html`<p class="sj-meta" aria-busy="true">Die Werte der Gruppe werden geladen</p>`
                }
              </div>`
          : nothing
      }
    </section>
  `
}
