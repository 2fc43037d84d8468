// Made from avro/*.avsc by scripts/avro-types.ts: change the schema, not this file.

/** A record that a consumer could not take, as it came, and what became of it since. */
export interface RecordQuarantined {
  readonly consumer: string
  readonly topic: string
  readonly partition: number
  readonly offset: string
  readonly key: string | null
  readonly value: Buffer | null
  readonly schemaId: number | null
  /** A stable code: NO_MAGIC_BYTE, UNKNOWN_SCHEMA, UNDECODABLE, RULE_BROKEN, TOO_LARGE, NULL_VALUE or GAP_TOO_LONG. */
  readonly reason: string
  readonly message: string
  readonly quarantinedAt: Date
  /** Its number at its consumer; 0 where the writer was older than this field. */
  readonly quarantineId: number
  /** Of the value, also where that is too large to be told. */
  readonly sizeBytes: number
  readonly state: QuarantineState
  /** Why it was discarded, or what the last attempt to put it back came to. */
  readonly note: string
  readonly decidedBy: string | null
  readonly decidedAt: Date | null
  /** How often it was to be put back. */
  readonly redrives: number
}

export type QuarantineState = 'UNKNOWN' | 'PARKED' | 'REDRIVEN' | 'DISCARDED'
