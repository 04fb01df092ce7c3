import { readFileSync } from 'node:fs'
import { neighbors } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'

export type DistrictTopology = Topology<{ landkreise_sim200: GeometryCollection<{ AGS: string }> }>

/** The districts that share a stretch of border, each by the others' keys. A town that is a district of its own is one of them. */
export const bordersIn = ({ objects }: DistrictTopology): Map<string, string[]> => {
  const { geometries } = objects.landkreise_sim200
  const keys = geometries.map(({ properties }) => (properties as { AGS: string }).AGS)
  const near = neighbors(geometries)
  const pairs = keys.map((ags, at): [string, string[]] => [ags, near[at]!.map((other) => keys[other]!).sort()])
  return new Map(pairs.sort(([a], [b]) => a.localeCompare(b)))
}

export const neighboursFile = new URL('data/kreise_nachbarn.csv', import.meta.url)

export const neighboursText = (borders: Map<string, string[]>) =>
  ['AGS;Nachbarn', ...[...borders].map(([ags, others]) => `${ags};${others.join(' ')}`), ''].join('\n')

let borders: Map<string, string[]> | undefined
const readBorders = () => {
  const lines = readFileSync(neighboursFile, 'utf8').trim().split('\n').slice(1)
  return new Map(lines.map((line): [string, string[]] => [line.slice(0, 5), line.slice(6).split(' ').filter(Boolean)]))
}

/** Keys of an authority's district and of those that border on it; a town inside a district counts as its district. */
export const neighbourhoodOf = (youth_authority_id: string): string[] => {
  borders ??= readBorders()
  const district = youth_authority_id.slice(0, 5)
  return [district, ...(borders.get(district) ?? [])]
}
