import { hash } from 'node:crypto'
import { UniqueViolationError, type Unit } from '#platform/database'
import { DomainError } from '#platform/domain'
import { VersionConflictError } from './errors.ts'

/** A command that may be sent again. */
export interface OnceOptions {
  /** Unique for the workspace and the kind of command, such as `trigger/<workspace>/<job>/<key>`. */
  readonly commandId: string
  /** What was asked for, to tell a repetition from another request under the same id. */
  readonly request: unknown
}

/**
 * Runs a command unless it was run before, and gives the answer of the first time. The answer is kept in the same unit,
 * so it also settles what became of a command whose reply was lost.
 *
 * @throws {DomainError} IDEMPOTENCY_KEY_REUSED when the id was used for another request
 * @throws {VersionConflictError} when it is run elsewhere at this moment: run anew, it finds the answer
 */
export async function once<Answer>(
  unit: Unit,
  { commandId, request }: OnceOptions,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const requestHash = hash('sha256', JSON.stringify(request) ?? 'null', 'hex')
  const known = await unit.get<{ request_hash: string; answer: string }>(
    'select request_hash, answer from commands where command_id = ?',
    [commandId],
  )
  if (known && known.request_hash !== requestHash) {
    throw new DomainError('IDEMPOTENCY_KEY_REUSED', 'this idempotency key was used for another request')
  }
  if (known) return JSON.parse(known.answer) as Answer

  const answer = await work()
  const row = [commandId, requestHash, JSON.stringify(answer), unit.now.getTime()]
  try {
    await unit.insertMany('commands', ['command_id', 'request_hash', 'answer', 'recorded_at'], [row])
  } catch (error) {
    if (!(error instanceof UniqueViolationError)) throw error
    throw new VersionConflictError('the same command is being run by another', { cause: error })
  }
  return answer
}
