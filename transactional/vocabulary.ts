// The closed word lists of the domain: what the schema checks, zod accepts and pages show.

export const roles = ['politics', 'ministry', 'controlling', 'caseworker', 'finance', 'provider', 'state_office', 'admin'] as const
export type Role = (typeof roles)[number]
export const roleLabels: Record<Role, string> = {
  politics: 'Politik',
  ministry: 'Ministerium',
  controlling: 'Controlling',
  caseworker: 'Fallmanagement',
  finance: 'Wirtschaftliche Jugendhilfe',
  provider: 'Anbieter',
  state_office: 'Landesjugendamt',
  admin: 'Administration',
}

export const forms = ['ambulant', 'teilstationaer', 'stationaer'] as const
export type Form = (typeof forms)[number]
export const formLabels: Record<Form, string> = { ambulant: 'ambulant', teilstationaer: 'teilstationär', stationaer: 'stationär' }

export const units = ['day', 'hour', 'flat'] as const
export type Unit = (typeof units)[number]
export const unitLabels: Record<Unit, string> = { day: 'Tag', hour: 'Fachleistungsstunde', flat: 'Pauschale' }

export const sexes = ['m', 'w', 'd'] as const
export type Sex = (typeof sexes)[number]
export const sexLabels: Record<Sex, string> = { m: 'männlich', w: 'weiblich', d: 'divers' }

export const countingRules = ['last_day_free', 'calendar_days'] as const
export type CountingRule = (typeof countingRules)[number]
export const countingRuleLabels: Record<CountingRule, string> = {
  last_day_free: 'letzter Tag zählt nicht',
  calendar_days: 'Kalendertage',
}

/** Keys of the official statistics (KJH I.1); 0 is the internal move to another facility and enters no statistics. */
export const endReasons = [0, 10, 20, 21, 22, 30, 40, 50] as const
export type EndReason = (typeof endReasons)[number]
export const endReasonLabels: Record<EndReason, string> = {
  0: 'Wechsel in eine andere Einrichtung',
  10: 'Beendigung gemäß Hilfeplan',
  20: 'Abweichend vom Hilfeplan: durch Sorgeberechtigte oder die jungen Volljährigen',
  21: 'Abweichend vom Hilfeplan: durch Einrichtung, Pflegefamilie oder Dienst',
  22: 'Abweichend vom Hilfeplan: durch die Minderjährigen',
  30: 'Adoptionspflege oder Adoption',
  40: 'Abgabe an ein anderes Jugendamt wegen Zuständigkeitswechsels',
  50: 'Sonstige Gründe',
}

export const raters = ['young_person', 'guardian', 'provider', 'authority'] as const
export type Rater = (typeof raters)[number]
export const raterLabels: Record<Rater, string> = {
  young_person: 'junger Mensch',
  guardian: 'Sorgeberechtigte',
  provider: 'Anbieter',
  authority: 'Jugendamt',
}

export const aspects = ['facility_structure', 'service_structure', 'goal_attainment'] as const
export type Aspect = (typeof aspects)[number]
export const aspectLabels: Record<Aspect, string> = {
  facility_structure: 'Strukturqualität der Einrichtung',
  service_structure: 'Strukturqualität der Leistung',
  goal_attainment: 'Grad der Zielerreichung',
}
