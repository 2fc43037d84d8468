/**
 * States what must hold here whatever a caller does.
 *
 * @throws {Error} when it does not: a bug, which crashes the process
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${message}`)
}
