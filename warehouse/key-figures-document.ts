import { readFile, writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { keyFigures, movedText, type KeyFigure } from './key-figures.ts'

export const documentFile = new URL('./KEY-FIGURES.md', import.meta.url)

const units: Record<KeyFigure['unit'], string> = {
  cases: 'Fälle',
  cents: 'Euro, auf den Cent',
  cents_per_unit: 'Euro je Tag oder Fachleistungsstunde',
  ratio: 'Prozent',
  days: 'Tage',
  per_10000: 'je 10.000 Einwohner unter 21',
  searches: 'Suchen',
  reservations: 'Reservierungen',
  entries: 'Einträge',
}
const directions: Record<KeyFigure['better'], string> = {
  lower: 'weniger ist besser',
  higher: 'mehr ist besser',
  neither: 'keine Richtung ist besser',
}

const section = (figure: KeyFigure): string => {
  const facts = [
    ['Kennung', `\`${figure.name}\``],
    ['Zähler', figure.numerator],
    ['Nenner', figure.denominator ?? 'keiner'],
    ['Summe', figure.totals],
    ['Einheit', units[figure.unit]],
    ['Bewertung', directions[figure.better]],
    ['Laufender Monat', figure.flow ? 'wird gezeigt, zählt aber nicht im Durchschnitt' : 'zählt wie geplant bis zu seinem Ende'],
    ['Spezialisierung', figure.by_specialisation ? 'wählbar' : 'nicht sinnvoll (x)'],
    ['Geheimhaltung', figure.rests_on.length > 0 ? 'Werte mit 1 oder 2 Fällen dahinter sind geheim' : 'sagt nichts über Personen'],
    ['Grundlage', figure.legal_basis],
    ['Quelle', figure.source],
    ['Nachträglich', movedText(figure)],
  ]
  return [
    `### ${figure.label}`,
    '',
    figure.definition,
    '',
    '| | |',
    '| --- | --- |',
    ...facts.map(([name, text]) => `| ${name} | ${text} |`),
  ].join('\n')
}

/** The catalogue of all key figures, from the registry. */
export const keyFiguresDocument = async (): Promise<string> => {
  const groups = [...new Set(keyFigures.map(({ group }) => group))]
  const text = [
    '# Kennzahlen',
    'Generated from `key-figures.ts` by `npm run generate`. Do not edit.',
    ...groups.flatMap((group) => [`## ${group}`, ...keyFigures.filter((figure) => figure.group === group).map(section)]),
  ].join('\n\n')
  return format(text, { ...(await resolveConfig(documentFile)), parser: 'markdown' })
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const text = await keyFiguresDocument()
  const written = text !== (await readFile(documentFile, 'utf8').catch(() => ''))
  if (written) await writeFile(documentFile, text)
  process.stdout.write(`warehouse/KEY-FIGURES.md ${written ? 'written' : 'is up to date'}\n`)
}
