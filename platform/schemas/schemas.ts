import type { Records } from '#avro'

/** The full name of a record's schema, such as `carillon.jobs.JobChanged`. */
export type RecordName = keyof Records

/** A record as it came from the wire, in the shape of this build's schema. */
export type Decoded = { readonly [N in RecordName]: { readonly name: N; readonly value: Records[N] } }[RecordName]

/** Records as Avro, in the wire format of Confluent's registry: a zero byte, the writer's schema id, the body. */
export interface Schemas {
  /**
   * The Avro body of a record, without a schema id. Dates become `timestamp-millis`.
   *
   * @throws {SchemaMismatchError} naming the path of the first field that does not fit
   */
  encode<N extends RecordName>(name: N, value: Records[N]): Uint8Array
  /**
   * What an outbox names this build's schema by: `carillon.jobs.JobChanged@` and sixteen hexadecimal digits of its text's
   * SHA-256, the same in every process. Another build may know the name by another text.
   */
  versionOf(name: RecordName): string
  /** The schema of this build that has this version, if one has. */
  nameOf(version: string): RecordName | undefined
  /**
   * Makes this build's schema known to the registry. Repeating it changes nothing.
   *
   * @returns its id
   * @throws {IncompatibleSchemaError} when readers or writers of an earlier version could not go on
   */
  register(name: RecordName): Promise<number>
  /**
   * Makes a schema known with which another build has written.
   *
   * @param subject the full name of its record
   * @returns its id; the same for the same schema
   * @throws {IncompatibleSchemaError}
   */
  registerSchema(subject: string, avsc: string): Promise<number>
  /** The id of a schema that was registered before. Throws when it was not: a bug. */
  idOf(name: RecordName): number
  /** Puts the wire format's head before a body. */
  frame(id: number, body: Uint8Array): Uint8Array
  /**
   * Reads a record by the schema that it was written with, into the shape of this build's schema of that name.
   *
   * @throws {UndecodableError} when it never will be readable; anything else is an outage
   */
  decode(wire: Uint8Array): Promise<Decoded>
}
