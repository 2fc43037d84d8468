import type { RecordToProduce } from '#platform/messaging'
import { abortedError } from './aborted.ts'
import { type JsonObject, type Task, type TaskContext, TaskError, type TaskResult } from './task.ts'

/** What KAFKA jobs may reach. */
export interface KafkaReach {
  /** Every topic that a job may name, none of them the system's own. */
  readonly topics: readonly string[]
  /** Resolves when every replica that must have the record has it. Only those who run jobs have one. */
  readonly publish?: (record: RecordToProduce) => Promise<void>
}

const KEY_CHARACTERS_MAX = 1_024
const HEADERS_MAX = 50
const HEADER_CHARACTERS_MAX = 8_192
const VALUE_BYTES_MAX = 256 * 1024
const TIME_LIMIT_MS = 15_000
const TIME_LIMIT_MS_MAX = 60_000

type KafkaParams = JsonObject & {
  readonly topic: string
  readonly key?: string
  readonly value: JsonObject[string]
  readonly headers?: Readonly<Record<string, string>>
  readonly timeLimitMs?: number
}

/** `KAFKA`: publishes a record to a topic that the operator allows. Without `reach` it publishes nothing. */
export function kafkaTask(reach?: KafkaReach): Task<KafkaParams> {
  return {
    name: 'KAFKA',
    description:
      'Publishes a record to one of the topics that the configuration allows, with the headers `carillon-execution-id` and ' +
      '`carillon-attempt`: an attempt that follows another may publish it again.',
    place: 'loop',
    paramsSchema: paramsSchema(reach?.topics ?? []),
    run: (params, context) => publish(params, context, reach),
  }
}

function paramsSchema(topics: readonly string[]): JsonObject {
  return {
    type: 'object',
    properties: {
      topic: { type: 'string', ...(topics.length > 0 && { enum: topics }) },
      key: {
        type: 'string',
        maxLength: KEY_CHARACTERS_MAX,
        description: 'Decides the partition. By default the id of the execution.',
      },
      value: {
        type: ['string', 'number', 'boolean', 'object', 'array', 'null'],
        description: 'A string as it is, anything else as JSON. `null` is a record without a value, a tombstone.',
      },
      headers: {
        type: 'object',
        maxProperties: HEADERS_MAX,
        propertyNames: { format: 'kafka-header-name' },
        additionalProperties: { type: 'string', maxLength: HEADER_CHARACTERS_MAX },
      },
      timeLimitMs: {
        type: 'integer',
        minimum: 1,
        maximum: TIME_LIMIT_MS_MAX,
        default: TIME_LIMIT_MS,
        description: 'Milliseconds until every replica that must have the record has it.',
      },
    },
    required: ['topic', 'value'],
    additionalProperties: false,
  }
}

/** Whether params may set this header. */
export function isKafkaHeaderName(name: string): boolean {
  return /^[\x21-\x7e]{1,128}$/.test(name) && !/^(?:carillon-|traceparent$|tracestate$)/i.test(name)
}

async function publish(
  { topic, key, value, headers, timeLimitMs = TIME_LIMIT_MS }: KafkaParams,
  context: TaskContext,
  reach: KafkaReach | undefined,
): Promise<TaskResult> {
  const { clock, signal, executionId, attempt } = context
  if (reach?.publish === undefined)
    throw new TaskError('KAFKA_NOT_CONFIGURED', 'no broker is configured for KAFKA jobs')
  // The configuration may have changed since the job was made.
  if (!reach.topics.includes(topic)) throw refused('KAFKA_TOPIC_REFUSED', 'the configuration does not allow this topic')
  const bytes = bytesOf(value)
  if (bytes !== null && bytes.length > VALUE_BYTES_MAX) throw tooLarge()
  if (signal.aborted) throw abortedError()
  const record = {
    ...{ topic, key: key ?? executionId, value: bytes },
    headers: { ...headers, 'carillon-execution-id': executionId, 'carillon-attempt': String(attempt) },
  }
  const startedMs = clock.monotonicMs()
  await within(timeLimitMs, context, reach.publish(record))
  const durationMs = Math.round(clock.monotonicMs() - startedMs)
  context.log('INFO', `published ${bytes?.length ?? 0} bytes to ${topic} after ${durationMs} ms`)
  return { result: { topic, key: record.key, valueBytes: bytes?.length ?? null, durationMs }, artefacts: [] }
}

function bytesOf(value: JsonObject[string]): Uint8Array | null {
  if (value === null) return null
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
}

/** Whoever waits no longer does not take it back: it may be published all the same. */
async function within(limitMs: number, { clock, signal }: TaskContext, published: Promise<void>): Promise<void> {
  const over = new AbortController()
  // It may fail after nobody waits.
  published.catch(() => undefined)
  try {
    await Promise.race([
      published,
      clock.sleep(limitMs, over.signal).then((): never => {
        throw new TaskError('KAFKA_TIMED_OUT', `the brokers did not confirm the record within ${limitMs} ms`)
      }),
      new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(abortedError()), { signal: over.signal })
      }),
    ])
  } catch (error) {
    throw kafkaError(error)
  } finally {
    over.abort()
  }
}

// By name: loading the room that throws them would load it into every process of a worker. What clients say names brokers.
function kafkaError(error: unknown): unknown {
  if (error instanceof TaskError) return error
  const { name } = error as { readonly name?: string }
  if (name === 'RecordTooLargeError') return tooLarge(error)
  if (name === 'UnknownTopicError')
    return new TaskError('KAFKA_TOPIC_UNKNOWN', 'the brokers have no such topic', { cause: error })
  return new TaskError('KAFKA_FAILED', 'the brokers could not be reached, or did not take the record', { cause: error })
}

function tooLarge(cause?: unknown): TaskError {
  return refused(
    'KAFKA_RECORD_TOO_LARGE',
    `the value is larger than ${VALUE_BYTES_MAX} bytes or than the topic takes`,
    cause,
  )
}

function refused(code: string, message: string, cause?: unknown): TaskError {
  return new TaskError(code, message, { cause, isFinal: true })
}
