// What every view of figures says of itself.
import { html, nothing } from 'lit'
import { getFile, RequestProblem } from '../client.ts'
import { instantText, minuteText } from '../format.ts'
import { isGroup } from '../selection.ts'
import type { DownloadGroup } from './download-menu.ts'
import { problemAlert } from './problem-alert.ts'
import './patience.ts'
import './view-lines.css'

type Printed = { user_name: string; demonstration: boolean }
/** What a printed view says of itself. */
export const printLine = ({ user_name, demonstration }: Printed) => html`
  <p class="sj-print-only sj-meta">
    Gedruckt am ${minuteText(new Date())}, von ${user_name}.${demonstration ? ' Demonstrationsdaten.' : ''} Adresse dieser Ansicht:
    ${location.href}
  </p>
`

type Freshness = { dataAsOf: string | undefined; announced: string; interrupted: boolean }
/** A past state is computed when first asked for, which takes some seconds. */
const pendingText = () =>
  html`Werte werden
  geladen${
    new URLSearchParams(location.search).has('as_of')
      ? html`<sj-patience .text=${'. Dieser Stand wird beim ersten Öffnen aus der Historie berechnet, das dauert etwas.'}></sj-patience>`
      : nothing
  }`

/** How old the values are, what just changed, and whether they still follow. */
export const freshnessLine = ({ dataAsOf, announced, interrupted }: Freshness, pending: boolean) => html`
  <p class="sj-meta">
    ${pending || dataAsOf === undefined ? pendingText() : html`Stand <time datetime=${dataAsOf}>${instantText(dataAsOf)}</time>`}<span
      class="sj-live"
      role="status"
      >${announced}</span
    >${interrupted ? ' · Verbindung unterbrochen, wird wieder aufgenommen' : nothing}
  </p>
`

export const unknownNotice = (unknown: string[]) => {
  if (unknown.length === 0) return nothing
  const values = unknown.filter((value) => !isGroup(value))
  const said = [
    ...(values.length > 0 ? [`${values.map((value) => `„${value}“`).join(', ')} gibt es hier nicht`] : []),
    ...(values.length < unknown.length
      ? ['Die gewählte Vergleichsgruppe gibt es nicht mehr, oder sie hat nur einen Träger, mit dem allein nicht verglichen wird']
      : []),
  ]
  return html`<p class="sj-notice" role="status">${said.join('; ')}; gezeigt wird die Vorgabe.</p>`
}

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const fileOf = (url: string) => (accept: string) => () => getFile(url, accept)

/** The answer to the same address as files: to be read, to be calculated with, to be processed. */
export const fileDownloads = (url: string): DownloadGroup[] => {
  const file = fileOf(url)
  return [
    {
      title: 'Zum Lesen und Vorlegen',
      downloads: [
        { label: 'PDF-Bericht', note: 'die gezeigte Ansicht mit Definition', file: file('application/pdf') },
        {
          label: 'Excel',
          note: 'formatierte Tabelle mit Definition und Verlauf',
          file: file(xlsx),
        },
      ],
    },
    {
      title: 'Zum Weiterverarbeiten',
      downloads: [
        { label: 'CSV', note: 'Text, mit Semikolon getrennt', file: file('text/csv') },
        { label: 'Parquet', note: 'Spalten mit Typen, für Auswertungen', file: file('application/vnd.apache.parquet') },
        { label: 'Arrow', note: 'Datenstrom mit Typen, für Programme', file: file('application/vnd.apache.arrow.stream') },
      ],
    },
  ]
}

/** What is drawn beside the table, where it has an address of its own; the report of the view holds it as well. */
export const drawnDownloads = (title: string, url: string): DownloadGroup => {
  const file = fileOf(url)
  return {
    title,
    downloads: [
      { label: `${title} (Excel)`, note: 'alle Linien als Tabelle mit Definition', file: file(xlsx) },
      { label: `${title} (CSV)`, note: 'Text, mit Semikolon getrennt', file: file('text/csv') },
    ],
  }
}

/** A refusal says why; anything else is told as a passing failure. Without a session the sign-in form takes over. */
export const viewProblem = (error: unknown, { dataAsOf, retry }: { dataAsOf: string | undefined; retry: () => void }) => {
  if (error instanceof RequestProblem && error.status === 401) return nothing
  const refused = error instanceof RequestProblem && error.status >= 400 && error.status < 500
  if (!refused) return problemAlert({ title: 'Die Werte sind gerade nicht abrufbar', dataAsOf, retry })
  const why = error.details.map(({ message }) => message).join(' ')
  return problemAlert({ title: error.message, dataAsOf, ...(why && { text: why }), retry })
}
