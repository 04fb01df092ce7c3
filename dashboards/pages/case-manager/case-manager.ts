// The Fallmanager without its page: what is chosen, in the address and back, and how a help under way reads.
import type { CaseManagerQuestion, ManagedHelp, ManagedPage } from '../../client.ts'
import { choiceIn } from '../../choice.ts'
import { dateText, numberText } from '../../format.ts'
import { reservationPath } from '../../route.ts'
import { placeHref } from '../selection/help-selection.ts'
import { dayLength } from './reservation-words.ts'

export const { read: readManaged, write: writeManaged } = choiceIn(['stage', 'mine', 'service_kind', 'provider', 'caseworker', 'due'])
export type ManagedChoice = ReturnType<typeof readManaged>

type Stage = ManagedHelp['stage']
type Tab = { key: string; label: string; stages: Stage[] }
const all: Tab = { key: '', label: 'Alle', stages: [] }
export const tabs: Tab[] = [
  all,
  { key: 'waiting', label: 'Wartet', stages: ['waiting', 'place_free'] },
  { key: 'reserved', label: 'Reserviert', stages: ['reserved'] },
  { key: 'requested', label: 'Zustimmung offen', stages: ['requested'] },
  { key: 'consented', label: 'Zugestimmt', stages: ['consented'] },
  { key: 'failed', label: 'Ohne Erfolg', stages: ['declined', 'expired'] },
  { key: 'booked', label: 'Gebucht', stages: ['booked'] },
  { key: 'running', label: 'Läuft', stages: ['running'] },
  { key: 'interrupted', label: 'Unterbrochen', stages: ['interrupted'] },
  { key: 'ending', label: 'Läuft aus', stages: ['ending'] },
  { key: 'overdue', label: 'Ende offen', stages: ['overdue'] },
]
export const tabOf = ({ stage }: ManagedChoice): Tab => tabs.find(({ key }) => key === stage) ?? all

/** Up to when something is due. */
export const dueChoices: { key: string; label: string; due: ManagedHelp['due'][] }[] = [
  { key: '', label: 'Alle', due: [] },
  { key: 'past', label: 'überfällig', due: ['past'] },
  { key: 'week', label: 'in 7 Tagen', due: ['past', 'week'] },
  { key: 'month', label: 'in 30 Tagen', due: ['past', 'week', 'month'] },
]

const filters = ['service_kind', 'provider', 'caseworker', 'due'] as const
export const isFiltered = (choice: ManagedChoice) => filters.some((name) => choice[name] !== undefined)
export const withoutFilters: ManagedChoice = { service_kind: '', provider: '', caseworker: '', due: '' }

export const questionOf = (choice: ManagedChoice, text: string, cursor: string | undefined): CaseManagerQuestion => ({
  stages: tabOf(choice).stages,
  due: dueChoices.find(({ key }) => key === choice.due)?.due ?? [],
  mine: choice.mine === 'true',
  ...(choice.service_kind !== undefined && { service_kind: choice.service_kind }),
  ...(choice.provider !== undefined && { provider_id: choice.provider }),
  ...(choice.caseworker !== undefined && { caseworker_id: choice.caseworker }),
  ...(text !== '' && { text }),
  ...(cursor !== undefined && { cursor }),
})

const sum = (counts: Partial<Record<string, number>>) => Object.values(counts).reduce<number>((total, count) => total + (count ?? 0), 0)
export const countIn = ({ stages }: Tab, counts: ManagedPage['counts']): number =>
  stages.length === 0 ? sum(counts) : stages.reduce((total, stage) => total + (counts[stage] ?? 0), 0)

/** `step`: the form that opens with it. */
export const stageWords: Record<Stage, { label: string; next: string; action: string; step?: string }> = {
  waiting: { label: 'Wartet auf Platz', next: 'Hilfe soll beginnen', action: 'Andere suchen' },
  place_free: { label: 'Platz frei', next: 'Platz reservieren', action: 'Reservieren' },
  reserved: { label: 'Reserviert', next: 'Zustimmung anfragen', action: 'Anfragen', step: 'requested' },
  requested: { label: 'Zustimmung offen', next: 'Antwort des Anbieters', action: 'Öffnen' },
  consented: { label: 'Zugestimmt', next: 'Buchen', action: 'Buchen', step: 'booked' },
  declined: { label: 'Abgelehnt', next: 'Andere Hilfe auswählen', action: 'Öffnen' },
  expired: { label: 'Abgelaufen', next: 'Neu reservieren', action: 'Öffnen' },
  booked: { label: 'Gebucht', next: 'Hilfe beginnt', action: 'Öffnen' },
  running: { label: 'Läuft', next: 'Hilfeplan fortschreiben', action: 'Öffnen' },
  interrupted: { label: 'Unterbrochen', next: 'Hilfe geht weiter', action: 'Öffnen' },
  ending: { label: 'Läuft aus', next: 'Verlängern oder beenden', action: 'Verlängern', step: 'prolong' },
  overdue: { label: 'Ende offen', next: 'Ende festhalten oder verlängern', action: 'Beenden', step: 'end' },
}

