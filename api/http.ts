import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown
export type HttpServer = {
  port: number
  /** who answers from now on */
  answer(handler: Handler): void
  /** gives up the address and takes another with the same port */
  move(host: string | undefined): Promise<void>
  /** takes no more requests, lets those in flight end, cuts event streams */
  drain(patience_ms?: number): Promise<void>
}

const starting: Handler = (_request, response) => {
  response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '2' })
  response.end('SoJuS wird gestartet …\n')
}

const asksForEvents = (request: IncomingMessage) => (request.headers.accept ?? '').includes('text/event-stream')

/** Takes the port at once, so that nobody else does while the product starts; answers 503 until `answer` is called. */
export const listen = async (port: number, host: string | undefined): Promise<HttpServer> => {
  let handler = starting
  const open = new Set<ServerResponse>()
  const onRequest: Handler = (request, response) => {
    open.add(response)
    response.once('close', () => open.delete(response))
    handler(request, response)
  }
  const bind = async (wanted: number, address: string | undefined): Promise<Server> => {
    // who keeps connections open for a minute, as proxies do, would else send into one that is just being closed
    const server = createServer({ requestTimeout: 60_000, headersTimeout: 20_000, keepAliveTimeout: 65_000 }, onRequest)
    server.listen({ port: wanted, ...(address !== undefined && { host: address }) })
    await once(server, 'listening')
    return server
  }
  const release = async (server: Server, patience_ms: number) => {
    const closed = once(server, 'close')
    server.close()
    server.closeIdleConnections()
    for (const response of open) if (asksForEvents(response.req)) response.destroy()
    const late = setTimeout(() => server.closeAllConnections(), patience_ms)
    await closed
    clearTimeout(late)
  }

  let server = await bind(port, host)
  const taken = (server.address() as AddressInfo).port
  return {
    port: taken,
    answer: (next) => void (handler = next),
    move: async (address) => {
      await release(server, 0)
      server = await bind(taken, address)
    },
    drain: (patience_ms = 5_000) => release(server, patience_ms),
  }
}
