import { Hono, type MiddlewareHandler } from 'hono'
import { accessTokenRoutes } from './access/access-token.routes.ts'
import { readerOf } from './access/reader.ts'
import { limitBody, sameOrigin } from './access/same-origin.ts'
import { sessionRoutes } from './access/session.routes.ts'
import { invoiceRoutes } from './billing/invoice.routes.ts'
import { paymentLineRoutes } from './billing/payment-lines.routes.ts'
import { paymentRoutes } from './billing/payment.routes.ts'
import { authorityChangeRoutes } from './case/authority-change.routes.ts'
import { carePlanRoutes } from './case/care-plan.routes.ts'
import { caseManagerRoutes } from './case/case-manager.routes.ts'
import { caseWorkRoutes } from './case/case-work.routes.ts'
import { caseRoutes } from './case/case.routes.ts'
import { clientRoutes } from './case/client.routes.ts'
import { reminderRoutes } from './case/reminder.routes.ts'
import { consultationRoutes } from './case/consultation.routes.ts'
import { documentRoutes, type Uploads } from './file/document.routes.ts'
import { takeOverRoutes } from './case/take-over.routes.ts'
import { noticeRoutes } from './file/notice.routes.ts'
import { noticeTemplateRoutes } from './file/notice-template.routes.ts'
import { retentionRoutes } from './file/retention.routes.ts'
import { bookingLineRoutes } from './placement/booking-lines.routes.ts'
import { bookingStepRoutes } from './placement/booking-step.routes.ts'
import { bookingRoutes } from './placement/booking.routes.ts'
import { dossierRoutes } from './placement/dossier.routes.ts'
import { offerRoutes } from './placement/offer.routes.ts'
import { placeRoutes } from './placement/place.routes.ts'
import { remainingBudgetRoutes } from './placement/remaining-budget.routes.ts'
import { reservationLineRoutes } from './placement/reservation-lines.routes.ts'
import { waitLineRoutes } from './placement/wait-lines.routes.ts'
import { reservationRoutes } from './placement/reservation.routes.ts'
import { searchRoutes } from './placement/search.routes.ts'
import { waitingRoutes } from './placement/waiting.routes.ts'
import { comparisonGroupRoutes } from './portal/comparison-group.routes.ts'
import { draftRoutes } from './portal/draft.routes.ts'
import { evaluationRoutes } from './portal/evaluation.routes.ts'
import { inboxRoutes } from './portal/inbox.routes.ts'
import { publishedViewRoutes, type TakeView } from './portal/published-view.routes.ts'
import { reportScheduleRoutes, type CheckReport } from './portal/report-schedule.routes.ts'
import { notFound, problemHandler } from './problem.ts'
import { facilityFileRoutes } from './provider/facility-file.routes.ts'
import { payerChangeRoutes } from './provider/payer-change.routes.ts'
import { placeBlockRoutes } from './provider/place-block.routes.ts'
import { ownBookingRoutes } from './provider/own-booking.routes.ts'
import { ownFacilityRoutes } from './provider/own-facility.routes.ts'
import { providerRoutes } from './provider/provider.routes.ts'
import { pocketMoneyRoutes } from './reference/pocket-money.routes.ts'
import { reviewRoutes } from './rating/review.routes.ts'
import type { LinesDeps } from './lines-behind.ts'
import type { ServiceEnv } from './route.ts'
import { RuleViolation } from './rule-violation.ts'

const neverStored: MiddlewareHandler = async (c, next) => {
  c.header('Cache-Control', 'no-store')
  await next()
}

/** Views are published and reports sent where there is a warehouse to take them from. */
type ServiceDeps = LinesDeps & { takeView?: TakeView; checkReport?: CheckReport; mails?: boolean; embeds?: boolean; uploads?: Uploads }

const usualUploads: Uploads = { most_bytes: 20 * 1024 * 1024 }

/** Everything under `/service` belongs to somebody signed in. */
const serviceApp = (deps: ServiceDeps) => {
  const findReader = readerOf(deps.db, deps.now)
  const service = new Hono<ServiceEnv>()
  service.use(async (c, next) => {
    const reader = await findReader(c.req.raw)
    if (reader === undefined) throw new RuleViolation('not_signed_in')
    c.set('reader', reader)
    await next()
  })
  const parts = [
    offerRoutes,
    placeRoutes,
    dossierRoutes,
    searchRoutes,
    reservationRoutes,
    waitingRoutes,
    remainingBudgetRoutes,
    bookingRoutes,
    bookingStepRoutes,
    bookingLineRoutes,
    reservationLineRoutes,
    waitLineRoutes,
    paymentLineRoutes,
    takeOverRoutes,
    clientRoutes,
    caseRoutes,
    caseManagerRoutes,
    consultationRoutes,
    caseWorkRoutes,
    carePlanRoutes,
    reminderRoutes,
    noticeRoutes,
    noticeTemplateRoutes,
    retentionRoutes,
    draftRoutes,
    invoiceRoutes,
    paymentRoutes,
    reviewRoutes,
    providerRoutes,
    ownFacilityRoutes,
    ownBookingRoutes,
    pocketMoneyRoutes,
    placeBlockRoutes,
    accessTokenRoutes,
    evaluationRoutes,
    comparisonGroupRoutes,
    authorityChangeRoutes,
    payerChangeRoutes,
  ]
  for (const routes of parts) service.route('/', routes(deps))
  const { takeView, checkReport, mails = false, uploads = usualUploads } = deps
  service.route('/', documentRoutes({ ...deps, uploads }))
  service.route('/', facilityFileRoutes({ ...deps, uploads }))
  service.route('/', inboxRoutes({ ...deps, mails }))
  if (takeView) service.route('/', publishedViewRoutes({ ...deps, takeView }))
  if (checkReport) service.route('/', reportScheduleRoutes({ ...deps, checkReport }))
  service.all('*', notFound)
  return service
}

/** The transactional service: `/api/session` and `/service/…`. */
export const transactionalApp = (deps: ServiceDeps): Hono => {
  const app = new Hono()
  app.onError(problemHandler(deps.log))
  app.notFound(notFound)
  const limit = limitBody((deps.uploads ?? usualUploads).most_bytes)
  for (const path of ['/api/session', '/api/session/*', '/service/*']) app.use(path, neverStored, sameOrigin, limit)
  app.route('/api/session', sessionRoutes(deps))
  app.route('/service', serviceApp(deps))
  return app
}
