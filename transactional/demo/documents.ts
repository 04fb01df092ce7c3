import { createHash } from 'node:crypto'
import { once } from 'node:events'
import PdfDocument from 'pdfkit'
import type pg from 'pg'
import type { DocumentKind } from '../vocabulary.ts'

type Paper = { title: string; kind: DocumentKind; days: number; text: string[] }

/** What lies in many a file; nobody is named in it. `days` after the case began. */
const PAPERS: Paper[] = [
  {
    title: 'Antrag auf Hilfe zur Erziehung',
    kind: 'application',
    days: 0,
    text: [
      'Hiermit beantrage ich Hilfe zur Erziehung nach § 27 SGB VIII.',
      'Der Alltag zu Hause ist seit längerer Zeit sehr belastet. In der Schule kommt es zu Fehlzeiten, Absprachen halten nicht lange. Eine Beratungsstelle haben wir besucht, das reicht nicht mehr aus.',
      'Ich wünsche mir Unterstützung im Umgang mit Konflikten und bei der Zusammenarbeit mit der Schule.',
    ],
  },
  {
    title: 'Stellungnahme der Schule',
    kind: 'report',
    days: 9,
    text: [
      'Im laufenden Schuljahr sind 23 Fehltage verzeichnet, davon 14 unentschuldigt. Die Leistungen liegen in Deutsch und Mathematik unter den Möglichkeiten.',
      'In kleinen Gruppen gelingt konzentriertes Arbeiten gut. Der Sportunterricht wird regelmäßig besucht, das Verhältnis zur Klassenleitung ist vertrauensvoll.',
      'Wir halten eine Begleitung am Nachmittag und feste Ansprechpersonen für sinnvoll.',
    ],
  },
  {
    title: 'Protokoll des Hilfeplangesprächs',
    kind: 'minutes',
    days: 15,
    text: [
      'Teilgenommen haben der junge Mensch, ein Elternteil, die Schulsozialarbeit und die fallführende Fachkraft.',
      'Ziele: regelmäßiger Schulbesuch, ein verlässlicher Tagesablauf, weniger Streit am Abend. Erreicht sind sie, wenn vier Wochen ohne unentschuldigte Fehltage vergangen sind.',
      'Vereinbart: Die Hilfe beginnt zum nächstmöglichen Tag. Nach sechs Monaten wird der Hilfeplan fortgeschrieben.',
    ],
  },
]

const pdfOf = async ({ title, text }: Paper): Promise<Buffer> => {
  const doc = new PdfDocument({ size: 'A4', margin: 72, lang: 'de-DE', info: { Title: title, CreationDate: new Date(0) } })
  const parts: Buffer[] = []
  doc.on('data', (part: Buffer) => parts.push(part))
  const ended = once(doc, 'end')
  doc.font('Helvetica-Bold').fontSize(16).text(title).moveDown()
  doc.font('Helvetica').fontSize(11)
  for (const paragraph of text) doc.text(paragraph, { lineGap: 3 }).moveDown()
  doc.fontSize(8).text('Erfundenes Dokument der Demonstration')
  doc.end()
  await ended
  return Buffer.concat(parts)
}

/** Cases with something under way that a caseworker sees first. */
const FILES = `
  select "case".id, coalesce("case".caseworker_id, account.id) as account_id, "case".begin_on
  from "case"
  join case_link on case_link.case_id = "case".id
  join lateral (
    select user_account.id from user_account join user_role on user_role.user_account_id = user_account.id
    where user_account.youth_authority_id = "case".youth_authority_id and role = 'caseworker' order by user_account.id limit 1
  ) as account on true
  where "case".youth_authority_id = any($1) and "case".client_id is not null and (
    exists (select from reservation where reservation.case_key = case_link.case_key and state in ('reserved', 'requested', 'consented'))
    or exists (select from booking where booking.case_key = case_link.case_key and not cancelled and end_reason is null
      and last_day between $2::date - 30 and $2::date + 30)
  )
  order by "case".id desc limit 400`

const WRITE = `
  with file as (${FILES}),
  written as (
    insert into document (case_id, title, kind, dated_on, media_type, bytes, sha256, words, pages, added_at, added_by)
    select id, $3, $4, least(begin_on + $5::integer, $2::date), 'application/pdf', octet_length($6::bytea), $7, 'read', 1,
      least(begin_on + $5::integer, $2::date) + time '09:30', account_id
    from file
    returning id, added_at, added_by
  ),
  content as (insert into document_content select id, $6 from written),
  page as (insert into document_page (document_id, page, text) select id, 1, $8 from written)
  insert into document_step (document_id, step, at, user_account_id) select id, 'added', added_at, added_by from written`

/** Papers in the files with something under way, of the authorities that demonstration accounts belong to. */
export const writeDocuments = async (client: pg.Client, authorities: readonly string[], today: string): Promise<void> => {
  for (const paper of PAPERS) {
    const content = await pdfOf(paper)
    const sha256 = createHash('sha256').update(content).digest()
    const words = [paper.title, ...paper.text].join('\n')
    await client.query(WRITE, [authorities, today, paper.title, paper.kind, paper.days, content, sha256, words])
  }
}
