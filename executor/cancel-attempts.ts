import type { Claim, ExecutionCommands } from '#executions'
import type { Clock } from '#platform/clock'
import { failPoint } from '#platform/fail-points'
import { policyOf } from '#platform/policy'
import type { Log } from '#platform/telemetry'
import type { RunningAttempt } from './running-attempt.ts'

/** What cancelling takes. */
export interface CancelPorts {
  readonly executions: Pick<ExecutionCommands, 'acknowledgeCancels'>
  readonly clock: Clock
  readonly log: Log
  /** The grace is over, and the task still runs: nobody waits for it any more. */
  onOver(attempt: RunningAttempt): void
}

/** Asks tasks to end, and says so; those that do not within their grace are ended. Asking twice is asking once. */
export function openCancellation({ executions, clock, log, onOver }: CancelPorts) {
  async function acknowledge(claims: readonly Claim[]): Promise<void> {
    try {
      failPoint('executor.before-acknowledgement')
      await executions.acknowledgeCancels(claims)
    } catch (error) {
      // It is only a note: what counts is how the attempt ends.
      log.warn('executor.cancel_not_acknowledged', { attempts: claims.length, err: error })
    }
  }

  async function endAfterGrace(attempt: RunningAttempt, graceMs: number): Promise<void> {
    if (graceMs > 0) await clock.sleep(graceMs, attempt.over.signal)
    if (attempt.phase === 'running') onOver(attempt)
  }

  return (attempts: readonly RunningAttempt[]): void => {
    const fresh = attempts.filter(({ isCancelled }) => !isCancelled)
    if (fresh.length === 0) return
    for (const attempt of fresh) {
      attempt.isCancelled = true
      attempt.abort.abort()
      void endAfterGrace(attempt, policyOf(attempt.claim.execution.policy).cancelGraceMs)
    }
    void acknowledge(fresh.map(({ claim }) => claim))
  }
}
