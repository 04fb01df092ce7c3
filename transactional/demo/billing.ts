import { decimal, type Booking } from './booking.ts'
import { dayText, firstDayOf, instantText, milliseconds, monthOf, workday, yearOf } from './calendar.ts'
import type { Chance } from './chance.ts'
import type { RowSink } from './copy.ts'
import type { Authority, Landscape, Provider } from './landscape.ts'
import { KIND_SHAPES } from './shape.ts'

export type Billing = {
  add(booking: Booking): void
  /** Bills everything delivered in the month. */
  month(month: number): void
  /** After the last month. */
  budgets(): void
}

type Line = { booking: Booking; from: number; to: number; units: number; cents: number; amount: number }
type Paper = { id: string; number: string; issued: number; released: number | null; lines: Line[]; ids: string[] }
type Deps = { chance: Chance; sink: RowSink; landscape: Landscape; from: number; today: number }

const costOf = (units: number, cents: number): number => Math.floor((units * cents + 50) / 100)
const totalOf = (lines: readonly Line[]): number => lines.reduce((sum, line) => sum + line.amount, 0)

/** Part of every amount, the whole cents going where the remainders are largest. */
const splitByLargestRemainder = (amounts: readonly number[], part: number): number[] => {
  const all = amounts.reduce((sum, amount) => sum + amount, 0)
  const exact = amounts.map((amount) => (amount * part) / all)
  const shares = exact.map(Math.floor)
  let rest = part - shares.reduce((sum, share) => sum + share, 0)
  const byRemainder = exact.map((_, index) => index).sort((a, b) => exact[b]! - shares[b]! - (exact[a]! - shares[a]!) || a - b)
  for (const index of byRemainder) if (rest-- > 0) shares[index]!++
  return shares
}

const flatLine = (chance: Chance, booking: Booking): Line => {
  const { cents, weekly } = booking.steps[0]!
  const units = Math.max(1, Math.round(((booking.last - booking.first) * weekly * chance.between(0.8, 1.05)) / 700)) * 100
  return { booking, from: booking.first, to: booking.last, units, cents, amount: costOf(units, cents) }
}

/** Captured services of one month, one line per rate; flat rates (a talk of counselling) all at once after the end. */
const addLines = (lines: Line[], chance: Chance, booking: Booking, monthFrom: number, monthTo: number): void => {
  const { unit } = KIND_SHAPES[booking.kind]!
  if (unit === 'flat') {
    if (booking.ended && booking.last >= monthFrom && booking.last <= monthTo) lines.push(flatLine(chance, booking))
    return
  }
  const { steps } = booking
  const lastServed = booking.calendar_days ? booking.last : Math.max(booking.last - 1, booking.first)
  const [from, to] = [Math.max(booking.first, monthFrom), Math.min(lastServed, monthTo)]
  const absent = unit === 'day' && chance.happens(0.04)
  const delivered = unit === 'hour' ? (booking.provider?.delivery ?? 0.95) * chance.between(0.88, 1.06) : absent ? 0.9 : 1
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index]!
    const first = Math.max(from, step.from)
    const last = index + 1 < steps.length ? Math.min(to, steps[index + 1]!.from - 1) : to
    if (first > last) continue
    const full = ((last - first + 1) * step.weekly) / 7
    const units = absent ? Math.round((full * delivered) / 100) * 100 : Math.round(full * delivered)
    if (units > 0) lines.push({ booking, from: first, to: last, units, cents: step.cents, amount: costOf(units, step.cents) })
  }
}

