// Notices without their pages: how they read and where they stand.
import { choiceIn } from '../../choice.ts'
import type { Notice } from '../../client.ts'
import { dateText, minuteText } from '../../format.ts'
import { noticePath } from '../../route.ts'
import type { NoticeKind } from '../../../transactional/vocabulary.ts'

export const { read: readNoticeChoice, write: writeNoticeChoice } = choiceIn(['notice'])
export const noticeHref = (id: string) => noticePath + writeNoticeChoice({ notice: id })

export const noticeKindLabels: Record<NoticeKind, string> = {
  grant: 'Bewilligung',
  change: 'Änderung',
  refusal: 'Ablehnung',
  end: 'Einstellung',
}

/** What a notice is to be about; `ended`: the end of the help is recorded. */
export type About = { case_id: string; service_kind: string; booking_id: string | null; ended: boolean }

/** What is to be told of a help next: that it is granted, once that is told that it changes, at last that it ends. */
export const dueKind = ({ booking_id, ended }: About, notices: Pick<Notice, 'booking_id' | 'kind' | 'state'>[]): NoticeKind => {
  if (ended) return 'end'
  const isGranted = notices.some((notice) => notice.booking_id === booking_id && notice.kind === 'grant' && notice.state === 'issued')
  return booking_id !== null && isGranted ? 'change' : 'grant'
}

export const noticeTitle = ({ kind, reference }: Pick<Notice, 'kind' | 'reference'>): string =>
  reference === null ? noticeKindLabels[kind] : `${noticeKindLabels[kind]} ${reference}`

export const noticeStateText = ({ issued_on, changed_at, corrected }: Pick<Notice, 'issued_on' | 'changed_at' | 'corrected'>): string => {
  if (issued_on === null) return `Entwurf, zuletzt geändert ${minuteText(changed_at)}`
  return corrected ? `Erlassen am ${dateText(issued_on)}, durch eine neue Fassung ersetzt` : `Erlassen am ${dateText(issued_on)}`
}
