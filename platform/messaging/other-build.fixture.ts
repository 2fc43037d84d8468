import { type Records, schemaText } from '#avro'
import type { Database } from '#platform/database'
import type { RecordName, Schemas } from '#platform/schemas'
import { parseType } from '../schemas/avro-types.ts'

const NAME = 'carillon.auth.SessionRevoked'
const VERSION = `${NAME}@another-build`

/** As a build has it in which a field was added. */
const avsc = JSON.stringify(added(JSON.parse(schemaText(NAME))))
const type = parseType(avsc)

function added(schema: { readonly fields: readonly object[] }): object {
  return { ...schema, fields: [{ name: 'note', type: 'string', default: '' }, ...schema.fields] }
}

/** The schemas of a build in which `SessionRevoked` has a field more, over the same registry. */
export function otherBuild(schemas: Schemas): Schemas {
  return {
    ...schemas,
    encode<N extends RecordName>(name: N, value: Records[N]) {
      return name === NAME ? type.toBuffer({ ...value, note: 'from another build' }) : schemas.encode(name, value)
    },
    versionOf: (name) => (name === NAME ? VERSION : schemas.versionOf(name)),
    nameOf(version) {
      if (version === VERSION) return NAME
      const name = schemas.nameOf(version)
      return name === NAME ? undefined : name
    },
    register: (name) => (name === NAME ? schemas.registerSchema(NAME, avsc) : schemas.register(name)),
  }
}

/** What that build does when it starts. */
export async function keepOtherSchemas(database: Database): Promise<void> {
  await database.unit([], async (unit) => {
    await unit.insertMany('outbox_schemas', ['version', 'name', 'avsc'], [[VERSION, NAME, avsc]])
  })
}
