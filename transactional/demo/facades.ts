import type { Chance } from './chance.ts'

const WIDTH = 960
const HEIGHT = 640
/** The ground. */
const FLOOR = 520

const WALLS = ['#e9dfce', '#dfe3e0', '#e6d3c3', '#efe9dc', '#d8ddd0', '#e3cdb8']
const ROOFS = ['#8f4f3f', '#6f5a54', '#5d6670', '#7d4438']
const DOORS = ['#4d6b57', '#3f5a73', '#7a4a3a']

const rect = (x: number, y: number, width: number, height: number, fill: string, more = '') =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"${more}/>`

const pane = (x: number, y: number, width: number, height: number) =>
  rect(x - 5, y - 5, width + 10, height + 10, '#fbfaf7') +
  rect(x, y, width, height, '#9fb4c0') +
  rect(x + width / 2 - 2, y, 4, height, '#fbfaf7') +
  rect(x, y + height * 0.36, width, 4, '#fbfaf7') +
  rect(x - 9, y + height + 5, width + 18, 5, '#cbc4b8')

const tree = (x: number, size: number, green: string) =>
  rect(x - size * 0.06, FLOOR - size * 0.7, size * 0.12, size * 0.7, '#7b6a58') +
  [
    [-0.26, 0.8, 0.3],
    [0.26, 0.82, 0.28],
    [0, 1.1, 0.36],
  ]
    .map(([dx, up, radius]) => `<circle cx="${x + dx! * size}" cy="${FLOOR - up! * size}" r="${radius! * size}" fill="${green}"/>`)
    .join('')

const hedge = (x: number, width: number) => rect(x, FLOOR - 26, width, 30, '#8da587', ' rx="13"')

/** A drawn house, as SVG: no photo of any, and seen to be none. */
export const facade = (chance: Chance): string => {
  const storeys = chance.integer(2, 3)
  const axes = 2 * chance.integer(1, 2) + 1
  const [wall, roof, door] = [chance.pick(WALLS), chance.pick(ROOFS), chance.pick(DOORS)]
  const gabled = chance.happens(0.5)
  const axis = axes === 3 ? 132 : 104
  const [width, storey] = [axes * axis + 48, storeys === 2 ? 128 : 104]
  const [left, top] = [(WIDTH - width) / 2, FLOOR - storeys * storey - 18]
  const rise = gabled ? 132 : 92
  const middle = WIDTH / 2
  const roofed = gabled
    ? `<polygon points="${left - 26},${top + 6} ${middle},${top - rise} ${left + width + 26},${top + 6}" fill="${roof}"/>` +
      `<polygon points="${left + 26},${top + 6} ${middle},${top - rise + 38} ${left + width - 26},${top + 6}" fill="${wall}"/>` +
      pane(middle - 24, top - 56, 48, 50)
    : `<polygon points="${left - 26},${top + 4} ${left + 52},${top - rise} ${left + width - 52},${top - rise} ${left + width + 26},${top + 4}" fill="${roof}"/>` +
      rect(left + width * 0.72, top - rise - 34, 34, 60, '#9a7a6a')
  const windows = Array.from({ length: storeys * axes }, (_, index) => {
    const [row, column] = [Math.floor(index / axes), index % axes]
    const [x, y] = [left + 24 + column * axis + axis / 2, top + 30 + row * storey]
    const isEntrance = row === storeys - 1 && column === (axes - 1) / 2
    return isEntrance ? '' : pane(x - 29, y, 58, storey - 54)
  })
  const lintel = FLOOR - storey + 14
  const entrance =
    rect(middle - 40, lintel, 80, FLOOR - lintel, '#fbfaf7') +
    rect(middle - 32, lintel + 8, 64, FLOOR - lintel - 8, door) +
    rect(middle - 22, lintel + 20, 44, 28, '#9fb4c0') +
    rect(middle - 58, FLOOR - 6, 116, 12, '#c9c5bc') +
    `<polygon points="${middle - 66},${lintel} ${middle + 66},${lintel} ${middle + 50},${lintel - 20} ${middle - 50},${lintel - 20}" fill="${roof}"/>`
  const greens = ['#7f9a78', '#93a985', '#6f8d70']
  const trees =
    tree(left - chance.integer(60, 90), chance.integer(130, 180), chance.pick(greens)) +
    tree(left + width + chance.integer(70, 100), chance.integer(150, 210), chance.pick(greens))
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">` +
    rect(0, 0, WIDTH, HEIGHT, '#dfe8ee') +
    `<ellipse cx="${chance.integer(100, 400)}" cy="110" rx="120" ry="26" fill="#eef3f6"/>` +
    `<ellipse cx="${chance.integer(600, 880)}" cy="170" rx="150" ry="24" fill="#eef3f6"/>` +
    `<path d="M0 ${FLOOR - 60} Q 240 ${FLOOR - 120} 520 ${FLOOR - 64} T ${WIDTH} ${FLOOR - 84} V ${HEIGHT} H 0 Z" fill="#c9d6c4"/>` +
    trees +
    rect(0, FLOOR, WIDTH, HEIGHT - FLOOR, '#b4c4a8') +
    `<polygon points="${middle - 34},${FLOOR} ${middle + 34},${FLOOR} ${middle + 110},${HEIGHT} ${middle - 110},${HEIGHT}" fill="#d9d3c6"/>` +
    rect(left, top, width, FLOOR - top, wall) +
    rect(left, FLOOR - 18, width, 18, '#b9b2a6') +
    roofed +
    windows.join('') +
    entrance +
    hedge(left - 10, width / 2 - 70) +
    hedge(middle + 76, width / 2 - 66) +
    '</svg>'
  )
}
