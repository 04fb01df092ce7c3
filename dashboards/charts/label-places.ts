// Places for short labels beside points, so that none lies on another.

export type Box = { x: number; y: number; width: number; height: number }
export type Labelled = { id: string; x: number; y: number; text: string }
export type Placed = Labelled & { anchor: 'start' | 'middle' | 'end' }

/** Of Fira Sans in the size of labels. */
export const textWidth = (text: string, fontSize = 13) => text.length * fontSize * 0.56

export const overlap = (a: Box, b: Box) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
export const within = (inner: Box, outer: Box) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height

const height = 16
const distance = 9
const boxOf = ({ x, y, text, anchor }: Placed): Box => {
  const width = textWidth(text)
  return { x: anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2, y: y - height / 2, width, height }
}

/** Right of the point, else left, above or below; in the order given, and left out where there is no room. */
export const placesBeside = (labels: Labelled[], bounds: Box): Placed[] => {
  const taken: Box[] = labels.map(({ x, y }) => ({ x: x - 4, y: y - 4, width: 8, height: 8 }))
  return labels.flatMap((label) => {
    const candidates: Placed[] = [
      { ...label, x: label.x + distance, anchor: 'start' },
      { ...label, x: label.x - distance, anchor: 'end' },
      { ...label, y: label.y - distance - height / 2, anchor: 'middle' },
      { ...label, y: label.y + distance + height / 2, anchor: 'middle' },
    ]
    const found = candidates.find((candidate) => {
      const box = boxOf(candidate)
      return within(box, bounds) && !taken.some((other) => overlap(box, other))
    })
    if (!found) return []
    taken.push(boxOf(found))
    return [found]
  })
}
