/** Where a page has the width of a phone. */
export const phone = matchMedia('(max-width: 47.99rem)')
