import { createHash } from 'node:crypto'
import type { Type } from 'avsc'
import { schemaText } from '#avro'
import { invariant } from '#platform/domain'
import { parseType } from './avro-types.ts'
import { openCodec, type WireReader } from './codec.ts'
import { checkFullTransitive } from './compatibility.ts'
import { UndecodableError } from './errors.ts'
import type { RecordName, Schemas } from './schemas.ts'
import { asBuffer, frame, schemaIdOf } from './wire.ts'

interface Version {
  readonly subject: string
  readonly canonical: string
  readonly type: Type
  /** Made when the first record comes. */
  reader: WireReader | undefined
}

const ID_MAX = 0x7fffffff

/**
 * Opens the schemas of the avro/ folder, without a registry, in this process. An id is made from the schema's own text, so
 * that it is the same in every process and after every restart, and stays when other schemas come and go.
 */
export function embeddedSchemas(): Schemas {
  const codec = openCodec()
  const versions = new Map<number, Version>()
  const folder = new Map<RecordName, number>()
  const registered = new Set<RecordName>()

  function add(subject: string, avsc: string): number {
    const type = parseType(avsc)
    invariant(type.name === subject, `the schema ${type.name} was given as ${subject}`)
    const canonical = JSON.stringify(type.schema({ exportAttrs: true }))
    const id = idFrom(canonical)
    const known = versions.get(id)
    if (known) {
      invariant(known.canonical === canonical, `${subject} and ${known.subject} have the same schema id`)
      return id
    }
    const earlier = [...versions.values()].filter((version) => version.subject === subject)
    checkFullTransitive(
      subject,
      type,
      earlier.map((version) => version.type),
    )
    versions.set(id, { subject, canonical, type, reader: undefined })
    return id
  }

  function idOf(name: RecordName): number {
    const id = folder.get(name)
    invariant(id !== undefined && registered.has(name), `${name} is not registered`)
    return id
  }

  // All of them, asked for or not: a record that was kept may be read before its writer is back.
  for (const name of codec.names) folder.set(name, add(name, schemaText(name)))

  return {
    encode: codec.encode,
    versionOf: codec.versionOf,
    nameOf: codec.nameOf,
    frame,
    idOf,
    async register(name) {
      registered.add(name)
      return idOf(name)
    },
    async decode(bytes) {
      const wire = asBuffer(bytes)
      const id = schemaIdOf(wire)
      const version = versions.get(id)
      if (!version) throw new UndecodableError('UNKNOWN_SCHEMA', id, `no schema has the id ${id}`)
      version.reader ??= codec.readerOf(version.type)
      if (!version.reader) throw new UndecodableError('UNKNOWN_SCHEMA', id, `nothing here reads ${version.subject}`)
      return version.reader(wire, id)
    },
    async registerSchema(subject, avsc) {
      return add(subject, avsc)
    },
  }
}

function idFrom(canonical: string): number {
  // The registry counts from 1.
  return createHash('sha256').update(canonical).digest().readUInt32BE(0) & ID_MAX || 1
}
