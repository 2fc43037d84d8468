import type { Unit } from '#platform/database'
import { admit, nextAdmitted, type OpenExecution, policyOf } from '#platform/policy'
import { type Admissions, type Arrival, admitArrivals, mayTouchOthers } from '../domain/admit-arrivals.ts'
import { executionOf, rowsOfExecutions } from '../projections/executions.ts'
import { firstsOf, jobsWithWaiting, lockJobs, openExecution, openOf } from '../projections/open-executions.ts'
import { type QueueRow, queueRows } from '../projections/queue.ts'
import { keepHolders, keyHolders } from '../projections/unique-keys.ts'
import { type Decided, decideAll, loadedOf } from './decided.ts'
import { type ComingExecution, uniqueKeyOf } from './unique-key.ts'

/** What was decided of executions that come. */
export interface ArrivalsDecided {
  /** What those that come are told once they are queued. */
  readonly admissions: Admissions
  /** What it makes of others, which were open before. */
  readonly others: readonly Decided[]
}

/**
 * Decides on executions that come, under the lock of their jobs: two intakes never both see that nothing is open. Those
 * that may overlap take no lock and read nothing.
 */
export async function decideArrivals(unit: Unit, coming: readonly ComingExecution[]): Promise<ArrivalsDecided> {
  const arrivals = coming.map((each) => ({ ...each, uniqueKey: uniqueKeyOf(each) }))
  const exclusive = arrivals.filter(
    ({ policy, uniqueKey }) => uniqueKey !== null || policyOf(policy).overlap !== 'ALLOW_ALL',
  )
  if (exclusive.length === 0) return { admissions: new Map(), others: [] }
  await lockJobs(
    unit,
    exclusive.map(({ jobId }) => jobId),
  )
  const ordered = exclusive.filter(({ policy }) => policyOf(policy).overlap !== 'ALLOW_ALL')
  const open = new Map(
    await openOf(
      unit,
      ordered.map(({ jobId }) => jobId),
    ),
  )
  const held = await holdOthers(unit, exclusive, open)
  const holders = await keyHolders(unit, arrivals)
  const admissions = admitArrivals(arrivals, open, unit.now.getTime(), admit, holders)
  await keepHolders(unit, arrivals, holders)
  const rows = [...held.values()].filter(({ execution_id }) => admissions.has(execution_id))
  const states = await rowsOfExecutions(
    unit,
    rows.map(({ execution_id }) => execution_id),
  )
  const others = states.map((state) => {
    const row = held.get(state.id)
    return row ? decideAll(loadedOf(executionOf(state), row), admissions.get(state.id) ?? []) : null
  })
  return { admissions, others: others.filter((decided) => decided !== null) }
}

/**
 * Holds what arrivals may wait behind or end, as it is now: what ends meanwhile waits for us, and then sees who waits. Who
 * is skipped needs none of that.
 */
async function holdOthers(
  unit: Unit,
  arrivals: readonly Arrival[],
  open: Map<string, OpenExecution[]>,
): Promise<ReadonlyMap<string, QueueRow>> {
  const jobIds = new Set(arrivals.filter(mayTouchOthers).map(({ jobId }) => jobId))
  const ids = [...jobIds].flatMap((jobId) => (open.get(jobId) ?? []).map(({ id }) => id))
  const rows = ids.length > 0 ? await queueRows(unit, ids) : new Map<string, QueueRow>()
  for (const jobId of jobIds) {
    const found = (open.get(jobId) ?? []).map(({ id }) => rows.get(id)).filter((row) => row !== undefined)
    open.set(jobId, found.map(openExecution))
  }
  return rows
}

// What is found may be cancelled before it is held, as often as there are others who cancel.
const LOOKS_MAX = 100

/**
 * Decides which executions may run now that others of their jobs have ended, in the unit in which those did.
 *
 * Whoever waits was committed, or will be after us and look then: it held the row of what it waits behind, as we do.
 */
export async function decideNext(unit: Unit, jobIds: readonly string[]): Promise<readonly Decided[]> {
  let jobs = await jobsWithWaiting(unit, jobIds)
  await lockJobs(unit, jobs)
  const decisions: Decided[] = []
  for (let looks = 0; jobs.length > 0 && looks < LOOKS_MAX; looks++) {
    const firsts = await firstsOf(unit, jobs)
    const next = new Map<string, string>()
    for (const [jobId, open] of firsts) {
      const id = nextAdmitted(open)
      if (id !== null) next.set(id, jobId)
    }
    const held = next.size > 0 ? await queueRows(unit, [...next.keys()]) : new Map<string, QueueRow>()
    for (const state of await rowsOfExecutions(unit, [...held.keys()])) {
      const row = held.get(state.id)
      const command = { type: 'AdmitExecution', atMs: unit.now.getTime() } as const
      const decided = row && decideAll(loadedOf(executionOf(state), row), [command])
      if (decided) decisions.push(decided)
    }
    jobs = [...next].filter(([id]) => !held.has(id)).map(([, jobId]) => jobId)
  }
  return decisions
}
