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

/** A page with a title and paragraphs, that says it is invented. */
export const pdfOf = async ({ title, text }: Pick<Paper, 'title' | 'text'>): Promise<Buffer> => {
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

/** Cases with something under way, those first that a caseworker sees first: what is asked for, and whose help plan is longest due. */
const FILES = `
  create temp table file on commit drop as
  select "case".id, coalesce("case".caseworker_id, account.id) as account_id, "case".begin_on
  from "case"
  join case_link on case_link.case_id = "case".id
  join lateral (
    select user_account.id from user_account join user_role on user_role.user_account_id = user_account.id
    where user_account.youth_authority_id = "case".youth_authority_id and role = 'caseworker' order by user_account.id limit 1
  ) as account on true
  join (
    select case_key, min(since) as since
    from (
      select case_key, '-infinity'::date as since from reservation
      where youth_authority_id = any($1) and state in ('reserved', 'requested', 'consented')
      union all
      select case_key, coalesce((select max(reviewed_on) from care_plan_review where booking_id = booking.id), first_day) from booking
      where youth_authority_id = any($1) and not cancelled and end_reason is null and first_day <= $2::date
    ) as helps group by case_key
  ) as under_way on under_way.case_key = case_link.case_key
  where "case".client_id is not null
  order by since, "case".id limit 400`

const WRITE = `
  with written as (
    insert into document (case_id, title, kind, dated_on, media_type, bytes, sha256, words, pages, added_at, added_by)
    select id, $2, $3, least(begin_on + $4::integer, $1::date), 'application/pdf', octet_length($5::bytea), $6, 'read', 1,
      least(begin_on + $4::integer, $1::date) + time '09:30', account_id
    from file
    returning id, added_at, added_by
  ),
  content as (insert into document_content select id, $5 from written),
  page as (insert into document_page (document_id, page, text) select id, 1, $7 from written)
  insert into document_step (document_id, step, at, user_account_id) select id, 'added', added_at, added_by from written`

/** Whose notices say where they come from; the addresses are invented. */
const LETTERHEADS: Record<string, [name: string, town: string]> = {
  '13075': ['Landkreis Vorpommern-Greifswald', '17489 Greifswald'],
  '13003': ['Hanse- und Universitätsstadt Rostock', '18055 Rostock'],
}

const LETTERHEAD = `
  insert into letterhead (youth_authority_id, name, office, street, town, telephone, changed_at, changed_by)
  select $1, $2, 'Jugendamt', 'Musterstraße 1', $3, '0385 0000-0', $4::date,
    (select user_account.id from user_account join user_role on user_role.user_account_id = user_account.id
      where user_account.youth_authority_id = $1 and role = 'caseworker' order by user_account.id limit 1)`

/** Drafts of notices about what is booked in these files. */
const DRAFTS = `
  insert into notice (case_id, youth_authority_id, kind, template_version, service_kind, booking_id, addressee_name, addressee_street,
    addressee_town, reasons, drafted_at, drafted_by, changed_at)
  select distinct on (file.id) file.id, booking.youth_authority_id, 'grant', 1, booking.service_kind, booking.id, 'Familie ' || family_name,
    'Hafenstraße ' || 1 + length(family_name), letterhead.town, $2, $1::date + time '08:00', file.account_id, $1::date + time '08:00'
  from file
  join case_link on case_link.case_id = file.id
  join booking on booking.case_key = case_link.case_key and not booking.cancelled and booking.end_reason is null
  join "case" on "case".id = file.id
  join client on client.id = "case".client_id
  join letterhead on letterhead.youth_authority_id = booking.youth_authority_id
  order by file.id, booking.first_day desc`

const REASONS = [
  'Eine dem Wohl des jungen Menschen entsprechende Erziehung ist ohne Hilfe nicht gewährleistet, die Hilfe ist für die Entwicklung geeignet und notwendig (§ 27 Absatz 1 SGB VIII). Das ergibt sich aus dem Antrag, der Stellungnahme der Schule und dem Hilfeplangespräch.',
  'Mehrere Fachkräfte haben über die Art der Hilfe gemeinsam entschieden (§ 36 Absatz 2 SGB VIII). Dem Wunsch nach dieser Einrichtung konnte entsprochen werden (§ 5 SGB VIII).',
].join('\n\n')

/** Papers in the files with something under way, of the authorities that demonstration accounts belong to. */
export const writeDocuments = async (client: pg.Client, authorities: readonly string[], today: string): Promise<void> => {
  await client.query(FILES, [authorities, today])
  for (const paper of PAPERS) {
    const content = await pdfOf(paper)
    const sha256 = createHash('sha256').update(content).digest()
    const words = [paper.title, ...paper.text].join('\n')
    await client.query(WRITE, [today, paper.title, paper.kind, paper.days, content, sha256, words])
  }
  for (const authority of authorities) {
    const [name, town] = LETTERHEADS[authority]!
    await client.query(LETTERHEAD, [authority, name, town, today])
  }
  await client.query(DRAFTS, [today, REASONS])
}
