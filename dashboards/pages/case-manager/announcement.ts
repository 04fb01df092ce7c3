import { html, nothing } from 'lit'
import { announceAuthorityChange, type OtherAuthority } from '../../client.ts'
import { berlinDay } from '../../format.ts'
import { reasonChoices } from './authority-change-words.ts'
import { noteOf, type StepFormAction } from './step-form.ts'

const stateOf = ({ name, federal_state }: OtherAuthority) => `${name} (${federal_state})`

/** Announces that another authority becomes responsible for the case. */
export const announcementForm = (case_id: string, authorities: OtherAuthority[], announced: () => Promise<void>): StepFormAction => ({
  name: 'announce',
  subject: case_id,
  heading: 'Zuständigkeitswechsel ankündigen',
  text: 'Das neue Jugendamt sieht die Person und ihre laufenden Hilfen, sobald Sie absenden. Ihr Jugendamt zahlt weiter, bis das neue die Hilfe fortsetzt (§ 86c SGB VIII).',
  fields: ['to_authority_id', 'change_on', 'reason', 'note', 'conference_on'],
  given: { change_on: berlinDay(new Date()) },
  choices: {
    to_authority_id: [['', 'Bitte auswählen'], ...authorities.map((authority): [string, string] => [authority.id, stateOf(authority)])],
    reason: reasonChoices,
  },
  reasonLabel: 'Grund des Wechsels',
  noteLabel: 'Was das neue Jugendamt wissen muss',
  noteHint: 'Nur was für die Fortsetzung nötig ist (§ 86c Abs. 2, §§ 64 und 65 SGB VIII). Bei „Anderer Grund“ bitte begründen.',
  noteLength: 2000,
  live: ({ to_authority_id }) => {
    const chosen = authorities.find(({ id }) => id === to_authority_id)
    return chosen && !chosen.in_portal
      ? html`<p>
          ${chosen.name} nutzt das Portal nicht. Bitte teilen Sie den Wechsel schriftlich mit und tragen Sie hier ein, ab wann es die Hilfe
          fortsetzt.
        </p>`
      : nothing
  },
  submit: 'Ankündigen',
  send: async (values, key) => {
    const { to_authority_id, change_on, reason, conference_on } = values
    const conference = conference_on === '' ? {} : { conference_on }
    await announceAuthorityChange(case_id, { to_authority_id, change_on, reason, ...conference, ...noteOf(values) }, key)
    await announced()
  },
})
