export const sexes: [string, string][] = [
  ['w', 'weiblich'],
  ['m', 'männlich'],
  ['d', 'divers'],
]
export const sexLabels: Record<string, string> = Object.fromEntries(sexes)
