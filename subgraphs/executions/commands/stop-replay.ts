import { authorize, type Caller } from '#platform/identity'
import type { Replay } from '../domain/replay.ts'
import { findReplay, replayOf, updateReplay } from '../projections/replays.ts'
import type { CommandPorts } from './ports.ts'

/**
 * Queues nothing more of a replay; what it has queued goes on. Asking twice is asking once.
 *
 * @throws {DomainError} REPLAY_NOT_FOUND, for another's as for none
 */
export async function stopReplay(
  { database }: CommandPorts,
  { caller, replayId }: { readonly caller: Caller | null; readonly replayId: string },
): Promise<Replay> {
  const found = await findReplay(database.reader, caller?.workspaceIds ?? [], replayId)
  const { workspaceId } = authorize(caller, 'run', found && replayOf(found), 'REPLAY_NOT_FOUND')
  return database.unit([`replay:${workspaceId}:${replayId}`], async (unit) => {
    const row = await findReplay(unit, [workspaceId], replayId, unit.dialect.lockRows)
    const replay = authorize(caller, 'run', row && replayOf(row), 'REPLAY_NOT_FOUND')
    if (!row || replay.state !== 'RUNNING') return replay
    const stopped = { ...row, state: 'STOPPED', due_at: unit.now.getTime(), version: row.version + 1 } as const
    await updateReplay(unit, stopped)
    return replayOf(stopped)
  })
}
