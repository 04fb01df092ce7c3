type Probe = { lsn: bigint; at: bigint; asked: number }

const probesKept = 100

/**
 * How current the warehouse is. A probe is a position of the server's log with the server's time: once everything before that position is
 * applied, the warehouse holds all that had committed at that time. The last applied commit tells the same of its own time.
 */
export class Freshness {
  #probes: Probe[] = []
  #asOf = 0n
  appliedLsn = 0n

  probe(probe: Probe): void {
    if (this.#probes.length < probesKept) this.#probes.push(probe)
    else this.#probes[probesKept - 1] = probe
    this.applied(this.appliedLsn)
  }

  applied(lsn: bigint, committedAt = 0n): void {
    this.appliedLsn = lsn
    this.#later(committedAt)
    const open = this.#probes.findIndex((probe) => probe.lsn > lsn)
    const reached = this.#probes.splice(0, open < 0 ? this.#probes.length : open)
    for (const { at } of reached) this.#later(at)
  }

  /** The warehouse was set to a snapshot: what was known of another server no longer counts. */
  restart(lsn: bigint, asOf: bigint): void {
    this.#probes = []
    this.appliedLsn = lsn
    this.#asOf = asOf
  }

  get asOf(): string {
    return new Date(Number(this.#asOf / 1000n)).toISOString()
  }

  /** Milliseconds since the server was asked for the oldest position that is not applied yet; 0 when there is none. */
  lagMs(now: number): number {
    const [oldest] = this.#probes
    return oldest === undefined ? 0 : Math.max(0, Math.round(now - oldest.asked))
  }

  #later(at: bigint): void {
    if (at > this.#asOf) this.#asOf = at
  }
}
