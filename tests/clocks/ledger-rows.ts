/** A row of the scheduler's ledger, as `LEDGER` reads it. */
export interface DecidedRow {
  readonly job_id: string
  readonly nominal_at: number
  readonly effective_at: number | null
  readonly decided_at: number
  readonly outcome: string
}

/** Reads the whole ledger. */
export const LEDGER = `select job_id, nominal_at, effective_at, decided_at, outcome from occurrences where cause = 'schedule'`

/** What a ledger of jobs that fire every second comes to. */
export interface Judged {
  /** Nominal times of which there is no record. */
  readonly missing: number
  readonly skipped: number
  /** What was decided before its time, by the database's clock. */
  readonly early: readonly DecidedRow[]
  /** How late the latest was decided. */
  readonly lateMsMax: number
}

const EVERY_MS = 1_000
const LATE_MS_MAX = 2_000

/** Compares the ledger with the seconds from `since` (without) to `untilMs` (with) of each job that is in it. */
export function judged(rows: readonly DecidedRow[], since: Date, untilMs: number): Judged {
  const jobs = Map.groupBy(rows, ({ job_id }) => job_id)
  const firstMs = (Math.floor(since.getTime() / EVERY_MS) + 1) * EVERY_MS
  let missing = jobs.size === 0 ? 1 : 0
  for (const own of jobs.values()) {
    const decided = new Set(own.map(({ nominal_at }) => nominal_at))
    for (let atMs = firstMs; atMs <= untilMs; atMs += EVERY_MS) if (!decided.has(atMs)) missing++
  }
  const lateness = ({ decided_at, effective_at, nominal_at }: DecidedRow): number =>
    decided_at - (effective_at ?? nominal_at)
  return {
    missing,
    skipped: rows.filter(({ outcome }) => outcome !== 'FIRED').length,
    early: rows.filter((row) => lateness(row) < 0),
    lateMsMax: rows.reduce((most, row) => Math.max(most, lateness(row)), 0),
  }
}

/** Whether the schedule had a gap that people notice, in words that a failed test shows. */
export function punctual(lateMsMax: number): string {
  return lateMsMax <= LATE_MS_MAX ? 'at most 2 s' : `${lateMsMax} ms`
}
