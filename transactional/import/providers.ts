import type { Reader } from './cells.ts'
import { identify, readRows, refuseRepeated, remember, type Context } from './context.ts'
import type { Columns, Table } from './csv.ts'
import { plus, write, type Written } from './write.ts'

/** Contact persons and addresses, in tables of their own that are in no publication. */
export const contactColumns: Columns = {
  contact_person: { names: ['ansprechpartner', 'contact_person'] },
  telephone: { names: ['telefon', 'telephone'] },
  email: { names: ['email', 'e_mail'] },
  street: { names: ['strasse', 'street'] },
  postcode: { names: ['plz', 'postcode'] },
  town: { names: ['ort', 'town'] },
}

export const providerColumns: Columns = {
  reference: { names: ['referenz', 'reference'], required: true },
  name: { names: ['name'], required: true },
  umbrella_association: { names: ['verband', 'umbrella_association'] },
  website: { names: ['website', 'internet'] },
  ...contactColumns,
}

/** The contact columns the file has; empty where it has none. */
export const readContact = (cells: Reader, has: (field: string) => boolean, fields: readonly string[]): Record<string, string | null> => {
  const contact = Object.fromEntries(fields.filter(has).map((field) => [field, cells.optionalText(field)]))
  if (contact['postcode'] && !/^[0-9]{5}$/.test(contact['postcode'])) cells.fault('postcode', 'Eine Postleitzahl hat fünf Ziffern.')
  return contact
}

export const importProviders = async (context: Context, table: Table): Promise<Written> => {
  const { client, faults } = context
  const rows = readRows(context, table, (cells, has) => ({
    reference: cells.text('reference', 80)!,
    values: {
      name: cells.text('name'),
      ...(has('umbrella_association') && { umbrella_association: cells.optionalText('umbrella_association') }),
    },
    contact: readContact(cells, has, ['website', ...Object.keys(contactColumns)]),
  }))
  refuseRepeated(faults, rows, (row) => row.reference)
  if (faults.length > 0) return plus()
  const identified = await identify(client, 'provider', rows)
  const written = await write(
    client,
    faults,
    'provider',
    { key: ['id'] },
    identified.map(({ line, id, values }) => ({ line, values: { id, ...values } })),
  )
  const contacts = identified.filter(({ contact }) => Object.keys(contact).length > 0)
  await write(
    client,
    faults,
    'provider_contact',
    { key: ['provider_id'] },
    contacts.map(({ line, id, contact }) => ({ line, values: { provider_id: id, ...contact } })),
  )
  await remember(client, 'provider', identified)
  return written
}
