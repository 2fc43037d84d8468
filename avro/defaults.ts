import type { ExecutionChanged, ExecutionRequested, Fire, JobChanged, ScheduleAdvanced } from './generated/index.ts'

// Not `{}`: a schema with that text as a default is none to Apicurio Registry 3.0.9.
/** What the schemas say of fields that a writer of before did not know: for those who make whole records by hand. */
export const jobChangedDefaults = {
  timing: {
    timeZone: 'UTC',
    dstGap: 'FIRE_AFTER',
    dstOverlap: 'FIRST',
    startAt: null,
    endAt: null,
    firesMax: null,
    jitterMs: 0,
    catchup: 'LAST',
    catchupWindowMs: 86_400_000,
    catchupMax: 100,
    lateAfterMs: 5_000,
    calendars: [],
  },
  pausedUntil: null,
  pauseNote: '',
  policy: '{ }',
  backfill: null,
  cancelsOpen: null,
} as const satisfies Partial<JobChanged>

/** The same for a fire in a `ScheduleAdvanced`. */
export const fireDefaults = {
  effectiveAt: null,
  isLate: false,
  wallTime: '',
  jobVersion: 0,
} as const satisfies Partial<Fire>

/** The same for a `ScheduleAdvanced`. */
export const scheduleAdvancedDefaults = {
  skipped: [],
  backfills: [],
  decidedThrough: null,
  tzdbVersion: '',
} as const satisfies Partial<ScheduleAdvanced>

/** The same for an `ExecutionRequested`. */
export const executionRequestedDefaults = {
  effectiveAt: null,
  isLate: false,
  policy: '{ }',
  cancelsOpen: null,
} as const satisfies Partial<ExecutionRequested>

/** The same for an `ExecutionChanged`. */
export const executionChangedDefaults = {
  blockedBy: null,
  hadWaited: false,
  cause: '',
  jobVersion: 0,
} as const satisfies Partial<ExecutionChanged>
