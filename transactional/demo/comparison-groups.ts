import type pg from 'pg'

type District = { id: string; kind: string; young: number; inhabitants: number }
type Class = { name: string; holds: (district: District) => boolean }
type Grouping = { name: string; explanation: string; classes: (districts: District[]) => Class[] }

/** Nobody is compared with itself alone. */
const leastMembers = 2

const rangeText = (from: string | undefined, to: string | undefined): string => {
  if (from === undefined) return to === undefined ? 'alle' : `unter ${to}`
  return to === undefined ? `ab ${from}` : `${from} bis unter ${to}`
}

/** Classes between limits; a limit that leaves one of them with fewer than two members is left out. */
export const classesBetween =
  (limits: number[], valueOf: (district: District) => number, text: (limit: number) => string) =>
  (districts: District[]): Class[] => {
    const texts = limits.map(text)
    const classes = [-Infinity, ...limits].map((from, at): Class => ({
      name: rangeText(texts[at - 1], texts[at]),
      holds: (district) => valueOf(district) >= from && valueOf(district) < (limits[at] ?? Infinity),
    }))
    const alone = classes.findIndex(({ holds }) => districts.filter(holds).length === leastMembers - 1)
    if (alone < 0 || limits.length === 0) return classes
    return classesBetween(limits.toSpliced(Math.min(alone, limits.length - 1), 1), valueOf, text)(districts)
  }

const number = new Intl.NumberFormat('de-DE')
const towns = ['Kreisfreie Stadt', 'Stadtkreis']
const isTown = ({ kind }: District) => towns.includes(kind)
const estimated = '(Schätzung aus Daten des Statistischen Bundesamtes)'

const groupings: Grouping[] = [
  {
    name: 'Größenklasse',
    explanation: `nach Einwohnern unter 21 Jahren am 31.12.2019 ${estimated}`,
    classes: classesBetween(
      [20_000, 40_000, 80_000],
      ({ young }) => young,
      (limit) => number.format(limit),
    ),
  },
  {
    name: 'Stadt und Land',
    explanation: 'nach der Art des Kreises im Gemeindeverzeichnis am 31.12.2018',
    classes: () => [
      { name: 'kreisfreie Städte', holds: isTown },
      { name: 'Landkreise', holds: (district) => !isTown(district) },
    ],
  },
  {
    name: 'Altersstruktur',
    explanation: `nach dem Anteil der unter 21-Jährigen an den Einwohnern am 31.12.2019 ${estimated}`,
    classes: classesBetween(
      [0.175, 0.2],
      ({ young, inhabitants }) => young / inhabitants,
      (limit) => `${number.format(limit * 100)}\u00a0%`,
    ),
  },
]

/** Comparison groups of these authorities, from the population and the kind of their districts. */
export const formComparisonGroups = async (client: pg.Client, authorities: string[]): Promise<void> => {
  const { rows: districts } = await client.query<District>(
    `select youth_authority.id, region.kind, young.inhabitants as young, everybody.inhabitants
     from youth_authority join region using (ags)
     join population as young on young.ags = region.ags and young.age_group = 'u21'
     join population as everybody on everybody.ags = region.ags and everybody.age_group = 'total'
     where youth_authority.id = any($1) and young.sex = 'all' and everybody.sex = 'all'
       and young.reference_date = '2019-12-31' and everybody.reference_date = '2019-12-31'
     order by youth_authority.id`,
    [authorities],
  )
  for (const { name, explanation, classes } of groupings) {
    const { rows } = await client.query<{ id: number }>(
      'insert into comparison_grouping (name, explanation) values ($1, $2) returning id',
      [name, explanation],
    )
    const grouping_id = rows[0]!.id
    for (const group of classes(districts)) {
      const members = districts.filter(group.holds).map(({ id }) => id)
      if (members.length < leastMembers) continue
      await client.query(
        `with formed as (insert into comparison_group (grouping_id, name) values ($1, $2) returning id)
         insert into comparison_group_member (group_id, grouping_id, youth_authority_id)
         select formed.id, $1::integer, member from formed, unnest($3::text[]) as member`,
        [grouping_id, group.name, members],
      )
    }
  }
}
