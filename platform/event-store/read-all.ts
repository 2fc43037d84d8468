import type { Reader } from '#platform/database'
import type { EventRow } from './event-row.ts'
import { type StoredEvent, storedEvent } from './load.ts'

/** How far all events of a database have been read. */
export interface Place {
  readonly lastId: number
  /** Ids below the last that were not there: their transactions are slow, or were undone, or their streams were deleted. */
  readonly gaps: readonly Gap[]
}

/** Both ends are included. */
interface Gap {
  readonly first: number
  readonly last: number
}

/** Before the first event. */
export const BEGINNING: Place = { lastId: 0, gaps: [] }

const PAGE_EVENTS = 1_000
/** The newest are kept: transactions that are under way have taken the newest ids. */
const GAPS_MAX = 500

/**
 * Reads the next page of all events. Those of a stream come in the order of their versions; of different streams in no
 * order that means anything. Where writers overlap an id may be seen after a higher one; it comes with the next page.
 *
 * @returns the events, none when there are no more by now, and the place behind them
 */
export async function readOn<Event>(
  reader: Reader,
  { lastId, gaps }: Place,
  pageEvents = PAGE_EVENTS,
): Promise<{ readonly events: readonly StoredEvent<Event>[]; readonly place: Place }> {
  const open = ['id > ?', ...gaps.map(() => 'id between ? and ?')].join(' or ')
  const rows = await reader.all<EventRow>(`select * from events where ${open} order by id limit ?`, [
    lastId,
    ...gaps.flatMap(({ first, last }) => [first, last]),
    pageEvents,
  ])
  const ids = rows.map(({ id }) => id)
  const reached = Math.max(lastId, ids.at(-1) ?? 0)
  const fresh = reader.dialect.writersAreSerial ? [] : [{ first: lastId + 1, last: reached }]
  const left = [...gaps, ...fresh].flatMap((gap) => without(gap, ids))
  return { events: rows.map((row) => storedEvent<Event>(row)), place: { lastId: reached, gaps: left.slice(-GAPS_MAX) } }
}

/** What is left of a gap without some ids, which are in order. */
function without({ first, last }: Gap, ids: readonly number[]): readonly Gap[] {
  const left: Gap[] = []
  let from = first
  for (const id of ids) {
    if (id < from || id > last) continue
    if (id > from) left.push({ first: from, last: id - 1 })
    from = id + 1
  }
  return from <= last ? [...left, { first: from, last }] : left
}
