// The answers of the API and the one way to ask for them. A lost session is told to whoever listens on `sessionLost`.
import type {
  ComparisonAnswer,
  EvaluationAnswer,
  ExplanationAnswer,
  EvaluationSizeAnswer,
  DeskAnswer,
  DeskSchemaAnswer,
  DistributionAnswer,
  FiguresEvent,
  KeyFiguresAnswer,
  Problem,
  ProviderRankingAnswer,
  ProvidersAnswer,
  SideBySideAnswer,
  SinceAnswer,
  TrendAnswer,
  UnusualAnswer,
} from '../api/answers.ts'
import type { AuthorityChange, AuthorityChangeWithHelps } from '../transactional/case/authority-change.ts'
import type { OtherAuthority } from '../transactional/case/authority-change.routes.ts'
import type { BulkResult, BulkToDo } from '../transactional/case/bulk.ts'
import type { CarePlan, CarePlanToWrite, PlanReviewToRecord } from '../transactional/case/care-plan.ts'
import type { ManagedHelp, ManagedPage } from '../transactional/case/case-manager.routes.ts'
import type { CaseCourse } from '../transactional/case/course.ts'
import type { FoundClient } from '../transactional/case/client.routes.ts'
import type { Reminder } from '../transactional/case/reminder.routes.ts'
import type { Consultation } from '../transactional/case/consultation.ts'
import type { Colleague } from '../transactional/case/consultation.routes.ts'
import type { ChangePreview } from '../transactional/placement/booking-step.routes.ts'
import type { CaseFile, FoundDocuments } from '../transactional/file/document.routes.ts'
import type { Deletions, RetentionRule, RetentionRules } from '../transactional/file/retention.routes.ts'
import type { TakenOver, TakeOverComparison } from '../transactional/case/take-over.routes.ts'
import type { Notice, NoticeWithText } from '../transactional/file/notice.routes.ts'
import type { NoticeTemplate, NoticeTemplates } from '../transactional/file/notice-template.routes.ts'
import type { BookingWithNames } from '../transactional/placement/booking-view.ts'
import type { OfferDossier } from '../transactional/placement/dossier.routes.ts'
import type { Offer, OfferPage } from '../transactional/placement/offer.routes.ts'
import type { RemainingBudget } from '../transactional/placement/remaining-budget.routes.ts'
import type { Reservation, ReservationTerms, ReservationWithSteps } from '../transactional/placement/reservation.routes.ts'
import type { WaitingEntry } from '../transactional/placement/waiting.routes.ts'
import type { LaterPayments, PaymentLine, PaymentLines, PaymentSummary } from '../transactional/billing/payment-lines.routes.ts'
import type {
  BookingLine,
  BookingLines,
  BookingSummary,
  LaterBooking,
  LaterBookings,
} from '../transactional/placement/booking-lines.routes.ts'
import type { LaterReservations, ReservationLine, ReservationLines } from '../transactional/placement/reservation-lines.routes.ts'
import type { LaterWaits, WaitLine, WaitLines } from '../transactional/placement/wait-lines.routes.ts'
import type { PocketMoneyTable } from '../transactional/reference/pocket-money.routes.ts'
import type { PayerChange } from '../transactional/provider/payer-change.routes.ts'
import type { FacilityFile } from '../transactional/provider/facility-file.routes.ts'
import type { OwnBooking } from '../transactional/provider/own-booking.routes.ts'
import type { OwnFacility } from '../transactional/provider/own-facility.routes.ts'
import type { OwnOffer } from '../transactional/provider/place-block.routes.ts'
import type { Draft, DraftForm } from '../transactional/portal/draft.routes.ts'
import type { Evaluation as SavedEvaluation, EvaluationDefinition } from '../transactional/portal/evaluation.routes.ts'
import type { InboxItem } from '../transactional/portal/inbox.routes.ts'
import type { PublishedViewQuery } from '../transactional/portal/published-view.routes.ts'
import type { ReportSchedule } from '../transactional/portal/report-schedule.routes.ts'
import type { ComparisonGroup, ComparisonGrouping, ListedAuthority } from '../transactional/portal/comparison-group.routes.ts'
import type { BlockReason, DocumentKind, NoticeKind, Role } from '../transactional/vocabulary.ts'
import type { Unit } from './format.ts'

export type Session = {
  user_name: string
  display_name: string
  federal_state: string
  federal_state_name: string
  roles: Role[]
  youth_authority: { id: string; abbreviation: string; name: string } | null
  provider: { id: string; name: string } | null
  online: number
  accesses: number
  demonstration: boolean
  /** reports and reminders nobody has opened yet */
  unread: number
  /** whether views may be shown within pages of others */
  embeds: boolean
}

