import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'

const longestMs = 20_000

/** Nothing of this process's environment is passed on; Windows starts nothing without the folder of its system. */
const bareEnvironment = (): NodeJS.ProcessEnv => (process.env.SystemRoot === undefined ? {} : { SystemRoot: process.env.SystemRoot })

/**
 * What a program of this folder makes of a file from anybody, in a process of its own: empty where it failed, undefined where it took too
 * long.
 */
export const inOwnProcess = async (program: string, content: Uint8Array, ...args: string[]): Promise<Buffer | undefined> => {
  const child = spawn(process.execPath, ['--max-old-space-size=512', '--import', 'tsx', join(import.meta.dirname, program), ...args], {
    // where tsx is found from
    cwd: import.meta.dirname,
    env: bareEnvironment(),
    stdio: ['pipe', 'pipe', 'ignore'],
    windowsHide: true,
  })
  let late = false
  const clock = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, longestMs)
  // a child that could not be started, or is gone, makes nothing
  for (const each of [child, child.stdin]) each.on('error', () => undefined)
  child.stdin.end(content)
  try {
    const answer = await buffer(child.stdout)
    return late ? undefined : answer
  } finally {
    clearTimeout(clock)
    child.kill('SIGKILL')
  }
}

/** Leaves the program before it takes more than 1 GB. */
export const watchMemory = () => {
  setInterval(() => process.memoryUsage.rss() > 1024 * 1024 * 1024 && process.exit(1), 200).unref()
}

/** Runs one piece of work after the other. */
export const oneAtATime = () => {
  let last: Promise<unknown> = Promise.resolve()
  return <Done>(work: () => Promise<Done>): Promise<Done> => {
    const done = last.then(work)
    last = done.catch(() => undefined)
    return done
  }
}
