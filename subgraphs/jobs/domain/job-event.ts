/** What happened to a job, as plain JSON: an instant is `…AtMs`, params are JSON text. */
export type JobEvent =
  | {
      readonly type: 'JobCreated'
      readonly jobId: string
      readonly workspaceId: string
      readonly ownerId: string
      readonly name: string
      readonly jobType: string
      readonly schedule: string
      readonly params: string
      readonly createdAtMs: number
    }
  | {
      readonly type: 'JobUpdated'
      readonly jobId: string
      readonly name: string
      readonly schedule: string
      readonly params: string
      /** The schedule is another one than before, and counts from this change. */
      readonly rescheduled: boolean
      readonly updatedAtMs: number
    }
  | { readonly type: 'JobPaused'; readonly jobId: string; readonly pausedAtMs: number }
  /** What came during the pause is passed over: the schedule counts from here. */
  | { readonly type: 'JobResumed'; readonly jobId: string; readonly resumedAtMs: number }
  | { readonly type: 'JobArchived'; readonly jobId: string; readonly archivedAtMs: number }
  | {
      readonly type: 'JobTriggered'
      readonly jobId: string
      readonly executionId: string
      readonly key: string
      readonly params: string
      readonly triggeredAtMs: number
    }
  | { readonly type: 'JobCompleted'; readonly jobId: string; readonly completedAtMs: number }
