import { createHash } from 'node:crypto'
import { checkAnswers } from './check-answers.ts'
import { checkAttempts } from './check-attempts.ts'
import { checkFires } from './check-fires.ts'
import { checkStatuses } from './check-status.ts'
import { checkStores } from './check-stores.ts'
import { openDraw } from './draw.ts'
import { makeHistory } from './history.ts'
import { type Recorded, readRecorded } from './recorded.ts'
import { openWorld, type Plant, type World } from './world.ts'

/** What came of a seed. */
export interface Simulated {
  /** What is wrong; nothing, if all is well. */
  readonly findings: readonly string[]
  /** Covers all that was done and all that was recorded. */
  readonly traceHash: string
  readonly trace: readonly string[]
  readonly counts: {
    readonly executions: number
    readonly lost: number
    readonly late: number
    readonly faults: number
  }
}

/** What can be read of a history that did not end. */
const NOTHING: Recorded = {
  jobEvents: [],
  scheduleEvents: [],
  executionEvents: [],
  occurrences: [],
  executions: [],
  statuses: [],
}

/** Runs the history that a seed draws, and checks what it left behind. */
export async function simulate(seed: number, plant: Plant = {}): Promise<Simulated> {
  const draw = openDraw(seed)
  const world = await openWorld(draw.int(0, 2 ** 31), plant)
  const findings: string[] = []
  let recorded = NOTHING
  try {
    const { asked } = await makeHistory(world, draw)
    recorded = await readRecorded(world)
    const endMs = world.time.nowMs()
    findings.push(...checkAnswers(recorded, asked), ...(await checkFires(world, recorded)))
    findings.push(...checkAttempts(recorded, world.effects), ...checkStatuses(recorded, endMs))
    findings.push(...(await checkStores(world)))
  } catch (error) {
    findings.push(...world.effects.findings, error instanceof Error ? error.message : String(error))
  } finally {
    // Databases that are still at work cannot be closed; they are let go.
    await world.close().catch(() => undefined)
  }
  return simulated(world, recorded, findings)
}

function simulated({ trace }: World, recorded: Recorded, findings: readonly string[]): Simulated {
  const attempts = recorded.executions.flatMap((execution) => execution.attempts)
  return {
    findings,
    traceHash: createHash('sha256')
      .update(JSON.stringify([trace, recorded, findings]))
      .digest('hex'),
    trace,
    counts: {
      executions: recorded.executions.length,
      lost: attempts.filter(({ status }) => status === 'LOST').length,
      late: attempts.filter(({ lateResultAtMs }) => lateResultAtMs !== null).length,
      faults: trace.length,
    },
  }
}
