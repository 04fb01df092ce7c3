// Generated from the migrated database by `npm run generate`. Do not edit.
import type { ColumnType } from 'kysely'

export type Instant = ColumnType<string, Date | string, Date | string>

export type ArrayType<T> = ArrayTypeImpl<T> extends (infer U)[] ? U[] : ArrayTypeImpl<T>

export type ArrayTypeImpl<T> = T extends ColumnType<infer S, infer I, infer U> ? ColumnType<S[], I[], U[]> : T[]

export type Generated<T> =
  T extends ColumnType<infer S, infer I, infer U> ? ColumnType<S, I | undefined, U> : ColumnType<T, T | undefined, T>

export type Json = JsonValue

export type JsonArray = JsonValue[]

export type JsonObject = {
  [x: string]: JsonValue | undefined
}

export type JsonPrimitive = boolean | number | string | null

export type JsonValue = JsonArray | JsonObject | JsonPrimitive

export interface AccessCounter {
  accesses: Generated<number>
  only_row: Generated<boolean>
}

export interface AccessToken {
  created_on: string
  expires_on: string
  id: Generated<string>
  last_used_on: string | null
  name: string
  token_hash: Buffer
  user_account_id: string
}

export interface AuthorityChange {
  announced_at: Instant
  announced_by: string
  answer_note: string | null
  answered_at: Instant | null
  answered_by: string | null
  case_id: string
  change_on: string
  conference_on: string | null
  continued_on: string | null
  id: Generated<string>
  new_case_id: string | null
  note: string | null
  reason: string
  state: Generated<string>
  to_authority_id: string
  told_state: string | null
  youth_authority_id: string
}

export interface Booking {
  age_at_begin: number
  agreed_cents: number
  agreed_days: number
  away: Generated<boolean>
  cancelled: Generated<boolean>
  case_key: string
  counting_rule: Generated<string>
  created_at: Generated<Instant>
  end_reason: number | null
  facility_authority_id: string | null
  facility_id: string | null
  first_day: string
  id: Generated<string>
  last_day: string
  offer_id: string | null
  planned_units: number
  provider_id: string | null
  rate_cents: ArrayType<number>
  rate_from: ArrayType<string>
  service_kind: string
  sex: string
  specialisations: Generated<string[]>
  unit: string
  units_per_week: ArrayType<number>
  youth_authority_id: string
}

export interface BookingInterruption {
  booking_id: string
  first_day: string
  id: Generated<string>
  last_day: string
  paid: boolean
  reason: string
}

export interface BookingStep {
  at: Instant
  away_reason: string | null
  booking_id: string
  first_day: string | null
  former_plan: Json | null
  id: Generated<string>
  last_day: string | null
  note: string | null
  step: string
  user_account_id: string
}

export interface Budget {
  amount_cents: number
  service_kind: string
  year: number
  youth_authority_id: string
}

export interface CarePlan {
  booking_id: string
  case_id: string
  id: Generated<string>
  version: number
  written_at: Instant
  written_by: string | null
}

export interface CarePlanGoal {
  attainment: number | null
  care_plan_id: string
  goal: string
  goal_key: string
  indicator: string | null
  position: number
  reach_by: string | null
  state: Generated<string>
}

export interface CarePlanMeasure {
  care_plan_id: string
  done: Generated<boolean>
  due_on: string | null
  measure: string
  position: number
  responsible: string
}

export interface CarePlanParticipant {
  care_plan_id: string
  name: string
  position: number
  role: string
}

export interface CarePlanRelease {
  booking_id: string
  id: Generated<string>
  released_at: Instant
  released_by: string
  version: number
  withdrawn_at: Instant | null
  withdrawn_by: string | null
}

export interface CarePlanReview {
  booking_id: string
  case_id: string
  id: Generated<string>
  next_review_on: string | null
  recorded_at: Generated<Instant>
  recorded_by: string | null
  reviewed_on: string
  summary: string | null
}

export interface CarePlanReviewGoal {
  attainment: number | null
  goal: string
  goal_key: string
  result: string | null
  review_id: string
}

export interface CarePlanReviewParticipant {
  name: string
  position: number
  review_id: string
  role: string
}

