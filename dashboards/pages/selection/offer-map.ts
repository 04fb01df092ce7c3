import { type Frame, frameOf } from '../../charts/facility-frame.ts'
import type { Offer } from '../../client.ts'
import type { ChartView } from '../../elements/chart-figure.ts'
import { moneyText, numberText } from '../../format.ts'
import { around, distanceText, type Wanted } from './help-selection.ts'
import { placeOf } from './places.ts'

/** Must be shown with every map, see data/SOURCES.md. */
export const mapCredit = '© GeoBasis-DE / BKG 2019, dl-de/by-2-0, Daten verändert'

type Mapped = {
  wanted: Wanted
  /** Of the reader: in sight even where nothing is found. */
  district: string | undefined
  chosen: string | undefined
  choose: (offer_id: string) => void
  asked_at: string
  /** Told what the drawing covers, to find the place of a click. */
  framed: (frame: Frame) => void
}

const textOf = (offer: Offer) =>
  [
    `${offer.facility_name}, ${offer.town ?? offer.abbreviation}`,
    ...(offer.distance_km === null ? [] : [distanceText(offer.distance_km)]),
    moneyText(offer.rate_cents),
    offer.free_places === 0 ? 'kein Platz frei' : offer.free_places === 1 ? '1 Platz frei' : `${numberText(offer.free_places)} Plätze frei`,
  ].join(' · ')

/** Where one facility stands on the outline of its district, without controls; undefined where that is not known. */
export const placeMap = async (offer: Offer, width: number): Promise<SVGSVGElement | undefined> => {
  const { facility_id, facility_name, youth_authority_id, latitude, longitude } = offer
  if (latitude === null || longitude === null) return undefined
  const [{ facilityMap }, { loadDistricts }] = await Promise.all([
    import('../../charts/facility-map.ts'),
    import('../../charts/districts.ts'),
  ])
  const shapes = (await loadDistricts()).filter(({ properties: { ags } }) => ags === youth_authority_id.slice(0, 5))
  if (shapes.length === 0) return undefined
  const title = `Lage von ${facility_name} in ${shapes[0]!.properties.name}`
  const dot = { id: facility_id, latitude, longitude, free: true }
  const frame = frameOf(shapes, width)
  return facilityMap([dot], { frame, shapes, chosen: facility_id, point: undefined, kilometres: undefined, title })
}

/** Where the facilities of the offers listed stand. The list is its table. */
export const offerMap = (offers: Offer[], { wanted, district, chosen, choose, asked_at, framed }: Mapped): ChartView => {
  const placed = offers.filter(({ latitude, longitude }) => latitude !== null && longitude !== null)
  const missing = offers.length - placed.length
  const title = 'Wo die Einrichtungen sind'
  return {
    title,
    subtitle: 'Gefüllte Punkte haben einen freien Platz. Ein Klick daneben legt den Ort fest, ab dem die Entfernungen gelten.',
    summary:
      missing === 0 ? undefined : `${missing === 1 ? 'Eine Einrichtung' : `${numberText(missing)} Einrichtungen`} ohne bekannte Lage.`,
    reserve: 'chart',
    source: 'Angaben der Anbieter',
    credit: mapCredit,
    dataAsOf: asked_at,
    fileName: 'angebote-karte',
    draw: async ({ width }) => {
      const [{ facilityMap }, { loadDistricts }] = await Promise.all([
        import('../../charts/facility-map.ts'),
        import('../../charts/districts.ts'),
      ])
      const shapes = await loadDistricts()
      const seen = new Set([...placed.map(({ youth_authority_id }) => youth_authority_id.slice(0, 5)), district])
      const focus = shapes.filter(({ properties: { ags } }) => seen.has(ags))
      const frame = frameOf(focus.length > 0 ? focus : shapes, width)
      framed(frame)
      const dots = placed.map(({ offer_id, latitude, longitude, free_places }) => ({
        id: offer_id,
        latitude: latitude!,
        longitude: longitude!,
        free: free_places > 0,
      }))
      const point = wanted.point === undefined ? undefined : placeOf(wanted.point)
      return facilityMap(dots, { frame, shapes, chosen, point, kilometres: wanted.area === around ? wanted.radius : undefined, title })
    },
    twin: {
      heads: ['Einrichtung', 'Ort', 'Breite', 'Länge', 'Freie Plätze'],
      rows: offers.map(({ facility_name, town, abbreviation, latitude, longitude, free_places }) => ({
        head: facility_name,
        cells: [
          town ?? abbreviation,
          latitude === null ? '–' : numberText(latitude, 2),
          longitude === null ? '–' : numberText(longitude, 2),
          numberText(free_places),
        ],
      })),
    },
    ...(placed.length > 0 && {
      pick: {
        label: 'Einrichtung wählen',
        items: placed.map((offer) => ({ id: offer.offer_id, text: textOf(offer) })),
        chosen,
        choose,
      },
    }),
  }
}
