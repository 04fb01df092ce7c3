import { inflateSync } from 'node:zlib'
import { getDocumentProxy } from 'unpdf'
import { expect, test } from 'vitest'
import { reportPdf } from './pdf.ts'
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
