import type { Reader } from '#platform/database'
import { type Definition, definitionsOf } from '../domain/definition.ts'
import { jobStream } from '../domain/job.ts'
import type { JobEvent } from '../domain/job-event.ts'
import { places, rowsById } from './rows-by-id.ts'

// A job may have been triggered a hundred thousand times: that changes nothing of what it is.
const WITHOUT = ['JobTriggered', 'JobBackfillRequested', 'JobBackfillCancelled'] satisfies JobEvent['type'][]

/** The stretches of jobs' lives, by the job's id; those of other workspaces are left out. */
export async function findDefinitions(
  reader: Reader,
  workspaceIds: readonly string[],
  jobIds: readonly string[],
): Promise<ReadonlyMap<string, readonly Definition[]>> {
  if (workspaceIds.length === 0) return new Map()
  const sql = `select stream, version, payload from events
    where workspace_id in (${places(workspaceIds)}) and type not in (${places(WITHOUT)}) and payload is not null
    and stream in`
  const rows = await rowsById<{ stream: string; version: number; payload: string }>(
    reader,
    sql,
    [...workspaceIds, ...WITHOUT],
    jobIds.map(jobStream),
    ' order by stream, version',
  )
  const events = Map.groupBy(rows, ({ stream }) => stream)
  return new Map(
    jobIds.flatMap((jobId) => {
      const own = events.get(jobStream(jobId)) ?? []
      const stored = own.map(({ version, payload }) => ({ version, event: JSON.parse(payload) as JobEvent }))
      return stored.length === 0 ? [] : [[jobId, definitionsOf(stored)] as const]
    }),
  )
}
