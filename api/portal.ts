import { Hono, type Handler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { secureHeaders } from 'hono/secure-headers'
import type { Logger } from 'pino'

const megabyte = 1024 * 1024
const services = /^\/(api|service)(\/|$)/

const problem = (status: number, code: string, title: string) =>
  new Response(JSON.stringify({ type: 'about:blank', title, status, code, details: [] }), {
    status,
    headers: { 'Content-Type': 'application/problem+json' },
  })

// inline styles are Plot's; scripts come from the build alone
const contentSecurityPolicy = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'self'"],
}

/** What every answer of the one origin has in common, around the two services and the dashboards. */
export const portalApp = (deps: { apps: Hono[]; assets: Handler; log: Logger; secure: boolean }): Hono => {
  const { apps, assets, log, secure } = deps
  const portal = new Hono()
  portal.use(
    secureHeaders({
      contentSecurityPolicy,
      xFrameOptions: 'SAMEORIGIN',
      referrerPolicy: 'same-origin',
      strictTransportSecurity: secure ? 'max-age=31536000' : false,
      permissionsPolicy: { camera: [], microphone: [], geolocation: [], payment: [] },
    }),
  )
  portal.use(compress())
  portal.use(
    bodyLimit({
      maxSize: megabyte,
      onError: () => problem(413, 'body_too_large', 'Die Anfrage ist zu groß: höchstens 1 MB sind erlaubt.'),
    }),
  )
  for (const app of apps) portal.route('/', app)
  portal.get('*', (c, next) => (services.test(c.req.path) ? c.notFound() : assets(c, next)))
  portal.notFound((c) =>
    services.test(c.req.path) ? problem(404, 'not_found', 'Das gibt es hier nicht.') : c.text('Diese Seite gibt es nicht.', 404),
  )
  portal.onError((error, c) => {
    log.error({ err: error, method: c.req.method, path: c.req.path }, 'request failed')
    return problem(500, 'internal_error', 'Ein Fehler ist aufgetreten. Er wurde aufgezeichnet.')
  })
  return portal
}
