// How changes of authority read.
import type { AuthorityChange } from '../../client.ts'
import { dateText } from '../../format.ts'
import { authorityChangePath } from '../../route.ts'
import type { AuthorityChangeReason } from '../../../transactional/vocabulary.ts'

export const reasonLabels: Record<AuthorityChangeReason, string> = {
  parents_moved: 'Umzug der Eltern (§ 86 Abs. 1 bis 3 SGB VIII)',
  parents_apart: 'Verschiedene Aufenthalte der Eltern (§ 86 Abs. 5 SGB VIII)',
  foster_care: 'Zwei Jahre bei einer Pflegeperson oder Ende dieser Pflege (§ 86 Abs. 6 SGB VIII)',
  of_age: 'Hilfe für junge Volljährige (§ 86a SGB VIII)',
  unaccompanied: 'Zuweisung nach unbegleiteter Einreise (§ 88a SGB VIII)',
  other: 'Anderer Grund',
}

export const changeHref = ({ id }: Pick<AuthorityChange, 'id'>) => `${authorityChangePath}?change=${id}`

export const reasonChoices: [string, string][] = [['', 'Bitte auswählen'], ...Object.entries(reasonLabels)]

export const nameText = ({ client, case_number, state, case_id }: AuthorityChange): string => {
  if (client) return `${client.given_name} ${client.family_name}`
  if (case_number !== null) return `Fall ${case_number}`
  return state === 'accepted' && case_id === null ? 'Fall gelöscht' : 'Nicht übernommener Fall'
}

/** "Von Rostock zum 01.12.2026". */
export const headingText = ({ incoming, former_authority, new_authority, change_on }: AuthorityChange): string =>
  `${incoming ? `von ${former_authority}` : `an ${new_authority}`} zum ${dateText(change_on)}`

export const stateText = (change: AuthorityChange): string => {
  const { state, incoming, in_portal, continued_on, new_authority } = change
  switch (state) {
    case 'announced':
      if (incoming) return 'Ihr Jugendamt soll die Hilfe fortsetzen.'
      return in_portal ? `Wartet auf ${new_authority}.` : `Fortsetzung durch ${new_authority} noch nicht eingetragen.`
    case 'accepted':
      return `Fortgesetzt durch ${new_authority} ab ${dateText(continued_on!)}.`
    case 'declined':
      return `Abgelehnt von ${new_authority}.`
    case 'withdrawn':
      return 'Zurückgezogen.'
  }
}
