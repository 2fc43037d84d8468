import { schemaText, topics } from '#avro'
import type { Database } from '#platform/database'
import { IncompatibleSchemaError, type Schemas } from '#platform/schemas'

/** A schema that a build has written records with. */
export interface KeptSchema {
  /** What the records name it by. See `Schemas.versionOf`. */
  readonly version: string
  /** The full name of its record. */
  readonly name: string
  readonly avsc: string
}

const COLUMNS = ['version', 'name', 'avsc'] as const

/**
 * Keeps the schemas of all topics, as this build has them, beside the records that it writes, for builds of before and after:
 * what they bring to a broker is framed by the schema that it was written with. Makes known, too, what those of before kept:
 * records wait or are parked that they wrote, in whatever database. To be called before the first `publish`.
 */
export async function keepSchemas(database: Database, schemas: Schemas): Promise<void> {
  const kept = await keptSchemas(database)
  for (const { version, name, avsc } of kept) {
    if (schemas.nameOf(version) === undefined) await makeKnown(schemas, name, avsc)
  }
  const known = new Set(kept.map(({ version }) => version))
  const names = [...new Set(Object.values(topics).map(({ schema }) => schema))]
  const missing = names.filter((name) => !known.has(schemas.versionOf(name)))
  if (missing.length === 0) return
  const rows = missing.map((name) => [schemas.versionOf(name), name, schemaText(name)])
  await database.unit([], async (unit) => {
    await unit.insertMany('outbox_schemas', COLUMNS, rows, 'ignore')
  })
}

async function makeKnown(schemas: Schemas, name: string, avsc: string): Promise<void> {
  try {
    await schemas.registerSchema(name, avsc)
  } catch (error) {
    // One that goes with ours no more holds up only its own records, which say so when they are read.
    if (!(error instanceof IncompatibleSchemaError)) throw error
  }
}

/** The schemas of all builds that have written here. */
export function keptSchemas({ reader }: Database): Promise<readonly KeptSchema[]> {
  return reader.all<KeptSchema & Record<string, string>>(`select ${COLUMNS.join(', ')} from outbox_schemas`)
}
