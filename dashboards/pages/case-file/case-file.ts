// The electronic file without its page: how documents read, and their order.
import { choiceIn } from '../../choice.ts'
import type { CaseDocument, CaseFile } from '../../client.ts'
import { dateText, noBreakSpace, numberText } from '../../format.ts'
import { caseFilePath } from '../../route.ts'
import type { DocumentKind, DocumentWords } from '../../../transactional/vocabulary.ts'

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

export const keptText = ({ kept_until }: Pick<CaseFile, 'kept_until'>): string =>
  `Die Akte wird bis zum ${dateText(kept_until)} aufbewahrt, 70 Jahre ab dem 30. Geburtstag (§ 9b SGB VIII).`
