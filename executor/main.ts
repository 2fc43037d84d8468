// Runs attempts: holds a lease, claims what waits, runs tasks, and hands in logs and results.
// Never decides what runs when, and knows no table: it works through #executions alone.
import type { Claim, ExecutionCommands, LossReason, Place } from '#executions'
import type { Clock } from '#platform/clock'
import { type Loop, startLoop } from '#platform/lifecycle'
import type { HttpPolicy } from '#platform/outbound'
import type { Log, Metrics } from '#platform/telemetry'
import { openAttempts } from './attempts.ts'
import { openLeaseKeeper } from './lease-keeper.ts'
import type { Tasks } from './run-task.ts'
import { watchClaims } from './watch-claims.ts'

export {
  type CatalogueOptions,
  checkParams,
  jobTypes,
  type KafkaReach,
  openCatalogue,
  openTaskWorkers,
  placeOf,
  readTasksFolder,
  reservedNames,
  type ShellPolicy,
  type SqlConnection,
  type SqlConnections,
  type Task,
  type TaskCatalogue,
  TaskError,
  TasksFolderError,
  taskNamed,
} from './tasks/index.ts'

/** What an executor stands on. */
export interface ExecutorPorts {
  readonly executions: ExecutionCommands
  readonly clock: Clock
  readonly log: Log
  readonly tasks: Tasks
  readonly httpPolicy: HttpPolicy
  /** How many attempts run at a time in each place. */
  readonly capacity: Readonly<Record<Place, number>>
  /** How long `stop` waits for running attempts before it gives them back. */
  readonly graceMs?: number
  readonly metrics?: Metrics
}

/** Runs attempts until it is stopped. */
export interface Executor {
  /** Under which name it holds attempts now. Changes when it comes back after it was lost. */
  id(): string
  /** How many attempts it holds. */
  running(): number
  start(): Promise<void>
  /** Takes nothing new, waits for what runs, gives the rest back at once. Safe to call twice. */
  stop(): Promise<void>
  /** Does nothing any more, as a process that dies. For tests. */
  kill(): void
}

const PLACES: readonly Place[] = ['loop', 'worker']
const CLAIMS_A_BATCH = 1_000
const CLAIM_POLL_MS = 250
const RECOVERY_POLL_MS = 1_000
const TIMER_POLL_MS = 100
const ADMISSION_POLL_MS = 30_000
const GRACE_MS = 10_000

/** Opens an executor. It does nothing before it is started. */
export function openExecutor(ports: ExecutorPorts): Executor {
  const { executions, clock, log, graceMs = GRACE_MS } = ports
  const lease = openLeaseKeeper({ executions, clock, log, onLost: () => attempts.drop() })
  const attempts = openAttempts({ ...ports, onSlots: () => claiming?.wake() })
  const loops: Loop[] = []
  let claiming: Loop | undefined
  let watching: Loop | undefined
  let disconnect: (() => void) | undefined
  let stopping: Promise<void> | undefined
  let isOpen = false
  const onError = (error: unknown): void => log.warn('executor.delayed', { executorId: lease.id(), err: error })
  const reason = (): LossReason => (isOpen ? 'EXECUTOR_LOST' : 'EXECUTOR_STOPPED')

  function roomIn(place: Place): number {
    return isOpen && lease.checkTrust() ? attempts.room(place) : 0
  }

  function start(claims: readonly Claim[]): void {
    // Under a name that was given up since, they are not ours: its lease ends, and they are given out again.
    const own = claims.filter(({ executorId }) => executorId === lease.id())
    if (isOpen) attempts.start(own)
    else if (stopping && own.length > 0) void handBack(own)
  }

  /** What was claimed while this stopped: another executor is not to wait for the end of our grace. */
  async function handBack(claims: readonly Claim[]): Promise<void> {
    const ids = claims.map(({ execution }) => execution.id)
    await executions.giveBack(lease.id(), ids, 'EXECUTOR_STOPPED').catch(onError)
  }

  async function claimOnce(): Promise<boolean> {
    let isMore = false
    for (const place of PLACES) {
      const limit = Math.min(roomIn(place), CLAIMS_A_BATCH)
      if (limit === 0) continue
      const claims = await executions.claim(lease.id(), place, limit)
      start(claims)
      if (claims.length === limit) isMore = true
    }
    return isMore
  }

  return {
    id: lease.id,
    running: attempts.count,
    async start() {
      await lease.start()
      isOpen = true
      claiming = startLoop({ clock, pollMs: CLAIM_POLL_MS, runOnce: claimOnce, onError })
      watching = watchClaims({ executions, clock, lease, attempts, reason, onError })
      loops.push(
        claiming,
        startLoop({ clock, pollMs: TIMER_POLL_MS, runOnce: () => fireTimers(executions), onError }),
        startLoop({ clock, pollMs: ADMISSION_POLL_MS, runOnce: () => admitWaiting(executions, log), onError }),
        startLoop({ clock, pollMs: RECOVERY_POLL_MS, runOnce: () => recover(executions, log), onError }),
        watching,
      )
      const wake = (): void => claiming?.wake()
      const look = (): void => watching?.wake()
      disconnect = executions.connect({ id: lease.id, freeSlots: () => roomIn('loop'), start, wake, look })
    },
    stop() {
      isOpen = false
      stopping ??= (async () => {
        disconnect?.()
        await claiming?.stop()
        await attempts.finish(graceMs)
        await Promise.all(loops.map((loop) => loop.stop()))
        await lease.stop()
        await giveBack(executions, lease.id(), log)
      })()
      return stopping
    },
    kill() {
      isOpen = false
      disconnect?.()
      attempts.kill()
      for (const loop of loops) void loop.stop()
      void lease.stop()
      stopping ??= Promise.resolve()
    },
  }
}

/** @returns whether more may be due at once */
async function fireTimers(executions: ExecutionCommands): Promise<boolean> {
  return (await executions.fireTimers()) > 0
}

async function recover(executions: ExecutionCommands, log: Log): Promise<false> {
  const lost = await executions.recoverLost()
  if (lost > 0) log.warn('executor.recovered', { attempts: lost })
  const freed = await executions.repairFlow()
  if (freed > 0) log.warn('executor.slots_freed', { slots: freed })
  return false
}

async function admitWaiting(executions: ExecutionCommands, log: Log): Promise<false> {
  const admitted = await executions.admitWaiting()
  if (admitted > 0) log.warn('executor.admitted', { executions: admitted })
  return false
}

/** When this fails, the lease ends by itself. */
async function giveBack(executions: ExecutionCommands, executorId: string, log: Log): Promise<void> {
  try {
    const given = await executions.retire(executorId)
    log.info('executor.stopped', { executorId, givenBack: given })
  } catch (error) {
    log.warn('executor.not_retired', { executorId, err: error })
  }
}
