import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { listen, type HttpServer } from './http.ts'

let server: HttpServer | undefined
afterEach(async () => {
  await server?.drain(0)
  server = undefined
})

const request = async (port: number, accept = '*/*'): Promise<IncomingMessage> => {
  const [response] = (await once(get({ host: '127.0.0.1', port, agent: false, headers: { accept } }), 'response')) as [IncomingMessage]
  return response
}
const text = async (response: IncomingMessage) => (await response.toArray()).join('')

test('until the product is ready the port is held and says so', async () => {
  server = await listen(0, '127.0.0.1')
  const early = await request(server.port)
  expect([early.statusCode, await text(early)]).toEqual([503, 'SoJuS wird gestartet …\n'])
  server.answer((_request, response) => response.end('ready'))
  expect(await text(await request(server.port))).toBe('ready')
})

test('a port in use is refused at once', async () => {
  server = await listen(0, '127.0.0.1')
  await expect(listen(server.port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('moving to another address keeps the port and who answers', async () => {
  server = await listen(0, '127.0.0.1')
  server.answer((_request, response) => response.end('ready'))
  await server.move('127.0.0.2')
  await expect(request(server.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await server.move('127.0.0.1')
  expect(await text(await request(server.port))).toBe('ready')
})

test('draining lets a request in flight end, cuts an event stream and takes nothing new', async () => {
  const own = await listen(0, '127.0.0.1')
  own.answer(async (incoming, response) => {
    response.write('begun ')
    if (incoming.headers.accept === 'text/event-stream') return
    await sleep(300)
    response.end('ended')
  })
  const stream = await request(own.port, 'text/event-stream')
  const slow = await request(own.port)
  const cut = once(stream, 'error')
  stream.resume()
  const drained = own.drain()
  expect(await text(slow)).toBe('begun ended')
  await cut
  await drained
  await expect(request(own.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})
