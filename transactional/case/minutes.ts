import { colours, openPaper, type Face } from '../paper.ts'
import { consultationDecisionLabels, voteLabels, votes } from '../vocabulary.ts'
import type { Consultation } from './consultation.ts'

/** `words`: what has been written, page by page. */
type Writing = { doc: PDFKit.PDFDocument; root: PDFKit.PDFStructureElement; words: string[][] }

const { ink, muted } = colours
const margins = { top: 64, bottom: 80, left: 71, right: 57 }

const dayText = (day: string) => day.split('-').reverse().join('.')
const minute = new Intl.DateTimeFormat('de-DE', { timeZone: 'Europe/Berlin', dateStyle: 'medium', timeStyle: 'short' })
const instantText = (instant: string) => `${minute.format(new Date(instant))} Uhr`

type Style = { tag?: string; face?: Face; size?: number; colour?: string; above?: number }
const write = (
  { doc, root, words }: Writing,
  text: string,
  { tag = 'P', face = 'regular', size = 10.5, colour = ink, above = 0 }: Style = {},
) => {
  const draw = () => doc.font(face).fontSize(size).fillColor(colour).text(text, { lineGap: 3 })
  doc.y += above
  ;(words[doc.bufferedPageRange().count - 1] ??= []).push(text)
  const part = doc.struct(tag)
  root.add(part)
  part.add(draw).end()
}
const heading = (writing: Writing, text: string) => {
  // a heading does not stand alone at the foot of a page
  if (writing.doc.y > writing.doc.page.height - margins.bottom - 60) writing.doc.addPage()
  write(writing, text, { tag: 'H2', face: 'semibold', size: 13, above: 18 })
}
const line = (writing: Writing, term: string, text: string) => write(writing, `${term}: ${text}`, { above: 2 })

/** "3 zugestimmt, 1 abgelehnt, 0 enthalten, 1 ohne Stimme". */
const countText = ({ participants }: Consultation): string => {
  const voters = participants.filter((each) => !each.external || each.vote !== null)
  const counted = votes.map((vote) => `${voters.filter((each) => each.vote === vote).length} ${voteLabels[vote]}`)
  const silent = voters.filter(({ vote }) => vote === null).length
  return [...counted, ...(silent > 0 ? [`${silent} ohne Stimme`] : [])].join(', ')
}

const body = (writing: Writing, { consultation, authority_name, decided_at }: Told) => {
  const { case_number, held_on, question, participants, decision, decision_reason, decided_by, opened_by } = consultation
  write(writing, authority_name, { colour: muted })
  write(writing, 'Protokoll der Teamberatung', { tag: 'H1', face: 'semibold', size: 20, above: 4 })
  write(writing, 'Zusammenwirken mehrerer Fachkräfte nach § 36 Abs. 2 SGB VIII', { colour: muted, above: 2 })
  writing.doc.y += 10
  line(writing, 'Fall', case_number)
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

const footers = (doc: PDFKit.PDFDocument, text: string) => {
  const { count } = doc.bufferedPageRange()
  for (let page = 0; page < count; page++) {
    doc.switchToPage(page)
    // the footer stands below the text's lower margin
    doc.page.margins.bottom = 0
    doc.markContent('Artifact', { type: 'Pagination' })
    doc.font('regular').fontSize(8).fillColor(muted)
    doc.text(`${text} · Seite ${page + 1} von ${count}`, margins.left, doc.page.height - 48, { lineBreak: false })
    doc.endMarkedContent()
  }
}

export type Told = { consultation: Consultation; authority_name: string; decided_at: string }

/** The minutes of a decided consultation, tagged so that they can be read aloud, and their words page by page. */
export const minutesPdf = async (told: Told): Promise<{ content: Buffer; pages: string[] }> => {
  const info = { title: 'Protokoll der Teamberatung', author: told.authority_name, at: new Date(told.decided_at) }
  const { doc, root, close } = await openPaper(info, { subset: 'PDF/UA', margins, bufferPages: true })
  const words: string[][] = []
  body({ doc, root, words }, told)
  footers(doc, `Protokoll der Teamberatung · Fall ${told.consultation.case_number}`)
  return { content: await close(), pages: Array.from(words, (lines = []) => lines.join('\n')) }
}
