/** A source of chance that a seed determines completely. */
export type Chance = {
  /** 0 ≤ x < 1 */
  uniform(): number
  between(low: number, high: number): number
  /** a whole number, both ends included */
  integer(low: number, high: number): number
  happens(probability: number): boolean
  pick<T>(of: readonly T[]): T
  weighted<T>(of: readonly (readonly [T, number])[]): T
  normal(): number
  poisson(mean: number): number
  uuid4(): string
  /** ordered by `milliseconds` since 1970, as uuidv7() of the data base is */
  uuid7(milliseconds: number): string
}

const hex = Array.from({ length: 65536 }, (_, n) => n.toString(16).padStart(4, '0'))

const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193)
  return hash
}

// sfc32 by Chris Doty-Humphrey (PractRand, public domain): 128 bits of state, fast in 32-bit integers
const sfc32 = (seed: string): (() => number) => {
  let a = hashOf(seed)
  let b = hashOf(`${seed}.`)
  let c = hashOf(`.${seed}`)
  let counter = 1
  const next = () => {
    const result = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + result
    c |= 0
    return result >>> 0
  }
  for (let i = 0; i < 16; i++) next()
  return next
}

export const chanceFrom = (seed: string): Chance => {
  const next = sfc32(seed)
  const uniform = () => next() / 4294967296
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  const smallPoisson = (mean: number) => {
    const limit = Math.exp(-mean)
    let count = 0
    for (let product = uniform(); product > limit; product *= uniform()) count++
    return count
  }
  let stamped = -1
  let stamp = ''
  const tail = (variant: number) => {
    const a = next()
    const b = next()
    return `${hex[variant | (a & 0x3fff)]}-${hex[(a >>> 16) & 0xffff]}${hex[b >>> 16]}${hex[b & 0xffff]}`
  }
  return {
    uniform,
    normal,
    between: (low, high) => low + (high - low) * uniform(),
    integer: (low, high) => low + Math.floor((high - low + 1) * uniform()),
    happens: (probability) => uniform() < probability,
    pick: (of) => of[Math.floor(of.length * uniform())]!,
    weighted: (of) => {
      let sum = 0
      for (let i = 0; i < of.length; i++) sum += of[i]![1]
      let rest = uniform() * sum
      for (let i = 0; i < of.length; i++) if ((rest -= of[i]![1]) < 0) return of[i]![0]
      return of.at(-1)![0]
    },
    // the normal approximation is good enough where a day brings dozens
    poisson: (mean) => (mean < 30 ? smallPoisson(mean) : Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()))),
    uuid4: () => {
      const a = next()
      const b = next()
      return `${hex[a >>> 16]}${hex[a & 0xffff]}-${hex[b >>> 16]}-${hex[0x4000 | (b & 0xfff)]}-${tail(0x8000)}`
    },
    uuid7: (milliseconds) => {
      if (milliseconds !== stamped) {
        const high = Math.floor(milliseconds / 65536)
        stamp = `${hex[high >>> 16]}${hex[high & 0xffff]}-${hex[milliseconds % 65536]}-`
        stamped = milliseconds
      }
      return `${stamp}${hex[0x7000 | (next() >>> 20)]}-${tail(0x8000)}`
    },
  }
}
