// The HzE-Auswahl without its page: what is chosen, in the address and back, and how it reads.
import type {
  CaseCourse,
  Catalogue,
  Offer,
  OfferPage,
  OfferQuery,
  Ranking,
  RemainingBudget,
  ReservationTerms,
  Session,
} from '../../client.ts'
import { choiceIn } from '../../choice.ts'
import { numberOf } from '../../elements/form-fields.ts'
import { helpSelectionPath } from '../../route.ts'
import { dateText, moneyText, monthText, noBreakSpace, numberText } from '../../format.ts'
import { knownPoint } from './places.ts'

export const { read: readWanted, write: writeWanted } = choiceIn([
  'case',
  'first_day',
  'last_day',
  'counting_rule',
  'service_kind',
  'area',
  'point',
  'radius',
  'specialisations',
  'wished',
  'units',
  'places',
  'sort',
  'grade',
  'distance',
])
/** As chosen; what is not, is left to `resolveWanted`. */
export type WantedChoice = ReturnType<typeof readWanted>

/** Where a place can be reserved that a case waits for, or another one be found. */
export const placeHref = (sought: Sought) => {
  const { case_id, service_kind, first_day, last_day, specialisations = [], units_per_week } = sought
  const units = units_per_week === undefined ? '' : String(units_per_week).replace('.', ',')
  const help = { service_kind, first_day, last_day, specialisations: specialisations.join(','), units }
  return helpSelectionPath + writeWanted({ case: case_id, ...help, area: 'de' })
}
type Sought = {
  case_id: string
  service_kind: string
  first_day: string
  last_day: string
  specialisations?: string[]
  units_per_week?: number
}

export type Person = { birth_date: string; sex: string }

export type Wanted = {
  first_day: string
  last_day: string
  counting_rule: 'last_day_free' | 'calendar_days'
  service_kind: Omit<Catalogue['service_kinds'][number], 'unit'> & { unit: keyof typeof unitWords }
  /** A state, Germany, an authority, one with its neighbours, or `around` a point. */
  area: string
  /** Where distances are told from. */
  point: string | undefined
  /** Kilometres around the point, where that is the area. */
  radius: number
  /** Required: offers without them fall out. */
  specialisations: string[]
  /** Wished: told of each offer. */
  wished: string[]
  /** As written; empty: seven days a week. */
  units: string
  /** Only offers with a free place. */
  available: boolean
  sorting: Sorting
  /** No grade worse than this one. */
  worstGrade: number | undefined
  /** No farther from the point than so many kilometres. */
  farthest: number | undefined
}

export const around = 'around'
export const neighboursOf = (youth_authority_id: string) => `${youth_authority_id}_neighbours`
const usualRadius = 30
const wholeIn = (text: string | undefined, most: number): number | undefined => {
  const number = Number(text)
  return Number.isInteger(number) && number >= 1 && number <= most ? number : undefined
}

/** The area as it is asked for. */
export const areaOf = ({ area, point, radius }: Pick<Wanted, 'area' | 'point' | 'radius'>): string =>
  area === around ? `${around}_${point}_${radius}` : area

const day = (date: Date) => date.toISOString().slice(0, 10)
const listOf = (text: string | undefined) => text?.split(',').filter(Boolean) ?? []
const isDay = (text: string | undefined): text is string => text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text)

/** The first of the next month, for half a year. */
export const usualPeriod = (today: string) => {
  const [year, month] = today.split('-').map(Number) as [number, number]
  return { first_day: day(new Date(Date.UTC(year, month, 1))), last_day: day(new Date(Date.UTC(year, month + 6, 1))) }
}

const usualKind = 's34'

/** What is looked for, with the defaults for all that was not chosen or does not exist. */
export const resolveWanted = (choice: WantedChoice, catalogue: Catalogue, session: Session, today: string): Wanted => {
  const usual = usualPeriod(today)
  const known = (codes: string[]) => codes.filter((code) => catalogue.specialisations.some((each) => each.code === code))
  const kinds = catalogue.service_kinds as Wanted['service_kind'][]
  const own = session.youth_authority?.id ?? session.federal_state
  return {
    first_day: isDay(choice.first_day) ? choice.first_day : usual.first_day,
    last_day: isDay(choice.last_day) ? choice.last_day : usual.last_day,
    counting_rule: choice.counting_rule === 'calendar_days' ? 'calendar_days' : 'last_day_free',
    service_kind: kinds.find(({ code }) => code === (choice.service_kind ?? usualKind)) ?? kinds[0]!,
    area: [own, neighboursOf(own), session.federal_state, 'de', around].includes(choice.area ?? '') ? choice.area! : own,
    point: knownPoint(choice.point),
    radius: wholeIn(choice.radius, 999) ?? usualRadius,
    specialisations: known(listOf(choice.specialisations)),
    wished: known(listOf(choice.wished)),
    units: choice.units ?? '',
    available: choice.places !== 'all',
    sorting: choice.sort !== undefined && choice.sort in sortings ? (choice.sort as Sorting) : 'cost',
    worstGrade: wholeIn(choice.grade, 4),
    farthest: wholeIn(choice.distance, 999),
  }
}

