// Development: the server starts again when its sources change, vite serves the dashboards and passes on the rest.
import { spawn } from 'node:child_process'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
// groups of their own: Ctrl-C reaches them once, from here, since a second signal means to hurry
const run = (bin: string, ...args: string[]) =>
  spawn(process.execPath, [path.join(root, 'node_modules', bin), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  })

const children = [run('tsx/dist/cli.mjs', 'watch', '--clear-screen=false', 'api/main.ts', '--development'), run('vite/bin/vite.js')]
let stopping = false
const stop = () => {
  if (stopping) return
  stopping = true
  for (const child of children) if (child.exitCode === null) child.kill('SIGTERM')
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
for (const child of children) child.on('exit', stop)
