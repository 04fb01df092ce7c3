import { readFileSync } from 'node:fs'
import type { Chance } from './chance.ts'
import { firstDayOf, milliseconds, monthOf } from './calendar.ts'
import { knownTowns } from '../reference/towns.ts'
import { facilityName, providerName, umbrella } from './names.ts'
import { DISTRICT_SHAPES, KIND_SHAPES, STOCKS_ARE_FOR_YOUNG_PEOPLE, type KindShape } from './shape.ts'

export type Authority = {
  index: number
  id: string
  abbreviation: string
  name: string
  federal_state: string
  young_people: number
  /** helps here against those of Mecklenburg-Vorpommern, by kind */
  demand: number[]
  supply: number
  price: number
  places: (readonly [latitude: string, longitude: string])[]
  caseworker_id: string
  colleague_ids: string[]
  finance_id: string
  /** the nearest other districts, nearest first */
  near: Authority[]
  providers: Provider[]
  /** by kind */
  offers: Offer[][]
}

export type Provider = {
  index: number
  id: string
  name: string
  umbrella: string
  authority: Authority
  weight: number
  account_id: string
  /** 1 is the usual: below it helps end sooner, above later */
  pace: number
  dropout: number
  /** usual grade, 1 is best */
  quality: number
  /** takes up the units agreed to this share */
  delivery: number
  places: number
  invoices: number
}

export type Facility = {
  index: number
  id: string
  provider: Provider
  authority: Authority
  setting: KindShape['setting']
  name: string
  place: readonly [string, string]
  /** null where the demonstration knows no towns of the district */
  town: string | null
  postcode: string | null
  licensed: number
  /** licensed, or what an ambulatory service can care for at a time */
  places: number
  sex: 'm' | 'w' | 'all'
  age_from: number
  age_to: number
  calendar_days: boolean
  /** residential bookings at the moment */
  taken: number
  /** the most there are of them from today on, and of what holds places beside them */
  peak: number
  price: number
}

export type Rate = { from: number; cents: number }

export type Offer = {
  index: number
  id: string
  facility: Facility
  kind: number
  /** bits of SPECIALISATION_CODES */
  specialisations: number
  /** as of its facility, which a search would have to look up for each */
  sex: Facility['sex']
  age_from: number
  age_to: number
  capacity: number
  taken: number
  /** as of a facility */
  peak: number
  rates: Rate[]
}

/** The one with the most places. */
export const largestProvider = ({ providers }: Authority): Provider =>
  providers.reduce((best, provider) => (provider.places > best.places ? provider : best))

/** The rate that holds on a day, the first one before it. */
export const rateOn = ({ rates }: Offer, day: number): Rate =>
  rates[
    Math.max(
      0,
      rates.findLastIndex((rate) => rate.from <= day),
    )
  ]!

export type Landscape = { size: number; authorities: Authority[]; providers: Provider[]; facilities: Facility[]; offers: Offer[] }

export type AuthorityRow = { id: string; abbreviation: string; name: string; federal_state: string; young_people: number }

export const SPECIALISATION_CODES = [...new Set(KIND_SHAPES.flatMap((shape) => shape.specialisations))].sort()
const bit = (code: string): number => 1 << SPECIALISATION_CODES.indexOf(code)
export const specialisationBits = (codes: readonly string[]): number => codes.reduce((bits, code) => bits | bit(code), 0)

const codeLists = new Map<number, string>()
/** As an array in the text format of COPY. */
export const specialisationList = (bits: number): string => {
  let list = codeLists.get(bits)
  if (list === undefined) codeLists.set(bits, (list = `{${SPECIALISATION_CODES.filter((code) => bits & bit(code)).join(',')}}`))
  return list
}

