import { checkedIdempotencyKey } from '#platform/domain'
import type { OnceOptions } from '#platform/event-store'

/** A key under which a request may be sent again. @throws {DomainError} BAD_USER_INPUT */
export function checkedKey(key: string): string {
  return checkedIdempotencyKey(key, { path: 'idempotencyKey' })
}

/**
 * The creation of a job as a command that may be sent again. It is the same request in whatever order its fields come,
 * and whether a field of the input is left out or null.
 */
export function creationOf(workspaceId: string, key: string, input: object): OnceOptions {
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value != null))
  return { commandId: `create/${workspaceId}/${key}`, request: inOneOrder(given) }
}

/** JSON with the fields of each object in one order, as it is hashed. */
export function inOneOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOneOrder)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  const fields = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return Object.fromEntries(fields.map(([name, each]) => [name, inOneOrder(each)]))
}
