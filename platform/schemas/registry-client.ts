import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import type { Clock } from '#platform/clock'
import { IncompatibleSchemaError, RegistryUnavailableError } from './errors.ts'
import { openRegistryProbe } from './registry-probe.ts'

/** A registry that speaks Confluent's API. What it does not answer in time is an outage. */
export interface RegistryClient {
  /**
   * Adds a version of a subject, which must be compatible with all earlier ones. Repeating it changes nothing.
   *
   * @returns the schema's id
   * @throws {IncompatibleSchemaError}
   * @throws {RegistryUnavailableError}
   */
  register(subject: string, avsc: string): Promise<number>
  /**
   * The schema that has an id, or nothing when the registry says that there is none.
   *
   * @throws {RegistryUnavailableError}
   */
  schemaOf(id: number): Promise<string | undefined>
  /** Whether the registry answers, as the last request has shown it; asks itself every 3 s at most. Never rejects. */
  isThere(): Promise<boolean>
}

const ANSWER_MS_MAX = 5_000
const UNKNOWN_ID_CODE = 40_403
const CONFLICT = 409
const HEADERS = { 'content-type': 'application/vnd.schemaregistry.v1+json' }

/** Opens a client; connects when it is first asked. */
export function openRegistryClient(url: string, clock: Pick<Clock, 'sleep' | 'monotonicMs'>): RegistryClient {
  const host = url.replace(/\/$/, '')
  // Whoever asks tries again: a second loop within the first would only make the waiting longer.
  const registry = new SchemaRegistry({ host, clientId: 'carillon', retry: { retries: 0 } })
  const probe = openRegistryProbe(async (signal) => {
    const response = await fetch(`${host}/config`, { signal })
    if (!response.ok) throw new Error(`the registry said ${response.status}`)
  }, clock)

  /** The signal that `ask` is given aborts once nobody waits for it any more. */
  async function answered<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const over = new AbortController()
    const tooLate = clock.sleep(ANSWER_MS_MAX, over.signal).then(() => {
      throw new Error(`no answer within ${ANSWER_MS_MAX} ms`)
    })
    // Lost races end unheard.
    tooLate.catch(() => undefined)
    try {
      return await Promise.race([ask(over.signal), tooLate])
    } finally {
      over.abort()
    }
  }

  /** Of several that make a subject at once, the registry refuses all but the first: then it is there. */
  async function add(subject: string, avsc: string, signal: AbortSignal): Promise<number> {
    try {
      return await addOnce(subject, avsc, signal)
    } catch (error) {
      if (statusOf(error) !== CONFLICT || !/already exists/i.test((error as Error).message)) throw error
      return addOnce(subject, avsc, signal)
    }
  }

  async function addOnce(subject: string, avsc: string, signal: AbortSignal): Promise<number> {
    const compatibility = COMPATIBILITY.FULL_TRANSITIVE
    const schema = { type: SchemaType.AVRO, schema: avsc } as const
    try {
      return (await registry.register(schema, { subject, compatibility })).id
    } catch (error) {
      if ((error as Error).name !== 'ConfluentSchemaRegistryCompatibilityError') throw error
    }
    // Somebody made the subject with another rule. Ours is the stricter one.
    const body = JSON.stringify({ compatibility })
    const rule = `${host}/config/${encodeURIComponent(subject)}`
    const response = await fetch(rule, { method: 'PUT', headers: HEADERS, body, signal })
    if (!response.ok) throw new Error(`the registry said ${response.status} to ${compatibility} for ${subject}`)
    return (await registry.register(schema, { subject, compatibility })).id
  }

  /** A proxy before a registry that is away says 404 too: only the registry's own code counts. */
  async function isUnknown(id: number, signal: AbortSignal): Promise<boolean> {
    const response = await fetch(`${host}/schemas/ids/${id}`, { signal })
    if (response.status !== 404) return false
    const body = (await response.json()) as { error_code?: unknown }
    return body.error_code === UNKNOWN_ID_CODE
  }

  return {
    async register(subject, avsc) {
      try {
        const id = await answered((signal) => add(subject, avsc, signal))
        probe.saw(true)
        return id
      } catch (cause) {
        if (statusOf(cause) === CONFLICT) {
          probe.saw(true)
          throw new IncompatibleSchemaError(subject, `the registry refuses it: ${(cause as Error).message}`, { cause })
        }
        probe.saw(false)
        throw new RegistryUnavailableError(`cannot register ${subject} at ${host}`, { cause })
      }
    },
    async schemaOf(id) {
      try {
        const type = await answered(() => registry.getSchema(id))
        probe.saw(true)
        return JSON.stringify((type as unknown as AvroType).schema({ exportAttrs: true }))
      } catch (cause) {
        if (statusOf(cause) === 404 && (await answered((signal) => isUnknown(id, signal)).catch(() => false)))
          return undefined
        probe.saw(false)
        throw new RegistryUnavailableError(`cannot ask ${host} for schema ${id}`, { cause })
      }
    },
    isThere: probe.isThere,
  }
}

/** What the library parses Avro into. */
interface AvroType {
  schema(options: { exportAttrs: boolean }): unknown
}

function statusOf(error: unknown): number | undefined {
  return (error as { status?: number } | undefined)?.status
}
