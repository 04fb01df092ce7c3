import { pino } from 'pino'
import { expect } from 'vitest'
import type { Service } from '../service.fixture.ts'
import { startExpiry } from './expiry.ts'

/** Ends what is held too long by the clock of the service, at short intervals, and tells when it has looked for it again. */
export const startWatchedExpiry = ({ db, clock }: Pick<Service, 'db' | 'clock'>) => {
  let asked = 0
  const now = () => {
    asked += 1
    return clock.now
  }
  const { stop } = startExpiry({ db, now, log: pino({ enabled: false }) }, 20)
  // a look asks for the time of each of its steps: so often, it has begun and ended in between
  const lookedAgain = async () => {
    const before = asked
    await expect.poll(() => asked).toBeGreaterThan(before + 20)
  }
  return { lookedAgain, stop }
}
