import type pg from 'pg'
import { pdfOf } from './documents.ts'
import { keyOf } from './key.ts'
import { RESIDENTIAL } from './pictures.ts'

type Facility = {
  id: string
  account_id: string
  added_at: Date
  name: string
  provider: string
  place: string
  licensed_places: number
  age_from: number
  age_to: number
  sex_admitted: 'm' | 'w' | 'all'
  licensed_on: string
}

const FACILITIES = `
  select residential.*, facility.name, provider.name as provider, concat_ws(', ', street, town) as place, licensed_places, age_from, age_to,
    sex_admitted, to_char(operating_licence_on, 'DD.MM.YYYY') as licensed_on
  from (${RESIDENTIAL}) as residential
  join facility using (id)
  join provider on provider.id = provider_id
  join facility_contact on facility_contact.facility_id = facility.id
  join facility_dossier on facility_dossier.facility_id = facility.id
  where operating_licence_on is not null
  order by residential.id`

const FILE = `
  with given as (
    select *, ${keyOf(`'paper ' || title || ' of ' || facility_id`)} as id
    from unnest($1::uuid[], $2::text[], $3::bytea[], $4::timestamptz[], $5::uuid[]) as given (facility_id, title, content, added_at, added_by)
  ),
  filed as (
    insert into facility_file (id, facility_id, kind, title, media_type, bytes, sha256, added_at, added_by)
    select id, facility_id, 'document', title, 'application/pdf', octet_length(content), sha256(content), added_at, added_by from given
  )
  insert into facility_file_content select id, content from given`

const admitted = { m: 'Jungen', w: 'Mädchen', all: 'junge Menschen' }
const whomText = ({ licensed_places, age_from, age_to, sex_admitted }: Facility) =>
  `${licensed_places} ${licensed_places === 1 ? 'Platz' : 'Plätze'} für ${admitted[sex_admitted]} von ${age_from} bis ${age_to} Jahren`

const papersOf = (facility: Facility) => {
  const { name, provider, place, licensed_on } = facility
  return [
    {
      title: `Betriebserlaubnis vom ${licensed_on}`,
      text: [
        `Dem Träger ${provider} wird für die Einrichtung ${name}, ${place}, die Erlaubnis zum Betrieb nach § 45 SGB VIII erteilt.`,
        `Sie umfasst ${whomText(facility)}.`,
        'Der Träger sichert Beteiligung, Beschwerdewege außerhalb der Einrichtung und ein Konzept zum Schutz vor Gewalt (§ 45 Absatz 2 Nummer 4 SGB VIII).',
        'Änderungen und Ereignisse, die das Wohl junger Menschen beeinträchtigen können, sind unverzüglich anzuzeigen (§ 47 SGB VIII).',
      ],
    },
    {
      title: 'Konzeption',
      text: [
        `${name} in ${place} hat ${whomText(facility)}. Träger ist ${provider}.`,
        'Tagesablauf: Aufstehen, Schule und Mahlzeiten haben feste Zeiten, der Nachmittag gehört Hausaufgaben, Vereinen und Freunden. Jeder junge Mensch hat eine feste Bezugsperson.',
        'Familie: Eltern und Geschwister sind willkommen, Besuche und Heimfahrten werden im Hilfeplan vereinbart. Mit den Eltern wird mindestens einmal im Monat gesprochen.',
        'Beteiligung: Die Gruppe berät jede Woche über ihre Regeln. Wer sich beschweren möchte, findet Ansprechpersonen im Haus, beim Träger und bei der Ombudsstelle (§ 9a SGB VIII).',
        'Schutz: Ein Schutzkonzept liegt vor und wird jedes Jahr mit allen überprüft. Alle Beschäftigten legen ein erweitertes Führungszeugnis vor (§ 72a SGB VIII).',
      ],
    },
  ]
}

/** What a facility shows of itself on paper: its operating licence and its concept. */
export const fileFacilityPapers = async (client: pg.Client, authorities: readonly string[]): Promise<void> => {
  const { rows } = await client.query<Facility>(FACILITIES, [authorities])
  const papers = rows.flatMap((facility) => papersOf(facility).map((paper) => ({ facility, ...paper })))
  const contents = await Promise.all(papers.map(pdfOf))
  const of = <Value>(value: (facility: Facility) => Value) => papers.map(({ facility }) => value(facility))
  const titles = papers.map(({ title }) => title)
  await client.query(FILE, [of(({ id }) => id), titles, contents, of(({ added_at }) => added_at), of(({ account_id }) => account_id)])
}
