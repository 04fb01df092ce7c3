import { readFileSync } from 'node:fs'

/** A town with its place to two decimals, about a kilometre, and its postcodes. */
export type Town = { ags: string; town: string; latitude: string; longitude: string; postcodes: string[] }

let towns: Town[] | undefined
/** Towns of Mecklenburg-Vorpommern; of other states, and of smaller places, the portal knows where facilities stand. */
export const knownTowns = (): Town[] => {
  towns ??= readFileSync(new URL('data/towns.csv', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [ags, town, latitude, longitude, postcodes] = line.split(';') as [string, string, string, string, string]
      return { ags, town, latitude, longitude, postcodes: postcodes.split(',') }
    })
  return towns
}
