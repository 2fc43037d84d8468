import type { Unit } from '#platform/database'
import { applyTopics, type Consumer, type Delivery, type Messaging, PoisonError } from '#platform/messaging'
import { applyFacts, type ToldFact } from '../commands/apply-facts.ts'
import { keepLedger } from '../commands/keep-ledger.ts'
import type { StatusFact } from '../domain/status-fact.ts'
import type { JobsParts } from '../parts.ts'
import { advanceBackfills } from '../projections/backfills.ts'
import { toldProgress, toldRecords, toldUnrunFires } from './told-occurrences.ts'

/** What others tell of a job's runs. */
export const STATUS_TOPICS = ['schedule-events', 'execution-events'] as const

// The news of one run come from two services within milliseconds; taken together they are one change of a status.
const LINGER_MS = 10
const BATCH_RECORDS_MAX = 2_000
// The causes of executions that no scheduler has fired.
const REPEATS = ['retry:', 'replay:'] as const

/** Takes what the scheduler and the executions tell, each record once, into `job_status` and the ledger. */
export function consumeStatusTopics(parts: JobsParts, messaging: Messaging): Promise<Consumer> {
  const { database, schemas, clock, log } = parts
  const options = { messaging, database, schemas, clock, log }
  return applyTopics({
    ...options,
    consumer: 'jobs',
    topics: STATUS_TOPICS,
    batchRecordsMax: BATCH_RECORDS_MAX,
    lingerMs: LINGER_MS,
    apply: (unit, deliveries) => applyDeliveries(unit, parts, deliveries),
  })
}

/** Makes statuses and the ledger follow deliveries. @throws {PoisonError} for a job that does not exist */
async function applyDeliveries(unit: Unit, parts: JobsParts, deliveries: readonly Delivery[]): Promise<void> {
  const [stray] = await applyFacts(unit, parts, deliveries.map(toldFact))
  if (stray) throw new PoisonError(`there is no job ${stray.jobId} in the workspace ${stray.workspaceId}`)
  const told = { occurrences: deliveries.flatMap(toldRecords), unrun: deliveries.flatMap(toldUnrunFires) }
  await keepLedger(unit, parts, told)
  const [unknown] = await advanceBackfills(unit, 'backfills', deliveries.flatMap(toldProgress))
  if (unknown) throw new PoisonError(`job ${unknown.jobId} has no backfill ${unknown.progress.backfillId}`)
}

/** What a record tells. @throws {PoisonError} for one that has no business on these topics */
export function toldFact(delivery: Delivery): ToldFact {
  const { value, correlationId, traceparent } = delivery
  if (!('jobId' in value) || !('workspaceId' in value)) throw notOurs(delivery)
  const { jobId, workspaceId } = value
  const causationId = `${delivery.stream}@${delivery.version}`
  return { jobId, workspaceId, correlationId, causationId, traceparent, fact: factOf(delivery) }
}

function factOf(delivery: Delivery): StatusFact {
  switch (delivery.name) {
    case 'carillon.scheduler.ScheduleAdvanced': {
      const { appliedVersion, fired, nextFireAt, exhausted, decidedAt: at } = delivery.value
      return { kind: 'schedule', appliedVersion, fired, nextFireAt, exhausted, at }
    }
    case 'carillon.executions.ExecutionChanged': {
      const { executionId, previousStatus, status, scheduledFor, cause, changedAt: at } = delivery.value
      const isRepeat = REPEATS.some((kind) => cause.startsWith(kind))
      return { kind: 'execution', executionId, previousStatus, status, isRepeat, scheduledFor, at }
    }
    default:
      throw notOurs(delivery)
  }
}

function notOurs({ name, topic }: Delivery): PoisonError {
  return new PoisonError(`a ${name} does not belong on ${topic}`)
}
