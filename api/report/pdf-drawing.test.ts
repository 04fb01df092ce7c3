import { readdir, readFile } from 'node:fs/promises'
import { DOMParser } from 'linkedom'
import { expect, test, vi } from 'vitest'
import { tokens } from './pdf-drawing.ts'
import { reportPdf } from './pdf.ts'
import { readPdf } from './read.fixture.ts'
import type { Drawing, Report } from './report.ts'

const parsed = (text: string) => new DOMParser().parseFromString(text, 'image/svg+xml').documentElement as unknown as SVGSVGElement
const drawingOf = (draw: Drawing['draw']): Drawing => ({
  kind: 'Rangfolge',
  title: 'Zwei von acht unterscheiden sich',
  subtitle: 'Abbruchquote, September 2026.',
  notes: ['Median 16,5.'],
  source: 'Quelle: SoJuS, Buchungen. Karte: © GeoBasis-DE.',
  table: null,
  draw,
})
const reportOf = (drawing: Drawing): Report => ({
  title: 'Abbruchquote',
  area: 'Mecklenburg-Vorpommern',
  period: 'September 2026',
  finding: '16,3 % im Land.',
  data_as_of: '2026-10-15T10:00:00Z',
  readers: 'Alle',
  address: 'https://sojus.example/',
  table: {
    name: 'Vergleich',
    caption: 'Abbruchquote',
    stub: ['Träger'],
    heads: [{ text: 'Wert', period: '' }],
    rows: [{ names: ['VG'], cells: ['16,0'] }],
  },
  drawing,
  curves: null,
  later: null,
  sheets: [],
  definition: [],
  signs: [],
})
const read = async (draw: Drawing['draw']) => readPdf(await reportPdf(reportOf(drawingOf(draw))))
const squeezed = (text: string) => text.replaceAll(/\s/g, '')

test.each(['age-sex', 'distribution', 'dots', 'funnel', 'map', 'multiples', 'trend'])(
  'every word of the drawing of the pages stands in the PDF once more: %s',
  async (name) => {
    const svg = parsed(await readFile(new URL(`../../dashboards/charts/${name}.snapshot.svg`, import.meta.url), 'utf8'))
    const words = [...svg.querySelectorAll('text')].map(({ textContent }) => squeezed(textContent ?? ''))
    expect(words.length).toBeGreaterThan(5)
    const { pages, alts, roles } = await read(async () => svg)
    const page = squeezed(pages[1]!)
    for (const word of words) expect(page).toContain(word)
    expect(alts).toEqual(['Rangfolge: Zwei von acht unterscheiden sich. Abbruchquote, September 2026. Median 16,5.'])
    expect(roles).toContain('Figure')
    expect(pages[1]).toContain('Karte: © GeoBasis-DE.')
  },
)

test('letters are read right after a file in which they were but parts of others', async () => {
  // fonts are kept from file to file: these are new
  vi.resetModules()
  const { reportPdf: write } = await import('./pdf.ts')
  const titled = (title: string) => ({ ...reportOf(drawingOf(undefined!)), drawing: null, title })
  await write(titled('Ö'))
  expect((await readPdf(await write(titled('OZEAN')))).pages[0]).toContain('OZEAN')
})

test('paper knows every colour that charts are drawn in', async () => {
  const folder = new URL('../../dashboards/charts/', import.meta.url)
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts'))
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')))
  const used = new Set(sources.join('').match(/(?<=var\(--sj-)[a-z0-9-]+(?=\))/g))
  expect(used.size).toBeGreaterThan(8)
  expect([...used].filter((name) => !(name in tokens))).toEqual([])
})

test('a drawing of many rows goes on from page to page, and no row is cut or told twice', async () => {
  const names = Array.from({ length: 70 }, (_, at) => `Zeile-${at}-`)
  const rows = names.map(
    (name, at) =>
      `<rect data-id="${name}" x="0" y="${at * 24}" width="960" height="24" fill="transparent"/><text y="${at * 24 + 16}">${name}</text>`,
  )
  const { pages, alts } = await read(async () => parsed(`<svg width="960" height="${70 * 24}">${rows.join('')}</svg>`))
  const told = pages.map((page) => names.filter((name) => squeezed(page).includes(name)))
  expect(told.flat()).toEqual(names)
  expect(told.filter((page) => page.length > 0).length).toBe(3)
  expect(alts.map((alt) => alt.startsWith('Fortsetzung'))).toEqual([false, true, true])
})

test('a drawing higher than its page is drawn narrower', async () => {
  const asked: number[] = []
  await read(async (width) => {
    asked.push(width)
    return parsed(`<svg width="${width}" height="${width * 0.8}"><text y="20">Karte</text></svg>`)
  })
  expect(asked[0]).toBeGreaterThan(900)
  expect(asked.at(-1)).toBeLessThan(700)
})
