import { createHash } from 'node:crypto'
import type { Type } from 'avsc'
import { type Records, schemaFiles, schemaText } from '#avro'
import { mismatch, parseType } from './avro-types.ts'
import { UndecodableError } from './errors.ts'
import type { Decoded, RecordName } from './schemas.ts'
import { HEAD_BYTES } from './wire.ts'

/** This build's schemas, parsed once: what every adapter encodes with and decodes into. */
export interface Codec {
  readonly names: readonly RecordName[]
  /** @throws {SchemaMismatchError} */
  encode<N extends RecordName>(name: N, value: Records[N]): Uint8Array
  /** See `Schemas`. */
  versionOf(name: RecordName): string
  nameOf(version: string): RecordName | undefined
  /** The reader of records that were written with this schema, or nothing when this build has none of its name. */
  readerOf(writer: Type): WireReader | undefined
}

/** Reads records that were written with one schema. */
export type WireReader = (wire: Buffer, schemaId: number) => Decoded

/** Parses the schemas in avro/. */
export function openCodec(): Codec {
  const names = Object.keys(schemaFiles) as RecordName[]
  const types = new Map<string, Type>(names.map((name) => [name, parseType(schemaText(name))]))

  const versions = new Map(names.map((name) => [name, `${name}@${fingerprint(schemaText(name))}`]))
  const named = new Map([...versions].map(([name, version]) => [version, name]))

  return {
    names,
    // The map holds every RecordName.
    versionOf: (name) => versions.get(name) as string,
    nameOf: (version) => named.get(version),
    encode(name, value) {
      // The map holds every RecordName.
      const type = types.get(name) as Type
      try {
        return type.toBuffer(value)
      } catch (cause) {
        throw mismatch(type, value, cause)
      }
    },
    readerOf(writer) {
      const reader = types.get(writer.name ?? '')
      return reader && wireReader(reader, writer)
    },
  }
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function wireReader(reader: Type, writer: Type): WireReader {
  const resolver = reader.createResolver(writer)
  const name = reader.name as RecordName
  return (wire, schemaId) => {
    const { value, offset } = attempt(() => reader.decode(wire, HEAD_BYTES, resolver), schemaId)
    if (offset === -1) throw new UndecodableError('UNDECODABLE', schemaId, `the ${name} is truncated`)
    if (offset !== wire.length) throw new UndecodableError('UNDECODABLE', schemaId, `bytes follow the ${name}`)
    return { name, value } as Decoded
  }
}

function attempt<T>(read: () => T, schemaId: number): T {
  try {
    return read()
  } catch (cause) {
    throw new UndecodableError('UNDECODABLE', schemaId, (cause as Error).message, { cause })
  }
}
