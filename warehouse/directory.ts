import type { DuckDBConnection } from '@duckdb/node-api'
import { execute } from './statement.ts'
import type { Warehouse } from './warehouse.ts'

/** The names and sizes that views need beside the facts: small, and changed rarely. */
export type Directory = {
  states: { code: string; ags: string; name: string }[]
  /** In the order of rows: state by state, within it as the portal lists them. */
  authorities: { id: string; ags: string; federal_state: string; abbreviation: string; name: string; data_from: string | null }[]
  modules: { code: string; label: string }[]
  service_kinds: { code: string; module: string; legal_basis: string; label: string; form: string; unit: string }[]
  specialisations: { code: string; label: string }[]
  /** Those with members; a grouping's stand together. */
  groups: ComparisonGroup[]
  /** Inhabitants by reference date and ags; under_21 is an estimate. */
  population: Map<string, Map<string, { total: number; under_21: number }>>
  parameters: { name: string; valid_from: string; value: number }[]
}

/** Authorities that are compared with each other; `code` stands for them where a state's would. */
export type ComparisonGroup = { code: string; name: string; grouping: string; explanation: string; members: ReadonlySet<string> }

/** The history tables the directory is read from; a change to any makes it stale. */
export const directoryTables = [
  'federal_state',
  'youth_authority',
  'service_module',
  'service_kind',
  'specialisation',
  'population',
  'parameter',
  'comparison_grouping',
  'comparison_group',
  'comparison_group_member',
]

/** Stands for all service kinds of a form where the code of one would; no code has a colon. */
export const formKey = (form: string): string => `form:${form}`
/** undefined for what is no form. */
export const kindsOfForm = ({ service_kinds }: Directory, key: string): string[] | undefined => {
  const kinds = service_kinds.filter(({ form }) => formKey(form) === key)
  return kinds.length > 0 ? kinds.map(({ code }) => code) : undefined
}

const ownPrefix = 'own:'
/** Stands for one authority alone where the code of an area would: of it its own readers are told more (own-structure.ts). */
export const ownArea = (authority: string): string => `${ownPrefix}${authority}`
/** The authority that an area is alone; null for every other area. */
export const authorityOf = (area: string): string | null => (area.startsWith(ownPrefix) ? area.slice(ownPrefix.length) : null)

/** The authorities of a state, of a comparison group, of Germany ('de'), or one alone, as rows. */
export const authoritiesIn = ({ authorities, groups }: Directory, area: string): Directory['authorities'] => {
  const alone = authorityOf(area)
  if (alone !== null) return authorities.filter(({ id }) => id === alone)
  const group = groups.find(({ code }) => code === area)
  return authorities.filter(({ id, federal_state }) => (group ? group.members.has(id) : area === 'de' || federal_state === area))
}

const known = new WeakMap<Warehouse, { version: number; directory: Directory }>()

/** The current directory, read again only after one of its tables changed, on the caller's connection where it has one. */
export const directoryOf = async (warehouse: Warehouse, connection?: DuckDBConnection): Promise<Directory> => {
  const version = warehouse.directoryVersion()
  const cached = known.get(warehouse)
  if (cached && cached.version === version) return cached.directory
  const directory = connection ? await readDirectory(connection) : await warehouse.ask(readDirectory)
  known.set(warehouse, { version, directory })
  return directory
}

/** A parameter's value on a day; the latest one that is valid then. */
export const parameterOn = (directory: Directory, name: string, day: string): number => {
  const valid = directory.parameters.filter((parameter) => parameter.name === name && parameter.valid_from <= day)
  const latest = valid.sort((a, b) => a.valid_from.localeCompare(b.valid_from)).at(-1)
  if (!latest) throw new Error(`parameter ${name} has no value on ${day}`)
  return latest.value
}

const readDirectory = async (connection: DuckDBConnection): Promise<Directory> => {
  const rows = async <Row>(table: string, columns: string, order: string): Promise<Row[]> =>
    (
      await execute(
        connection,
        `select ${columns} from (select * exclude (sign, commit_lsn, committed_at) from history.${table} group by all having sum(sign) > 0) order by ${order}`,
      )
    ).getRowObjectsJson() as Row[]
  const inhabitants = await rows<{ ags: string; reference_date: string; age_group: string; inhabitants: number }>(
    'population',
    'ags, reference_date::varchar as reference_date, age_group, inhabitants',
    'reference_date, ags',
  )
  const population: Directory['population'] = new Map()
  for (const row of inhabitants) {
    if (row.age_group !== 'total' && row.age_group !== 'u21') continue
    const ofDate = population.get(row.reference_date) ?? new Map<string, { total: number; under_21: number }>()
    population.set(row.reference_date, ofDate)
    const ofRegion = ofDate.get(row.ags) ?? { total: Number.NaN, under_21: Number.NaN }
    ofDate.set(row.ags, ofRegion)
    ofRegion[row.age_group === 'total' ? 'total' : 'under_21'] = row.inhabitants
  }
  const groupings = await rows<{ id: number; name: string; explanation: string }>('comparison_grouping', 'id, name, explanation', 'id')
  const groups = await rows<{ id: number; grouping_id: number; name: string }>('comparison_group', 'id, grouping_id, name', 'id')
  const members = await rows<{ group_id: number; youth_authority_id: string }>(
    'comparison_group_member',
    'group_id, youth_authority_id',
    'group_id',
  )
  const membersOf = (id: number) =>
    new Set(members.filter(({ group_id }) => group_id === id).map(({ youth_authority_id }) => youth_authority_id))
  return {
    groups: groupings.flatMap(({ id: grouping_id, name: grouping, explanation }) =>
      groups
        .filter((group) => group.grouping_id === grouping_id)
        .map(({ id, name }) => ({ code: `g${id}`, name, grouping, explanation, members: membersOf(id) }))
        .filter((group) => group.members.size > 0),
    ),
    states: await rows('federal_state', 'code, ags, name', 'name'),
    authorities: await rows(
      'youth_authority',
      'id, ags, federal_state, abbreviation, name, data_from::varchar as data_from',
      'federal_state, sort_order, name',
    ),
    modules: await rows('service_module', 'code, label', 'sort_order'),
    service_kinds: await rows('service_kind', 'code, module, legal_basis, label, form, unit', 'sort_order'),
    specialisations: await rows('specialisation', 'code, label', 'sort_order'),
    population,
    parameters: await rows('parameter', 'name, valid_from::varchar as valid_from, value::double as value', 'name, valid_from'),
  }
}
