// What the pages of figures have in common: the catalogue, the past state chosen, what is said while there are no values, and the ways out.
import { Task, TaskStatus } from '@lit/task'
import { html, nothing, type ReactiveControllerHost } from 'lit'
import type { Role } from '../transactional/vocabulary.ts'
import { type Catalogue, getCatalogue, getPublishedViews, type PublishedView, type PublishedViewQuery, type Session } from './client.ts'
import type { DownloadGroup } from './elements/download-menu.ts'
import './elements/download-menu.ts'
import type { Published, PublishView } from './elements/publish-view.ts'
import './elements/publish-view.ts'
import './elements/subscribe-view.ts'
import { catalogueThen, momentFilter, momentNotice, type Moments } from './elements/moment-choice.ts'
import { fileDownloads, viewProblem } from './elements/view-lines.ts'
import type { LiveView } from './live-view.ts'

const publishers: Role[] = ['controlling', 'politics', 'ministry']

type Host = ReactiveControllerHost & { session: Session; search: string }
type Viewed = Pick<LiveView<{ data_as_of: string }>, 'problem' | 'retry' | 'dataAsOf'>
type Asked = Pick<Task, 'status' | 'error' | 'run'>

export class ViewFrame {
  readonly #host: Host
  readonly #catalogue: Task<readonly [Session], Catalogue>
  readonly #published: Task<readonly [Session], PublishedView[]>

  constructor(host: Host) {
    const args = () => [host.session] as const
    this.#host = host
    this.#catalogue = new Task(host, { args, task: (_, { signal }) => getCatalogue(signal) })
    this.#published = new Task(host, { args, task: (_, { signal }) => getPublishedViews(signal) })
  }

  get catalogue() {
    return this.#catalogue.value
  }

  /** The catalogue with the months that had begun at the moment chosen. */
  get catalogueThen() {
    return this.catalogue && catalogueThen(this.catalogue, this.#as_of, this.#published.value)
  }

  get momentFilter() {
    return momentFilter(this.#moments, this.#as_of)
  }

  /** Whether there is nothing to show; values that are only older are shown. `others`: what else the page asks for. */
  isBroken(view: Viewed | undefined, ...others: Asked[]) {
    return this.#failed(others).length > 0 || (view?.problem !== undefined && !view.problem.stale)
  }

  problem(view: Viewed | undefined, ...others: Asked[]) {
    const tasks = this.#failed(others)
    const failed = tasks[0] ?? view?.problem
    const retry = () => (tasks.length > 0 ? tasks.forEach((task) => void task.run()) : view?.retry())
    return failed ? viewProblem(failed.error, { dataAsOf: view?.dataAsOf, retry }) : nothing
  }

  /** What failed, and that the values are those of another time; `current` shows those of now. */
  notices(view: Viewed, current: () => void, ...others: Asked[]) {
    return html`${this.problem(view, ...others)} ${momentNotice(this.#as_of, this.#moments, current)}`
  }

  /** "Stand festhalten", for those who may, while the values are those of now. */
  publish(view: PublishedViewQuery, name: string, published: (id: string) => void, keeps: PublishView['keeps'] = 'numbers') {
    if (this.#as_of !== undefined || !this.#host.session.roles.some((role) => publishers.includes(role))) return nothing
    return html`<sj-publish-view
      .query=${view}
      .suggestion=${name.slice(0, 120)}
      .keeps=${keeps}
      @sj-published=${({ view: { id } }: Published) => {
        void this.#published.run()
        published(id)
      }}
    ></sj-publish-view>`
  }

  /** What the address answers, to be sent regularly or saved. */
  ways(url: string, name: string, more: DownloadGroup[] = []) {
    return html`<sj-subscribe-view .url=${url} .suggestion=${name.slice(0, 120)}></sj-subscribe-view>
      <sj-download-menu .groups=${[...fileDownloads(url), ...more]} .embeds=${this.#host.session.embeds}></sj-download-menu>`
  }

  get #as_of() {
    return new URLSearchParams(this.#host.search).get('as_of') || undefined
  }

  get #moments(): Moments | undefined {
    return this.catalogue && { month_ends: this.catalogue.month_ends, published: this.#published.value ?? [] }
  }

  #failed(others: Asked[]) {
    return [this.#catalogue, ...others].filter(({ status }) => status === TaskStatus.ERROR)
  }
}
