import type { Reader } from '#platform/database'
import type { EventRow } from './event-row.ts'
import { newStream, type StreamHead } from './stream-head.ts'

/** An event as it happened, with who and when. `Event` is trusted: what is stored was decided by this code, or upcast. */
export interface StoredEvent<Event> {
  readonly event: Event
  readonly stream: string
  readonly version: number
  readonly workspaceId: string
  readonly actor: string
  readonly recordedAt: Date
  /**
   * Covers this event and all before it: kept with the state, it lets a command append without reading events. There
   * whenever the event was read; who projects an event before it is stored may not know it.
   */
  readonly hash?: string
}

/** A stream with all its events. Its head is what `append` wants to see again. */
export interface Stream<Event> {
  readonly head: StreamHead
  readonly events: readonly StoredEvent<Event>[]
}

const STREAM_EVENTS_MAX = 100_000
const STREAMS_A_QUERY = 500
const PAGE_EVENTS = 1_000

/**
 * Loads one stream; empty, with version 0, when nothing was ever appended.
 *
 * @throws {RangeError} for a stream of more than 100,000 events: keep its state and head in a row
 */
export async function load<Event>(reader: Reader, stream: string): Promise<Stream<Event>> {
  const streams = await loadMany<Event>(reader, [stream])
  return streams.get(stream) ?? { head: newStream(stream), events: [] }
}

/**
 * Loads many streams by few queries. Streams that do not exist are there, empty.
 *
 * @throws {RangeError} when one has more than 100,000 events
 */
export async function loadMany<Event>(reader: Reader, streams: readonly string[]): Promise<Map<string, Stream<Event>>> {
  const found = new Map<string, { head: StreamHead; events: StoredEvent<Event>[] }>()
  for (const stream of streams) found.set(stream, { head: newStream(stream), events: [] })
  for (let start = 0; start < streams.length; start += STREAMS_A_QUERY) {
    const some = streams.slice(start, start + STREAMS_A_QUERY)
    const rows = await reader.all<EventRow>(
      `select * from events where stream in (${some.map(() => '?').join(', ')})
       and version <= ${STREAM_EVENTS_MAX + 1} order by stream, version`,
      some,
    )
    for (const row of rows) {
      const stream = found.get(row.stream)
      if (!stream) continue
      if (row.version > STREAM_EVENTS_MAX) throw tooLong(row.stream)
      stream.head = { stream: row.stream, version: row.version, hash: row.hash }
      stream.events.push(storedEvent(row))
    }
  }
  return found
}

/**
 * Reads a part of one stream in the order of its versions, in pages.
 *
 * @param after the version before the first one
 * @param through the last version
 * @param without types that are left out, for who knows that they change nothing
 */
export async function* readStream<Event>(
  reader: Reader,
  stream: string,
  { after = 0, through, without = [] }: { after?: number; through: number; without?: readonly string[] },
): AsyncGenerator<readonly StoredEvent<Event>[]> {
  const isWanted = without.length === 0 ? '' : `and type not in (${without.map(() => '?').join(', ')})`
  for (let reached = after; ; ) {
    const rows = await reader.all<EventRow>(
      `select * from events where stream = ? and version > ? and version <= ? ${isWanted} order by version limit ?`,
      [stream, reached, through, ...without, PAGE_EVENTS],
    )
    if (rows.length > 0) yield rows.map((row) => storedEvent<Event>(row))
    if (rows.length < PAGE_EVENTS) return
    reached = rows.at(-1)?.version ?? through
  }
}

/** The last version that a stream had at an instant; 0 before its first event. */
export async function versionAt(reader: Reader, stream: string, at: Date): Promise<number> {
  const sql = 'select max(version) as version from events where stream = ? and recorded_at <= ?'
  const row = await reader.get<{ version: number | null }>(sql, [stream, at.getTime()])
  return row?.version ?? 0
}

/** An event out of its row. */
export function storedEvent<Event>(row: EventRow): StoredEvent<Event> {
  return {
    event: (row.payload === null ? { type: row.type } : JSON.parse(row.payload)) as Event,
    stream: row.stream,
    version: row.version,
    workspaceId: row.workspace_id,
    actor: row.actor,
    recordedAt: new Date(row.recorded_at),
    hash: row.hash,
  }
}

function tooLong(stream: string): RangeError {
  return new RangeError(`${stream} has more than ${STREAM_EVENTS_MAX} events: keep its state and head in a row`)
}
