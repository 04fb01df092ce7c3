import type { Booking } from './booking.ts'
import { dayText, firstDayOf, monthOf, workday, yearOf } from './calendar.ts'
import type { Chance } from './chance.ts'
import type { RowSink } from './copy.ts'
import type { Landscape } from './landscape.ts'
import { paperwork } from './papers.ts'
import { addLines, type Line } from './services.ts'
import { KIND_SHAPES } from './shape.ts'

export type Billing = {
  add(booking: Booking): void
  /** Bills everything delivered in the month. */
  month(month: number): void
  /** After the last month. */
  budgets(): void
}

type Deps = { chance: Chance; sink: RowSink; landscape: Landscape; from: number; today: number }

/** One invoice per provider and authority; what was booked outside the system has no provider. */
const groupByInvoice = (lines: readonly Line[]): Line[][] => {
  const groups = new Map<number, Line[]>()
  for (const line of lines) {
    const key = (line.booking.provider?.index ?? -1) * 1000 + line.booking.authority.index
    const list = groups.get(key)
    if (list) list.push(line)
    else groups.set(key, [line])
  }
  return [...groups.values()]
}

const negative = (lines: readonly Line[]): Line[] => lines.map((line) => ({ ...line, units: -line.units, amount: -line.amount }))

/** Cents by authority and kind (one key), and month. */
const ledger = () => {
  const spent = new Map<number, Map<number, number>>()
  const add = ({ booking, amount }: Line, month: number) => {
    const key = booking.authority.index * KIND_SHAPES.length + booking.kind
    let months = spent.get(key)
    if (!months) spent.set(key, (months = new Map()))
    months.set(month, (months.get(month) ?? 0) + amount)
  }
  /** A year's cost, from the months of [first, last) that lie in it; null where none does. */
  const yearly = (months: Map<number, number>, year: number, first: number, last: number): number | null => {
    const [from, to] = [Math.max(first, year * 12), Math.min(last, year * 12 + 12)]
    let sum = 0
    for (const [month, amount] of months) if (month >= from && month < to) sum += amount
    return sum > 0 ? (sum / (to - from)) * 12 : null
  }
  return { spent, add, yearly }
}

export const bill = ({ chance, sink, landscape, from, today }: Deps): Billing => {
  let running: Booking[] = []
  const { spent, add, yearly } = ledger()
  const { writeInvoice, writePayment, payInvoice } = paperwork({ chance, sink, today })

  /** Wrong once: a cancellation of its own, and a new invoice. */
  const correct = (lines: Line[], wrong: string, day: number) => {
    const { provider, authority } = lines[0]!.booking
    const common = { provider: provider!, authority, issued: day }
    payInvoice(writeInvoice({ ...common, lines: negative(lines), released: day, cancels: wrong }), false)
    const released = workday(day + 5)
    payInvoice(writeInvoice({ ...common, lines, released: released > today ? null : released, cancels: null }), false)
  }

  const invoice = (lines: Line[], monthTo: number) => {
    const { provider, authority } = lines[0]!.booking
    const issued = workday(monthTo + chance.integer(2, 10))
    if (issued > today) return
    const released = workday(issued + chance.integer(3, 20))
    const unchecked = released > today || chance.happens(0.008)
    const paper = writeInvoice({ provider: provider!, authority, lines, issued, released: unchecked ? null : released, cancels: null })
    const inParts = chance.happens(0.02)
    payInvoice(paper, inParts)
    const day = workday(released + 30)
    if (!unchecked && !inParts && day <= today && chance.happens(0.004)) correct(lines, paper.id, day)
  }

  const payOutside = (lines: Line[], monthTo: number) => {
    const { authority } = lines[0]!.booking
    const reference = `Auswärtig ${dayText(monthTo).slice(0, 7)}`
    const amounts = lines.map((line) => line.amount)
    writePayment({ authority, paper: null, lines, amounts, paid: workday(monthTo + chance.integer(8, 25)), reference })
  }

  return {
    add: (booking) => void running.push(booking),
    month: (month) => {
      const [monthFrom, monthTo] = [firstDayOf(month), firstDayOf(month + 1) - 1]
      const lines: Line[] = []
      for (const booking of running) addLines(lines, chance, booking, monthFrom, monthTo)
      for (const line of lines) add(line, month)
      for (const one of groupByInvoice(lines)) (one[0]!.booking.provider ? invoice : payOutside)(one, monthTo)
      running = running.filter((booking) => booking.last > monthTo)
    },
    budgets: () => {
      const [first, last] = [monthOf(from), monthOf(today)]
      for (const [key, months] of spent) {
        const authority = landscape.authorities[Math.floor(key / KIND_SHAPES.length)]!
        const { code } = KIND_SHAPES[key % KIND_SHAPES.length]!
        for (let year = yearOf(first); year <= yearOf(last); year++) {
          const cost = yearly(months, year, first, last)
          if (cost === null) continue
          sink.row('budget', authority.id, year, code, Math.max(1, Math.round((cost * chance.between(0.95, 1.07)) / 100_000)) * 100_000)
        }
      }
    },
  }
}
