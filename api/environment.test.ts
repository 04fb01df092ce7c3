import { expect, test } from 'vitest'
import { readEnvironment } from './environment.ts'

test('without any variable the defaults hold, and blank ones count as not given', () => {
  const defaults = { PORT: 8080, DATA_DIR: '.data', DEMO_SIZE: 1, DEMO_AREA: 'MV', LOG_LEVEL: 'warn' }
  expect(readEnvironment({})).toEqual(defaults)
  expect(readEnvironment({ PORT: '', DEMO: '', DATABASE_URL: '', HOST: '' })).toMatchObject(defaults)
})

test('wrong values are named, each in one sentence', () => {
  expect(() => readEnvironment({ PORT: 'eighty' })).toThrow('Die Umgebungsvariable PORT muss eine Zahl sein.')
  expect(() => readEnvironment({ PORT: '70000' })).toThrow('Die Umgebungsvariable PORT muss höchstens 65535 sein.')
  expect(() => readEnvironment({ DEMO: 'yes', DEMO_SIZE: '0' })).toThrow(
    'Die Umgebungsvariable DEMO muss on oder off sein. Die Umgebungsvariable DEMO_SIZE muss größer als 0 sein.',
  )
})
