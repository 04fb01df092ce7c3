import { afterAll, beforeAll, expect, test } from 'vitest'
import { startService, type Service } from '../service.fixture.ts'

let service: Service
beforeAll(async () => void (service = await startService()))
afterAll(() => service.stop())

type Answer = { items: { name: string; latitude: number; longitude: number }[] }
const places = (user: string) => service.as(user)<Answer>('GET', '/service/places')

test('towns, postcodes and authorities are known of the state and wherever a facility stands, namesakes by their district', async () => {
  const stand = async (id: string, town: string | null, postcode: string | null, latitude: number) => {
    await service.owner.query('update facility set latitude = $2, longitude = 13 where id = $1', [id, latitude])
    await service.insert('facility_contact', { facility_id: id, town, postcode })
  }
  const [vg, hro] = service.providers
  await stand(vg!.facilities[0]!, 'Ueckermünde', '17373', 53.7)
  await stand(vg!.facilities[1]!, 'Ueckermünde', null, 53.8)
  await stand(hro!.facilities[0]!, 'Neustadt', '18999', 54)
  const { items } = (await places('fall.vg')).body
  const found = (sought: string) => items.filter(({ name }) => name.includes(sought)).map(({ name, latitude }) => [name, latitude])
  expect(found('Neustadt')).toEqual([
    ['Neustadt', 54],
    ['18999 Neustadt', 54],
  ])
  // a town that is known lies where it lies
  expect(found('Ueckermünde')).toEqual([
    ['Ueckermünde', 53.74],
    ['17373 Ueckermünde', 53.74],
  ])
  expect(found('17489')).toEqual([['17489 Greifswald', 54.1]])
  expect(found('Vorpommern-Greifswald')).toHaveLength(1)

  await stand(hro!.facilities[1]!, 'Ueckermünde', null, 54.1)
  const names = (await places('finanzen.vg')).body.items.map(({ name }) => name)
  expect(names.filter((name) => name.startsWith('Ueckermünde'))).toEqual([
    expect.stringMatching(/^Ueckermünde \(Rostock/),
    expect.stringMatching(/^Ueckermünde \(Vorpommern-Greifswald/),
  ])
  expect([(await places('anbieter.1')).status, (await places('politik')).status]).toEqual([404, 404])
})