export interface Case {
  begin_on: string
  case_number: string
  caseworker_id: string | null
  client_id: string | null
  end_on: string | null
  from_file: Generated<boolean>
  id: Generated<string>
  opened_at: Generated<Instant>
  opened_by: string | null
  youth_authority_id: string
}

export interface CaseHandover {
  case_id: string
  from_id: string | null
  handed_at: Instant
  handed_by: string
  id: Generated<string>
  reason: string
  to_id: string
  told_at: Instant | null
}

export interface CaseLink {
  case_id: string
  case_key: Generated<string>
}

export interface Client {
  birth_date: string
  created_at: Generated<Instant>
  external_reference: string | null
  family_name: string
  given_name: string
  id: Generated<string>
  sex: string
  unaccompanied_minor: Generated<boolean>
  youth_authority_id: string
}

export interface ClientChange {
  changed_at: Instant
  changed_by: string
  changes: Json
  client_id: string
  id: Generated<string>
}

export interface ComparisonGroup {
  grouping_id: number
  id: Generated<number>
  name: string
}

export interface ComparisonGrouping {
  explanation: string
  id: Generated<number>
  name: string
}

export interface ComparisonGroupMember {
  group_id: number
  grouping_id: number
  youth_authority_id: string
}

export interface Consultation {
  case_id: string
  decided_at: Instant | null
  decided_by: string | null
  decision: string | null
  decision_reason: string | null
  held_on: string
  id: Generated<string>
  opened_at: Instant
  opened_by: string
  question: string
  reservation_id: string | null
  youth_authority_id: string
}

export interface ConsultationParticipant {
  consultation_id: string
  function: string
  id: Generated<string>
  name: string | null
  user_account_id: string | null
}

export interface ConsultationVote {
  participant_id: string
  recorded_by: string | null
  statement: string | null
  vote: string
  voted_at: Instant
}

export interface DeletionItem {
  count: number
  deletion_run_id: string
  document_kind: string | null
  rule: string
}

export interface DeletionRun {
  at: Instant
  documents: number
  files: number
  id: Generated<string>
  run_on: string
  started_by: string | null
  youth_authority_id: string | null
}

export interface Document {
  added_at: Instant
  added_by: string
  bytes: number
  case_id: string
  dated_on: string
  id: Generated<string>
  kind: string
  media_type: string
  pages: number | null
  removal_reason: string | null
  removed_at: Instant | null
  removed_by: string | null
  scanned_at: Instant | null
  sha256: Buffer
  title: string
  words: string | null
}

export interface DocumentContent {
  content: Buffer
  document_id: string
}

export interface DocumentPage {
  document_id: string
  page: number
  text: string
  words: Generated<string>
}

export interface DocumentStep {
  at: Instant
  document_id: string
  id: Generated<string>
  note: string | null
  step: string
  user_account_id: string
}

export interface Draft {
  authority_change_id: string | null
  case_id: string | null
  content: Json
  expires_at: Instant
  form: string
  reservation_id: string | null
  saved_at: Instant
  subject: Generated<string>
  user_account_id: string
}

export interface EmailAddress {
  address: string
  user_account_id: string
}

export interface Evaluation {
  changed_at: Generated<Instant>
  definition: Json
  id: Generated<string>
  name: string
  owner_id: string
  shared: Generated<string>
  youth_authority_id: string | null
}

export interface EvaluationPin {
  evaluation_id: string
  position: number
  user_account_id: string
}

export interface Facility {
  age_from: Generated<number>
  age_to: Generated<number>
  ags: string
  id: Generated<string>
  latitude: number | null
  licensed_places: number
  longitude: number | null
  name: string
  provider_id: string
  sex_admitted: Generated<string>
  youth_authority_id: string
}

export interface FacilityContact {
  contact_person: string | null
  email: string | null
  facility_id: string
  postcode: string | null
  street: string | null
  telephone: string | null
  town: string | null
}

export interface FacilityDossier {
  agreement_on: string | null
  facility_id: string
  operating_days_week: Generated<number>
  operating_days_year: Generated<number>
  operating_licence_on: string | null
  service_description_on: string | null
}

