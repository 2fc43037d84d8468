import type { Unit } from '#platform/database'
import { invariant } from '#platform/domain'
import type { StoredEvent } from '#platform/event-store'
import type { Projection } from '#platform/projections'
import { job } from '../domain/job.ts'
import type { JobEvent } from '../domain/job-event.ts'
import { insertJobs, loadJobs, type SavedJob, saveJobs } from './job-rows.ts'

/** Jobs as the API reads them, and how many a workspace has. */
export const jobsProjection: Projection<JobEvent> = {
  name: 'jobs',
  tables: [
    { name: 'jobs', keyColumns: ['workspace_id', 'id'] },
    { name: 'workspace_jobs', keyColumns: ['workspace_id'] },
  ],

  async apply(unit, events, into) {
    const saved = await savedBefore(unit, into('jobs'), events)
    const isNew = new Set<string>()
    for (const { event, stream, version, hash } of events) {
      const before = saved.get(event.jobId)?.state ?? job.initial
      if (before === 'absent') isNew.add(event.jobId)
      const state = job.evolve(before, event)
      invariant(state !== 'absent' && hash, `${event.type} was read and makes a job`)
      saved.set(event.jobId, { state, head: { stream, version, hash } })
    }
    const jobs = [...saved.values()]
    const created = jobs.filter(({ state }) => isNew.has(state.id))
    await saveJobChanges(unit, into, { created, changed: jobs.filter(({ state }) => !isNew.has(state.id)) })
  },
}

/** Writes jobs as they stand now, in the unit that appended what made them so. */
export async function saveJobChanges(
  unit: Unit,
  into: (table: string) => string,
  { created, changed }: { readonly created: readonly SavedJob[]; readonly changed: readonly SavedJob[] },
): Promise<void> {
  if (changed.length > 0) await saveJobs(unit, into('jobs'), changed)
  if (created.length === 0) return
  await insertJobs(unit, into('jobs'), created)
  const counts = new Map<string, number>()
  for (const { state } of created) counts.set(state.workspaceId, (counts.get(state.workspaceId) ?? 0) + 1)
  // A row that is there already is locked by this, too: two who add to a workspace count one after the other.
  const none = [...counts.keys()].sort().map((workspaceId) => [workspaceId, 0])
  await unit.insertMany(into('workspace_jobs'), ['workspace_id', 'job_count'], none, 'ignore')
  const rows: [string, number][] = []
  for (const [workspaceId, added] of counts) {
    rows.push([workspaceId, added + (await jobCountIn(unit, workspaceId, into('workspace_jobs')))])
  }
  await unit.upsertMany(into('workspace_jobs'), ['workspace_id'], ['workspace_id', 'job_count'], rows)
}

/** How many jobs a workspace has, archived ones included. */
export async function jobCountIn(
  unit: Pick<Unit, 'get'>,
  workspaceId: string,
  table = 'workspace_jobs',
): Promise<number> {
  const row = await unit.get<{ job_count: number }>(`select job_count from ${table} where workspace_id = ?`, [
    workspaceId,
  ])
  return row?.job_count ?? 0
}

async function savedBefore(
  unit: Unit,
  table: string,
  events: readonly StoredEvent<JobEvent>[],
): Promise<Map<string, SavedJob>> {
  const workspaces = new Map<string, Set<string>>()
  for (const { event, version, workspaceId } of events) {
    const ids = workspaces.get(workspaceId) ?? new Set()
    // The row of a job is there unless its first event is in hand.
    if (version > 1) workspaces.set(workspaceId, ids.add(event.jobId))
  }
  const saved = new Map<string, SavedJob>()
  for (const [workspaceId, ids] of workspaces) {
    for (const [id, each] of await loadJobs(unit, table, workspaceId, [...ids])) saved.set(id, each)
  }
  return saved
}
