import type { Unit } from '#platform/database'
import { loadMany } from '#platform/event-store'
import { mayTouchOthers } from '../domain/admit-arrivals.ts'
import { type Execution, execution } from '../domain/execution.ts'
import type { AttemptOutcome } from '../domain/execution-command.ts'
import type { ExecutionEvent } from '../domain/execution-event.ts'
import { insertArtefacts, type StoredArtefact } from '../projections/artefacts.ts'
import { lockExecutions, streamOf } from '../projections/executions.ts'
import { insertChunks, type LogChunk } from '../projections/logs.ts'
import { lockJobs } from '../projections/open-executions.ts'
import { type ProgressReport, writeProgress } from '../projections/progress.ts'
import { type QueueRow, queueRows } from '../projections/queue.ts'
import { ownedChunks } from './append-logs.ts'
import { type Decided, decideAll, type Loaded, loadedOf } from './decided.ts'
import { isHeld } from './fence.ts'
import { ownedProgress } from './note-progress.ts'
import type { Claim, CommandPorts } from './ports.ts'
import { record } from './record.ts'

/** What came of an attempt, with what it leaves behind. */
export interface FinishedAttempt {
  readonly claim: Claim
  readonly outcome: AttemptOutcome
  /** What is in them is stored already. */
  readonly artefacts: readonly StoredArtefact[]
  /** The lines that are not known to be written. */
  readonly log: readonly LogChunk[]
  /** What the task said of its progress last, if that is not known to be written. */
  readonly progress?: ProgressReport | undefined
  /** The W3C trace context of the attempt; that of the execution when left out. */
  readonly traceparent?: string | undefined
}

/**
 * Writes the outcomes of many attempts in one unit. An attempt that was given up meanwhile leaves nothing but the event
 * that its late result was refused; one that was written before, because its acknowledgement was lost, leaves nothing.
 */
export async function finishAttempts(ports: CommandPorts, finished: readonly FinishedAttempt[]): Promise<void> {
  const ids = finished.map(({ claim }) => claim.execution.id)
  await ports.database.unit(ids.map(streamOf), async (unit) => {
    // As an intake does: first the job, then what is open of it.
    await lockJobs(
      unit,
      finished
        .map(({ claim }) => claim.execution)
        .filter(mayTouchOthers)
        .map(({ jobId }) => jobId),
    )
    const rows = await queueRows(unit, ids)
    const isCurrent = ({ claim }: FinishedAttempt): boolean => {
      const row = rows.get(claim.execution.id)
      return isHeld(row, claim) && row?.version === claim.execution.version
    }
    const atMs = unit.now.getTime()
    const decisions: Decided[] = []
    const decide = ({ claim, outcome, traceparent = claim.traceparent }: FinishedAttempt, loaded: Loaded): void => {
      const decided = decideAll({ ...loaded, traceparent }, [
        { type: 'FinishAttempt', attempt: claim.epoch, outcome, jitter: ports.random(), atMs },
      ])
      if (decided) decisions.push(decided)
    }
    // Who holds the fence knows the execution as it is: nobody else has written since. The rest is read from its events.
    for (const attempt of finished) {
      const row = rows.get(attempt.claim.execution.id)
      if (row && isCurrent(attempt)) decide(attempt, loadedOf(attempt.claim.execution, row))
    }
    const others = finished.filter((attempt) => !isCurrent(attempt))
    if (others.length > 0) {
      const loaded = await loadFromEvents(unit, others, rows)
      for (const [index, attempt] of others.entries()) {
        const each = loaded[index]
        if (each) decide(attempt, each)
      }
    }
    await record(unit, ports, decisions)
    await writeOutputs(
      unit,
      finished.filter(({ claim }) => isHeld(rows.get(claim.execution.id), claim)),
    )
  })
}

async function loadFromEvents(
  unit: Unit,
  finished: readonly FinishedAttempt[],
  rows: ReadonlyMap<string, QueueRow>,
): Promise<readonly (Loaded | undefined)[]> {
  const asked = finished.map(({ claim }) => claim.execution.id)
  const kept = await lockExecutions(unit, asked)
  const ids = asked.filter((id) => kept.has(id))
  const streams = await loadMany<ExecutionEvent>(unit, ids.map(streamOf))
  return asked.map((id) => {
    const stream = streams.get(streamOf(id))
    if (!stream) return undefined
    const state = stream.events.reduce<Execution | null>((reached, { event }) => execution.evolve(reached, event), null)
    const row = rows.get(id)
    return {
      state,
      head: stream.head,
      place: row?.place ?? 'loop',
      fairTag: row?.fair_tag ?? null,
      sentVersion: row?.sent_version ?? 0,
      correlationId: row?.correlation_id ?? id,
    }
  })
}

async function writeOutputs(unit: Unit, finished: readonly FinishedAttempt[]): Promise<void> {
  await insertChunks(
    unit,
    finished.flatMap(({ claim, log }) => ownedChunks({ claim, chunks: log })),
  )
  await writeProgress(
    unit,
    finished.flatMap(({ claim, progress: report }) => (report ? [ownedProgress({ claim, report })] : [])),
  )
  await insertArtefacts(
    unit,
    finished.flatMap(
      ({
        claim: {
          execution: { id, workspaceId },
        },
        artefacts,
      }) => artefacts.map((artefact) => ({ ...artefact, executionId: id, workspaceId })),
    ),
  )
}
