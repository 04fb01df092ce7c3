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

export const noticeTitle = ({ kind, reference }: Pick<Notice, 'kind' | 'reference'>): string =>
  reference === null ? noticeKindLabels[kind] : `${noticeKindLabels[kind]} ${reference}`

export const noticeStateText = ({ issued_on, changed_at, corrected }: Pick<Notice, 'issued_on' | 'changed_at' | 'corrected'>): string => {
  if (issued_on === null) return `Entwurf, zuletzt geändert ${minuteText(changed_at)}`
  return corrected ? `Erlassen am ${dateText(issued_on)}, durch eine neue Fassung ersetzt` : `Erlassen am ${dateText(issued_on)}`
}
