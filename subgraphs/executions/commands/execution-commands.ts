import type { LossReason } from '../domain/execution-command.ts'
import type { StoredArtefact } from '../projections/artefacts.ts'
import { type ExecutionHistory, openHistory } from '../projections/history.ts'
import type { Place } from '../projections/queue.ts'
import { acknowledgeCancels } from './acknowledge-cancels.ts'
import { admitWaiting } from './admit-waiting.ts'
import { advanceReplays } from './advance-replays.ts'
import { appendLogs, type LogAppend } from './append-logs.ts'
import { claim } from './claim.ts'
import { type FinishedAttempt, finishAttempts } from './finish-attempts.ts'
import { fireTimers } from './fire-timers.ts'
import { claimsOf, type HeldClaim, hasExecutors, registerExecutor, renewLease } from './leases.ts'
import { lookAtKeys } from './look-at-flow.ts'
import { declareAllLost, declareLost, giveBack, recoverLost, retireExecutor } from './lose-attempts.ts'
import { noteAlive } from './note-alive.ts'
import { type AttemptProgress, noteProgress } from './note-progress.ts'
import { type Operate, operate } from './operate.ts'
import type { Claim, CommandPorts } from './ports.ts'
import { repairFlow } from './repair-flow.ts'
import { artefactSweeper, type MadeArtefact, storeArtefacts } from './store-artefacts.ts'
import type { LocalExecutor } from './take-in.ts'
import { traceAppends, traceResults } from './trace-writes.ts'

/** All that an executor may do in this context. */
export interface ExecutionCommands {
  /** Lets an executor in, with a lease of `LEASE_MS`. */
  register(executorId: string): Promise<void>
  /** @returns false when the executor was declared lost: it must end its work and come back under another id */
  renewLease(executorId: string): Promise<boolean>
  /** Whether any executor holds a lease. */
  hasExecutors(): Promise<boolean>
  /** The attempts that an executor holds, by the ids of their executions. */
  claimsOf(executorId: string): Promise<ReadonlyMap<string, HeldClaim>>
  /** Notes that tasks were told of the cancellation of their executions. */
  acknowledgeCancels(claims: readonly Claim[]): Promise<void>
  /** Notes that attempts were heard of. */
  heartbeat(claims: readonly Claim[]): Promise<void>
  /** Writes down how far attempts are. */
  noteProgress(reports: readonly AttemptProgress[]): Promise<void>
  /** Lets happen what is due: retries, time-outs, expiry, the next token of a rate. @returns how much was due */
  fireTimers(): Promise<number>
  /** Frees what a limit holds for nobody. @returns how many slots that were */
  repairFlow(): Promise<number>
  /** Lets run what waits behind others of its job though none is open: a net. @returns how much it found */
  admitWaiting(): Promise<number>
  /** Queues the next batch of a replay that is due. @returns whether there was something to do */
  advanceReplays(): Promise<boolean>
  /** Gives an executor what is first in the order of a place, at most `limit`; committed as started. */
  claim(executorId: string, place: Place, limit: number): Promise<readonly Claim[]>
  /** Appends to the logs of running attempts. @returns the claims that hold no more */
  appendLogs(appends: readonly LogAppend[]): Promise<readonly Claim[]>
  /** Stores what is in the files of an attempt, before its result refers to them. @throws {ObjectTooLargeError} */
  storeArtefacts(executionId: string, artefacts: readonly MadeArtefact[]): Promise<readonly StoredArtefact[]>
  /** Removes files that no execution refers to, a batch with each call. @returns how many they were */
  sweepArtefacts(): Promise<number>
  /** Writes what came of attempts. Repeating it changes nothing; late results are refused and recorded. */
  finish(finished: readonly FinishedAttempt[]): Promise<void>
  /** Gives back what executors held whose lease has ended. @returns how many attempts were lost */
  recoverLost(): Promise<number>
  /** Gives back attempts that an executor holds and does not work on. @returns how many they were */
  giveBack(executorId: string, executionIds: readonly string[], reason?: LossReason): Promise<number>
  /** Declares an executor lost whose process is known to be gone. @returns how many attempts were lost */
  declareLost(executorId: string): Promise<number>
  /** Declares all lost: for a process that has the database to itself, before its own executor is let in. */
  declareAllLost(): Promise<number>
  /** Lets an executor out in order, and gives back what it still holds. @returns how much that was */
  retire(executorId: string): Promise<number>
  /** Makes an executor of this process known to the intake. @returns how to take it back */
  connect(executor: LocalExecutor): () => void
  /** Does what people ask. */
  readonly operate: Operate
  readonly history: ExecutionHistory
}

/** The commands over a database. */
export function makeCommands(ports: CommandPorts, connect: ExecutionCommands['connect']): ExecutionCommands {
  const { database } = ports
  return {
    register: (executorId) => registerExecutor(database, executorId),
    renewLease: (executorId) => renewLease(database, executorId),
    hasExecutors: () => hasExecutors(database),
    claimsOf: (executorId) => claimsOf(database.reader, executorId),
    acknowledgeCancels: (claims) => acknowledgeCancels(ports, claims),
    heartbeat: (claims) => noteAlive(ports, claims),
    fireTimers: async () => (await fireTimers(ports)) + (await lookAtKeys(ports)),
    repairFlow: () => repairFlow(ports),
    noteProgress: (reports) => noteProgress(ports, reports),
    admitWaiting: () => admitWaiting(ports),
    advanceReplays: () => advanceReplays(ports),
    claim: (executorId, place, limit) => claim(ports, executorId, place, limit),
    appendLogs: (appends) => traceAppends(appends, (traced) => appendLogs(ports, traced)),
    storeArtefacts: (executionId, artefacts) => storeArtefacts(ports, executionId, artefacts),
    sweepArtefacts: artefactSweeper(ports),
    finish: (finished) => traceResults(finished, (traced) => finishAttempts(ports, traced)),
    recoverLost: () => recoverLost(ports),
    giveBack: (executorId, executionIds, reason) => giveBack(ports, executorId, executionIds, reason),
    declareLost: (executorId) => declareLost(ports, executorId),
    declareAllLost: () => declareAllLost(ports),
    retire: (executorId) => retireExecutor(ports, executorId),
    connect,
    operate: (request) => operate(ports, request),
    history: openHistory(database.reader),
  }
}
