// The last queries of an account, in this browser window alone and until it is closed.

const most = 10
const keyOf = (account: string) => `sojus-desk ${account}`

export const recentQueries = (account: string): string[] => {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(keyOf(account)) ?? '[]')
    return Array.isArray(kept) ? kept.filter((each) => typeof each === 'string') : []
  } catch {
    return []
  }
}

/** Puts a query in front of the others; tells them all. */
export const rememberQuery = (account: string, sql: string): string[] => {
  const text = sql.trim()
  const known = recentQueries(account)
  if (text === '') return known
  const kept = [text, ...known.filter((each) => each !== text)].slice(0, most)
  try {
    sessionStorage.setItem(keyOf(account), JSON.stringify(kept))
  } catch {
    // without storage they are known as long as the page is open
  }
  return kept
}