/** `3,5` or `3.5`; undefined for what is no number of units. */
export const unitsOf = (text: string): number | undefined => {
  const units = numberOf(text)
  return units > 0 ? units : undefined
}
/** More a week is a slip. */
export const mostUnitsPerWeek = { day: 7, hour: 168, flat: 168 } as const
/** What is wrong with what was written; undefined: nothing. */
export const unitsFault = (text: string, unit: keyof typeof unitWords): string | undefined => {
  const units = unitsOf(text)
  if (units === undefined) return 'Bitte eine Zahl größer als 0, zum Beispiel 3,5.'
  const most = mostUnitsPerWeek[unit]
  return units > most ? `Bitte höchstens ${most} ${unitWords[unit][0]}.` : undefined
}

/** Completed years of life on a day. */
export const ageOn = (birth_date: string, on: string): number =>
  Number(on.slice(0, 4)) - Number(birth_date.slice(0, 4)) - (on.slice(5) < birth_date.slice(5) ? 1 : 0)

/** Hours and flat rates have no usual number a week: without it there is no planned cost. */
export const unitsMissing = ({ service_kind, units }: Wanted) => service_kind.unit !== 'day' && unitsOf(units) === undefined

type BeginTerms = Pick<ReservationTerms, 'earliest_begin' | 'latest_begin'>
/** Told beside the beginning while it lies too far back or ahead; what fits is counted all the same. Empty: it does not. */
export const beginText = ({ first_day }: Pick<Wanted, 'first_day'>, terms: BeginTerms | undefined): string => {
  if (terms === undefined) return ''
  const { earliest_begin, latest_begin } = terms
  const possible = 'Reservieren und buchen lässt sich eine Hilfe mit einem Beginn'
  if (first_day < earliest_begin) return `Der Beginn liegt zu weit zurück: ${possible} ab dem ${dateText(earliest_begin)}.`
  return first_day > latest_begin ? `Der Beginn liegt zu weit voraus: ${possible} bis zum ${dateText(latest_begin)}.` : ''
}

/** Told beside the end while the young person is too old by then. Empty: not so. */
export const ageText = (
  { last_day, counting_rule, service_kind }: Pick<Wanted, 'last_day' | 'counting_rule' | 'service_kind'>,
  person: Person | undefined,
): string => {
  if (!person || service_kind.code === 's19') return ''
  const lastCounted = counting_rule === 'last_day_free' ? dayBefore(last_day) : last_day
  return ageOn(person.birth_date, lastCounted) < 27
    ? ''
    : 'Eine Hilfe endet spätestens mit dem 27. Geburtstag (§ 7 Abs. 1 Nr. 4, § 41 SGB VIII).'
}
const dayBefore = (text: string) => day(new Date(Date.parse(text) - 86_400_000))

/** Residential helps of the case that are booked for some of these days; one may end on the day the next begins. */
export const otherHomes = (
  { first_day, last_day, service_kind }: Pick<Wanted, 'first_day' | 'last_day' | 'service_kind'>,
  helps: CaseCourse['helps'],
  { service_kinds }: Pick<Catalogue, 'service_kinds'>,
): CaseCourse['helps'] => {
  const isResidential = (code: string) => service_kinds.some((kind) => kind.code === code && kind.form === 'stationaer')
  if (!isResidential(service_kind.code)) return []
  return helps.filter(
    (help) =>
      help.kind === 'booking' &&
      !help.cancelled &&
      isResidential(help.service_kind) &&
      help.first_day < last_day &&
      first_day < help.last_day,
  )
}

