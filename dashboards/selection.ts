// What the reader chose in the comparison, and what is shown of it.
import { choiceIn } from './choice.ts'
import type { Catalogue, KeyFigure, ServiceKind } from './client.ts'

export const { read: readChoice, write: writeChoice } = choiceIn([
  'figure',
  'service_kind',
  'specialisation',
  'month',
  'area',
  'region',
  'cell',
  'sort',
  'rows',
  'chart',
  'panels',
  'as_of',
  'group',
])
export type Choice = ReturnType<typeof readChoice>

export type Area = { code: string; name: string }

export const groupName = ({ grouping, name }: Pick<Catalogue['groups'][number], 'grouping' | 'name'>) => `${grouping}: ${name}`
/** With a single authority alone nobody is compared: its median would be its own value. */
export const comparableGroups = ({ groups }: Pick<Catalogue, 'groups'>) => groups.filter(({ members }) => members.length > 1)
export const isGroup = (area: string) => /^g\d+$/.test(area)

/** States, Germany and comparison groups. */
export const areasOf = ({ areas, groups }: Pick<Catalogue, 'areas' | 'groups'>): Area[] => [
  ...areas,
  ...groups.map((group) => ({ code: group.code, name: groupName(group) })),
]

/** What is shown: every choice filled up with its default. */
export type Selection = {
  figure: KeyFigure
  service_kind: ServiceKind | null
  specialisation: { code: string; label: string } | null
  month: string
  area: Area
}

const previousMonths = (month: string, count: number) => {
  const [year, number] = month.split('-').map(Number) as [number, number]
  const index = year * 12 + number - 1 - count
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`
}
export const monthBefore = (month: string) => previousMonths(month, 1)
export const monthAfter = (month: string) => previousMonths(month, -1)
/** The running month is left out, unless there is no other. */
export const lastCompleteMonth = ({ months }: Pick<Catalogue, 'months'>) =>
  months.running > months.first ? monthBefore(months.running) : months.last
/** Newest first. */
export const monthsOf = ({ first, last }: Pick<Catalogue['months'], 'first' | 'last'>) => {
  const months: string[] = []
  for (let month = last; month >= first; month = monthBefore(month)) months.push(month)
  return months
}
/** The trend begins with the year before the selected month, or with the data. */
export const trendStart = (month: string, first: string) => {
  const start = `${Number(month.slice(0, 4)) - 1}-01`
  return start < first ? first : start
}

/** A group deleted since is still known to the state of then. */
export const bygoneGroup = ({ area, as_of }: Pick<Choice, 'area' | 'as_of'>, { groups }: Catalogue): Area | undefined =>
  as_of !== undefined && area !== undefined && isGroup(area) && !groups.some(({ code }) => code === area)
    ? { code: area, name: 'Frühere Vergleichsgruppe' }
    : undefined

/** Chosen values that do not exist are named, and their defaults shown instead. */
export const resolveChoice = (choice: Choice, catalogue: Catalogue, ownArea: string): { selection: Selection; unknown: string[] } => {
  const unknown: string[] = []
  const find = <Item>(wanted: string | undefined, items: Item[], key: (item: Item) => string) => {
    const found = wanted === undefined ? undefined : items.find((item) => key(item) === wanted)
    if (wanted !== undefined && found === undefined) unknown.push(wanted)
    return found
  }
  const figure = find(choice.figure, catalogue.figures, ({ name }) => name)
  const area = bygoneGroup(choice, catalogue) ?? find(choice.area, areasOf(catalogue), ({ code }) => code)
  const selection: Selection = {
    figure: figure ?? catalogue.figures.find(({ name }) => name === 'case_count') ?? catalogue.figures[0]!,
    service_kind: find(choice.service_kind, catalogue.service_kinds, ({ code }) => code) ?? null,
    specialisation: find(choice.specialisation, catalogue.specialisations, ({ code }) => code) ?? null,
    month: find(choice.month, monthsOf(catalogue.months), (month) => month) ?? catalogue.months.last,
    area: area ?? catalogue.areas.find(({ code }) => code === ownArea) ?? catalogue.areas[0]!,
  }
  return { selection, unknown }
}
