import type { DocumentWords } from '../vocabulary.ts'
import { inOwnProcess, oneAtATime } from './own-process.ts'

/** `pages`: their texts in order, as far as they could be read. */
export type PdfWords = { words: DocumentWords; pages: string[] }

/** A page holds a few thousand characters; PostgreSQL takes 1 MB of words. */
const mostOfPage = 100_000

const readInChild = async (content: Uint8Array): Promise<PdfWords> => {
  const answer = await inOwnProcess('pdf-text.child.ts', content)
  if (answer === undefined) return { words: 'too_long', pages: [] }
  return answer.length === 0 ? { words: 'damaged', pages: [] } : (JSON.parse(answer.toString()) as PdfWords)
}

// no control characters, which PostgreSQL or the eye could not bear
const cleaned = (page: string) =>
  page
    .normalize('NFC')
    .replaceAll(/[^\P{Cc}\n]/gu, ' ')
    .slice(0, mostOfPage)

const inTurn = oneAtATime()

/** The words of a PDF; one is read at a time. One that is damaged, locked or takes too long has none and says so. */
export const pdfWords = async (content: Uint8Array): Promise<PdfWords> => {
  const { words, pages } = await inTurn(() => readInChild(content))
  return { words, pages: pages.map(cleaned) }
}
