import type { Unit } from '#platform/database'
import { isEnd } from '../domain/execution.ts'
import { type Replay, replayBatch, replayDueMs, replayPolicy } from '../domain/replay.ts'
import { executionOf, rowsOfExecutions } from '../projections/executions.ts'
import { itemsAfter, noteItems, noteRepeats, replayJobs } from '../projections/replay-items.ts'
import {
  dueReplays,
  postponeReplay,
  type ReplayRow,
  replayOf,
  replayOutcomes,
  updateReplay,
} from '../projections/replays.ts'
import type { CommandPorts } from './ports.ts'
import { repeatOf } from './repeat-execution.ts'
import { takeIn } from './take-in.ts'

/**
 * Queues the next batch of a replay that is due, and writes down how its executions fare. What is queued and how far the
 * replay is are one unit, so any number of processes may look, and each may die at any moment.
 *
 * @returns whether there was something to do
 */
export async function advanceReplays(ports: CommandPorts): Promise<boolean> {
  const { database } = ports
  // A look costs no transaction.
  const first = await database.reader.get<{ due_at: number }>(
    'select due_at from replays where due_at is not null order by due_at limit 1',
  )
  const nowMs = (await database.now()).getTime()
  if (!first || first.due_at > nowMs) return false
  const due = { sql: dueReplays(database.dialect), params: [nowMs, 1] }
  return database.claim<ReplayRow, boolean>(due, async (unit, rows) => {
    for (const row of rows) await advance(unit, ports, row)
    return rows.length > 0
  })
}

async function advance(unit: Unit, ports: CommandPorts, row: ReplayRow): Promise<void> {
  const before = await replayOutcomes(unit, row, row.queued_count)
  const batch = row.state === 'RUNNING' ? replayBatch(row.per_minute_max, openCount(before)) : 0
  const replay = { workspaceId: row.workspace_id, id: row.id }
  const items = batch > 0 ? await itemsAfter(unit, replay, row.reached, batch) : []
  const queued = await queueItems(
    unit,
    ports,
    row,
    items.map(({ origin_id }) => origin_id),
  )
  const outcomes = queued > 0 ? await replayOutcomes(unit, row, row.queued_count + queued) : before
  const reached = items.at(-1)?.origin_id ?? row.reached
  const isAllQueued = row.state === 'STOPPED' || (batch > 0 && items.length < batch)
  const hasEnded = isAllQueued && openCount(outcomes) === 0
  const atMs = unit.now.getTime()
  const after: ReplayRow = {
    ...row,
    reached,
    state: hasEnded && row.state === 'RUNNING' ? 'COMPLETED' : row.state,
    queued_count: row.queued_count + queued,
    outcomes: JSON.stringify(outcomes),
    due_at: hasEnded ? null : dueAt(row, { queued, passed: items.length, atMs }),
    ended_at: hasEnded ? atMs : null,
    version: row.version + 1,
  }
  if (queued > 0 || hasEnded || after.outcomes !== row.outcomes) await updateReplay(unit, after)
  else await postponeReplay(unit, after)
}

/** Who found only what was deleted since has used up nothing of the pace, and goes on at once. */
function dueAt(
  { per_minute_max }: ReplayRow,
  { queued, passed, atMs }: { readonly queued: number; readonly passed: number; readonly atMs: number },
): number {
  return queued === 0 && passed > 0 ? atMs : replayDueMs(per_minute_max, queued, atMs)
}

async function queueItems(
  unit: Unit,
  ports: CommandPorts,
  row: ReplayRow,
  originIds: readonly string[],
): Promise<number> {
  const replay = { workspaceId: row.workspace_id, id: row.id }
  // What was dropped since, as older than its retention, is run no more.
  const origins = (await rowsOfExecutions(unit, originIds)).map(executionOf)
  if (origins.length === 0) return 0
  origins.sort((one, other) => (one.id < other.id ? -1 : 1))
  const definitions = await replayJobs(
    unit,
    replay,
    origins.map(({ jobId }) => jobId),
  )
  const repeats = origins.map((origin) => ({ origin, originId: origin.id, executionId: ports.newId() }))
  await noteRepeats(unit, repeats)
  await noteItems(unit, replay, repeats)
  const { overlap } = replayOf(row)
  const policyOf = (policy: string): string => replayPolicy(policy, overlap)
  const requests = repeats.map(({ origin, executionId }) =>
    repeatOf(origin, { executionId, cause: `replay:${row.id}`, policyOf }, definitions.get(origin.jobId)),
  )
  await takeIn(unit, ports, requests, undefined)
  return repeats.length
}

function openCount(outcomes: Replay['outcomes']): number {
  return outcomes.reduce((total, { status, count }) => (isEnd(status) ? total : total + count), 0)
}
