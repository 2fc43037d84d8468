import { schemaText } from '#avro'
import type { Clock } from '#platform/clock'
import { invariant } from '#platform/domain'
import { type Log, silentLog } from '#platform/telemetry'
import { parseType } from './avro-types.ts'
import { openCodec, type WireReader } from './codec.ts'
import { UndecodableError } from './errors.ts'
import { openRegistryClient } from './registry-client.ts'
import type { RecordName, Schemas } from './schemas.ts'
import { asBuffer, frame, schemaIdOf } from './wire.ts'

/** How to reach a registry. */
export interface RegistrySchemasOptions {
  /** The base of its Confluent API, such as `http://127.0.0.1:8081`. */
  readonly url: string
  readonly clock: Pick<Clock, 'sleep' | 'monotonicMs'>
  readonly log?: Log
  /** What stands before each subject: tests that share a registry stay apart. */
  readonly subjectPrefix?: string
}

/** Schemas by a registry that may be away. */
export interface RegistrySchemas extends Schemas {
  /** Whether the registry answers, at most some 3 s ago. Takes at most 1 s, and never rejects. */
  isRegistryThere(): Promise<boolean>
}

/**
 * Schemas by a registry. A subject is the full name of its record. Ids are remembered, so that a registry which is away
 * holds up only what was never seen before.
 */
export function registrySchemas(options: RegistrySchemasOptions): RegistrySchemas {
  const { url, clock, log = silentLog(), subjectPrefix = '' } = options
  const registry = openRegistryClient(url, clock)
  const codec = openCodec()
  const registered = new Map<RecordName, number>()
  const readers = new Map<number, WireReader>()
  const asked = new Map<number, Promise<WireReader>>()

  async function readerFor(id: number): Promise<WireReader> {
    const avsc = await registry.schemaOf(id)
    if (avsc === undefined) throw new UndecodableError('UNKNOWN_SCHEMA', id, `no schema has the id ${id}`)
    const type = parsed(avsc, id)
    const reader = resolved(() => codec.readerOf(type), id)
    if (!reader) throw new UndecodableError('UNKNOWN_SCHEMA', id, `nothing here reads ${type.name ?? 'it'}`)
    readers.set(id, reader)
    log.debug('schema.fetched', { schemaId: id, schema: type.name })
    return reader
  }

  /** Many records of one unknown schema ask once. */
  function ask(id: number): Promise<WireReader> {
    const known = asked.get(id)
    if (known) return known
    const asking = readerFor(id).finally(() => asked.delete(id))
    asked.set(id, asking)
    return asking
  }

  return {
    encode: codec.encode,
    versionOf: codec.versionOf,
    nameOf: codec.nameOf,
    frame,
    idOf(name) {
      const id = registered.get(name)
      invariant(id !== undefined, `${name} is not registered`)
      return id
    },
    async register(name) {
      const known = registered.get(name)
      if (known !== undefined) return known
      const avsc = schemaText(name)
      const id = await registry.register(subjectPrefix + name, avsc)
      registered.set(name, id)
      // Our own records are read without asking.
      const reader = codec.readerOf(parseType(avsc))
      if (reader) readers.set(id, reader)
      return id
    },
    registerSchema: (subject, avsc) => registry.register(subjectPrefix + subject, avsc),
    async decode(bytes) {
      const wire = asBuffer(bytes)
      const id = schemaIdOf(wire)
      return (readers.get(id) ?? (await ask(id)))(wire, id)
    },
    isRegistryThere: registry.isThere,
  }
}

function parsed(avsc: string, id: number): ReturnType<typeof parseType> {
  return resolved(() => parseType(avsc), id)
}

/** A schema that is no Avro of ours, or that ours cannot be read from, stays so. */
function resolved<T>(read: () => T, id: number): T {
  try {
    return read()
  } catch (cause) {
    throw new UndecodableError('UNDECODABLE', id, (cause as Error).message, { cause })
  }
}
