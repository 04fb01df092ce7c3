/** Moves labels apart until neighbours keep `gap`, as little as possible, within bounds. Positions in, positions out, same order. */
export const labelPositions = (wanted: number[], gap: number, { from, to }: { from: number; to: number }): number[] => {
  const order = wanted.map((_, index) => index).toSorted((a, b) => wanted[a]! - wanted[b]!)
  const placed = order.map((index) => wanted[index]!)
  // blocks of touching labels stand centred on what their members want
  type Block = { sum: number; count: number }
  const blocks: Block[] = []
  const start = ({ sum, count }: Block) => {
    const centred = sum / count - ((count - 1) * gap) / 2
    return Math.min(Math.max(centred, from), Math.max(from, to - (count - 1) * gap))
  }
  for (const position of placed) {
    blocks.push({ sum: position, count: 1 })
    while (blocks.length > 1) {
      const [before, last] = [blocks.at(-2)!, blocks.at(-1)!]
      if (start(before) + before.count * gap <= start(last)) break
      blocks.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count })
    }
  }
  const spread = blocks.flatMap((block) => Array.from({ length: block.count }, (_, index) => start(block) + index * gap))
  const result: number[] = []
  order.forEach((index, rank) => (result[index] = spread[rank]!))
  return result
}
