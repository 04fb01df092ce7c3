import { readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'

const read = (file: string, delimiter = ','): Record<string, string>[] =>
  parse(readFileSync(new URL(`data/${file}`, import.meta.url)), { columns: true, delimiter, bom: true })

export type District = {
  ags: string
  kind: string
  name: string
  nuts3: string
  area_km2: string
  abbreviation: string
  sort_order: number
}

/** One row of the table population. */
export type PopulationRow = {
  ags: string
  reference_date: string
  age_group: string
  sex: 'm' | 'w' | 'all'
  inhabitants: number
  origin: string
  estimated: boolean
}

const ORIGIN_2018 = 'Destatis, Gemeindeverzeichnis, CC BY 4.0'
const ORIGIN_2019 = 'Destatis, GENESIS 12411-0018, dl-de/by-2-0'
const ORIGIN_MV = 'Destatis, dl-de/by-2-0'
const ORIGIN_U21 = `eigene Schätzung: unter 20 + ein Fünftel von 20 bis unter 25 (${ORIGIN_2019})`
const UNDER_20 = ['u3', 'a3_6', 'a6_10', 'a10_15', 'a15_18', 'a18_20']

const LONG_FORMS: readonly (readonly [string, string])[] = [
  ['a.d.', 'an der '],
  ['i.d.OPf.', 'in der Oberpfalz'],
  ['i.', 'im '],
  ['a.', 'am '],
]

/** The name as a citizen writes it; `town` tells that a town district has the same name. */
const commonName = (official: string, kind: string, town: boolean): string => {
  const short = official.replace(/,.*$/, '')
  const found = LONG_FORMS.find(([abbreviated]) => short.includes(` ${abbreviated}`))
  const name = found ? short.replace(` ${found[0]}`, ` ${found[1]}`) : short
  return town && kind === 'Landkreis' ? `Landkreis ${name}` : name
}

/** At most eight characters, unique within `taken`. */
const shortName = (name: string, nuts3: string, taken: ReadonlySet<string>): string => {
  const plain = name.replace(/^Landkreis /, 'LK ').replace(/ \(.*$/, '')
  const candidates = [
    plain,
    `${plain.slice(0, 7).trim()}.`,
    `${plain.slice(0, 4).trim()}.${plain.slice(-3)}`,
    `${plain.slice(0, 3).trim()}.${plain.slice(-4)}`,
  ]
  return candidates.find((candidate) => candidate.length <= 8 && !taken.has(candidate)) ?? nuts3
}

/** All 401 districts; those of Mecklenburg-Vorpommern with the portal's abbreviations and in its order. */
export const readDistricts = (): District[] => {
  const portal = new Map(read('mv_kreise.csv').map((row, index) => [row['ags']!, { abbreviation: row['kuerzel']!, sort_order: index + 1 }]))
  const rows = read('kreise_2018-12-31.csv', ';')
  const key = (row: Record<string, string>) => row['AGS']!.slice(0, 2) + row['name']!.replace(/(,| \(| am ).*$/, '')
  const towns = new Set(rows.filter((row) => row['type']!.endsWith('tadt') || row['type'] === 'Stadtkreis').map(key))
  const named = rows.map((row) => ({
    ags: row['AGS']!,
    kind: row['type']!,
    name: commonName(row['name']!, row['type']!, towns.has(key(row))),
    nuts3: row['NUTS3']!,
    area_km2: row['area_km2']!,
  }))
  const taken = new Map<string, Set<string>>()
  const ordered = named.toSorted((a, b) => a.ags.slice(0, 2).localeCompare(b.ags.slice(0, 2)) || a.name.localeCompare(b.name, 'de'))
  const position = new Map<string, number>()
  return ordered.map((district) => {
    const state = district.ags.slice(0, 2)
    const inState = taken.get(state) ?? new Set()
    taken.set(state, inState)
    position.set(state, (position.get(state) ?? 0) + 1)
    const own = portal.get(district.ags) ?? {
      abbreviation: shortName(district.name, district.nuts3, inState),
      sort_order: position.get(state)!,
    }
    inState.add(own.abbreviation)
    return { ...district, ...own }
  })
}

const total = (ags: string, date: string, inhabitants: string | number, origin: string): PopulationRow => ({
  ags,
  reference_date: date,
  age_group: 'total',
  sex: 'all',
  inhabitants: Number(inhabitants),
  origin,
  estimated: false,
})

const byAgeAndSex = (): PopulationRow[] =>
  read('bevoelkerung_kreise_alter_geschlecht_2019-12-31.csv').map((row) => ({
    ags: row['ags']!,
    reference_date: row['stichtag']!,
    age_group: row['altersgruppe']!,
    sex: row['geschlecht'] as 'm' | 'w',
    inhabitants: Number(row['anzahl']),
    origin: ORIGIN_2019,
    estimated: false,
  }))

const sumOf = (rows: PopulationRow[], groups?: string[]): number =>
  rows.filter((row) => !groups || groups.includes(row.age_group)).reduce((sum, row) => sum + row.inhabitants, 0)

/** Sum over age and sex, and inhabitants under 21: one fifth of 20 to under 25, half a person counts as one. */
const derived = (ags: string, rows: PopulationRow[]): PopulationRow[] => [
  total(ags, rows[0]!.reference_date, sumOf(rows), ORIGIN_2019),
  {
    ...total(ags, rows[0]!.reference_date, sumOf(rows, UNDER_20) + Math.floor((2 * sumOf(rows, ['a20_25']) + 5) / 10), ORIGIN_U21),
    age_group: 'u21',
    estimated: true,
  },
]

export const readPopulation = (): PopulationRow[] => {
  const detailed = byAgeAndSex()
  const districts = new Map<string, PopulationRow[]>()
  for (const row of detailed) districts.set(row.ags, [...(districts.get(row.ags) ?? []), row])
  return [
    ...detailed,
    ...[...districts].flatMap(([ags, rows]) => derived(ags, rows)),
    ...read('kreise_2018-12-31.csv', ';').map((row) => total(row['AGS']!, '2018-12-31', row['population']!, ORIGIN_2018)),
    ...read('mv_kreise.csv').flatMap((row) =>
      ['2013-12-31', '2014-12-31'].map((date) => total(row['ags']!, date, row[`bev_${date}`]!, ORIGIN_MV)),
    ),
  ]
}

/** Rows of the table pocket_money, for the states whose amounts are known. */
export const readPocketMoney = (): Record<string, string>[] => read('barbetraege.csv', ';')