export const bill = ({ chance, sink, landscape, from, today }: Deps): Billing => {
  let running: Booking[] = []
  const spent = new Map<number, Map<number, number>>()

  const remember = (booking: Booking, month: number, amount: number) => {
    const key = booking.authority.index * KIND_SHAPES.length + booking.kind
    let months = spent.get(key)
    if (!months) spent.set(key, (months = new Map()))
    months.set(month, (months.get(month) ?? 0) + amount)
  }

  const writePayment = (
    authority: Authority,
    invoice: Paper | null,
    lines: readonly Line[],
    amounts: readonly number[],
    paid: number,
    reference: string,
  ) => {
    if (paid > today || amounts.every((amount) => amount === 0)) return
    const id = chance.uuid7(milliseconds(paid, chance.integer(28_000, 52_000)))
    const amount = amounts.reduce((sum, one) => sum + one, 0)
    sink.row(
      'payment',
      id,
      authority.id,
      invoice?.id ?? null,
      dayText(paid),
      amount,
      reference,
      instantText(paid, chance.integer(28_000, 52_000)),
      authority.finance_id,
    )
    const ms = milliseconds(paid, 53_000)
    for (const [index, line] of lines.entries()) {
      if (amounts[index] === 0) continue
      sink.line(
        'payment_line',
        `${chance.uuid7(ms)}\t${id}\t${invoice?.ids[index] ?? '\\N'}\t${line.booking.head}\t${dayText(paid)}\t${amounts[index]}`,
      )
    }
  }

  const writeInvoice = (
    provider: Provider,
    authority: Authority,
    lines: Line[],
    issued: number,
    released: number | null,
    cancels: string | null,
  ): Paper => {
    const id = chance.uuid7(milliseconds(issued, chance.integer(25_000, 52_000)))
    const number = `${dayText(issued).slice(0, 4)}-${String(++provider.invoices).padStart(5, '0')}`
    const submitted = instantText(issued, chance.integer(25_000, 52_000))
    const releasedAt = released === null ? null : instantText(released, chance.integer(25_000, 52_000))
    sink.row(
      'invoice',
      id,
      provider.id,
      authority.id,
      number,
      dayText(issued),
      submitted,
      provider.account_id,
      releasedAt,
      released === null ? null : authority.finance_id,
      cancels,
    )
    const ms = milliseconds(issued, 53_000)
    const releasedOn = released === null ? '\\N' : dayText(released)
    const ids = lines.map((line) => {
      const lineId = chance.uuid7(ms)
      sink.line(
        'invoice_line',
        `${lineId}\t${id}\t${line.booking.head}\t${dayText(line.from)}\t${dayText(line.to)}\t${decimal(line.units)}\t${line.cents}\t${line.amount}\t${releasedOn}`,
      )
      return lineId
    })
    return { id, number, issued, released, lines, ids }
  }

  const pay = (authority: Authority, paper: Paper) => {
    if (paper.released === null) return
    const paid = workday(paper.released + chance.integer(2, 11))
    const reference = `${paper.number} ${paper.id.slice(-12)}`
    const amounts = paper.lines.map((line) => line.amount)
    if (!chance.happens(0.02)) return writePayment(authority, paper, paper.lines, amounts, paid, reference)
    const first = splitByLargestRemainder(amounts, Math.floor(totalOf(paper.lines) * 0.6))
    writePayment(authority, paper, paper.lines, first, paid, `${reference} 1/2`)
    const second = amounts.map((amount, index) => amount - first[index]!)
    writePayment(authority, paper, paper.lines, second, workday(paid + 21), `${reference} 2/2`)
  }

  const negative = (lines: readonly Line[]): Line[] => lines.map((line) => ({ ...line, units: -line.units, amount: -line.amount }))

  const invoice = (lines: Line[], issued: number) => {
    const { provider, authority } = lines[0]!.booking
    if (!provider || issued > today) return
    const released = workday(issued + chance.integer(3, 20))
    const unchecked = released > today || chance.happens(0.008)
    const paper = writeInvoice(provider, authority, lines, issued, unchecked ? null : released, null)
    pay(authority, paper)
    const corrected = workday(released + 30)
    if (unchecked || corrected > today || !chance.happens(0.004)) return
    // wrong once: a cancellation of its own and a new invoice
    pay(authority, writeInvoice(provider, authority, negative(lines), corrected, corrected, paper.id))
    pay(
      authority,
      writeInvoice(provider, authority, lines, corrected, workday(corrected + 5) > today ? null : workday(corrected + 5), null),
    )
  }

  const group = (lines: readonly Line[]): Line[][] => {
    const groups = new Map<number, Line[]>()
    for (const line of lines) {
      const key = (line.booking.provider?.index ?? -1) * 1000 + line.booking.authority.index
      const list = groups.get(key)
      if (list) list.push(line)
      else groups.set(key, [line])
    }
    return [...groups.values()]
  }

  return {
    add: (booking) => void running.push(booking),
    month: (month) => {
      const [monthFrom, monthTo] = [firstDayOf(month), firstDayOf(month + 1) - 1]
      const lines: Line[] = []
      for (const booking of running) addLines(lines, chance, booking, monthFrom, monthTo)
      for (const line of lines) remember(line.booking, month, line.amount)
      for (const one of group(lines)) {
        const issued = workday(monthTo + chance.integer(2, 10))
        if (one[0]!.booking.provider) invoice(one, issued)
        else {
          const paid = workday(monthTo + chance.integer(8, 25))
          const { authority } = one[0]!.booking
          writePayment(
            authority,
            null,
            one,
            one.map((line) => line.amount),
            paid,
            `Auswärtig ${dayText(monthFrom).slice(0, 7)}`,
          )
        }
      }
      running = running.filter((booking) => booking.last > monthTo)
    },
    budgets: () => {
      const [first, last] = [monthOf(from), monthOf(today)]
      for (const [key, months] of spent) {
        const [authority, kind] = [Math.floor(key / KIND_SHAPES.length), key % KIND_SHAPES.length]
        for (let year = yearOf(first); year <= yearOf(last); year++) {
          const billed = [...months].filter(([month]) => yearOf(month) === year && month >= first && month < last)
          if (billed.length === 0) continue
          const sum = billed.reduce((all, [, amount]) => all + amount, 0)
          const covered = Math.min(last, year * 12 + 12) - Math.max(first, year * 12)
          const wanted = (sum / covered) * 12 * chance.between(0.95, 1.07)
          const rounded = Math.max(1, Math.round(wanted / 100_000)) * 100_000
          sink.row('budget', landscape.authorities[authority]!.id, year, KIND_SHAPES[kind]!.code, rounded)
        }
      }
    },
  }
}
