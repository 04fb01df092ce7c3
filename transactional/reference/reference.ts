import pg from 'pg'
import { FEDERAL_STATES, SERVICE_KINDS, SERVICE_MODULES, SPECIALISATIONS } from './catalogue.ts'
import { readDistricts, readPocketMoney, readPopulation } from './districts.ts'

type Rows = { table: string; key: string; rows: readonly Record<string, unknown>[] }

const stateOf = (ags: string): string => FEDERAL_STATES.find(([, digits]) => digits === ags.slice(0, 2))![0]

const referenceRows = (): Rows[] => {
  const districts = readDistricts()
  return [
    { table: 'federal_state', key: 'code', rows: FEDERAL_STATES.map(([code, ags, name]) => ({ code, ags, name })) },
    {
      table: 'region',
      key: 'ags',
      rows: districts.map(({ ags, kind, name, nuts3, area_km2 }) => ({ ags, federal_state: stateOf(ags), kind, name, nuts3, area_km2 })),
    },
    {
      table: 'youth_authority',
      key: 'id',
      rows: districts.map(({ ags, abbreviation, name, sort_order }) => ({
        id: ags,
        ags,
        federal_state: stateOf(ags),
        abbreviation,
        name,
        sort_order,
      })),
    },
    { table: 'population', key: 'ags, reference_date, age_group, sex', rows: readPopulation() },
    { table: 'service_module', key: 'code', rows: SERVICE_MODULES.map(([code, label], index) => ({ code, label, sort_order: index + 1 })) },
    {
      table: 'service_kind',
      key: 'code',
      rows: SERVICE_KINDS.map(([code, module, legal_basis, label, form, unit], index) => ({
        code,
        module,
        legal_basis,
        label,
        form,
        unit,
        sort_order: index + 1,
      })),
    },
    { table: 'pocket_money', key: 'federal_state, valid_from, age_from', rows: readPocketMoney() },
    { table: 'specialisation', key: 'code', rows: SPECIALISATIONS.map(([code, label], index) => ({ code, label, sort_order: index + 1 })) },
  ]
}

/** Rows already there stay as they are: an authority's own corrections outlive a restart, and nothing is sent to the warehouse twice. */
const insertMissing = async (client: pg.Client, { table, key, rows }: Rows): Promise<void> => {
  const columns = Object.keys(rows[0]!).join(', ')
  await client.query(
    `insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $1) on conflict (${key}) do nothing`,
    [JSON.stringify(rows)],
  )
}

/** Federal states, districts, youth authorities, population, pocket money, service kinds and specialisations; run as the owner, as often as wanted. */
export const loadReference = async (ownerUrl: string): Promise<void> => {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    await client.query('begin')
    for (const rows of referenceRows()) await insertMissing(client, rows)
    await client.query('commit')
  } finally {
    await client.end()
  }
}
