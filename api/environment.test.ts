import { expect, test } from 'vitest'
import { readEnvironment } from './environment.ts'

test('without any variable the defaults hold, and blank ones count as not given', () => {
  const demonstration = { DEMO_SIZE: 1, DEMO_AREA: 'MV' }
  const defaults = {
    PORT: 8080,
    DATA_DIR: '.data',
    INBOX_DAYS: 90,
    DOCUMENT_MB: 20,
    EMBED_ORIGINS: [],
    ...demonstration,
    LOG_LEVEL: 'warn',
  }
  expect(readEnvironment({})).toEqual(defaults)
  expect(
    readEnvironment({ PORT: '', DEMO: '', DATABASE_URL: '', HOST: '', SMTP_URL: '', SMTP_FROM: '', INBOX_DAYS: '', EMBED_ORIGINS: '' }),
  ).toMatchObject(defaults)
})

test('wrong values are named, each in one sentence', () => {
  expect(() => readEnvironment({ PORT: 'eighty' })).toThrow('Die Umgebungsvariable PORT muss eine Zahl sein.')
  expect(() => readEnvironment({ PORT: '70000' })).toThrow('Die Umgebungsvariable PORT muss höchstens 65535 sein.')
  expect(() => readEnvironment({ SMTP_URL: 'mail.example.de' })).toThrow('SMTP_URL muss eine Adresse wie smtps://')
  expect(() => readEnvironment({ EMBED_ORIGINS: "https://intranet.example.de *; script-src 'unsafe-inline'" })).toThrow(
    'EMBED_ORIGINS.1 muss',
  )
  expect(() => readEnvironment({ DEMO: 'yes', DEMO_SIZE: '0' })).toThrow(
    'Die Umgebungsvariable DEMO muss on oder off sein. Die Umgebungsvariable DEMO_SIZE muss größer als 0 sein.',
  )
})