export type Catalogue = KeyFiguresAnswer
export type KeyFigure = Catalogue['figures'][number]
export type ServiceKind = Catalogue['service_kinds'][number]
/** An age group, a sex, a provider or a reason of ending. */
export type ClassOf = Catalogue['sexes'][number]
export type Comparison = Omit<ComparisonAnswer, 'unit'> & { unit: Unit }
export type ComparisonRow = Comparison['rows'][number]
export type Trend = Omit<TrendAnswer, 'unit'> & { unit: Unit }
export type TrendRow = Trend['rows'][number]
export type Series = Trend['total']
export type Distribution = Omit<DistributionAnswer, 'unit'> & { unit: Unit }
type SideBySideColumn = Omit<SideBySideAnswer['columns'][number], 'unit'> & { unit: Unit }
export type SideBySide = Omit<SideBySideAnswer, 'columns'> & { columns: SideBySideColumn[] }
type EvaluationFigure = Omit<EvaluationAnswer['figures'][number], 'unit'> & { unit: Unit }
export type Evaluation = Omit<EvaluationAnswer, 'figures'> & { figures: EvaluationFigure[] }
export type EvaluationSize = EvaluationSizeAnswer
export type { ComparisonGroup, ComparisonGrouping, EvaluationDefinition, ListedAuthority, SavedEvaluation }
export type Since = SinceAnswer
export type Ranking = ProviderRankingAnswer
export type RankingRow = Ranking['rows'][number]
export type UnusualRow = Omit<UnusualAnswer['rows'][number], 'unit'> & { unit: Unit }
export type Unusual = Omit<UnusualAnswer, 'rows'> & { rows: UnusualRow[] }
export type DeskSchema = DeskSchemaAnswer
export type DeskResult = DeskAnswer
export type FiguresChanged = FiguresEvent
export type FieldFault = Problem['details'][number]

/** An answer that is none: status 0 when the service could not be reached. */
export class RequestProblem extends Error {
  readonly status: number
  readonly code: string
  readonly details: FieldFault[]
  constructor(title: string, status: number, code: string, details: FieldFault[] = [], options?: ErrorOptions) {
    super(title, options)
    this.name = 'RequestProblem'
    this.status = status
    this.code = code
    this.details = details
  }
}

/** Fires `lost` when an answer says that nobody is signed in any more. */
export const sessionLost = new EventTarget()

const problemOf = async (response: Response) => {
  const body = (await response.json().catch(() => ({}))) as { title?: string; code?: string; details?: FieldFault[] }
  const title = body.title ?? `Die Anfrage wurde abgelehnt (${response.status}).`
  return new RequestProblem(title, response.status, body.code ?? 'unknown', Array.isArray(body.details) ? body.details : [])
}

const ask = async (path: string, init: RequestInit): Promise<Response> => {
  const response = await fetch(path, { credentials: 'same-origin', cache: 'no-store', ...init }).catch((cause: unknown) => {
    if (init.signal?.aborted) throw cause
    throw new RequestProblem('Der Dienst ist nicht erreichbar.', 0, 'unreachable', [], { cause })
  })
  if (!response.ok) throw await problemOf(response)
  return response
}

/** The service waits by itself before it says that it still prepares. */
const preparingMs = 300

/** As `ask`, for everything that needs somebody signed in. */
const askSignedIn = async (path: string, init: RequestInit): Promise<Response> => {
  try {
    return await ask(path, init)
  } catch (problem) {
    // a past state is computed when first asked for
    if (problem instanceof RequestProblem && problem.code === 'preparing') {
      await new Promise((resolve) => setTimeout(resolve, preparingMs))
      init.signal?.throwIfAborted()
      return askSignedIn(path, init)
    }
    if (problem instanceof RequestProblem && problem.status === 401) sessionLost.dispatchEvent(new Event('lost'))
    throw problem
  }
}

const parametersOf = (parameters: Record<string, string | null | undefined>) => {
  const entries = Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1]))
  const text = new URLSearchParams(entries).toString()
  return text === '' ? '' : `?${text}`
}

const getJson = async <Answer>(path: string, signal?: AbortSignal) =>
  (await askSignedIn(path, { signal: signal ?? null, headers: { accept: 'application/json' } })).json() as Promise<Answer>

export type ComparisonQuery = {
  figure: string
  service_kind: string | null
  specialisation: string | null
  month: string
  area: string
  /** A month's end or a published moment; left out: now. */
  as_of?: string | null
  /** How reports draw it, and which authority they highlight. */
  chart?: string | undefined
  region?: string | undefined
}

export const comparisonUrl = (query: ComparisonQuery) => `/api/comparison${parametersOf(query)}`
export const getCatalogue = (signal?: AbortSignal) => getJson<Catalogue>('/api/key-figures', signal)
export const getComparison = (query: ComparisonQuery, signal?: AbortSignal) => getJson<Comparison>(comparisonUrl(query), signal)
export const getTrend = ({ month, ...query }: ComparisonQuery, from: string, signal?: AbortSignal) =>
  getJson<Trend>(`/api/trend${parametersOf({ ...query, from, to: month })}`, signal)
export const distributionUrl = (query: ComparisonQuery) => `/api/distribution${parametersOf(query)}`
export const getDistribution = (query: ComparisonQuery, signal?: AbortSignal) => getJson<Distribution>(distributionUrl(query), signal)
export type Explanation = Omit<ExplanationAnswer, 'unit'> & { unit: Unit }
export type ExplanationQuery = {
  figure: string
  service_kind?: string
  specialisation?: string
  area: string
  row: string
  /** Of the view. */
  month: string
  from: string
  to: string
  as_of?: string
}
export const getExplanation = (query: ExplanationQuery, signal?: AbortSignal) =>
  getJson<Explanation>(`/api/explanation${parametersOf(query)}`, signal)
export type { BookingLine, BookingSummary, LaterBooking, PaymentLine, ReservationLine, WaitLine }
export type LineQuery = {
  counted: string
  month: string
  service_kind: string | null
  specialisation: string | null
  as_of?: string | undefined
  sort?: string | undefined
  cursor?: string
}
/** Facts behind a number; what they come to takes no order. */
export const linesUrl = (path: 'booking-lines' | 'payment-lines' | 'reservation-lines' | 'wait-lines', query: LineQuery) =>
  `/service/${path}${parametersOf(query)}`
