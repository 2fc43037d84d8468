import { defaultTimingOptions, type TimingOptions } from '#platform/schedule'
import { type Definition, definitionsOf } from './definition.ts'
import type { JobEvent } from './job-event.ts'
import type { Occurrence } from './occurrence.ts'

const jobId = 'j'

/** The stretches of a job that is created at an instant and then changes as it is said. */
export function definitions(
  schedule: string,
  createdAt: string,
  { timing = {}, changes = [] }: { timing?: Partial<TimingOptions>; changes?: readonly JobEvent[] } = {},
): readonly Definition[] {
  const created: JobEvent = {
    type: 'JobCreated',
    jobId,
    workspaceId: 'w',
    ownerId: 'o',
    name: 'n',
    jobType: 'ECHO',
    schedule,
    params: '{}',
    timing: { ...defaultTimingOptions, ...timing },
    createdAtMs: Date.parse(createdAt),
  }
  return definitionsOf([created, ...changes].map((event, index) => ({ event, version: index + 1 })))
}

/** Somebody pauses it. */
export function pausedAt(at: string, { until, note }: { until?: string; note?: string } = {}): JobEvent {
  const untilMs = until === undefined ? null : Date.parse(until)
  return {
    type: 'JobPaused',
    jobId,
    pausedAtMs: Date.parse(at),
    untilMs,
    note: note ?? null,
    by: 'alice',
    reason: 'ASKED',
  }
}

/** It goes on. */
export function resumedAt(at: string): JobEvent {
  return { type: 'JobResumed', jobId, resumedAtMs: Date.parse(at) }
}

/** It has another schedule from then on. */
export function rescheduledAt(at: string, schedule: string, timing?: Partial<TimingOptions>): JobEvent {
  const timed = { timing: { ...defaultTimingOptions, ...timing } }
  return {
    type: 'JobUpdated',
    jobId,
    name: 'n',
    schedule,
    params: '{}',
    ...timed,
    rescheduled: true,
    updatedAtMs: Date.parse(at),
  }
}

/** A record of the ledger. */
export function occurrence(scheduledFor: string, changes: Partial<Occurrence> = {}): Occurrence {
  const at = new Date(scheduledFor)
  return {
    workspaceId: 'w',
    jobId,
    cause: 'schedule',
    scheduledFor: at,
    through: at,
    count: 1,
    wallTime: null,
    outcome: 'FIRED',
    reason: 'ON_TIME',
    detail: '',
    isLate: false,
    effectiveAt: at,
    decidedAt: at,
    jobVersion: 1,
    tzdbVersion: '2026c',
    executionId: 'e',
    ...changes,
  }
}
