// Compares avro/*.avsc with every released version of them, avro/released/<release>/*.avsc, both ways (what a registry
// calls FULL_TRANSITIVE): producers and consumers of any two releases can run side by side.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import avsc, { type Schema, type Type } from 'avsc'

/** A schema as a release had it. */
export interface ReleasedSchema {
  readonly release: string
  readonly schema: Schema
}

/** Why a schema and its released versions cannot read each other, one line each; none when they can. */
export function avroBreaks(current: Schema, released: readonly ReleasedSchema[]): string[] {
  const now = avsc.Type.forSchema(current)
  return released.flatMap(({ release, schema }) => {
    const then = avsc.Type.forSchema(schema)
    return [
      ...misreading(now, then).map((reason) => `cannot read what ${release} wrote: ${reason}`),
      ...misreading(then, now).map((reason) => `${release} could not read it: ${reason}`),
    ]
  })
}

/** Every break between a folder of schemas and the releases kept inside it, and how many pairs were compared. */
export function compareFolder(avro: string): { readonly compared: number; readonly breaks: readonly string[] } {
  const released = existsSync(join(avro, 'released')) ? readdirSync(join(avro, 'released')).sort() : []
  const pairs = released.flatMap((release) =>
    schemaFiles(join(avro, 'released', release)).map((file) => ({ release, file })),
  )
  const breaks = pairs.flatMap(({ release, file }) => {
    if (!existsSync(join(avro, file))) return [`${file}: ${release} has it, and topics may still hold its records`]
    const earlier = { release, schema: read(join(avro, 'released', release, file)) }
    return avroBreaks(read(join(avro, file)), [earlier]).map((reason) => `${file}: ${reason}`)
  })
  return { compared: pairs.length, breaks }
}

function misreading(reader: Type, writer: Type): string[] {
  try {
    reader.createResolver(writer)
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}

function schemaFiles(folder: string): string[] {
  return readdirSync(folder).filter((file) => file.endsWith('.avsc'))
}

function read(path: string): Schema {
  return JSON.parse(readFileSync(path, 'utf8'))
}

function main(): void {
  const { compared, breaks } = compareFolder(join(import.meta.dirname, '../avro'))
  for (const reason of breaks) console.error(reason)
  if (breaks.length > 0) process.exitCode = 1
  else if (compared > 0) console.log(`avro: compatible with ${compared} released schemas`)
  else console.warn('WARNING: NOTHING COMPARED. avro/released/ holds no release yet (see CONTRIBUTING.md).')
}

if (import.meta.main) main()
