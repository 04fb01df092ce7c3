// What is booked, as it changes over time.
import { html, nothing } from 'lit'
import type { BookingWithNames } from '../../client.ts'
import { dateText } from '../../format.ts'
import { interruptionReasonLabels, plannedText, rateText, weeklyText } from './reservation-words.ts'
import { term } from './terms.ts'

type Steps = Pick<BookingWithNames, 'rate_from' | 'rate_cents' | 'units_per_week'>

/** Units a week that go on when nothing else is said: those of the last step that does not rest. */
export const weeklyUnits = ({ units_per_week }: Steps): number => units_per_week.findLast((units) => units > 0) ?? 0

/** Values with the day from which each holds; one that stays the same is told once. */
const since = (from: string[], values: number[], text: (value: number) => string) =>
  values.flatMap((value, index) =>
    value === values[index - 1]
      ? []
      : [html`<span>${index > 0 || values.some((each) => each !== value) ? `ab ${dateText(from[index]!)} ` : ''}${text(value)}</span>`],
  )

export const bookedTerms = ({ rate_from, rate_cents, units_per_week, planned_units, unit, interruptions }: BookingWithNames) => html`
  ${term(
    'Umfang',
    html`${since(rate_from, units_per_week, (units) => (units === 0 ? 'ruht' : weeklyText(units, unit)))}
      <small>zusammen ${plannedText(planned_units, unit)}</small>`,
  )}
  ${term(
    'Entgelt',
    since(rate_from, rate_cents, (cents) => rateText(cents, unit)),
  )}
  ${
    interruptions.length === 0
      ? nothing
      : term(
          interruptions.length === 1 ? 'Unterbrechung' : 'Unterbrechungen',
          interruptions.map(
            ({ first_day, last_day, reason, paid }) =>
              html`<span
                >${dateText(first_day)} bis ${dateText(last_day)}, ${interruptionReasonLabels[reason]},
                ${paid ? 'weiter bezahlt' : 'nicht bezahlt'}</span
              >`,
          ),
        )
  }
`
