import { expect, test } from 'vitest'
import { areasOf, closePath, comparisonPath, deskPath, findPage, notFound, pages, trailOf } from './route.ts'

test('every address is given once', () => {
  expect(new Set(pages.map((page) => page.path)).size).toBe(pages.length)
})

test('an address is found with and without a slash at its end', () => {
  expect(findPage(`${comparisonPath}/`, ['politics']).title).toBe('Überörtliche Kennzahlen')
  expect(findPage('/', []).title).toBe('Überblick')
})

test('an unknown address is the page that says so', () => {
  expect(findPage('/basics/gibt-es-nicht', ['admin'])).toBe(notFound)
})

test('the orientation line names the pages above and leads to them', () => {
  expect(trailOf(findPage(comparisonPath, ['politics']))).toEqual([
    { title: 'Basics', path: '/basics' },
    { title: 'Schnellauswertung', path: '/basics/schnellauswertung' },
    { title: 'Überörtliche Kennzahlen', path: comparisonPath },
  ])
  expect(trailOf(findPage('/', ['politics']))).toEqual([])
})

test('closing a page leads one step up, from the top to the overview', () => {
  expect(closePath(findPage(comparisonPath, ['politics']))).toBe('/basics/schnellauswertung')
  expect(closePath(findPage('/basics', ['politics']))).toBe('/')
  expect(closePath(findPage('/impressum', []))).toBe('/')
})

test('only areas that lead somewhere are offered', () => {
  expect(areasOf(['politics']).map(({ label }) => label)).toEqual(['Basics'])
  expect(areasOf(['controlling']).map(({ label }) => label)).toEqual(['Basics', 'Verwaltung'])
  expect(areasOf(['admin']).map(({ label }) => label)).toEqual(['Basics', 'Admin'])
})

test('a page of a role does not exist for others; who is not signed in is asked to', () => {
  expect(findPage(deskPath, ['controlling']).title).toBe('SQL-Arbeitsplatz')
  for (const role of ['politics', 'finance', 'admin'] as const) expect(findPage(deskPath, [role])).toBe(notFound)
  expect(findPage(deskPath, undefined).title).toBe('SQL-Arbeitsplatz')
})
