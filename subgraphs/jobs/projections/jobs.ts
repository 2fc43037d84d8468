import type { Unit } from '#platform/database'
import { invariant } from '#platform/domain'
import type { StoredEvent } from '#platform/event-store'
import type { Projection } from '#platform/projections'
import { JOB_STREAMS, job } from '../domain/job.ts'
import type { JobEvent } from '../domain/job-event.ts'
import { saveJobCalendars } from './job-calendars.ts'
import { insertJobs, loadJobs, type SavedJob, saveJobs } from './job-rows.ts'

/** Jobs as the API reads them, how many a workspace has, and the calendars that they use. */
export const jobsProjection: Projection<JobEvent> = {
  name: 'jobs',
  streamPrefix: JOB_STREAMS,
  tables: [
    { name: 'jobs', keyColumns: ['workspace_id', 'id'] },
    { name: 'workspace_jobs', keyColumns: ['workspace_id'] },
    { name: 'job_calendars', keyColumns: ['workspace_id', 'job_id', 'name'] },
  ],

  async apply(unit, all, into) {
    // The database has the events of webhooks, too.
    const events = all.filter(({ stream }) => stream.startsWith('job-'))
    const saved = await savedBefore(unit, into('jobs'), events)
    const known = new Map([...saved].map(([id, { state }]) => [id, state]))
    for (const { event, stream, version, hash } of events) {
      const before = saved.get(event.jobId)?.state ?? job.initial
      const state = job.evolve(before, event)
      invariant(state !== 'absent' && hash, `${event.type} was read and makes a job`)
      saved.set(event.jobId, { state, head: { stream, version, hash } })
    }
    const jobs = [...saved.values()]
    const created = jobs.filter(({ state }) => !known.has(state.id))
    await saveJobChanges(unit, into, { created, changed: jobs.filter(({ state }) => known.has(state.id)) })
    const moves = jobs.map(({ state }) => ({ before: known.get(state.id) ?? job.initial, after: state }))
    await saveJobCalendars(unit, into('job_calendars'), moves)
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
  // In one order, since two who add to the same workspaces wait for each other's rows.
  for (const [workspaceId, added] of [...counts].sort(byWorkspace)) {
    await addToCount(unit, into('workspace_jobs'), workspaceId, added)
  }
}

function byWorkspace([one]: readonly [string, number], [other]: readonly [string, number]): number {
  return one < other ? -1 : 1
}

async function addToCount(unit: Unit, table: string, workspaceId: string, added: number): Promise<void> {
  const sql = `update ${table} set job_count = job_count + ? where workspace_id = ?`
  if ((await unit.run(sql, [added, workspaceId])) > 0) return
  await unit.insertMany(table, ['workspace_id', 'job_count'], [[workspaceId, 0]], 'ignore')
  await unit.run(sql, [added, workspaceId])
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
