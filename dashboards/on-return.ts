import type { ReactiveControllerHost } from 'lit'

const leastMs = 30_000

/** Asks again when the reader comes back to the page, every 30 seconds at most. */
export const onReturn = (host: ReactiveControllerHost, ask: () => void) => {
  let asked = 0
  const returned = () => {
    if (document.visibilityState !== 'visible' || Date.now() - asked < leastMs) return
    asked = Date.now()
    ask()
  }
  host.addController({
    hostConnected: () => {
      asked = Date.now()
      addEventListener('focus', returned)
      document.addEventListener('visibilitychange', returned)
    },
    hostDisconnected: () => {
      removeEventListener('focus', returned)
      document.removeEventListener('visibilitychange', returned)
    },
  })
}
