import { Hono } from 'hono'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { signedIn, type Reader } from './reader.ts'

const politics: Reader = { roles: ['politics'], federal_state: 'MV', youth_authority_id: null }

test('nobody passes without a session, nor while sessions cannot be looked up', async () => {
  const statusFor = async (readerOf: () => Promise<Reader | undefined>) => {
    const app = new Hono().use(signedIn(readerOf, pino({ level: 'silent' }))).get('/', (c) => c.text('figures'))
    const response = await app.request('/')
    return [response.status, response.headers.get('retry-after')]
  }
  expect(await statusFor(async () => politics)).toEqual([200, null])
  expect(await statusFor(async () => undefined)).toEqual([401, null])
  expect(await statusFor(() => Promise.reject(new Error('Connection terminated unexpectedly')))).toEqual([503, '1'])
})
