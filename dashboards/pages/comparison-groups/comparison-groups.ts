// The form of groupings and groups: which entry it is about, and what it lacks.
import type { ComparisonGroup, ComparisonGrouping, ListedAuthority } from '../../client.ts'
import type { Faults } from '../../elements/form-fields.ts'

/** What the form makes or changes. */
export type Entry =
  { kind: 'grouping'; grouping?: ComparisonGrouping } | { kind: 'group'; grouping: ComparisonGrouping; group?: ComparisonGroup }

export type Values = { name: string; explanation: string; members: string[] }

export const labels = { name: 'Name', explanation: 'Wonach die Gruppen gebildet sind', members: 'Örtliche Träger' }

export const valuesOf = (entry: Entry): Values =>
  entry.kind === 'grouping'
    ? { name: entry.grouping?.name ?? '', explanation: entry.grouping?.explanation ?? '', members: [] }
    : { name: entry.group?.name ?? '', explanation: '', members: entry.group?.members ?? [] }

export const headingOf = (entry: Entry) => {
  if (entry.kind === 'grouping') return entry.grouping ? `Einteilung „${entry.grouping.name}“ ändern` : 'Neue Einteilung'
  return entry.group ? `Gruppe „${entry.group.name}“ ändern` : `Neue Gruppe in „${entry.grouping.name}“`
}

export const faultsIn = ({ kind }: Entry, { name, explanation, members }: Values): Faults => ({
  name: name.trim() === '' ? 'Bitte geben Sie einen Namen an.' : undefined,
  explanation: kind === 'grouping' && explanation.trim() === '' ? 'Bitte sagen Sie, wonach die Träger zusammengehören.' : undefined,
  members: kind === 'group' && members.length === 0 ? 'Bitte wählen Sie mindestens einen örtlichen Träger.' : undefined,
})

/** Which other group of the grouping an authority is in. */
export const takenBy = ({ grouping, group }: Extract<Entry, { kind: 'group' }>): Map<string, string> =>
  new Map(grouping.groups.filter(({ id }) => id !== group?.id).flatMap(({ name, members }) => members.map((id) => [id, name] as const)))

export type Found = { state: string; authorities: ListedAuthority[] }[]

/** Authorities by state, the own first, as far as name or abbreviation hold what is sought. */
export const found = (authorities: ListedAuthority[], sought: string, ownState: string): Found => {
  const wanted = sought.trim().toLocaleLowerCase('de')
  const matching = authorities.filter(
    ({ name, abbreviation, federal_state }) =>
      name.toLocaleLowerCase('de').includes(wanted) ||
      [abbreviation, federal_state].some((text) => text.toLocaleLowerCase('de') === wanted),
  )
  const states = [...new Set(matching.map(({ federal_state }) => federal_state))]
  return states
    .toSorted((a, b) => Number(b === ownState) - Number(a === ownState))
    .map((state) => ({ state, authorities: matching.filter(({ federal_state }) => federal_state === state) }))
}

const most = 12
/** "VG Vorpommern-Greifswald, …": those of a group, the first of many. */
export const membersText = (members: string[], authorities: Map<string, ListedAuthority>) => {
  const names = members.slice(0, most).map((id) => authorities.get(id)?.name.replace(/,.*$/, '') ?? id)
  return `${members.length === 1 ? '1 Träger' : `${members.length} Träger`}: ${names.join(', ')}${members.length > most ? ' …' : ''}`
}

export const usesText = (uses: number) =>
  uses === 0
    ? 'Keine gespeicherte Auswertung und kein festgehaltener Stand nennt sie.'
    : `${uses === 1 ? 'Eine gespeicherte Auswertung oder ein festgehaltener Stand nennt' : `${uses} gespeicherte Auswertungen und festgehaltene Stände nennen`} sie und sagen danach, dass es die Gruppe nicht mehr gibt. Festgehaltene Werte bleiben.`
