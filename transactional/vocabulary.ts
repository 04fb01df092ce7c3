// The closed word lists of the domain: what the schema checks and zod accepts.

export const roles = ['politics', 'ministry', 'controlling', 'caseworker', 'finance', 'provider', 'state_office', 'admin'] as const
export type Role = (typeof roles)[number]

export const forms = ['ambulant', 'teilstationaer', 'stationaer'] as const
export type Form = (typeof forms)[number]

export const units = ['day', 'hour', 'flat'] as const
export type Unit = (typeof units)[number]
/** More a week is a slip: a week has so many days and hours. */
export const mostUnitsPerWeek: Record<Unit, number> = { day: 7, hour: 168, flat: 168 }
export const unitLabels: Record<Unit, string> = { day: 'Tag', hour: 'Fachleistungsstunde', flat: 'Pauschale' }

export const sexes = ['m', 'w', 'd'] as const
export type Sex = (typeof sexes)[number]

export const countingRules = ['last_day_free', 'calendar_days'] as const
export type CountingRule = (typeof countingRules)[number]
export const countingRuleLabels: Record<CountingRule, string> = {
  last_day_free: 'letzter Tag zählt nicht',
  calendar_days: 'Kalendertage',
}

/** Keys of the official statistics (KJH I.1); 0 is the internal move to another facility and enters no statistics. */
export const endReasons = [0, 10, 20, 21, 22, 30, 40, 50] as const
export type EndReason = (typeof endReasons)[number]

export const raters = ['young_person', 'guardian', 'provider', 'authority'] as const
export type Rater = (typeof raters)[number]

/** Who takes part in planning a help (§ 36(2) SGB VIII). */
export const participantRoles = [...raters, 'other'] as const
export type ParticipantRole = (typeof participantRoles)[number]

export const goalStates = ['open', 'reached', 'given_up'] as const
export type GoalState = (typeof goalStates)[number]

export const aspects = ['facility_structure', 'service_structure', 'goal_attainment'] as const
export type Aspect = (typeof aspects)[number]

export const reservationStates = ['reserved', 'requested', 'consented', 'declined', 'booked', 'released', 'expired'] as const
export type ReservationState = (typeof reservationStates)[number]

export const reservationSteps = [
  'reserved',
  'renewed',
  'requested',
  'reminded',
  'withdrawn',
  'consented',
  'consent_withdrawn',
  'declined',
  'decline_undone',
  'booked',
  'released',
  'expired',
  'explained',
] as const
export type ReservationStep = (typeof reservationSteps)[number]

export const facilityFileKinds = ['photo', 'document'] as const
export type FacilityFileKind = (typeof facilityFileKinds)[number]

export const waitingStates = ['waiting', 'reserved', 'left', 'over'] as const
export type WaitingState = (typeof waitingStates)[number]

/** Why a dearer offer was chosen (§§ 5, 36 SGB VIII). */
export const dearerReasons = ['guardians_wish', 'suitability', 'nearness', 'continuity', 'other'] as const
export type DearerReason = (typeof dearerReasons)[number]

/** Why a help was booked outside the system. */
export const awayReasons = ['no_offer', ...dearerReasons] as const
export type AwayReason = (typeof awayReasons)[number]

/** Why a provider declines. */
export const declineReasons = ['no_place', 'not_suitable', 'staff', 'too_late', 'other'] as const
export type DeclineReason = (typeof declineReasons)[number]

/** Why a place is not to be had although nobody booked it. */
export const blockReasons = ['blocked', 'taken_outside'] as const
export type BlockReason = (typeof blockReasons)[number]

export const bookingSteps = [
  'booked',
  'prolonged',
  'prolongation_undone',
  'changed',
  'change_undone',
  'interrupted',
  'resumed',
  'ended',
  'end_undone',
  'cancelled',
  'cancellation_undone',
] as const
export type BookingStep = (typeof bookingSteps)[number]

