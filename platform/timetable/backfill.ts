import type { Overlap } from '#platform/policy'
import { type TimingOptions, wallTimeOf } from '#platform/schedule'
import type { Fire } from './decision.ts'
import { type Rules, rulesOf } from './rules.ts'

/** Nominal times of the past are to fire, or no longer. */
export type BackfillOrder =
  | {
      readonly kind: 'REQUEST'
      readonly backfillId: string
      /** Not included. */
      readonly from: Date
      /** Included. */
      readonly to: Date
      /** Also what has fired already. */
      readonly rerun: boolean
      readonly firesPerMinuteMax: number
      /** Instead of the job's own; left out by what was written before there was such a thing. */
      readonly overlap?: Overlap | null
    }
  | { readonly kind: 'CANCEL'; readonly backfillId: string }

/** A backfill that is not over, with the job as it was when it was asked for. Plain JSON. */
export interface Backfill {
  readonly backfillId: string
  readonly fromMs: number
  readonly toMs: number
  readonly rerun: boolean
  readonly firesPerMinuteMax: number
  readonly jobVersion: number
  readonly jobType: string
  readonly schedule: string
  readonly timing: TimingOptions
  readonly params: string
  readonly policy: string
  readonly decidedThroughMs: number
  readonly firedCount: number
  /** Nominal times that had fired before. */
  readonly leftOutCount: number
  /** The next one fires no earlier. */
  readonly freeAtMs: number
}

/** How far a backfill is. */
export interface BackfillProgress {
  readonly backfillId: string
  readonly state: 'RUNNING' | 'COMPLETED' | 'CANCELLED'
  readonly firedCount: number
  readonly leftOutCount: number
  readonly decidedThrough: Date
}

/** The nominal times that fired before, in milliseconds, by backfill: as far as `backfillLookups` asked for them. */
export type FiredBefore = ReadonlyMap<string, ReadonlySet<number>>

/** What a backfill came to in one decision. */
export interface Served {
  readonly backfill: Backfill
  readonly fires: readonly Fire[]
  readonly isCompleted: boolean
  /** When it goes on. */
  readonly next: Date
}

// No more than this is asked of the ledger at once.
const LOOKED_AT_MAX = 200
const OCCURRENCES_MAX = 10_000
const MINUTE_MS = 60_000
// After a standstill it does not make up for what it could have fired meanwhile.
const BURST_MS = 1_000

/** How the causes of what backfills fire begin. */
export const BACKFILL = 'backfill:'

/** The cause of what a backfill fires. */
export function backfillCause(backfillId: string): string {
  return `${BACKFILL}${backfillId}`
}

/** Which of a job's nominal times must be known to have fired or not, for its backfills to go on now. */
export function backfillLookups(
  jobId: string,
  backfills: readonly Backfill[],
  now: Date,
): readonly { readonly backfillId: string; readonly from: Date; readonly through: Date }[] {
  return backfills.flatMap((backfill) => {
    if (backfill.freeAtMs > now.getTime()) return []
    const from = new Date(backfill.decidedThroughMs)
    const rules = rulesOfBackfill(jobId, backfill)
    let through = from
    for (let looked = 0; looked < LOOKED_AT_MAX; looked++) {
      const next = rules.nextAfter(through)
      if (next === null || next.getTime() > backfill.toMs) break
      through = next
    }
    return [{ backfillId: backfill.backfillId, from, through }]
  })
}

/** Fires what a backfill may fire now, the oldest first. */
export function serveBackfill(
  jobId: string,
  given: Backfill,
  now: Date,
  firesMax: number,
  fired: ReadonlySet<number>,
): Served {
  const rules = rulesOfBackfill(jobId, given)
  const intervalMs = MINUTE_MS / Math.max(given.firesPerMinuteMax, 1)
  const nowMs = now.getTime()
  const fires: Fire[] = []
  let backfill = given
  for (let looked = 0; looked < LOOKED_AT_MAX; looked++) {
    const nominalAt = rules.nextAfter(new Date(backfill.decidedThroughMs))
    const { firedCount, leftOutCount, freeAtMs } = backfill
    if (nominalAt === null || nominalAt.getTime() > backfill.toMs || firedCount + leftOutCount >= OCCURRENCES_MAX) {
      return { backfill, fires, isCompleted: true, next: now }
    }
    const nominalMs = nominalAt.getTime()
    if (rules.forbids(nominalAt)) {
      const spanEndMs = rules.span(nominalAt).through.getTime()
      backfill = { ...backfill, decidedThroughMs: Math.min(spanEndMs, backfill.toMs) }
    } else if (!backfill.rerun && fired.has(nominalMs)) {
      backfill = { ...backfill, decidedThroughMs: nominalMs, leftOutCount: leftOutCount + 1 }
    } else {
      if (freeAtMs > nowMs || fires.length >= firesMax) {
        const next = freeAtMs > nowMs ? new Date(Math.ceil(freeAtMs)) : now
        return { backfill, fires, isCompleted: false, next }
      }
      fires.push(fireOf(backfill, nominalAt))
      const nextFreeMs = Math.max(freeAtMs, nowMs - BURST_MS) + intervalMs
      backfill = { ...backfill, decidedThroughMs: nominalMs, firedCount: firedCount + 1, freeAtMs: nextFreeMs }
    }
  }
  return { backfill, fires, isCompleted: false, next: now }
}

/** How far a backfill is, as others are told. */
export function progressOf(backfill: Backfill, state: BackfillProgress['state']): BackfillProgress {
  const { backfillId, firedCount, leftOutCount, decidedThroughMs } = backfill
  return { backfillId, state, firedCount, leftOutCount, decidedThrough: new Date(decidedThroughMs) }
}

function fireOf(backfill: Backfill, nominalAt: Date): Fire {
  const { backfillId, timing, jobVersion, jobType, params, policy } = backfill
  return {
    cause: backfillCause(backfillId),
    nominalAt,
    effectiveAt: nominalAt,
    // Whoever asks for the past does not wonder that it is late.
    isLate: false,
    wallTime: wallTimeOf(nominalAt, timing.timeZone),
    jobVersion,
    jobType,
    params,
    policy,
    executionId: null,
  }
}

function rulesOfBackfill(jobId: string, { backfillId, schedule, timing, fromMs }: Backfill): Rules {
  // A backfill may reach back to before there was such a schedule.
  return rulesOf({ jobId, schedule, timing, scheduledSince: new Date(fromMs) }, backfillCause(backfillId))
}
