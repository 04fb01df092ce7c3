/**
 * The one home of every key figure (domain.md 3): what it means, how it is computed, whom it protects, how it is shown.
 * API, table, charts, exports, KEY-FIGURES.md and glossary read it from here.
 */
export type KeyFigure = {
  name: string
  label: string
  group: 'Fälle' | 'Entgelte' | 'Geld' | 'Belegung' | 'Verlauf'
  /** What a citizen understands. */
  definition: string
  /** Numerator and denominator in words; a denominator of null means the figure is an amount. */
  numerator: string
  denominator: string | null
  totals: string
  legal_basis: string
  source: string
  /** What lets a value of the past rise and fall later, in words that follow "durch". */
  moved_by: { up: string; down: string }
  /** `cents` and `cents_per_unit` are integer cents, `ratio` is 0..1. */
  unit: 'cases' | 'cents' | 'cents_per_unit' | 'ratio' | 'days' | 'per_10000' | 'searches' | 'reservations' | 'entries'
  /** Digits after the comma where the value is not whole anyway. */
  digits: number
  better: 'lower' | 'higher' | 'neither'
  /** A flow of a month still running is shown, marked, and stays out of the mean. */
  flow: boolean
  by_specialisation: boolean
  /** The measures whose cases protect it: a cell is secret where any of them has too few. Empty: tells nothing about persons. */
  rests_on: string[]
  /** Whether the paying authority's own controllers see their own row uncontrolled. */
  own_row_open: boolean
  compute: Compute
}

export type Compute =
  /** Σ measure: Summe is the sum. `divided_by` spreads a yearly amount over its months. */
  | { from: 'sum'; measure: string; divided_by?: number }
  /** Σ numerator ÷ Σ denominator, `cumulated` from January on. Nothing in the denominator: no value. */
  | { from: 'ratio'; numerator: string; denominator: string; cumulated?: true }
  /** Per 10,000 inhabitants under 21; the EW average is Σ/Σ too. */
  | { from: 'density'; measure: string }
  /** An order statistic of a histogram; `standing`: of what lasts, kept by its changes. `per_unit` chooses the series of the view's unit (day, unless the service kind is hourly). */
  | { from: 'statistic'; mart: string; series: string; standing?: true; per_unit: boolean; pick: 'lowest' | 'highest' | 'median' }

const sumOfRows = 'Summe aller örtlichen Träger, geheime Werte eingeschlossen'
const quotientOfSums = 'Summe der Zähler geteilt durch Summe der Nenner aller örtlichen Träger'
const bookings = 'SoJuS, Buchungen'
const reservations = 'SoJuS, Reservierungen'
const waitingLists = 'SoJuS, Wartelisten'
const lasting = {
  up: 'später erfasste oder verlängerte Buchungen',
  down: 'früher beendete oder stornierte Buchungen und Berichtigungen',
}
const begun = { up: 'später erfasste Buchungen', down: 'stornierte oder berichtigte Buchungen' }
const ended = { up: 'später erfasste Enden', down: 'zurückgenommene oder berichtigte Enden' }
const either = (what: string) => ({ up: what, down: what })
const endedOtherwise = either('später erfasste, zurückgenommene oder berichtigte Enden')
const reservedLater = { up: 'später erfasste Reservierungen', down: 'berichtigte Reservierungen' }
const waitedOtherwise = either('später erfasste Enden des Wartens')
const helpPlanning = '§§ 27 ff., 36, 79 SGB VIII'

