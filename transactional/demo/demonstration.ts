import pg from 'pg'
import type { Logger } from 'pino'
import { authoritiesOfAccounts, writeAccounts } from './accounts.ts'
import { placeAnomaly } from './anomaly.ts'
import { changeAuthorities } from './authority-changes.ts'
import { writeBefore } from './before-booking.ts'
import { bill } from './billing.ts'
import { withoutRowChecks } from './bulk.ts'
import { dayOf, dayText, firstDayOf, monthOf } from './calendar.ts'
import { planner } from './care-plans.ts'
import { chanceFrom, type Chance } from './chance.ts'
import { formComparisonGroups } from './comparison-groups.ts'
import { COLUMNS, rowSink, type RowSink } from './copy.ts'
import { writeCourse } from './course.ts'
import { writeDocuments } from './documents.ts'
import { makeAuthorities, makeLandscape, type Authority, type AuthorityRow } from './landscape.ts'
import { writeLandscape } from './landscape-rows.ts'
import { fileFacilityPapers } from './facility-papers.ts'
import { drawFacilities } from './pictures.ts'
import { writeKept } from './kept.ts'
import { caseFiles } from './person.ts'
import { keepPocketMoney, putOnWaitingLists, setPocketMoney, waitedForPlaces } from './waiting.ts'
import { proveRules } from './proof.ts'
import { recordNothingAhead } from './recorded.ts'
import { reviewer } from './reviews.ts'
import { bookingsExpected, KIND_SHAPES } from './shape.ts'
import { simulate, type Period } from './simulation.ts'
import { writeUnderWay } from './under-way.ts'

export type DemonstrationOptions = {
  owner_url: string
  /** 1: about 20,000 helps a year in Mecklenburg-Vorpommern; `bookings` takes its place where given */
  size?: number
  /** the number of bookings wanted, met within a few per cent */
  bookings?: number | undefined
  /** a federal state, or 'de' for all 401 districts */
  area?: string
  years?: number
  seed?: string
  /** 'YYYY-MM-DD' */
  today: string
  /** the moment of loading, after which nothing has been recorded; left out: the end of the day */
  now?: Date
  /** share of the bookings that carry the reservations they came from, invoices, payments and ratings */
  detail?: number
  log: Logger
  progress: (text: string) => void
}

export type Demonstration = { loaded: boolean; bookings: number; accounts: string[] }

/** Helps from long before the first day shown still run on it. */
const YEARS_BEFORE = 6
/** What ended this shortly before the first day is still being paid for in its first months. */
const DAYS_BEFORE = 62
const DAYS_AFTER = 40

const periodOf = (today: number, years: number): Period => {
  const from = firstDayOf(monthOf(today) - 12 * years)
  return {
    begin: Math.max(dayOf('2000-03-01'), from - YEARS_BEFORE * 365),
    kept_from: from - DAYS_BEFORE,
    from,
    today,
    end: today + DAYS_AFTER,
  }
}

const readAuthorities = async (client: pg.Client, area: string): Promise<AuthorityRow[]> => {
  const { rows } = await client.query<AuthorityRow>(
    `select id, abbreviation, name, federal_state, inhabitants as young_people from youth_authority
     join lateral (select inhabitants from population where population.ags = youth_authority.ags and age_group = 'u21' and sex = 'all'
       order by reference_date desc limit 1) as young on true
     where $1 = 'de' or federal_state = $1 order by federal_state, sort_order, id`,
    [area],
  )
  if (rows.length === 0) throw new Error(`area ${area} has no youth authority`)
  return rows
}

const isEmpty = async (client: pg.Client): Promise<boolean> => {
  const { rows } = await client.query<{ empty: boolean }>(
    `select not exists (select from provider) and not exists (select from client) and not exists (select from booking) as empty`,
  )
  return rows[0]!.empty
}

const demandOf = (authorities: readonly Authority[]): number[] =>
  KIND_SHAPES.map((_, kind) => authorities.reduce((sum, authority) => sum + authority.demand[kind]!, 0))

type Filling = {
  chance: Chance
  /** of what the helps do not depend on */
  aside: Chance
  plans: Chance
  sink: RowSink
  authorities: Authority[]
  size: number
  period: Period
  detail: number
  progress: (text: string) => void
}

