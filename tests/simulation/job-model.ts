import { defaultTimingOptions, type TimingOptions } from '#platform/schedule'
import type { AskedBackfill, AskedRun, Change } from './occurrences/job-history.ts'
import type { RecordedEvent } from './recorded.ts'

/** A version of a job that others were told of. */
export interface JobVersion extends Change {
  readonly jobType: string
}

type Told = RecordedEvent['event']

const KINDS: Readonly<Record<string, Change['kind']>> = {
  JobCreated: 'CREATED',
  JobUpdated: 'UPDATED',
  JobPaused: 'PAUSED',
  JobResumed: 'RESUMED',
  JobArchived: 'ARCHIVED',
  JobTriggered: 'TRIGGERED',
  JobBackfillRequested: 'BACKFILL_REQUESTED',
  JobBackfillCancelled: 'BACKFILL_CANCELLED',
  JobCalendarsChanged: 'CALENDARS_CHANGED',
}

/** The versions of each job, from its events, by rules that share nothing with the service's. */
export function versionsOf(events: readonly RecordedEvent[]): ReadonlyMap<string, readonly JobVersion[]> {
  const jobs = new Map<string, JobVersion[]>()
  for (const { event, version } of events) {
    const kind = KINDS[event.type]
    // Nobody was told of a completion, and it changes nothing of when a job fires.
    if (!kind) continue
    const jobId = String(event['jobId'])
    const versions = jobs.get(jobId) ?? []
    jobs.set(jobId, versions)
    versions.push({ ...after(versions.at(-1), event), jobId, version, kind })
  }
  return jobs
}

type Version = Omit<JobVersion, 'jobId' | 'version' | 'kind'>

function after(before: JobVersion | undefined, event: Told): Version {
  const atMs = Number(Object.entries(event).find(([name]) => name.endsWith('AtMs'))?.[1])
  const plain = { atMs, trigger: null, backfill: null }
  if (!before) {
    const { jobType, params } = event as unknown as Pick<JobVersion, 'jobType' | 'params'>
    const active = { state: 'ACTIVE', pausedUntilMs: null, pauseNote: '' } as const
    return { ...plain, ...active, jobType, params, timing: timingOf(event), sinceMs: atMs }
  }
  const same = { ...before, ...plain }
  switch (event.type) {
    case 'JobUpdated': {
      const isNew = event['schedule'] !== before.timing.schedule
      const { params } = event as unknown as Pick<JobVersion, 'params'>
      return { ...same, params, timing: timingOf(event), sinceMs: isNew ? atMs : before.sinceMs }
    }
    case 'JobPaused': {
      const { untilMs = null, note = null } = event as unknown as { untilMs?: number | null; note?: string | null }
      return { ...same, state: 'PAUSED', pausedUntilMs: untilMs, pauseNote: note ?? '' }
    }
    case 'JobResumed':
      return { ...same, state: 'ACTIVE', pausedUntilMs: null, pauseNote: '' }
    case 'JobArchived':
      return { ...same, state: 'ARCHIVED' }
    case 'JobTriggered':
      return { ...same, trigger: { ...(event as unknown as AskedRun), atMs } }
    case 'JobBackfillRequested':
      return { ...same, backfill: { ...(event as unknown as AskedBackfill), id: String(event['backfillId']) } }
    default:
      throw new Error(`there is no ${event.type} here`)
  }
}

function timingOf(event: Told): Change['timing'] {
  const { schedule, timing } = event as unknown as { schedule: string; timing?: TimingOptions }
  return { ...defaultTimingOptions, ...timing, schedule }
}
