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
 */
export const suppress = (
  measures: CaseGrid[],
  months: number,
  { own, threshold }: { own: number | null; threshold: number },
): Suppression => {
  const rows = measures[0]?.length ?? 0
  const hidden = Array.from({ length: rows }, () => new Array<boolean>(months).fill(false))
  const total_hidden = new Array<boolean>(months).fill(false)
  for (const cases of measures) {
    for (let month = 0; month < months; month += 1) {
      let any = false
      let shield = -1
      for (let row = 0; row < rows; row += 1) {
        if (row === own) continue
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
  return { hidden, total_hidden }
}
