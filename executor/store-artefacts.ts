import type { ExecutionCommands, MadeArtefact, StoredArtefact } from '#executions'
import type { Clock } from '#platform/clock'
import type { Log } from '#platform/telemetry'
import type { RunningAttempt } from './running-attempt.ts'
import { TaskError } from './tasks/index.ts'

/** What storing takes. */
export interface StorePorts {
  readonly executions: Pick<ExecutionCommands, 'storeArtefacts'>
  readonly clock: Clock
  readonly log: Log
}

const TRIES_MAX = 5
const RETRY_MS_MIN = 200

/**
 * Stores what a task made, while its attempt is held. Here and not with the result: a storage that is away must not keep the
 * results of others from being written.
 *
 * @throws {TaskError} TASK_ARTEFACT_TOO_LARGE for the storage; ARTEFACT_NOT_STORED when it could not be reached for some seconds
 */
export async function storeArtefacts(
  { executions, clock, log }: StorePorts,
  { claim, over, phase }: RunningAttempt,
  artefacts: readonly MadeArtefact[],
): Promise<readonly StoredArtefact[]> {
  if (artefacts.length === 0 || phase !== 'running') return []
  const executionId = claim.execution.id
  for (let tries = 1; ; tries++) {
    try {
      return await executions.storeArtefacts(executionId, artefacts)
    } catch (error) {
      if (error instanceof Error && error.name === 'ObjectTooLargeError') {
        throw new TaskError('TASK_ARTEFACT_TOO_LARGE', `an artefact is too large for its storage: ${error.message}`, {
          cause: error,
        })
      }
      log.warn('executor.artefacts_delayed', { executionId, tries, err: error })
      if (tries === TRIES_MAX || over.signal.aborted) {
        throw new TaskError('ARTEFACT_NOT_STORED', 'the artefacts could not be stored', { cause: error })
      }
      await clock.sleep(RETRY_MS_MIN * 2 ** (tries - 1), over.signal)
    }
  }
}
