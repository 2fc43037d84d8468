// Records as bytes and back: Avro in Confluent's wire format, with versions that live side by side.
// Never knows topics or who sends what; stored events never hold its ids.
export { embeddedSchemas } from './embedded-schemas.ts'
export {
  IncompatibleSchemaError,
  RegistryUnavailableError,
  UndecodableError,
  type UndecodableReason,
} from './errors.ts'
export { type RegistrySchemas, type RegistrySchemasOptions, registrySchemas } from './registry-schemas.ts'
export type { Decoded, RecordName, Schemas } from './schemas.ts'
