import { createHash } from 'node:crypto'
import { flowKeyOf, isFlowLimited, policyOf } from '#platform/policy'
import type { Execution } from '../domain/execution.ts'
import type { KeyAsked } from '../domain/judge-starts.ts'

/** What names a key and its limits: all else of an execution does not matter to them. */
export type Keyed = Pick<Execution, 'workspaceId' | 'jobId' | 'params' | 'policy'>

/** The limits that its job sets for an execution; null when it sets none. */
export function keyAskedBy(execution: Keyed): KeyAsked | null {
  const policy = policyOf(execution.policy)
  if (!isFlowLimited(policy)) return null
  return { limitKey: limitKeyOf(execution), max: policy.concurrencyMax, rate: policy.rate }
}

/** The key as it is stored. Values of params may be longer than a column, and one workspace must not name another's. */
function limitKeyOf({ workspaceId, jobId, params, policy }: Keyed): string {
  const key = flowKeyOf(policyOf(policy), params, jobId)
  return createHash('sha256').update(`${workspaceId}\n${key}`).digest('base64url')
}
