import { type JobVersion, versionsOf } from './job-model.ts'
import { nominalTimes } from './nominal-times.ts'
import type { Recorded, RecordedOccurrence } from './recorded.ts'

/** An occurrence that there must be, exactly once. */
export interface Expected {
  readonly jobId: string
  readonly cause: string
  readonly nominalMs: number
  readonly version: JobVersion
  /** What its execution must be given. */
  readonly params: string
  /** Given with the answer to a trigger. */
  readonly executionId: string | null
}

/**
 * Every occurrence that a history must have led to.
 *
 * Up to the instant of a change the version before it fires. Between that instant and the one at which the scheduler applied
 * the change, the old version may have gone on firing, without a hole; what it fired then, the new one does not fire again.
 * So that much is taken from what happened, and nothing else.
 */
export function expectedOccurrences(recorded: Recorded, endMs: number): readonly Expected[] {
  const fired = Map.groupBy(
    recorded.occurrences.filter(({ cause }) => cause === 'schedule'),
    ({ job_id, job_version }) => `${job_id} ${job_version}`,
  )
  const expected: Expected[] = []
  for (const [jobId, versions] of versionsOf(recorded.jobEvents)) {
    const appliedMs = applications(recorded, jobId)
    let decidedMs = Number.NEGATIVE_INFINITY
    for (const [index, version] of versions.entries()) {
      if (version.isResumed) decidedMs = Math.max(decidedMs, version.fromMs)
      if (version.trigger) expected.push(triggered(version, version.trigger))
      if (version.state !== 'ACTIVE') continue
      const next = versions[index + 1]
      const requiredMs = next?.fromMs ?? endMs
      const inFlightMs = next ? Math.min(appliedMs(next.version), endMs) : endMs
      const times = nominalTimes(version, decidedMs, inFlightMs)
      const lastMs = lastFiredMs(fired.get(`${jobId} ${version.version}`))
      const own = times.filter((atMs) => atMs <= Math.max(requiredMs, lastMs))
      for (const nominalMs of own) expected.push(scheduled(version, nominalMs))
      decidedMs = Math.max(decidedMs, own.at(-1) ?? decidedMs)
    }
  }
  return expected
}

/** When the scheduler had applied a version of a job, or a later one. */
function applications(recorded: Recorded, jobId: string): (version: number) => number {
  const advances = recorded.scheduleEvents.filter(({ event }) => event['jobId'] === jobId)
  return (version) =>
    advances.find(({ event }) => Number(event['appliedVersion']) >= version)?.recorded_at ?? Number.POSITIVE_INFINITY
}

function lastFiredMs(occurrences: readonly RecordedOccurrence[] = []): number {
  return occurrences.reduce((last, { nominal_at }) => Math.max(last, nominal_at), Number.NEGATIVE_INFINITY)
}

function scheduled(version: JobVersion, nominalMs: number): Expected {
  const { jobId, params } = version
  return { jobId, cause: 'schedule', nominalMs, version, params, executionId: null }
}

function triggered(version: JobVersion, { key, executionId, params }: NonNullable<JobVersion['trigger']>): Expected {
  return { jobId: version.jobId, cause: `trigger:${key}`, nominalMs: version.fromMs, version, params, executionId }
}
