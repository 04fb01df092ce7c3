// The districts of Germany as shapes; fetched once, when a map is first shown.
import { feature } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'

export type DistrictShape = GeoJSON.Feature<GeoJSON.Polygon | GeoJSON.MultiPolygon, { ags: string; name: string }>
type Properties = { AGS: string; GEN: string }
type DistrictTopology = Topology<{ landkreise_sim200: GeometryCollection<Properties> }>

/** A state is the first two digits of a district's key. */
export const stateOf = (ags: string) => ags.slice(0, 2)

export const districtShapes = (topology: DistrictTopology) =>
  feature(topology, topology.objects.landkreise_sim200).features.map(({ properties: { AGS, GEN }, ...shape }) => ({
    ...shape,
    properties: { ags: AGS, name: GEN },
  })) as DistrictShape[]

let loading: Promise<DistrictShape[]> | undefined
export const loadDistricts = (): Promise<DistrictShape[]> => {
  loading ??= (async () => {
    const response = await fetch(new URL('../data/kreise_de_vg250_2018.topo.json', import.meta.url))
    if (!response.ok) throw new Error(`the shapes of the districts answer ${response.status}`)
    return districtShapes((await response.json()) as DistrictTopology)
  })()
  // a failure is not kept: the next drawing asks again
  loading.catch(() => (loading = undefined))
  return loading
}
