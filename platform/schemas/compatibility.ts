import type { Type } from 'avsc'
import { IncompatibleSchemaError } from './errors.ts'

/**
 * Checks what a registry calls FULL_TRANSITIVE: the new version reads what every earlier one wrote, and the other way
 * round, so that producers and consumers can be replaced in any order.
 *
 * @throws {IncompatibleSchemaError}
 */
export function checkFullTransitive(subject: string, added: Type, earlier: readonly Type[]): void {
  for (const [index, version] of earlier.entries()) {
    checkReads(subject, added, version, `cannot read what version ${index + 1} wrote`)
    checkReads(subject, version, added, `version ${index + 1} could not read it`)
  }
}

function checkReads(subject: string, reader: Type, writer: Type, complaint: string): void {
  try {
    reader.createResolver(writer)
  } catch (cause) {
    throw new IncompatibleSchemaError(subject, `${complaint}: ${(cause as Error).message}`, { cause })
  }
}
