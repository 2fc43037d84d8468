import { recordChanges } from '#platform/projections'
import { logKey } from '../change-keys.ts'
import { streamOf } from '../projections/executions.ts'
import { insertChunks, type LogChunk, type OwnedChunk } from '../projections/logs.ts'
import { queueRows } from '../projections/queue.ts'
import { isHeld } from './fence.ts'
import type { Claim, CommandPorts } from './ports.ts'

/** Lines of a running attempt. */
export interface LogAppend {
  readonly claim: Claim
  /** In order; at least one. */
  readonly chunks: readonly LogChunk[]
  /** The W3C trace context of the attempt, if any. */
  readonly traceparent?: string | undefined
}

/**
 * Appends to the logs of many running attempts in one unit, behind the fence.
 *
 * @returns the claims that hold no more: nothing was written for them
 */
export async function appendLogs({ database }: CommandPorts, appends: readonly LogAppend[]): Promise<readonly Claim[]> {
  const ids = appends.map(({ claim }) => claim.execution.id)
  return database.unit(ids.map(streamOf), async (unit) => {
    const rows = await queueRows(unit, ids)
    const held = appends.filter(({ claim }) => isHeld(rows.get(claim.execution.id), claim))
    await insertChunks(unit, held.flatMap(ownedChunks))
    await recordChanges(
      unit,
      held.map(({ claim, chunks }) => ({ key: logKey(claim.execution.id), version: lastSeqOf(chunks), state: '' })),
    )
    return appends.filter(({ claim }) => !isHeld(rows.get(claim.execution.id), claim)).map(({ claim }) => claim)
  })
}

/** Chunks with whose they are. */
export function ownedChunks({ claim: { execution, epoch }, chunks }: LogAppend): readonly OwnedChunk[] {
  const { id: executionId, workspaceId } = execution
  return chunks.map(({ firstSeq, lines }) => ({ executionId, workspaceId, attempt: epoch, firstSeq, lines }))
}

function lastSeqOf(chunks: readonly LogChunk[]): number {
  const last = chunks.at(-1)
  return last ? last.firstSeq + last.lines.length - 1 : 0
}
