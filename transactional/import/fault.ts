import type pg from 'pg'

/** What is wrong with a file, where: `line` counts from 1, the header included; 0: the file as a whole. */
export type Fault = { line: number; column: string | null; reason: string }

/** So many are told one by one. */
export const FAULTS_TOLD = 200

/** `row`: what a line of the file is called. */
export const faultText = ({ line, column, reason }: Fault, row = 'Zeile'): string => {
  const where = [...(line === 0 ? [] : [`${row} ${line}`]), ...(column === null ? [] : [`Spalte ${column}`])].join(', ')
  return where === '' ? reason : `${where}: ${reason}`
}

const BY_CONSTRAINT: Record<string, string> = {
  booking_offer_full: 'Im Angebot ist nicht an jedem Tag des Zeitraums ein Platz frei.',
  booking_facility_full: 'Die genehmigten Plätze der Einrichtung sind an einem Tag des Zeitraums schon belegt.',
  booking_offer_mismatch: 'Angebot und Hilfeart gehören nicht zusammen.',
  booking_within_case: 'Die Buchung liegt nicht innerhalb ihres Falls.',
  booking_case_unknown: 'Der Fall gehört zu einem anderen Jugendamt.',
  booking_in_use: 'Die Buchung ist abgerechnet oder bewertet und lässt sich nicht mehr stornieren.',
  booking_period: 'Das Ende liegt vor dem Beginn.',
  offer_capacity_taken: 'Es sind schon mehr Plätze gebucht als die neue Platzzahl.',
  licensed_places_taken: 'Es sind schon mehr Plätze belegt als die neue Zahl genehmigter Plätze.',
  offer_rate_no_overlap: 'Zwei Entgelte des Angebots gelten zur selben Zeit.',
  offer_rate_period: 'Das Entgelt endet vor seinem Beginn.',
  specialisation_unknown: 'Eine Spezialisierung ist unbekannt.',
  facility_age_to_check: 'alter_bis liegt unter alter_von.',
  facility_check: 'alter_bis liegt unter alter_von.',
}

/** In words what the data base refused; null for anything that is no rule of the domain. */
export const refusalOf = (error: unknown): string | null => {
  const { code, constraint, message } = error as pg.DatabaseError
  if (code === undefined || !/^(22|23)/.test(code)) return null
  return (constraint && BY_CONSTRAINT[constraint]) ?? `Die Datenbank nimmt die Zeile nicht an (${constraint ?? message}).`
}
