import { createHash } from 'node:crypto'
import { openDraw } from '../draw.ts'
import { text } from './check-records.ts'
import { checkWhen } from './check-when.ts'
import { drawTempo } from './draw-timing.ts'
import type { JobStep } from './job-history.ts'
import { makeWhenHistory } from './make-history.ts'
import { openWhenWorld, type WhenPlant } from './when-world.ts'

/** What came of a seed. */
export interface SimulatedWhen {
  /** What is wrong; nothing, if all is well. */
  readonly findings: readonly string[]
  /** Covers all that was done and all that was told. */
  readonly traceHash: string
  readonly trace: readonly string[]
  readonly fires: number
  readonly skips: number
}

/** Runs the history that a seed draws, and holds what the schedulers told of it against the oracle. */
export async function simulateWhen(seed: number, plant: WhenPlant = {}): Promise<SimulatedWhen> {
  const draw = openDraw(seed)
  const tempo = drawTempo(draw)
  const limit = draw.chance(0.3) ? { firesACommitMax: draw.int(1, 4) } : {}
  const world = await openWhenWorld({ seed: draw.int(0, 2 ** 31), startMs: tempo.startMs, plant, ...limit })
  const findings: string[] = []
  let [told, fires, skips]: [readonly string[], number, number] = [[], 0, 0]
  try {
    const { changes } = await makeWhenHistory(world, draw, tempo)
    const checked = await checkWhen(world, changes)
    findings.push(...checked.findings)
    told = toldOf(checked.steps)
    fires = checked.fires
    skips = checked.skips
  } catch (error) {
    findings.push(error instanceof Error ? error.message : String(error))
  } finally {
    await world.close().catch(() => undefined)
  }
  const { trace } = world
  const traceHash = createHash('sha256')
    .update(JSON.stringify([trace, told, findings]))
    .digest('hex')
  return { findings, traceHash, trace: [...trace, ...told], fires, skips }
}

/** What the schedulers took in and told, line by line. */
function toldOf(steps: ReadonlyMap<string, readonly JobStep[]>): readonly string[] {
  return [...steps].flatMap(([jobId, own]) =>
    own.map((step) => {
      if (step.type === 'received') return `${jobId} ${text(step.nowMs)} takes v${step.change.version}`
      const { decidedAtMs, appliedVersion, fired, skipped, backfills, decidedThroughMs, nextFireAtMs } = step.advance
      const fires = fired.map(
        ({ cause, nominalMs, effectiveMs, isLate, jobVersion }) =>
          `${cause} ${text(nominalMs)}${effectiveMs === nominalMs ? '' : ` at ${text(effectiveMs)}`}${isLate ? ' late' : ''} v${jobVersion}`,
      )
      const skips = skipped.map(
        ({ cause, fromMs, throughMs, count, reason, jobVersion }) =>
          `${cause} ${reason} ${text(fromMs)} to ${text(throughMs)}: ${count} v${jobVersion}`,
      )
      const state = `through ${text(decidedThroughMs ?? Number.NaN)} next ${text(nextFireAtMs ?? Number.NaN)}`
      const said = [...fires, ...skips, ...backfills.map((each) => JSON.stringify(each)), state].join(', ')
      return `${jobId} ${text(decidedAtMs)} decides by v${appliedVersion}${step.isHeldBack ? ', held back' : ''}: ${said}`
    }),
  )
}
