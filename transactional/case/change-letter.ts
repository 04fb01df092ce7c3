import { createHash } from 'node:crypto'
import type { Transaction } from 'kysely'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { addDocument } from '../file/document.ts'
import { weeklyText } from '../file/notice.ts'
import { colours } from '../paper.ts'
import { berlinDay, dayText } from '../placement/period.ts'
import { authorityChangeReasonLabels, unitLabels } from '../vocabulary.ts'
import type { AuthorityChangeWithHelps } from './authority-change.ts'
import { heading, instantText, line, write, writePaper, type Writing } from './writing.ts'

const { muted } = colours
const money = new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' })

const title = 'Mitteilung über den Zuständigkeitswechsel'

const helpsIn = (writing: Writing, { helps, billed_until }: AuthorityChangeWithHelps) => {
  heading(writing, 'Hilfen am Tag des Wechsels')
  if (helps.length === 0) write(writing, 'Es läuft keine Hilfe.', { above: 4 })
  for (const help of helps) {
    const { legal_basis, service_kind_label, first_day, last_day, facility_name, provider_name, rate_cents, unit, units_per_week } = help
    write(writing, `${legal_basis}, ${service_kind_label}: ${dayText(first_day)} bis ${dayText(last_day)}`, { face: 'semibold', above: 8 })
    write(writing, provider_name === null ? 'Außerhalb des Portals vereinbart' : `${facility_name}, ${provider_name}`, { above: 2 })
    write(writing, `${money.format(rate_cents / 100)} je ${unitLabels[unit]}, ${weeklyText(units_per_week, unit)}`, { above: 2 })
  }
  if (billed_until !== null) line(writing, 'Abgerechnet bis', dayText(billed_until))
}

type Continued = { continued_on: string; at: Date; by: string }

const body = (writing: Writing, change: AuthorityChangeWithHelps, continued: Continued | undefined) => {
  const { former_authority, new_authority, case_number, client, change_on, reason, note, conference_on, announced_at, announced_by } =
    change
  write(writing, former_authority, { colour: muted })
  write(writing, title, { tag: 'H1', face: 'semibold', size: 20, above: 4 })
  write(writing, 'Übergabe der Fallverantwortung nach § 86c Abs. 2 SGB VIII', { colour: muted, above: 2 })
  writing.doc.y += 10
  line(writing, 'An', new_authority)
  if (case_number !== null) line(writing, 'Fall', case_number)
  if (client) line(writing, 'Junger Mensch', `${client.given_name} ${client.family_name}, geboren am ${dayText(client.birth_date)}`)
  line(writing, 'Zuständig ab', dayText(change_on))
  line(writing, 'Grund', authorityChangeReasonLabels[reason])
  line(writing, 'Übergabegespräch mit der Familie', conference_on === null ? 'noch zu vereinbaren' : dayText(conference_on))
  line(writing, 'Mitgeteilt', `${instantText(announced_at)}, ${announced_by}`)
  if (note !== null) {
    heading(writing, 'Was für die Fortsetzung wichtig ist')
    write(writing, note, { above: 4 })
  }
  helpsIn(writing, change)
  heading(writing, 'Wer leistet und zahlt')
  const law =
    'Bis das neue Jugendamt die Hilfe fortsetzt, leistet das bisherige weiter (§ 86c Abs. 1 SGB VIII). Was es ab dem Wechsel aufwendet, wird ihm erstattet (§ 89c SGB VIII).'
  write(writing, law, { above: 4 })
  if (continued) {
    heading(writing, 'Fortsetzung')
    write(writing, `${new_authority} setzt die Hilfe ab dem ${dayText(continued.continued_on)} fort.`, { above: 4 })
    line(writing, 'Eingetragen', `${instantText(continued.at.toISOString())}, ${continued.by}`)
  }
}

type Filing = { case_id: string; change: AuthorityChangeWithHelps; continued?: Continued; now: Date }

/** What one authority tells the other lies in the file: with the former one when it is announced, with whoever writes down the continuation then. */
export const fileChangeLetter = async (trx: Transaction<Database>, reader: Reader, { case_id, change, continued, now }: Filing) => {
  const info = { title, author: change.former_authority, at: now }
  const footer = `${title} · Vorgang ${change.id.slice(-8)}`
  const { content, pages } = await writePaper(info, footer, (writing) => body(writing, change, continued))
  const sha256 = createHash('sha256').update(content).digest()
  const of = change.incoming ? `von ${change.former_authority}` : `an ${change.new_authority}`
  const named = { case_id, title: `Zuständigkeitswechsel ${of}${continued ? ': Fortsetzung' : ''}`, kind: 'correspondence' as const }
  // our own document: there is nothing to look for
  const checked = { content, sha256, scanned: true, media_type: 'application/pdf' as const, words: 'read' as const, pages }
  await addDocument(trx, reader, checked, { ...named, dated_on: berlinDay(now) }, now)
}
