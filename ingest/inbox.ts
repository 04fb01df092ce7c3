import { decodeChange, type Change, type Relation, type Row } from './change.ts'
import { columnsKey } from './history-schema.ts'
import type { Progress, Reconciliation } from './progress.ts'
import { rowHeads, SignedRows, type RowHeads } from './signed-rows.ts'

/** What goes to the warehouse in one piece. */
export type Parcel = {
  tables: { name: string; columns: string[]; bytes: Buffer; rows: number }[]
  /** The last commit in it. */
  commit: { commit_lsn: bigint; committed_at: bigint } | undefined
  /** With it, everything before this position is in the warehouse. */
  applied_lsn: bigint
  /** It ends inside a large transaction: the rest belongs to the same write. */
  open: boolean
}

/** The columns are no longer those the warehouse reconciled the table with. */
export class RelationChanged extends Error {}

type Source = { relation: Relation; from: bigint; known: boolean; rows: SignedRows }
type Transaction = { commit_lsn: bigint; committed_at: bigint; heads: RowHeads }
type Position = { commit_lsn: bigint; committed_at: bigint }
type Flow = { pause(): void; resume(): void; readTogether(together: boolean): void }

const parcelBytes = 48 * 1024 * 1024
/**
 * Far behind the server, at least so much is gathered of whole transactions: changes of the same cells are added up once for all of them.
 * More comes while the warehouse works.
 */
const gatherBytes = 32 * 1024 * 1024
const gatherMilliseconds = 4000
const pauseBytes = 4 * parcelBytes
const farBehind = 32n * 1024n * 1024n
const manyBytes = 32 * 1024
/** From here on, splitting work among cores costs less than it saves. */
export const largeBytes = 1024 * 1024

/**
 * Takes in what the stream brings, as it comes, and hands it out in parcels of whole transactions; only of a transaction larger
 * than a parcel it hands out parts. Pauses the stream when the warehouse does not keep up, so that memory stays bounded.
 */
export class Inbox {
  readonly #reconciliations: Map<string, Reconciliation>
  readonly #flow: Flow
  readonly #sources = new Map<number, Source>()
  #start: bigint
  #committedAt: bigint
  #transaction: Transaction | undefined
  #commit: Position | undefined
  #appliedLsn: bigint
  #takenLsn: bigint
  #serverLsn = 0n
  #bytes = 0
  /** Of these, what the unfinished transaction brought. */
  #openBytes = 0
  /** A part of the unfinished transaction was taken. */
  #parted = false
  #paused = false
  #failure: Error | undefined
  #wake = (): void => undefined

  constructor(progress: Progress, reconciliations: Map<string, Reconciliation>, flow: Flow) {
    this.#start = progress.applied_lsn
    this.#appliedLsn = progress.applied_lsn
    this.#takenLsn = progress.applied_lsn
    this.#committedAt = progress.committed_at
    this.#reconciliations = reconciliations
    this.#flow = flow
  }

  /** Throws where the stream cannot be followed further; whatever else was on its way then is ignored. */
  message(data: Buffer): void {
    if (this.#failure !== undefined) return
    try {
      this.#receive(decodeChange(data))
    } catch (error) {
      this.fail(error as Error)
      throw error
    }
  }

  #receive(change: Change): void {
    if (change.kind === 'row') this.#row(change)
    else if (change.kind === 'begin') this.#begin(change)
    else if (change.kind === 'commit') this.#end(change.end_lsn)
    else if (change.kind === 'relation') this.#describe(change.relation)
  }

  heartbeat(lsn: bigint): void {
    // inside a transaction it tells nothing that the commit will not tell
    if (this.#failure !== undefined || this.#transaction !== undefined || lsn <= this.#appliedLsn) return
    this.#appliedLsn = lsn
    this.#wake()
  }

  fail(error: Error): void {
    this.#failure ??= error
    this.#wake()
  }

  /** Nothing is here that was not taken. */
  get empty(): boolean {
    return this.#transaction === undefined && this.#appliedLsn === this.#takenLsn
  }

  /** Whole transactions have come, with rows, and of no table more than a few. */
  holdsFew(few: number, isAllowed: (table: string) => boolean): boolean {
    let rows = 0
    for (const { relation, rows: ofTable } of this.#sources.values()) {
      if (ofTable.marked > few || (ofTable.marked > 0 && !isAllowed(relation.name))) return false
      rows += ofTable.marked
    }
    return rows > 0 && this.#openBytes < parcelBytes
  }

  get holdsRows(): boolean {
    return this.#bytes > 0
  }

  /** So much that it is worth more cores, unless the server and the stream need them to bring what is still to come. */
  get deservesCores(): boolean {
    return this.#bytes >= largeBytes && !this.#isFarBehind
  }

  get #isFarBehind(): boolean {
    return this.#serverLsn - this.#appliedLsn > farBehind
  }

