const throttleWindow = 15 * 60_000
/** Different wrong tokens of one address (an office shares one) in a quarter of an hour. */
export const mostGuesses = 60

/**
 * Counts the wrong tokens of each address, in memory: 256 random bits are not guessed, this only keeps who tries away from the data
 * base. The same wrong token again is a forgotten program, not a guess, and locks nobody out.
 */
export const countGuesses = (now: () => Date) => {
  const byAddress = new Map<string, Map<string, number>>()
  const recent = (address: string) => {
    const guesses = byAddress.get(address)
    const since = now().getTime() - throttleWindow
    for (const [token, at] of guesses ?? []) if (at <= since) guesses!.delete(token)
    return guesses
  }
  const forgetOldest = () => {
    for (const address of byAddress.keys()) {
      if (recent(address)!.size > 0) return
      byAddress.delete(address)
    }
  }
  return {
    areTooMany: (address: string): boolean => (recent(address)?.size ?? 0) >= mostGuesses,
    note: (address: string, token_hash: Buffer): void => {
      const guesses = recent(address) ?? new Map<string, number>()
      guesses.set(token_hash.toString('base64'), now().getTime())
      // in the order of their last guess
      byAddress.delete(address)
      byAddress.set(address, guesses)
      forgetOldest()
    },
  }
}
