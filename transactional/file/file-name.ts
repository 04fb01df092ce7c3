import type { DocumentKind, DocumentType, NoticeKind } from '../vocabulary.ts'

const kindWords: Record<DocumentKind, string> = {
  application: 'antrag',
  care_plan: 'hilfeplan',
  report: 'bericht',
  minutes: 'protokoll',
  notice: 'bescheid',
  correspondence: 'schreiben',
  court: 'gericht',
  certificate: 'nachweis',
  cost: 'kosten',
  other: 'dokument',
}
const noticeWords: Record<NoticeKind, string> = { grant: 'bewilligung', change: 'aenderung', refusal: 'ablehnung', end: 'einstellung' }

type Named = { kind: DocumentKind; dated_on: string; media_type: DocumentType; notice?: { kind: NoticeKind; version: number } | undefined }

/** What it is and of which day. Titles, case numbers and references are about persons, and names of files end up in lists and logs. */
export const fileName = ({ kind, dated_on, media_type, notice }: Named): string => {
  const parts = notice ? ['bescheid', noticeWords[notice.kind], dated_on, `v${notice.version}`] : [kindWords[kind], dated_on]
  return `${parts.join('-')}.${media_type === 'image/jpeg' ? 'jpg' : media_type.split('/')[1]}`
}
