// Compares the API schema that clients see with the last released one, schemas/released/api.graphql.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSchema, findBreakingChanges } from 'graphql'

/** What would break a client of the released API, one line each. */
export function apiBreaks(releasedSdl: string, currentSdl: string): string[] {
  const changes = findBreakingChanges(buildSchema(releasedSdl), buildSchema(currentSdl))
  return changes.map(({ type, description }) => `${type}: ${description}`)
}

function main(): void {
  const schemas = join(import.meta.dirname, '../schemas')
  const released = join(schemas, 'released/api.graphql')
  if (!existsSync(released)) {
    console.warn('WARNING: NOTHING COMPARED. schemas/released/api.graphql holds no release yet (see CONTRIBUTING.md).')
    return
  }
  const current = readFileSync(join(schemas, 'generated/api.graphql'), 'utf8')
  const breaks = apiBreaks(readFileSync(released, 'utf8'), current)
  for (const reason of breaks) console.error(reason)
  if (breaks.length > 0) process.exitCode = 1
  else console.log('api: no breaking change since the last release')
}

if (import.meta.main) main()
