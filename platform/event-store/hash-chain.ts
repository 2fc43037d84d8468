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

const GENESIS = new Uint8Array(32)

/**
 * The hash of an event, which covers the one before it. It holds `sha256(payload)` instead of the payload, so that a
 * payload can be erased and the chain still proves that nothing else was changed.
 */
export function linkHash(previous: Uint8Array | null, payloadHash: Uint8Array, link: Link): Uint8Array {
  const head = `${link.stream}\n${link.version}\n${link.type}\n${link.recordedAtMs}\n`
  return hash('sha256', Buffer.concat([previous ?? GENESIS, Buffer.from(head), payloadHash]), 'buffer')
}

/** The hash of a payload, over the bytes as they are stored. */
export function hashOf(payload: string): Uint8Array {
  return hash('sha256', payload, 'buffer')
}

const STREAM_EVENTS_MAX = 100_000

/** Checks the chain of a stream. @returns the versions whose link or payload does not fit; none when all is well */
export async function brokenLinks(reader: Reader, stream: string): Promise<readonly number[]> {
  const rows = await reader.all<EventRow>(
    `select * from events where stream = ? order by version limit ${STREAM_EVENTS_MAX}`,
    [stream],
  )
  const broken: number[] = []
  let previous: Uint8Array | null = null
  for (const [index, row] of rows.entries()) {
    const link = { stream, version: row.version, type: row.type, recordedAtMs: row.recorded_at }
    const expected = linkHash(previous, row.payload_hash, link)
    const payloadFits = row.payload === null || same(hashOf(row.payload), row.payload_hash)
    if (row.version !== index + 1 || !payloadFits || !same(expected, row.hash)) broken.push(row.version)
    previous = row.hash
  }
  return broken
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0
}
