import type { ExecutionCommands } from '#executions'
import type { World } from '../world.ts'

/** Signs of life that an executor was told are noted. */
export interface Beat {
  readonly executionId: string
  readonly attempt: number
  /** When they were handed in, by the databases' clock. */
  readonly atMs: number
}

/** Commands whose acknowledged signs of life are remembered. */
export function withBeats(commands: ExecutionCommands, nowMs: () => number, beats: Beat[]): ExecutionCommands {
  return {
    ...commands,
    async heartbeat(claims) {
      const atMs = nowMs()
      await commands.heartbeat(claims)
      for (const { execution, epoch } of claims) beats.push({ executionId: execution.id, attempt: epoch, atMs })
    },
  }
}

/** An event of an execution, as it was stored. */
export interface SeenEvent {
  readonly type: string
  readonly atMs: number
  readonly fields: Readonly<Record<string, unknown>>
}

/** The events of each execution, in order. */
export async function readEvents({ time, databases }: World): Promise<ReadonlyMap<string, readonly SeenEvent[]>> {
  const rows = await time.finish(
    databases.executions.reader.all<{ stream: string; type: string; recorded_at: number; payload: string }>(
      'select stream, type, recorded_at, payload from events order by stream, version',
    ),
  )
  const events = rows.map(({ stream, type, recorded_at: atMs, payload }) => {
    const fields = JSON.parse(payload) as Readonly<Record<string, unknown>>
    return { id: stream.slice('execution-'.length), type, atMs, fields }
  })
  return Map.groupBy(events, ({ id }) => id)
}
