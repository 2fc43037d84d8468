import type { Execution } from '../domain/execution.ts'
import { streamOf } from '../projections/executions.ts'
import type { JobDefinition } from '../projections/job-definitions.ts'
import type { ExecutionRequest } from './take-in.ts'

/** What runs an execution again: all as it was, its nominal time too, but for what a newer definition says, or this request says of overlap. */
export function repeatOf(
  origin: Execution,
  repeat: { readonly executionId: string; readonly cause: string; readonly policyOf: (policy: string) => string },
  definition: Pick<JobDefinition, 'version' | 'jobType' | 'params' | 'policy'> | undefined = undefined,
): ExecutionRequest {
  return {
    executionId: repeat.executionId,
    workspaceId: origin.workspaceId,
    jobId: origin.jobId,
    jobVersion: definition?.version ?? origin.jobVersion,
    jobType: definition?.jobType ?? origin.jobType,
    params: definition?.params ?? origin.params,
    cause: repeat.cause,
    originId: origin.id,
    scheduledAtMs: origin.scheduledAtMs,
    policy: repeat.policyOf(definition?.policy ?? origin.policy),
    correlationId: repeat.executionId,
    causationId: `${streamOf(origin.id)}/${origin.version}`,
  }
}