export interface FacilityFile {
  added_at: Instant
  added_by: string
  bytes: number
  facility_id: string
  id: Generated<string>
  kind: string
  media_type: string
  sha256: Buffer
  title: string
}

export interface FacilityFileContent {
  content: Buffer
  facility_file_id: string
}

export interface FederalState {
  ags: string
  code: string
  name: string
}

export interface IdempotencyKey {
  body: Generated<Json>
  created_at: Generated<Instant>
  key: string
  location: string | null
  request_hash: Buffer
  status: Generated<number>
  user_account_id: string
}

export interface ImportReference {
  kind: string
  reference: string
  target: string
  youth_authority_id: string | null
}

export interface InboxItem {
  authority_change_id: string | null
  case_handover_id: string | null
  content: Buffer | null
  data_as_of: Instant | null
  expires_at: Instant
  file_name: string | null
  id: Generated<string>
  mail: Generated<string>
  mail_attempts: Generated<number>
  media_type: string | null
  next_mail_at: Instant | null
  read_at: Instant | null
  received_at: Instant
  report_run_id: string | null
  reservation_id: string | null
  reservation_state: string | null
  title: string
  user_account_id: string
  waiting_entry_id: string | null
}

export interface Invoice {
  cancels: string | null
  id: Generated<string>
  invoice_number: string
  issued_on: string
  provider_id: string
  released_at: Instant | null
  released_by: string | null
  submitted_at: Generated<Instant>
  submitted_by: string
  youth_authority_id: string
}

export interface InvoiceLine {
  amount_cents: number
  booking_id: string
  case_key: string
  id: Generated<string>
  invoice_id: string
  period_from: string
  period_to: string
  provider_id: string
  rate_cents: number
  released_on: string | null
  service_kind: string
  specialisations: Generated<string[]>
  units: number
  youth_authority_id: string
}

export interface Letterhead {
  changed_at: Instant
  changed_by: string
  email: Generated<string>
  name: string
  office: string
  street: string
  telephone: Generated<string>
  town: string
  youth_authority_id: string
}

export interface Notice {
  addressee_name: Generated<string>
  addressee_street: Generated<string>
  addressee_town: Generated<string>
  booking_id: string | null
  case_id: string
  changed_at: Instant
  corrects: string | null
  document_id: string | null
  drafted_at: Instant
  drafted_by: string
  effective_on: string | null
  id: Generated<string>
  issued_by: string | null
  issued_on: string | null
  kind: string
  number: number | null
  reasons: Generated<string>
  service_kind: string
  state: Generated<string>
  template_version: number
  version: Generated<number>
  year: number | null
  youth_authority_id: string
}

export interface NoticeCounter {
  last: number
  year: number
  youth_authority_id: string
}

export interface NoticeTemplate {
  federal_state: string | null
  kind: string
  valid_from: string
  version: number
  words: Json
  written_at: Instant | null
  written_by: string | null
  youth_authority_id: string | null
}

export interface Offer {
  capacity: number
  facility_id: string
  id: Generated<string>
  note: string | null
  provider_id: string
  service_kind: string
  specialisations: Generated<string[]>
}

export interface OfferCapacity {
  id: Generated<string>
  offer_id: string
  places: number
  service_kind: string
  valid_from: string
  valid_to: string | null
  youth_authority_id: string
}

export interface OfferRate {
  id: Generated<string>
  offer_id: string
  rate_cents: number
  service_kind: string
  specialisations: Generated<string[]>
  unit: string
  valid_from: string
  valid_to: string | null
  youth_authority_id: string
}

export interface Parameter {
  name: string
  valid_from: string
  value: number
}

export interface Payment {
  amount_cents: number
  id: Generated<string>
  invoice_id: string | null
  paid_on: string
  recorded_at: Generated<Instant>
  recorded_by: string | null
  reference: string | null
  youth_authority_id: string
}

export interface PaymentLine {
  amount_cents: number
  booking_id: string
  case_key: string
  id: Generated<string>
  invoice_line_id: string | null
  paid_on: string
  payment_id: string
  provider_id: string | null
  service_kind: string
  specialisations: Generated<string[]>
  youth_authority_id: string
}

