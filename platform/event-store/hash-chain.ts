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

const PAGE_EVENTS = 10_000

/** Checks the chain of a stream. @returns the versions whose link or payload does not fit; none when all is well */
export async function brokenLinks(reader: Reader, stream: string): Promise<readonly number[]> {
  const broken: number[] = []
  let count = 0
  let last = { version: 0, hash: null as string | null }
  for (;;) {
    const rows = await reader.all<EventRow>(
      `select * from events where stream = ? and version > ? order by version limit ${PAGE_EVENTS}`,
      [stream, last.version],
    )
    for (const row of rows) {
      count += 1
      if (row.version !== count || !fits(row, last.hash)) broken.push(row.version)
      last = row
    }
    if (rows.length < PAGE_EVENTS) return broken
  }
}

function fits(row: EventRow, previous: string | null): boolean {
  const { stream, version, type, recorded_at: recordedAtMs } = row
  const payloadFits = row.payload === null || hashOf(row.payload) === row.payload_hash
  return payloadFits && linkHash(previous, row.payload_hash, { stream, version, type, recordedAtMs }) === row.hash
}
