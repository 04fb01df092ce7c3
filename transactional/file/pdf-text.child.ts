// Reads a PDF from its standard input and writes the words of its pages as JSON: a process of its own, since a PDF may come from anybody.
import { buffer } from 'node:stream/consumers'
import { getDocumentProxy } from 'unpdf'
import { watchMemory } from './own-process.ts'
import type { PdfWords } from './pdf-text.ts'

watchMemory()

const wordsOf = async (content: Uint8Array): Promise<PdfWords> => {
  const pdf = await getDocumentProxy(content)
  const pages: string[] = []
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number)
    const { items } = await page.getTextContent()
    pages.push(items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join(''))
    page.cleanup()
  }
  return { words: pages.some((text) => text.trim() !== '') ? 'read' : 'none', pages }
}

const answer = await wordsOf(new Uint8Array(await buffer(process.stdin))).catch((error: unknown): PdfWords => ({
  words: (error as Error).name === 'PasswordException' ? 'locked' : 'damaged',
  pages: [],
}))
process.stdout.write(JSON.stringify(answer), () => process.exit(0))