export interface PlaceBlock {
  first_day: string
  id: Generated<string>
  last_day: string | null
  offer_id: string
  places: number
  provider_id: string
  reason: string
}

export interface PocketMoney {
  age_from: number
  age_to: number
  amount_cents: number
  federal_state: string
  source: string
  valid_from: string
}

export interface Population {
  age_group: string
  ags: string
  estimated: boolean
  inhabitants: number
  origin: string
  reference_date: string
  sex: string
}

export interface Provider {
  id: Generated<string>
  name: string
  umbrella_association: string | null
}

export interface ProviderContact {
  contact_person: string | null
  email: string | null
  postcode: string | null
  provider_id: string
  street: string | null
  telephone: string | null
  town: string | null
  website: string | null
}

export interface PublishedView {
  answer: Json
  data_as_of: Instant
  data_lsn: string
  definitions: string
  id: Generated<string>
  published_at: Generated<Instant>
  published_by: string
  title: string
  view: Json
}

export interface Rating {
  aspect: string
  booking_id: string
  case_key: string
  grade: number
  id: Generated<string>
  person: Generated<number>
  provider_id: string
  rated_by: string
  review_key: string
  reviewed_on: string
  service_kind: string
  youth_authority_id: string
}

export interface Region {
  ags: string
  area_km2: number | null
  federal_state: string
  kind: string
  name: string
  nuts3: string | null
}

export interface Reminder {
  booking_id: string | null
  case_id: string
  due_on: string
  id: Generated<string>
  kind: string
  read_at: Instant | null
  reservation_id: string | null
  told_at: Instant
}

export interface ReportRun {
  attempts: Generated<number>
  due_at: Instant
  failure: string | null
  id: Generated<string>
  next_attempt_at: Instant
  schedule_id: string
  state: Generated<string>
}

export interface ReportSchedule {
  day: number
  format: string
  id: Generated<string>
  name: string
  next_due_at: Instant
  paused: Generated<boolean>
  period: string
  query: Json
  rhythm: string
  roles: string[]
  stopped: string | null
  user_account_id: string
  view: string
  youth_authority_id: string | null
}

export interface Reservation {
  age_at_begin: number
  booked_on: string | null
  booking_id: string | null
  case_key: string
  consented_on: string | null
  counting_rule: Generated<string>
  created_at: Generated<Instant>
  dearer_cents: Generated<number>
  dearer_reason: string | null
  decline_reason: string | null
  declined_on: string | null
  expired_on: string | null
  facility_authority_id: string
  facility_id: string
  first_day: string
  held_until: Instant
  id: Generated<string>
  last_day: string
  offer_id: string
  planned_cents: number
  planned_units: number
  provider_id: string
  rate_cents: number
  released_on: string | null
  requested_on: string | null
  reserved_on: string
  searched_on: string | null
  service_kind: string
  sex: string
  specialisations: Generated<string[]>
  state: Generated<string>
  unit: string
  units_per_week: number
  youth_authority_id: string
}

export interface ReservationPocketMoney {
  monthly_cents: number
  reservation_id: string
  source: string
  total_cents: number
  valid_from: string
}

export interface ReservationStep {
  at: Instant
  id: Generated<string>
  note: string | null
  reservation_id: string
  step: string
  told_at: Instant | null
  user_account_id: string | null
}

export interface RetentionRule {
  counted_from: string
  document_kind: string
  federal_state: string | null
  source: string
  valid_from: string
  years: number
}

export interface Search {
  id: Generated<string>
  offers_available: number
  offers_matching: number
  searched_on: string
  service_kind: string
  specialisations: Generated<string[]>
  youth_authority_id: string
}

export interface SearchRequest {
  case_id: string | null
  criteria_hash: Buffer
  search_id: string
  searched_on: string
  user_account_id: string
}

export interface ServiceKind {
  code: string
  form: string
  label: string
  legal_basis: string
  module: string
  sort_order: number
  unit: string
}

export interface ServiceModule {
  code: string
  label: string
  sort_order: number
}

export interface Session {
  created_at: Generated<Instant>
  expires_at: Instant
  last_seen_at: Generated<Instant>
  token_hash: Buffer
  user_account_id: string
}

