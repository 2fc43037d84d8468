import type { Clock } from '#platform/clock'
import { DomainError } from '#platform/domain'
import type { Messaging } from '#platform/messaging'
import { DEFINITIONS_CONSUMER } from './messaging/job-definitions.ts'

const LOOK_MS = 20
const WAIT_MS_MAX = 5_000

/**
 * Waits until every change of a job that has reached its topic by now is known here: who has just repaired a job replays
 * by the repair.
 *
 * @throws {DomainError} NOT_READY when that takes longer than 5 s
 */
export async function heardOfJobs(messaging: Messaging, clock: Clock): Promise<void> {
  const startedMs = clock.monotonicMs()
  const waitedMs = (): number => clock.monotonicMs() - startedMs
  while ((await messaging.lag(DEFINITIONS_CONSUMER)) > 0) {
    // What is still to be taken came after the question.
    if ((await messaging.delayMs(DEFINITIONS_CONSUMER)) < waitedMs()) return
    if (waitedMs() > WAIT_MS_MAX)
      throw new DomainError('NOT_READY', 'changes of jobs are still on their way: try again')
    await clock.sleep(LOOK_MS)
  }
}