const fill = async ({ chance, aside, plans, sink, authorities, size, period, detail, progress }: Filling): Promise<string[]> => {
  const { begin, end, from, today } = period
  const landscape = makeLandscape(chance, authorities, size, begin, end)
  writeLandscape(chance, sink, landscape, { founded: begin, today })
  const accounts = await writeAccounts({ chance, aside, sink, landscape, founded: begin })
  const billing = bill({ chance, sink, landscape, from, today })
  const review = reviewer({ chance, plans, sink, from, today })
  const plan = planner({ chance: plans, sink, today })
  const files = caseFiles(chance, sink, today)
  const simulation = simulate({
    chance,
    sink,
    landscape,
    size,
    period,
    anomaly: placeAnomaly(landscape, today),
    files,
    placed: (placed) => {
      if (detail === 1 || aside.happens(detail)) writeBefore({ chance: aside, sink }, { from }, placed)
    },
    booked: (booking) => {
      if (!chance.happens(detail)) return
      billing.add(booking)
      const reviews = review(booking)
      if (!booking.ended && authoritiesOfAccounts.includes(booking.authority.id)) plan(booking, reviews)
    },
  })
  for (let day = begin; day <= end; day++) {
    await simulation.day(day)
    await sink.breathe()
    if (monthOf(day + 1) === monthOf(day)) continue
    billing.month(monthOf(day))
    await sink.breathe()
    if (day >= from && monthOf(day) % 3 === 2) progress(`Demonstrationsdaten bis ${dayText(day).slice(0, 7)}`)
  }
  simulation.finish()
  billing.budgets()
  const underWay = { chance: aside, sink, landscape, files, today }
  writeUnderWay(underWay, ({ id }) => authoritiesOfAccounts.includes(id))
  await sink.close()
  return accounts
}

const TABLES = Object.keys(COLUMNS)

const load = async (client: pg.Client, options: DemonstrationOptions): Promise<Demonstration> => {
  const { area = 'MV', years = 3, seed = 'sojus', detail = 1, progress, log } = options
  const period = periodOf(dayOf(options.today), years)
  const chance = chanceFrom(seed)
  const aside = chanceFrom(`${seed} aside`)
  const plans = chanceFrom(`${seed} plans`)
  const authorities = makeAuthorities(chance, aside, await readAuthorities(client, area), period.begin)
  const size = options.bookings
    ? options.bookings / bookingsExpected(demandOf(authorities), period.today - period.kept_from)
    : (options.size ?? 1)
  const sink = rowSink(client)
  let accounts: string[] = []
  await withoutRowChecks(client, TABLES, async () => {
    accounts = await fill({ chance, aside, plans, sink, authorities, size, period, detail, progress })
    progress('Demonstrationsdaten werden geprüft')
  })
  for (const table of TABLES) await client.query(`analyze "${table}"`)
  await client.query('update youth_authority set data_from = $1 where id = any($2)', [
    dayText(period.from),
    authorities.map(({ id }) => id),
  ])
  await formComparisonGroups(
    client,
    authorities.map(({ id }) => id),
  )
  await client.query('select begin_offer_capacities()')
  await writeCourse(client, { authorities: authoritiesOfAccounts, today: options.today })
  await setPocketMoney(client)
  await keepPocketMoney(client, authoritiesOfAccounts)
  await writeDocuments(client, authoritiesOfAccounts, options.today)
  await writeKept(client, authoritiesOfAccounts, options.today)
  await waitedForPlaces(client, options.today)
  await putOnWaitingLists(client, options.today)
  await changeAuthorities(client, seed, options.today)
  await drawFacilities(client, chanceFrom(`${seed} pictures`), authoritiesOfAccounts)
  await fileFacilityPapers(client, authoritiesOfAccounts)
  if (options.now) await recordNothingAhead(client, { today: options.today, now: options.now })
  await proveRules(client)
  log.info({ rows: sink.written() }, 'demonstration data loaded')
  return { loaded: true, bookings: sink.written()['booking'] ?? 0, accounts }
}

// a server that was given more keeps it
const MEMORY = `
  select set_config(name, greatest(pg_size_bytes(current_setting(name)), pg_size_bytes(least)) || 'B', true)
  from (values ('work_mem', '128MB'), ('maintenance_work_mem', '256MB')) as memory (name, least)`

/**
 * Fills an empty data base with invented persons, providers and years of helps, the same for the same seed and day. One transaction: the
 * data base is empty or complete at any moment; where there is anything already, nothing happens.
 */
export const loadDemonstration = async (options: DemonstrationOptions): Promise<Demonstration> => {
  const client = new pg.Client({ connectionString: options.owner_url, options: '-c TimeZone=UTC -c DateStyle=ISO' })
  await client.connect()
  try {
    await client.query('begin')
    await client.query(MEMORY)
    const done = (await isEmpty(client)) ? await load(client, options) : { loaded: false, bookings: 0, accounts: [] }
    await client.query('commit')
    return done
  } finally {
    // an open transaction goes with its connection
    await client.end()
  }
}
