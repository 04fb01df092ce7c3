import { inflateSync } from 'node:zlib'
import { getDocumentProxy } from 'unpdf'
import { expect, test } from 'vitest'
import { reportPdf } from './pdf.ts'
import { collisionsIn } from './read.fixture.ts'
import type { Report } from './report.ts'

const cells = (text: string, count: number) => Array.from({ length: count }, () => text)
const report: Report = {
  title: 'Auszahlungen nach Hilfeart und Zeitraum',
  area: 'Mecklenburg-Vorpommern',
  period: 'November 2025 bis Oktober 2026',
  finding: 'Alle Hilfearten.',
  data_as_of: '2026-10-15T10:00:00Z',
  readers: 'Alle',
  address: 'https://sojus.example/',
  table: {
    name: 'Auswertung',
    caption: 'Auszahlungen nach Hilfeart',
    stub: ['Hilfeart'],
    heads: Array.from({ length: 24 }, (_, at) => ({ text: 'Auszahlungen, €', period: `Monat ${at + 1}` })),
    rows: Array.from({ length: 40 }, (_, at) => ({ names: [`Hilfeart ${at + 1}`], cells: cells('1.234.567,00', 24) })),
  },
  drawing: null,
  curves: null,
  later: null,
  sheets: [],
  definition: [{ term: 'Bestand am Monatsende, mehrere Monate', text: 'Stand am Ende' }],
  signs: [],
}

type Item = { str?: string; width?: number; transform?: number[] }
const pagesOf = async (file: Uint8Array): Promise<Item[][]> => {
  const pdf = await getDocumentProxy(new Uint8Array(file))
  const numbers = Array.from({ length: pdf.numPages }, (_, at) => at + 1)
  return Promise.all(numbers.map(async (number) => (await (await pdf.getPage(number)).getTextContent()).items as Item[]))
}

/** What is drawn on the pages, as it is written. */
const streamsOf = (file: Uint8Array): string[] =>
  Buffer.from(file)
    .toString('latin1')
    .split(/(?<!end)stream\r?\n/)
    .slice(1)
    .flatMap((part) => {
      try {
        return [inflateSync(Buffer.from(part.slice(0, part.lastIndexOf('endstream')), 'latin1')).toString('latin1')]
      } catch {
        return []
      }
    })
    .filter((stream) => / BDC\n/.test(stream))

test('every page of a long table closes just what it marks, so that it is read aloud right', async () => {
  const streams = streamsOf(await reportPdf(report))
  expect(streams.length).toBeGreaterThan(5)
  for (const stream of streams) expect(stream.match(/^EMC$/gm)?.length).toBe(stream.match(/ B[DM]C$/gm)?.length)
})

test('a long term goes on in a second line and stays beside what it means', async () => {
  const texts = (await pagesOf(await reportPdf(report))).at(-1)!.filter(({ str }) => str?.trim())
  const at = (text: string) => {
    const { transform, width } = texts.find(({ str }) => str === text)!
    return { left: transform![4]!, right: transform![4]! + width!, base: transform![5]! }
  }
  const [first, second, meaning] = [at('Bestand am Monatsende,'), at('mehrere Monate'), at('Stand am Ende')]
  expect(second.base).toBeLessThan(first.base)
  expect(Math.max(first.right, second.right)).toBeLessThan(meaning.left)
})

test('parts of a table too wide for its page are told apart by their heads, or by periods where these are the same', async () => {
  const told = async (heads: Report['table']['heads']) => {
    const pages = await pagesOf(await reportPdf({ ...report, table: { ...report.table, heads } }))
    const texts = pages.map((items) => items.map(({ str }) => str ?? '').join(''))
    return texts.flatMap((text) => [...text.matchAll(/nach Hilfeart; (\S+ \d+) bis (\S+ \d+)/g)].map(([, first, last]) => [first, last]))
  }
  const periods = await told(report.table.heads)
  expect([periods[0]![0], periods.at(-1)![1]]).toEqual(['Monat 1', 'Monat 24'])
  const figures = await told(report.table.heads.map(({ period }, at) => ({ text: `Kennzahl ${at + 1}`, period })))
  expect([figures[0]![0], figures.at(-1)![1]]).toEqual(['Kennzahl 1', 'Kennzahl 24'])
})

