import type { Reader } from '#platform/database'
import { DomainError, invariant } from '#platform/domain'
import { authorize, type Caller, signedIn } from '#platform/identity'
import type { Overlap } from '#platform/policy'
import { type Backfill, backfillTimes, type DryRun } from '../domain/backfill.ts'
import { archivedRefusal } from '../domain/decide-job.ts'
import type { Job } from '../domain/job.ts'
import type { JobsParts } from '../parts.ts'
import { findBackfill } from '../projections/backfills.ts'
import { findJob } from '../projections/find-jobs.ts'
import { firedTimes } from '../projections/find-occurrences.ts'
import { ledgerFrom } from '../projections/ledger-horizon.ts'
import { withJob } from './change-job.ts'

/** What of the past is to be run. */
export interface BackfillInput {
  readonly jobId: string
  /** Not included. */
  readonly from: Date
  /** Included. */
  readonly to: Date
  /** Also what has fired already. */
  readonly rerun?: boolean | null | undefined
  /** Runs nothing, and tells the exact nominal times. */
  readonly dryRun?: boolean | null | undefined
  readonly firesPerMinuteMax?: number | null | undefined
  /** Instead of the job's own, for what it runs. */
  readonly overlap?: Overlap | null | undefined
}

const RANGE_MS_MAX = 3_653 * 86_400_000
const FIRES_PER_MINUTE = { default: 60, max: 6_000 } as const

/**
 * Runs nominal times of the past, by the job's schedule as it is now; or tells which those would be.
 *
 * @throws {DomainError} JOB_NOT_FOUND, JOB_ARCHIVED, BAD_USER_INPUT; LIMIT_EXCEEDED with `{limit, count}`
 */
export async function backfill(
  parts: JobsParts,
  caller: Caller | null,
  input: BackfillInput,
  correlationId: string = parts.clock.newId(),
): Promise<Backfill | DryRun> {
  const { jobId, from, to, rerun, dryRun } = input
  const terms = {
    from,
    to,
    rerun: rerun ?? false,
    firesPerMinuteMax: input.firesPerMinuteMax ?? FIRES_PER_MINUTE.default,
  }
  const { workspaceIds } = signedIn(caller, dryRun ? 'read' : 'run')
  const { reader } = parts.database
  if (dryRun) {
    const job = authorize(caller, 'read', await findJob(reader, workspaceIds, jobId), 'JOB_NOT_FOUND')
    const now = await parts.database.now()
    checkTerms(terms, now)
    await checkReach(reader, terms)
    if (job.state === 'ARCHIVED') throw archivedRefusal()
    return dryRunOf(reader, job, terms, now)
  }
  const backfillId = parts.clock.newId()
  return withJob(parts, caller, { jobId, action: 'run', correlationId }, async ({ unit, record }, current) => {
    checkTerms(terms, unit.now)
    await checkReach(unit, terms)
    backfillTimes(current, from, to)
    await record({ type: 'RequestBackfill', backfillId, ...terms, overlap: input.overlap ?? null, now: unit.now })
    const requested = await findBackfill(unit, [current.workspaceId], backfillId)
    invariant(requested, 'what was asked for is there')
    return requested
  })
}

type Terms = Pick<Backfill, 'from' | 'to' | 'rerun' | 'firesPerMinuteMax'>

async function dryRunOf(reader: Reader, job: Job, terms: Terms, now: Date): Promise<DryRun> {
  const all = backfillTimes(job, terms.from, terms.to)
  const fired = terms.rerun ? new Set<number>() : await firedTimes(reader, job.id, terms.from, terms.to)
  const times = all.filter((time) => !fired.has(time.getTime()))
  const { id: jobId, workspaceId, version: jobVersion } = job
  const counts = { firedCount: 0, leftOutCount: all.length - times.length }
  return { id: null, workspaceId, jobId, jobVersion, ...terms, requestedAt: now, state: 'DRY_RUN', ...counts, times }
}

function checkTerms({ from, to, firesPerMinuteMax }: Terms, now: Date): void {
  if (from >= to) throw wrong('from', 'from must be before to')
  if (to > now) throw wrong('to', 'to must not lie ahead: what comes is a matter of the schedule')
  if (to.getTime() - from.getTime() > RANGE_MS_MAX) throw wrong('from', 'from is at most ten years before to')
  const { max } = FIRES_PER_MINUTE
  if (!Number.isInteger(firesPerMinuteMax) || firesPerMinuteMax < 1 || firesPerMinuteMax > max) {
    throw wrong('firesPerMinuteMax', `firesPerMinuteMax is from 1 to ${max}`)
  }
}

/** Which times of before have fired is not known any more; who runs them all does not need to know. */
async function checkReach(reader: Reader, { from, rerun }: Terms): Promise<void> {
  const since = rerun ? null : await ledgerFrom(reader)
  if (since === null || from >= since) return
  throw wrong(
    'from',
    `the ledger reaches back to ${since.toISOString()}: what fired before is not known; rerun runs all of it`,
  )
}

function wrong(argument: string, message: string): DomainError {
  return new DomainError('BAD_USER_INPUT', message, { argument })
}
