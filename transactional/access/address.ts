import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/** Behind TLS there is a proxy of ours, and the last address it noted is true; without one, the connection's own. */
export const addressOf = (c: Context<{ Bindings: Partial<HttpBindings> }>, secure: boolean): string => {
  const noted = secure ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
  return (noted || c.env?.incoming?.socket.remoteAddress || 'unknown').slice(0, 64)
}
