import { parse } from 'csv-parse/sync'
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { columnTypes } from '../connection.ts'
import { testDatabase, type TestDatabase } from '../postgres.fixture.ts'
import { loadReference } from './reference.ts'

let database: TestDatabase
let client: pg.Client
const rows = async (text: string, values: unknown[] = []) => (await client.query<Record<string, unknown>>(text, values)).rows

beforeAll(async () => {
  database = await testDatabase()
  client = new pg.Client({ connectionString: database.owner_url, types: columnTypes })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

describe('reference data', () => {
  test('knows all federal states, districts, youth authorities and modules', async () => {
    expect(
      await rows(`select (select count(*) from federal_state) as states, (select count(*) from region) as regions,
        (select count(*) from youth_authority where id = ags and data_from is null) as authorities,
        (select count(distinct (federal_state, abbreviation)) from youth_authority) as abbreviations,
        (select count(*) from service_module) as modules, (select count(distinct module) from service_kind) as modules_with_kinds`),
    ).toEqual([{ states: 16, regions: 401, authorities: 401, abbreviations: 401, modules: 7, modules_with_kinds: 7 }])
  })

  test.each(['13075000', '13999999'])('refuses the key %s, which the warehouse would take for another place', async (id) => {
    await expect(client.query(`update youth_authority set id = $1 where id = '13075'`, [id])).rejects.toThrow('no_other_place')
  })

  test('puts the districts of Mecklenburg-Vorpommern in the order of the portal, named as citizens write them', async () => {
    expect(await rows(`select abbreviation, name from youth_authority where federal_state = 'MV' order by sort_order`)).toEqual([
      { abbreviation: 'VG', name: 'Vorpommern-Greifswald' },
      { abbreviation: 'LHSN', name: 'Schwerin' },
      { abbreviation: 'LUP', name: 'Ludwigslust-Parchim' },
      { abbreviation: 'NWM', name: 'Nordwestmecklenburg' },
      { abbreviation: 'HRO', name: 'Rostock' },
      { abbreviation: 'LRO', name: 'Landkreis Rostock' },
      { abbreviation: 'VR', name: 'Vorpommern-Rügen' },
      { abbreviation: 'MSE', name: 'Mecklenburgische Seenplatte' },
    ])
  })

  test('tells town and surrounding district of the same name apart', async () => {
    expect(await rows(`select federal_state, name from youth_authority group by federal_state, name having count(*) > 1`)).toEqual([])
    expect(await rows(`select name from region where ags in ('09162', '09184', '03403', '03458', '06413', '06438') order by ags`)).toEqual([
      { name: 'Oldenburg (Oldenburg)' },
      { name: 'Landkreis Oldenburg' },
      { name: 'Offenbach am Main' },
      { name: 'Landkreis Offenbach' },
      { name: 'München' },
      { name: 'Landkreis München' },
    ])
  })

  test('adds up to the 83,166,711 inhabitants of 2019, by age and sex as in total', async () => {
    expect(
      await rows(`select sum(inhabitants) filter (where age_group = 'total') as total,
        sum(inhabitants) filter (where sex <> 'all') as by_age_and_sex, count(*) filter (where sex <> 'all') as cells,
        count(distinct age_group) filter (where sex <> 'all') as age_groups, bool_or(estimated and age_group <> 'u21') as other_estimates
        from population where reference_date = '2019-12-31'`),
    ).toEqual([{ total: 83166711, by_age_and_sex: 83166711, cells: 13634, age_groups: 17, other_estimates: false }])
    expect(
      await rows(`select sum(inhabitants) as total, count(*) as districts from population where reference_date = '2018-12-31'`),
    ).toEqual([{ total: 83019213, districts: 401 }])
  })

  test('has for Mecklenburg-Vorpommern what its own table says, the estimate of the under-21s included', async () => {
    const own: Record<string, string>[] = parse(readFileSync(new URL('data/mv_kreise.csv', import.meta.url)), { columns: true })
    const stored = await rows(
      `select ags, reference_date, age_group, inhabitants, estimated from population where sex = 'all' and ags like '13%'`,
    )
    const find = (ags: string, reference_date: string, age_group: string) =>
      stored.find((row) => row['ags'] === ags && row['reference_date'] === reference_date && row['age_group'] === age_group)
    for (const row of own) {
      for (const year of [2013, 2014, 2018, 2019]) {
        const date = `${year}-12-31`
        expect(find(row['ags']!, date, 'total')).toMatchObject({ inhabitants: Number(row[`bev_${date}`]), estimated: false })
      }
      expect(find(row['ags']!, '2019-12-31', 'u21')).toMatchObject({ inhabitants: Number(row['u21_2019_schaetzung']), estimated: true })
    }
  })

  test('changes nothing when it is loaded again, nor what an authority has corrected', async () => {
    await client.query(
      `update population set inhabitants = 236000 where ags = '13075' and age_group = 'total' and reference_date = '2019-12-31'`,
    )
    const state = () =>
      rows(`select 'p' as t, ags as key, xmin::text, inhabitants from population union all
      select 'r', ags, xmin::text, 0 from region union all select 'y', id, xmin::text, 0 from youth_authority union all
      select 'k', code, xmin::text, 0 from service_kind union all select 's', code, xmin::text, 0 from specialisation order by 1, 2, 3, 4`)
    const before = await state()
    await loadReference(database.owner_url)
    expect(await state()).toEqual(before)
  })
})
