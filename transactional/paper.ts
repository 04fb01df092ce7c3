import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { create, type Font } from 'fontkit'
import PdfDocument from 'pdfkit'
import decompress from 'woff2-encoder/decompress'

export type Face = 'regular' | 'semibold'
export const colours = { ink: '#131525', muted: '#454b6b' }

const folder = path.join(path.dirname(createRequire(import.meta.url).resolve('@kern-ux/native/package.json')), 'dist/fonts/fira-sans')
const openFont = async (name: string) =>
  create(Buffer.from(await decompress(await readFile(path.join(folder, `FiraSans-${name}.woff2`))))) as Font
const openFonts = async (): Promise<Record<Face, Font>> => ({ regular: await openFont('Regular'), semibold: await openFont('SemiBold') })
let fonts: Promise<Record<Face, Font>> | undefined
/** The font of the pages, unpacked once: PDF knows no WOFF2. */
export const loadFonts = (): Promise<Record<Face, Font>> => (fonts ??= openFonts())

type Paper = { doc: PDFKit.PDFDocument; root: PDFKit.PDFStructureElement; close: () => Promise<Buffer> }

/**
 * A tagged PDF on A4 in German, with both faces; `root` takes what belongs to its text, in reading order, and `close` gives the file.
 * `layout`: pdfkit's options for its pages.
 */
export const openPaper = async (
  info: { title: string; author: string; at: Date },
  { subset, ...layout }: Omit<PDFKit.PDFDocumentOptions, 'subset'> & { subset: 'PDF/UA' | 'PDF/A-2a' },
): Promise<Paper> => {
  const { regular, semibold } = await loadFonts()
  const options = {
    ...layout,
    size: 'A4',
    pdfVersion: '1.7',
    subset,
    tagged: true,
    lang: 'de-DE',
    displayTitle: true,
    info: { Title: info.title, Author: info.author, Creator: 'SoJuS', Producer: 'SoJuS', CreationDate: info.at },
    font: regular,
  }
  // these subsets and opened fonts are newer than the types
  const doc = new PdfDocument(options as unknown as PDFKit.PDFDocumentOptions)
  const parts: Buffer[] = []
  doc.on('data', (part: Buffer) => parts.push(part))
  const ended = once(doc, 'end')
  doc.registerFont('regular', regular as unknown as Buffer)
  doc.registerFont('semibold', semibold as unknown as Buffer)
  const root = doc.struct('Document')
  doc.addStructure(root)
  const close = async () => {
    root.end()
    doc.end()
    await ended
    return Buffer.concat(parts)
  }
  return { doc, root, close }
}