export type Fault = { field: string; message: string }
/** The days the service knows. */
const [firstKnown, lastKnown] = ['1900-01-01', '2040-12-31']
const isKnown = (day: string) => firstKnown <= day && day <= lastKnown
export const faultsOf = ({ first_day, last_day, counting_rule, service_kind, units, area, point }: Wanted): Fault[] => [
  ...Object.entries({ first_day, last_day })
    .filter(([, day]) => !isKnown(day))
    .map(([field]) => ({ field, message: `Der Tag muss zwischen ${dateText(firstKnown)} und ${dateText(lastKnown)} liegen.` })),
  ...(last_day < first_day && isKnown(first_day) && isKnown(last_day)
    ? [{ field: 'last_day', message: 'Das Ende liegt vor dem Beginn.' }]
    : []),
  ...(last_day === first_day && counting_rule === 'last_day_free'
    ? [{ field: 'last_day', message: 'Der letzte Tag zählt nicht mit: Bitte einen späteren wählen.' }]
    : []),
  ...(area === around && point === undefined ? [{ field: 'place', message: 'Bitte den Ort angeben, um den herum gesucht wird.' }] : []),
  ...(units.trim() !== '' && unitsFault(units, service_kind.unit) !== undefined
    ? [{ field: 'units', message: unitsFault(units, service_kind.unit)! }]
    : []),
]

/** What is said of a person to whoever looks for offers. */
export const described = ({ sex, birth_date }: Person, first_day: string) => ({ sex, age: Math.max(0, ageOn(birth_date, first_day)) })

export const offerQuery = (wanted: Wanted, person: Person | undefined): OfferQuery => ({
  service_kind: wanted.service_kind.code,
  first_day: wanted.first_day,
  last_day: wanted.last_day,
  counting_rule: wanted.counting_rule,
  area: areaOf(wanted),
  point: wanted.point ?? null,
  specialisations: wanted.specialisations.join(','),
  units_per_week: unitsOf(wanted.units)?.toString() ?? null,
  sex: person?.sex ?? null,
  age: person ? String(described(person, wanted.first_day).age) : null,
  available: wanted.available ? 'true' : null,
})

/** "182,00 Tage = 26,00 Wochen". */
export const periodText = (days: number) => `${numberText(days, 2)}${noBreakSpace}Tage = ${numberText(days / 7, 2)}${noBreakSpace}Wochen`

export const rateUnits = { day: 'Tag', hour: 'Stunde', flat: 'Pauschale' } as const
export const unitWords = {
  day: ['Tage pro Woche', 'Tage'],
  hour: ['Stunden pro Woche', 'Stunden'],
  flat: ['Pauschalen pro Woche', 'Pauschalen'],
} as const

const count = (n: number, one: string, many: string) => `${n === 1 ? one : `${numberText(n)}${noBreakSpace}${many}`}`

/** Why offers of the kind in the area are not listed; empty where all are. */
export const leftOutText = (
  { left_out }: Pick<OfferPage, 'left_out'>,
  wanted: Pick<Wanted, 'available'>,
  sex: string | undefined,
): string => {
  const others = sex === 'w' ? 'nimmt nur Jungen' : 'nimmt nur Mädchen'
  const otherMany = sex === 'w' ? 'nehmen nur Jungen' : 'nehmen nur Mädchen'
  const reasons = [
    left_out.places > 0 && wanted.available && count(left_out.places, '1 hat keinen freien Platz', 'haben keinen freien Platz'),
    left_out.specialisations > 0 &&
      count(left_out.specialisations, '1 hat nicht jede verlangte Spezialisierung', 'haben nicht jede verlangte Spezialisierung'),
    left_out.sex > 0 && count(left_out.sex, `1 ${others}`, otherMany),
    left_out.age > 0 && count(left_out.age, '1 passt nicht zum Alter', 'passen nicht zum Alter'),
    left_out.rate > 0 &&
      count(left_out.rate, '1 hat am ersten Tag kein vereinbartes Entgelt', 'haben am ersten Tag kein vereinbartes Entgelt'),
  ].filter(Boolean)
  return reasons.length === 0 ? '' : `Nicht in der Liste: ${reasons.join(', ')}.`
}

/** "ab 14 Jahren", "Nur weiblich": what an offer asks of the young person. */
export const admissionTexts = ({ sex_admitted, age_from, age_to, note }: Offer): string[] => {
  const texts = [
    ...(sex_admitted === 'all' ? [] : [sex_admitted === 'w' ? 'Nur weiblich' : 'Nur männlich']),
    ...(age_from > 0 ? [`ab ${age_from} Jahren`] : []),
    ...(age_to < 18 ? [`bis ${age_to} Jahre`] : []),
    ...(note ? [note] : []),
  ]
  // notes of providers often say the same
  return [...new Set(texts)]
}

