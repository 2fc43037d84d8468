import { type Records, topics } from '#avro'
import type { Unit, Value } from '#platform/database'
import type { Schemas } from '#platform/schemas'
import { currentTraceparent } from '#platform/telemetry'
import { partitionOf } from './partition.ts'

/** A record for a topic. Its schema is the topic's. */
export type OutgoingRecord = {
  readonly [Topic in keyof typeof topics]: {
    readonly topic: Topic
    readonly key: string
    readonly value: Records[(typeof topics)[Topic]['schema']]
    /** The stream whose versions order the records: consumers keep a mark for it. */
    readonly stream: string
    readonly version: number
    /** The version of this stream that was sent to this topic before; 0 for the first. */
    readonly previous: number
    readonly correlationId: string
    /** The W3C trace context of its cause; that of the unit when left out, and none when null. */
    readonly traceparent?: string | null | undefined
  }
}[keyof typeof topics]

/** A record that is larger than its topic takes. Refused before the commit, since nothing could be done about it after. */
export class RecordTooLargeError extends Error {
  override readonly name = 'RecordTooLargeError'
}

const COLUMNS = [
  'topic',
  'partition_no',
  'record_key',
  'record_schema',
  'body',
  'stream',
  'version',
  'previous',
  'correlation_id',
  'recorded_at',
  'trace_parent',
] as const

/**
 * Writes records into the outbox, in the caller's transaction.
 *
 * @throws {SchemaMismatchError} when a value does not fit its schema
 * @throws {RecordTooLargeError}
 */
export async function publish(unit: Unit, schemas: Schemas, records: readonly OutgoingRecord[]): Promise<void> {
  const rows: Value[][] = []
  const around = currentTraceparent() ?? null
  for (const { topic, key, value, stream, version, previous, correlationId, traceparent } of records) {
    const { schema, partitions, recordBytesMax } = topics[topic]
    const body = schemas.encode(schema, value)
    if (body.length > recordBytesMax) {
      throw new RecordTooLargeError(`a record of ${body.length} bytes for ${topic}, which takes ${recordBytesMax}`)
    }
    const place = [topic, partitionOf(key, partitions), key, schemas.versionOf(schema)]
    const standing = [stream, version, previous, correlationId]
    rows.push([...place, body, ...standing, unit.now.getTime(), traceparent === undefined ? around : traceparent])
  }
  await unit.append('outbox', COLUMNS, rows)
}
