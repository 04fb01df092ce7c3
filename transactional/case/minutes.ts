import { colours } from '../paper.ts'
import { consultationDecisionLabels, voteLabels, votes } from '../vocabulary.ts'
import type { Consultation } from './consultation.ts'
import { dayText } from '../placement/period.ts'
import { heading, instantText, line, write, writePaper, type Writing } from './writing.ts'

const { muted } = colours

/** "3 zugestimmt, 1 abgelehnt, 0 enthalten, 1 ohne Stimme". */
const countText = ({ participants }: Consultation): string => {
  const voters = participants.filter((each) => !each.external || each.vote !== null)
  const counted = votes.map((vote) => `${voters.filter((each) => each.vote === vote).length} ${voteLabels[vote]}`)
  const silent = voters.filter(({ vote }) => vote === null).length
  return [...counted, ...(silent > 0 ? [`${silent} ohne Stimme`] : [])].join(', ')
}

const body = (writing: Writing, { consultation, authority_name, decided_at }: Told) => {
  const { case_number, about, held_on, question, participants, decision, decision_reason, decided_by, opened_by } = consultation
  write(writing, authority_name, { colour: muted })
  write(writing, 'Protokoll der Teamberatung', { tag: 'H1', face: 'semibold', size: 20, above: 4 })
  write(writing, 'Zusammenwirken mehrerer Fachkräfte nach § 36 Abs. 2 SGB VIII', { colour: muted, above: 2 })
  writing.doc.y += 10
  line(writing, 'Fall', case_number)
  if (about !== null) line(writing, 'Beraten über', about)
  line(writing, 'Tag der Beratung', dayText(held_on))
  line(writing, 'Einberufen von', opened_by)
  heading(writing, 'Was beraten wurde')
  write(writing, question, { above: 4 })
  heading(writing, 'Wer beraten hat')
  for (const { name, function: role, external, vote, statement, recorded_by, voted_at } of participants) {
    const voted = vote === null ? 'keine Stimme abgegeben' : voteLabels[vote]
    write(writing, `${name}, ${role}${external ? ', extern' : ''}: ${voted}`, { face: 'semibold', above: 8 })
    if (recorded_by !== null)
      write(writing, `Im Auftrag erfasst von ${recorded_by}, ${instantText(voted_at!)}`, { colour: muted, above: 2 })
    if (statement !== null) write(writing, statement, { above: 2 })
  }
  heading(writing, 'Was entschieden wurde')
  write(writing, consultationDecisionLabels[decision!], { face: 'semibold', above: 4 })
  write(writing, decision_reason!, { above: 4 })
  line(writing, 'Stimmen', countText(consultation))
  line(writing, 'Eingetragen', `${instantText(decided_at)}, ${decided_by}`)
}

export type Told = { consultation: Consultation; authority_name: string; decided_at: string }

/** The minutes of a decided consultation, and their words page by page. */
export const minutesPdf = (told: Told) => {
  const title = 'Protokoll der Teamberatung'
  const info = { title, author: told.authority_name, at: new Date(told.decided_at) }
  return writePaper(info, `${title} · Fall ${told.consultation.case_number}`, (writing) => body(writing, told))
}