  /** The server's log was seen to reach this position. */
  serverReached(lsn: bigint): void {
    this.#serverLsn = lsn
    this.#wake()
  }

  /** Waits for a whole transaction, far behind the server for many, for a heartbeat or more than a parcel of an unfinished transaction. */
  async ready(): Promise<void> {
    const since = performance.now()
    const gathers = () => this.#isFarBehind && this.#bytes < gatherBytes && performance.now() - since < gatherMilliseconds
    await this.#until(() => (this.#appliedLsn > this.#takenLsn && !gathers()) || this.#openBytes >= parcelBytes)
  }

  /** Waits for the next part of a transaction of which a part was taken. */
  async rest(): Promise<void> {
    await this.#until(() => !this.#parted || this.#openBytes >= parcelBytes)
  }

  take(): Parcel {
    const open = this.#openBytes >= parcelBytes
    const tables: Parcel['tables'] = []
    let left = 0
    for (const { relation, rows } of this.#sources.values()) {
      if (open) rows.mark()
      const taken = rows.take()
      left += rows.length
      if (taken) tables.push({ name: relation.name, columns: relation.columns.map(({ name }) => name), ...taken })
    }
    this.#bytes = left
    if (open) {
      this.#openBytes = 0
      this.#parted = true
    }
    this.#takenLsn = this.#appliedLsn
    const commit = this.#commit
    this.#commit = undefined
    if (this.#paused) this.#pause(false)
    if (left < manyBytes) this.#flow.readTogether(false)
    return { tables, commit, applied_lsn: this.#appliedLsn, open }
  }

  #begin({ commit_lsn, committed_at }: Position): void {
    // commit times need not follow the order of commits; history's do
    let at = committed_at > this.#committedAt ? committed_at : this.#committedAt
    for (const known of this.#reconciliations.values()) {
      if (known.commit_lsn <= commit_lsn && known.committed_at > at) at = known.committed_at
    }
    this.#committedAt = at
    this.#transaction = { commit_lsn, committed_at: at, heads: rowHeads(commit_lsn, at) }
  }

  #end(endLsn: bigint): void {
    if (this.#transaction === undefined) throw new Error('a commit came without its transaction')
    const { commit_lsn, committed_at } = this.#transaction
    this.#transaction = undefined
    this.#openBytes = 0
    this.#parted = false
    for (const { rows } of this.#sources.values()) rows.mark()
    if (commit_lsn >= this.#start) this.#commit = { commit_lsn, committed_at }
    if (endLsn > this.#appliedLsn) this.#appliedLsn = endLsn
    this.#wake()
  }

  #describe(relation: Relation): void {
    const known = this.#reconciliations.get(relation.name)
    const from = known && known.commit_lsn > this.#start ? known.commit_lsn : this.#start
    const rows = this.#sources.get(relation.id)?.rows ?? new SignedRows()
    const same = known?.columns === columnsKey(relation.columns)
    this.#sources.set(relation.id, { relation, from, known: same, rows })
  }

  #row(row: Row): void {
    const source = this.#sources.get(row.relation_id)
    if (source === undefined || this.#transaction === undefined) throw new Error('a row came without its table or transaction')
    if (this.#transaction.commit_lsn < source.from) return
    if (!source.known) throw new RelationChanged(`the columns of ${source.relation.name} changed`)
    const before = source.rows.length
    source.rows.append(row, this.#transaction.heads)
    const added = source.rows.length - before
    this.#bytes += added
    this.#openBytes += added
    if (this.#bytes < manyBytes) return
    this.#flow.readTogether(true)
    if (!this.#paused && (this.#bytes >= pauseBytes || this.#openBytes >= 2 * parcelBytes)) this.#pause(true)
    if (this.#openBytes >= parcelBytes) this.#wake()
  }

  #pause(paused: boolean): void {
    this.#paused = paused
    if (paused) this.#flow.pause()
    else this.#flow.resume()
  }

  async #until(condition: () => boolean): Promise<void> {
    while (this.#failure === undefined && !condition()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (this.#failure !== undefined) throw this.#failure
  }
}
