import type { Value } from './database.ts'
import { insertTexts, Unquoted } from './mysql-text.ts'

/** Rows that a unit adds to a feed. */
export interface Appended {
  readonly feed: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
}

/**
 * The statements that add rows to feeds, to be sent with the COMMIT.
 *
 * A feed's head is a row that holds the last position given. Who takes positions locks it until its commit is seen, so
 * positions are seen in their order, and a reader that follows `position > last` misses none. All statements go to the
 * server at once: it needs nobody to come to their end, so a process that is frozen holds no head.
 *
 * Heads are locked in the order of their names, which is everybody's.
 */
export function feedTexts(appended: readonly Appended[], charactersMax: number): readonly string[] {
  const feeds = Map.groupBy(
    appended.filter(({ rows }) => rows.length > 0),
    ({ feed }) => feed,
  )
  return [...feeds.keys()].sort().flatMap((feed) => textsOf(feed, feeds.get(feed) ?? [], charactersMax))
}

function textsOf(feed: string, appended: readonly Appended[], charactersMax: number): string[] {
  const total = appended.reduce((sum, { rows }) => sum + rows.length, 0)
  // LAST_INSERT_ID(x) is x, and remembers it: the position of before, which is 0 for a feed that has no head yet.
  const take = `insert into feed_heads (feed, position) values ('${feed}', last_insert_id(0) + ${total})
    on duplicate key update position = last_insert_id(position) + ${total}; set @head = last_insert_id()`
  let place = 0
  const inserts = appended.flatMap(({ columns, rows }) => {
    const placed = rows.map((row) => [new Unquoted(`@head+${++place}`), ...row])
    return [
      ...insertTexts({ head: `insert into ${feed}`, columns: ['position', ...columns], rows: placed }, charactersMax),
    ]
  })
  return [take, ...inserts]
}