export interface SignIn {
  attempted_at: Generated<Instant>
  client_address: string
  federal_state: string
  id: Generated<number>
  succeeded: Generated<boolean>
  throttled: Generated<boolean>
  user_account_id: string | null
  user_name: string
}

export interface Specialisation {
  code: string
  label: string
  sort_order: number
}

export interface UserAccount {
  active: Generated<boolean>
  created_at: Generated<Instant>
  demonstration: Generated<boolean>
  display_name: string
  federal_state: string
  id: Generated<string>
  password_hash: string
  provider_id: string | null
  user_name: string
  youth_authority_id: string | null
}

export interface UserRole {
  role: string
  user_account_id: string
}

export interface Wait {
  case_key: string
  ended_on: string | null
  entered_on: string
  first_day: string
  id: string
  last_day: string
  provider_id: string
  service_kind: string
  specialisations: Generated<string[]>
  state: string
  youth_authority_id: string
}

export interface WaitingEntry {
  case_id: string
  counting_rule: string
  ended_on: string | null
  first_day: string
  id: Generated<string>
  last_day: string
  offer_id: string
  specialisations: Generated<string[]>
  state: Generated<string>
  told_at: Instant | null
  units_per_week: number | null
  user_account_id: string
  waiting_since: Instant
  youth_authority_id: string
}

export interface YouthAuthority {
  abbreviation: string
  ags: string
  data_from: string | null
  federal_state: string
  id: string
  name: string
  sort_order: number
}

export interface Database {
  access_counter: AccessCounter
  access_token: AccessToken
  authority_change: AuthorityChange
  booking: Booking
  booking_interruption: BookingInterruption
  booking_step: BookingStep
  budget: Budget
  care_plan: CarePlan
  care_plan_goal: CarePlanGoal
  care_plan_measure: CarePlanMeasure
  care_plan_participant: CarePlanParticipant
  care_plan_release: CarePlanRelease
  care_plan_review: CarePlanReview
  care_plan_review_goal: CarePlanReviewGoal
  care_plan_review_participant: CarePlanReviewParticipant
  case: Case
  case_handover: CaseHandover
  case_link: CaseLink
  client: Client
  client_change: ClientChange
  comparison_group: ComparisonGroup
  comparison_group_member: ComparisonGroupMember
  comparison_grouping: ComparisonGrouping
  consultation: Consultation
  consultation_participant: ConsultationParticipant
  consultation_vote: ConsultationVote
  deletion_item: DeletionItem
  deletion_run: DeletionRun
  document: Document
  document_content: DocumentContent
  document_page: DocumentPage
  document_step: DocumentStep
  draft: Draft
  email_address: EmailAddress
  evaluation: Evaluation
  evaluation_pin: EvaluationPin
  facility: Facility
  facility_contact: FacilityContact
  facility_dossier: FacilityDossier
  facility_file: FacilityFile
  facility_file_content: FacilityFileContent
  federal_state: FederalState
  idempotency_key: IdempotencyKey
  import_reference: ImportReference
  inbox_item: InboxItem
  invoice: Invoice
  invoice_line: InvoiceLine
  letterhead: Letterhead
  notice: Notice
  notice_counter: NoticeCounter
  notice_template: NoticeTemplate
  offer: Offer
  offer_capacity: OfferCapacity
  offer_rate: OfferRate
  parameter: Parameter
  payment: Payment
  payment_line: PaymentLine
  place_block: PlaceBlock
  pocket_money: PocketMoney
  population: Population
  provider: Provider
  provider_contact: ProviderContact
  published_view: PublishedView
  rating: Rating
  region: Region
  reminder: Reminder
  report_run: ReportRun
  report_schedule: ReportSchedule
  reservation: Reservation
  reservation_pocket_money: ReservationPocketMoney
  reservation_step: ReservationStep
  retention_rule: RetentionRule
  search: Search
  search_request: SearchRequest
  service_kind: ServiceKind
  service_module: ServiceModule
  session: Session
  sign_in: SignIn
  specialisation: Specialisation
  user_account: UserAccount
  user_role: UserRole
  wait: Wait
  waiting_entry: WaitingEntry
  youth_authority: YouthAuthority
}