const rateFigure = (pick: 'lowest' | 'highest' | 'median', word: string): KeyFigure => ({
  name: { lowest: 'rate_min', highest: 'rate_max', median: 'rate_median' }[pick],
  label: `Entgelt: ${word}`,
  group: 'Entgelte',
  definition: `${word} der Entgelte aller Buchungen, die in der Fallzahl des Monats zählen. Es gilt das Entgelt am letzten Leistungstag des Monats: je Tag, bei stundenweisen Hilfearten je Fachleistungsstunde; Pauschalen bleiben außen vor.`,
  numerator: `${word} der Tages- oder Stundenentgelte`,
  denominator: null,
  totals: `${word} über die Buchungen aller örtlichen Träger`,
  legal_basis: '§§ 77, 78a ff. SGB VIII',
  source: bookings,
  moved_by: either('später erfasste, stornierte oder berichtigte Buchungen und ihre Entgelte'),
  unit: 'cents_per_unit',
  digits: 2,
  better: 'neither',
  flow: false,
  by_specialisation: true,
  rests_on: ['rated', 'case_count'],
  own_row_open: true,
  compute: { from: 'statistic', mart: 'booking_rate_values', series: 'rate', per_unit: true, pick },
})

const offerRateFigure = (pick: 'lowest' | 'highest' | 'median', word: string): KeyFigure => ({
  ...rateFigure(pick, word),
  name: { lowest: 'offer_rate_min', highest: 'offer_rate_max', median: 'offer_rate_median' }[pick],
  label: `Angebotsentgelt: ${word}`,
  definition: `${word} der am Monatsletzten gültigen Entgelte aller Angebote, deren Einrichtung im Gebiet liegt, ob belegt oder nicht.`,
  numerator: `${word} der Entgelte der Angebote`,
  totals: `${word} über die Angebote aller örtlichen Träger`,
  source: 'SoJuS, Entgeltvereinbarungen der Angebote',
  moved_by: either('später eingetragene oder berichtigte Entgelte der Angebote'),
  rests_on: [],
  compute: { from: 'statistic', mart: 'offer_rate_changes', series: 'offer_rate', standing: true, per_unit: true, pick },
})

