import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { recordSearch, RequestProblem } from '../../client.ts'
import { minuteText } from '../../format.ts'
import { areaOf, described, offerQuery, type Person, unitsOf, type Wanted } from './help-selection.ts'

/** What stood unchanged for so long was looked at, and is a search. */
const lookedAtMs = 4000

/** What is looked for, and for whom; both undefined: nothing that can be asked. */
export type Sought = { wanted: Wanted; person: Person | undefined; case_id: string | undefined }

/** Records each search once: when it was looked at for a while, or when something is chosen from it. */
export class SearchRecord implements ReactiveController {
  #recorded: { key: string; id: string; at: Date } | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  readonly #host: ReactiveControllerHost
  readonly #sought: () => Sought | undefined

  constructor(host: ReactiveControllerHost, sought: () => Sought | undefined) {
    this.#host = host
    this.#sought = sought
    host.addController(this)
  }

  hostDisconnected() {
    clearTimeout(this.#timer)
  }

  /** What makes it the same search: not whether full offers are listed too. */
  get #key(): string | undefined {
    const sought = this.#sought()
    return sought && JSON.stringify([offerQuery({ ...sought.wanted, available: true }, sought.person), sought.case_id])
  }

  get #isRecorded(): boolean {
    return this.#recorded !== undefined && this.#recorded.key === this.#key
  }

  /** Tells that what was found is shown. */
  shown() {
    if (this.#isRecorded) return
    clearTimeout(this.#timer)
    const key = this.#key
    this.#timer = setTimeout(() => key === this.#key && void this.record(), lookedAtMs)
  }

  /** Records what is sought now, once, and returns the id of the search; undefined where it could not be recorded. */
  async record(): Promise<string | undefined> {
    const [sought, key] = [this.#sought(), this.#key]
    if (!sought || !key) return undefined
    if (this.#isRecorded) return this.#recorded!.id
    const { wanted, person, case_id } = sought
    const { first_day, last_day, counting_rule, specialisations } = wanted
    const units = unitsOf(wanted.units)
    try {
      const { id } = await recordSearch(
        {
          service_kind: wanted.service_kind.code,
          first_day,
          last_day,
          counting_rule,
          specialisations,
          area: areaOf(wanted),
          ...(units !== undefined && { units_per_week: units }),
          ...(person && described(person, first_day)),
          ...(case_id !== undefined && { case_id }),
        },
        crypto.randomUUID(),
      )
      this.#recorded = { key, id, at: new Date() }
      this.#host.requestUpdate()
      return id
    } catch (problem) {
      // the list stands without it; it is recorded with the next change or choice
      if (!(problem instanceof RequestProblem)) throw problem
      return undefined
    }
  }

  get text(): string {
    return this.#isRecorded ? `Suche festgehalten am ${minuteText(this.#recorded!.at)}.` : ''
  }
}
