import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { buildDashboards, dashboardsFolder } from '../api/dashboards-build.ts'

const file = (name: string) => readFileSync(path.join(dashboardsFolder, name))
beforeAll(() => buildDashboards(() => undefined))

test('what the first page loads at once stays small', () => {
  const html = file('index.html').toString()
  const scripts = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, name]) => name!)
  expect(scripts.length).toBeGreaterThan(0)
  const packed = scripts.reduce((sum, name) => sum + gzipSync(file(name)).length, 0)
  expect(packed).toBeLessThan(60 * 1024)
})

test('the page has no script and no style of its own, so that the Content-Security-Policy can forbid them', () => {
  const html = file('index.html').toString()
  expect(html).not.toMatch(/<script(?![^>]*src=)|<style|style=|onload=/)
})
