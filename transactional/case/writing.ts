// Papers that the service itself puts into a file: headings, paragraphs and a footer, tagged so that they can be read aloud.
import { colours, openPaper, type Face } from '../paper.ts'

/** `words`: what has been written, page by page. */
export type Writing = { doc: PDFKit.PDFDocument; root: PDFKit.PDFStructureElement; words: string[][] }

const { ink, muted } = colours
const margins = { top: 64, bottom: 80, left: 71, right: 57 }

const minute = new Intl.DateTimeFormat('de-DE', { timeZone: 'Europe/Berlin', dateStyle: 'medium', timeStyle: 'short' })
export const instantText = (instant: string) => `${minute.format(new Date(instant))} Uhr`

type Style = { tag?: string; face?: Face; size?: number; colour?: string; above?: number }
export const write = (
  { doc, root, words }: Writing,
  text: string,
  { tag = 'P', face = 'regular', size = 10.5, colour = ink, above = 0 }: Style = {},
) => {
  const draw = () => doc.font(face).fontSize(size).fillColor(colour).text(text, { lineGap: 3 })
  doc.y += above
  ;(words[doc.bufferedPageRange().count - 1] ??= []).push(text)
  const part = doc.struct(tag)
  root.add(part)
  part.add(draw).end()
}
export const heading = (writing: Writing, text: string) => {
  // a heading does not stand alone at the foot of a page
  if (writing.doc.y > writing.doc.page.height - margins.bottom - 60) writing.doc.addPage()
  write(writing, text, { tag: 'H2', face: 'semibold', size: 13, above: 18 })
}
export const line = (writing: Writing, term: string, text: string) => write(writing, `${term}: ${text}`, { above: 2 })

const footers = (doc: PDFKit.PDFDocument, text: string) => {
  const { count } = doc.bufferedPageRange()
  for (let page = 0; page < count; page++) {
    doc.switchToPage(page)
    // the footer stands below the text's lower margin
    doc.page.margins.bottom = 0
    doc.markContent('Artifact', { type: 'Pagination' })
    doc.font('regular').fontSize(8).fillColor(muted)
    doc.text(`${text} · Seite ${page + 1} von ${count}`, margins.left, doc.page.height - 48, { lineBreak: false })
    doc.endMarkedContent()
  }
}

/** The file of what `body` writes, and its words page by page. */
export const writePaper = async (
  info: { title: string; author: string; at: Date },
  footer: string,
  body: (writing: Writing) => void,
): Promise<{ content: Buffer; pages: string[] }> => {
  const { doc, root, close } = await openPaper(info, { subset: 'PDF/UA', margins, bufferPages: true })
  const words: string[][] = []
  body({ doc, root, words })
  footers(doc, footer)
  return { content: await close(), pages: Array.from(words, (lines = []) => lines.join('\n')) }
}
