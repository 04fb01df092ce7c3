import { html, nothing } from 'lit'
import { type Faults, oneLine, textField } from '../../../elements/form-fields.ts'
import { selectField } from '../../../elements/select-field.ts'
import type { ParticipantRole } from '../../../../transactional/vocabulary.ts'
import { roleLabels } from './care-plan-words.ts'

export type Participant = { role: ParticipantRole; name: string }

/** Who takes part, one line each. */
export const participantsFields = (participants: Participant[], faults: Faults, changed: (participants: Participant[]) => void) => {
  const set = (index: number, part: Partial<Participant>) =>
    changed(participants.map((each, at) => (at === index ? { ...each, ...part } : each)))
  return html`
    <fieldset class="sj-plan__part">
      <legend class="sj-h2">Beteiligte</legend>
      ${participants.map(
        ({ role, name }, index) => html`
          <div class="sj-plan__row sj-plan__row--person">
            ${selectField({
              name: `participants-${index}-role`,
              label: 'Rolle',
              options: Object.entries(roleLabels),
              value: role,
              faults,
              chosen: (value) => set(index, { role: value as ParticipantRole }),
            })}
            ${textField({
              name: `participants-${index}-name`,
              label: 'Name',
              type: 'text',
              autocomplete: 'off',
              value: name,
              faults,
              entered: (value) => set(index, { name: value }),
            })}
            ${removeButton(`${name || roleLabels[role]} entfernen`, () => changed(participants.toSpliced(index, 1)))}
          </div>
        `,
      )}
      ${addButton('Person hinzufügen', participants.length < 20, () => changed([...participants, { role: 'other', name: '' }]))}
    </fieldset>
  `
}

export const removeButton = (label: string, remove: () => void) =>
  html`<button type="button" class="sj-link sj-plan__remove" aria-label=${label} @click=${remove}>Entfernen</button>`
export const addButton = (label: string, possible: boolean, add: () => void) =>
  possible ? html`<button type="button" class="sj-link" @click=${add}>${label}</button>` : nothing

/** What was typed in lines is kept in one; nothing typed is nothing. */
export const lineOf = (text: string): string | null => oneLine(text) || null
