import { Task } from '@lit/task'
import { html, LitElement, nothing } from 'lit'
import { endSchedule, getSchedules, pauseSchedule, type ReportSchedule, RequestProblem, type Session } from '../../client.ts'
import { problemAlert } from '../../elements/problem-alert.ts'
import { weekdays } from '../../elements/subscribe-view.ts'
import { dateText, minuteText } from '../../format.ts'
import { comparisonPath, evaluationPath, inboxPath, rankingPath, sideBySidePath } from '../../route.ts'
import './inbox-page.css'

const viewPaths: Record<ReportSchedule['view'], string> = {
  comparison: comparisonPath,
  side_by_side: sideBySidePath,
  ranking: rankingPath,
  evaluation: evaluationPath,
}

const rhythmText = ({ rhythm, day }: ReportSchedule): string => {
  if (rhythm === 'weekly') return `jeden ${weekdays[day - 1]}`
  return `${day}. Arbeitstag ${rhythm === 'monthly' ? 'im Monat' : 'im Quartal'}`
}

const stopTexts: Record<NonNullable<ReportSchedule['stopped']>, string> = {
  account_locked: 'Beendet: Das Konto war gesperrt.',
  role_lost: 'Beendet: Ihre Rolle oder Ihr Jugendamt hat sich geändert. Bitte neu abonnieren.',
  view_gone: 'Beendet: Die Ansicht gibt es so nicht mehr, zum Beispiel weil eine Vergleichsgruppe gelöscht ist.',
}

const stateText = ({ stopped, paused, last_run }: ReportSchedule): string => {
  if (stopped) return stopTexts[stopped]
  const before = paused ? 'Angehalten. ' : ''
  if (!last_run) return `${before}Noch kein Bericht.`
  const due = dateText(last_run.due_at)
  if (last_run.state === 'made') return `${before}Zuletzt zugesandt am ${due}.`
  if (last_run.state === 'due')
    return `${before}Bericht vom ${due} in Arbeit${last_run.attempts > 1 ? `, ${last_run.attempts}. Versuch` : ''}.`
  const reason =
    last_run.failure === 'too_large' ? 'Er war größer als 10 MB: bitte weniger auf einmal abonnieren.' : 'Er wurde fünfmal versucht.'
  return `${before}Der Bericht vom ${due} ist nicht gelungen. ${reason}`
}

/** Postfach / Abonnements: what is sent, when next, and how to end it. */
export class SchedulesPage extends LitElement {
  static override properties = { session: { attribute: false }, said: { state: true } }
  declare session: Session
  declare said: string

  readonly #schedules = new Task(this, {
    args: () => [this.session.user_name] as const,
    task: (_, { signal }) => getSchedules(signal),
  })

  constructor() {
    super()
    this.said = ''
  }

  protected override createRenderRoot() {
    return this
  }

  async #run(work: Promise<void>, said: string) {
    try {
      await work
      this.said = said
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.said = problem.message
    }
    await this.#schedules.run()
  }

  async #end({ id, name }: ReportSchedule) {
    await this.#run(endSchedule(id), `„${name}“ ist beendet. Was schon im Postfach liegt, bleibt dort.`)
    this.querySelector<HTMLElement>('h1')?.focus()
  }

  override render() {
    return html`
      <h1 class="sj-h1" tabindex="-1">Abonnements</h1>
      <p class="sj-lead">
        Ansichten, die regelmäßig neu berechnet in Ihrem <a class="sj-link" href=${inboxPath}>Postfach</a> liegen. Neue legen Sie mit
        „Regelmäßig zusenden“ neben „Herunterladen“ an.
      </p>
      <p class="sj-said sj-meta" role="status">${this.said}</p>
      ${this.#schedules.render({
        pending: () =>
          this.#schedules.value
            ? this.#list(this.#schedules.value)
            : html`<p class="sj-meta" aria-busy="true">Die Abonnements werden geladen</p>`,
        complete: (schedules) => this.#list(schedules),
        error: (error) => {
          if (error instanceof RequestProblem && error.status === 401) return nothing
          return problemAlert({
            title: 'Die Abonnements sind gerade nicht abrufbar',
            text: 'Nichts ist verloren.',
            retry: () => void this.#schedules.run(),
          })
        },
      })}
    `
  }

  #list(schedules: ReportSchedule[]) {
    if (schedules.length === 0) return html`<p class="sj-empty">Sie haben noch nichts abonniert.</p>`
    return html`
      <table role="table" class="sj-table sj-inbox">
        <caption class="kern-sr-only">
          Ihre Abonnements
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">Ansicht</th>
            <th role="columnheader" scope="col">Rhythmus</th>
            <th role="columnheader" scope="col">Nächster Bericht</th>
            <th role="columnheader" scope="col">Stand</th>
            <th role="columnheader" scope="col"><span class="kern-sr-only">Was sich tun lässt</span></th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${schedules.map((schedule) => this.#row(schedule))}
        </tbody>
      </table>
    `
  }

  #row(schedule: ReportSchedule) {
    const { id, name, view, query, format, period, paused, stopped, next_due_at } = schedule
    const pause = () => this.#run(pauseSchedule(id, !paused), paused ? `„${name}“ läuft weiter.` : `„${name}“ ist angehalten.`)
    return html`
      <tr role="row">
        <th role="rowheader" scope="row">
          <a class="sj-link" href="${viewPaths[view]}?${new URLSearchParams(query).toString()}">${name}</a>
          <span class="sj-meta"
            >${format === 'pdf' ? 'PDF' : 'Excel'}, ${period === 'latest' ? 'letzter Zeitraum' : 'fester Zeitraum'}</span
          >
        </th>
        <td role="cell" data-label="Rhythmus">${rhythmText(schedule)}</td>
        <td role="cell" data-label="Nächster Bericht">${paused || stopped ? '–' : minuteText(new Date(next_due_at))}</td>
        <td role="cell" data-label="Stand">${stateText(schedule)}</td>
        <td role="cell" class="sj-no-print">
          <span class="sj-inbox__actions">
            ${
              stopped
                ? nothing
                : html`<button type="button" class="sj-link" aria-label="${paused ? 'Fortsetzen' : 'Anhalten'}: ${name}" @click=${pause}>
                    ${paused ? 'Fortsetzen' : 'Anhalten'}
                  </button>`
            }
            <button type="button" class="sj-link" aria-label="Beenden: ${name}" @click=${() => this.#end(schedule)}>Beenden</button>
          </span>
        </td>
      </tr>
    `
  }
}

customElements.define('sj-schedules-page', SchedulesPage)
