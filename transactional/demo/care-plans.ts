import type { Booking } from './booking.ts'
import { dayText, instantText, milliseconds } from './calendar.ts'
import type { Chance } from './chance.ts'
import type { RowSink } from './copy.ts'
import { personName } from './names.ts'
import { KIND_SHAPES } from './shape.ts'

/** What is wanted, by what it is seen, and what is done for it by whom. */
type Aim = { goal: string; indicator: string; measure: string; by: 'provider' | 'authority' | 'family' }

const OF_THE_YOUNG: readonly Aim[] = [
  { goal: 'Regelmäßiger Schulbesuch', indicator: 'Höchstens zwei unentschuldigte Fehltage im Monat', measure: 'Begleitete Lernzeit am Nachmittag', by: 'provider' }, // prettier-ignore
  { goal: 'Streit ohne Gewalt austragen', indicator: 'Keine körperlichen Angriffe in der Gruppe', measure: 'Training sozialer Fertigkeiten, wöchentlich', by: 'provider' }, // prettier-ignore
  { goal: 'Den Tag selbst strukturieren', indicator: 'Steht an Schultagen ohne Wecken rechtzeitig auf', measure: 'Gemeinsamer Wochenplan am Sonntag', by: 'provider' }, // prettier-ignore
  { goal: 'Einen Verein oder ein Hobby finden', indicator: 'Nimmt mindestens einmal in der Woche teil', measure: 'Drei Schnuppertermine begleiten', by: 'provider' }, // prettier-ignore
  { goal: 'Zahnärztliche und ärztliche Termine wahrnehmen', indicator: 'Alle Vorsorgetermine sind erledigt', measure: 'Termine vereinbaren und begleiten', by: 'family' }, // prettier-ignore
  { goal: 'Einen Ausbildungsplatz finden', indicator: 'Drei Bewerbungen sind abgeschickt', measure: 'Berufsberatung und Bewerbungstraining', by: 'provider' }, // prettier-ignore
]
const OF_THE_FAMILY: readonly Aim[] = [
  { goal: 'Verlässliche Besuchskontakte zur Familie', indicator: 'Vereinbarte Besuche finden statt', measure: 'Besuchsplan für jeweils drei Monate', by: 'authority' }, // prettier-ignore
  { goal: 'Die Eltern vertreten Regeln gemeinsam', indicator: 'Absprachen hängen zu Hause aus und werden eingehalten', measure: 'Elterngespräche alle zwei Wochen', by: 'provider' }, // prettier-ignore
  { goal: 'Ein ruhiger Feierabend zu Hause', indicator: 'Gemeinsames Abendessen an vier Tagen der Woche', measure: 'Tagesablauf mit der Familie besprechen', by: 'provider' }, // prettier-ignore
  { goal: 'Die Rückkehr in die Familie klären', indicator: 'Eine Entscheidung mit Zeitplan liegt vor', measure: 'Gespräch mit allen Beteiligten vorbereiten', by: 'authority' }, // prettier-ignore
]

const SUMMARIES = [
  'Die Hilfe verläuft wie geplant und wird fortgesetzt.',
  'Gute Fortschritte in der Schule, zu Hause gibt es noch Streit.',
  'Die Familie nimmt die Hilfe an. Der Umfang bleibt.',
  'Ein Ziel ist erreicht, die übrigen werden weiter verfolgt.',
  'Der Kontakt zur Familie ist unregelmäßig, der Besuchsplan wird angepasst.',
] as const

export const reviewSummary = (chance: Chance): string => chance.pick(SUMMARIES)

/** Care plans of running helps, changed once after a review, where somebody can sign in to read them. */
export const planner = ({ chance, sink, today }: { chance: Chance; sink: RowSink; today: number }) => {
  const write = (booking: Booking, version: number, day: number, aims: readonly Aim[], keys: readonly string[]) => {
    const { person, provider } = booking
    const id = chance.uuid7(milliseconds(day, chance.integer(28_000, 55_000)))
    const written = instantText(day, chance.integer(28_000, 55_000))
    sink.row('care_plan', id, person.case_id, booking.id, version, person.caseworker_id, written)
    for (const [index, { goal, indicator, measure, by }] of aims.entries()) {
      const reached = version > 1 && index === 0
      const until = dayText(reached ? day : Math.min(booking.last, today + 60 * (index + 1)))
      sink.row('care_plan_goal', id, index + 1, keys[index]!, goal, indicator, until, reached ? 'reached' : 'open', reached ? 2 : null)
      const responsible = { provider: provider?.name ?? 'Anbieter', authority: 'Jugendamt', family: 'Sorgeberechtigte' }[by]
      sink.row('care_plan_measure', id, index + 1, measure, responsible, index === 0 ? until : null, reached)
    }
    return { id, version, written }
  }

  return (booking: Booking, reviews: readonly number[]): void => {
    const { person, provider } = booking
    const { setting } = KIND_SHAPES[booking.kind]!
    if (setting === 'counselling' || setting === 'emergency') return
    const aims = [chance.pick(OF_THE_YOUNG), chance.pick(OF_THE_FAMILY)]
    const third = chance.pick(OF_THE_YOUNG)
    if (third !== aims[0]) aims.push(third)
    const keys = aims.map(() => chance.uuid4())
    const guardian = personName(chance, chance.happens(0.7) ? 'w' : 'm', false).given_name
    const first = write(booking, 1, Math.min(today, booking.first + chance.integer(-3, 25)), aims, keys)
    const latest = reviews.at(-1)
    const versions = [first, ...(latest === undefined ? [] : [write(booking, 2, latest, aims, keys)])]
    for (const { id } of versions) {
      const take = (position: number, role: string, name: string) => sink.row('care_plan_participant', id, position, role, name)
      take(1, 'young_person', `${person.given_name} ${person.family_name}`)
      take(2, 'guardian', `${guardian} ${person.family_name}`)
      take(3, 'authority', 'Fallführende Fachkraft')
      if (provider) take(4, 'provider', provider.name)
    }
    // of some, goals are for the authority alone
    const { id, version, written } = versions.at(-1)!
    if (provider && booking.first % 3 !== 0) sink.row('care_plan_release', id, booking.id, version, person.caseworker_id, written)
  }
}