export const keyFigures: KeyFigure[] = [
  {
    name: 'case_count',
    label: 'Fallzahl',
    group: 'Fälle',
    definition: 'Buchungen mit mindestens einem Leistungstag im Monat, gezählt beim zahlenden örtlichen Träger.',
    numerator: 'Buchungen mit Leistungstag im Monat',
    denominator: null,
    totals: sumOfRows,
    legal_basis: helpPlanning,
    source: bookings,
    moved_by: lasting,
    unit: 'cases',
    digits: 0,
    better: 'neither',
    flow: false,
    by_specialisation: true,
    rests_on: ['case_count'],
    own_row_open: true,
    compute: { from: 'sum', measure: 'case_count' },
  },
  {
    name: 'case_stock',
    label: 'Bestand am Monatsende',
    group: 'Fälle',
    definition: 'Buchungen, die am letzten Tag des Monats laufen. Im laufenden Monat gilt das geplante Ende.',
    numerator: 'am Monatsletzten laufende Buchungen',
    denominator: null,
    totals: sumOfRows,
    legal_basis: helpPlanning,
    source: bookings,
    moved_by: lasting,
    unit: 'cases',
    digits: 0,
    better: 'neither',
    flow: false,
    by_specialisation: true,
    rests_on: ['case_stock'],
    own_row_open: true,
    compute: { from: 'sum', measure: 'case_stock' },
  },
  {
    name: 'cases_begun',
    label: 'Begonnene Hilfen',
    group: 'Fälle',
    definition: 'Buchungen, deren erster Tag im Monat liegt.',
    numerator: 'Buchungen mit erstem Tag im Monat',
    denominator: null,
    totals: sumOfRows,
    legal_basis: helpPlanning,
    source: bookings,
    moved_by: begun,
    unit: 'cases',
    digits: 0,
    better: 'neither',
    flow: true,
    by_specialisation: true,
    rests_on: ['cases_begun'],
    own_row_open: true,
    compute: { from: 'sum', measure: 'cases_begun' },
  },
  {
    name: 'cases_ended',
    label: 'Beendete Hilfen',
    group: 'Fälle',
    definition:
      'Buchungen mit festgestelltem Ende, deren letzter Tag im Monat liegt. Ein Wechsel der Einrichtung innerhalb der Hilfe ist kein Ende.',
    numerator: 'Buchungen mit letztem Tag im Monat',
    denominator: null,
    totals: sumOfRows,
    legal_basis: helpPlanning,
    source: bookings,
    moved_by: ended,
    unit: 'cases',
    digits: 0,
    better: 'neither',
    flow: true,
    by_specialisation: true,
    rests_on: ['cases_ended'],
    own_row_open: true,
    compute: { from: 'sum', measure: 'cases_ended' },
  },
  {
    name: 'case_density',
    label: 'Falldichte',
    group: 'Fälle',
    definition: 'Am Monatsletzten laufende Buchungen je 10.000 Einwohner unter 21 Jahren.',
    numerator: 'am Monatsletzten laufende Buchungen',
    denominator: 'Einwohner unter 21 Jahren ÷ 10.000 (geschätzt: unter 20 und ein Fünftel der 20- bis 25-Jährigen)',
    totals: quotientOfSums,
    legal_basis: helpPlanning,
    source: 'SoJuS, Buchungen; Bevölkerung: Destatis',
    moved_by: {
      up: 'später erfasste oder verlängerte Buchungen oder neue Einwohnerzahlen',
      down: 'früher beendete oder stornierte Buchungen, Berichtigungen oder neue Einwohnerzahlen',
    },
    unit: 'per_10000',
    digits: 1,
    better: 'neither',
    flow: false,
    by_specialisation: true,
    rests_on: ['case_stock'],
    own_row_open: true,
    compute: { from: 'density', measure: 'case_stock' },
  },
  rateFigure('lowest', 'Minimum'),
  rateFigure('highest', 'Maximum'),
  rateFigure('median', 'Median'),
  offerRateFigure('lowest', 'Minimum'),
  offerRateFigure('highest', 'Maximum'),
  offerRateFigure('median', 'Median'),
  {
    name: 'budget',
    label: 'Haushaltsansatz je Monat',
    group: 'Geld',
    definition: 'Der Haushaltsansatz des Jahres, geteilt durch zwölf.',
    numerator: 'Haushaltsansatz des Jahres',
    denominator: '12 Monate',
    totals: sumOfRows,
    legal_basis: '§ 79 SGB VIII, Gemeindehaushaltsrecht',
    source: 'SoJuS, Haushaltsansätze der örtlichen Träger',
    moved_by: { up: 'später eingetragene oder erhöhte Haushaltsansätze', down: 'gesenkte Haushaltsansätze' },
    unit: 'cents',
    digits: 2,
    better: 'neither',
    flow: false,
    by_specialisation: false,
    rests_on: [],
    own_row_open: true,
    compute: { from: 'sum', measure: 'budget', divided_by: 12 },
  },
  {
    name: 'budget_share_paid',
    label: 'Ausgeschöpfter Haushaltsansatz',
    group: 'Geld',
    definition: 'Auszahlungen von Januar bis zum Monat, geteilt durch den Haushaltsansatz des Jahres.',
    numerator: 'Auszahlungen Januar bis Monat',
    denominator: 'Haushaltsansatz des Jahres',
    totals: quotientOfSums,
    legal_basis: '§ 79 SGB VIII, Gemeindehaushaltsrecht',
    source: 'SoJuS, Zahlungen und Haushaltsansätze',
    moved_by: {
      up: 'später erfasste Zahlungen oder gesenkte Haushaltsansätze',
      down: 'stornierte Zahlungen oder erhöhte Haushaltsansätze',
    },
    unit: 'ratio',
    digits: 1,
    better: 'neither',
    flow: true,
    by_specialisation: false,
    rests_on: ['payments'],
    own_row_open: true,
    compute: { from: 'ratio', numerator: 'payments', denominator: 'budget', cumulated: true },
  },
  {
    name: 'payments',
    label: 'Auszahlungen',
    group: 'Geld',
    definition: 'Im Monat gezahlte Beträge nach dem Tag der Zahlung, Stornierungen abgezogen.',
    numerator: 'gezahlte Beträge',
    denominator: null,
    totals: sumOfRows,
    legal_basis: '§§ 77, 78b, 91 ff. SGB VIII',
    source: 'SoJuS, Zahlungen je Rechnungszeile',
    moved_by: { up: 'später erfasste Zahlungen', down: 'stornierte Zahlungen' },
    unit: 'cents',
    digits: 2,
    better: 'neither',
    flow: true,
    by_specialisation: true,
    rests_on: ['payments'],
    own_row_open: true,
    compute: { from: 'sum', measure: 'payments' },
  },
  {
    name: 'away_bookings',
    label: 'Auswärtige Buchungen',
    group: 'Belegung',
    definition:
      'Buchungen der Fallzahl, deren Einrichtung außerhalb des Gebiets des zahlenden örtlichen Trägers liegt oder die außerhalb des Systems gebucht wurden.',
    numerator: 'Buchungen außerhalb des eigenen Gebiets',
    denominator: null,
    totals: sumOfRows,
    legal_basis: '§ 36 SGB VIII',
    source: bookings,
    moved_by: lasting,
    unit: 'cases',
    digits: 0,
    better: 'neither',
    flow: false,
    by_specialisation: true,
    rests_on: ['away_bookings'],
    own_row_open: true,
    compute: { from: 'sum', measure: 'away_bookings' },
  },
  {
    name: 'foreign_occupancy',
    label: 'Fremdbelegungen',
    group: 'Belegung',
    definition: 'Buchungen in Einrichtungen des Gebiets, die ein anderer örtlicher Träger zahlt.',
    numerator: 'Buchungen anderer örtlicher Träger im Gebiet',
    denominator: null,
    totals: `${sumOfRows}; Einrichtungen außerhalb der gezeigten Gebiete zählen nicht`,
    legal_basis: '§§ 78e, 86 SGB VIII',
    source: bookings,
    moved_by: lasting,
    unit: 'cases',
    digits: 0,
    better: 'neither',
    flow: false,
    by_specialisation: true,
    rests_on: ['foreign_occupancy'],
    own_row_open: false,
    compute: { from: 'sum', measure: 'foreign_occupancy' },
  },
  {
    name: 'occupancy_rate',
    label: 'Belegungsquote',
    group: 'Belegung',
    definition:
      'Am Monatsletzten belegte Plätze geteilt durch alle Plätze der Angebote, deren Einrichtung im Gebiet liegt, gleich welcher örtliche Träger belegt. Eine Hilfe belegt einen Platz; im laufenden Monat gilt das geplante Ende.',
    numerator: 'am Monatsletzten belegte Plätze im Gebiet',
    denominator: 'Plätze der Angebote im Gebiet, ab ihrem ersten Entgelt',
    totals: `${quotientOfSums}; Einrichtungen außerhalb der gezeigten Gebiete zählen nicht`,
    legal_basis: '§§ 79, 80 SGB VIII',
    source: 'SoJuS, Buchungen und Plätze der Angebote',
    moved_by: {
      up: 'später erfasste oder verlängerte Buchungen oder weniger Plätze',
      down: 'früher beendete oder stornierte Buchungen oder mehr Plätze',
    },
    unit: 'ratio',
    digits: 1,
    better: 'neither',
    flow: false,
    by_specialisation: false,
    rests_on: ['occupied', 'occupied_by_others'],
    own_row_open: false,
    compute: { from: 'ratio', numerator: 'occupied', denominator: 'places' },
  },
  {
    name: 'fruitless_searches',
    label: 'Ergebnislose Suchen',
    group: 'Belegung',
    definition: 'Suchen ohne ein verfügbares Angebot. Wiederholt dieselbe Person am selben Tag dieselbe Suche, zählt sie einmal.',
    numerator: 'Suchen ohne verfügbares Angebot',
    denominator: null,
    totals: sumOfRows,
    legal_basis: '§§ 79, 80 SGB VIII',
    source: 'SoJuS, HzE-Auswahl',
    moved_by: { up: 'später eingegangene Suchen', down: 'Suchen, die doch noch ein Angebot fanden' },
    unit: 'searches',
    digits: 0,
    better: 'lower',
    flow: true,
    by_specialisation: true,
    rests_on: [],
    own_row_open: true,
    compute: { from: 'sum', measure: 'fruitless_searches' },
  },
  {
    name: 'reservations',
    label: 'Reservierungen',
    group: 'Belegung',
    definition: 'Plätze, die im Monat für ein Kind, einen Jugendlichen oder eine Familie reserviert wurden, gleich was daraus wurde.',
    numerator: 'Reservierungen nach dem Tag der Reservierung',
    denominator: null,
    totals: sumOfRows,
    legal_basis: '§§ 36, 79 SGB VIII',
    source: reservations,
    moved_by: reservedLater,
    unit: 'reservations',
    digits: 0,
    better: 'neither',
    flow: true,
    by_specialisation: true,
    rests_on: ['reservations'],
    own_row_open: true,
    compute: { from: 'sum', measure: 'reservations' },
  },
  {
    name: 'declined_requests',
    label: 'Abgelehnte Anfragen',
    group: 'Belegung',
    definition: 'Anfragen nach einem reservierten Platz, die der Anbieter im Monat abgelehnt hat.',
    numerator: 'Anfragen nach dem Tag der Ablehnung',
    denominator: null,
    totals: sumOfRows,
    legal_basis: '§§ 36, 79, 80 SGB VIII',
    source: reservations,
    moved_by: reservedLater,
    unit: 'reservations',
    digits: 0,
    better: 'lower',
    flow: true,
    by_specialisation: true,
    rests_on: ['declined_requests'],
    own_row_open: true,
    compute: { from: 'sum', measure: 'declined_requests' },
  },
  {
    name: 'decline_rate',
    label: 'Ablehnungsquote',
    group: 'Belegung',
    definition: 'Abgelehnte Anfragen geteilt durch alle Anfragen, denen der Anbieter im Monat zugestimmt oder die er abgelehnt hat.',
    numerator: 'abgelehnte Anfragen',
    denominator: 'beantwortete Anfragen',
    totals: quotientOfSums,
    legal_basis: '§§ 36, 79, 80 SGB VIII',
    source: reservations,
    moved_by: either('später erfasste oder berichtigte Antworten'),
    unit: 'ratio',
    digits: 1,
    better: 'lower',
    flow: true,
    by_specialisation: true,
    rests_on: ['answered_requests', 'declined_requests'],
    own_row_open: true,
    compute: { from: 'ratio', numerator: 'declined_requests', denominator: 'answered_requests' },
  },
  {
    name: 'reservations_expired',
    label: 'Abgelaufene Reservierungen',
    group: 'Belegung',
    definition: 'Reservierungen, deren Frist im Monat verstrich, ohne dass gebucht wurde. Der Platz war so lange für andere gesperrt.',
    numerator: 'Reservierungen nach dem Tag des Ablaufs',
    denominator: null,
    totals: sumOfRows,
    legal_basis: '§§ 36, 79 SGB VIII',
    source: reservations,
    moved_by: reservedLater,
    unit: 'reservations',
    digits: 0,
    better: 'lower',
    flow: true,
    by_specialisation: true,
    rests_on: ['reservations_expired'],
    own_row_open: true,
    compute: { from: 'sum', measure: 'reservations_expired' },
  },
  {
    name: 'dearer_choices',
    label: 'Teurere Wahl',
    group: 'Belegung',
    definition:
      'Reservierungen des Monats, bei denen ein passender freier Platz billiger gewesen wäre. Der Preis ist ein Hinweis: Wunsch und Eignung gehen vor.',
    numerator: 'Reservierungen, die nicht das billigste freie Angebot wählten',
    denominator: null,
    totals: sumOfRows,
    legal_basis: '§§ 5, 36 SGB VIII',
    source: reservations,
    moved_by: reservedLater,
    unit: 'reservations',
    digits: 0,
    better: 'neither',
    flow: true,
    by_specialisation: true,
    rests_on: ['dearer_choices'],
    own_row_open: true,
    compute: { from: 'sum', measure: 'dearer_choices' },
  },
  {
    name: 'days_to_booking',
    label: 'Tage von der Suche bis zur Buchung',
    group: 'Belegung',
    definition:
      'Mittlere Zahl der Tage von der Suche nach einem Platz bis zu seiner Buchung, über alle Reservierungen, die im Monat gebucht wurden und aus einer Suche kamen.',
    numerator: 'Tage von der Suche bis zur Buchung',
    denominator: 'im Monat gebuchte Reservierungen aus einer Suche',
    totals: quotientOfSums,
    legal_basis: '§§ 36, 79 SGB VIII',
    source: reservations,
    moved_by: either('später erfasste oder berichtigte Buchungen von Reservierungen'),
    unit: 'days',
    digits: 1,
    better: 'lower',
    flow: true,
    by_specialisation: true,
    rests_on: ['booked_after_search'],
    own_row_open: true,
    compute: { from: 'ratio', numerator: 'days_to_booking', denominator: 'booked_after_search' },
  },
  {
    name: 'waiting_stock',
    label: 'Wartende am Monatsende',
    group: 'Belegung',
    definition:
      'Einträge auf Wartelisten, die am letzten Tag des Monats auf einen Platz warten. Wer auf mehreren Listen steht, zählt auf jeder; im laufenden Monat gilt, wer nach heutigem Stand dann noch wartet.',
    numerator: 'am Monatsletzten wartende Einträge',
    denominator: null,
    totals: sumOfRows,
    legal_basis: '§§ 79, 80 SGB VIII',
    source: waitingLists,
    moved_by: { up: 'später erfasste Einträge', down: 'später erfasste Enden des Wartens' },
    unit: 'entries',
    digits: 0,
    better: 'lower',
    flow: false,
    by_specialisation: true,
    rests_on: ['waiting_stock'],
    own_row_open: true,
    compute: { from: 'sum', measure: 'waiting_stock' },
  },
  {
    name: 'waiting_time_median',
    label: 'Wartezeit bis zum Platz: Median',
    group: 'Belegung',
    definition:
      'Die mittlere der nach Länge geordneten Wartezeiten der Einträge auf Wartelisten, für die im Monat der Platz reserviert wurde: Die Hälfte wartete kürzer, die Hälfte länger. Gezählt sind die Tage vom Eintrag bis zur Reservierung.',
    numerator: 'Median der Tage vom Eintrag bis zur Reservierung',
    denominator: null,
    totals: 'Median über die Einträge aller örtlichen Träger',
    legal_basis: '§§ 79, 80 SGB VIII',
    source: waitingLists,
    moved_by: waitedOtherwise,
    unit: 'days',
    digits: 0,
    better: 'lower',
    flow: true,
    by_specialisation: true,
    rests_on: ['waits_with_place'],
    own_row_open: true,
    compute: { from: 'statistic', mart: 'waiting_time_values', series: 'waiting_days', per_unit: false, pick: 'median' },
  },
  {
    name: 'waited_in_vain_rate',
    label: 'Vergebliches Warten',
    group: 'Belegung',
    definition:
      'Einträge auf Wartelisten, die im Monat ohne diesen Platz endeten (Liste verlassen, gewünschter Zeitraum vorbei oder Fall abgegeben), geteilt durch alle, die im Monat endeten. Ob anderswo ein Platz gefunden wurde, zählt nicht.',
    numerator: 'ohne Platz beendete Einträge',
    denominator: 'beendete Einträge',
    totals: quotientOfSums,
    legal_basis: '§§ 79, 80 SGB VIII',
    source: waitingLists,
    moved_by: waitedOtherwise,
    unit: 'ratio',
    digits: 1,
    better: 'lower',
    flow: true,
    by_specialisation: true,
    // with the whole and one part the other part is told
    rests_on: ['waits_ended', 'waits_without_place', 'waits_with_place'],
    own_row_open: true,
    compute: { from: 'ratio', numerator: 'waits_without_place', denominator: 'waits_ended' },
  },
  {
    name: 'dropouts',
    label: 'Abbrüche',
    group: 'Verlauf',
    definition:
      'Hilfen, die abweichend vom Hilfeplan beendet wurden: durch Sorgeberechtigte oder junge Volljährige (20), durch Einrichtung oder Dienst (21) oder durch Minderjährige (22).',
    numerator: 'Beendigungen mit Grund 20, 21 oder 22',
    denominator: null,
    totals: sumOfRows,
    legal_basis: '§§ 36, 99 SGB VIII',
    source: bookings,
    moved_by: { up: 'später erfasste Abbrüche oder berichtigte Gründe', down: 'zurückgenommene Enden oder berichtigte Gründe' },
    unit: 'cases',
    digits: 0,
    better: 'lower',
    flow: true,
    by_specialisation: true,
    rests_on: ['dropouts'],
    own_row_open: true,
    compute: { from: 'sum', measure: 'dropouts' },
  },
  {
    name: 'dropout_rate',
    label: 'Abbruchquote',
    group: 'Verlauf',
    definition: 'Abbrüche geteilt durch alle beendeten Hilfen, ohne Abgaben an andere Jugendämter (Grund 40).',
    numerator: 'Beendigungen mit Grund 20, 21 oder 22',
    denominator: 'Beendigungen ohne Grund 40',
    totals: quotientOfSums,
    legal_basis: '§§ 36, 99 SGB VIII',
    source: bookings,
    moved_by: either('später erfasste oder zurückgenommene Enden oder berichtigte Gründe'),
    unit: 'ratio',
    digits: 1,
    better: 'lower',
    flow: true,
    by_specialisation: true,
    rests_on: ['ended_without_handover', 'dropouts', 'cases_ended'],
    own_row_open: true,
    compute: { from: 'ratio', numerator: 'dropouts', denominator: 'ended_without_handover' },
  },
  {
    name: 'dwell_time_mean',
    label: 'Verweildauer: Mittel',
    group: 'Verlauf',
    definition: 'Mittlere Zahl der Tage vom ersten bis zum letzten Tag der im Monat beendeten Hilfen.',
    numerator: 'Tage der beendeten Hilfen',
    denominator: 'beendete Hilfen',
    totals: quotientOfSums,
    legal_basis: helpPlanning,
    source: bookings,
    moved_by: endedOtherwise,
    unit: 'days',
    digits: 0,
    better: 'neither',
    flow: true,
    by_specialisation: true,
    rests_on: ['cases_ended'],
    own_row_open: true,
    compute: { from: 'ratio', numerator: 'dwell_days', denominator: 'cases_ended' },
  },
  {
    name: 'dwell_time_median',
    label: 'Verweildauer: Median',
    group: 'Verlauf',
    definition:
      'Die mittlere der nach Länge geordneten Dauern der im Monat beendeten Hilfen: Die Hälfte dauerte kürzer, die Hälfte länger.',
    numerator: 'Median der Tage der beendeten Hilfen',
    denominator: null,
    totals: 'Median über die beendeten Hilfen aller örtlichen Träger',
    legal_basis: helpPlanning,
    source: bookings,
    moved_by: endedOtherwise,
    unit: 'days',
    digits: 0,
    better: 'neither',
    flow: true,
    by_specialisation: true,
    rests_on: ['cases_ended'],
    own_row_open: true,
    compute: { from: 'statistic', mart: 'dwell_time_values', series: 'dwell_days', per_unit: false, pick: 'median' },
  },
]

