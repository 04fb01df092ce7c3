import { html, nothing } from 'lit'
import type { DeskSchema } from '../../client.ts'

type Help = { schema: DeskSchema; recent: string[]; take: (sql: string) => void }

const firstLine = (sql: string) => {
  const text = sql.replaceAll(/\s+/g, ' ')
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

const named = (title: string, column: string, items: DeskSchema['measures']) => html`
  <details>
    <summary>${title}<span class="sj-meta"> ${column}</span></summary>
    <dl>
      ${items.map(
        ({ name, label, unit }) => html`
          <dt><code>${name}</code></dt>
          <dd>${label}<span class="sj-meta">, ${unit}</span></dd>
        `,
      )}
    </dl>
  </details>
`

/** Examples and last queries to take over, and what can be asked. */
export const schemaHelp = ({ schema, recent, take }: Help) => html`
  <section aria-labelledby="beispiele">
    <h2 class="sj-h2" id="beispiele">Beispiele</h2>
    <ul class="sj-desk__list">
      ${schema.examples.map(
        ({ title, sql }) => html`<li><button type="button" class="sj-link" @click=${() => take(sql)}>${title}</button></li>`,
      )}
    </ul>
  </section>
  ${
    recent.length > 0
      ? html`
          <section aria-labelledby="letzte">
            <h2 class="sj-h2" id="letzte">Letzte Abfragen</h2>
            <p class="sj-meta">Nur in diesem Fenster, bis es geschlossen wird.</p>
            <ul class="sj-desk__list">
              ${recent.map(
                (sql) =>
                  html`<li>
                    <button type="button" class="sj-link" @click=${() => take(sql)}><code>${firstLine(sql)}</code></button>
                  </li>`,
              )}
            </ul>
          </section>
        `
      : nothing
  }
  <section aria-labelledby="tabellen">
    <h2 class="sj-h2" id="tabellen">Tabellen</h2>
    ${schema.tables.map(
      ({ name, meaning, columns }, at) => html`
        <details ?open=${at === 0}>
          <summary><code>${name}</code></summary>
          <p>${meaning}</p>
          <dl>
            ${columns.map(
              (column) => html`
                <dt><code>${column.name}</code><span class="sj-meta"> ${column.type}</span></dt>
                <dd>${column.meaning}</dd>
              `,
            )}
          </dl>
        </details>
      `,
    )}
    ${named('Messgrößen', 'cell.measure', schema.measures)} ${named('Wertereihen', 'histogram.series', schema.series)}
  </section>
`