export const getBookingLines = (query: LineQuery, signal?: AbortSignal) => getJson<BookingLines>(linesUrl('booking-lines', query), signal)
export const getPaymentLines = (query: LineQuery, signal?: AbortSignal) => getJson<PaymentLines>(linesUrl('payment-lines', query), signal)
export const getReservationLines = (query: LineQuery, signal?: AbortSignal) =>
  getJson<ReservationLines>(linesUrl('reservation-lines', query), signal)
export const getWaitLines = (query: LineQuery, signal?: AbortSignal) => getJson<WaitLines>(linesUrl('wait-lines', query), signal)
export const getBookingSummary = ({ sort: _, cursor: __, ...query }: LineQuery, signal?: AbortSignal) =>
  getJson<BookingSummary>(`/service/booking-lines/summary${parametersOf(query)}`, signal)
export const getPaymentSummary = ({ sort: _, cursor: __, ...query }: LineQuery, signal?: AbortSignal) =>
  getJson<PaymentSummary>(`/service/payment-lines/summary${parametersOf(query)}`, signal)
/** What has changed of them since `as_of`, in all months from `from` on. */
export type LaterQuery = Omit<LineQuery, 'sort' | 'cursor'> & {
  from?: string | undefined
  as_of: string
  by: 'count' | 'amount'
  limit: string
}
const laterUrl = (path: Parameters<typeof linesUrl>[0], query: LaterQuery) => `/service/${path}/since${parametersOf(query)}`
export const getLaterBookings = (query: LaterQuery, signal?: AbortSignal) =>
  getJson<LaterBookings>(laterUrl('booking-lines', query), signal)
export const getLaterPayments = (query: LaterQuery, signal?: AbortSignal) =>
  getJson<LaterPayments>(laterUrl('payment-lines', query), signal)
export const getLaterReservations = (query: LaterQuery, signal?: AbortSignal) =>
  getJson<LaterReservations>(laterUrl('reservation-lines', query), signal)
export const getLaterWaits = (query: LaterQuery, signal?: AbortSignal) => getJson<LaterWaits>(laterUrl('wait-lines', query), signal)
export type SideBySideQuery = {
  figures: string
  service_kind: string | null
  specialisation: string | null
  period: string
  against: string
  group: string | null
  area: string
  as_of?: string
}
export const sideBySideUrl = (query: SideBySideQuery) => `/api/side-by-side${parametersOf(query)}`
export const getSideBySide = (query: SideBySideQuery, signal?: AbortSignal) => getJson<SideBySide>(sideBySideUrl(query), signal)
/** For its reports. */
export const drawnEvaluationUrl = (definition: EvaluationDefinition) => `/api/evaluation${parametersOf(definition)}`
/** How it is drawn is no part of the question. */
const questionOf = ({ chart: _, ...question }: EvaluationDefinition) => parametersOf(question)
export const evaluationUrl = (definition: EvaluationDefinition) => `/api/evaluation${questionOf(definition)}`
export const getEvaluation = (definition: EvaluationDefinition, signal?: AbortSignal) =>
  getJson<Evaluation>(evaluationUrl(definition), signal)
export const getEvaluationSize = (definition: EvaluationDefinition, signal?: AbortSignal) =>
  getJson<EvaluationSize>(`/api/evaluation/size${questionOf(definition)}`, signal)
export const getProviders = async (query: { area: string; as_of?: string | undefined }, signal?: AbortSignal) =>
  (await getJson<ProvidersAnswer>(`/api/evaluation/providers${parametersOf(query)}`, signal)).providers
/** What has changed in a view since the past moment its address names. */
export const getSince = (url: string, signal?: AbortSignal) => getJson<Since>(url.replace('?', '/since?'), signal)
export const getUnusual = (query: { area: string; month: string }, signal?: AbortSignal) =>
  getJson<Unusual>(`/api/unusual${parametersOf(query)}`, signal)
export type { PublishedViewQuery }
export type PublishedView = {
  id: string
  title: string
  view: PublishedViewQuery
  data_as_of: string
  published_at: string
}
export const getPublishedViews = async (signal?: AbortSignal) =>
  (await getJson<{ items: PublishedView[] }>('/service/published-views', signal)).items
/** `key`: the same for every attempt to publish the same. */
export const publishView = async (published: { title: string; view: PublishedViewQuery }, key: string) => {
  const { headers, ...post } = sendJson('POST', published)
  const answer = await askSignedIn('/service/published-views', { ...post, headers: { ...headers, 'idempotency-key': key } })
  return answer.json() as Promise<PublishedView>
}
export type RankingQuery = { service_kind: string; month: string; as_of?: string }
export const rankingUrl = (query: RankingQuery) => `/api/rankings/providers${parametersOf(query)}`
export const getRanking = (query: RankingQuery, signal?: AbortSignal) => getJson<Ranking>(rankingUrl(query), signal)

export type NamedFile = { name: string; content: Blob }
/** The same answer in another media type, to be saved under the name it came with. */
export const getFile = async (url: string, accept: string): Promise<NamedFile> => {
  const response = await askSignedIn(url, { headers: { accept } })
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1]
  return { name: name ?? 'sojus', content: await response.blob() }
}

/** The session, or undefined when nobody is signed in. */
export const getSession = async (): Promise<Session | undefined> => {
  try {
    return (await (await ask('/api/session', {})).json()) as Session
  } catch (problem) {
    if (problem instanceof RequestProblem && problem.status === 401) return undefined
    throw problem
  }
}

