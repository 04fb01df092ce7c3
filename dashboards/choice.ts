// What a reader chose, in the address and back. Only choices are written; the rest are defaults.

/** Reads and writes these names, in this order; commas between several values stay readable. */
export const choiceIn = <Name extends string>(names: readonly Name[]) => ({
  read: (search: string): { [name in Name]?: string } => {
    const parameters = new URLSearchParams(search)
    const choice: { [name in Name]?: string } = {}
    for (const name of names) {
      const value = parameters.get(name)
      if (value) choice[name] = value
    }
    return choice
  },
  write: (choice: { [name in Name]?: string }): string => {
    const parameters = new URLSearchParams()
    for (const name of names) {
      const value = choice[name]
      if (value) parameters.set(name, value)
    }
    const text = parameters.toString().replaceAll('%2C', ',')
    return text === '' ? '' : `?${text}`
  },
})
