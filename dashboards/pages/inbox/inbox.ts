// The inbox without its page: deadlines, notices and reports as one list.
import { choiceIn } from '../../choice.ts'
import type { InboxItem, Reminder } from '../../client.ts'
import { dateText } from '../../format.ts'

export const { read: readInbox, write: writeInbox } = choiceIn(['kind'])

export type InboxEntry = { kind: 'deadline'; reminder: Reminder } | { kind: 'notice' | 'report'; item: InboxItem }
export const entryKinds: { key: string; label: string }[] = [
  { key: '', label: 'Alles' },
  { key: 'deadline', label: 'Fristen' },
  { key: 'notice', label: 'Nachrichten' },
  { key: 'report', label: 'Berichte' },
]

/** Deadlines first, what is due first on top; then the rest, newest first. */
export const entriesOf = (reminders: Reminder[], items: InboxItem[]): InboxEntry[] => [
  ...reminders.toSorted((a, b) => a.due_on.localeCompare(b.due_on)).map((reminder): InboxEntry => ({ kind: 'deadline', reminder })),
  ...items
    .toSorted((a, b) => b.received_at.localeCompare(a.received_at))
    .map((item): InboxEntry => ({ kind: item.file_name === null ? 'notice' : 'report', item })),
]

/** An unknown kind is all of them. */
export const ofKind = (entries: InboxEntry[], kind: string | undefined): InboxEntry[] =>
  entryKinds.some(({ key }) => key === kind) ? entries.filter((entry) => entry.kind === kind) : entries

export const isUnseen = (entry: InboxEntry) => entry.kind === 'deadline' || entry.item.read_at === null

/** What is to be done, by its day. */
export const reminderText = ({ kind, due_on }: Pick<Reminder, 'kind' | 'due_on'>, today: string): string => {
  const isPast = due_on < today
  const day = dateText(due_on)
  switch (kind) {
    case 'review':
      return isPast ? `Hilfeplangespräch war bis ${day} fällig` : `Hilfeplangespräch bis ${day}`
    case 'end':
      return isPast ? `Hilfe war bis ${day} geplant, Ende offen` : `Hilfe endet am ${day}`
    case 'hold':
      return isPast ? `Reservierung lief am ${day} ab` : `Reservierung läuft am ${day} ab`
    case 'answer':
      return isPast ? `Anbieter hat bis ${day} nicht geantwortet` : `Anbieter hat noch nicht geantwortet, Frist ${day}`
  }
}
