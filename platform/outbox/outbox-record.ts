/** A record as a messaging adapter reads it: the body is Avro without a schema id, which is the adapter's to add. */
export interface OutboxRecord {
  readonly position: number
  readonly topic: string
  readonly partition: number
  readonly key: string
  /** The version that it was written with, as `Schemas.versionOf` has it; of older records only the name. */
  readonly schema: string
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string>>
  readonly recordedAt: Date
}

/** The columns of `OutboxRow`, for a SELECT. */
export const OUTBOX_COLUMNS = `position, topic, partition_no, record_key, record_schema, body, stream, version, previous,
  correlation_id, recorded_at, trace_parent`

/** A row as it lies in the outbox. */
export interface OutboxRow {
  readonly position: number
  readonly topic: string
  readonly partition_no: number
  readonly record_key: string
  readonly record_schema: string
  readonly body: Uint8Array
  readonly stream: string
  readonly version: number
  readonly previous: number
  readonly correlation_id: string
  readonly recorded_at: number
  readonly trace_parent: string | null
}

/** The record out of a row. */
export function outboxRecord(row: OutboxRow): OutboxRecord {
  return {
    position: row.position,
    topic: row.topic,
    partition: row.partition_no,
    key: row.record_key,
    schema: row.record_schema,
    body: row.body,
    headers: {
      stream: row.stream,
      version: String(row.version),
      previous: String(row.previous),
      correlation: row.correlation_id,
      ...(row.trace_parent !== null && { traceparent: row.trace_parent }),
    },
    recordedAt: new Date(row.recorded_at),
  }
}
