/**
 * The one place where cells are suppressed (domain.md 3, disclosure control). Decided month by month from the cases alone, so that
 * every view, mean and trend that contains a month hides the same cells of it.
 */
export type Suppression = {
  /** hidden[row][month] */
  hidden: boolean[][]
  /** total_hidden[month] */
  total_hidden: boolean[]
}

/** cases[row][month] behind one measure, distinct cases with a non-zero contribution. */
export type CaseGrid = ArrayLike<number>[]

/**
 * Hides every cell resting on fewer cases than the threshold (but at least one), and in each column that hides one also the
 * smallest open cell of at least the threshold, else the Summe. The reader's own row (`own`, or null) is neither hidden nor
 * used to hide behind: who knows it could subtract it. A figure resting on several measures hides what any of them hides.
 *
 * `groups[row]` is the state of a row. Each state is decided by itself, because its rows and its Summe can be asked for alone:
 * what is hidden there must stay hidden among all of Germany, whose Summe goes with that of any of its states.
 */
export const suppress = (
  measures: CaseGrid[],
  months: number,
  { own, threshold, groups }: { own: number | null; threshold: number; groups: string[] },
): Suppression => {
  const hidden = groups.map(() => new Array<boolean>(months).fill(false))
  const total_hidden = new Array<boolean>(months).fill(false)
  const rowsOfGroups = new Map<string, number[]>()
  groups.forEach((group, row) => {
    if (!rowsOfGroups.has(group)) rowsOfGroups.set(group, [])
    if (row !== own) rowsOfGroups.get(group)!.push(row)
  })
  for (const cases of measures) {
    for (const rows of rowsOfGroups.values()) {
      for (let month = 0; month < months; month += 1) {
        let any = false
        let shield = -1
        for (const row of rows) {
          const n = cases[row]![month]!
          if (n > 0 && n < threshold) {
            hidden[row]![month] = true
            any = true
          } else if (n >= threshold && (shield < 0 || n < cases[shield]![month]!)) shield = row
        }
        if (!any) continue
        if (shield >= 0) hidden[shield]![month] = true
        else total_hidden[month] = true
      }
    }
  }
  return { hidden, total_hidden }
}
