import type { Reader, Unit, Value } from '#platform/database'

// Lists come in a few fixed lengths, so that few statements are prepared whatever their number.
const LIST_LENGTHS = [1, 16, 128, 512] as const

/** Reads the rows that have one of `values`, in no order. `sql` ends where `in (…)` follows; `tail` comes after it. */
export async function rowsIn<Row>(
  reader: Reader,
  sql: string,
  values: readonly string[],
  tail: { readonly sql: string; readonly params: readonly Value[] } = { sql: '', params: [] },
): Promise<readonly Row[]> {
  const found: Row[] = []
  for (const list of listsOf(values)) {
    found.push(...(await reader.all<Row>(`${sql} in (${marks(list.length)}) ${tail.sql}`, [...list, ...tail.params])))
  }
  return found
}

/** Runs a statement on the rows that have one of `values`. @returns how many rows changed */
export async function runIn(unit: Unit, sql: string, values: readonly string[]): Promise<number> {
  let changed = 0
  for (const list of listsOf(values)) changed += await unit.run(`${sql} in (${marks(list.length)})`, list)
  return changed
}

/** The same when nobody needs the count. */
export async function runInLater(unit: Unit, sql: string, values: readonly string[]): Promise<void> {
  for (const list of listsOf(values)) await unit.runLater(`${sql} in (${marks(list.length)})`, list)
}

/**
 * Overwrites some columns of rows that exist, by few statements. `columns` are all those without a default: an INSERT
 * must name them even where it ends as an update.
 */
export async function overwriteMany(
  unit: Unit,
  table: { readonly name: string; readonly key: readonly string[]; readonly columns: readonly string[] },
  changing: readonly string[],
  rows: readonly (readonly Value[])[],
): Promise<void> {
  await unit.upsertMany(table.name, table.key, table.columns, rows, changing)
}

/** Splits a list and fills the last part up to a fixed length with a value that it has already. */
function listsOf(values: readonly string[]): readonly (readonly string[])[] {
  const lists: (readonly string[])[] = []
  const longest = LIST_LENGTHS[LIST_LENGTHS.length - 1] ?? 1
  for (let start = 0; start < values.length; start += longest) {
    const some = values.slice(start, start + longest)
    const length = LIST_LENGTHS.find((fixed) => fixed >= some.length) ?? some.length
    const filler = some.at(-1) ?? ''
    lists.push(some.length === length ? some : [...some, ...Array<string>(length - some.length).fill(filler)])
  }
  return lists
}

function marks(count: number): string {
  return `?${', ?'.repeat(count - 1)}`
}
