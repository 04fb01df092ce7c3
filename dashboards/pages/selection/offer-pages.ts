import { getOffers, type OfferPage, type OfferQuery } from '../../client.ts'

/** So many are listed at once, and so many more each time. */
export const listedAtOnce = 200
/** The service gives no more in one answer. */
const mostAnswered = 1000

/** The offers of one question at a time, cheapest first: the first of them at once, the others when they are needed. */
export class OfferPages {
  #asked: string | undefined
  #page: OfferPage | undefined

  /** Asks anew, as places may be gone or free by now. */
  forget() {
    this.#asked = undefined
  }

  /** At least so many, where there are. */
  async upTo(needed: number, query: OfferQuery, signal: AbortSignal): Promise<OfferPage> {
    const asked = JSON.stringify(query)
    let page = this.#asked === asked ? this.#page : undefined
    while (page === undefined || (page.items.length < needed && page.next_cursor !== null)) {
      const limit = page === undefined ? listedAtOnce : mostAnswered
      const next = await getOffers({ ...query, limit: String(limit), cursor: page?.next_cursor ?? null }, signal)
      page = { ...next, items: [...(page?.items ?? []), ...next.items] }
      this.#asked = asked
      this.#page = page
    }
    return page
  }
}
