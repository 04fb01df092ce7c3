// Development: the server starts again when its sources change, vite serves the dashboards and passes on the rest.
import { spawn } from 'node:child_process'
import path from 'node:path'

const root = path.join(import.meta.dirname, '..')
const run = (...args: string[]) => spawn(process.execPath, args, { cwd: root, stdio: 'inherit' })
const bin = (file: string) => path.join(root, 'node_modules', file)

const children = [
  run(bin('tsx/dist/cli.mjs'), 'watch', '--clear-screen=false', 'api/main.ts', '--development'),
  run(bin('vite/bin/vite.js')),
]
const stop = () => {
  for (const child of children) child.kill('SIGTERM')
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop)
for (const child of children) child.on('exit', stop)