/** Why a help rests. */
export const interruptionReasons = ['clinic', 'home_visit', 'absconded', 'custody', 'other'] as const
export type InterruptionReason = (typeof interruptionReasons)[number]

/** What one of several professionals says to a help that is considered (§ 36(2) SGB VIII). */
export const votes = ['agree', 'reject', 'abstain'] as const
export type Vote = (typeof votes)[number]
export const voteLabels: Record<Vote, string> = { agree: 'zugestimmt', reject: 'abgelehnt', abstain: 'enthalten' }

export const consultationDecisions = ['agreed', 'agreed_with_conditions', 'other_help', 'no_help', 'postponed'] as const
export type ConsultationDecision = (typeof consultationDecisions)[number]
export const consultationDecisionLabels: Record<ConsultationDecision, string> = {
  agreed: 'Die Hilfe ist geeignet und notwendig.',
  agreed_with_conditions: 'Die Hilfe ist mit Auflagen geeignet und notwendig.',
  other_help: 'Eine andere Hilfe ist geeigneter.',
  no_help: 'Eine Hilfe ist nicht notwendig.',
  postponed: 'Die Entscheidung wird vertagt.',
}

/** What a document of a file is. */
export const documentKinds = [
  'application',
  'care_plan',
  'report',
  'minutes',
  'notice',
  'correspondence',
  'court',
  'certificate',
  'cost',
  'other',
] as const
export type DocumentKind = (typeof documentKinds)[number]

export const documentTypes = ['application/pdf', 'image/png', 'image/jpeg'] as const
export type DocumentType = (typeof documentTypes)[number]

/** What became of the words of a PDF. */
export const documentWords = ['read', 'none', 'damaged', 'locked', 'too_long'] as const
export type DocumentWords = (typeof documentWords)[number]

export const documentSteps = ['added', 'changed', 'removed', 'restored'] as const

/** What keeps a document: the help it belongs to (§ 9b SGB VIII), or its kind where there is none. */
export const retentionGrounds = ['help', 'kind'] as const

/** What the years of a kind are counted from: the end of the case, or that of the document's year. */
export const retentionStarts = ['case_end', 'year_end'] as const
export type RetentionStart = (typeof retentionStarts)[number]

/** Why something was deleted; `by_hand`: it had been taken out of its file. */
export const deletionRules = [...retentionGrounds, 'by_hand'] as const
export type DeletionRule = (typeof deletionRules)[number]

/** Notices (§ 31 SGB X): granted, changed, refused, ended. */
export const noticeKinds = ['grant', 'change', 'refusal', 'end'] as const
export type NoticeKind = (typeof noticeKinds)[number]

export const noticeStates = ['draft', 'issued'] as const

/** Why another authority becomes responsible (§§ 86 to 88a SGB VIII). */
export const authorityChangeReasons = ['parents_moved', 'parents_apart', 'foster_care', 'of_age', 'unaccompanied', 'other'] as const
export type AuthorityChangeReason = (typeof authorityChangeReasons)[number]
export const authorityChangeReasonLabels: Record<AuthorityChangeReason, string> = {
  parents_moved: 'Umzug der Eltern (§ 86 Abs. 1 bis 3 SGB VIII)',
  parents_apart: 'Verschiedene Aufenthalte der Eltern (§ 86 Abs. 5 SGB VIII)',
  foster_care: 'Zwei Jahre bei einer Pflegeperson oder Ende dieser Pflege (§ 86 Abs. 6 SGB VIII)',
  of_age: 'Hilfe für junge Volljährige (§ 86a SGB VIII)',
  unaccompanied: 'Zuweisung nach unbegleiteter Einreise (§ 88a SGB VIII)',
  other: 'Anderer Grund',
}

export const authorityChangeStates = ['announced', 'accepted', 'declined', 'withdrawn'] as const
export type AuthorityChangeState = (typeof authorityChangeStates)[number]
