import type { Unit } from '#platform/database'
import { applyTopics, type Delivery, type Messaging, PoisonError } from '#platform/messaging'
import { rebuild } from '#platform/projections'
import { addToLedger } from '../commands/keep-ledger.ts'
import type { JobsParts } from '../parts.ts'
import { advanceBackfills } from '../projections/backfills.ts'
import { jobStatusProjection, statusesAfter } from '../projections/job-status.ts'
import { saveStatuses, statusRow } from '../projections/job-status-rows.ts'
import { STATUS_TOPICS, toldFact } from './status-topics.ts'
import { toldProgress, toldRecords, toldUnrunFires } from './told-occurrences.ts'

const POLL_MS = 20
const STALLED_MS_MAX = 30_000
const BESIDE = {
  statuses: 'job_status_rebuilt',
  occurrences: 'occurrences_rebuilt',
  backfills: 'backfills_rebuilt',
} as const

/**
 * Makes `job_status` and the ledger again, beside the live ones as `<table>_rebuilt`: from the job's own events, then
 * from all that the topics hold, by a group and marks of its own. For a service at rest; what it is told meanwhile may be missing.
 *
 * @param finish sees both complete: `differences` or `replaceLive` of `#platform/projections`, with `jobStatusProjection`
 */
export async function rebuildJobStatus<Result>(
  parts: JobsParts,
  messaging: Messaging,
  finish: (unit: Unit) => Promise<Result>,
): Promise<Result> {
  const { database, schemas, clock, log } = parts
  await rebuild(database, jobStatusProjection, async () => undefined)

  const consumer = `jobs-rebuild-${clock.newId()}`
  let applied = 0
  const replay = await applyTopics({
    messaging,
    database,
    schemas,
    clock,
    log,
    consumer,
    topics: STATUS_TOPICS,
    isTemporary: true,
    async apply(unit, deliveries) {
      await applyBeside(unit, deliveries)
      unit.afterCommit(() => {
        applied += deliveries.length
      })
    },
  })
  try {
    await caughtUp(parts, messaging, consumer, () => applied)
  } finally {
    await replay.stop()
    await forget(parts, consumer)
  }
  return database.unit([jobStatusProjection.name], finish)
}

async function applyBeside(unit: Unit, deliveries: readonly Delivery[]): Promise<void> {
  const facts = deliveries.map(toldFact)
  const statuses = await statusesAfter(unit, BESIDE.statuses, facts)
  const stray = facts.find(({ jobId, workspaceId }) => statuses.get(jobId)?.workspaceId !== workspaceId)
  if (stray) throw new PoisonError(`there is no job ${stray.jobId} in the workspace ${stray.workspaceId}`)
  await saveStatuses(unit, BESIDE.statuses, [...statuses.values()].map(statusRow))
  const told = { occurrences: deliveries.flatMap(toldRecords), unrun: deliveries.flatMap(toldUnrunFires) }
  await addToLedger(unit, BESIDE.occurrences, told)
  await advanceBackfills(unit, BESIDE.backfills, deliveries.flatMap(toldProgress))
}

/** @throws {Error} when nothing was applied for 30 s though there is something to apply */
async function caughtUp(
  { clock }: JobsParts,
  messaging: Messaging,
  consumer: string,
  applied: () => number,
): Promise<void> {
  let last = { applied: 0, atMs: clock.monotonicMs() }
  while ((await messaging.lag(consumer)) > 0) {
    await clock.sleep(POLL_MS)
    if (applied() > last.applied) last = { applied: applied(), atMs: clock.monotonicMs() }
    if (clock.monotonicMs() - last.atMs > STALLED_MS_MAX)
      throw new Error('the replay of the status topics stands still')
  }
}

/** The marks of a consumer that never comes back. */
async function forget({ database }: JobsParts, consumer: string): Promise<void> {
  await database.unit([`inbox:${consumer}`], async (unit) => {
    for (const table of ['inbox_marks', 'inbox_waiting', 'quarantine']) {
      await unit.run(`delete from ${table} where consumer = ?`, [consumer])
    }
  })
}
