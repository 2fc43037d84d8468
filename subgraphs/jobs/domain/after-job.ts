// What of one job follows the executions of another: which ends lead to it, and what no chain may be.
// Never reads a clock, a row or a topic.
import { DomainError } from '#platform/domain'
import type { ExecutionStage } from './status-fact.ts'

/** Which ends of an execution let the next job run. */
export type AfterJobOn = 'SUCCESS' | 'FAILURE' | 'ANY'

/** The job whose executions, by their ends, run this one. */
export interface AfterJob {
  readonly jobId: string
  readonly on: AfterJobOn
}

/** A job in a chain, as far as that goes. */
export interface ChainLink {
  readonly id: string
  readonly name: string
}

/** The longest chain: so many jobs, each after the one before. */
export const CHAIN_JOBS_MAX = 20
/** As many jobs may follow one. */
export const FOLLOWERS_MAX = 20

/**
 * Whether an end leads on. What was cancelled or never started is neither success nor failure: only ANY follows it. What
 * was skipped never was a run of its own, so nothing follows.
 */
export function leadsOn(on: AfterJobOn, status: ExecutionStage): boolean {
  switch (status) {
    case 'SUCCEEDED':
      return on !== 'FAILURE'
    case 'FAILED':
    case 'TIMED_OUT':
      return on !== 'SUCCESS'
    case 'CANCELLED':
    case 'EXPIRED':
      return on === 'ANY'
    default:
      return false
  }
}

/** The refusal of a chain that would come back to where it began. @param path from the job on, to the one that it is to follow */
export function chainCycle(path: readonly ChainLink[]): DomainError {
  const circle = [...path, ...path.slice(0, 1)]
  const message = `it would run after itself: ${circle.map(({ id, name }) => `${name} (${id})`).join(' → ')}`
  return new DomainError('CHAIN_CYCLE', message, { path: 'afterJob.jobId', cycle: circle.map(({ id }) => id) })
}
