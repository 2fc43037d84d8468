import { hash } from 'node:crypto'
import { policyOf, uniqueValue } from '#platform/policy'
import type { Arrival, UniqueKey } from '../domain/admit-arrivals.ts'

/** An execution that comes, with what may make it a duplicate. */
export interface ComingExecution extends Arrival {
  /** JSON text. */
  readonly params: string
  readonly cause: string
}

// Who runs one again wants just that.
const REPEATED = /^(?:retry|replay):/

/** What an execution may be a duplicate by; null where its job or its params name nothing, or somebody wants it again. */
export function uniqueKeyOf({ jobId, policy, params, cause }: ComingExecution): UniqueKey | null {
  const { unique } = policyOf(policy)
  if (!unique || REPEATED.test(cause)) return null
  const value = uniqueValue(unique, params)
  if (value === null) return null
  return { id: hash('sha256', JSON.stringify([jobId, unique.key, value]), 'hex'), windowMs: unique.windowMs }
}
