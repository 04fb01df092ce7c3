import { findReferences, identify, readRows, refuseRepeated, remember, type Context } from './context.ts'
import type { Columns, Table } from './csv.ts'
import { contactColumns, readContact } from './providers.ts'
import { plus, write, type Written } from './write.ts'

export const facilityColumns: Columns = {
  reference: { names: ['referenz', 'reference'], required: true },
  provider: { names: ['anbieter', 'provider'], required: true },
  name: { names: ['name'], required: true },
  youth_authority: { names: ['jugendamt', 'youth_authority'], required: true },
  latitude: { names: ['breite', 'latitude'] },
  longitude: { names: ['laenge', 'longitude'] },
  licensed_places: { names: ['plaetze', 'licensed_places'], required: true },
  sex_admitted: { names: ['geschlecht', 'sex_admitted'] },
  age_from: { names: ['alter_von', 'age_from'] },
  age_to: { names: ['alter_bis', 'age_to'] },
  ...contactColumns,
}

const SEXES = { m: 'm', w: 'w', all: 'all', alle: 'all', männlich: 'm', weiblich: 'w' } as const

export const importFacilities = async (context: Context, table: Table): Promise<Written> => {
  const { client, faults } = context
  const rows = readRows(context, table, (cells, has) => {
    const authority = cells.word('youth_authority', context.authorities)
    return {
      reference: cells.text('reference', 80)!,
      provider: cells.text('provider', 80)!,
      values: {
        name: cells.text('name'),
        youth_authority_id: authority,
        ags: authority,
        licensed_places: cells.integer('licensed_places', 0, 10_000),
        ...(has('latitude') && { latitude: cells.degrees('latitude', 47, 56) }),
        ...(has('longitude') && { longitude: cells.degrees('longitude', 5, 16) }),
        ...(has('sex_admitted') && { sex_admitted: cells.word('sex_admitted', SEXES, 'all') }),
        ...(has('age_from') && { age_from: cells.integer('age_from', 0, 26, 0) }),
        ...(has('age_to') && { age_to: cells.integer('age_to', 0, 27, 26) }),
      },
      contact: readContact(cells, has, Object.keys(contactColumns)),
    }
  })
  refuseRepeated(faults, rows, (row) => row.reference)
  const providers = await findReferences(
    client,
    'provider',
    rows.map(({ provider }) => provider),
  )
  for (const { line, provider } of rows) {
    if (!providers.has(provider))
      faults.push({
        line,
        column: table.headers['provider']!,
        reason: `Den Anbieter „${provider}“ gibt es nicht; zuerst die Anbieter importieren.`,
      })
  }
  if (faults.length > 0) return plus()
  const identified = await identify(client, 'facility', rows)
  const written = await write(
    client,
    faults,
    'facility',
    { key: ['id'] },
    identified.map(({ line, id, provider, values }) => ({ line, values: { id, provider_id: providers.get(provider), ...values } })),
  )
  const contacts = identified.filter(({ contact }) => Object.keys(contact).length > 0)
  await write(
    client,
    faults,
    'facility_contact',
    { key: ['facility_id'] },
    contacts.map(({ line, id, contact }) => ({ line, values: { facility_id: id, ...contact } })),
  )
  await remember(client, 'facility', identified)
  return written
}
