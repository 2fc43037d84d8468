import type { Unit } from '#platform/database'
import type { Decoded } from '#platform/schemas'

/** A record that was decoded, and comes for the first time. */
export type Delivery = Decoded & {
  readonly topic: string
  readonly key: string
  /** The stream whose versions order the records. */
  readonly stream: string
  readonly version: number
  readonly producedAt: Date
  readonly correlationId: string
  /** The W3C trace context of its cause, where its producer gave one. */
  readonly traceparent?: string | undefined
}

/** What a consumer does with deliveries, in the transaction that also remembers that they were done. */
export type Apply = (unit: Unit, deliveries: readonly Delivery[]) => Promise<void>

/**
 * A record breaks a rule and always will: `apply` throws it, and the record is parked. What is thrown for any other
 * reason is an outage, and the records are tried again until it is over.
 */
export class PoisonError extends Error {
  override readonly name = 'PoisonError'
}

/** Why a record was parked. */
export type QuarantineReason =
  | 'NO_MAGIC_BYTE'
  | 'UNKNOWN_SCHEMA'
  | 'UNDECODABLE'
  | 'RULE_BROKEN'
  | 'TOO_LARGE'
  | 'NULL_VALUE'
  /** More records of its stream wait for a gap to be filled than may wait. */
  | 'GAP_TOO_LONG'
