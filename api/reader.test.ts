import { Hono } from 'hono'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { signedIn, type FindReader, type Reader } from './reader.ts'

const politics: Reader = { roles: ['politics'], federal_state: 'MV', youth_authority_id: null }

test('nobody passes without a session or token, nor while they cannot be looked up', async () => {
  const statusFor = async (findReader: FindReader) => {
    const app = new Hono().use(signedIn(findReader, pino({ level: 'silent' }))).get('/', (c) => c.text('figures'))
    const response = await app.request('/')
    return [response.status, response.headers.get('retry-after')]
  }
  expect(await statusFor(async () => politics)).toEqual([200, null])
  expect(await statusFor(async () => 'not_signed_in')).toEqual([401, null])
  expect(await statusFor(async () => 'token_refused')).toEqual([401, null])
  expect(await statusFor(async () => 'token_throttled')).toEqual([429, '900'])
  expect(await statusFor(() => Promise.reject(new Error('Connection terminated unexpectedly')))).toEqual([503, '1'])
})
