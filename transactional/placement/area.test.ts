import { expect, test } from 'vitest'
import { Area, areaOf, PointInput } from './area.ts'

test('an area is read as it is written', () => {
  expect(['de', 'MV', '13075', '13075039', '13075_neighbours', 'around_54.09_12.13_30'].map(areaOf)).toEqual([
    {},
    { state: 'MV' },
    { authority: '13075', neighbours: false },
    { authority: '13075039', neighbours: false },
    { authority: '13075', neighbours: true },
    { around: { point: [54.09, 12.13], kilometres: 30 } },
  ])
})

test('what is no area, or tells a place more closely than a kilometre, is refused', () => {
  const refused = [
    '',
    'Berlin',
    '1307',
    '13075_',
    'around_54.09_12.13',
    'around_54.0912_12.13_30',
    'around_48.85_2.35_30',
    'around_54.09_12.13_0',
  ]
  for (const area of refused) expect(Area.safeParse(area).success, area).toBe(false)
  expect(['54.09_12.13', '47.30_5.90', '54.0_12.1', '56.00_12.00'].map((text) => PointInput.safeParse(text).success)).toEqual([
    true,
    true,
    false,
    false,
  ])
})
