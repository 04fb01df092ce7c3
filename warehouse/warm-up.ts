import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { keyFigures } from './key-figures.ts'
import { monthAt } from './month.ts'
import { comparison } from './views.ts'
import type { Warehouse } from './warehouse.ts'

/** Between two figures others have their turn. */
const pauseMs = 50

/**
 * Computes the table of every figure once, so that nobody waits for what is read and decided for the first time: cells and decisions of
 * disclosure control then only move on with commits.
 */
export const warmUp = (
  warehouse: Warehouse,
  { now, log }: { now: () => Date; log: Logger },
): { finished: Promise<void>; stop: () => Promise<void> } => {
  let stopped = false
  const run = async () => {
    const running = monthAt(now())
    for (const { name } of keyFigures) {
      if (stopped) return
      const query = { figure: name, service_kind: null, specialisation: null, area: 'de', month: running, running }
      await comparison(warehouse, query, { own_authority: null })
      await pause(pauseMs)
    }
  }
  const finished = run().catch((error: unknown) => log.warn({ err: error }, 'figures were not computed ahead'))
  return {
    finished,
    stop: async () => {
      stopped = true
      await finished
    },
  }
}
