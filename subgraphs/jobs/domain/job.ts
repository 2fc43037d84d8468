// What a job is and what may be done with it: the rules, as pure functions.
// Never reads a clock, a row or a topic.
import { type Decider, DomainError, invariant } from '#platform/domain'
import type { JobEvent } from './job-event.ts'

/** Where a job is in its life. */
export type JobState = 'ACTIVE' | 'PAUSED' | 'COMPLETED' | 'ARCHIVED'

/** A job as it stands after its events. */
export interface Job {
  readonly id: string
  readonly workspaceId: string
  readonly ownerId: string
  readonly name: string
  readonly jobType: string
  readonly schedule: string
  /** JSON. */
  readonly params: string
  readonly state: JobState
  /** Nominal times count from after this instant. */
  readonly scheduledSince: Date
  readonly createdAt: Date
  readonly updatedAt: Date
  /** Counts the events, from 1. */
  readonly version: number
  /** The last version that other services were told of. */
  readonly sentVersion: number
}

/** What is asked of a job. */
export type JobCommand =
  | {
      readonly type: 'CreateJob'
      readonly jobId: string
      readonly workspaceId: string
      readonly ownerId: string
      readonly name: string
      readonly jobType: string
      readonly schedule: string
      readonly params: string
      readonly now: Date
    }
  | {
      readonly type: 'UpdateJob'
      /** Null keeps what is there, as do the other fields. */
      readonly name: string | null
      readonly schedule: string | null
      readonly params: string | null
      readonly expectedVersion: number | null
      readonly now: Date
    }
  | {
      readonly type: 'PauseJob' | 'ResumeJob' | 'ArchiveJob'
      readonly expectedVersion: number | null
      readonly now: Date
    }
  | {
      readonly type: 'TriggerJob'
      readonly executionId: string
      readonly key: string
      /** Null runs with the job's own. */
      readonly params: string | null
      readonly now: Date
    }
  | { readonly type: 'CompleteJob'; readonly now: Date }

/** A job: created, changed and triggered until it is archived. */
export const job: Decider<JobCommand, JobEvent, Job | 'absent'> = {
  initial: 'absent',

  decide(command, state) {
    if (command.type === 'CreateJob') {
      invariant(state === 'absent', `the job ${command.jobId} was created before`)
      return [created(command)]
    }
    if (state === 'absent') throw new DomainError('JOB_NOT_FOUND', 'no such job')
    return decideChange(command, state)
  },

  evolve(state, event) {
    if (event.type === 'JobCreated') return newJob(event)
    invariant(state !== 'absent', `${event.type} before JobCreated`)
    const version = state.version + 1
    // Everybody is told of every change but of a completion, which is ours to know.
    const sentVersion = event.type === 'JobCompleted' ? state.sentVersion : version
    return { ...changed(state, event), version, sentVersion }
  },
}

/** The stream of a job. */
export function jobStream(jobId: string): string {
  return `job-${jobId}`
}

type CreateJob = Extract<JobCommand, { type: 'CreateJob' }>
type ChangeJob = Exclude<JobCommand, CreateJob>

function created(command: CreateJob): JobEvent {
  const { jobId, workspaceId, ownerId, name, jobType, schedule, params, now } = command
  const createdAtMs = now.getTime()
  return { type: 'JobCreated', jobId, workspaceId, ownerId, name, jobType, schedule, params, createdAtMs }
}

function decideChange(command: ChangeJob, state: Job): readonly JobEvent[] {
  const { id: jobId } = state
  const nowMs = command.now.getTime()
  if (state.state === 'ARCHIVED') {
    // Clients repeat themselves: archiving twice is archiving once. That an archived job is over is no refusal either.
    if (command.type === 'ArchiveJob' || command.type === 'CompleteJob') return []
    throw new DomainError('JOB_ARCHIVED', 'the job is archived: it changes and runs no more')
  }
  if ('expectedVersion' in command) checkVersion(command.expectedVersion, state.version)

  switch (command.type) {
    case 'UpdateJob':
      return updated(command, state)
    case 'PauseJob':
      return state.state === 'ACTIVE' ? [{ type: 'JobPaused', jobId, pausedAtMs: nowMs }] : []
    case 'ResumeJob':
      return state.state === 'PAUSED' ? [{ type: 'JobResumed', jobId, resumedAtMs: nowMs }] : []
    case 'ArchiveJob':
      return [{ type: 'JobArchived', jobId, archivedAtMs: nowMs }]
    case 'TriggerJob': {
      const { executionId, key, params } = command
      return [{ type: 'JobTriggered', jobId, executionId, key, params: params ?? state.params, triggeredAtMs: nowMs }]
    }
    case 'CompleteJob':
      return state.state === 'ACTIVE' ? [{ type: 'JobCompleted', jobId, completedAtMs: nowMs }] : []
  }
}

function checkVersion(expectedVersion: number | null, actualVersion: number): void {
  if (expectedVersion === null || expectedVersion === actualVersion) return
  const message = `the job is at version ${actualVersion}, not ${expectedVersion}: look at it again`
  throw new DomainError('VERSION_CONFLICT', message, { expectedVersion, actualVersion })
}

function updated(command: Extract<JobCommand, { type: 'UpdateJob' }>, state: Job): readonly JobEvent[] {
  const name = command.name ?? state.name
  const schedule = command.schedule ?? state.schedule
  const params = command.params ?? state.params
  const rescheduled = schedule !== state.schedule
  if (name === state.name && params === state.params && !rescheduled) return []
  const updatedAtMs = command.now.getTime()
  return [{ type: 'JobUpdated', jobId: state.id, name, schedule, params, rescheduled, updatedAtMs }]
}

function newJob(event: Extract<JobEvent, { type: 'JobCreated' }>): Job {
  const { jobId: id, workspaceId, ownerId, name, jobType, schedule, params } = event
  const at = new Date(event.createdAtMs)
  const times = { scheduledSince: at, createdAt: at, updatedAt: at }
  return {
    id,
    workspaceId,
    ownerId,
    name,
    jobType,
    schedule,
    params,
    state: 'ACTIVE',
    ...times,
    version: 1,
    sentVersion: 1,
  }
}

function changed(state: Job, event: Exclude<JobEvent, { type: 'JobCreated' }>): Job {
  switch (event.type) {
    case 'JobUpdated': {
      const { name, schedule, params, rescheduled } = event
      const updatedAt = new Date(event.updatedAtMs)
      if (!rescheduled) return { ...state, name, params, updatedAt }
      const again = state.state === 'COMPLETED' ? 'ACTIVE' : state.state
      return { ...state, name, schedule, params, state: again, scheduledSince: updatedAt, updatedAt }
    }
    case 'JobPaused':
      return { ...state, state: 'PAUSED', updatedAt: new Date(event.pausedAtMs) }
    case 'JobResumed': {
      const resumedAt = new Date(event.resumedAtMs)
      // What came during the pause is passed over.
      return { ...state, state: 'ACTIVE', scheduledSince: resumedAt, updatedAt: resumedAt }
    }
    case 'JobArchived':
      return { ...state, state: 'ARCHIVED', updatedAt: new Date(event.archivedAtMs) }
    case 'JobTriggered':
      return state
    case 'JobCompleted':
      return { ...state, state: 'COMPLETED', updatedAt: new Date(event.completedAtMs) }
  }
}