/** What moves values of the past afterwards: "steigt durch …, sinkt durch …"; or that of one direction. */
export const movedText = ({ moved_by: { up, down } }: KeyFigure, direction?: 'up' | 'down'): string => {
  const said = { up: `steigt durch ${up}`, down: `sinkt durch ${down}` }
  if (direction) return said[direction]
  return up === down ? `steigt oder sinkt durch ${up}` : `${said.up}, ${said.down}`
}

export const keyFigureByName = new Map(keyFigures.map((figure) => [figure.name, figure]))

/** The unit of a view's rates: days, unless the service kind chosen is hourly (domain.md 3, never mixing units). */
export type RateUnit = 'day' | 'hour'

/** The measures behind a figure in a view, the protecting ones first, the one whose cases are told foremost; rates rest on the bookings rated in the view's unit. */
export const measuresOf = (figure: KeyFigure, unit: RateUnit): { protecting: string[]; all: string[] } => {
  const protecting = figure.rests_on.map((measure) => (measure === 'rated' ? `rated_per_${unit}` : measure))
  const { compute } = figure
  const values = compute.from === 'ratio' ? [compute.numerator, compute.denominator] : compute.from === 'statistic' ? [] : [compute.measure]
  return { protecting, all: [...new Set([...protecting, ...values])] }
}

