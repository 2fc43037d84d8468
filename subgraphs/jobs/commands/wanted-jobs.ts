import type { Reader } from '#platform/database'
import { type DomainError, invariant, isDomainError } from '#platform/domain'
import { keyReused, knownCommands, type OnceOptions } from '#platform/event-store'
import { checkedKey, creationOf } from './idempotency-key.ts'
import type { CreateJobInput } from './job-input.ts'

/** A job that somebody wants, and what its idempotency key says of it. */
export interface WantedJob {
  readonly index: number
  readonly input: CreateJobInput
  /** Null without a key. */
  readonly command: OnceOptions | null
  /** The job that the same request created before. */
  readonly originalId: string | null
  /** The index of an input before it that asks for the same job. */
  readonly sameAs: number | null
  /** What is wrong with the key. */
  readonly refusal: DomainError | null
}

/** The job that a new input made, by the index of the input. */
interface CheckedIndex {
  readonly index: number
  readonly jobId: string
}

/** Looks which of some inputs ask for jobs that are there, under their keys. */
export async function wantedJobs(
  reader: Reader,
  workspaceId: string,
  inputs: readonly CreateJobInput[],
): Promise<readonly WantedJob[]> {
  const keyed = inputs.map((each, index) => keyedInput(workspaceId, each, index))
  const known = await knownCommands(
    reader,
    keyed.flatMap(({ command }) => command ?? []),
  )
  const first = new Map<string, WantedJob>()
  return keyed.map((wanted) => {
    const { command } = wanted
    if (!command) return wanted
    const earlier = first.get(command.commandId)
    if (earlier) return { ...wanted, ...afterEarlier(earlier, command) }
    const before = known.get(command.commandId)
    const found = before && (before.isSame ? { originalId: jobIdOf(before.answer) } : { refusal: reused() })
    const reached = { ...wanted, ...found }
    first.set(command.commandId, reached)
    return reached
  })
}

/** Whether an input has to make a job of its own, or is refused. */
export function isToCheck({ originalId, sameAs }: WantedJob): boolean {
  return originalId === null && sameAs === null
}

/** What is kept under the keys of the jobs that are created now. */
export function answersOf(wanted: readonly WantedJob[], made: readonly CheckedIndex[]) {
  return made.flatMap(({ index, jobId }) => {
    const command = wanted[index]?.command
    return command ? [{ ...command, answer: { jobId } }] : []
  })
}

/** The id of the job of each input, whether it is new or was there. */
export function jobIdsOf(wanted: readonly WantedJob[], made: readonly CheckedIndex[]): readonly string[] {
  const ids = new Map(made.map(({ index, jobId }) => [index, jobId]))
  return wanted.map(({ index, originalId, sameAs }) => {
    const id = originalId ?? ids.get(sameAs ?? index)
    invariant(id !== undefined, 'an input has its job')
    return id
  })
}

function keyedInput(workspaceId: string, { idempotencyKey, ...input }: CreateJobInput, index: number): WantedJob {
  const wanted = { index, input, command: null, originalId: null, sameAs: null, refusal: null }
  if (idempotencyKey == null) return wanted
  try {
    return { ...wanted, command: creationOf(workspaceId, checkedKey(idempotencyKey), input) }
  } catch (error) {
    if (!isDomainError(error)) throw error
    return { ...wanted, refusal: error }
  }
}

function afterEarlier(earlier: WantedJob, { request }: OnceOptions): Partial<WantedJob> {
  const isSame = JSON.stringify(earlier.command?.request) === JSON.stringify(request)
  if (!isSame) return { refusal: reused() }
  return earlier.originalId === null ? { sameAs: earlier.index } : { originalId: earlier.originalId }
}

function reused(): DomainError {
  return keyReused({ path: 'idempotencyKey' })
}

function jobIdOf(answer: unknown): string {
  return (answer as { readonly jobId: string }).jobId
}
