import type { Catalogue } from '../../client.ts'
import { type Filter, grouped, pendingFilter } from '../../elements/filter-bar.ts'
import { monthText } from '../../format.ts'
import { areasOf, groupName, monthsOf, type Selection } from '../../selection.ts'
import { kindText } from '../../sentence.ts'

/** The month in which the data end is not over. */
export const monthOption = (month: string, running: string) => ({
  value: month,
  label: month >= running ? `${monthText(month)} (läuft)` : monthText(month),
})

export const kindGroups = ({ service_kinds, modules }: Pick<Catalogue, 'service_kinds' | 'modules'>) => {
  const moduleLabel = new Map(modules.map(({ code, label }) => [code, label]))
  return grouped(
    service_kinds,
    ({ module }) => moduleLabel.get(module) ?? module,
    (kind) => ({ value: kind.code, label: kindText(kind) }),
  )
}

type Filtered = Pick<Selection, 'service_kind' | 'specialisation' | 'area'>

/** What every view of figures can be narrowed to. */
export const kindFilter = (catalogue: Catalogue, { service_kind }: Filtered): Filter => ({
  name: 'service_kind',
  label: 'Hilfeart',
  value: service_kind?.code ?? '',
  options: [{ value: '', label: 'Alle Hilfearten' }, ...kindGroups(catalogue)],
})
export const specialisationFilter = ({ specialisations }: Catalogue, { specialisation }: Filtered): Filter => ({
  name: 'specialisation',
  label: 'Spezialisierung',
  value: specialisation?.code ?? '',
  options: [{ value: '', label: 'Alle Spezialisierungen' }, ...specialisations.map(({ code, label }) => ({ value: code, label }))],
})
export const areaFilter = (catalogue: Catalogue, { area }: Pick<Filtered, 'area'>): Filter => ({
  name: 'area',
  label: 'Gebiet',
  value: area.code,
  options: [
    ...catalogue.areas.map(({ code, name }) => ({ value: code, label: name })),
    ...(areasOf(catalogue).some(({ code }) => code === area.code) ? [] : [{ value: area.code, label: area.name }]),
    ...groupOptions(catalogue),
  ],
})

/** Comparison groups under what they are formed by, with the number of their members. */
export const groupOptions = ({ groups }: Pick<Catalogue, 'groups'>) =>
  grouped(
    groups,
    ({ grouping }) => grouping,
    (group) => ({ value: group.code, label: `${groupName(group)} (${group.members.length} Träger)` }),
  )

const pendingFilters = [
  pendingFilter('figure', 'Kennzahl'),
  pendingFilter('service_kind', 'Hilfeart'),
  pendingFilter('specialisation', 'Spezialisierung'),
  pendingFilter('month', 'Monat'),
  pendingFilter('area', 'Gebiet'),
]

export const comparisonFilters = (catalogue: Catalogue | undefined, selection: Selection | undefined): Filter[] => {
  if (!catalogue || !selection) return pendingFilters
  return [
    {
      name: 'figure',
      label: 'Kennzahl',
      value: selection.figure.name,
      options: grouped(
        catalogue.figures,
        ({ group }) => group,
        ({ name, label }) => ({ value: name, label }),
      ),
    },
    kindFilter(catalogue, selection),
    specialisationFilter(catalogue, selection),
    {
      name: 'month',
      label: 'Monat',
      value: selection.month,
      options: monthsOf(catalogue.months).map((month) => monthOption(month, catalogue.months.running)),
    },
    areaFilter(catalogue, selection),
  ]
}
