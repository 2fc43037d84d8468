import type { Clock } from '#platform/clock'
import type { Stack } from '#platform/lifecycle'
import { openKafkaMessaging } from '#platform/messaging'
import type { Schemas } from '#platform/schemas'
import type { Log } from '#platform/telemetry'
import type { KafkaReach } from '#services/executor'
import type { KafkaJobs } from './config.ts'

/** What publishing stands on. */
export interface KafkaJobsGround {
  readonly clock: Clock
  readonly schemas: Schemas
  readonly log: Log
  readonly stack: Stack
}

/** Lets KAFKA jobs publish, on a connection apart from the system's own. It connects with the first record. */
export async function openKafkaJobs(
  jobs: KafkaJobs | undefined,
  { clock, schemas, log, stack }: KafkaJobsGround,
): Promise<KafkaReach | undefined> {
  if (jobs === undefined) return undefined
  const { brokers, client, topics } = jobs
  const messaging = await openKafkaMessaging({ brokers, client, clientId: 'carillon-jobs', clock, schemas, log })
  stack.push('kafka jobs', () => messaging.close())
  return { topics, publish: (record) => messaging.produce([record]) }
}
