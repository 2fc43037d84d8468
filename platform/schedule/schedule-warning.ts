/** What the owner of a schedule should know of it, though it is accepted. */
export interface ScheduleWarning {
  /** Stable. */
  readonly code:
    | 'BOTH_DAY_FIELDS'
    | 'CLOCK_CHANGE'
    | 'EVERY_DRIFTS'
    | 'EVERY_IN_UTC'
    | 'JITTER_CUT'
    | 'MONTHS_LEFT_OUT'
    | 'UNEVEN_STEP'
  readonly message: string
  /** Index in the schedule's text, from 0; absent when it is not the text that surprises. */
  readonly position?: number
}
