// Made from avro/*.avsc by scripts/avro-types.ts: change the schema, not this file.

/** An operator decided what becomes of a record that a consumer has parked. */
export interface QuarantineDecided {
  /** Whose record it is: others pay no heed. */
  readonly consumer: string
  readonly quarantineId: number
  readonly decision: QuarantineDecision
  readonly reason: string
  readonly decidedBy: string
  readonly decidedAt: Date
}

export type QuarantineDecision = 'UNKNOWN' | 'REDRIVE' | 'DISCARD'
