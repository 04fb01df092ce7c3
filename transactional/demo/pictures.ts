import type pg from 'pg'
import type { Chance } from './chance.ts'
import { facade } from './facades.ts'
import { keyOf } from './key.ts'

const HOUSES = 6

/** Residential facilities of the authorities `$1`, and who adds something for their provider when. */
export const RESIDENTIAL = `
  select facility.id, account.id as account_id, account.created_at + interval '30 days' as added_at
  from facility
  join lateral (select id, created_at from user_account where provider_id = facility.provider_id order by id limit 1) as account on true
  where facility.youth_authority_id = any($1)
    and exists (select from offer join service_kind on code = service_kind where facility_id = facility.id and form = 'stationaer')
  order by facility.id limit 200`

/** One picture each. */
const HANG = `
  with picture as (
    select number, content from unnest($2::bytea[]) with ordinality as picture (content, number)
  ),
  house as (
    select *, 1 + row_number() over (order by id) % (select count(*) from picture) as number from (${RESIDENTIAL}) as residential
  ),
  hung as (
    insert into facility_file (id, facility_id, kind, title, media_type, bytes, sha256, added_at, added_by)
    select ${keyOf(`'picture of ' || house.id`)}, house.id, 'photo', 'Ansicht von der Straße (Zeichnung)', 'image/jpeg', octet_length(content),
      sha256(content), added_at, account_id
    from house join picture using (number)
    returning id, sha256
  )
  insert into facility_file_content select hung.id, content from hung join picture on sha256(content) = sha256`

/** Drawn houses where photos of facilities would be, in the districts that demonstration accounts belong to. */
export const drawFacilities = async (client: pg.Client, chance: Chance, authorities: readonly string[]): Promise<void> => {
  // what only a first start needs
  const { default: sharp } = await import('sharp')
  const drawings = Array.from({ length: HOUSES }, () => Buffer.from(facade(chance)))
  const pictures = await Promise.all(drawings.map((drawing) => sharp(drawing).jpeg({ quality: 82 }).toBuffer()))
  await client.query(HANG, [authorities, pictures])
}
