import { expect, test } from 'vitest'
import { readXlsx } from './read.fixture.ts'
import type { Report } from './report.ts'
import { reportXlsx } from './xlsx.ts'

const report = (name: string): Report => ({
  title: 'Kosten & Nutzen',
  area: 'MV',
  period: 'Oktober 2026',
  finding: '',
  data_as_of: '2026-10-15T10:00:00Z',
  readers: 'Alle',
  address: 'https://sojus.example.de/seite?figure=x',
  table: {
    name: 'Vergleich',
    caption: 'Kosten',
    stub: ['Träger'],
    heads: ['Euro', 'Quote', 'Änderung', 'Zahl', 'geheim'].map((text) => ({ text, period: '' })),
    rows: [
      {
        names: [name],
        cells: [
          { value: -123_456, format: { scale: 'cents', digits: 2 } },
          { value: 0.125, format: { scale: 'ratio', digits: 1 } },
          { value: 0.05, format: { scale: 'ratio', digits: 1, signed: true }, uncertain: true },
          { value: 1234.5, format: { scale: 'plain', digits: 1 } },
          '.',
        ],
      },
    ],
  },
  drawing: null,
  curves: null,
  later: null,
  sheets: [],
  definition: [{ term: 'Adresse', text: 'https://sojus.example.de/seite?figure=x' }],
  signs: [{ term: '.', text: 'geheim' }],
})

test('money, shares and changes are numbers with their formats; a sign is a text', async () => {
  const { sheets } = readXlsx(await reportXlsx(report('Muster e. V.')))
  const row = ['B', 'C', 'D', 'E', 'F'].map((column) => sheets['Vergleich']![`${column}7`]!)
  expect(row.map(({ value }) => value)).toEqual([-1234.56, 0.125, 0.05, 1234.5, '.'])
  expect(row.map(({ format }) => format.split(';')[0])).toEqual(['#,##0.00 "€"', '0.0%', '"(+"0.0%")"', '#,##0.0', '@'])
})

test.each(['=1+1', '@SUM(A1)', '+49', '-1', '=HYPERLINK("http://x")', '\t=1', 'A&B <c>'])('the name %j stays a text', async (name) => {
  const { parts, sheets } = readXlsx(await reportXlsx(report(name)))
  expect(sheets['Vergleich']!['A7']!.value).toBe(name)
  for (const [part, xml] of Object.entries(parts)) expect([part, /<f[ >]/.test(xml)]).toEqual([part, false])
})

test('prints on A4 landscape with repeated heads and keeps them in sight', async () => {
  const { parts } = readXlsx(await reportXlsx(report('Muster e. V.')))
  const sheet = parts['xl/worksheets/sheet1.xml']!
  expect(sheet).toMatch(/<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"\/>/)
  expect(sheet).toMatch(/<pane xSplit="1" ySplit="6" topLeftCell="B7" state="frozen"/)
  expect(sheet).toContain('&amp;LKosten &amp;&amp; Nutzen&amp;CStand 15.10.2026, 12:00:00')
  expect(parts['xl/workbook.xml']).toContain('Vergleich!$5:$6')
})
