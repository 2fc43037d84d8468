import type { Reader, Row, Value } from '#platform/database'

// Few sizes, so that few statements are prepared. The last id fills a chunk up.
const CHUNK_SIZES = [1, 16, 128, 512] as const

/** Selects rows by many ids. `sql` ends before the list: `select * from jobs where id in`; `tail` follows it. */
export async function rowsById<R = Row>(
  reader: Reader,
  sql: string,
  params: readonly Value[],
  ids: readonly string[],
  tail = '',
): Promise<R[]> {
  const found: R[] = []
  for (let start = 0; start < ids.length; ) {
    const left = ids.length - start
    const size = CHUNK_SIZES.find((candidate) => candidate >= left) ?? CHUNK_SIZES[3]
    const some = ids.slice(start, start + size)
    const last = some.at(-1) ?? ''
    while (some.length < size) some.push(last)
    for (const row of await reader.all<R>(`${sql} (${places(some)})${tail}`, [...params, ...some])) found.push(row)
    start += size
  }
  return found
}

/** A question mark for each value. */
export function places(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}
