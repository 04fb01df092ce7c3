import { decimal } from './booking.ts'
import { dayText, instantText, milliseconds, workday } from './calendar.ts'
import type { Chance } from './chance.ts'
import type { RowSink } from './copy.ts'
import type { Authority, Provider } from './landscape.ts'
import { splitByLargestRemainder, totalOf, type Line } from './services.ts'

/** An invoice as far as its payment needs it. */
export type Paper = { id: string; authority: Authority; number: string; released: number | null; lines: Line[]; ids: string[] }

export type NewPaper = {
  provider: Provider
  authority: Authority
  lines: Line[]
  issued: number
  released: number | null
  cancels: string | null
}
type Payment = {
  authority: Authority
  paper: Paper | null
  lines: readonly Line[]
  amounts: readonly number[]
  paid: number
  reference: string
}
type Deps = { chance: Chance; sink: RowSink; today: number }

export const paperwork = ({ chance, sink, today }: Deps) => {
  const officeHour = () => chance.integer(25_000, 52_000)

  const writeInvoice = ({ provider, authority, lines, issued, released, cancels }: NewPaper): Paper => {
    const id = chance.uuid7(milliseconds(issued, officeHour()))
    const number = `${dayText(issued).slice(0, 4)}-${String(++provider.invoices).padStart(5, '0')}`
    const release = released === null ? [null, null] : [instantText(released, officeHour()), authority.finance_id]
    const submitted = instantText(issued, officeHour())
    sink.row('invoice', id, provider.id, authority.id, number, dayText(issued), submitted, provider.account_id, ...release, cancels)
    const ms = milliseconds(issued, 53_000)
    const releasedOn = released === null ? '\\N' : dayText(released)
    const ids = lines.map(({ booking, from, to, units, cents, amount }) => {
      const line = chance.uuid7(ms)
      const delivered = `${dayText(from)}\t${dayText(to)}\t${decimal(units)}\t${cents}\t${amount}`
      sink.line('invoice_line', `${line}\t${id}\t${booking.head}\t${delivered}\t${releasedOn}`)
      return line
    })
    return { id, authority, number, released, lines, ids }
  }

  /** A payment after today is not known yet. */
  const writePayment = ({ authority, paper, lines, amounts, paid, reference }: Payment): void => {
    const amount = amounts.reduce((sum, one) => sum + one, 0)
    if (paid > today || amount === 0) return
    const id = chance.uuid7(milliseconds(paid, officeHour()))
    const recorded = instantText(paid, officeHour())
    sink.row('payment', id, authority.id, paper?.id ?? null, dayText(paid), amount, reference, recorded, authority.finance_id)
    const ms = milliseconds(paid, 53_000)
    for (const [index, { booking }] of lines.entries()) {
      if (amounts[index] === 0) continue
      const line = `${chance.uuid7(ms)}\t${id}\t${paper?.ids[index] ?? '\\N'}\t${booking.head}\t${dayText(paid)}\t${amounts[index]}`
      sink.line('payment_line', line)
    }
  }

  const payInvoice = (paper: Paper, inParts: boolean): void => {
    const { authority, released, lines } = paper
    if (released === null) return
    const paid = workday(released + chance.integer(2, 11))
    const reference = `${paper.number} ${paper.id.slice(-12)}`
    const amounts = lines.map((line) => line.amount)
    if (!inParts) return writePayment({ authority, paper, lines, amounts, paid, reference })
    const first = splitByLargestRemainder(amounts, Math.floor(totalOf(lines) * 0.6))
    const second = amounts.map((amount, index) => amount - first[index]!)
    writePayment({ authority, paper, lines, amounts: first, paid, reference: `${reference} 1/2` })
    writePayment({ authority, paper, lines, amounts: second, paid: workday(paid + 21), reference: `${reference} 2/2` })
  }

  return { writeInvoice, writePayment, payInvoice }
}
