import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Records, schemaFiles } from './generated/index.ts'

/** The text of a schema, as its file has it. */
export function schemaText(name: keyof Records): string {
  return readFileSync(join(import.meta.dirname, schemaFiles[name]), 'utf8')
}
