/** A calendar month, Europe/Berlin, as a count since year 0: neighbours differ by one. */
export type Month = number

/** From 'YYYY-MM'. */
export const monthOf = (text: string): Month => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7)) - 1

/** To 'YYYY-MM'. */
export const monthText = (month: Month): string => `${String(yearOf(month)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`

export const yearOf = (month: Month): number => Math.floor(month / 12)

export const januaryOf = (month: Month): Month => month - (month % 12)

/** First day, as SQL date text. */
export const firstDay = (month: Month): string => `${monthText(month)}-01`

const berlin = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', year: 'numeric', month: '2-digit', day: '2-digit' })

/** The month in which an instant lies in Berlin. */
export const monthAt = (instant: Date): Month => monthOf(berlin.format(instant))
