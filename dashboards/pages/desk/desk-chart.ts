import { html } from 'lit'
import type { DeskResult } from '../../client.ts'
import type { ChartView } from '../../elements/chart-figure.ts'
import { numberText, plainNumberText } from '../../format.ts'
import { type ChartChoice, digitsOf, mostBars, mostPoints, numberColumns, pointsOf } from './result.ts'

type Control = { result: DeskResult; choice: ChartChoice; choose: (choice: ChartChoice) => void }
type Option = { value: string; text: string }

const selectField = (name: string, label: string, options: Option[], chosen: string, choose: (value: string) => void) => html`
  <div class="kern-form-input">
    <label class="kern-label" for=${name}>${label}</label>
    <div class="kern-form-input__select-wrapper">
      <select class="kern-form-input__select" id=${name} @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
        ${options.map(({ value, text }) => html`<option value=${value} .selected=${value === chosen}>${text}</option>`)}
      </select>
    </div>
  </div>
`

export const chartControls = ({ result, choice, choose }: Control) => {
  const column = (at: number): Option => ({ value: String(at), text: result.columns[at]!.name })
  const kinds = [
    { value: 'bars', text: 'Balken' },
    { value: 'line', text: 'Linie' },
  ]
  return html`
    <div class="sj-desk__controls sj-no-print" role="group" aria-label="Grafik">
      ${selectField('grafik', 'Grafik', kinds, choice.kind, (kind) => choose({ ...choice, kind: kind === 'line' ? 'line' : 'bars' }))}
      ${selectField(
        'grafik-beschriftung',
        'Beschriftung',
        result.columns.map((_, at) => column(at)),
        String(choice.label),
        (label) => choose({ ...choice, label: Number(label) }),
      )}
      ${selectField('grafik-wert', 'Wert', numberColumns(result).map(column), String(choice.value), (value) =>
        choose({ ...choice, value: Number(value) }),
      )}
    </div>
  `
}

export const chartViewOf = (result: DeskResult, choice: ChartChoice): ChartView => {
  const { columns, rows, data_as_of } = result
  const points = pointsOf(result, choice)
  const [label, value] = [columns[choice.label]!.name, columns[choice.value]!.name]
  const digits = digitsOf({ rows: rows.slice(0, points.length) }, choice.value)
  const title = `${value} nach ${label}`
  const most = choice.kind === 'bars' ? mostBars : mostPoints
  const open = points.filter((point): point is typeof point & { value: number } => point.value !== null)
  const by = (better: (a: number, b: number) => boolean) => open.reduce((a, b) => (better(b.value, a.value) ? b : a), open[0]!)
  const said = ({ label, value }: { label: string; value: number }) => `${plainNumberText(value, digits)} (${label})`
  return {
    title,
    subtitle:
      rows.length > points.length ? `Die ersten ${numberText(most)} von ${numberText(rows.length)} Zeilen` : 'Alle Zeilen des Ergebnisses',
    summary: open.length < 2 ? undefined : `Am höchsten: ${said(by((a, b) => a > b))}, am niedrigsten: ${said(by((a, b) => a < b))}.`,
    missing: open.length === 0 ? { why: `In der Spalte „${value}“ steht keine Zahl.` } : undefined,
    reserve: 'chart',
    draw: async ({ width }) => {
      const { queryBars, queryLine } = await import('../../charts/query-result.ts')
      return (choice.kind === 'bars' ? queryBars : queryLine)(points, { width, title, digits })
    },
    source: 'SoJuS, eigene Abfrage',
    dataAsOf: data_as_of,
    fileName: 'abfrage',
    twin: {
      heads: [label, value],
      rows: points.map((point) => ({ head: point.label, cells: [point.value === null ? '–' : plainNumberText(point.value, digits)] })),
    },
  }
}
