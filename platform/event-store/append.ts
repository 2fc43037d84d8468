import { UniqueViolationError, type Unit, type Value } from '#platform/database'
import { VersionConflictError } from './errors.ts'
import { hashOf, linkHash } from './hash-chain.ts'
import type { StreamHead } from './stream-head.ts'

/** Events to append after `head`, by whom and because of what. */
export interface NewEvents {
  readonly head: StreamHead
  readonly events: readonly { readonly type: string }[]
  readonly workspaceId: string
  /** A user's id, or the name of the service that decided by itself. */
  readonly actor: string
  readonly correlationId: string
  /** The event, record or request that led to this. */
  readonly causationId: string
}

const COLUMNS = [
  'stream',
  'version',
  'type',
  'workspace_id',
  'actor',
  'correlation_id',
  'causation_id',
  'recorded_at',
  'payload',
  'payload_hash',
  'hash',
] as const

const EVENT_BYTES_MAX = 4 * 1024 * 1024

/**
 * Appends to many streams at once. A head with a version above 0 is trusted to be one that was loaded in this unit, from
 * the events or from a row that is written with them: a version that is not the next one would leave a gap, which the
 * unique key alone cannot see.
 *
 * @returns the new heads, in the same order
 * @throws {VersionConflictError} when a stream has grown since its head was read
 */
export async function append(unit: Unit, appends: readonly NewEvents[]): Promise<readonly StreamHead[]> {
  const rows: Value[][] = []
  const heads: StreamHead[] = []
  const recordedAtMs = unit.now.getTime()
  for (const { head, events, workspaceId, actor, correlationId, causationId } of appends) {
    let { version, hash } = head
    for (const event of events) {
      const payload = payloadOf(event)
      const payloadHash = hashOf(payload)
      version += 1
      hash = linkHash(hash, payloadHash, { stream: head.stream, version, type: event.type, recordedAtMs })
      const context = [workspaceId, actor, correlationId, causationId, recordedAtMs]
      rows.push([head.stream, version, event.type, ...context, payload, payloadHash, hash])
    }
    heads.push({ stream: head.stream, version, hash })
  }
  try {
    await unit.insertMany('events', COLUMNS, rows)
  } catch (error) {
    if (!(error instanceof UniqueViolationError)) throw error
    throw new VersionConflictError('another writer was first', { cause: error })
  }
  return heads
}

function payloadOf(event: { readonly type: string }): string {
  const payload = JSON.stringify(event)
  if (payload.length > EVENT_BYTES_MAX)
    throw new RangeError(`a ${event.type} of ${payload.length} characters is too large`)
  return payload
}
