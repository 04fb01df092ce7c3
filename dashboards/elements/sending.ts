import type { LitElement } from 'lit'
import { type FieldFault, RequestProblem } from '../client.ts'
import type { Faults } from './form-fields.ts'

const isFaulty = (faults: Faults) => Object.values(faults).some((fault) => fault !== undefined)

/**
 * The sending of a form: one attempt at a time, what was done said, what is wrong told by field, and the summary of it focused. `fieldOf`: the
 * entry of the form that a field of the service belongs to.
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

  constructor(host: LitElement, { fieldOf = (field: string) => field } = {}) {
    this.#host = host
    this.#fieldOf = fieldOf
  }

  /** Forgets what was told, as another form opens. */
  clear() {
    this.faults = {}
    this.refusal = undefined
    this.renew()
    this.say('')
  }

  /** What is sent next is another request. */
  renew() {
    this.#key = crypto.randomUUID()
  }

  say(text: string) {
    this.said = text
    this.#host.requestUpdate()
  }

  /** Tells what is missing, else does the `work`, which returns what to say of it. */
  async send(work: (key: string) => Promise<string>, missing: Faults = {}): Promise<void> {
    if (this.busy) return
    this.busy = true
    this.faults = missing
    this.refusal = undefined
    this.said = ''
    this.#host.requestUpdate()
    try {
      if (!isFaulty(missing)) {
        this.said = await work(this.#key)
        this.renew()
      }
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      this.#refused(problem)
    } finally {
      this.busy = false
      this.#host.requestUpdate()
      if (this.refusal !== undefined || isFaulty(this.faults)) await this.#focusSummary()
    }
  }

  async #focusSummary() {
    await this.#host.updateComplete
    this.#host.querySelector<HTMLElement>('.sj-summary')?.focus()
  }

  #refused({ status, message, details }: RequestProblem) {
    // whether an attempt that nobody answered arrived is not known: it is repeated with its key
    if (status > 0 && status < 500) this.renew()
    this.faults = Object.fromEntries(details.map(({ field, message: fault }: FieldFault) => [this.#fieldOf(field), fault]))
    this.refusal = message
  }
}
