import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { documentFile, keyFiguresDocument } from './key-figures-document.ts'

it('KEY-FIGURES.md is what the registry gives (else: npm run generate)', async () => {
  expect(await readFile(documentFile, 'utf8')).toBe(await keyFiguresDocument())
})
