import type { Value } from '#platform/database'
import type { IncomingRecord } from '../messaging.ts'

/** The columns of a record that is kept as it came. */
export const RECORD_COLUMNS = [
  'topic',
  'partition_no',
  'record_offset',
  'record_key',
  'value',
  'headers',
  'produced_at',
] as const

/** A record in those columns. */
export interface RecordRow {
  readonly topic: string
  readonly partition_no: number
  readonly record_offset: number
  readonly record_key: string
  readonly value: Uint8Array | null
  readonly headers: string
  readonly produced_at: number
}

/** A record as the values of `RECORD_COLUMNS`. */
export function recordValues({ topic, partition, offset, key, value, headers, producedAt }: IncomingRecord): Value[] {
  return [topic, partition, offset, key, value, JSON.stringify(headers), producedAt.getTime()]
}

/** The record out of such a row. */
export function recordFrom(row: RecordRow): IncomingRecord {
  return {
    topic: row.topic,
    partition: row.partition_no,
    offset: row.record_offset,
    key: row.record_key,
    value: row.value,
    headers: JSON.parse(row.headers) as Record<string, string>,
    producedAt: new Date(row.produced_at),
  }
}
