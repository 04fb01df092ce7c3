import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Freshness } from '../query.ts'
import type { Warehouse } from '../warehouse.ts'
import type { DeskResult } from './child.ts'
import { longestQuery, mostBytes } from './limits.ts'
import { ownRows, type RowsOfTable } from './own-rows.ts'
import { DeskRefusal, refused, type Refused } from './refusal.ts'

export type DeskQuery = { sql: string; youth_authority_id: string; signal: AbortSignal }

export type Desk = {
  /** Runs a query over the authority's own rows in a process of its own; throws `DeskRefusal`. */
  ask(query: DeskQuery): Promise<Freshness & DeskResult>
}

export type DeskOptions = { warehouse: Warehouse; atOnce?: number; mostWaiting?: number; longest?: number; started?: (pid: number) => void }

/** At most `atOnce` queries run, `mostWaiting` wait their turn, and each ends after `longest` milliseconds or when it is cancelled. */
export const openDesk = ({ warehouse, atOnce = 2, mostWaiting = 8, longest = longestQuery, started }: DeskOptions): Desk => {
  let running = 0
  const waiting: (() => void)[] = []

  const takeTurn = async (signal: AbortSignal): Promise<void> => {
    if (running < atOnce) {
      running += 1
      return
    }
    if (waiting.length >= mostWaiting) throw refused('busy')
    await new Promise<void>((resolve, reject) => {
      const giveUp = (code: 'busy' | 'cancelled') => {
        waiting.splice(waiting.indexOf(turn), 1)
        clearTimeout(patience)
        reject(refused(code))
      }
      const leave = () => giveUp('cancelled')
      const patience = setTimeout(() => giveUp('busy'), longest)
      // who waited takes over the place of who ends
      const turn = () => {
        clearTimeout(patience)
        signal.removeEventListener('abort', leave)
        resolve()
      }
      signal.addEventListener('abort', leave, { once: true })
      waiting.push(turn)
    })
  }

  const endTurn = (): void => {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }

  return {
    ask: async ({ sql, youth_authority_id, signal }) => {
      if (signal.aborted) throw refused('cancelled')
      await takeTurn(signal)
      try {
        const own = ownRows(warehouse, youth_authority_id, sql)
        // the process starts meanwhile
        const result = await runInChild({ sql, parts: own.then(({ parts }) => parts), signal, longest, started })
        const { data_lsn, data_as_of } = await own
        return { data_lsn, data_as_of, ...result }
      } finally {
        endTurn()
      }
    },
  }
}

type Run = { sql: string; parts: Promise<RowsOfTable[]>; signal: AbortSignal; longest: number; started: DeskOptions['started'] }

/** Nothing of this process's environment is passed on; Windows starts nothing without the folder of its system. */
const bareEnvironment = (): NodeJS.ProcessEnv => (process.env.SystemRoot === undefined ? {} : { SystemRoot: process.env.SystemRoot })

const runInChild = async ({ sql, parts, signal, longest, started }: Run): Promise<DeskResult> => {
  parts.catch(() => undefined)
  if (signal.aborted) throw refused('cancelled')
  const child = spawn(process.execPath, ['--max-old-space-size=256', '--import', 'tsx', join(import.meta.dirname, 'child.ts')], {
    // where tsx is found from
    cwd: import.meta.dirname,
    env: bareEnvironment(),
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  })
  if (child.pid !== undefined) started?.(child.pid)
  let ended: 'timeout' | 'cancelled' | 'result_too_large' | undefined
  const stop = (why: NonNullable<typeof ended>) => {
    ended ??= why
    child.kill('SIGKILL')
  }
  const cancel = () => stop('cancelled')
  const clock = setTimeout(() => stop('timeout'), longest)
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const gone = new Promise((resolve) => child.once('close', resolve))
    // one that could not be started, or is gone, has no answer
    for (const each of [child, child.stdin]) each.on('error', () => undefined)
    const answer = collect(child.stdout, () => stop('result_too_large'))
    answer.catch(() => undefined)
    const lines = [...(await parts).map(({ table, rows }) => `${table}\t${rows}\n`), `sql\t${JSON.stringify(sql)}\n`]
    // a child that is killed reads no further
    await pipeline(Readable.from(lines), child.stdin, { end: false }).catch(() => undefined)
    const text = await answer
    await gone
    if (ended) throw refused(ended)
    return resultOf(text)
  } finally {
    clearTimeout(clock)
    signal.removeEventListener('abort', cancel)
    child.kill('SIGKILL')
  }
}

/** Twice what a child counts: JSON writes some characters longer. */
const mostAnswered = 2 * mostBytes

const collect = async (stream: Readable, tooMuch: () => void): Promise<string> => {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of stream as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > mostAnswered) tooMuch()
    else parts.push(part)
  }
  return Buffer.concat(parts).toString()
}

const resultOf = (text: string): DeskResult => {
  // the first line counts: a process out of memory may say so twice before it is gone
  const length = text.indexOf('\n')
  if (length < 0) throw refused('crashed')
  const answer = JSON.parse(text.slice(0, length)) as DeskResult | { refused: Refused }
  if ('refused' in answer) throw new DeskRefusal(answer.refused)
  return answer
}
