// The form beside the offers: for whom, for how long, and which help.
import { html, nothing } from 'lit'
import type { Catalogue, OfferPage, ReservationTerms, Session } from '../../client.ts'
import { checkGroups } from '../../elements/check-groups.ts'
import { grouped } from '../../elements/filter-bar.ts'
import { faultLine, type Faults } from '../../elements/form-fields.ts'
import { selectField } from '../../elements/select-field.ts'
import { noBreakSpace, numberText } from '../../format.ts'
import { kindText } from '../../sentence.ts'
import {
  ageText,
  around,
  beginText,
  type Fault,
  neighboursOf,
  periodText,
  type Person,
  unitWords,
  type Wanted,
  type WantedChoice,
} from './help-selection.ts'
import './place-choice.ts'
import type { NamedPlace } from './places.ts'

type Form = {
  catalogue: Catalogue
  wanted: Wanted
  session: Session
  person: Person | undefined
  /** What the case and its person are called, or where one is chosen. */
  client: unknown
  /** What of it cannot be asked for, and what was refused. */
  faults: Fault[]
  refused: Faults
  offers: OfferPage | undefined
  terms: ReservationTerms | undefined
  places: NamedPlace[]
  choose: (changed: WantedChoice) => void
  setPoint: (point: string) => void
  loadPlaces: () => void
}

export const selectionForm = (form: Form) => html`
  <div class="sj-selection__form" role="group" aria-label="Hilfe auswählen">
    <section aria-labelledby="klient">
      <h2 id="klient" tabindex="-1">Klient/in</h2>
      ${form.client}
    </section>
    ${periodSection(form)} ${helpSection(form)}
  </div>
`

const periodSection = (form: Form) => {
  const { wanted, person, offers, terms, choose } = form
  const faults: Faults = { ...Object.fromEntries(form.faults.map(({ field, message }) => [field, message])), ...form.refused }
  return html`
    <section aria-labelledby="zeitraum">
      <h2 id="zeitraum">Hilfeplanzeitraum</h2>
      <div class="sj-pair">${dayField('first_day', 'Beginn', form, faults)} ${dayField('last_day', 'Ende', form, faults)}</div>
      <p class="sj-past" id="hint-first_day" role="status">${faults['first_day'] ? '' : beginText(wanted, terms)}</p>
      <p class="sj-past" id="hint-last_day" role="status">${faults['last_day'] ? '' : ageText(wanted, person)}</p>
      <p class="sj-meta" role="status">
        ${offers && form.faults.length === 0 ? html`<b>${periodText(offers.planned_days)}</b>${wanted.counting_rule === 'last_day_free' ? ', letzter Tag nicht gezählt' : ''}` : ''}
      </p>
      ${selectField({
        name: 'counting_rule',
        label: 'Zählweise',
        options: [
          ['last_day_free', 'letzter Tag zählt nicht'],
          ['calendar_days', 'Kalendertage'],
        ],
        value: wanted.counting_rule,
        chosen: (counting_rule) => choose({ counting_rule }),
      })}
    </section>
  `
}

const dayField = (name: 'first_day' | 'last_day', label: string, { wanted, choose }: Form, faults: Faults) => html`
  <div class="kern-form-input ${faults[name] ? 'kern-form-input--error' : ''}">
    <label class="kern-label" for=${name}>${label}</label>
    <input
      class="kern-form-input__input"
      id=${name}
      name=${name}
      type="date"
      required
      aria-invalid=${faults[name] ? 'true' : 'false'}
      aria-describedby=${faults[name] ? `fault-${name}` : `hint-${name}`}
      .value=${wanted[name]}
      @change=${(event: Event) => {
        const { value } = event.target as HTMLInputElement
        if (value) choose({ [name]: value })
      }}
    />
    ${faultLine(name, faults)}
  </div>
`

