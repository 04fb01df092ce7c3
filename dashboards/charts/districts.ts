// The districts of Germany as shapes; fetched once, when a map is first shown.
import { feature, mesh } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'

export type DistrictShape = GeoJSON.Feature<GeoJSON.Polygon | GeoJSON.MultiPolygon, { ags: string; name: string }>
export type Districts = { shapes: DistrictShape[]; stateBorders: GeoJSON.MultiLineString }

type Properties = { AGS: string; GEN: string }
type DistrictTopology = Topology<{ landkreise_sim200: GeometryCollection<Properties> }>

/** A state is the first two digits of a district's key. */
export const stateOf = (ags: string) => ags.slice(0, 2)

export const districtsOf = (topology: DistrictTopology): Districts => {
  const { landkreise_sim200: all } = topology.objects
  const shapes = feature(topology, all).features.map((shape) => ({
    ...shape,
    properties: { ags: shape.properties.AGS, name: shape.properties.GEN },
  })) as DistrictShape[]
  const ags = (geometry: unknown) => (geometry as { properties: Properties }).properties.AGS
  const stateBorders = mesh(topology, all, (a, b) => a !== b && stateOf(ags(a)) !== stateOf(ags(b)))
  return { shapes, stateBorders }
}

let loading: Promise<Districts> | undefined
export const loadDistricts = (): Promise<Districts> => {
  loading ??= (async () => {
    const response = await fetch(new URL('../data/kreise_de_vg250_2018.topo.json', import.meta.url))
    if (!response.ok) throw new Error(`the shapes of the districts answer ${response.status}`)
    return districtsOf((await response.json()) as DistrictTopology)
  })()
  // a failure is not kept: the next drawing asks again
  loading.catch(() => (loading = undefined))
  return loading
}
