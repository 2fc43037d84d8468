import { hash } from 'node:crypto'
import type { Reader } from '#platform/database'
import type { EventRow } from './event-row.ts'

/** What the hash of an event covers beside its payload. */
export interface Link {
  readonly stream: string
  readonly version: number
  readonly type: string
  readonly recordedAtMs: number
}

/**
 * The hash of an event, which covers the one before it. It holds `sha256(payload)` instead of the payload, so that a
 * payload can be erased and the chain still proves that nothing else was changed.
 */
export function linkHash(previous: string | null, payloadHash: string, link: Link): string {
  const { stream, version, type, recordedAtMs } = link
  const covered = `${previous ?? ''}\n${stream}\n${version}\n${type}\n${recordedAtMs}\n${payloadHash}`
  return hash('sha256', covered, 'base64url')
}

/** The hash of a payload, over the bytes as they are stored. */
export function hashOf(payload: string): string {
  return hash('sha256', payload, 'base64url')
}

const STREAM_EVENTS_MAX = 100_000

/** Checks the chain of a stream. @returns the versions whose link or payload does not fit; none when all is well */
export async function brokenLinks(reader: Reader, stream: string): Promise<readonly number[]> {
  const rows = await reader.all<EventRow>(
    `select * from events where stream = ? order by version limit ${STREAM_EVENTS_MAX}`,
    [stream],
  )
  const broken: number[] = []
  let previous: string | null = null
  for (const [index, row] of rows.entries()) {
    const link = { stream, version: row.version, type: row.type, recordedAtMs: row.recorded_at }
    const expected = linkHash(previous, row.payload_hash, link)
    const payloadFits = row.payload === null || hashOf(row.payload) === row.payload_hash
    if (row.version !== index + 1 || !payloadFits || expected !== row.hash) broken.push(row.version)
    previous = row.hash
  }
  return broken
}
