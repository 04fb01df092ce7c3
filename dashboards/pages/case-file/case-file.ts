// The electronic file without its page: how documents read, and their order.
import { choiceIn } from '../../choice.ts'
import type { CaseDocument, Kept } from '../../client.ts'
import { dateText, noBreakSpace, numberText } from '../../format.ts'
import { caseFilePath } from '../../route.ts'
import type { DocumentKind, DocumentWords, RetentionStart } from '../../../transactional/vocabulary.ts'

export const { read: readFileChoice, write: writeFileChoice } = choiceIn(['case', 'order'])

export const fileHref = (case_id: string) => caseFilePath + writeFileChoice({ case: case_id })

export const documentKindLabels: Record<DocumentKind, string> = {
  application: 'Antrag',
  care_plan: 'Hilfeplan',
  report: 'Bericht',
  minutes: 'Protokoll',
  notice: 'Bescheid',
  correspondence: 'Schriftverkehr',
  court: 'Gericht',
  certificate: 'Nachweis',
  cost: 'Kosten',
  other: 'Sonstiges',
}
const kindOrder = Object.keys(documentKindLabels) as DocumentKind[]

const wordTexts: Record<DocumentWords, string | undefined> = {
  read: undefined,
  none: 'ohne lesbaren Text, nur der Titel ist durchsuchbar',
  damaged: 'beschädigt, nur der Titel ist durchsuchbar',
  locked: 'mit Kennwort geschützt, nur der Titel ist durchsuchbar',
  too_long: 'zu umfangreich zum Lesen, nur der Titel ist durchsuchbar',
}

const typeLabels = { 'application/pdf': 'PDF', 'image/png': 'PNG', 'image/jpeg': 'JPEG' } as const

/** "840 kB", "1,2 MB". */
export const sizeText = (bytes: number): string =>
  bytes < 1_000_000
    ? `${numberText(Math.max(1, Math.round(bytes / 1000)))}${noBreakSpace}kB`
    : `${numberText(bytes / 1_000_000, 1)}${noBreakSpace}MB`

/** The limit is a power of two, said as everybody says it. */
export const limitText = (bytes: number): string => `${numberText(bytes / 1024 / 1024)}${noBreakSpace}MB`

/** What a document is, and what is to be known of it. */
export const documentFacts = ({ kind, media_type, pages, bytes, words, scanned }: CaseDocument): string =>
  [
    documentKindLabels[kind],
    pages === null ? typeLabels[media_type] : `${typeLabels[media_type]} mit ${numberText(pages)} ${pages === 1 ? 'Seite' : 'Seiten'}`,
    sizeText(bytes),
    words !== null && wordTexts[words],
    !scanned && 'nicht auf Viren geprüft',
  ]
    .filter(Boolean)
    .join(', ')

export type FileGroup = { label: string | undefined; documents: CaseDocument[] }

/** The documents in the file by day, the newest first, or in groups by kind; those removed stay out. */
export const groupsOf = (items: CaseDocument[], order: string | undefined): FileGroup[] => {
  const kept = items.filter(({ removed_at }) => removed_at === null)
  if (order !== 'kind') return kept.length === 0 ? [] : [{ label: undefined, documents: kept }]
  return kindOrder
    .map((kind) => ({ label: documentKindLabels[kind], documents: kept.filter((document) => document.kind === kind) }))
    .filter(({ documents }) => documents.length > 0)
}

export const removedOf = (items: CaseDocument[]) => items.filter(({ removed_at }) => removed_at !== null)

export const countText = (count: number): string => (count === 1 ? '1 Dokument' : `${count === 0 ? 'Keine' : numberText(count)} Dokumente`)

const yearsText = (years: number | null): string => (years === 1 ? '1 Jahr' : `${numberText(years ?? 0)} Jahre`)
const startTexts = { case_end: 'nach dem Ende des Falls', year_end: 'nach dem Ende des Jahres' } as const

/** "10 Jahre nach dem Ende des Jahres". */
export const periodText = ({ years, counted_from }: { years: number; counted_from: RetentionStart }): string =>
  `${yearsText(years)} ${startTexts[counted_from]}`

/** Until when a document is kept, and by which rule. */
export const keptFact = ({ rule, years, counted_from, source, kept_until }: Kept): string => {
  if (rule === 'help' && kept_until !== null) return `aufbewahrt bis ${dateText(kept_until)} (${source})`
  const period = periodText({ years: years ?? 0, counted_from: counted_from === 'year_end' ? 'year_end' : 'case_end' })
  return kept_until === null ? `aufbewahrt bis ${period}` : `aufbewahrt bis ${dateText(kept_until)} (${period})`
}

export const keptText = ({ rule, years, from_age, source, kept_until }: Kept): string => {
  if (kept_until === null)
    return 'Hier wurde noch keine Hilfe bewilligt. Nach dem Ende des Falls bleibt die Akte, bis alle Fristen um sind.'
  if (rule === 'kind') return `Hier wurde keine Hilfe bewilligt. Die Akte wird bis zum ${dateText(kept_until)} aufbewahrt.`
  return `Die Akte gehört zu einer Hilfe und wird bis zum ${dateText(kept_until)} aufbewahrt, ${yearsText(years)} ab dem ${from_age}. Geburtstag (${source}).`
}
