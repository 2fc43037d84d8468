import { type Topic, topics } from '#avro'
import { type Schemas, UndecodableError } from '#platform/schemas'
import { soundTraceparent } from '#platform/telemetry'
import type { IncomingRecord } from '../messaging.ts'
import { bodyBytes } from '../record-size.ts'
import type { Delivery, QuarantineReason } from './delivery.ts'

/** Where a record stands among those of its stream. */
export interface Standing {
  /** Names the topic too: the versions that a stream sends to one topic say nothing of another. */
  readonly stream: string
  readonly version: number
  /** The version that was sent before it; undefined for a foreign producer's, where gaps cannot be seen. */
  readonly previous: number | undefined
}

/** What is wrong with a record. */
export interface Poison {
  readonly reason: QuarantineReason
  readonly message: string
  readonly schemaId: number | null
}

/** A record that was looked at. */
export interface Arrival extends Standing {
  readonly record: IncomingRecord
  readonly content: Delivery | Poison
}

const BODY_BYTES_MAX_DEFAULT = 1024 * 1024
const NOTHING = new Uint8Array()

/** Whether a record cannot be taken. */
export function isPoison(content: Delivery | Poison): content is Poison {
  return 'reason' in content
}

/** Looks at a record. What is thrown is an outage. */
export async function arrivalOf(record: IncomingRecord, schemas: Schemas): Promise<Arrival> {
  const standing = standingOf(record)
  return { record, ...standing, content: poisonOf(record) ?? (await decodedOf(record, standing, schemas)) }
}

function standingOf({ topic, partition, offset, headers }: IncomingRecord): Standing {
  const version = Number(headers.version)
  const previous = Number(headers.previous)
  const isNumbered = Number.isSafeInteger(version) && previous >= 0 && previous < version
  if (headers.stream && isNumbered) return { stream: `${topic}/${headers.stream}`, version, previous }
  // A foreign producer's: its partition is its stream.
  return { stream: `${topic}#${partition}`, version: offset + 1, previous: undefined }
}

function poisonOf({ topic, value }: IncomingRecord): Poison | undefined {
  if (value === null) return { reason: 'NULL_VALUE', message: 'the record has no value', schemaId: null }
  const bytes = bodyBytes(value)
  const bytesMax = (topics as Readonly<Record<string, Topic>>)[topic]?.recordBytesMax ?? BODY_BYTES_MAX_DEFAULT
  if (bytes <= bytesMax) return undefined
  return { reason: 'TOO_LARGE', message: `${bytes} bytes, and ${topic} takes ${bytesMax}`, schemaId: null }
}

async function decodedOf(
  { topic, partition, offset, key, value, headers, producedAt }: IncomingRecord,
  { stream, version, previous }: Standing,
  schemas: Schemas,
): Promise<Delivery | Poison> {
  try {
    const decoded = await schemas.decode(value ?? NOTHING)
    return {
      name: decoded.name,
      value: decoded.value,
      topic,
      key,
      stream: previous === undefined ? stream : (headers.stream ?? stream),
      version,
      producedAt,
      correlationId: headers.correlation ?? `${topic}/${partition}/${offset}`,
      traceparent: soundTraceparent(headers.traceparent),
    } as Delivery
  } catch (error) {
    if (!(error instanceof UndecodableError)) throw error
    return { reason: error.reason, message: error.message, schemaId: error.schemaId }
  }
}