test('the longest name of a column, which is as wide, stays on one line', async () => {
  const name = '10 bis unter 15 Jahre'
  const rows = [name, '6 bis unter 10 Jahre'].map((each) => ({ names: [each], cells: cells('1', 24) }))
  const pages = await pagesOf(await reportPdf({ ...report, table: { ...report.table, rows } }))
  expect(pages.flat().some(({ str }) => str === name)).toBe(true)
})

const money = (value: number) => ({ value, format: { scale: 'cents', digits: 2 } as const })
const tables: Record<string, Partial<Report['table']>> = {
  'rows in rows': {
    stub: ['Form der Hilfe', 'Hilfeart'],
    rows: [
      { names: ['Teilstationär', '§ 24 Abs. 2 Krippe'], cells: cells('1', 24) },
      { names: ['Stationär', '§ 67 SGB XII Stationäres Wohnen in besonderen Lebenslagen'], cells: cells('1', 24) },
      { names: ['Alle Hilfearten', 'Alle Hilfearten'], cells: cells('1', 24), total: true },
    ],
  },
  'four levels of long words': {
    stub: ['Vergleichsgruppe', 'Örtlicher Träger', 'Grund der Beendigung', 'Anbieter'],
    rows: [
      {
        names: ['Flächenlandkreise', 'Mecklenburgische Seenplatte', 'Zuständigkeitswechsel', 'Kinder- und Jugendhilfeverbund'],
        cells: cells('1.234.567,00', 24),
      },
    ],
  },
  'words wider than the page': {
    stub: ['Erste', 'Zweite'],
    rows: [{ names: ['a'.repeat(120), 'b'.repeat(120)], cells: cells('1', 24) }],
  },
  'more side by side than fits': {
    together: 9,
    heads: Array.from({ length: 18 }, (_, at) => ({ text: `Auszahlungen ${at % 9}, €`, period: '4. Quartal 2025' })),
    rows: [{ names: ['Hilfeart'], cells: Array.from({ length: 18 }, () => money(-12_345_678_900)) }],
  },
}
test.each(Object.entries(tables))('no text of a table lies upon another: %s', async (_, change) => {
  const table = { ...report.table, ...change }
  const file = await reportPdf({ ...report, table })
  expect(await collisionsIn(file)).toEqual([])
  const told = (await pagesOf(file))
    .flat()
    .map(({ str }) => str ?? '')
    .join('')
    .replaceAll(/\s/g, '')
  for (const name of table.rows.flatMap(({ names }) => names)) expect(told).toContain(name.replaceAll(/\s/g, ''))
})

test('the signs never stand on a page without a row, however long the table', async () => {
  const signs = [{ term: '.', text: 'geheim' }]
  for (let count = 20; count <= 30; count += 1) {
    const rows = Array.from({ length: count }, (_, at) => ({ names: [`Hilfeart ${at + 1}`], cells: cells('1', 2) }))
    const heads = report.table.heads.slice(0, 2)
    const pages = await pagesOf(await reportPdf({ ...report, signs, table: { ...report.table, heads, rows } }))
    const withSigns = pages.find((items) => items.some(({ str }) => str?.startsWith('Zeichen:')))!
    expect([count, withSigns.some(({ str }) => str === `Hilfeart ${count}`)]).toEqual([count, true])
  }
})

test('what stands together is parted only where it does not fit, and never mixed with what follows', async () => {
  const table = { ...report.table, ...tables['more side by side than fits'] }
  const texts = (await pagesOf(await reportPdf({ ...report, table }))).flat().map(({ str }) => str ?? '')
  const heads = texts.filter((text) => /^Auszahlungen \d/.test(text)).map((text) => Number(text.split(' ')[1]![0]))
  expect(heads.join('')).toMatch(/^(0(?:.*?)8)\1$/)
})
