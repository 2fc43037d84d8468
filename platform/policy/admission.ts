import type { ExecutionPolicy } from './policy.ts'

/** What is done with an execution that comes while another one of its job is open. */
export type Overlap = 'SKIP' | 'BUFFER_ONE' | 'BUFFER_ALL' | 'CANCEL_OTHER' | 'TERMINATE_OTHER' | 'ALLOW_ALL'

/** An execution of the job that has not ended. */
export interface OpenExecution {
  readonly id: string
  /** WAITING is behind others, RUNNING has an attempt in hand; all else (queued, in back-off, held) is ADMITTED. */
  readonly stage: 'WAITING' | 'ADMITTED' | 'RUNNING'
}

/** Why an execution is not run at all. */
export type SkipCode = 'SKIPPED_OVERLAP' | 'DROPPED_BUFFER'

/** What an arrival does to another execution: it is asked to end, ended at once, or loses its place among those that wait. */
export interface Displaced {
  readonly id: string
  readonly how: 'CANCEL' | 'TERMINATE' | 'DROP'
}

/** What becomes of an execution that comes. `blockedBy` is the one that stands in its way. */
export type Admission =
  | { readonly outcome: 'ADMITTED'; readonly displaced: readonly Displaced[] }
  | { readonly outcome: 'WAITING'; readonly blockedBy: string; readonly displaced: readonly Displaced[] }
  | { readonly outcome: 'SKIPPED'; readonly code: SkipCode; readonly blockedBy: string }

const NOBODY: readonly Displaced[] = []

/**
 * Decides whether an execution that comes may run, by what it says of overlap.
 *
 * @param open those of its job that have not ended, in the order in which they came
 */
export function admit(
  { overlap, bufferMax }: Pick<ExecutionPolicy, 'overlap' | 'bufferMax'>,
  open: readonly OpenExecution[],
): Admission {
  const [first] = open
  if (overlap === 'ALLOW_ALL' || !first) return { outcome: 'ADMITTED', displaced: NOBODY }
  const waiting = open.filter(({ stage }) => stage === 'WAITING')
  const admitted = open.filter(({ stage }) => stage !== 'WAITING')
  const blockedBy = (admitted[0] ?? first).id
  if (overlap === 'SKIP') return { outcome: 'SKIPPED', code: 'SKIPPED_OVERLAP', blockedBy }
  if (overlap === 'BUFFER_ONE') return buffered(waiting, 1, blockedBy)
  if (overlap === 'BUFFER_ALL') return buffered(waiting, bufferMax, blockedBy)
  const how = overlap === 'CANCEL_OTHER' ? 'CANCEL' : 'TERMINATE'
  const displaced = [...admitted.map(displacedBy(how)), ...waiting.map(displacedBy('DROP'))]
  // Asked to end, what does not run ends at once; only a task takes its time.
  const running = how === 'CANCEL' ? admitted.find(({ stage }) => stage === 'RUNNING') : undefined
  return running ? { outcome: 'WAITING', blockedBy: running.id, displaced } : { outcome: 'ADMITTED', displaced }
}

/**
 * Decides which execution may run once another one of its job has ended: the one that has waited longest, as soon as
 * nothing stands before it.
 *
 * @param open those that have not ended, in the order in which they came; it is enough to know the first of each stage
 */
export function nextAdmitted(open: readonly OpenExecution[]): string | null {
  if (open.some(({ stage }) => stage !== 'WAITING')) return null
  return open[0]?.id ?? null
}

function buffered(waiting: readonly OpenExecution[], max: number, blockedBy: string): Admission {
  const last = waiting.at(-1)
  if (last && waiting.length >= max) return { outcome: 'SKIPPED', code: 'DROPPED_BUFFER', blockedBy: last.id }
  return { outcome: 'WAITING', blockedBy, displaced: NOBODY }
}

function displacedBy(how: Displaced['how']): (execution: OpenExecution) => Displaced {
  return ({ id }) => ({ id, how })
}
