import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { districtNeighbours } from '../schema.ts'
import { neighbourhoodOf, neighboursFile } from './neighbours.ts'

test('a district and those that border on it; a town with an own authority inside a district counts as the district', () => {
  expect(neighbourhoodOf('13075')).toEqual(['13075', '12073', '13071', '13073'])
  // surrounded by one district
  expect(neighbourhoodOf('13003')).toEqual(['13003', '13072'])
  expect(neighbourhoodOf('13075039')).toEqual(neighbourhoodOf('13075'))
  expect(neighbourhoodOf('99999')).toEqual(['99999'])
})

test('the file is what the map of the districts says, and neighbours are so of each other', async () => {
  expect(readFileSync(neighboursFile, 'utf8')).toBe(await districtNeighbours())
  const all = readFileSync(neighboursFile, 'utf8').trim().split('\n').slice(1)
  expect(all).toHaveLength(401)
  for (const line of all)
    for (const other of line.slice(6).split(' ').filter(Boolean)) expect(neighbourhoodOf(other)).toContain(line.slice(0, 5))
})
