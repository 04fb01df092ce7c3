import { sql, type Kysely } from 'kysely'
import type { Reader } from '../access/reader.ts'
import type { Database } from '../database.ts'
import { RuleViolation, type Detail } from '../rule-violation.ts'
import type { NoticeKind } from '../vocabulary.ts'
import { unprintable } from './letter.ts'
import type { NoticeRow, Words } from './notice.ts'

/** What a template may ask for: its name within, the one for people, and what it stands for. */
export const placeholders = [
  { name: 'help', label: 'Hilfe', meaning: 'Bezeichnung der Hilfe, zum Beispiel Heimerziehung, Wohngruppe' },
  { name: 'legal_basis', label: 'Rechtsgrundlage', meaning: 'Rechtsgrundlage der Hilfe, zum Beispiel § 34 SGB VIII' },
  { name: 'client', label: 'Name', meaning: 'Vor- und Nachname des jungen Menschen' },
  { name: 'birth_date', label: 'Geburtsdatum', meaning: 'Geburtsdatum des jungen Menschen' },
  { name: 'effective_on', label: 'Wirkung', meaning: 'Tag, ab dem geändert oder mit dessen Ablauf eingestellt wird' },
  { name: 'cost_contribution', label: 'Kostenbeitrag', meaning: 'Satz zum Kostenbeitrag nach der Form der Hilfe (§§ 91 bis 94 SGB VIII)' },
  { name: 'authority', label: 'Behörde', meaning: 'Name der Behörde aus dem Briefkopf' },
  { name: 'seat', label: 'Sitz', meaning: 'Amt, Straße und Ort aus dem Briefkopf' },
] as const

/** Only changes and ends take effect on a day of their own. */
export const placeholdersOf = (kind: NoticeKind) =>
  placeholders.filter(({ name }) => name !== 'effective_on' || kind === 'change' || kind === 'end')

const each = (words: Words, say: (text: string) => string): Words => ({
  subject: say(words.subject),
  opening: say(words.opening),
  closing: say(words.closing),
  remedies: say(words.remedies),
})
const asked = /\{\{([^{}]*)\}\}/g

/** A template as people read it. */
export const spoken = (words: Words): Words =>
  each(words, (text) => text.replaceAll(asked, (_, name: string) => `{{${placeholders.find((one) => one.name === name)?.label ?? name}}}`))

/** A template as it is kept. @throws RuleViolation naming each field with what it may not ask for or cannot be printed */
export const kept = async (written: Words, kind: NoticeKind): Promise<Words> => {
  const allowed = placeholdersOf(kind)
  const faults: Detail[] = []
  for (const [field, text] of Object.entries(written)) {
    const names = [...text.matchAll(asked)].map(([, name]) => name!.trim())
    const unknown = names.find((name) => !allowed.some(({ label }) => label === name))
    const rest = text.replaceAll(asked, '')
    const signs = await unprintable(rest)
    const list = allowed.map(({ label }) => `{{${label}}}`).join(', ')
    if (unknown !== undefined) faults.push({ field, message: `„{{${unknown}}}“ gibt es hier nicht. Erlaubt sind ${list}.` })
    else if (/[{}]/.test(rest))
      faults.push({ field, message: `Ein Platzhalter steht in zwei geschweiften Klammern. Erlaubt sind ${list}.` })
    else if (signs.length > 0) faults.push({ field, message: `enthält Zeichen, die sich nicht drucken lassen: ${signs.join(' ')}` })
  }
  if (faults.length > 0) throw new RuleViolation('template_words', faults)
  return each(written, (text) =>
    text.replaceAll(asked, (_, label: string) => `{{${placeholders.find((one) => one.label === label.trim())!.name}}}`),
  )
}

/** The words that hold for a reader's authority: its own, else those of its state, else those delivered; the newest first. */
export const templatesFor = (db: Kysely<Database>, { federal_state, youth_authority_id }: Reader, kind: NoticeKind, today: string) =>
  db
    .selectFrom('notice_template')
    .where('notice_template.kind', '=', kind)
    .where('valid_from', '<=', today)
    .where((eb) =>
      eb.or([
        eb('notice_template.youth_authority_id', '=', youth_authority_id),
        eb('notice_template.federal_state', '=', federal_state),
        eb('notice_template.written_by', 'is', null),
      ]),
    )
    .orderBy(sql`notice_template.youth_authority_id is null, notice_template.federal_state is null`)
    .orderBy('version', 'desc')

/** An invented notice, to show how a template reads. */
export const inventedNotice = (kind: NoticeKind, words: Words, today: string): NoticeRow => ({
  id: '',
  case_id: '',
  kind,
  state: 'draft',
  service_kind: 's34',
  booking_id: null,
  addressee_name: 'Alex Beispiel',
  addressee_street: 'Musterweg 1',
  addressee_town: '12345 Musterstadt',
  effective_on: today,
  reasons: 'Hier steht die Begründung, die zu jedem Bescheid geschrieben wird. Person und Hilfe dieser Vorschau sind erfunden.',
  year: null,
  number: null,
  version: 1,
  corrects: null,
  document_id: null,
  changed_at: today,
  issued_on: null,
  abbreviation: 'XX',
  case_number: '2026-00000',
  words,
  legal_basis: '§ 34 SGB VIII',
  service_kind_label: 'Heimerziehung, Wohngruppe',
  form: 'stationaer',
  given_name: 'Kim',
  family_name: 'Beispiel',
  birth_date: '2012-05-04',
  caseworker: 'Chris Fachkraft',
  first_day: today,
  last_day: today,
  unit: 'day',
  units_per_week: [7],
  units_from: [today],
  facility_name: 'Wohngruppe Beispielhaus',
  provider_name: 'Beispielträger gGmbH',
  former_issued_on: null,
})
