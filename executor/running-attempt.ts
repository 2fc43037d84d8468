import type { Claim, Place } from '#executions'
import type { AttemptLog } from './attempt-log.ts'

/** An attempt that this executor holds. */
export interface RunningAttempt {
  readonly claim: Claim
  readonly place: Place
  readonly log: AttemptLog
  readonly abort: AbortController
  /** Aborts when its task has ended, or nobody waits for that any more. */
  readonly over: AbortController
  /** Somebody wants its end, and its task was told. */
  isCancelled?: boolean
  /** The W3C trace context of its span, once it runs. */
  traceparent?: string | undefined
  /**
   * `running`: its task has not ended. `finishing`: what came of it is being written. `dropped`: it is another's now, or
   * nobody's; nothing more may be written.
   */
  phase: 'running' | 'finishing' | 'dropped'
}
