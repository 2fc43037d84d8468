import type { ExecutionCommands } from '#executions'
import type { Clock } from '#platform/clock'
import { policyOf } from '#platform/policy'
import type { Log } from '#platform/telemetry'
import type { RunningAttempt } from './running-attempt.ts'

/** Carries signs of life of attempts whose silence has a limit. */
export interface Heartbeats {
  /** The task has logged, or said that it is alive. */
  note(attempt: RunningAttempt): void
  stop(): void
}

/** What it stands on. */
export interface HeartbeatPorts {
  readonly executions: Pick<ExecutionCommands, 'heartbeat'>
  readonly clock: Clock
  readonly log: Log
}

const BEAT_MS_MAX = 1_000
// Several beats fit into the time after which an attempt is given up.
const BEATS_A_LIMIT = 4

/** Writes them down together, soon enough for the shortest limit among them. */
export function openHeartbeats({ executions, clock, log }: HeartbeatPorts): Heartbeats {
  const waiting = new Set<RunningAttempt>()
  const stopped = new AbortController()
  let isSending = false

  async function send(delayMs: number): Promise<void> {
    isSending = true
    await clock.sleep(delayMs, stopped.signal)
    isSending = false
    const claims = [...waiting].filter(({ phase }) => phase === 'running').map(({ claim }) => claim)
    waiting.clear()
    if (stopped.signal.aborted || claims.length === 0) return
    try {
      await executions.heartbeat(claims)
    } catch (error) {
      log.warn('executor.heartbeats_delayed', { attempts: claims.length, err: error })
    }
  }

  return {
    note(attempt) {
      const { heartbeatMs } = policyOf(attempt.claim.execution.policy)
      if (heartbeatMs === null || stopped.signal.aborted) return
      waiting.add(attempt)
      if (!isSending) void send(Math.min(BEAT_MS_MAX, heartbeatMs / BEATS_A_LIMIT))
    },
    stop: () => stopped.abort(),
  }
}
