import type { Unit } from '#platform/database'
import { applyTopics, type Consumer, type Delivery, type Messaging, PoisonError } from '#platform/messaging'
import { applyFacts, type ToldFact } from '../commands/apply-facts.ts'
import type { StatusFact } from '../domain/status-fact.ts'
import type { JobsParts } from '../parts.ts'

/** What others tell of a job's runs. */
export const STATUS_TOPICS = ['schedule-events', 'execution-events'] as const

// The news of one run come from two services within milliseconds; taken together they are one change of a status.
const LINGER_MS = 10
const BATCH_RECORDS_MAX = 2_000

/** Takes what the scheduler and the executions tell, each record once, into `job_status`. */
export function consumeStatusTopics(parts: JobsParts, messaging: Messaging): Promise<Consumer> {
  const { database, schemas, clock, log } = parts
  const options = { messaging, database, schemas, clock, log }
  return applyTopics({
    ...options,
    consumer: 'jobs',
    topics: STATUS_TOPICS,
    batchRecordsMax: BATCH_RECORDS_MAX,
    lingerMs: LINGER_MS,
    apply: applyDeliveries,
  })
}

/** Makes statuses follow deliveries. @throws {PoisonError} for a job that does not exist */
export async function applyDeliveries(unit: Unit, deliveries: readonly Delivery[]): Promise<void> {
  const [stray] = await applyFacts(unit, deliveries.map(toldFact))
  if (stray) throw new PoisonError(`there is no job ${stray.jobId} in the workspace ${stray.workspaceId}`)
}

/** What a record tells. @throws {PoisonError} for one that has no business on these topics */
export function toldFact(delivery: Delivery): ToldFact {
  const { value, correlationId } = delivery
  if (!('jobId' in value) || !('workspaceId' in value)) throw notOurs(delivery)
  const { jobId, workspaceId } = value
  const causationId = `${delivery.stream}@${delivery.version}`
  return { jobId, workspaceId, correlationId, causationId, fact: factOf(delivery) }
}

function factOf(delivery: Delivery): StatusFact {
  switch (delivery.name) {
    case 'carillon.scheduler.ScheduleAdvanced': {
      const { appliedVersion, fired, nextFireAt, exhausted, decidedAt: at } = delivery.value
      return { kind: 'schedule', appliedVersion, fired, nextFireAt, exhausted, at }
    }
    case 'carillon.executions.ExecutionChanged': {
      const { executionId, previousStatus, status, scheduledFor, changedAt: at } = delivery.value
      return { kind: 'execution', executionId, previousStatus, status, scheduledFor, at }
    }
    default:
      throw notOurs(delivery)
  }
}

function notOurs({ name, topic }: Delivery): PoisonError {
  return new PoisonError(`a ${name} does not belong on ${topic}`)
}
