import type { AwayReason } from '../../../transactional/vocabulary.ts'

/** Why a help is booked outside the system, or a dearer offer is chosen (§§ 5, 36 SGB VIII). */
export const awayReasonLabels: Record<AwayReason, string> = {
  no_offer: 'Kein passendes Angebot frei',
  guardians_wish: 'Wunsch der Sorgeberechtigten',
  suitability: 'Fachliche Eignung',
  nearness: 'Nähe zu Schule und Familie',
  continuity: 'Fortführung einer Hilfe',
  other: 'Anderer Grund',
}
export const awayReasons = Object.entries(awayReasonLabels)
export const dearerReasons = awayReasons.filter(([reason]) => reason !== 'no_offer')
