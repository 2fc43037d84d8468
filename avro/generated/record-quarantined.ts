// Made from avro/*.avsc by scripts/avro-types.ts: change the schema, not this file.

/** A record that a consumer could not take, as it came. */
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
}