/** The single facts that make up a figure, told to their own authority: what they are, and those of which measure, `rated` in the view's unit. */
export type FactsBehind = { facts: 'bookings' | 'payments' | 'reservations' | 'waits'; counted: string }

/** Null where there are none, or none of the own authority's. */
export const factsBehind = ({ own_row_open, rests_on, compute }: KeyFigure): FactsBehind | null => {
  const [measure] = rests_on
  if (!own_row_open || measure === undefined) return null
  if (measure === 'payments')
    return { facts: 'payments', counted: compute.from === 'ratio' && compute.cumulated ? 'payments_to_date' : measure }
  const facts = ofReservations.has(measure) ? 'reservations' : ofWaits.has(measure) ? 'waits' : 'bookings'
  return { facts, counted: measure }
}
const ofReservations = new Set([
  'reservations',
  'dearer_choices',
  'answered_requests',
  'declined_requests',
  'reservations_expired',
  'booked_after_search',
])

const ofWaits = new Set(['waiting_stock', 'waits_ended', 'waits_with_place'])

/** The measure of whose bookings, reservations or waits a measure counts some, or undefined: no cell of the part is larger. */
export const wholeOf = (measure: string): string | undefined => wholes[measure]
const wholes: Record<string, string> = {
  case_stock: 'case_count',
  cases_begun: 'case_count',
  cases_ended: 'case_count',
  away_bookings: 'case_count',
  ended_without_handover: 'cases_ended',
  dropouts: 'ended_without_handover',
  dearer_choices: 'reservations',
  declined_requests: 'answered_requests',
  waits_with_place: 'waits_ended',
  waits_without_place: 'waits_ended',
  occupied_by_others: 'occupied',
}

/** Measures of what lasts: their cells hold what enters and leaves in a month, and a value is all that has entered until then. */
export const standing: ReadonlySet<string> = new Set(['places'])

/** The histogram series a figure is read from in a view, or null. */
export const seriesOf = ({ compute }: KeyFigure, unit: RateUnit): string | null =>
  compute.from !== 'statistic' ? null : compute.per_unit ? `${compute.series}_per_${unit}` : compute.series

/** The figures a change of these history tables may touch. */
export const figuresTouchedBy = (tables: string[], lineage: { mart: string; table: string; measures: string[] }[]): string[] => {
  const concerned = lineage.filter(({ table }) => tables.includes(table))
  const measures = new Set(concerned.flatMap((mart) => mart.measures))
  const marts = new Set(concerned.map(({ mart }) => mart))
  return keyFigures
    .filter((figure) => {
      if (figure.compute.from === 'statistic' && marts.has(figure.compute.mart)) return true
      return [...measuresOf(figure, 'day').all, ...measuresOf(figure, 'hour').all].some((measure) => measures.has(measure))
    })
    .map(({ name }) => name)
}
