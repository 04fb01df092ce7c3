import { Hono, type Context, type Env, type Handler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { secureHeaders } from 'hono/secure-headers'
import { openAPIRouteHandler } from 'hono-openapi'
import type { Logger } from 'pino'
import { comparisonPage } from './comparison.routes.ts'
import { evaluationPage } from './evaluation.routes.ts'
import { problem } from './problem.ts'
import { rankingPage } from './ranking.routes.ts'
import { sideBySidePage } from './side-by-side.routes.ts'

const megabyte = 1024 * 1024
/** What the first packets of a connection carry (ten of 1,460 bytes) arrives no sooner packed, and packing takes as long as making it. */
const packedFrom = 14_600

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

const documentation = {
  info: { title: 'SoJuS', version: '1', description: 'Service portal (/service) and key figures (/api) of German youth welfare' },
  components: {
    securitySchemes: {
      access_token: { type: 'http' as const, scheme: 'bearer', description: 'Personal access token: GET under /api, without /api/session' },
    },
  },
}

/** Every other page stays out of other people's frames. */
const embeddedPages = new Set([comparisonPage, sideBySidePage, evaluationPage, rankingPage])

export type PortalOptions<T extends Env, A extends Env> = {
  transactional: Hono<T>
  analytic: Hono<A>
  assets: Handler
  log: Logger
  secure: boolean
  /** Whose pages may show views within theirs. */
  embed_origins?: string[]
}

/** What every answer of the one origin has in common, around the two services and the dashboards. */
export const portalApp = <T extends Env, A extends Env>({
  transactional,
  analytic,
  assets,
  log,
  secure,
  embed_origins = [],
}: PortalOptions<T, A>): Hono => {
  const portal = new Hono()
  const common = {
    referrerPolicy: 'same-origin',
    strictTransportSecurity: secure ? 'max-age=31536000' : false,
    permissionsPolicy: { camera: [], microphone: [], geolocation: [], payment: [] },
  }
  const strict = secureHeaders({ ...common, contentSecurityPolicy, xFrameOptions: 'SAMEORIGIN' })
  // what cannot name several origins is left to the policy
  const embedding = { ...contentSecurityPolicy, frameAncestors: ["'self'", ...embed_origins] }
  const embedded = secureHeaders({ ...common, contentSecurityPolicy: embedding, xFrameOptions: false })
  const mayBeEmbedded = (c: Context) => embed_origins.length > 0 && c.req.query('embed') === '1' && embeddedPages.has(c.req.path)
  // what was uploaded runs nothing and loads nothing, whatever it turns out to be
  const uploaded = secureHeaders({ ...common, contentSecurityPolicy: { defaultSrc: ["'none'"], sandbox: [] }, xFrameOptions: 'DENY' })
  const isUploaded = (c: Context) => /^\/service\/(documents|facility-files)\//.test(c.req.path)
  portal.use((c, next) => (mayBeEmbedded(c) ? embedded : isUploaded(c) ? uploaded : strict)(c, next))
  portal.use(compress({ threshold: packedFrom }))
  const limit = bodyLimit({
    maxSize: megabyte,
    onError: (c) => problem(c, 413, 'body_too_large', 'Die Anfrage ist zu groß: höchstens 1 MB sind erlaubt.'),
  })
  // the service has a limit of its own for whole files
  const isUpload = (c: Context) => c.req.path.startsWith('/service/') && /^multipart\/form-data/i.test(c.req.header('content-type') ?? '')
  portal.use((c, next) => (isUpload(c) ? next() : limit(c, next)))
  // each app keeps its own middleware to itself
  const passTo =
    <E extends Env>(app: Hono<E>) =>
    (c: Context) =>
      app.fetch(c.req.raw, c.env as E['Bindings'])
  const described = new Hono().route('/', transactional).route('/', analytic)
  portal.get('/api/openapi.json', openAPIRouteHandler(described, { documentation }))
  for (const path of ['/api/session', '/api/session/*', '/service/*']) portal.all(path, passTo(transactional))
  portal.all('/api/*', passTo(analytic))
  portal.get('*', assets)
  portal.notFound((c) => c.text('Diese Seite gibt es nicht.', 404))
  portal.onError((error, c) => {
    log.error({ err: error, method: c.req.method, path: c.req.path }, 'request failed')
    return problem(c, 500, 'internal_error', 'Ein Fehler ist aufgetreten. Er wurde aufgezeichnet.')
  })
  return portal
}
