import type * as Plot from '@observablehq/plot'

/** For the options of a mark: writes the id of its row on every shape, so that readers can choose it. */
export const pickable = (rows: { id: string }[]): { render: Plot.RenderFunction } => ({
  render: (index, scales, values, dimensions, context, next) => {
    const group = next!(index, scales, values, dimensions, context)
    for (const [at, shape] of [...(group?.children ?? [])].entries()) shape.setAttribute('data-id', rows[index[at]!]!.id)
    return group
  },
})
