import { applyTopics, type Consumer, type Delivery, type Messaging, PoisonError } from '#platform/messaging'
import { type JobDefinition, saveDefinitions } from '../projections/job-definitions.ts'
import type { IntakePorts } from './intake.ts'

/** The group that follows what jobs run. */
export const DEFINITIONS_CONSUMER = 'executions-jobs'

// Triggers ride on the same topic: taken together they are one write for each job.
const LINGER_MS = 50
const BATCH_RECORDS_MAX = 1_000

/** Follows what jobs run. A record tells all of its job, so the last one of a batch is enough. */
export function followDefinitions(
  { database, schemas, clock, log }: Pick<IntakePorts, 'database' | 'schemas' | 'clock' | 'log'>,
  messaging: Messaging,
): Promise<Consumer> {
  return applyTopics({
    ...{ messaging, database, schemas, clock, log },
    consumer: DEFINITIONS_CONSUMER,
    topics: ['job-events'],
    batchRecordsMax: BATCH_RECORDS_MAX,
    lingerMs: LINGER_MS,
    isFullState: () => true,
    async apply(unit, deliveries) {
      const latest = new Map(deliveries.map((delivery) => [delivery.stream, definitionOf(delivery)]))
      await saveDefinitions(unit, [...latest.values()])
    },
  })
}

function definitionOf(delivery: Delivery): JobDefinition {
  if (delivery.name !== 'carillon.jobs.JobChanged') throw new PoisonError(`job-events carries no ${delivery.name}`)
  const { jobId, workspaceId, version, jobType, params, policy, state } = delivery.value
  return { jobId, workspaceId, version, jobType, params, policy, isArchived: state === 'ARCHIVED' }
}
