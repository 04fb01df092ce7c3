import { strFromU8, unzipSync } from 'fflate'
import { getDocumentProxy } from 'unpdf'

type PDFPageProxy = Awaited<ReturnType<Awaited<ReturnType<typeof getDocumentProxy>>['getPage']>>

export type XlsxCell = { value: string | number; format: string }
/** The parts of a workbook and its cells by address, read without the library that wrote it. */
export type Workbook = { parts: Record<string, string>; sheets: Record<string, Record<string, XlsxCell>> }

export const readXlsx = (file: Uint8Array): Workbook => {
  const parts = Object.fromEntries(Object.entries(unzipSync(file)).map(([name, bytes]) => [name, strFromU8(bytes)]))
  const strings = elements(parts['xl/sharedStrings.xml'] ?? '', 'si').map(({ inner }) =>
    elements(inner, 't')
      .map((t) => unescaped(t.inner))
      .join(''),
  )
  const styles = parts['xl/styles.xml']!
  const formats = new Map(
    elements(styles, 'numFmt').map(({ attributes }) => [attributes['numFmtId']!, unescaped(attributes['formatCode']!)]),
  )
  const formatOf = elements(elements(styles, 'cellXfs')[0]!.inner, 'xf').map(({ attributes }) => formats.get(attributes['numFmtId']!) ?? '')
  const names = elements(parts['xl/workbook.xml']!, 'sheet').map(({ attributes }) => unescaped(attributes['name']!))
  const cellsOf = (xml: string) =>
    Object.fromEntries(
      elements(xml, 'c').flatMap(({ attributes, inner }): [string, XlsxCell][] => {
        const value = elements(inner, 'v')[0]?.inner
        if (value === undefined) return []
        const read = attributes['t'] === 's' ? strings[Number(value)]! : Number(value)
        return [[attributes['r']!, { value: read, format: formatOf[Number(attributes['s'] ?? 0)]! }]]
      }),
    )
  return { parts, sheets: Object.fromEntries(names.map((name, index) => [name, cellsOf(parts[`xl/worksheets/sheet${index + 1}.xml`]!)])) }
}

const elements = (xml: string, tag: string) =>
  [...xml.matchAll(new RegExp(`<${tag}((?: [^>]*?)?)(?:/>|>(.*?)</${tag}>)`, 'gs'))].map(([, attributes, inner]) => ({
    attributes: Object.fromEntries([...attributes!.matchAll(/([\w:]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!])),
    inner: inner ?? '',
  }))
const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&apos;': "'", '&amp;': '&' }
const unescaped = (text: string) => text.replace(/&(lt|gt|quot|apos|amp);/g, (entity) => entities[entity]!)

/** Rows of a sheet from a line on, as far as they go; empty cells are null. */
export const linesOf = (sheet: Record<string, XlsxCell>, columns: number): (string | number | null)[][] => {
  const last = Math.max(...Object.keys(sheet).map((address) => Number(address.replace(/\D/g, ''))))
  return Array.from({ length: last }, (_, row) =>
    Array.from({ length: columns }, (_, column) => sheet[`${letters(column)}${row + 1}`]?.value ?? null),
  )
}
const letters = (column: number): string =>
  (column < 26 ? '' : letters(Math.floor(column / 26) - 1)) + String.fromCodePoint(65 + (column % 26))

/** `alts`: what is read aloud in place of drawings. */
export type ReadPdf = { title: string; language: string; pages: string[]; tables: string[][][]; roles: Set<string>; alts: string[] }
type Node = { role?: string; alt?: string; type?: string; id?: string; children?: Node[] }

/** The text of a PDF page by page, and its tables (page by page) as a screen reader gets them: by the tags of rows and cells. */
export const readPdf = async (file: Uint8Array): Promise<ReadPdf> => {
  const pdf = await getDocumentProxy(new Uint8Array(file))
  const { Title, Language } = (await pdf.getMetadata()).info as { Title: string; Language: string }
  const read: ReadPdf = { title: Title, language: Language, pages: [], tables: [], roles: new Set(), alts: [] }
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number)
    const texts = new Map<string, string>()
    read.pages.push(await readPage(page, texts))
    visit((await page.getStructTree()) as Node, texts, read)
  }
  return read
}

/** The text alone: the structure of every page is that of all its tables, which takes long where they are. */
export const readPdfText = async (file: Uint8Array): Promise<string[]> => {
  const pdf = await getDocumentProxy(new Uint8Array(file))
  const pages: string[] = []
  for (let number = 1; number <= pdf.numPages; number += 1) pages.push(await readPage(await pdf.getPage(number), new Map()))
  return pages
}

/** Texts of a page that lie upon each other, or beyond its edge. */
export const collisionsIn = async (file: Uint8Array): Promise<string[]> => {
  const pdf = await getDocumentProxy(new Uint8Array(file))
  const found: string[] = []
  for (let number = 1; number <= pdf.numPages; number += 1) {
    const page = await pdf.getPage(number)
    const { width } = page.getViewport({ scale: 1 })
    const boxes = (await page.getTextContent()).items.flatMap((item) => {
      if (!('str' in item) || item.str.trim() === '') return []
      const [size, slant, , , left, base] = item.transform as [number, number, number, number, number, number]
      const box = { text: item.str, left, right: left + item.width, bottom: base - 0.15 * size, top: base + 0.65 * size }
      return slant === 0 ? [box] : []
    })
    boxes.forEach((a, at) => {
      if (a.left < 0 || a.right > width) found.push(`page ${number}: ${a.text} leaves it`)
      for (const b of boxes.slice(at + 1)) {
        const apart = a.right <= b.left || b.right <= a.left || a.top <= b.bottom || b.top <= a.bottom
        if (!apart) found.push(`page ${number}: ${a.text} | ${b.text}`)
      }
    })
  }
  return found
}

const visit = (node: Node, texts: Map<string, string>, read: ReadPdf) => {
  if (node.role) read.roles.add(node.role)
  if (node.alt) read.alts.push(node.alt)
  node.children?.forEach((child) => visit(child, texts, read))
  if (node.role !== 'Table') return
  // rows without content stand on other pages
  const rows = (node.children ?? []).filter((row) => idsOf(row).length > 0)
  if (rows.length > 0)
    read.tables.push(
      rows.map((row) =>
        (row.children ?? []).map((cell) =>
          idsOf(cell)
            .map((id) => texts.get(id) ?? '')
            .join('')
            .trim(),
        ),
      ),
    )
}
const idsOf = (node: Node): string[] => (node.id === undefined ? (node.children ?? []).flatMap(idsOf) : [node.id])

type Item = { type?: string; id?: string; str?: string; hasEOL?: boolean }
/** The page's text; what each marked part of it says goes into `texts`. */
const readPage = async (page: PDFPageProxy, texts: Map<string, string>): Promise<string> => {
  const open: (string | undefined)[] = []
  let all = ''
  for (const item of (await page.getTextContent({ includeMarkedContent: true })).items as Item[]) {
    if (item.type?.startsWith('beginMarkedContent')) open.push(item.id)
    else if (item.type === 'endMarkedContent') open.pop()
    else {
      const text = `${item.str ?? ''}${item.hasEOL ? ' ' : ''}`
      all += text
      const id = open.findLast((each) => each !== undefined)
      if (id !== undefined) texts.set(id, (texts.get(id) ?? '') + text)
    }
  }
  return all
}
