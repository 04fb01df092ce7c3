// Values in large figures: money short, and a sign read aloud where there is none.
import { html } from 'lit'
import { shortMoneyText, signText } from '../../format.ts'

export const missingValue = (sign: string | null | undefined) =>
  html`<b aria-hidden="true">${sign ?? '–'}</b><span class="kern-sr-only">${signText(sign ?? '–')}</span>`

export const moneyValue = (cents: number) => {
  const { text, unit } = shortMoneyText(cents)
  return html`${text} <small>${unit}</small>`
}
