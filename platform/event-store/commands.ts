import { hash } from 'node:crypto'
import { type Reader, UniqueViolationError, type Unit } from '#platform/database'
import { DomainError } from '#platform/domain'
import { VersionConflictError } from './errors.ts'

/** A command that may be sent again. */
export interface OnceOptions {
  /** Unique for the workspace and the kind of command, such as `trigger/<workspace>/<job>/<key>`. */
  readonly commandId: string
  /** What was asked for, to tell a repetition from another request under the same id. */
  readonly request: unknown
}

/** What is known of a command that was run before. */
export interface KnownCommand {
  /** Whether it was the same request. */
  readonly isSame: boolean
  /** What was kept with it: plain JSON, which is the caller's to know. */
  readonly answer: unknown
}

const IDS_A_QUERY = 500

/**
 * Runs a command unless it was run before, and gives the answer of the first time. The answer is kept in the same unit,
 * so it also settles what became of a command whose reply was lost.
 *
 * @throws {DomainError} IDEMPOTENCY_KEY_REUSED when the id was used for another request
 * @throws {VersionConflictError} when it is run elsewhere at this moment: run anew, it finds the answer
 */
export async function once<Answer>(unit: Unit, command: OnceOptions, work: () => Promise<Answer>): Promise<Answer> {
  const known = (await knownCommands(unit, [command])).get(command.commandId)
  if (known && !known.isSame) throw keyReused()
  if (known) return known.answer as Answer

  const answer = await work()
  await keepAnswers(unit, [{ ...command, answer }])
  return answer
}

/** Those of some commands that were run before, by their ids. */
export async function knownCommands(
  reader: Pick<Reader, 'all'>,
  commands: readonly OnceOptions[],
): Promise<ReadonlyMap<string, KnownCommand>> {
  const known = new Map<string, KnownCommand>()
  for (let start = 0; start < commands.length; start += IDS_A_QUERY) {
    const some = new Map(commands.slice(start, start + IDS_A_QUERY).map((each) => [each.commandId, each.request]))
    const rows = await reader.all<{ command_id: string; request_hash: string; answer: string }>(
      `select command_id, request_hash, answer from commands where command_id in (${[...some].map(() => '?').join(', ')})`,
      [...some.keys()],
    )
    for (const { command_id: id, request_hash, answer } of rows) {
      known.set(id, { isSame: request_hash === hashOf(some.get(id)), answer: JSON.parse(answer) })
    }
  }
  return known
}

/**
 * Keeps the answers of commands, each under an id of its own.
 *
 * @throws {VersionConflictError} when one of them was run elsewhere meanwhile
 */
export async function keepAnswers(
  unit: Unit,
  answered: readonly (OnceOptions & { readonly answer: unknown })[],
): Promise<void> {
  if (answered.length === 0) return
  // In one order: of two who keep the same ids one waits for the other, and not each for the other.
  const rows = answered
    .map(({ commandId, request, answer }) => [commandId, hashOf(request), JSON.stringify(answer), unit.now.getTime()])
    .sort(([one = ''], [other = '']) => (one < other ? -1 : 1))
  try {
    await unit.insertMany('commands', ['command_id', 'request_hash', 'answer', 'recorded_at'], rows)
  } catch (error) {
    if (!(error instanceof UniqueViolationError)) throw error
    throw new VersionConflictError('the same command is being run by another', { cause: error })
  }
}

/** The refusal of a key that stands for another request. */
export function keyReused(details: Readonly<Record<string, unknown>> = {}): DomainError {
  return new DomainError('IDEMPOTENCY_KEY_REUSED', 'this idempotency key was used for another request', details)
}

function hashOf(request: unknown): string {
  return hash('sha256', JSON.stringify(request) ?? 'null', 'hex')
}
