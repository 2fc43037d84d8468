import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Records, schemaFiles } from './generated/index.ts'

const texts = new Map<keyof Records, string>()

/** The text of a schema, as its file had it when it was first asked for: a process stays the build as which it started. */
export function schemaText(name: keyof Records): string {
  const known = texts.get(name)
  if (known !== undefined) return known
  const text = readFileSync(join(import.meta.dirname, schemaFiles[name]), 'utf8')
  texts.set(name, text)
  return text
}
