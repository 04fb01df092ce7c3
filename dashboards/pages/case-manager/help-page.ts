import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import {
  type CaseCourse,
  type Catalogue,
  getCaseCourse,
  getCatalogue,
  getHelpCase,
  type HelpCase,
  RequestProblem,
  type ReservationWithSteps,
  type Session,
} from '../../client.ts'
import { problemAlert } from '../../elements/problem-alert.ts'
import { printLine, viewProblem } from '../../elements/view-lines.ts'
import { berlinDay, dateText, moneyText } from '../../format.ts'
import { onReturn } from '../../on-return.ts'
import { caseManagerPath, casePath } from '../../route.ts'
import { fileHref } from '../case-file/case-file.ts'
import { periodText, placeHref } from '../selection/help-selection.ts'
import { awayReasonLabels } from '../selection/reasons.ts'
import { bookedTerms } from './booking-terms.ts'
import { hrefOf } from './case-manager.ts'
import { followUpList } from './follow-up.ts'
import {
  type ActionName,
  actionOf,
  buttonLabels,
  getHelp,
  isHeld,
  type Help,
  meaningText,
  parallelHelps,
  possibleActions,
  readHelp,
  stateText,
} from './help.ts'
import { focusForm, focusIn } from './opened-step.ts'
import { countedDays, helpText, personText, plannedText, rateText, weeklyText } from './reservation-words.ts'
import './consultation-section.ts'
import './help-place.ts'
import './care-plan/care-plan.ts'
import '../notice/notice-section.ts'
import { draftedStep } from './step-form.ts'
import { term } from './terms.ts'
import { latestText, timeline } from './timeline.ts'
import './help-page.css'

type Loaded = {
  help: Help
  catalogue: Catalogue
  /** The form that was being filled in when somebody left. */
  drafted: string | undefined
  client: { given_name: string; family_name: string } | null
  case: HelpCase | undefined
  parallel: CaseCourse['helps']
}
type Conflict = { title: string; text: string }

const nextSteps = new Set<ActionName>(['requested', 'booked'])

const parallelNotice = ({ id, kind, facility_name, first_day, last_day, ...help }: CaseCourse['helps'][number]) => html`
  <p class="sj-notice">
    Für dieselbe Zeit ist in diesem Fall auch ${kind === 'booking' ? 'gebucht' : 'reserviert'}:
    <a class="sj-link" href=${hrefOf({ id, kind: kind === 'booking' ? kind : 'reservation' })}>${helpText(help)}</a>,
    ${facility_name ?? 'außerhalb des Systems'}, ${dateText(first_day)} bis ${dateText(last_day)}.
  </p>
`

/** Fallmanager / one help: what is reserved or booked, all that happened to it, and what may be done now. */
export class HelpPage extends LitElement {
  static override properties = {
    session: { attribute: false },
    search: { attribute: false },
    opened: { state: true },
    conflict: { state: true },
    said: { state: true },
  }
  declare session: Session
  declare search: string
  /** The form shown; null: none; undefined: as the address asks. */
  declare opened: ActionName | null | undefined
  declare conflict: Conflict | undefined
  declare said: string