const helpSection = (form: Form) => {
  const { wanted, session, faults, choose } = form
  const { youth_authority, federal_state, federal_state_name } = session
  return html`
    <section aria-labelledby="hilfe">
      <h2 id="hilfe">Hilfe</h2>
      ${kindField(form)}
      ${selectField({
        name: 'area',
        label: 'Region',
        options: [
          ...(youth_authority
            ? ([
                [youth_authority.id, youth_authority.name],
                [neighboursOf(youth_authority.id), `${youth_authority.name} und Nachbarkreise`],
              ] as [string, string][])
            : []),
          [around, 'Umkreis um einen Ort'],
          [federal_state, federal_state_name],
          ['de', 'Deutschland'],
        ],
        value: wanted.area,
        chosen: (area) => choose({ area }),
      })}
      <sj-place-choice
        .point=${wanted.point}
        .places=${form.places}
        .radius=${wanted.area === around ? wanted.radius : undefined}
        .missing=${faults.find(({ field }) => field === 'place')?.message}
        @focusin=${form.loadPlaces}
        @sj-point=${(event: CustomEvent<string>) => form.setPoint(event.detail)}
        @sj-radius=${(event: CustomEvent<string>) => choose({ radius: event.detail })}
      ></sj-place-choice>
      ${specialisationsField(form, 'specialisations', 'Verlangte')} ${specialisationsField(form, 'wished', 'Gewünschte')}
      ${unitsField(form)}
    </section>
  `
}

const kindField = ({ catalogue, wanted, choose }: Form) => {
  const kinds = grouped(
    catalogue.service_kinds,
    ({ form }) => ({ ambulant: 'Ambulant', teilstationaer: 'Teilstationär', stationaer: 'Stationär' })[form as 'ambulant'],
    (kind) => ({ value: kind.code, label: kindText(kind) }),
  )
  return html`
    <div class="kern-form-input">
      <label class="kern-label" for="service_kind">Hilfeart</label>
      <div class="kern-form-input__select-wrapper">
        <select
          class="kern-form-input__select"
          id="service_kind"
          name="service_kind"
          @change=${(event: Event) => choose({ service_kind: (event.target as HTMLSelectElement).value, units: '' })}
        >
          ${kinds.map(
            ({ label, options }) =>
              html`<optgroup label=${label}>
                ${options.map(({ value, label }) => html`<option value=${value} .selected=${value === wanted.service_kind.code}>${label}</option>`)}
              </optgroup>`,
          )}
        </select>
      </div>
    </div>
  `
}

const specialisationsField = ({ catalogue, wanted, choose }: Form, name: 'specialisations' | 'wished', label: string) => {
  const labelOf = (code: string) => catalogue.specialisations.find((each) => each.code === code)?.label ?? code
  const chosen = wanted[name]
  return checkGroups({
    name,
    summary: `${label} Spezialisierungen: ${chosen.length === 0 ? 'keine' : chosen.map(labelOf).join(', ')}`,
    groups: [
      { label: `${label} Spezialisierungen`, options: catalogue.specialisations.map(({ code, label }) => ({ value: code, label })) },
    ],
    chosen,
    most: 20,
    choose: (codes) => choose({ [name]: codes.join(',') }),
  })
}

const unitsField = ({ wanted, faults, refused, offers, choose }: Form) => {
  const fault = faults.find(({ field }) => field === 'units')?.message ?? refused['units']
  const [label, word] = unitWords[wanted.service_kind.unit]
  const planned = offers?.planned_units ?? null
  return html`
    <div class="sj-pair">
      <div class="kern-form-input ${fault ? 'kern-form-input--error' : ''}">
        <label class="kern-label" for="units">${label}</label>
        <input
          class="kern-form-input__input"
          id="units"
          name="units"
          type="text"
          inputmode="decimal"
          autocomplete="off"
          placeholder=${wanted.service_kind.unit === 'day' ? '7' : ''}
          .value=${wanted.units}
          @change=${(event: Event) => choose({ units: (event.target as HTMLInputElement).value.trim() })}
        />
        ${faultLine('units', { units: fault })}
      </div>
      <p class="sj-meta">${planned === null || faults.length > 0 ? nothing : `Umfang: ${numberText(planned, 2)}${noBreakSpace}${word}`}</p>
    </div>
  `
}
