import { readRows, refuseRepeated, type Context } from './context.ts'
import type { Columns, Table } from './csv.ts'
import { plus, write, type Written } from './write.ts'

export const populationColumns: Columns = {
  ags: { names: ['ags', 'region'], required: true },
  name: { names: ['name'] },
  reference_date: { names: ['stichtag', 'reference_date'], required: true },
  age_group: { names: ['altersgruppe', 'age_group'], required: true },
  sex: { names: ['geschlecht', 'sex'], required: true },
  inhabitants: { names: ['einwohner', 'anzahl', 'inhabitants'], required: true },
  origin: { names: ['quelle', 'origin'] },
  estimated: { names: ['geschaetzt', 'estimated'] },
}

const DETAILED = [
  'u3',
  'a3_6',
  'a6_10',
  'a10_15',
  'a15_18',
  'a18_20',
  'a20_25',
  'a25_30',
  'a30_35',
  'a35_40',
  'a40_45',
  'a45_50',
  'a50_55',
  'a55_60',
  'a60_65',
]
const AGE_GROUPS = Object.fromEntries([...DETAILED, 'a65_75', 'a75p', 'total', 'u21'].map((group) => [group, group]))
const SEXES = { m: 'm', w: 'w', all: 'all', maennlich: 'm', männlich: 'm', weiblich: 'w', insgesamt: 'all' } as const
const YES_NO = { ja: true, nein: false, true: true, false: false, '1': true, '0': false }

/** Sum and under-21s where all 17 groups are there for both sexes and the file says nothing else. */
const DERIVED = `
  with complete as (
    select ags, reference_date, sum(inhabitants) as total, bool_or(estimated) as estimated, min(origin) as origin,
      sum(inhabitants) filter (where age_group = any('{u3,a3_6,a6_10,a10_15,a15_18,a18_20}')) as under_20,
      sum(inhabitants) filter (where age_group = 'a20_25') as from_20
    from population where (ags, reference_date) in (select * from unnest($1::text[], $2::date[])) and sex <> 'all' and age_group not in ('total', 'u21')
    group by ags, reference_date having count(*) = 34
  ), derived as (
    select ags, reference_date, 'total' as age_group, total as inhabitants, origin, estimated from complete
    union all select ags, reference_date, 'u21', under_20 + floor((2 * from_20 + 5) / 10), origin, true from complete
  )
  insert into population as old (ags, reference_date, age_group, sex, inhabitants, origin, estimated)
  select ags, reference_date, age_group, 'all', inhabitants, origin, estimated from derived
  where (ags, reference_date, age_group) not in (select * from unnest($3::text[], $4::date[], $5::text[]))
  on conflict (ags, reference_date, age_group, sex) do update set inhabitants = excluded.inhabitants, origin = excluded.origin, estimated = excluded.estimated
  where (old.inhabitants, old.origin, old.estimated) is distinct from (excluded.inhabitants, excluded.origin, excluded.estimated)
  returning (xmax = 0) as inserted`

export const importPopulation = async (context: Context, table: Table): Promise<Written> => {
  const { client, faults, regions } = context
  const rows = readRows(context, table, (cells) => {
    const written = cells.text('ags', 8)
    const ags = written && (regions.has(written) ? written : written.padStart(5, '0'))
    if (ags && !regions.has(ags)) cells.fault('ags', `„${written}“ ist kein bekannter AGS.`)
    return {
      ags,
      reference_date: cells.day('reference_date'),
      age_group: cells.word('age_group', AGE_GROUPS),
      sex: cells.word('sex', SEXES),
      inhabitants: cells.integer('inhabitants', 0, 100_000_000),
      origin: cells.optionalText('origin', 200) ?? 'Import',
      estimated: cells.word('estimated', YES_NO, false),
    }
  })
  refuseRepeated(faults, rows, (row) => `${row.ags} ${row.reference_date} ${row.age_group} ${row.sex}`)
  if (faults.length > 0) return plus()
  const items = rows.map(({ line, ...values }) => ({ line, values }))
  const written = await write(client, faults, 'population', { key: ['ags', 'reference_date', 'age_group', 'sex'] }, items)
  const summed = rows.filter((row) => row.sex === 'all')
  const derived = await client.query<{ inserted: boolean }>(DERIVED, [
    rows.map((row) => row.ags),
    rows.map((row) => row.reference_date),
    summed.map((row) => row.ags),
    summed.map((row) => row.reference_date),
    summed.map((row) => row.age_group),
  ])
  const inserted = derived.rows.filter((row) => row.inserted).length
  return plus(written, { inserted, updated: derived.rows.length - inserted })
}
