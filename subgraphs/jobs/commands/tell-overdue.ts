import type { JobStatus } from '../domain/job-status.ts'
import type { Missed } from '../domain/missed.ts'
import { overdue } from '../domain/overdue.ts'
import type { JobsParts } from '../parts.ts'
import { loadJobsAnywhere } from '../projections/job-rows.ts'
import { loadStatuses } from '../projections/job-status-rows.ts'
import { recordMissed } from '../projections/missed.ts'
import { jobsDueBefore, jobsWithoutNext, type OverduePlace, toldOverdue } from '../projections/overdue-jobs.ts'

/** Where a watch for overdue jobs has got to. */
export interface OverdueWatch {
  /** One round: looks at a bounded number of jobs. @returns how many nominal times it told of */
  runOnce(): Promise<number>
}

const JOBS_A_PAGE = 500
const PAGES_A_ROUND = 20
const SILENCE_MS_MIN = 30_000
const START: OverduePlace = { nextFireAtMs: Number.MIN_SAFE_INTEGER, jobId: '' }

/**
 * Watches for jobs that are due and of which nobody tells: all schedulers are dead, or cut off. Each nominal time is told
 * of once, by whichever process finds it first.
 */
export function openOverdueWatch(parts: JobsParts): OverdueWatch {
  const { reader } = parts.database
  // Jobs that no scheduler has told a time of are many, and nearly all of them have none: a round looks at some of them.
  let withoutNext = ''

  return {
    async runOnce() {
      const now = await parts.database.now()
      const before = new Date(now.getTime() - SILENCE_MS_MIN)
      let told = 0
      let place = START
      for (let pages = 0; pages < PAGES_A_ROUND; pages++) {
        const due = await jobsDueBefore(reader, before, place, JOBS_A_PAGE)
        told += await tell(parts, due, now)
        const last = due.at(-1)
        if (due.length < JOBS_A_PAGE || !last?.nextFireAt) break
        place = { nextFireAtMs: last.nextFireAt.getTime(), jobId: last.jobId }
      }
      const silent = await jobsWithoutNext(reader, withoutNext, JOBS_A_PAGE)
      withoutNext = silent.length < JOBS_A_PAGE ? '' : (silent.at(-1)?.jobId ?? '')
      const unheard = silent.filter(({ advancedVersion, scheduleVersion }) => advancedVersion < scheduleVersion)
      return told + (await tell(parts, unheard, now))
    },
  }
}

async function tell(parts: JobsParts, candidates: readonly JobStatus[], now: Date): Promise<number> {
  const { database, clock } = parts
  const found = await overdueOf(database.reader, candidates, now)
  if (found.length === 0) return 0
  const told = await toldOverdue(
    database.reader,
    found.map(({ jobId }) => jobId),
  )
  const fresh = found.filter(({ jobId, scheduledFor }) => !told.has(`${jobId} ${scheduledFor.getTime()}`))
  if (fresh.length === 0) return 0
  return database.unit(['overdue'], async (unit) => {
    // Whoever tells of a job locks its status: what was heard meanwhile counts.
    const ids = fresh.map(({ jobId }) => jobId)
    const statuses = await loadStatuses(unit, 'job_status', ids)
    const still = await overdueOf(unit, [...statuses.values()], now)
    const recorded = await recordMissed(
      unit,
      still.map((each) => ({ id: clock.newId(), ...each })),
    )
    return recorded.length
  })
}

async function overdueOf(
  reader: Parameters<typeof loadJobsAnywhere>[0],
  statuses: readonly JobStatus[],
  now: Date,
): Promise<readonly Omit<Missed, 'id'>[]> {
  const jobs = await loadJobsAnywhere(
    reader,
    statuses.map(({ jobId }) => jobId),
  )
  return statuses.flatMap((status) => {
    const saved = jobs.get(status.jobId)
    return (saved && overdue(saved.state, status, now)) ?? []
  })
}
