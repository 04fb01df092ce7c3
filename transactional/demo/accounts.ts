import { hash } from '@node-rs/argon2'
import { instantText } from './calendar.ts'
import type { Chance } from './chance.ts'
import type { RowSink } from './copy.ts'
import { largestProvider, type Landscape, type Provider } from './landscape.ts'
import { personName } from './names.ts'

export const DEMONSTRATION_PASSWORD = 'sojus-demo'

type Account = {
  user_name: string
  display_name: string
  role: string
  youth_authority_id: string | null
  provider: Provider | null
  id: string
}

const randomBytes = (chance: Chance, count: number): Buffer => Buffer.from(Array.from({ length: count }, () => chance.integer(0, 255)))

/** A hash of nothing known: nobody signs in with it. */
const lockedHash = (chance: Chance): string => {
  const text = (count: number) => randomBytes(chance, count).toString('base64').replace(/=+$/, '')
  return `$argon2id$v=19$m=19456,t=2,p=1$${text(16)}$${text(32)}`
}

const VG = '13075'
const HRO = '13003'

/** The accounts one can sign in with; those of the districts only where the districts are part of the demonstration. */
const openAccounts = (chance: Chance, landscape: Landscape, founded: number): Account[] => {
  const none = { youth_authority_id: null, provider: null }
  const id = () => chance.uuid7(founded * 86_400_000)
  const [vg, hro] = [VG, HRO].map((wanted) => landscape.authorities.find((authority) => authority.id === wanted))
  const largest = vg && largestProvider(vg)
  const accounts: (Account | undefined)[] = [
    { ...none, id: id(), user_name: 'politik', display_name: 'Petra Ausschuss', role: 'politics' },
    vg && {
      ...none,
      id: id(),
      user_name: 'controlling.vg',
      display_name: 'Carla Kennzahl',
      role: 'controlling',
      youth_authority_id: vg.id,
    },
    vg && {
      ...none,
      id: vg.caseworker_id,
      user_name: 'fall.vg',
      display_name: 'Falk Beistand',
      role: 'caseworker',
      youth_authority_id: vg.id,
    },
    // whom the first one invites to a team consultation
    vg && {
      ...none,
      id: vg.colleague_ids[0]!,
      user_name: 'fall2.vg',
      display_name: 'Birte Mitberat',
      role: 'caseworker',
      youth_authority_id: vg.id,
    },
    vg && {
      ...none,
      id: vg.finance_id,
      user_name: 'finanzen.vg',
      display_name: 'Fiona Haushalt',
      role: 'finance',
      youth_authority_id: vg.id,
    },
    hro && {
      ...none,
      id: hro.caseworker_id,
      user_name: 'fall.hro',
      display_name: 'Hanno Beistand',
      role: 'caseworker',
      youth_authority_id: hro.id,
    },
    largest && {
      ...none,
      id: largest.account_id,
      user_name: 'anbieter.1',
      display_name: 'Anne Träger',
      role: 'provider',
      provider: largest,
    },
    { ...none, id: id(), user_name: 'landesjugendamt', display_name: 'Lars Landesamt', role: 'state_office' },
    { ...none, id: id(), user_name: 'admin', display_name: 'Ada Verwaltung', role: 'admin' },
  ]
  return accounts.filter((account) => account !== undefined)
}

/** Accounts behind the recorded facts: inactive, and never on the list of the demonstration. */
const lockedAccounts = (aside: Chance, landscape: Landscape, taken: ReadonlySet<string>): (Account & { federal_state: string })[] =>
  [
    ...landscape.authorities.flatMap((authority) => [
      {
        id: authority.caseworker_id,
        user_name: `fall.${authority.id}`,
        display_name: `Fallbearbeitung ${authority.name}`,
        role: 'caseworker',
        youth_authority_id: authority.id,
        provider: null,
        federal_state: authority.federal_state,
      },
      ...authority.colleague_ids.map((id, n) => {
        const { given_name, family_name } = personName(aside, n % 2 === 0 ? 'w' : 'm', false)
        return {
          id,
          user_name: `fall.${authority.id}.${n + 2}`,
          display_name: `${given_name} ${family_name}`,
          role: 'caseworker',
          youth_authority_id: authority.id,
          provider: null,
          federal_state: authority.federal_state,
        }
      }),
      {
        id: authority.finance_id,
        user_name: `finanzen.${authority.id}`,
        display_name: `Wirtschaftliche Jugendhilfe ${authority.name}`,
        role: 'finance',
        youth_authority_id: authority.id,
        provider: null,
        federal_state: authority.federal_state,
      },
    ]),
    ...landscape.providers.map((provider) => ({
      id: provider.account_id,
      user_name: `abrechnung.${provider.index + 1}`,
      display_name: `Abrechnung ${provider.name}`,
      role: 'provider',
      youth_authority_id: null,
      provider,
      federal_state: provider.authority.federal_state,
    })),
  ].filter((account) => !taken.has(account.id))

/** The authorities of those who can sign in. */
export const authoritiesOfAccounts = [VG, HRO]

type Deps = { chance: Chance; aside: Chance; sink: RowSink; landscape: Landscape; founded: number }

export const writeAccounts = async ({ chance, aside, sink, landscape, founded }: Deps): Promise<string[]> => {
  const created = instantText(founded, 30_000)
  const open = openAccounts(chance, landscape, founded)
  for (const account of open) {
    // one more account leaves everything else as chance made it
    const salt = account.user_name === 'fall2.vg' ? Buffer.from(account.id.replaceAll('-', ''), 'hex') : randomBytes(chance, 16)
    const password = await hash(DEMONSTRATION_PASSWORD, { salt })
    sink.row(
      'user_account',
      account.id,
      'MV',
      account.user_name,
      password,
      account.display_name,
      account.youth_authority_id,
      account.provider?.id ?? null,
      true,
      true,
      created,
    )
    sink.row('user_role', account.id, account.role)
  }
  const locked = lockedHash(chance)
  for (const account of lockedAccounts(aside, landscape, new Set(open.map(({ id }) => id)))) {
    const { id, federal_state, user_name, display_name, youth_authority_id, provider } = account
    sink.row(
      'user_account',
      id,
      federal_state,
      user_name,
      locked,
      display_name,
      youth_authority_id,
      provider?.id ?? null,
      false,
      false,
      created,
    )
    sink.row('user_role', id, account.role)
  }
  return open.map(({ user_name }) => user_name)
}
