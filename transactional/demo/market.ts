import type { Chance } from './chance.ts'
import { specialisationBits, type Authority, type Offer } from './landscape.ts'
import { KIND_SHAPES, type KindShape } from './shape.ts'

export type Sex = 'm' | 'w' | 'd'
export type Wish = { authority: Authority; kind: number; specialisations: number; age: number; sex: Sex }

const RESIDENTIAL: ReadonlySet<KindShape['setting']> = new Set(['home', 'emergency', 'family', 'foster'])
export const isResidential = (kind: number): boolean => RESIDENTIAL.has(KIND_SHAPES[kind]!.setting)

export const drawWish = (chance: Chance, { authority, kind, age, sex }: Omit<Wish, 'specialisations'>): Wish => {
  const { specialised, specialisations } = KIND_SHAPES[kind]!
  const wanted = chance.happens(specialised) ? [chance.pick(specialisations)] : []
  if (wanted.length > 0 && chance.happens(0.12)) wanted.push(chance.pick(specialisations))
  return { authority, kind, specialisations: specialisationBits([...new Set(wanted)]), age, sex }
}

const matches = (offer: Offer, { specialisations, age, sex }: Wish): boolean =>
  (offer.specialisations & specialisations) === specialisations &&
  age >= offer.age_from &&
  age <= offer.age_to &&
  (offer.sex === 'all' || offer.sex === sex)

const isFree = (offer: Offer): boolean =>
  offer.taken < offer.capacity && (!isResidential(offer.kind) || offer.facility.taken < offer.facility.licensed)

export type Found = { matching: number; available: Offer[] }

export const search = (offers: readonly Offer[], wish: Wish): Found => {
  let matching = 0
  const available: Offer[] = []
  for (let i = 0; i < offers.length; i++) {
    const offer = offers[i]!
    if (!matches(offer, wish)) continue
    matching++
    if (isFree(offer)) available.push(offer)
  }
  return { matching, available }
}

/** How many offers of the whole state match, and how many of them have a free place. */
export const countInState = (wish: Wish): { matching: number; available: number } => {
  let [matching, available] = [0, 0]
  const { federal_state, near } = wish.authority
  for (let index = -1; index < near.length; index++) {
    const authority = index < 0 ? wish.authority : near[index]!
    if (authority.federal_state !== federal_state) continue
    const offers = authority.offers[wish.kind]!
    for (let i = 0; i < offers.length; i++) {
      const offer = offers[i]!
      if (!matches(offer, wish)) continue
      matching++
      if (isFree(offer)) available++
    }
  }
  return { matching, available }
}

/** The cheaper of two more often than not: price is a hint, never a constraint. */
export const choose = (chance: Chance, available: readonly Offer[]): Offer => {
  const [one, other] = [chance.pick(available), chance.pick(available)]
  return one.facility.price <= other.facility.price === chance.happens(0.68) ? one : other
}

/** A free place in another district, rather near than far. */
export const chooseElsewhere = (chance: Chance, wish: Wish): Offer | null => {
  for (const skipping of [0.45, 0]) {
    for (const authority of wish.authority.near) {
      if (chance.happens(skipping)) continue
      const { available } = search(authority.offers[wish.kind]!, wish)
      if (available.length > 0) return choose(chance, available)
    }
  }
  return null
}

/** From today on it is remembered how many places were taken at most. */
export const beginPeaks = (offers: readonly Offer[]): void => {
  for (const offer of offers) {
    offer.peak = offer.taken
    offer.facility.peak = offer.facility.taken
  }
}

export const take = (offer: Offer): void => {
  const { facility } = offer
  offer.peak = Math.max(offer.peak, ++offer.taken)
  if (isResidential(offer.kind)) facility.peak = Math.max(facility.peak, ++facility.taken)
}

/** Whether a place is free on every day from today on. */
export const hasRoom = ({ kind, peak, capacity, facility }: Offer): boolean =>
  peak < capacity && (!isResidential(kind) || facility.peak < facility.licensed)

/** Offers that match and have a place from today on. */
export const searchFrom = (offers: readonly Offer[], wish: Wish): Offer[] =>
  offers.filter((offer) => matches(offer, wish) && hasRoom(offer))

/** Takes places for good. */
export const hold = (offer: Offer, places: number): void => {
  offer.peak += places
  if (isResidential(offer.kind)) offer.facility.peak += places
}

export const giveBack = (offer: Offer): void => {
  offer.taken--
  if (isResidential(offer.kind)) offer.facility.taken--
}
