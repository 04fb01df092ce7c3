import type pg from 'pg'

const groupings = [
  {
    name: 'Größenklasse',
    explanation: 'nach Einwohnern unter 21 Jahren am 31.12.2019 (Schätzung aus Daten des Statistischen Bundesamtes)',
    groups: [
      { name: 'unter 20.000', holds: 'young < 20000' },
      { name: '20.000 bis unter 40.000', holds: 'young >= 20000 and young < 40000' },
      { name: '40.000 bis unter 80.000', holds: 'young >= 40000 and young < 80000' },
      { name: 'ab 80.000', holds: 'young >= 80000' },
    ],
  },
  {
    name: 'Stadt und Land',
    explanation: 'nach der Art des Kreises im Gemeindeverzeichnis am 31.12.2018',
    groups: [
      { name: 'kreisfreie Städte', holds: `kind in ('Kreisfreie Stadt', 'Stadtkreis')` },
      { name: 'Landkreise', holds: `kind not in ('Kreisfreie Stadt', 'Stadtkreis')` },
    ],
  },
]

/** Comparison groups of these authorities, from the population and the kind of their districts. */
export const formComparisonGroups = async (client: pg.Client, authorities: string[]): Promise<void> => {
  for (const { name, explanation, groups } of groupings) {
    const made = await client.query<{ id: number }>('insert into comparison_grouping (name, explanation) values ($1, $2) returning id', [
      name,
      explanation,
    ])
    const grouping_id = made.rows[0]!.id
    for (const group of groups) {
      await client.query(
        `with members as (
           select youth_authority.id from youth_authority join region using (ags)
           join (select ags, inhabitants as young from population
             where age_group = 'u21' and sex = 'all' and reference_date = '2019-12-31') as population using (ags)
           where youth_authority.id = any($3) and ${group.holds}
         ), formed as (
           insert into comparison_group (grouping_id, name) select $1::integer, $2::text where exists (select from members) returning id
         )
         insert into comparison_group_member (group_id, grouping_id, youth_authority_id)
         select formed.id, $1::integer, members.id from formed, members`,
        [grouping_id, group.name, authorities],
      )
    }
  }
}
