import { html, type LitElement, nothing, type ReactiveController } from 'lit'
import { discardDraft, type DraftKey, getDraft, keepDraft, RequestProblem } from '../client.ts'
import { hourText, momentText } from '../format.ts'

export type FormDraftOptions<Content extends object> = {
  /** undefined: nothing is being written. */
  key: () => DraftKey | undefined
  content: () => Content
  /** Puts what was kept into the form, where it is of this form. */
  restore: (content: Content) => void
}

const typingMs = 1000
const againMs = 5000

/**
 * Keeps what is typed into a form on the server, and brings it back where it was left: after a reload, a lost session or a lost connection.
 * Nothing of it stays on the device. It is gone once the form is sent or given up.
 */
export class FormDraft<Content extends object> implements ReactiveController {
  readonly #host: LitElement
  readonly #options: FormDraftOptions<Content>
  #key: DraftKey | undefined
  /** Of the form as it was opened, and as it is kept. */
  #blank = ''
  #kept = ''
  #loaded = false
  #isSent = false
  #signedOut = false
  #timer: ReturnType<typeof setTimeout> | undefined
  #keeping: Promise<void> | undefined
  #restoredAt: string | undefined
  #said = ''

  constructor(host: LitElement, options: FormDraftOptions<Content>) {
    this.#host = host
    this.#options = options
    host.addController(this)
  }

  hostConnected() {
    this.#signedOut = false
    addEventListener('pagehide', this.#leave)
    addEventListener('beforeunload', this.#warn)
    if (this.#loaded) this.#look()
  }

  hostDisconnected() {
    removeEventListener('pagehide', this.#leave)
    removeEventListener('beforeunload', this.#warn)
    this.#leave()
  }

  hostUpdated() {
    const key = this.#options.key()
    if (key?.form !== this.#key?.form || key?.subject !== this.#key?.subject) this.#begin(key)
    else if (this.#loaded) this.#look()
  }

  get #now() {
    return JSON.stringify(this.#options.content())
  }

  get #isChanged() {
    return this.#key !== undefined && this.#loaded && !this.#isSent && this.#now !== this.#kept
  }

  #begin(key: DraftKey | undefined) {
    clearTimeout(this.#timer)
    this.#key = key
    this.#loaded = false
    this.#isSent = false
    this.#restoredAt = undefined
    this.#said = ''
    if (key === undefined) return
    this.#blank = this.#kept = this.#now
    void this.#load(key)
  }

  async #load(key: DraftKey) {
    const draft = await getDraft(key).catch((problem: unknown) => {
      // the form does without it
      if (!(problem instanceof RequestProblem)) throw problem
      return null
    })
    if (key !== this.#key) return
    // what somebody has typed already stands
    if (draft && this.#now === this.#blank && isOfForm(draft.content, this.#options.content())) {
      this.#options.restore(draft.content as Content)
      if (this.#now !== this.#blank) this.#restoredAt = draft.saved_at
      this.#kept = this.#now
    }
    this.#loaded = true
    this.#host.requestUpdate()
  }

  #look(wait = typingMs) {
    clearTimeout(this.#timer)
    if (this.#isChanged) this.#timer = setTimeout(() => void this.#keep(), wait)
  }

  #keep() {
    clearTimeout(this.#timer)
    this.#keeping = (this.#keeping ?? Promise.resolve()).then(() => this.#send())
    return this.#keeping
  }

  async #send(isLeaving = false) {
    if (!this.#isChanged) return
    const now = this.#now
    try {
      if (now === this.#blank) {
        await discardDraft(this.#key!)
        this.#say('')
      } else {
        const draft = await keepDraft(this.#key!, now, isLeaving)
        this.#say(draft ? `Entwurf gespeichert ${hourText(draft.saved_at)}` : '')
      }
      this.#kept = now
    } catch (problem) {
      if (!(problem instanceof RequestProblem)) throw problem
      // a lost session asks to sign in, and the form comes back after
      this.#signedOut = problem.status === 401
      const isTransient = problem.status === 0 || problem.status >= 500
      this.#say(isTransient ? 'Der Entwurf ist noch nicht gespeichert, es wird weiter versucht.' : 'Der Entwurf ist nicht gespeichert.')
      if (isTransient) this.#look(againMs)
    }
  }

  #say(text: string) {
    if (text !== this.#said) this.#host.requestUpdate()
    this.#said = text
    if (text !== '') this.#restoredAt = undefined
  }

  readonly #leave = () => {
    clearTimeout(this.#timer)
    if (this.#isChanged && !this.#signedOut) void this.#send(true)
  }

  /** What could not be kept yet would be lost. */
  readonly #warn = (event: BeforeUnloadEvent) => {
    if (this.#isChanged && this.#said !== '' && !this.#said.startsWith('Entwurf')) event.preventDefault()
  }

  /** Sends the form by `work`; sent, the draft is gone. Refused, it is kept on. */
  async sent<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const key = this.#key
    clearTimeout(this.#timer)
    this.#isSent = true
    await this.#keeping
    try {
      const answer = await work()
      if (key) void forget(key)
      return answer
    } catch (problem) {
      this.#isSent = false
      this.#look()
      throw problem
    }
  }

  /** The form is given up. */
  discard() {
    this.#isSent = true
    this.#forget()
  }

  #forget() {
    const key = this.#key
    clearTimeout(this.#timer)
    if (key === undefined) return
    void (this.#keeping ?? Promise.resolve()).then(() => forget(key))
  }

  #startAnew() {
    this.#options.restore(JSON.parse(this.#blank) as Content)
    this.#kept = this.#blank
    this.#restoredAt = undefined
    this.#said = 'Der Entwurf ist verworfen.'
    this.#forget()
    this.#host.requestUpdate()
  }

  /** What became of what was typed. */
  line() {
    if (this.#key === undefined) return nothing
    return html`<p class="sj-meta sj-no-print" role="status">
      ${
        this.#restoredAt === undefined
          ? this.#said
          : html`Entwurf von ${momentText(this.#restoredAt, new Date())} wiederhergestellt ·
              <button type="button" class="sj-link" @click=${() => this.#startAnew()}>verwerfen</button>`
      }
    </p>`
  }
}

/** A draft of a form that has changed since with the portal itself is none of it. */
const isOfForm = (content: object, form: object) => Object.keys(content).toSorted().join() === Object.keys(form).toSorted().join()

const forget = async (key: DraftKey, attempts = 5): Promise<void> => {
  try {
    await discardDraft(key)
  } catch (problem) {
    if (!(problem instanceof RequestProblem)) throw problem
    const isTransient = problem.status === 0 || problem.status >= 500
    if (!isTransient || attempts === 1) return
    await new Promise((resolve) => setTimeout(resolve, againMs))
    await forget(key, attempts - 1)
  }
}
