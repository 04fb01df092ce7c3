import type { LitElement } from 'lit'
import { RequestProblem } from '../client.ts'
import type { Faults } from './form-fields.ts'

const isFaulty = (faults: Faults) => Object.values(faults).some((fault) => fault !== undefined)

/**
 * The sending of a form: one attempt at a time, what was done said, what is wrong told by field, and the summary of it focused. `fieldOf`: the
 * entry of the form that a field of the service belongs to; `summary`: which one, where the host shows that of another form too; `quiet`: what
 * is sent while somebody types, so that nothing is taken away from him, neither the focus nor a fault before it is known to be gone.
 */
export class Sending {
  faults: Faults = {}
  refusal: string | undefined
  said = ''
  busy = false
  /** The same for every attempt at the same request. */
  #key = crypto.randomUUID()
  readonly #host: LitElement
  readonly #fieldOf: (field: string) => string
  readonly #summary: string
  readonly #quiet: boolean

  constructor(host: LitElement, { fieldOf = (field: string) => field, summary = '.sj-summary', quiet = false } = {}) {
    this.#host = host
    this.#quiet = quiet
    this.#fieldOf = fieldOf
    this.#summary = summary
  }

  /** Forgets what was told, as another form opens; `said` still stands. */
  clear(said = '') {
    this.faults = {}
    this.refusal = undefined
    this.renew()
    this.say(said)
  }

  /** What is sent next is another request. */
  renew() {
    this.#key = crypto.randomUUID()
  }

  say(text: string) {
    this.said = text
    this.#host.requestUpdate()
  }

  /** Tells what is missing, else does the `work`, which returns what to say of it. Returns what it was refused with. */
  async send(work: (key: string) => Promise<string>, missing: Faults = {}): Promise<RequestProblem | undefined> {
    if (this.busy) return undefined
    let refused: RequestProblem | undefined
    this.busy = true
    if (!this.#quiet) {
      this.faults = missing
      this.refusal = undefined
      this.said = ''
    }
    this.#host.requestUpdate()
    try {
      if (!isFaulty(missing)) {
        const said = await work(this.#key)
        this.faults = {}
        this.refusal = undefined
        this.said = said
        this.renew()
      }
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      refused = problem
      this.#refused(problem)
    } finally {
      this.busy = false
      this.#host.requestUpdate()
      if (!this.#quiet && this.isRefused) await this.focusSummary()
    }
    return refused
  }

  get isRefused() {
    return this.refusal !== undefined || isFaulty(this.faults)
  }

  async focusSummary() {
    await this.#host.updateComplete
    this.#host.querySelector<HTMLElement>(this.#summary)?.focus()
  }

  #refused({ status, message, details }: RequestProblem) {
    // whether an attempt that nobody answered arrived is not known: it is repeated with its key
    if (status > 0 && status < 500) this.renew()
    const faults: Record<string, string> = {}
    for (const { field, message: fault } of details) {
      const name = this.#fieldOf(field)
      faults[name] = name in faults ? `${faults[name]} ${fault}` : fault
    }
    this.faults = faults
    this.refusal = message
  }
}
