import type { Clock } from '#platform/clock'
import { applyTopics, type Consumer, type Delivery, type Messaging, PoisonError } from '#platform/messaging'
import type { Log } from '#platform/telemetry'
import { orderCancels } from '../commands/cancel-jobs.ts'
import type { CommandPorts } from '../commands/ports.ts'
import { type ExecutionRequest, type LocalExecutor, takeIn } from '../commands/take-in.ts'
import type { JobCancel } from '../projections/job-cancels.ts'

/** What intake stands on. */
export interface IntakePorts extends CommandPorts {
  readonly messaging: Messaging
  readonly clock: Clock
  readonly log: Log
  /** An executor of this process, if there is one that may start what comes. */
  localExecutor(): LocalExecutor | undefined
  /** What is open of a job is to be cancelled. */
  onCancelOrdered(): void
}

const BATCH_RECORDS_MAX = 500

/** Takes `job-execute` into the queue and lets its offsets go, so that the topic never backs up behind running work. */
export function startIntake(ports: IntakePorts): Promise<Consumer> {
  return applyTopics({
    messaging: ports.messaging,
    schemas: ports.schemas,
    database: ports.database,
    clock: ports.clock,
    log: ports.log,
    consumer: 'executions',
    topics: ['job-execute'],
    batchRecordsMax: BATCH_RECORDS_MAX,
    async apply(unit, deliveries) {
      const cancels = deliveries.flatMap(cancelOf)
      const requests = deliveries.filter((delivery) => cancelOf(delivery).length === 0).map(requestOf)
      await takeIn(unit, ports, requests, ports.localExecutor())
      // In the stream of a job this comes last, so all that it is about has been taken in.
      await orderCancels(unit, cancels, ports.onCancelOrdered)
    },
  })
}

function cancelOf({ name, value }: Delivery): readonly JobCancel[] {
  if (name !== 'carillon.scheduler.ExecutionRequested' || !value.cancelsOpen) return []
  return [{ jobId: value.jobId, by: value.cancelsOpen.by }]
}

function requestOf(delivery: Delivery): ExecutionRequest {
  if (delivery.name !== 'carillon.scheduler.ExecutionRequested') {
    throw new PoisonError(`job-execute carries no ${delivery.name}`)
  }
  const { value, correlationId, stream, version, traceparent } = delivery
  if (!isJson(value.params)) throw new PoisonError(`the params of ${value.executionId} are not JSON`)
  if (!isJson(value.policy)) throw new PoisonError(`the policy of ${value.executionId} is not JSON`)
  return {
    executionId: value.executionId,
    workspaceId: value.workspaceId,
    jobId: value.jobId,
    jobVersion: value.jobVersion,
    jobType: value.jobType,
    params: value.params,
    cause: value.cause,
    scheduledAtMs: value.scheduledFor.getTime(),
    policy: value.policy,
    correlationId,
    causationId: `${stream}/${version}`,
    traceparent,
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
