import type { Dialect, Unit } from '#platform/database'
import { gapsOf, gapsText, NOTHING_SETTLED, type SettledIds, settle } from './settled-ids.ts'

/** How far the numbering of a table is. */
export interface FeedHead {
  readonly feed: string
  /** The last position that was given. */
  readonly position: number
  readonly settled: SettledIds
}

/** A head as its row is stored. */
export interface FeedHeadRow {
  readonly feed: string
  readonly position: number
  readonly settled: number
  readonly gaps: string | null
}

/** The columns of a head's row. */
export const FEED_HEAD_COLUMNS = 'feed, position, settled, gaps'
/** How many rows are numbered at once, at most. */
export const ROWS_MAX = 1_000
/** Writers that overlap leave holes; so many runs of ids are numbered by one statement. */
const RUNS_MAX = 64

/** The head of a row. */
export function feedHead({ feed, position, settled, gaps }: FeedHeadRow): FeedHead {
  return { feed, position, settled: { through: settled, gaps: gaps === null ? [] : gapsOf(gaps) } }
}

/**
 * What follows the columns of a SELECT of committed rows without a position.
 *
 * It looks only at ids that may be new: the index of what has no position also holds all that had none a moment ago,
 * until the server clears it up, and to walk over that costs more than all else.
 *
 * @param isWhole to look at all rows
 */
export function rowsToNumber({ alongIndex }: Dialect, { feed, settled }: FeedHead, isWhole: boolean) {
  const { through, gaps } = isWhole ? NOTHING_SETTLED : settled
  const open = ['id > ?', ...gaps.map(() => 'id between ? and ?')].join(' or ')
  const params = [through, ...gaps.flatMap(({ first, last }) => [first, last])]
  return { sql: `from ${feed}${alongIndex(`${feed}_position`)} where position is null and (${open})`, params }
}

/**
 * Numbers the committed rows of a table that have no position yet, in the order of their ids. Its head is held.
 *
 * @param isWhole to look at all rows
 * @returns how many rows were numbered
 */
export async function numberRows(unit: Unit, head: FeedHead, isWhole: boolean): Promise<number> {
  const { feed: table, settled } = head
  const { sql, params } = rowsToNumber(unit.dialect, head, isWhole)
  const rows = await unit.all<{ id: number }>(`select id ${sql} order by id limit ${ROWS_MAX}`, params)
  const ids = rows.map(({ id }) => id)
  const isAll = ids.length < ROWS_MAX
  const after = settle(settled, ids, { isAll, nowMs: unit.now.getTime() })
  if (ids.length === 0 && after.gaps.length === settled.gaps.length) return 0
  let { position } = head
  const runs = runsOf(ids)
  for (let start = 0; start < runs.length; start += RUNS_MAX) {
    position = await number(unit, table, position, runs.slice(start, start + RUNS_MAX))
  }
  await unit.runLater('update feed_heads set position = ?, settled = ?, gaps = ? where feed = ?', [
    position,
    after.through,
    gapsText(after.gaps),
    table,
  ])
  return ids.length
}

/** Ids without a hole between them, which one addition numbers. */
interface Run {
  readonly first: number
  last: number
}

function runsOf(ids: readonly number[]): Run[] {
  const runs: Run[] = []
  for (const id of ids) {
    const run = runs.at(-1)
    if (run && run.last + 1 === id) run.last = id
    else runs.push({ first: id, last: id })
  }
  return runs
}

/**
 * Numbers runs of ids by one statement. A row that is committed meanwhile lies in none of them: between two ids of a run
 * there is no other.
 *
 * @returns the last position
 */
async function number(unit: Unit, table: string, head: number, runs: readonly Run[]): Promise<number> {
  const [shifts, bounds]: [number[], number[]] = [[], []]
  let position = head
  for (const { first, last } of runs) {
    shifts.push(last, position + 1 - first)
    bounds.push(first, last)
    position += last - first + 1
  }
  const cases = runs.map(() => 'when id <= ? then ?').join(' ')
  const within = runs.map(() => 'id between ? and ?').join(' or ')
  await unit.runLater(`update ${table} set position = id + case ${cases} end where ${within}`, [...shifts, ...bounds])
  return position
}
