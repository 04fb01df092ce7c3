// One question, its last good answer, and what changed in it. The former answer stays until the next one is there or takes its time.
import { Task, TaskStatus } from '@lit/task'
import type { ReactiveControllerHost } from 'lit'
import { LiveController } from './live.ts'

export type LiveQuestion<Answer> = {
  /** The question as one text; undefined while it cannot be asked yet. */
  key: () => string | undefined
  /** Asked anew when it changes: another sign-in may see other things. */
  reader: () => unknown
  load: (signal: AbortSignal) => Promise<Answer>
  /** Whether a commit that touched these figures may change the answer. */
  concerns: (figures: string[], answer: Answer) => boolean
  /** Keys of what reads differently, and the words for it. */
  changes: (before: Answer, after: Answer) => { keys: string[]; told: string }
}

const markedMs = 8000
const betweenReloadsMs = 400
const skeletonAfterMs = 250

export class LiveView<Answer extends { data_as_of: string }> {
  readonly #host: ReactiveControllerHost
  readonly #question: LiveQuestion<Answer>
  readonly #task: Task<readonly unknown[], { key: string; answer: Answer } | undefined>
  readonly #live: LiveController
  #shown: { key: string; answer: Answer } | undefined
  #dataAsOf: string | undefined
  #slow = false
  #reload: ReturnType<typeof setTimeout> | undefined
  #reloadWanted = false
  #unmark: ReturnType<typeof setTimeout> | undefined
  /** What just changed; the number grows so that a second change is marked anew. */
  changed: ReadonlyMap<string, number> = new Map()
  announced = ''

  constructor(host: ReactiveControllerHost, question: LiveQuestion<Answer>) {
    this.#host = host
    this.#question = question
    this.#task = new Task(host, {
      args: () => [question.key(), question.reader()],
      task: (_, { signal }) => this.#ask(signal),
      onComplete: (next) => this.#show(next),
      onError: () => this.#askAgainIfWanted(),
    })
    this.#live = new LiveController(host, {
      changed: ({ figures, data_as_of }) => {
        if (!this.#shown || question.concerns(figures, this.#shown.answer)) return this.#askAgain()
        this.#dataAsOf = data_as_of
        host.requestUpdate()
      },
      resumed: () => this.#askAgain(),
    })
    host.addController({ hostDisconnected: () => this.#rest() })
  }

  /** The answer to show; undefined while a new question takes its time. */
  get answer(): Answer | undefined {
    return this.#slow ? undefined : this.#shown?.answer
  }
  /** The answer shown is one to the question before. */
  get isLate() {
    return this.#shown !== undefined && this.#shown.key !== this.#question.key()
  }
  /** The last answer, even to the question before. */
  get last(): Answer | undefined {
    return this.#shown?.answer
  }
  get dataAsOf() {
    return this.#dataAsOf
  }
  get interrupted() {
    return this.#live.interrupted
  }
  /** Why there is no answer; `stale`: the answer shown is one to the same question, only older. */
  get problem(): { error: unknown; stale: boolean } | undefined {
    if (this.#task.status !== TaskStatus.ERROR) return undefined
    return { error: this.#task.error, stale: this.#shown !== undefined && this.#shown.key === this.#question.key() }
  }
  retry() {
    void this.#task.run()
  }

  async #ask(signal: AbortSignal) {
    const key = this.#question.key()
    if (key === undefined) return undefined
    const patience = setTimeout(() => this.#setSlow(this.#shown?.key !== key), skeletonAfterMs)
    try {
      return { key, answer: await this.#question.load(signal) }
    } finally {
      clearTimeout(patience)
    }
  }

  #setSlow(slow: boolean) {
    this.#slow = slow
    this.#host.requestUpdate()
  }

  #show(next: { key: string; answer: Answer } | undefined) {
    if (!next) return
    const before = this.#shown
    this.#slow = false
    this.#shown = next
    this.#dataAsOf = next.answer.data_as_of
    if (before?.key === next.key) this.#mark(this.#question.changes(before.answer, next.answer))
    else this.#forgetMarks()
    this.#askAgainIfWanted()
  }

  #mark({ keys, told }: { keys: string[]; told: string }) {
    if (keys.length === 0) return
    const marks = new Map(this.changed)
    for (const key of keys) marks.set(key, (marks.get(key) ?? 1) + 1)
    this.changed = marks
    this.announced = told
    clearTimeout(this.#unmark)
    this.#unmark = setTimeout(() => {
      this.#forgetMarks()
      this.#host.requestUpdate()
    }, markedMs)
  }

  #forgetMarks() {
    this.changed = new Map()
    this.announced = ''
  }

  /** Commits may come faster than answers: one request at a time, then a short pause. */
  #askAgain() {
    if (this.#task.status === TaskStatus.PENDING || this.#reload !== undefined) this.#reloadWanted = true
    else void this.#task.run()
  }

  #askAgainIfWanted() {
    if (!this.#reloadWanted) return
    this.#reloadWanted = false
    this.#reload = setTimeout(() => {
      this.#reload = undefined
      void this.#task.run()
    }, betweenReloadsMs)
  }

  #rest() {
    clearTimeout(this.#reload)
    clearTimeout(this.#unmark)
    this.#reload = undefined
    this.#forgetMarks()
  }
}
