// A job's change for tests: what is not said is plain. Never used outside of tests.
import { defaultTimingOptions } from '#platform/schedule'
import type { JobChange } from './timetable.ts'

/** A change whose moment is said, and what else matters. */
export function jobChange(fields: Partial<JobChange> & Pick<JobChange, 'scheduledSince'>): JobChange {
  return {
    version: 1,
    jobType: 'ECHO',
    schedule: '@manually',
    timing: defaultTimingOptions,
    params: '{}',
    policy: '{}',
    state: 'ACTIVE',
    changedAt: fields.scheduledSince,
    pausedUntil: null,
    pauseNote: '',
    trigger: null,
    backfill: null,
    ...fields,
  }
}