const sendJson = (method: 'POST' | 'PUT', body: unknown) => ({
  method,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

export type Credentials = { state: string; user_name: string; password: string; pledge: boolean }
export const signIn = async (credentials: Credentials) =>
  (await ask('/api/session', sendJson('POST', credentials))).json() as Promise<Session>
export const signOut = async () => {
  await ask('/api/session', { method: 'DELETE' })
}

export const changePassword = async (change: { current_password: string; new_password: string }) => {
  await askSignedIn('/api/session/password', sendJson('POST', change))
}

export type DemonstrationAccount = { state: string; user_name: string; display_name: string; password: string }
export type SignInChoices = { states: { code: string; name: string }[]; demonstration: boolean; accounts: DemonstrationAccount[] }
export const getSignInChoices = async () => (await ask('/api/session/states', {})).json() as Promise<SignInChoices>

export type AccessToken = {
  id: string
  name: string
  created_on: string
  expires_on: string
  last_used_on: string | null
  expired: boolean
}
/** With the token itself, which is told this once. */
export type MadeAccessToken = AccessToken & { token: string }
export const getAccessTokens = async (signal?: AbortSignal) =>
  (await getJson<{ items: AccessToken[] }>('/service/access-tokens?limit=200', signal)).items
export const makeAccessToken = async (wanted: { name: string; expires_on: string }) =>
  (await askSignedIn('/service/access-tokens', sendJson('POST', wanted))).json() as Promise<MadeAccessToken>
export const revokeAccessToken = async (id: string) => {
  await askSignedIn(`/service/access-tokens/${id}`, { method: 'DELETE' })
}

export type { InboxItem, ReportSchedule }
export const getInbox = async (signal?: AbortSignal) => (await getJson<{ items: InboxItem[] }>('/service/inbox?limit=200', signal)).items
export const markRead = async (id: string) => {
  await askSignedIn(`/service/inbox/${id}/read`, sendJson('PUT', {}))
}
export const markAllRead = async () => {
  await askSignedIn('/service/inbox/read', sendJson('PUT', {}))
}
export const deleteInboxItem = async (id: string) => {
  await askSignedIn(`/service/inbox/${id}`, { method: 'DELETE' })
}
export const getEmailAddress = (signal?: AbortSignal) => getJson<{ address: string; sending: boolean }>('/service/email-address', signal)
/** Empty: none. */
export const setEmailAddress = async (address: string) => {
  await askSignedIn('/service/email-address', sendJson('PUT', { address }))
}
export type NewReportSchedule = Pick<ReportSchedule, 'name' | 'view' | 'query' | 'period' | 'format' | 'rhythm' | 'day'>
export const getSchedules = async (signal?: AbortSignal) =>
  (await getJson<{ items: ReportSchedule[] }>('/service/report-schedules', signal)).items
/** `key`: the same for every attempt to subscribe to the same. */
export const subscribe = async (wanted: NewReportSchedule, key: string) => {
  const { headers, ...post } = sendJson('POST', wanted)
  const answer = await askSignedIn('/service/report-schedules', { ...post, headers: { ...headers, 'idempotency-key': key } })
  return answer.json() as Promise<ReportSchedule>
}
export const pauseSchedule = async (id: string, paused: boolean) => {
  await askSignedIn(`/service/report-schedules/${id}`, sendJson('PUT', { paused }))
}
export const endSchedule = async (id: string) => {
  await askSignedIn(`/service/report-schedules/${id}`, { method: 'DELETE' })
}

export type EvaluationToSave = Pick<SavedEvaluation, 'name' | 'definition' | 'shared'>
export const getSavedEvaluations = async (signal?: AbortSignal) =>
  (await getJson<{ items: SavedEvaluation[] }>('/service/evaluations?limit=200', signal)).items
export const saveEvaluation = async (wanted: EvaluationToSave) =>
  (await askSignedIn('/service/evaluations', sendJson('POST', wanted))).json() as Promise<SavedEvaluation>
export const changeEvaluation = async (id: string, wanted: EvaluationToSave) =>
  (await askSignedIn(`/service/evaluations/${id}`, sendJson('PUT', wanted))).json() as Promise<SavedEvaluation>
export const deleteEvaluation = async (id: string) => {
  await askSignedIn(`/service/evaluations/${id}`, { method: 'DELETE' })
}
export const getPinnedEvaluations = async (signal?: AbortSignal) =>
  (await getJson<{ items: SavedEvaluation[] }>('/service/evaluation-pins', signal)).items
export const pinEvaluations = async (evaluations: string[]) => {
  await askSignedIn('/service/evaluation-pins', sendJson('PUT', { evaluations }))
}
export const getGroupings = async (signal?: AbortSignal) =>
  (await getJson<{ items: ComparisonGrouping[] }>('/service/comparison-groupings', signal)).items
export const getAuthorities = async (signal?: AbortSignal) =>
  (await getJson<{ items: ListedAuthority[] }>('/service/youth-authorities', signal)).items
/** Makes what has no id yet. */
export const keepGrouping = async (id: number | undefined, wanted: { name: string; explanation: string }) => {
  const path = '/service/comparison-groupings'
  await (id === undefined ? askSignedIn(path, sendJson('POST', wanted)) : askSignedIn(`${path}/${id}`, sendJson('PUT', wanted)))
}
export const deleteGrouping = async (id: number) => {
  await askSignedIn(`/service/comparison-groupings/${id}`, { method: 'DELETE' })
}
export const keepGroup = async (of: { id: number } | { grouping_id: number }, wanted: { name: string; members: string[] }) => {
  const path = '/service/comparison-groups'
  await ('id' in of ? askSignedIn(`${path}/${of.id}`, sendJson('PUT', wanted)) : askSignedIn(path, sendJson('POST', { ...of, ...wanted })))
}
export const deleteGroup = async (id: number) => {
  await askSignedIn(`/service/comparison-groups/${id}`, { method: 'DELETE' })
}
export const getDeskSchema = (signal?: AbortSignal) => getJson<DeskSchema>('/api/desk', signal)
const askDeskFor = (sql: string, accept: string, signal?: AbortSignal) =>
  askSignedIn('/api/desk', {
    ...sendJson('POST', { sql }),
    headers: { 'content-type': 'application/json', accept },
    signal: signal ?? null,
  })
export const askDesk = async (sql: string, signal: AbortSignal) =>
  (await askDeskFor(sql, 'application/json', signal)).json() as Promise<DeskResult>
/** The result of the same query, asked again, to be saved. */
export const getDeskFile = async (sql: string, accept: string) => (await askDeskFor(sql, accept)).blob()

/** `key`: the same for every attempt at the same. */
const createOnce = async <Made>(path: string, body: unknown, key: string) => {
  const { headers, ...post } = sendJson('POST', body)
  const answer = await askSignedIn(path, { ...post, headers: { ...headers, 'idempotency-key': key } })
  return answer.json() as Promise<Made>
}

export type { FoundClient, Offer, OfferPage }
export type HelpCase = FoundClient['cases'][number]
export const findClients = async (text: string, signal?: AbortSignal) => {
  const answer = await askSignedIn('/service/clients/find', { ...sendJson('POST', { text }), signal: signal ?? null })
  return answer.json() as Promise<{ items: FoundClient[]; more: boolean }>
}
export type NewClient = Pick<FoundClient, 'given_name' | 'family_name' | 'birth_date' | 'sex' | 'unaccompanied_minor'>
export type { TakenOver, TakeOverComparison }
export type TakeOverChoice = { line: number; action: 'existing' | 'update'; client_id: string } | { line: number; action: 'new' }
export const checkTakeOver = async (file: string, signal?: AbortSignal) =>
  (
    await askSignedIn('/service/clients/take-over/check', { ...sendJson('POST', { file }), signal: signal ?? null })
  ).json() as Promise<TakeOverComparison>
export const takeOver = (file: string, choices: TakeOverChoice[], key: string) =>
  createOnce<TakenOver>('/service/clients/take-over', { file, choices }, key)
/** For somebody known, or for somebody new who is recorded with it. */
export const openCase = (
  wanted: ({ client_id: string } | { client: NewClient; namesake: boolean }) & { case_number: string; begin_on: string },
  key: string,
) => createOnce<HelpCase>('/service/cases', wanted, key)
export type OfferQuery = {
  service_kind: string
  first_day: string
  last_day: string
  counting_rule: string
  area: string
  point: string | null
  specialisations: string
  units_per_week: string | null
  sex: string | null
  age: string | null
  available: 'true' | null
  limit?: string
  cursor?: string | null
}
export const getOffers = (query: OfferQuery, signal?: AbortSignal) => getJson<OfferPage>(`/service/offers${parametersOf(query)}`, signal)
export type { OfferDossier }
export type DossierQuery = Pick<OfferQuery, 'first_day' | 'last_day' | 'counting_rule'> & { case_id?: string }
export const getOfferDossier = (id: string, query: DossierQuery, signal?: AbortSignal) =>
  getJson<OfferDossier>(`/service/offers/${id}/dossier${parametersOf(query)}`, signal)
export type NewSearch = Pick<OfferQuery, 'service_kind' | 'first_day' | 'last_day' | 'counting_rule' | 'area'> & {
  specialisations: string[]
  units_per_week?: number
  sex?: string
  age?: number
  case_id?: string
}
export const recordSearch = (search: NewSearch, key: string) => createOnce<{ id: string }>('/service/searches', search, key)
export type NewReservation = {
  case_id: string
  offer_id: string
  first_day: string
  last_day: string
  counting_rule: string
  units_per_week?: number
  specialisations: string[]
  area: string
  search_id?: string
  dearer_reason: string | null
  parallel: boolean
}
export const reserveOffer = (wanted: NewReservation, key: string) => createOnce<ReservationWithSteps>('/service/reservations', wanted, key)
export type { WaitingEntry }
export const getWaiting = async (case_id: string, signal?: AbortSignal) =>
  (await getJson<{ items: WaitingEntry[] }>(`/service/waiting-entries${parametersOf({ case_id })}`, signal)).items
export const waitForPlace = (wanted: Omit<NewReservation, 'area' | 'search_id' | 'dearer_reason' | 'parallel'>, key: string) =>
  createOnce<WaitingEntry>('/service/waiting-entries', wanted, key)
export const leaveWaiting = (id: string) => createOnce<WaitingEntry>(`/service/waiting-entries/${id}/leave`, {}, crypto.randomUUID())
export type AwayBooking = Omit<NewReservation, 'offer_id' | 'area' | 'search_id' | 'dearer_reason'> & {
  away: true
  service_kind: string
  rate_cents: number
  away_reason: string | null
}
export const bookAway = (wanted: AwayBooking, key: string) => createOnce<{ id: string }>('/service/bookings', wanted, key)
export type HelpFile = HelpCase & { client_id: string | null }
/** A case with its person; null where it was taken over without. */
export const getHelpCase = async (id: string, signal?: AbortSignal) => {
  const file = await getJson<HelpFile>(`/service/cases/${id}`, signal)
  const client = file.client_id === null ? null : await getJson<Omit<FoundClient, 'cases'>>(`/service/clients/${file.client_id}`, signal)
  return { file, client }
}
export type { RemainingBudget }
export type BudgetQuery = Pick<OfferQuery, 'service_kind' | 'first_day' | 'last_day' | 'counting_rule' | 'units_per_week'> & {
  rate_cents: string
}
export const getRemainingBudget = (query: BudgetQuery, signal?: AbortSignal) =>
  getJson<RemainingBudget>(`/service/remaining-budget${parametersOf(query)}`, signal)

export type { BookingWithNames, ManagedHelp, ManagedPage, Reservation, ReservationWithSteps }
export type CaseManagerQuestion = {
  stages: ManagedHelp['stage'][]
  due: ManagedHelp['due'][]
  mine: boolean
  service_kind?: string
  provider_id?: string
  caseworker_id?: string
  text?: string
  cursor?: string
}
export const manageCases = async (question: CaseManagerQuestion, signal?: AbortSignal) =>
  (await askSignedIn('/service/case-manager', { ...sendJson('POST', question), signal: signal ?? null })).json() as Promise<ManagedPage>
export type { CaseCourse }
export const getCaseCourse = (case_id: string, signal?: AbortSignal) => getJson<CaseCourse>(`/service/cases/${case_id}/course`, signal)
export type { BulkResult, BulkToDo }
export const doInBulk = (wanted: BulkToDo, key: string) => createOnce<BulkResult>('/service/case-manager/bulk', wanted, key)
export const handOverCase = (case_id: string, wanted: { to_id: string; reason: string }, key: string) =>
  createOnce<object>(`/service/cases/${case_id}/hand-over`, wanted, key)
export type { ReservationTerms }
export const getReservationTerms = (signal?: AbortSignal) => getJson<ReservationTerms>('/service/reservation-terms', signal)
export const getReservation = (id: string, signal?: AbortSignal) => getJson<ReservationWithSteps>(`/service/reservations/${id}`, signal)
type ReservationPage = { items: Reservation[]; next_cursor: string | null }
export const getReservations = (query: { state?: Reservation['state']; cursor?: string; limit?: string }, signal?: AbortSignal) =>
  getJson<ReservationPage>(`/service/reservations${parametersOf(query)}`, signal)
export const getBooking = (id: string, signal?: AbortSignal) => getJson<BookingWithNames>(`/service/bookings/${id}`, signal)
export type ReservationStepPath =
  | 'renew'
  | 'remind'
  | 'request-consent'
  | 'withdraw-request'
  | 'consent'
  | 'withdraw-consent'
  | 'decline'
  | 'undo-decline'
  | 'release'
  | 'book'
  | 'explain'
export const takeReservationStep = (
  id: string,
  step: ReservationStepPath,
  body: { note?: string; decline_reason?: string; dearer_reason?: string; parallel?: boolean },
  key: string,
) => createOnce<ReservationWithSteps>(`/service/reservations/${id}/${step}`, body, key)
export type BookingStepPath =
  'prolong' | 'undo-prolongation' | 'change' | 'undo-change' | 'interrupt' | 'resume' | 'end' | 'undo-end' | 'cancel' | 'undo-cancellation'
export type BookingChange = {
  /** The last step seen: the answer is 409 where another came after it. */
  after_step: string | null
  note?: string
  first_day?: string
  last_day?: string
  end_reason?: number
  units_per_week?: number
  rate?: string
  rate_cents?: number
  reason?: string
  paid?: boolean
  older?: boolean
  parallel?: boolean
}
export const changeBooking = (id: string, change: BookingStepPath, body: BookingChange, key: string) =>
  createOnce<object>(`/service/bookings/${id}/${change}`, body, key)

export type { Colleague, Consultation }
type Consultations = { items: Consultation[] }
export const getConsultations = (case_id: string, signal?: AbortSignal) =>
  getJson<Consultations>(`/service/consultations${parametersOf({ case_id })}`, signal)
export const getInvitations = (signal?: AbortSignal) => getJson<Consultations>('/service/consultations/invitations', signal)
export const getConsultation = (id: string, signal?: AbortSignal) => getJson<Consultation>(`/service/consultations/${id}`, signal)
export const getColleagues = (signal?: AbortSignal) => getJson<{ items: Colleague[] }>('/service/colleagues', signal)
export const minutesUrl = (id: string) => `/service/consultations/${id}/minutes`
export type NewParticipant = { user_account_id: string; function: string } | { name: string; function: string }
export type NewConsultation = {
  case_id: string
  reservation_id?: string
  question: string
  held_on: string
  participants: NewParticipant[]
}
export const openConsultation = (wanted: NewConsultation, key: string) => createOnce<Consultation>('/service/consultations', wanted, key)
export const takeConsultationStep = (id: string, step: 'vote' | 'decide' | 'participants', body: object, key: string) =>
  createOnce<Consultation>(`/service/consultations/${id}/${step}`, body, key)

export type { AuthorityChange, AuthorityChangeWithHelps, OtherAuthority }
/** Of the own authority, or of one case. */
export const getAuthorityChanges = async (of: { case_id?: string }, signal?: AbortSignal) =>
  (await getJson<{ items: AuthorityChange[] }>(`/service/authority-changes${parametersOf(of)}`, signal)).items
export const getAuthorityChange = (id: string, signal?: AbortSignal) =>
  getJson<AuthorityChangeWithHelps>(`/service/authority-changes/${id}`, signal)
export const getOtherAuthorities = async (signal?: AbortSignal) =>
  (await getJson<{ items: OtherAuthority[] }>('/service/other-authorities', signal)).items
export type { PayerChange }
export const getPayerChanges = async (signal?: AbortSignal) =>
  (await getJson<{ items: PayerChange[] }>('/service/payer-changes', signal)).items
export const announceAuthorityChange = (case_id: string, wanted: object, key: string) =>
  createOnce<AuthorityChangeWithHelps>(`/service/cases/${case_id}/authority-changes`, wanted, key)
export const takeAuthorityChangeStep = (id: string, step: AuthorityChange['possible'][number], body: object, key: string) =>
  createOnce<AuthorityChangeWithHelps>(`/service/authority-changes/${id}/${step}`, body, key)

export type { ChangePreview }
export const previewChange = (
  id: string,
  query: { first_day: string; rate: string; units_per_week: string | null; rate_cents: string | null },
  signal?: AbortSignal,
) => getJson<ChangePreview>(`/service/bookings/${id}/change${parametersOf(query)}`, signal)

export type { CaseFile }
export type CaseDocument = CaseFile['items'][number]
export type Kept = CaseFile['kept']
export type FoundDocument = FoundDocuments['items'][number]
type DocumentName = { title: string; kind: DocumentKind; dated_on: string }
export const getCaseFile = (case_id: string, signal?: AbortSignal) => getJson<CaseFile>(`/service/cases/${case_id}/documents`, signal)
/** `key`: the same for every attempt at the same. */
export const addDocument = async (case_id: string, wanted: DocumentName & { file: File }, key: string) => {
  const body = new FormData()
  for (const [name, value] of Object.entries(wanted)) body.set(name, value)
  await askSignedIn(`/service/cases/${case_id}/documents`, { method: 'POST', headers: { 'idempotency-key': key }, body })
}
export const findDocuments = async (case_id: string, text: string, signal?: AbortSignal) => {
  const answer = await askSignedIn(`/service/cases/${case_id}/documents/find`, { ...sendJson('POST', { text }), signal: signal ?? null })
  return ((await answer.json()) as FoundDocuments).items
}
export const changeDocument = async (id: string, wanted: DocumentName) => {
  await askSignedIn(`/service/documents/${id}`, { ...sendJson('POST', wanted), method: 'PATCH' })
}
export const removeDocument = (id: string, reason: string, key: string) =>
  createOnce<CaseDocument>(`/service/documents/${id}/remove`, { reason }, key)
export const restoreDocument = (id: string, key: string) => createOnce<CaseDocument>(`/service/documents/${id}/restore`, {}, key)
export type { OwnFacility }
export const getOwnFacilities = async (signal?: AbortSignal) =>
  (await getJson<{ items: OwnFacility[] }>('/service/own-facilities', signal)).items
export type { FacilityFile }
export const getFacilityFiles = async (id: string, signal?: AbortSignal) =>
  (await getJson<{ items: FacilityFile[] }>(`/service/facilities/${id}/files`, signal)).items
export const facilityFileUrl = ({ id }: FacilityFile) => `/service/facility-files/${id}`
/** `key`: the same for every attempt at the same. */
export const addFacilityFile = async (id: string, wanted: { title: string; kind: FacilityFile['kind']; file: File }, key: string) => {
  const body = new FormData()
  for (const [name, value] of Object.entries(wanted)) body.set(name, value)
  await askSignedIn(`/service/facilities/${id}/files`, { method: 'POST', headers: { 'idempotency-key': key }, body })
}
export const removeFacilityFile = async (id: string) => {
  await askSignedIn(`/service/facility-files/${id}`, { method: 'DELETE' })
}
export const keepDossier = async (id: string, wanted: Omit<OwnFacility, 'id' | 'name' | 'town'>) => {
  await askSignedIn(`/service/facilities/${id}/dossier`, sendJson('PUT', wanted))
}

export type { OwnBooking }
type OwnBookingPage = { items: OwnBooking[]; next_cursor: string | null }
export const findOwnBookings = async (question: { facility_id?: string; text?: string; cursor?: string }, signal?: AbortSignal) =>
  (
    await askSignedIn('/service/own-bookings/find', { ...sendJson('POST', question), signal: signal ?? null })
  ).json() as Promise<OwnBookingPage>
export type { OwnOffer }
export const getOwnOffers = async (signal?: AbortSignal) => (await getJson<{ items: OwnOffer[] }>('/service/own-offers', signal)).items
export type NewPlaceBlock = { offer_id: string; places: number; reason: BlockReason; first_day: string; last_day: string | null }
export const blockPlaces = (wanted: NewPlaceBlock, key: string) => createOnce<OwnOffer>('/service/place-blocks', wanted, key)
export const freePlaces = async (block_id: string) => {
  await askSignedIn(`/service/place-blocks/${block_id}`, { method: 'DELETE' })
}

export type { CarePlan }
/** As it is now, or was in one version. */
export const getCarePlan = (booking_id: string, version: number | undefined, signal?: AbortSignal) =>
  getJson<CarePlan>(`/service/bookings/${booking_id}/care-plan${parametersOf({ version: version?.toString() })}`, signal)
/** The provider of the help reads the goals of this version; null: of none. */
export const releaseGoals = (booking_id: string, version: number | null, key: string) =>
  version === null
    ? createOnce<CarePlan>(`/service/bookings/${booking_id}/care-plan/withdraw-release`, {}, key)
    : createOnce<CarePlan>(`/service/bookings/${booking_id}/care-plan/release`, { version }, key)
export const writeCarePlan = (booking_id: string, plan: CarePlanToWrite, key: string) =>
  createOnce<CarePlan>(`/service/bookings/${booking_id}/care-plan`, plan, key)
export const recordPlanReview = (booking_id: string, review: PlanReviewToRecord, key: string) =>
  createOnce<CarePlan>(`/service/bookings/${booking_id}/reviews`, review, key)

export type { Reminder }
export const getReminders = async (signal?: AbortSignal) => (await getJson<{ items: Reminder[] }>('/service/reminders', signal)).items
export const markReminderRead = async (id: string) => {
  await askSignedIn(`/service/reminders/${id}/read`, sendJson('PUT', {}))
}

export type { Notice, NoticeWithText }
export const getNotices = async (case_id: string, signal?: AbortSignal) =>
  (await getJson<{ items: Notice[] }>(`/service/cases/${case_id}/notices`, signal)).items
export const getNotice = (id: string, signal?: AbortSignal) => getJson<NoticeWithText>(`/service/notices/${id}`, signal)
type NewNotice = { kind: NoticeKind; service_kind: string; booking_id: string | null; corrects?: string }
export const draftNotice = (case_id: string, wanted: NewNotice, key: string) =>
  createOnce<NoticeWithText>(`/service/cases/${case_id}/notices`, wanted, key)
export type NoticeChanges = Pick<Notice, 'addressee_name' | 'addressee_street' | 'addressee_town' | 'effective_on' | 'reasons'>
export const changeNotice = async (id: string, changes: NoticeChanges) =>
  (await askSignedIn(`/service/notices/${id}`, { ...sendJson('POST', changes), method: 'PATCH' })).json() as Promise<NoticeWithText>
export const discardNotice = async (id: string) => {
  await askSignedIn(`/service/notices/${id}`, { method: 'DELETE' })
}
export const issueNotice = (id: string, key: string) => createOnce<NoticeWithText>(`/service/notices/${id}/issue`, {}, key)
export type Letterhead = NonNullable<NoticeWithText['letterhead']>
export const keepLetterhead = async (wanted: Letterhead) => {
  await askSignedIn('/service/letterhead', sendJson('PUT', wanted))
}

export type { PocketMoneyTable }
export const getPocketMoney = async (signal?: AbortSignal) =>
  (await getJson<{ items: PocketMoneyTable[] }>('/service/pocket-money', signal)).items
export const keepPocketMoney = async (table: PocketMoneyTable) => {
  await askSignedIn('/service/pocket-money', sendJson('PUT', table))
}

export type { NoticeTemplate }
type TemplateWords = NoticeTemplate['words']
export const getNoticeTemplates = async (signal?: AbortSignal) =>
  (await getJson<NoticeTemplates>('/service/notice-templates', signal)).items
export const writeNoticeTemplate = (wanted: { kind: NoticeKind; after_version: number; words: TemplateWords }, key: string) =>
  createOnce<NoticeTemplate>('/service/notice-templates', wanted, key)
export const previewNoticeTemplate = async (kind: NoticeKind, words: TemplateWords) =>
  (await askSignedIn('/service/notice-templates/preview', sendJson('POST', { kind, words }))).blob()
export type { Deletions, RetentionRule, RetentionRules }
export const getRetentionRules = (signal?: AbortSignal) => getJson<RetentionRules>('/service/retention-rules', signal)
export const keepRetentionRule = async (rule: RetentionRule) => {
  await askSignedIn('/service/retention-rules', sendJson('PUT', rule))
}
export const withdrawRetentionRule = ({ document_kind, valid_from }: RetentionRule) =>
  createOnce<RetentionRules>('/service/retention-rules/withdraw', { document_kind, valid_from }, crypto.randomUUID())
export const getDeletions = (signal?: AbortSignal) => getJson<Deletions>('/service/deletions', signal)
export const startDeletion = (key: string) => createOnce<{ files: number; documents: number }>('/service/deletions', {}, key)

/** Those the portal knows by name. */
export const getPlaces = async () =>
  (await getJson<{ items: { name: string; latitude: number; longitude: number }[] }>('/service/places')).items

export type { Draft }
/** Which form, and what it is about. */
export type DraftKey = { form: DraftForm; subject?: string }
const draftUrl = ({ form, subject }: DraftKey) => `/service/drafts/${form}${parametersOf({ subject })}`
export const getDraft = async (key: DraftKey) => (await getJson<Draft>(draftUrl(key))).draft
export const getDrafts = async () => (await getJson<{ items: (DraftKey & { saved_at: string })[] }>('/service/drafts')).items
/** `content`: as JSON; `isLeaving`: the page goes before there is an answer. */
export const keepDraft = async (key: DraftKey, content: string, isLeaving = false) => {
  const init = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: `{"content":${content}}`, keepalive: isLeaving }
  return ((await (await askSignedIn(draftUrl(key), init)).json()) as Draft).draft
}
export const discardDraft = async (key: DraftKey) => {
  await askSignedIn(draftUrl(key), { method: 'DELETE' })
}