export type Grade = { grade: number | null; cases: number | null; rank: number | null }
const fewestRated = 5
/** The mean of structure and process of each provider, 1 is best; none on few cases. */
export const gradesOf = (ranking: Ranking | undefined): Map<string, Grade> =>
  new Map(
    ranking?.rows.map(({ provider_id, structure, process, rated_cases, rank }) => {
      const enough = (rated_cases ?? 0) >= fewestRated
      return [
        provider_id,
        { grade: enough && structure !== null && process !== null ? (structure + process) / 2 : null, cases: rated_cases, rank },
      ]
    }),
  )

export const sortings = {
  cost: 'Kosten',
  distance: 'Entfernung',
  grade: 'Note',
  places: 'freie Plätze',
  wished: 'erfüllte Wünsche',
} as const
export type Sorting = keyof typeof sortings

/** Whether that order, or what is left out, needs to know all offers: the service gives the cheapest first. */
export const needsAll = ({ sorting, worstGrade, farthest, point }: Wanted): boolean =>
  sorting !== 'cost' || worstGrade !== undefined || (farthest !== undefined && point !== undefined)

/** Whether somebody has said what is looked for: the page as it opens is no search. */
export const isSought = (choice: WantedChoice): boolean =>
  Object.entries(choice).some(([name, value]) => value !== undefined && value !== '' && !looks.has(name))
/** How a list is looked at, and from where distances are told. */
const looks = new Set(['places', 'point', 'sort', 'grade', 'distance', 'wished'])

/** Those that are near and good enough; what has no grade, or no known place, is not. */
export const narrowed = (offers: Offer[], { worstGrade, farthest, point }: Wanted, grades: Map<string, Grade>): Offer[] =>
  offers.filter(
    ({ provider_id, distance_km }) =>
      (worstGrade === undefined || (grades.get(provider_id)?.grade ?? Infinity) <= worstGrade) &&
      (farthest === undefined || point === undefined || (distance_km ?? Infinity) <= farthest),
  )

/** "12 km"; the place itself is known to a kilometre only. */
export const distanceText = (kilometres: number): string => `${kilometres < 1 ? 'unter 1' : numberText(kilometres)}${noBreakSpace}km`
export const wishesMet = (offer: Offer, wished: string[]) => wished.filter((code) => offer.specialisations.includes(code)).length

/** Offers come by cost; the others keep that order among equals. */
export const sorted = (offers: Offer[], by: Sorting, grades: Map<string, Grade>, wished: string[]): Offer[] => {
  const worth: Record<Sorting, (offer: Offer) => number> = {
    cost: () => 0,
    distance: ({ distance_km }) => distance_km ?? Infinity,
    grade: ({ provider_id }) => grades.get(provider_id)?.grade ?? Infinity,
    places: ({ free_places }) => -free_places,
    wished: (offer) => -wishesMet(offer, wished),
  }
  return offers
    .map((offer) => ({ offer, at: worth[by](offer) }))
    .toSorted((a, b) => (a.at === b.at ? 0 : a.at - b.at))
    .map(({ offer }) => offer)
}

/** "90,42 € × 182 Tage = 16.456,44 €". */
export const costText = (offer: Pick<Offer, 'rate_cents' | 'unit' | 'planned_units' | 'planned_cents'>) =>
  offer.planned_cents === null
    ? `${moneyText(offer.rate_cents)} je ${rateUnits[offer.unit]}`
    : `${moneyText(offer.rate_cents)} × ${numberText(offer.planned_units!, offer.planned_units! % 1 === 0 ? 0 : 2)}${noBreakSpace}${unitWords[offer.unit][1]} = ${moneyText(offer.planned_cents)}`

type Part = RemainingBudget['month']
const leftText = ({ budget_cents, planned_cents, added_cents }: Part, when: string) => {
  const left = budget_cents! - planned_cents
  return `Restbudget ${when}: ${moneyText(left)}, mit dieser Hilfe ${moneyText(left - added_cents)}.`
}
/** What is left of the budget in the month and year of the beginning, before and with the help, or that none is recorded for the year. */
export const budgetText = ({ month, year }: Pick<RemainingBudget, 'month' | 'year'>, first_day: string): string =>
  year.budget_cents === null
    ? `Für ${first_day.slice(0, 4)} ist kein Haushaltsansatz erfasst.`
    : `${leftText(month, `im ${monthText(first_day.slice(0, 7))}`)} ${leftText(year, `im Jahr ${first_day.slice(0, 4)}`)}`
