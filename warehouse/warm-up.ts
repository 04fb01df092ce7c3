import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from 'pino'
import { directoryOf } from './directory.ts'
import { keyFigures, measuresOf } from './key-figures.ts'
import { januaryOf, monthAt, monthOf, type Month } from './month.ts'
import { decideAhead } from './suppression.ts'
import { comparison } from './views.ts'
import type { Warehouse } from './warehouse.ts'

/** Between two figures others have their turn. */
const pauseMs = 50

/**
 * Computes the table of every figure once, then as it was in earlier years back to the first data, and decides on those of each
 * specialisation, so that nobody waits for what is read and decided for the first time: cells and decisions of disclosure control then
 * only move on with commits.
 */
export const warmUp = (
  warehouse: Warehouse,
  { now, log }: { now: () => Date; log: Logger },
): { finished: Promise<void>; stop: () => Promise<void> } => {
  let stopped = false
  const run = async () => {
    const running = monthAt(now())
    for (const month of await monthsThatReachBack(warehouse, running)) {
      for (const { name } of keyFigures) {
        if (stopped) return
        const query = { figure: name, service_kind: null, specialisation: null, area: 'de', month, running }
        await comparison(warehouse, query, { own_authority: null })
        await pause(pauseMs)
      }
    }
    const { specialisations } = await directoryOf(warehouse)
    const begins = await firstMonth(warehouse)
    for (let last = running; last >= begins; last -= 12) {
      const first = Math.max(begins, last - 11)
      for (const { code } of specialisations) {
        if (stopped) return
        await decideAhead(warehouse, protectingSpecialised, code, { first, months: last - first + 1 })
        await pause(pauseMs)
      }
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

/** What protects figures that are told by specialisation. */
const protectingSpecialised = [
  ...new Set(
    keyFigures
      .filter(({ by_specialisation }) => by_specialisation)
      .flatMap((figure) => [...measuresOf(figure, 'day').protecting, ...measuresOf(figure, 'hour').protecting]),
  ),
]

const firstMonth = async (warehouse: Warehouse): Promise<Month> => {
  const { authorities } = await directoryOf(warehouse)
  return Math.min(...authorities.map(({ data_from }) => (data_from ? monthOf(data_from) : Infinity)))
}

/** The running month and Decembers before it: a table reaches from its month back to the January of the year before. */
const monthsThatReachBack = async (warehouse: Warehouse, running: Month): Promise<Month[]> => {
  const first = await firstMonth(warehouse)
  const months = [running]
  for (let month = januaryOf(running) - 13; month >= first; month -= 24) months.push(month)
  return months
}
