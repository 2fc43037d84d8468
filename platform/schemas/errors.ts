/** A value does not fit its schema: a bug of the writer. */
export class SchemaMismatchError extends Error {
  override readonly name = 'SchemaMismatchError'
  /** The field, such as `trigger.key` or `fired.0.cause`. */
  readonly path: string

  constructor(path: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.path = path
  }
}

/** Why a record cannot be read. */
export type UndecodableReason = 'NO_MAGIC_BYTE' | 'UNKNOWN_SCHEMA' | 'UNDECODABLE'

/** Bytes that are not a record of ours. Reading them again will not help. */
export class UndecodableError extends Error {
  override readonly name = 'UndecodableError'
  readonly reason: UndecodableReason
  /** As the bytes say, where they say so. */
  readonly schemaId: number | null

  constructor(reason: UndecodableReason, schemaId: number | null, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
    this.schemaId = schemaId
  }
}

/** A version of a schema that readers or writers of another version could not live with. */
export class IncompatibleSchemaError extends Error {
  override readonly name = 'IncompatibleSchemaError'
  readonly subject: string

  constructor(subject: string, message: string, options?: ErrorOptions) {
    super(`${subject}: ${message}`, options)
    this.subject = subject
  }
}

/** The registry did not answer, or not as a registry does. Asking again later may help. */
export class RegistryUnavailableError extends Error {
  override readonly name = 'RegistryUnavailableError'
}