export const hrefOf = ({ kind, id }: { kind: 'reservation' | 'booking'; id: string }, step?: string) =>
  `${reservationPath}?${kind}=${id}${step === undefined ? '' : `&step=${step}`}`

/** Where a help is worked on: what is waited for is no help yet, but a search. */
export const workHref = (help: Pick<ManagedHelp, 'kind' | 'id' | 'case_id' | 'service_kind' | 'first_day' | 'last_day'>, step?: string) => {
  const { kind, id } = help
  return kind === 'waiting' ? placeHref(help) : hrefOf({ kind, id }, step)
}

type Standing = Pick<ManagedHelp, 'stage' | 'due_on' | 'resumes_on' | 'last_day'>
/** What is due on the day told. */
export const nextText = ({ stage, due_on, resumes_on, last_day }: Standing): string => {
  // what is due before an interruption is over
  if (stage === 'interrupted' && due_on !== resumes_on) return stageWords[due_on === last_day ? 'ending' : 'running'].next
  return stageWords[stage].next
}

const daysUntil = (day: string, today: string) => Math.round((Date.parse(day) - Date.parse(today)) / dayLength)
/** "in 2 Tagen", "5 Tage überfällig". */
export const dueText = (due_on: string, today: string): string => {
  const days = daysUntil(due_on, today)
  if (days < 0) return `${numberText(-days)} ${days === -1 ? 'Tag' : 'Tage'} überfällig`
  if (days === 0) return 'heute'
  return days === 1 ? 'morgen' : `in ${numberText(days)} Tagen`
}

/** "Unterbrochen, Hilfe geht weiter: 05.11.2026, in 21 Tagen". */
export const underWayText = (help: Standing, today: string): string =>
  `${stageWords[help.stage].label}, ${nextText(help)}: ${dateText(help.due_on)}, ${dueText(help.due_on, today)}`

const dueLabels: Record<ManagedHelp['due'], string> = {
  past: 'Überfällig',
  week: 'In den nächsten 7 Tagen',
  month: 'In den nächsten 30 Tagen',
  later: 'Später',
}

/** The lines of a page under their headings; the count is over all pages. */
export const groupsOf = ({ items, listed_due }: Pick<ManagedPage, 'items' | 'listed_due'>) =>
  (Object.keys(dueLabels) as ManagedHelp['due'][])
    .map((due) => ({ due, label: dueLabels[due], count: listed_due[due] ?? 0, helps: items.filter((help) => help.due === due) }))
    .filter(({ helps }) => helps.length > 0)

/** "3 Fristen sind überschritten, 8 enden in den nächsten 7 Tagen." */
export const leadText = ({ due }: Pick<ManagedPage, 'due'>): string => {
  const { past = 0, week = 0 } = due
  const ending = `${week === 1 ? '1 endet' : `${numberText(week)} enden`} in den nächsten 7 Tagen.`
  if (past > 0)
    return `${past === 1 ? '1 Frist ist' : `${numberText(past)} Fristen sind`} überschritten, ${week > 0 ? ending : 'keine endet in den nächsten 7 Tagen.'}`
  return week > 0 ? `Keine Frist ist überschritten, ${ending}` : 'Keine Frist ist überschritten, keine endet in den nächsten 7 Tagen.'
}

export const foundText = (count: number) => (count === 1 ? '1 Hilfe gefunden.' : `${numberText(count)} Hilfen gefunden.`)

/** "1 bis 50 von 56". */
export const rangeText = (first: number, shown: number, total: number) =>
  `${numberText(first + 1)} bis ${numberText(first + shown)} von ${numberText(total)}`
