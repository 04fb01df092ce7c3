import { html } from 'lit'
import { shortMoneyText } from '../../format.ts'

/** Money in large figures. */
export const moneyValue = (cents: number) => {
  const { text, unit } = shortMoneyText(cents)
  return html`${text} <small>${unit}</small>`
}
