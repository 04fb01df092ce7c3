import { sql } from 'kysely'
import { Hono } from 'hono'
import { z } from 'zod'
import { asReader } from '../access/as-reader.ts'
import { knownTowns } from '../reference/towns.ts'
import { only, operation, type Deps, type ServiceEnv } from '../route.ts'

const Place = z.object({ name: z.string(), latitude: z.number(), longitude: z.number() })
const Places = z
  .object({
    /** towns and postcodes, known ones where they lie and others in the middle of their facilities, as are youth authorities */
    items: z.array(Place),
  })
  .meta({ id: 'Places' })

/** Places that the portal knows by name. A town of the same name in another district is told by its district. */
export const placeRoutes = ({ db }: Deps) =>
  new Hono<ServiceEnv>().get(
    '/places',
    operation({
      summary: 'Towns, postcodes and youth authorities, to tell distances from',
      tag: 'placement',
      roles: ['caseworker', 'finance'],
      answers: { 200: { description: 'By name', schema: Places } },
    }),
    only('caseworker', 'finance'),
    async (c) => {
      const { rows } = await asReader(db, c.var.reader, (trx) =>
        sql<z.infer<typeof Place>>`
          with known as (
            select * from jsonb_to_recordset(${JSON.stringify(knownTowns())}::jsonb)
              as known (ags text, town text, latitude numeric, longitude numeric, postcodes text[])
          ),
          placed as (
            select facility.ags, facility.youth_authority_id, latitude, longitude, nullif(trim(town), '') as town, postcode
            from facility left join facility_contact on facility_contact.facility_id = facility.id
            where latitude is not null and longitude is not null
          ),
          town as (
            select *, count(*) over (partition by town) > 1 as has_namesake
            from (
              select town, ags, latitude, longitude from known
              union all
              select town, ags, avg(latitude), avg(longitude) from placed
              where town is not null and (town, ags) not in (select town, ags from known) group by town, ags
            ) as towns
          ),
          named as (
            select case when has_namesake then concat(town, ' (', region.name, ')') else town end as name, 1 as kind, latitude, longitude
            from town join region using (ags)
            union all
            select concat_ws(' ', postcode, town), 2, latitude, longitude from known, unnest(postcodes) as postcode
            union all
            select concat_ws(' ', postcode, min(town)), 2, avg(latitude), avg(longitude) from placed
            where postcode is not null and postcode not in (select unnest(postcodes) from known) group by postcode
            union all
            select youth_authority.name, 3, avg(latitude), avg(longitude)
            from placed join youth_authority on youth_authority.id = placed.youth_authority_id group by youth_authority.id
          )
          select name, round(latitude, 4)::float8 as latitude, round(longitude, 4)::float8 as longitude from named order by kind, name
        `.execute(trx),
      )
      return c.json({ items: rows })
    },
  )
