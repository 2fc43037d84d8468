import { admit, type Displaced, type OpenExecution, policyOf, type SkipCode } from '#platform/policy'
import type { ExecutionCommand } from './execution-command.ts'

/** An execution that comes. */
export interface Arrival {
  readonly executionId: string
  readonly jobId: string
  /** JSON text of an `ExecutionPolicy`. */
  readonly policy: string
  /** What it may be a duplicate by; null where anything goes. */
  readonly uniqueKey?: UniqueKey | null
}

/** A value of the key of a job, and how long whoever takes it keeps it. */
export interface UniqueKey {
  readonly id: string
  readonly windowMs: number
}

/** Who has taken a value, and until when. */
export interface KeyHolder {
  readonly executionId: string
  readonly untilMs: number
}

/** Commands by the id of the execution that they are for. */
export type Admissions = ReadonlyMap<string, readonly ExecutionCommand[]>

/**
 * Decides on executions that come together, one after another: what each is told once it is queued, and what others of
 * its job are. Of those that may run at once nothing is said.
 *
 * @param open what of each job has not ended, in the order in which it came
 * @param admitBy decides on one: tests show that a wrong one is found
 * @param holders who has taken which value of a key, by its id; those who take one now are added. Who is skipped takes none
 */
export function admitArrivals(
  arrivals: readonly Arrival[],
  open: ReadonlyMap<string, readonly OpenExecution[]>,
  atMs: number,
  admitBy = admit,
  holders = new Map<string, KeyHolder>(),
): Admissions {
  const commands = new Map<string, ExecutionCommand[]>()
  const tell = (id: string, command: ExecutionCommand): void => {
    commands.set(id, [...(commands.get(id) ?? []), command])
  }
  const reached = new Map(open)
  for (const { executionId, jobId, policy, uniqueKey } of arrivals) {
    const holder = uniqueKey && holders.get(uniqueKey.id)
    if (holder && holder.untilMs > atMs) {
      tell(executionId, skipCommand('DUPLICATE', holder.executionId, atMs))
      continue
    }
    const others = reached.get(jobId) ?? []
    const admission = admitBy(policyOf(policy), others)
    if (admission.outcome === 'SKIPPED') {
      tell(executionId, skipCommand(admission.code, admission.blockedBy, atMs))
      continue
    }
    if (uniqueKey) holders.set(uniqueKey.id, { executionId, untilMs: atMs + uniqueKey.windowMs })
    for (const each of admission.displaced) tell(each.id, displacing(each, executionId, atMs))
    const left = others.filter((other) => !endsAtOnce(other, admission.displaced))
    const stage = admission.outcome === 'WAITING' ? 'WAITING' : 'ADMITTED'
    reached.set(jobId, [...left, { id: executionId, stage }])
    if (admission.outcome === 'WAITING') {
      tell(executionId, { type: 'BufferExecution', blockedBy: admission.blockedBy, atMs })
    }
  }
  return commands
}

/** Whether arrivals of a job may have to wait, or end others: then these must not change meanwhile. */
export function mayTouchOthers({ policy }: Pick<Arrival, 'policy'>): boolean {
  const { overlap } = policyOf(policy)
  return overlap !== 'ALLOW_ALL' && overlap !== 'SKIP'
}

function endsAtOnce({ id, stage }: OpenExecution, displaced: readonly Displaced[]): boolean {
  const found = displaced.find((each) => each.id === id)
  return found !== undefined && !(found.how === 'CANCEL' && stage === 'RUNNING')
}

function displacing({ how }: Displaced, newer: string, atMs: number): ExecutionCommand {
  if (how === 'DROP') return skipCommand('DROPPED_BUFFER', newer, atMs, `execution ${newer} came and took its place`)
  const by = { kind: 'SUPERSEDED', executionId: newer } as const
  const reason = `execution ${newer} of the job takes its place`
  return { type: 'RequestCancel', by, reason, isAtOnce: how === 'TERMINATE', atMs }
}

const MESSAGES: Readonly<Record<SkipCode | 'DUPLICATE', (blockedBy: string) => string>> = {
  DUPLICATE: (blockedBy) => `execution ${blockedBy} of the job has the same key`,
  SKIPPED_OVERLAP: (blockedBy) => `execution ${blockedBy} of the job had not ended`,
  DROPPED_BUFFER: (blockedBy) => `no more may wait than do already: the last one is execution ${blockedBy}`,
}

function skipCommand(
  code: SkipCode | 'DUPLICATE',
  blockedBy: string,
  atMs: number,
  message = MESSAGES[code](blockedBy),
): ExecutionCommand {
  return { type: 'SkipExecution', code, message, blockedBy, atMs }
}
