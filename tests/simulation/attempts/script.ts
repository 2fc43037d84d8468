import type { ExecutionPolicy } from '#platform/policy'
import { type Task, TaskError } from '#services/executor'
import type { Draw } from '../draw.ts'

/** What an attempt does. */
export interface Step {
  readonly kind: 'succeed' | 'fail' | 'hang'
  readonly durationMs: number
  /** Of one that fails. */
  readonly code: string
  readonly isFinal: boolean
  readonly retryAfterMs: number | null
  /** Whether it says now and then that it is alive, and whether it ends when it is asked to. */
  readonly beats: boolean
  readonly hears: boolean
}

/** What somebody asks for: how it is to be run, and what its attempts do, the last one of them again and again. */
export interface Script {
  readonly policy: Omit<ExecutionPolicy, 'executionsKeptMs' | 'logsKeptMs'>
  readonly steps: readonly Step[]
}

const BEAT_MS = 300
const HANG_MS = 20_000
/** A code after which no policy of these lets an attempt follow, where it lists any. */
const NEVER = 'NEVER_AGAIN'

/** Draws an execution. */
export function drawScript(draw: Draw): Script {
  const backoffMs = draw.pick([100, 1_000])
  return {
    policy: {
      attemptsMax: draw.int(1, 4),
      backoffMs,
      backoffMsMax: backoffMs * draw.pick([1, 3, 60]),
      nonRetryable: draw.pick([[], [NEVER], [NEVER, 'HEARTBEAT']]),
      scheduleToStartMs: draw.pick([null, null, 1_500, 5_000]),
      startToCloseMs: draw.pick([2_000, 5_000, 60_000]),
      scheduleToCloseMs: draw.pick([null, null, 8_000, 20_000]),
      heartbeatMs: draw.pick([null, null, 1_000, 3_000]),
      onUnknown: draw.pick(['RETRY', 'RETRY', 'RETRY', 'SKIP', 'HOLD'] as const),
      cancelGraceMs: draw.pick([0, 500, 2_000]),
      ...{ overlap: 'ALLOW_ALL', bufferMax: 1, unique: null },
      ...{ priority: 5, concurrencyKey: null, concurrencyMax: null, rate: null },
    },
    steps: Array.from({ length: draw.int(1, 3) }, () => drawStep(draw)),
  }
}

function drawStep(draw: Draw): Step {
  const kind = draw.weighted({ succeed: 4, fail: 6, hang: 3 })
  return {
    kind,
    durationMs: kind === 'hang' ? HANG_MS : draw.pick([0, 20, 700, 1_700, 3_500]),
    code: draw.chance(0.3) ? NEVER : 'SOMETIMES',
    isFinal: draw.chance(0.15),
    retryAfterMs: draw.chance(0.3) ? draw.pick([300, 2_500]) : null,
    beats: draw.chance(0.6),
    hears: draw.chance(0.6),
  }
}

/** What the `attempt`-th attempt does. */
export function stepOf({ steps }: Pick<Script, 'steps'>, attempt: number): Step | undefined {
  return steps[Math.min(attempt, steps.length) - 1]
}

/** The task that does what its script says, and tells which attempt it was. */
export const scripted: Task = {
  name: 'SCRIPT',
  description: 'does what its script says',
  paramsSchema: { type: 'object' },
  place: 'loop',
  async run(params, { attempt, clock, signal, heartbeat }) {
    const step = stepOf(params as unknown as Pick<Script, 'steps'>, attempt)
    if (!step) throw new TaskError('NO_STEP', 'it has no step')
    for (let leftMs = step.durationMs; leftMs > 0; leftMs -= BEAT_MS) {
      await clock.sleep(Math.min(BEAT_MS, leftMs), step.hears ? signal : undefined)
      if (step.hears && signal.aborted) throw new TaskError('ENDED_AS_ASKED', 'it was asked to end')
      if (step.beats) heartbeat()
    }
    const { code, retryAfterMs, isFinal } = step
    if (step.kind === 'fail') throw new TaskError(code, 'as its script says', { retryAfterMs, isFinal })
    return { result: { attempt }, artefacts: [] }
  },
}
