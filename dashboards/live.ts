// Keeps a page informed of committed changes while it is seen. A hidden tab lets its connection go: browsers allow few per server.
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import type { FiguresChanged } from './client.ts'

type Listener = {
  changed: (event: FiguresChanged) => void
  /** Changes may have been missed: ask again. */
  resumed: () => void
}
const retryAfterMs = 3000

export class LiveController implements ReactiveController {
  interrupted = false
  readonly #host: ReactiveControllerHost
  readonly #listener: Listener
  #source: EventSource | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  readonly #seen = () => (document.visibilityState === 'visible' ? this.#resume() : this.#close())

  constructor(host: ReactiveControllerHost, listener: Listener) {
    this.#host = host
    this.#listener = listener
    host.addController(this)
  }

  hostConnected() {
    document.addEventListener('visibilitychange', this.#seen)
    if (document.visibilityState === 'visible') this.#open()
  }

  hostDisconnected() {
    document.removeEventListener('visibilitychange', this.#seen)
    this.#close()
  }

  #open() {
    const source = new EventSource('/api/events')
    this.#source = source
    source.addEventListener('open', () => {
      if (this.interrupted) this.#listener.resumed()
      this.#setInterrupted(false)
    })
    source.addEventListener('figures', (event) =>
      this.#listener.changed(JSON.parse((event as MessageEvent<string>).data) as FiguresChanged),
    )
    source.addEventListener('error', () => {
      this.#setInterrupted(true)
      // the browser reconnects by itself unless the server refused, as it does without a session
      if (source.readyState === EventSource.CLOSED) this.#retry = setTimeout(() => this.#resume(), retryAfterMs)
    })
  }

  #resume() {
    this.#close()
    this.#listener.resumed()
    this.#open()
  }

  #close() {
    clearTimeout(this.#retry)
    this.#source?.close()
    this.#source = undefined
  }

  #setInterrupted(interrupted: boolean) {
    if (this.interrupted === interrupted) return
    this.interrupted = interrupted
    this.#host.requestUpdate()
  }
}
