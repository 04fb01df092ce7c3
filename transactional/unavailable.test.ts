import { pino } from 'pino'
import { expect, test } from 'vitest'
import { transactionalApp } from './app.ts'
import { openDatabase } from './connection.ts'

test('while the data base cannot be reached, requests are refused for the moment and nothing is blamed on the reader', async () => {
  // nothing listens on port 1
  const db = openDatabase('postgres://nobody@127.0.0.1:1/none')
  const app = transactionalApp({ db, now: () => new Date(), log: pino({ level: 'silent' }), secure: false })
  const headers = { cookie: `sojus_session=${'a'.repeat(43)}`, origin: 'http://localhost' }
  for (const path of ['/api/session', '/service/bookings']) {
    const response = await app.request(`http://localhost${path}`, { headers })
    expect([path, response.status, response.headers.get('retry-after')]).toEqual([path, 503, '1'])
    expect(await response.json()).toMatchObject({
      code: 'busy',
      title: 'Der Vorgang ist gerade nicht möglich. Bitte noch einmal versuchen.',
    })
  }
  await db.destroy()
})
