import type { Context } from 'hono'
import { factsOf, type Fact } from '../warehouse/facts.ts'
import { monthOf } from '../warehouse/month.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { asOf, MomentInPreparation, sourcesOf, UnknownMoment, type Bygone } from './moment.ts'
import type { ApiEnv } from './reader.ts'

type Asked = {
  as_of: string
  fact: Fact
  youth_authority_id: string
  month: string
  days: { first: string; last: string }
  ids?: string[] | undefined
}

/** An authority's single facts as they were at a moment readers may choose, for the service that knows whose they are and joins the names. */
export const pastFacts = (options: { warehouse: Warehouse; now: () => Date; bygone: Bygone }) => {
  const sourceOf = sourcesOf(options)
  return async (c: Context, { as_of, month, days, ...of }: Asked) => {
    if (!asOf.safeParse(as_of).success) return 'unknown'
    try {
      // the service tells readers by the same name
      const source = await sourceOf(c as Context<ApiEnv>, as_of)
      if (monthOf(month) > source.last) return 'not_begun'
      const then = await source.open()
      return { rows: await factsOf(then, { ...of, ...days }), data_as_of: then.freshness().data_as_of }
    } catch (error) {
      if (error instanceof UnknownMoment) return 'unknown'
      if (error instanceof MomentInPreparation) return 'preparing'
      throw error
    }
  }
}