  readonly #loaded = new Task(this, {
    args: () => [this.search, this.session.user_name] as const,
    task: async ([search], { signal }): Promise<Loaded> => {
      const [help, catalogue] = await Promise.all([getHelp(readHelp(search), signal), getCatalogue(signal)])
      const { id, case_id } = help.booking ?? help.reservation!
      const drafted = this.opened === undefined ? (await draftedStep(id))?.action : undefined
      if (case_id === null) return { help, catalogue, drafted, client: null, case: undefined, parallel: [] }
      const [{ client, file }, course] = await Promise.all([getHelpCase(case_id, signal), getCaseCourse(case_id, signal)])
      const isResidential = (code: string) => catalogue.service_kinds.some((kind) => kind.code === code && kind.form === 'stationaer')
      return { help, catalogue, drafted, client, case: file, parallel: parallelHelps(help, course, isResidential) }
    },
  })

  constructor() {
    super()
    this.search = ''
    this.said = ''
    onReturn(this, () => void this.#loaded.run())
  }

  protected override createRenderRoot() {
    return this
  }

  protected override willUpdate(changed: Map<string, unknown>) {
    if (!changed.has('search') || changed.get('search') === undefined) return
    this.opened = undefined
    this.conflict = undefined
    this.said = ''
  }

  get #open(): ActionName | undefined {
    const help = this.#loaded.value?.help
    if (!help || this.opened === null) return undefined
    const wanted = this.opened ?? this.#loaded.value?.drafted ?? readHelp(this.search).step
    return possibleActions(help).find((name) => name === wanted)
  }

  async #choose(name: ActionName) {
    this.opened = name
    this.said = ''
    this.conflict = undefined
    await focusForm(this)
  }

  async #close() {
    const name = this.#open
    this.opened = null
    await focusIn(this, `[data-action=${name}]`)
  }

  async #done(said: (help: Help) => string) {
    this.opened = null
    this.conflict = undefined
    await this.#loaded.run()
    if (this.#loaded.value) this.said = said(this.#loaded.value.help)
    await focusIn(this, '#stand')
  }

  /** Somebody else may have been there first: what happened is shown, and the form stays where it still makes sense. */
  async #refused(problem: RequestProblem) {
    if (problem.status !== 409 && problem.status !== 404) return
    const name = this.#open
    await this.#loaded.run()
    const help = this.#loaded.value?.help
    if (!help) return
    if (possibleActions(help).some((possible) => possible === name)) {
      if (problem.code === 'booking_moved') this.conflict = { title: 'Das ist inzwischen geschehen', text: latestText(help) }
      return
    }
    this.opened = null
    this.conflict = { title: problem.message, text: `Geändert wurde nichts, die Seite zeigt den neuen Stand. ${latestText(help)}` }
    await focusIn(this, '#stand')
  }

  override render() {
    const loaded = this.#loaded.value
    if (this.#loaded.error && !loaded) return this.#failed(this.#loaded.error)
    if (!loaded)
      return html`<h1 class="sj-h1">Reservierung und Buchung</h1>
        <p class="sj-meta" aria-busy="true">Die Hilfe wird geladen</p>`
    const { help, client } = loaded
    const of = help.booking ?? help.reservation!
    return html`
      <h1 class="sj-h1">${of.legal_basis.replace(' SGB VIII', '')} ${of.service_kind_label}</h1>
      <p class="sj-lead">
        Fall ${of.case_number ?? 'gelöscht'}${client ? `, ${client.given_name} ${client.family_name}` : ''}.
        ${of.provider_name === null ? 'Außerhalb des Systems gebucht.' : html`${of.facility_name}, ${of.provider_name}.`}
        ${
          of.case_id === null
            ? nothing
            : html`<a class="sj-link sj-no-print" href="${casePath}?case=${of.case_id}">Ganzer Fall</a> ·
                <a class="sj-link sj-no-print" href=${fileHref(of.case_id)}>Akte öffnen</a>`
        }
      </p>
      ${printLine(this.session)}
      <div class="sj-help">
        <div>
          <section aria-labelledby="stand">
            <h2 class="sj-help__state" id="stand" tabindex="-1">${stateText(help, new Date())}</h2>
            <p>${meaningText(help, new Date())}</p>
            ${loaded.parallel.map(parallelNotice)}
            <p class="sj-help__said" role="status">${this.said}</p>
            ${this.conflict ? problemAlert(this.conflict) : nothing}
            ${this.#loaded.error ? viewProblem(this.#loaded.error, { dataAsOf: undefined, retry: () => void this.#loaded.run() }) : nothing}
            ${this.#actions(help, loaded)}
          </section>
          ${help.booking ? followUpList(help.booking) : nothing} ${this.#facts(loaded)}
          ${
            of.case_id === null
              ? nothing
              : html`<sj-consultation-section
                  .caseId=${of.case_id}
                  .reservationId=${help.reservation?.id}
                  .early=${help.reservation?.state === 'reserved'}
                ></sj-consultation-section>`
          }
          ${
            of.case_id === null
              ? nothing
              : html`<sj-notice-section
                  .about=${{
                    case_id: of.case_id,
                    service_kind: of.service_kind,
                    booking_id: help.booking?.id ?? null,
                    ended: (help.booking?.end_reason ?? null) !== null,
                  }}
                ></sj-notice-section>`
          }
          ${
            help.booking ? html`<sj-care-plan .session=${this.session} .booking=${help.booking} .client=${client}></sj-care-plan>` : nothing
          }
        </div>
        ${timeline(help)}
      </div>
    `
  }

  #failed(error: unknown) {
    if (error instanceof RequestProblem && (error.status === 404 || error.status === 400)) {
      return html`
        <h1 class="sj-h1">Reservierung und Buchung</h1>
        <p class="sj-empty">
          Diese Reservierung oder Buchung gibt es hier nicht. <a class="sj-link" href=${caseManagerPath}>Zum Fallmanager</a>
        </p>
      `
    }
    return html`
      <h1 class="sj-h1">Reservierung und Buchung</h1>
      ${viewProblem(error, { dataAsOf: undefined, retry: () => void this.#loaded.run() })}
    `
  }

  #actions(help: Help, loaded: Loaded) {
    const open = this.#open
    const possible = possibleActions(help)
    if (open) {
      return html`<sj-step-form
        class="sj-no-print"
        .action=${{
          ...actionOf(open, help, loaded.parallel, berlinDay(new Date()), (said) => this.#done(said)),
          subject: (help.booking ?? help.reservation!).id,
        }}
        @sj-cancelled=${() => void this.#close()}
        @sj-refused=${(event: CustomEvent<RequestProblem>) => void this.#refused(event.detail)}
      ></sj-step-form>`
    }
    const { reservation } = help
    const again = !help.booking && reservation && !isHeld(reservation) && loaded.case
    return html`
      <div class="sj-help__actions sj-no-print">
        ${possible.map(
          (name) => html`
            <button
              type="button"
              class="kern-btn ${nextSteps.has(name) ? 'kern-btn--primary' : 'kern-btn--secondary'}"
              data-action=${name}
              @click=${() => void this.#choose(name)}
            >
              <span class="kern-label">${buttonLabels[name]}</span>
            </button>
          `,
        )}
        ${
          again
            ? html`<a class="kern-btn kern-btn--primary" href=${placeHref({ ...reservation!, case_id: again.id })}
                ><span class="kern-label">Neu auswählen</span></a
              >`
            : nothing
        }
      </div>
    `
  }

  #facts({ help, catalogue }: Loaded) {
    const { reservation, booking } = help
    const of = booking ?? reservation!
    const specialisations = of.specialisations.map((code) => catalogue.specialisations.find((each) => each.code === code)?.label ?? code)
    const counted = of.counting_rule === 'last_day_free' ? 'letzter Tag nicht gezählt' : 'alle Kalendertage gezählt'
    return html`
      <section class="sj-help__facts" aria-labelledby="bedingungen">
        <h2 class="sj-h2" id="bedingungen">
          ${booking ? 'Was gebucht ist' : isHeld(reservation!) ? 'Was reserviert ist' : 'Was reserviert war'}
        </h2>
        <dl class="sj-terms">
          ${term('Einrichtung', of.facility_name ?? 'außerhalb des Systems')}
          ${of.provider_name ? term('Anbieter', of.provider_name) : nothing} ${term('Person', personText(of))}
          ${term(
            'Zeitraum',
            html`${dateText(of.first_day)} bis ${dateText(of.last_day)} <small>${periodText(countedDays(of))}, ${counted}</small>`,
          )}
          ${booking ? bookedTerms(booking) : this.#reservedTerms(reservation!)}
          ${term('Soll-Kosten', html`<b>${moneyText(of.planned_cents)}</b>`)} ${this.#pocketMoney(of)}
          ${reservation ? this.#dearer(reservation) : nothing}
          ${specialisations.length > 0 ? term('Spezialisierungen', specialisations.join(', ')) : nothing}
        </dl>
        ${
          of.offer_id === null || of.facility_id === null
            ? nothing
            : html`<sj-help-place
                .offerId=${of.offer_id}
                .facilityId=${of.facility_id}
                .query=${{ first_day: of.first_day, last_day: of.last_day, counting_rule: of.counting_rule }}
              ></sj-help-place>`
        }
      </section>
    `
  }

  #pocketMoney({ pocket_money }: Pick<ReservationWithSteps, 'pocket_money'>) {
    if (pocket_money === null) return nothing
    const { total_cents, monthly_cents, valid_from, source } = pocket_money
    return term(
      'Taschengeld',
      html`${moneyText(total_cents)}
        <small
          >wie bei der Reservierung gezeigt: zu Beginn ${moneyText(monthly_cents)} im Monat, Tabelle ab ${dateText(valid_from)}:
          ${source}</small
        >`,
    )
  }

  #reservedTerms({ units_per_week, planned_units, rate_cents, unit }: ReservationWithSteps) {
    return html`
      ${term('Umfang', html`${weeklyText(units_per_week, unit)} <small>zusammen ${plannedText(planned_units, unit)}</small>`)}
      ${term('Entgelt', rateText(rate_cents, unit))}
    `
  }

  #dearer({ dearer_cents, dearer_reason }: ReservationWithSteps) {
    if (dearer_cents === null) return nothing
    if (dearer_cents === 0) return term('Preisvergleich', 'Bei der Reservierung das günstigste freie Angebot')
    const reason = dearer_reason === null ? 'ohne angegebenen Grund' : `Grund: ${awayReasonLabels[dearer_reason]}`
    return term(
      'Preisvergleich',
      html`${moneyText(dearer_cents)} mehr als das bei der Reservierung günstigste freie Angebot <small>${reason}</small>`,
    )
  }
}

customElements.define('sj-help-page', HelpPage)
