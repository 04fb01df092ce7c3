import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { DocumentWords } from '../vocabulary.ts'

/** `pages`: their texts in order, as far as they could be read. */
export type PdfWords = { words: DocumentWords; pages: string[] }

const longestMs = 20_000
/** A page holds a few thousand characters; PostgreSQL takes 1 MB of words. */
const mostOfPage = 100_000

/** Nothing of this process's environment is passed on; Windows starts nothing without the folder of its system. */
const bareEnvironment = (): NodeJS.ProcessEnv => (process.env.SystemRoot === undefined ? {} : { SystemRoot: process.env.SystemRoot })

const readInChild = async (content: Uint8Array): Promise<PdfWords> => {
  const child = spawn(process.execPath, ['--max-old-space-size=512', '--import', 'tsx', join(import.meta.dirname, 'pdf-text.child.ts')], {
    // where tsx is found from
    cwd: import.meta.dirname,
    env: bareEnvironment(),
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  })
  let late = false
  const clock = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, longestMs)
  // a child that could not be started, or is gone, reads nothing
  for (const each of [child, child.stdin]) each.on('error', () => undefined)
  child.stdin.end(content)
  try {
    const answer = await text(child.stdout)
    if (late) return { words: 'too_long', pages: [] }
    return answer === '' ? { words: 'damaged', pages: [] } : (JSON.parse(answer) as PdfWords)
  } finally {
    clearTimeout(clock)
    child.kill('SIGKILL')
  }
}

// no control characters, which PostgreSQL or the eye could not bear
const cleaned = (page: string) =>
  page
    .normalize('NFC')
    .replaceAll(/[^\P{Cc}\n]/gu, ' ')
    .slice(0, mostOfPage)

let last: Promise<unknown> = Promise.resolve()

/** The words of a PDF; one is read at a time. One that is damaged, locked or takes too long has none and says so. */
export const pdfWords = (content: Uint8Array): Promise<PdfWords> => {
  const reading = last.then(() => readInChild(content))
  last = reading.catch(() => undefined)
  return reading.then(({ words, pages }) => ({ words, pages: pages.map(cleaned) }))
}
