// Runs attempts: holds a lease, claims what waits, runs tasks, and hands in logs and results.
// Never decides what runs when, and knows no table: it works through #executions alone.
import type { Claim, ExecutionCommands, Place } from '#executions'
import type { Clock } from '#platform/clock'
import { type Loop, startLoop } from '#platform/lifecycle'
import type { Log, Metrics } from '#platform/telemetry'
import { openAttempts } from './attempts.ts'
import { openLeaseKeeper } from './lease-keeper.ts'
import type { Tasks } from './run-task.ts'
import type { HttpPolicy } from './tasks/index.ts'
import { watchClaims } from './watch-claims.ts'

export { checkParams, jobTypes, openTaskWorkers, taskNamed } from './tasks/index.ts'

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
const GRACE_MS = 10_000

/** Opens an executor. It does nothing before it is started. */
export function openExecutor(ports: ExecutorPorts): Executor {
  const { executions, clock, log, graceMs = GRACE_MS } = ports
  const lease = openLeaseKeeper({ executions, clock, log, onLost: () => attempts.drop() })
  const attempts = openAttempts({ ...ports, onSlots: () => claiming?.wake() })
  const loops: Loop[] = []
  let claiming: Loop | undefined
  let disconnect: (() => void) | undefined
  let stopping: Promise<void> | undefined
  let isOpen = false

  function roomIn(place: Place): number {
    return isOpen && lease.checkTrust() ? attempts.room(place) : 0
  }

  function start(claims: readonly Claim[]): void {
    // Under a name that was given up since, they are not ours: its lease ends, and they are given out again.
    if (isOpen) attempts.start(claims.filter(({ executorId }) => executorId === lease.id()))
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
      const onError = (error: unknown): void => log.warn('executor.delayed', { executorId: lease.id(), err: error })
      claiming = startLoop({ clock, pollMs: CLAIM_POLL_MS, runOnce: claimOnce, onError })
      loops.push(
        claiming,
        startLoop({ clock, pollMs: RECOVERY_POLL_MS, runOnce: () => recover(executions, log), onError }),
        watchClaims({ executions, clock, lease, attempts, onError }),
      )
      const wake = (): void => claiming?.wake()
      disconnect = executions.connect({ id: lease.id, freeSlots: () => roomIn('loop'), start, wake })
    },
    stop() {
      stopping ??= (async () => {
        isOpen = false
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

async function recover(executions: ExecutionCommands, log: Log): Promise<false> {
  const lost = await executions.recoverLost()
  if (lost > 0) log.warn('executor.recovered', { attempts: lost })
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
