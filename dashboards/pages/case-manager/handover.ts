import type { Colleague } from '../../client.ts'
import { oneLine } from '../../elements/form-fields.ts'
import type { StepFormAction } from './step-form.ts'

type Handover = Pick<StepFormAction, 'heading' | 'text' | 'subject' | 'helps'> & {
  colleagues: Colleague[]
  send: (wanted: { to_id: string; reason: string }, key: string) => Promise<void>
}

/** Gives one case or several to a colleague. */
export const handoverForm = ({ colleagues, send, ...about }: Handover): StepFormAction => ({
  name: 'hand_over',
  ...about,
  fields: ['to_id', 'note'],
  choices: {
    to_id: [['', 'Bitte auswählen'], ...colleagues.map(({ id, display_name }): [string, string] => [id, display_name])],
  },
  noteLabel: 'Warum',
  noteField: 'reason',
  noteMissing: 'Bitte den Grund angeben.',
  submit: 'Übergeben',
  send: ({ to_id, note }, key) => send({ to_id, reason: oneLine(note) }, key),
})
