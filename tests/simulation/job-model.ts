import type { RecordedEvent } from './recorded.ts'

/** A version of a job that others were told of, and until when it holds. */
export interface JobVersion {
  readonly jobId: string
  readonly version: number
  readonly jobType: string
  readonly schedule: string
  readonly params: string
  readonly state: 'ACTIVE' | 'PAUSED' | 'ARCHIVED'
  /** From when it holds, and from when its schedule does. */
  readonly fromMs: number
  readonly sinceMs: number
  /** It was made by a resume: what came before it is passed over. */
  readonly isResumed: boolean
  readonly trigger: { readonly key: string; readonly executionId: string; readonly params: string } | null
}

/** The versions of each job, from its events, by rules that share nothing with the service's. */
export function versionsOf(events: readonly RecordedEvent[]): ReadonlyMap<string, readonly JobVersion[]> {
  const jobs = new Map<string, JobVersion[]>()
  for (const { event, version } of events) {
    // Nobody was told of it, and it changes nothing of when a job fires.
    if (event.type === 'JobCompleted') continue
    const jobId = String(event['jobId'])
    const versions = jobs.get(jobId) ?? []
    jobs.set(jobId, versions)
    versions.push({ ...after(versions.at(-1), event), jobId, version })
  }
  return jobs
}

function after(before: JobVersion | undefined, event: RecordedEvent['event']): Omit<JobVersion, 'jobId' | 'version'> {
  const { jobType, schedule, params } = event as unknown as JobVersion
  const atMs = Number(Object.entries(event).find(([name]) => name.endsWith('AtMs'))?.[1])
  const plain = { fromMs: atMs, isResumed: false, trigger: null }
  if (!before) return { ...plain, jobType, schedule, params, state: 'ACTIVE', sinceMs: atMs }
  const { sinceMs, jobType: sameType, schedule: sameSchedule, params: sameParams, state } = before
  const same = { ...plain, jobType: sameType, schedule: sameSchedule, params: sameParams, state, sinceMs }
  switch (event.type) {
    case 'JobUpdated':
      return { ...same, schedule, params, sinceMs: schedule === sameSchedule ? sinceMs : atMs }
    case 'JobPaused':
      return { ...same, state: 'PAUSED' }
    case 'JobResumed':
      return { ...same, state: 'ACTIVE', isResumed: true }
    case 'JobArchived':
      return { ...same, state: 'ARCHIVED' }
    case 'JobTriggered': {
      const { key, executionId } = event as unknown as NonNullable<JobVersion['trigger']>
      return { ...same, trigger: { key, executionId, params } }
    }
    default:
      throw new Error(`there is no ${event.type}`)
  }
}
