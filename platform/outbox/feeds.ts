import type { Reader } from '#platform/database'

/** Rows of a feed that one batch drops, at most. */
const PRUNED_ROWS_MAX = 5_000

/** The last position of a feed: one look at the end of its key. 0 when it is empty. */
export async function headPosition(reader: Reader, feed: string): Promise<number> {
  const row = await reader.get<{ position: number | null }>(`select max(position) as position from ${feed}`)
  return row?.position ?? 0
}

/** The last position of the oldest rows of a feed that were written before an instant, one batch of them; 0 for none. */
export async function lastBefore(reader: Reader, feed: string, before: Date): Promise<number> {
  const row = await reader.get<{ position: number | null }>(
    `select max(position) as position from (select position, recorded_at from ${feed} order by position limit ?) oldest
     where recorded_at < ?`,
    [PRUNED_ROWS_MAX, before.getTime()],
  )
  return row?.position ?? 0
}
