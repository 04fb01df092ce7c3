import { describe, expect, test } from 'vitest'
import { classesBetween } from './comparison-groups.ts'

const classed = (limits: number[], ...sizes: number[]) => {
  const districts = sizes.map((young, at) => ({ id: String(at), kind: 'Landkreis', young, inhabitants: 5 * young }))
  const classes = classesBetween(limits, ({ young }) => young, String)(districts)
  return classes.map(({ name, holds }) => [name, districts.filter(holds).length])
}

describe('classes of size', () => {
  test('keep their limits where none has a single member', () => {
    expect(classed([20, 40], 10, 19, 20, 39, 40, 70)).toEqual([
      ['unter 20', 2],
      ['20 bis unter 40', 2],
      ['ab 40', 2],
    ])
    expect(classed([20, 40], 10, 15, 50, 60)).toEqual([
      ['unter 20', 2],
      ['20 bis unter 40', 0],
      ['ab 40', 2],
    ])
  })

  test('give up the limit that leaves one alone', () => {
    expect(classed([20, 40], 10, 25, 30, 41, 42)).toEqual([
      ['unter 40', 3],
      ['ab 40', 2],
    ])
    expect(classed([20, 40], 10, 11, 25, 30, 90)).toEqual([
      ['unter 20', 2],
      ['ab 20', 3],
    ])
    expect(classed([20, 40], 10, 30, 90)).toEqual([['alle', 3]])
  })
})