const readPlaces = (): Map<string, (readonly [string, string])[]> => {
  const places = new Map<string, (readonly [string, string])[]>()
  for (const line of readFileSync(new URL('data/places.csv', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .slice(1)) {
    const [ags, latitude, longitude] = line.split(';') as [string, string, string]
    places.set(ags, [...(places.get(ags) ?? []), [latitude, longitude]])
  }
  return places
}

type Place = readonly [latitude: string, longitude: string]

/** Good enough to tell near from far. */
const farness = (a: Place, b: Place): number => (Number(a[0]) - Number(b[0])) ** 2 + ((Number(a[1]) - Number(b[1])) * 0.6) ** 2
const distance = (a: Authority, b: Authority): number => farness(a.places[0]!, b.places[0]!)

/** The nearest town of the same district, with its first postcode. */
const addressNear = (district: string, place: Place): Pick<Facility, 'town' | 'postcode'> => {
  const near = knownTowns()
    .filter(({ ags }) => ags === district)
    .map((town) => ({ ...town, far: farness([town.latitude, town.longitude], place) }))
  const [nearest] = near.toSorted((a, b) => a.far - b.far)
  return { town: nearest?.town ?? null, postcode: nearest?.postcodes[0] ?? null }
}

/** The districts with their need of help; independent of the size. `aside` draws what the helps do not depend on. */
export const makeAuthorities = (chance: Chance, aside: Chance, rows: readonly AuthorityRow[], founded: number): Authority[] => {
  const places = readPlaces()
  const authorities = rows.map((row, index): Authority => {
    const shape = DISTRICT_SHAPES[row.id] ?? { burden: chance.between(0.75, 1.3), supply: chance.between(0.8, 1.2) }
    const share = (row.young_people / STOCKS_ARE_FOR_YOUNG_PEOPLE) * shape.burden
    return {
      ...row,
      index,
      demand: KIND_SHAPES.map(() => share * chance.between(0.86, 1.14)),
      supply: shape.supply,
      price: chance.between(0.94, 1.06),
      places: places.get(row.id)!,
      caseworker_id: chance.uuid7(milliseconds(founded, index)),
      finance_id: chance.uuid7(milliseconds(founded, index)),
      colleague_ids: [1, 2].map(() => aside.uuid7(milliseconds(founded, index))),
      near: [],
      providers: [],
      offers: KIND_SHAPES.map(() => []),
    }
  })
  for (const authority of authorities) {
    const others = authorities.filter((other) => other !== authority).map((other) => ({ other, far: distance(authority, other) }))
    others.sort((a, b) => a.far - b.far)
    authority.near = others.slice(0, 30).map(({ other }) => other)
  }
  return authorities
}

const makeProviders = (chance: Chance, authority: Authority, size: number, first: number, founded: number): Provider[] => {
  const count = Math.max(1, Math.round(8 * Math.sqrt(size * Math.max(authority.demand[0]! * 8, 0.2))))
  return Array.from({ length: count }, (_, n) => ({
    index: first + n,
    id: chance.uuid7(milliseconds(founded, first + n)),
    name: providerName(chance, first + n, authority.name),
    umbrella: umbrella(chance),
    authority,
    weight: 1 / (n + 1.5),
    account_id: chance.uuid7(milliseconds(founded, 40_000 + first + n)),
    pace: Math.exp(0.1 * chance.normal()),
    dropout: Math.exp(0.3 * chance.normal()),
    quality: 2.35 + 0.35 * chance.normal(),
    delivery: chance.between(0.9, 0.99),
    places: 0,
    invoices: 0,
  }))
}

/** Usual places of one facility, and places there are against helps running. */
const SETTINGS: Record<KindShape['setting'], { size: number; smallest: number; room: number }> = {
  home: { size: 17, smallest: 6, room: 1.2 },
  emergency: { size: 9, smallest: 4, room: 1.45 },
  family: { size: 12, smallest: 6, room: 1.22 },
  foster: { size: 110, smallest: 4, room: 1.2 },
  day: { size: 20, smallest: 8, room: 1.22 },
  ambulant: { size: 95, smallest: 10, room: 1.22 },
  counselling: { size: 140, smallest: 15, room: 1.3 },
}
const AGES = [
  [3, 14],
  [6, 18],
  [6, 21],
  [12, 21],
  [14, 21],
] as const

const makeFacility = (
  chance: Chance,
  authority: Authority,
  setting: KindShape['setting'],
  places: number,
  n: number,
  founded: number,
): Omit<Facility, 'index' | 'town' | 'postcode'> => {
  const away = authority.near.slice(0, 3).flatMap((near) => near.providers)
  const provider = chance.weighted(
    (away.length > 0 && chance.happens(0.12) ? away : authority.providers).map((one) => [one, one.weight] as const),
  )
  const [age_from, age_to] = setting === 'home' ? chance.pick(AGES) : ([0, 27] as const)
  provider.places += places
  return {
    id: chance.uuid7(milliseconds(founded, n)),
    provider,
    authority,
    setting,
    name: facilityName(chance, setting, n),
    place: chance.pick(authority.places),
    places,
    licensed: ['ambulant', 'counselling'].includes(setting) ? 0 : places,
    sex: setting === 'home' ? chance.weighted([['all', 8] as const, ['w', 1] as const, ['m', 1] as const]) : 'all',
    age_from,
    age_to,
    calendar_days: chance.happens(0.1),
    taken: 0,
    peak: 0,
    price: Math.exp(0.11 * chance.normal()),
  }
}

/** Rates from the beginning on, a new one every year to two years, ending with those of today. */
const makeRates = (chance: Chance, shape: KindShape, factor: number, from: number, until: number): Rate[] => {
  const [usual, lowest, highest] = shape.rate
  const today = Math.min(highest, Math.max(lowest, usual * factor))
  const steps: Rate[] = []
  const last = monthOf(until)
  for (let month = monthOf(from); month <= last; month += chance.pick([12, 12, 18, 24])) {
    if (steps.length > 0) month += (3 - (month % 3)) % 3
    if (month > last) break
    const day = steps.length === 0 ? from : firstDayOf(month)
    steps.push({ from: day, cents: Math.round(today * 1.034 ** (-(until - day) / 365)) })
  }
  return steps
}

type Making = { chance: Chance; size: number; begin: number; end: number }

const offersOf = (making: Making, facility: Facility, kinds: readonly number[], places: number): Omit<Offer, 'index'>[] => {
  const { chance } = making
  const demand = kinds.map((kind) => facility.authority.demand[kind]! * KIND_SHAPES[kind]!.stock)
  const all = demand.reduce((sum, one) => sum + one, 0)
  return kinds.flatMap((kind, at) => {
    const shape = KIND_SHAPES[kind]!
    const share = demand[at]! / all
    if (at > 0 && facility.setting === 'home' && !chance.happens(Math.min(0.9, share * 12))) return []
    // the offers of a home share its places: their sum may exceed the licence, what is taken never does
    const room = facility.setting === 'home' ? (at === 0 ? 1 : Math.min(0.5, share * 2.6)) : share
    const specialised = shape.specialisations.filter(() => chance.happens(0.25 + 0.35 / shape.specialisations.length))
    return [
      {
        id: chance.uuid7(milliseconds(making.begin, 50_000 + at)),
        facility,
        kind,
        specialisations: specialisationBits(specialised),
        sex: facility.sex,
        age_from: facility.age_from,
        age_to: facility.age_to,
        capacity: Math.max(at === 0 ? 1 : 2, Math.round(places * room)),
        taken: 0,
        peak: 0,
        rates: makeRates(
          chance,
          shape,
          facility.authority.price * facility.price * (1 + 0.025 * specialised.length) * chance.between(0.96, 1.04),
          making.begin,
          making.end,
        ),
      },
    ]
  })
}

/** Providers, facilities and offers with rates, as many places as the helps of the area need. */
export const makeLandscape = (chance: Chance, authorities: Authority[], size: number, begin: number, end: number): Landscape => {
  const making: Making = { chance, size, begin, end }
  const landscape: Landscape = { size, authorities, providers: [], facilities: [], offers: [] }
  for (const authority of authorities) {
    authority.providers = makeProviders(chance, authority, size, landscape.providers.length, begin)
    landscape.providers.push(...authority.providers)
  }
  const places = new Map<KindShape['setting'], number>()
  for (const authority of authorities) {
    let names = authority.index * 11
    for (const setting of Object.keys(SETTINGS) as KindShape['setting'][]) {
      const kinds = KIND_SHAPES.flatMap((shape, kind) => (shape.setting === setting ? [kind] : [])).sort(
        (a, b) => KIND_SHAPES[b]!.stock - KIND_SHAPES[a]!.stock,
      )
      const needed = kinds.reduce((sum, kind) => sum + KIND_SHAPES[kind]!.stock * authority.demand[kind]!, 0)
      const residential = KIND_SHAPES[kinds[0]!]!.elsewhere > 0.1
      const { size: usual, smallest, room } = SETTINGS[setting]
      // what is too little for a facility here is carried on to the next district
      let open = needed * size * room * (residential ? authority.supply : 1) + (places.get(setting) ?? 0)
      while (open >= smallest) {
        const here = Math.min(Math.round(open), Math.max(smallest, Math.round(usual * Math.exp(0.45 * chance.normal()))))
        const built = makeFacility(chance, authority, setting, here, names++, begin)
        const facility = { ...built, ...addressNear(authority.id, built.place), index: landscape.facilities.length }
        landscape.facilities.push(facility)
        for (const made of offersOf(making, facility, kinds, here)) {
          const offer = { ...made, index: landscape.offers.length }
          landscape.offers.push(offer)
          authority.offers[offer.kind]!.push(offer)
        }
        open -= here
      }
      places.set(setting, open)
    }
  }
  return landscape
}
