import { versionsOf } from './job-model.ts'
import { slowTimes } from './occurrences/slow-times.ts'
import type { Recorded, RecordedStatus } from './recorded.ts'

const FAR_MS = 10 * 60_000

/** Counts anew what `job_status` says of each job, once everything has come to rest. */
export function checkStatuses(recorded: Recorded, endMs: number): readonly string[] {
  const findings: string[] = []
  const statuses = new Map(recorded.statuses.map((status) => [status.job_id, status]))
  const executions = Map.groupBy(recorded.executions, (execution) => execution.job_id)
  const occurrences = Map.groupBy(recorded.occurrences, (occurrence) => occurrence.job_id)
  for (const [jobId, versions] of versionsOf(recorded.jobEvents)) {
    const last = versions.at(-1)
    const status = statuses.get(jobId)
    if (!last || !status) {
      findings.push(`${jobId} has no status`)
      continue
    }
    const ran = executions.get(jobId) ?? []
    const fired = (occurrences.get(jobId) ?? [])
      .filter(({ outcome }) => outcome === 'FIRED')
      .map(({ nominal_at }) => nominal_at)
    // A nominal time whose jitter is not over is the next one still.
    const decidedMs = new Set((occurrences.get(jobId) ?? []).map(({ nominal_at }) => nominal_at))
    const fromMs = endMs - last.timing.jitterMs
    const [next = null] =
      last.state === 'ACTIVE'
        ? slowTimes(last.timing, last.sinceMs, fromMs, endMs + FAR_MS).times.filter(
            (atMs) => atMs > endMs || (!decidedMs.has(atMs) && atMs === status.next_fire_at),
          )
        : []
    const count = (wanted: string): number => ran.filter((execution) => execution.status === wanted).length
    const lastEndedMs = Math.max(...ran.map(({ finished_at }) => finished_at ?? 0))
    const lastOutcomes = ran
      .filter(({ finished_at }) => finished_at === lastEndedMs)
      .map((execution) => execution.status)
    const expected = {
      phase: phaseOf(last.state, last.timing.schedule, next),
      next_fire_at: next,
      last_fired_at: fired.length > 0 ? Math.max(...fired) : null,
      fired_count: fired.length,
      queued_count: 0,
      running_count: 0,
      succeeded_count: count('SUCCEEDED'),
      failed_count: count('FAILED'),
    } satisfies Partial<RecordedStatus>
    for (const [column, value] of Object.entries(expected)) {
      const actual = status[column as keyof typeof expected]
      if (actual !== value) findings.push(`the ${column} of ${jobId} is ${actual} instead of ${value}`)
    }
    if (ran.length > 0 && !lastOutcomes.includes(status.last_outcome ?? '')) {
      findings.push(`the last outcome of ${jobId} is ${status.last_outcome} instead of ${lastOutcomes.join(' or ')}`)
    }
  }
  return findings
}

function phaseOf(state: string, schedule: string, next: number | null): string {
  if (state !== 'ACTIVE') return state
  return next !== null || schedule === '@manually' ? 'WAITING' : 'COMPLETED'
}
