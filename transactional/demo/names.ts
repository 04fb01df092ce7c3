import type { Chance } from './chance.ts'

const words = (text: string): string[] => text.trim().split(/\s+/)

const FEMALE =
  words(`Anna Lena Marie Sophie Emma Mia Hannah Lea Leonie Lara Johanna Clara Ida Frieda Greta Paula Luisa Charlotte Amelie Emily Nele Pia
  Jule Mathilda Lotta Ella Maja Finja Merle Svea Antonia Helena Josephine Pauline Theresa Victoria Franziska Celina Jasmin Vanessa Michelle Chantal
  Nina Lisa Laura Julia Sarah Jana Kira Alina Zoe Melina Lucy Angelina Elif Aylin Zeynep Yasmin Amira Layla Olena Daryna Sofia Natalia Aleksandra Mila`)
const MALE =
  words(`Ben Paul Leon Finn Jonas Luis Felix Noah Elias Max Maximilian Moritz Oskar Emil Anton Jakob Karl Theo Henry Mats Piet Lasse Ole Jannik
  Niklas Tim Tom Nils Erik Hannes Till Bruno Carl Friedrich Johann Konstantin Lennard Lukas Julian Fabian Florian Dominik Pascal Kevin Justin Marvin Jason
  Dennis Marcel Tobias Robin Simon David Philipp Vincent Valentin Arne Malte Fiete Emre Can Mert Yusuf Ali Omar Danylo Maksym Bogdan Kacper Filip`)
const ARRIVED_ALONE = words(
  `Ahmad Mohammad Ali Reza Omid Hamid Farhad Jawad Mustafa Yusuf Abdi Ibrahim Samuel Yonas Dawit Hassan Karim Bilal Idris Musa`,
)
const FAMILY =
  words(`Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz
  Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner Schmitz Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber
  Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht
  Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf Schulte
  Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer Lindner Ernst Hübner Kramer Voß Wendt Wulff Behrens
  Petersen Hansen Jansen Carstens Harms Lüdtke Radtke Zander Dahms Wegner Rohde Kruse Westphal Ahrens Haase Kröger Teske Buchholz Ehlers Nowak Kowalski
  Yılmaz Kaya Demir Ivanov Kovalenko Shevchenko Haddad Rahimi Hosseini`)
const ARRIVED_ALONE_FAMILY = words(
  `Rahimi Hosseini Ahmadi Haidari Noori Sharifi Mohammadi Karimi Tesfay Haile Gebre Hassan Omar Jallow Diallo Camara Barry Warsame`,
)

const NOUNS =
  words(`Zaunkönig Haubentaucher Regenpfeifer Uferschwalbe Distelfink Bachstelze Eisvogel Steinkauz Löffelente Kranichweg Möwenflug Strandläufer
  Wiesenknopf Federgras Silberdistel Sanddorn Wacholder Birkenpfad Erlengrund Weidenbogen Ahornhof Kastanienhof Lindenwinkel Ulmenallee Haselgrund Holunderhof
  Schlehenhain Heckenrose Morgentau Abendrot Wellengang Windschatten Kompassrose Nordlaterne Seezeichen Bernstein Muschelkalk Feuerstein Findling Dünengras
  Wattläufer Schilfrohr Seerose Sonnentau Moorbirke Mohnfeld Kornblume Rapsblüte Apfelgarten Brombeerhang Fuchsbau Dachshügel Igelnest Otterbach Biberburg
  Libelle Glühwurm Hummelflug Wolkenschaf Mondfisch Sternwarte Drachenwiese Papierboot Kieselstein Regenbogenbach Tautropfen Himmelsleiter Laternenhaus
  Brückenbogen Mühlenteich Wiesengrund Sonnenhang Talblick Feldrain Ackerwinde Quellgrund Flusskiesel Hafenkante`)

const FORMS = [
  'Jugendhilfe gGmbH',
  'Kinder- und Jugendhilfe gGmbH',
  'e. V.',
  'Sozialwerk gGmbH',
  'Familienhilfe gGmbH',
  'Stiftung',
  'Jugendhilfe GmbH',
]
const UMBRELLAS: (readonly [string, number])[] = [
  ['Verband Freie Jugendhilfe (erfunden)', 4],
  ['Bund sozialer Werke (erfunden)', 3],
  ['Privat-gewerblich', 2],
  ['Ohne Verband', 1],
]

export const FACILITY_LABELS = {
  home: ['Haus', 'Wohngruppe', 'Kinder- und Jugendhaus', 'Jugendwohnen'],
  emergency: ['Inobhutnahmestelle', 'Kriseneinrichtung'],
  family: ['Mutter-Kind-Haus', 'Eltern-Kind-Haus'],
  foster: ['Pflegekinderdienst'],
  day: ['Tagesgruppe', 'Tagesgruppen'],
  ambulant: ['Ambulante Hilfen', 'Familienhilfen', 'Hilfezentrum'],
  counselling: ['Erziehungsberatung', 'Beratungsstelle'],
} as const

const noun = (n: number): string => NOUNS[n % NOUNS.length]!

/** Every third bears the name of its district, and all once the nouns are used up. */
export const providerName = (chance: Chance, n: number, district: string): string =>
  `${noun(n)} ${chance.pick(FORMS)}${n % 3 === 0 || n >= NOUNS.length ? ` ${district}` : ''}`

export const facilityName = (chance: Chance, setting: keyof typeof FACILITY_LABELS, n: number): string =>
  `${chance.pick(FACILITY_LABELS[setting])} ${noun(n)}`
export const umbrella = (chance: Chance): string => chance.weighted(UMBRELLAS)
export type PersonName = { given_name: string; family_name: string }

export const personName = (chance: Chance, sex: 'm' | 'w' | 'd', arrivedAlone: boolean): PersonName => {
  if (arrivedAlone && sex === 'm') return { given_name: chance.pick(ARRIVED_ALONE), family_name: chance.pick(ARRIVED_ALONE_FAMILY) }
  const given = sex === 'w' || (sex === 'd' && chance.happens(0.5)) ? FEMALE : MALE
  return { given_name: chance.pick(given), family_name: chance.pick(FAMILY) }
}
