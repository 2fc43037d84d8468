import { createHash } from 'node:crypto'
import { brokenLinks } from '#platform/event-store'
import { differences, rebuild } from '#platform/projections'
import { executionsProjection } from '#services/executions'
import { openDraw } from '../draw.ts'
import { openWorld, type Plant, type World } from '../world.ts'
import { checkExecution } from './check-execution.ts'
import { makeAttempts } from './make-attempts.ts'
import { scripted } from './script.ts'
import { type Beat, readEvents, withBeats } from './seen.ts'

/** What came of a seed. */
export interface SimulatedAttempts {
  readonly findings: readonly string[]
  /** Covers all that was done and all that was recorded. */
  readonly traceHash: string
  readonly trace: readonly string[]
  /** How often each kind of event happened. */
  readonly events: Readonly<Record<string, number>>
}

// Shorter than many a task, so that they are handed over.
const GRACE_MS = 400
// So few that some wait too long.
const SLOTS = 3

/** Runs the history of attempts that a seed draws, and holds each execution against what must be true of it. */
export async function simulateAttempts(seed: number, plant: Plant = {}): Promise<SimulatedAttempts> {
  const draw = openDraw(seed)
  const beats: Beat[] = []
  const world: World = await openWorld(draw.int(0, 2 ** 31), {
    ...plant,
    tasks: [scripted],
    graceMs: GRACE_MS,
    slots: SLOTS,
    commands: (commands, ports) =>
      withBeats(plant.commands?.(commands, ports) ?? commands, () => world.time.nowMs(), beats),
  })
  const findings: string[] = []
  const counts: Record<string, number> = {}
  try {
    const { requested, healedAtMs } = await makeAttempts(world, draw)
    const events = await readEvents(world)
    for (const { type } of [...events.values()].flat()) counts[type] = (counts[type] ?? 0) + 1
    for (const each of requested) {
      const own = events.get(each.id) ?? []
      findings.push(...checkExecution(each, { events: own, beats, healedAtMs }))
    }
    findings.push(...overlapping(world), ...(await checkStore(world, [...events.keys()])))
  } catch (error) {
    findings.push(error instanceof Error ? error.message : String(error))
  } finally {
    await world.close().catch(() => undefined)
  }
  const traceHash = createHash('sha256')
    .update(JSON.stringify([world.trace, counts, findings]))
    .digest('hex')
  return { findings, traceHash, trace: world.trace, events: counts }
}

// An attempt that timed out is told of it by another process: when that looks, or when it may trust its lease no more.
const TOLD_MS_MAX = 8_000

function overlapping({ effects }: World): readonly string[] {
  return effects.overlaps
    .filter(({ fromMs, untilMs }) => untilMs !== null && untilMs - fromMs > TOLD_MS_MAX)
    .map(({ what, fromMs, untilMs }) => `${what} for ${(untilMs ?? 0) - fromMs} ms`)
}

async function checkStore({ time, databases: { executions } }: World, ids: readonly string[]): Promise<string[]> {
  const findings: string[] = []
  for (const id of ids) {
    const broken = await time.finish(brokenLinks(executions.reader, `execution-${id}`))
    if (broken.length > 0) findings.push(`the chain of ${id} is broken at ${broken.join()}`)
  }
  const compare = rebuild(executions, executionsProjection, (unit) => differences(unit, executionsProjection))
  for (const row of await time.finish(compare)) findings.push(`live is not rebuilt: ${JSON.stringify(row)}`)
  return findings
}
