import { schemaText, topics } from '#avro'
import type { Database } from '#platform/database'
import type { Schemas } from '#platform/schemas'

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
 * Keeps this build's schemas beside the records that it writes, for builds of before and after: what they bring to a broker
 * is framed by the schema that it was written with. To be called before the first `publish`.
 */
export async function keepSchemas(database: Database, schemas: Schemas): Promise<void> {
  const kept = new Set((await keptSchemas(database)).map(({ version }) => version))
  const names = new Set(Object.values(topics).map(({ schema }) => schema))
  const rows = [...names].map((name) => [schemas.versionOf(name), name, schemaText(name)])
  const missing = rows.filter(([version]) => version !== undefined && !kept.has(version))
  if (missing.length === 0) return
  await database.unit([], async (unit) => {
    await unit.insertMany('outbox_schemas', COLUMNS, missing, 'ignore')
  })
}

/** The schemas of all builds that have written here. */
export function keptSchemas({ reader }: Database): Promise<readonly KeptSchema[]> {
  return reader.all<KeptSchema & Record<string, string>>(`select ${COLUMNS.join(', ')} from outbox_schemas`)
}
