import { type ExecutionHistory, openHistory } from '../projections/history.ts'
import type { Place } from '../projections/queue.ts'
import { appendLogs, type LogAppend } from './append-logs.ts'
import { claim } from './claim.ts'
import { type FinishedAttempt, finishAttempts } from './finish-attempts.ts'
import { claimsOf, hasExecutors, registerExecutor, renewLease } from './leases.ts'
import { declareAllLost, declareLost, giveBack, recoverLost, retireExecutor } from './lose-attempts.ts'
import type { Claim, CommandPorts } from './ports.ts'
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
  /** The attempts that an executor holds: execution id and epoch. */
  claimsOf(executorId: string): Promise<ReadonlyMap<string, number>>
  /** Gives an executor what has waited longest for a place, at most `limit`; committed as started. */
  claim(executorId: string, place: Place, limit: number): Promise<readonly Claim[]>
  /** Appends to the logs of running attempts. @returns the claims that hold no more */
  appendLogs(appends: readonly LogAppend[]): Promise<readonly Claim[]>
  /** Writes what came of attempts. Repeating it changes nothing; late results are refused and recorded. */
  finish(finished: readonly FinishedAttempt[]): Promise<void>
  /** Gives back what executors held whose lease has ended. @returns how many attempts were lost */
  recoverLost(): Promise<number>
  /** Gives back attempts that an executor holds and does not work on. @returns how many they were */
  giveBack(executorId: string, executionIds: readonly string[]): Promise<number>
  /** Declares an executor lost whose process is known to be gone. @returns how many attempts were lost */
  declareLost(executorId: string): Promise<number>
  /** Declares all lost: for a process that has the database to itself, before its own executor is let in. */
  declareAllLost(): Promise<number>
  /** Lets an executor out in order, and gives back what it still holds. @returns how much that was */
  retire(executorId: string): Promise<number>
  /** Makes an executor of this process known to the intake. @returns how to take it back */
  connect(executor: LocalExecutor): () => void
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
    claim: (executorId, place, limit) => claim(ports, executorId, place, limit),
    appendLogs: (appends) => traceAppends(appends, (traced) => appendLogs(ports, traced)),
    finish: (finished) => traceResults(finished, (traced) => finishAttempts(ports, traced)),
    recoverLost: () => recoverLost(ports),
    giveBack: (executorId, executionIds) => giveBack(ports, executorId, executionIds),
    declareLost: (executorId) => declareLost(ports, executorId),
    declareAllLost: () => declareAllLost(ports),
    retire: (executorId) => retireExecutor(ports, executorId),
    connect,
    history: openHistory(database.reader),
  }
}
