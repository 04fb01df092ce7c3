import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { Logger } from 'pino'
import type { Freshness } from '../warehouse/query.ts'
import { UnknownFilter } from '../warehouse/views.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { catalogueRoutes } from './catalogue.routes.ts'
import { comparisonRoutes } from './comparison.routes.ts'
import { distributionRoutes } from './distribution.routes.ts'
import { evaluationRoutes } from './evaluation.routes.ts'
import { deskRoutes } from './desk.routes.ts'
import { eventRoutes } from './events.ts'
import { explanationRoutes } from './explanation.routes.ts'
import { healthRoutes } from './health.routes.ts'
import { ImpossiblePeriod, MomentInPreparation, sourcesOf, UnknownMoment, type Bygone, type Source } from './moment.ts'
import { problem } from './problem.ts'
import type { Drawings } from './report/drawings.ts'
import { rankingRoutes } from './ranking.routes.ts'
import { signedIn, type ApiEnv, type FindReader } from './reader.ts'
import { sideBySideRoutes } from './side-by-side.routes.ts'
import { unusualRoutes } from './unusual.routes.ts'
import { unknownClass } from './view.ts'

/** What the api needs to know of the stream that fills the warehouse. */
export type Stream = {
  status(): { lag_ms: number; data_lsn: string; data_as_of: string }
  onApplied(listener: (event: { tables: string[]; data_lsn: string; data_as_of: string }) => void): () => void
}

export type ApiOptions = {
  warehouse: Warehouse
  reader: FindReader
  ingest: Stream
  now: () => Date
  log: Logger
  /** Past states of the data; without them, none can be chosen. */
  bygone?: Bygone
  /** The address people use; without it, the one a request came to. */
  public_url?: string | undefined
  /** Refuses what a foreign page sends, as the service does. */
  sameOrigin: MiddlewareHandler
  /** What reports hold of what the pages draw. */
  drawings: Drawings
}

export type ApiDeps = ApiOptions & {
  /** Writes the data time and position an answer was read at into its headers; returns the data time. */
  stamp: (c: Context<ApiEnv>, read: Freshness, source?: Source) => string
  /** The data a request asks for by `as_of`. */
  sourceOf: (c: Context<ApiEnv>, as_of: string | undefined) => Promise<Source>
  /** A page or answer of this portal as people reach it. */
  address: (c: Context<ApiEnv>, path: string, query: Record<string, string | null>) => string
}

/** Everything under /api that is read from the warehouse. */
export const apiApp = (options: ApiOptions): Hono<ApiEnv> => {
  const deps: ApiDeps = { ...options, stamp, address: addressOf(options.public_url), sourceOf: sourcesOf(options) }
  const app = new Hono<ApiEnv>()
  app.onError((error, c) => {
    if (error instanceof UnknownFilter) {
      return problem(c, 400, 'invalid_input', 'Die Anfrage ist so nicht möglich.', [
        { field: error.field, message: unknownFilter[error.field] },
      ])
    }
    if (error instanceof UnknownMoment)
      return problem(c, 400, 'invalid_input', 'Die Anfrage ist so nicht möglich.', [{ field: 'as_of', message: unknownMoment }])
    if (error instanceof ImpossiblePeriod)
      return problem(c, 400, 'invalid_input', 'Die Anfrage ist so nicht möglich.', [{ field: error.field, message: error.message }])
    if (error instanceof MomentInPreparation) {
      c.header('Retry-After', '1')
      return problem(c, 503, 'preparing', 'Dieser Stand wird aus der Historie berechnet. Bitte gleich noch einmal laden.')
    }
    if (error instanceof HTTPException && error.status === 400)
      return problem(c, 400, 'malformed_json', 'Die Anfrage ist kein gültiges JSON.')
    options.log.error({ err: error, path: c.req.path }, 'request failed')
    return problem(c, 500, 'internal_error', 'Ein Fehler ist aufgetreten. Er wurde aufgezeichnet.')
  })
  app.notFound((c) => problem(c, 404, 'not_found', 'Das gibt es hier nicht.'))
  app.use('/api/*', (c, next) => {
    c.set('reached', options.ingest.status())
    return next()
  })
  app.use('/api/*', options.sameOrigin)
  app.route('/api', healthRoutes(deps))
  const forReaders = [
    'key-figures',
    'comparison/*',
    'side-by-side/*',
    'evaluation/*',
    'trend',
    'distribution',
    'explanation',
    'unusual',
    'rankings/*',
    'desk',
    'events',
  ]
  for (const path of forReaders) app.use(`/api/${path}`, signedIn(options.reader, options.log))
  const views = [comparisonRoutes, distributionRoutes, explanationRoutes, sideBySideRoutes, evaluationRoutes, unusualRoutes, rankingRoutes]
  for (const routes of [catalogueRoutes, ...views, deskRoutes, eventRoutes]) app.route('/api', routes(deps))
  return app
}

const unknownMoment =
  'Diesen Stand gibt es nicht. Wählbar sind vergangene Monatsenden seit Beginn der Aufzeichnung und festgehaltene Stände.'

const unknownArea =
  'Dieses Gebiet gibt es nicht, oder es ist eine Vergleichsgruppe, die es nicht mehr oder zu diesem Stand noch nicht gibt. Die Liste steht unter /api/key-figures.'

const unknownFilter: Record<UnknownFilter['field'], string> = {
  figure: 'Diese Kennzahl gibt es nicht. Die Liste steht unter /api/key-figures.',
  service_kind: 'Diese Hilfeart gibt es nicht. Die Liste steht unter /api/key-figures.',
  service_kinds: 'Eine dieser Hilfearten gibt es nicht. Die Liste steht unter /api/key-figures.',
  specialisation: 'Diese Spezialisierung gibt es nicht. Die Liste steht unter /api/key-figures.',
  area: unknownArea,
  group:
    'Diese Vergleichsgruppe gibt es nicht oder nicht mehr, oder sie hat nur einen Träger, mit dem allein nicht verglichen wird. Die Liste steht unter /api/key-figures.',
  ...unknownClass,
}

const addressOf =
  (public_url: string | undefined): ApiDeps['address'] =>
  (c, path, query) => {
    const url = new URL(path, public_url ?? c.req.url)
    for (const [name, value] of Object.entries(query)) if (value !== null) url.searchParams.set(name, value)
    return url.href
  }

/** The data are as of the last commit that was read, or of what the stream had reached before reading began, if later. */
const stamp = (c: Context<ApiEnv>, read: Freshness, source?: Source): string => {
  const { data_as_of: reached } = c.get('reached')
  const data_as_of = source?.as_of || reached <= read.data_as_of ? read.data_as_of : reached
  c.header('X-Data-As-Of', data_as_of)
  c.header('X-Data-LSN', read.data_lsn)
  return data_as_of
}
