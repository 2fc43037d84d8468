import type { Unit } from '#platform/database'
import type { StoredEvent } from '#platform/event-store'
import type { Projection } from '#platform/projections'
import { type Job, job } from '../domain/job.ts'
import type { JobEvent } from '../domain/job-event.ts'
import { insertJobs, type JobRow, jobFrom, saveJobs } from './job-rows.ts'
import { rowsById } from './rows-by-id.ts'

/** Jobs as the API reads them, and how many a workspace has. */
export const jobsProjection: Projection<JobEvent> = {
  name: 'jobs',
  tables: [
    { name: 'jobs', keyColumns: ['workspace_id', 'id'] },
    { name: 'workspace_jobs', keyColumns: ['workspace_id'] },
  ],

  async apply(unit, events, into) {
    const states = await statesBefore(unit, into('jobs'), events)
    const isNew = new Set<string>()
    for (const { event } of events) {
      const before = states.get(event.jobId) ?? job.initial
      if (before === 'absent') isNew.add(event.jobId)
      states.set(event.jobId, job.evolve(before, event))
    }
    const jobs = [...states.values()].filter((state) => state !== 'absent')
    const created = jobs.filter(({ id }) => isNew.has(id))
    await saveJobChanges(unit, into, { created, changed: jobs.filter(({ id }) => !isNew.has(id)) })
  },
}

/** Writes jobs as they stand now, in the unit that appended what made them so. */
export async function saveJobChanges(
  unit: Unit,
  into: (table: string) => string,
  { created, changed }: { readonly created: readonly Job[]; readonly changed: readonly Job[] },
): Promise<void> {
  if (changed.length > 0) await saveJobs(unit, into('jobs'), changed)
  if (created.length === 0) return
  await insertJobs(unit, into('jobs'), created)
  const counts = new Map<string, number>()
  for (const { workspaceId } of created) counts.set(workspaceId, (counts.get(workspaceId) ?? 0) + 1)
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

async function statesBefore(
  unit: Unit,
  table: string,
  events: readonly StoredEvent<JobEvent>[],
): Promise<Map<string, Job | 'absent'>> {
  const workspaces = new Map<string, Set<string>>()
  for (const { event, version, workspaceId } of events) {
    const ids = workspaces.get(workspaceId) ?? new Set()
    // The row of a job is there unless its first event is in hand.
    if (version > 1) workspaces.set(workspaceId, ids.add(event.jobId))
  }
  const states = new Map<string, Job | 'absent'>()
  for (const [workspaceId, ids] of workspaces) {
    const sql = `select * from ${table} where workspace_id = ? and id in`
    for (const row of await rowsById<JobRow>(unit, sql, [workspaceId], [...ids])) states.set(row.id, jobFrom(row))
  }
  return states
}
