import type { DearerReason } from '../../../transactional/vocabulary.ts'

/** Why a dearer offer is chosen (§§ 5, 36 SGB VIII). */
const labels: Record<DearerReason, string> = {
  guardians_wish: 'Wunsch der Sorgeberechtigten',
  suitability: 'Fachliche Eignung',
  nearness: 'Nähe zu Schule und Familie',
  continuity: 'Fortführung einer Hilfe',
  other: 'Anderer Grund',
}
export const dearerReasonLabels = Object.entries(labels)
