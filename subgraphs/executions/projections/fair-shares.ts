import type { Reader, Unit } from '#platform/database'
import { fairTag, tagAfter, tagBack } from '#platform/policy'
import { rowsIn } from './bulk.ts'
import type { Place } from './queue.ts'

/** Something that comes into the order of claims, or comes back to it. */
export interface Arrival {
  readonly place: Place
  readonly priorityRank: number
  readonly workspaceId: string
  /** The tag of what was in the order before: it is not charged again. Null for new work. */
  readonly heldTag: number | null
}

/** One order of claims: what has the same place and priority. */
type Line = Pick<Arrival, 'place' | 'priorityRank'>

/**
 * Gives each arrival its place among those of its priority, so that workspaces take turns however much each has queued. Until
 * the unit commits, nobody else gives places to the same workspaces.
 *
 * @param weightOf how much a workspace weighs: 3 against 1 is given out three times as often
 * @returns a tag for each, in their order
 */
export async function tagsFor(
  unit: Unit,
  arrivals: readonly Arrival[],
  weightOf: (workspaceId: string) => number,
): Promise<readonly number[]> {
  const tags = new Map<Arrival, number>()
  const lines = [...Map.groupBy(arrivals, ({ place, priorityRank }) => `${place} ${priorityRank}`)]
  // In one order, so that two who want the same never wait for each other.
  for (const [, ofLine] of lines.sort(([one], [other]) => (one < other ? -1 : 1))) {
    const [first] = ofLine
    if (first) await tagLine(unit, first, ofLine, weightOf, tags)
  }
  return arrivals.map((arrival) => tags.get(arrival) ?? 0)
}

async function tagLine(
  unit: Unit,
  line: Line,
  arrivals: readonly Arrival[],
  weightOf: (workspaceId: string) => number,
  tags: Map<Arrival, number>,
): Promise<void> {
  const { place, priorityRank } = line
  const served = await servedTag(unit, line)
  const names = new Set(arrivals.filter(({ heldTag }) => heldTag === null).map(({ workspaceId }) => workspaceId))
  const next = await nextTags(unit, line, [...names].sort())
  // Where nothing waits, who comes must not gain by what others had before.
  const nowTag = served ?? (names.size > 0 ? await lastTagOf(unit, line) : 0)
  for (const arrival of arrivals) {
    const { workspaceId, heldTag } = arrival
    if (heldTag !== null) {
      tags.set(arrival, tagBack(nowTag, heldTag))
      continue
    }
    const weight = weightOf(workspaceId)
    const tag = fairTag(nowTag, next.get(workspaceId) ?? 0, weight)
    tags.set(arrival, tag)
    next.set(workspaceId, tagAfter(tag, weight))
  }
  const key = ['place', 'priority_rank', 'workspace_id']
  const rows = [...next].map(([workspaceId, tag]) => [place, priorityRank, workspaceId, tag])
  if (rows.length > 0) await unit.upsertMany('fair_shares', key, [...key, 'next_tag'], rows, ['next_tag'])
}

/** The virtual time of a line: the tag of what is given out next. */
export async function servedTag(reader: Reader, { place, priorityRank }: Line): Promise<number | undefined> {
  const sql = `select fair_tag from queue where executor_id = '' and place = ? and priority_rank = ?
    order by fair_tag limit 1`
  return (await reader.get<{ fair_tag: number }>(sql, [place, priorityRank]))?.fair_tag
}

async function lastTagOf(reader: Reader, { place, priorityRank }: Line): Promise<number> {
  const sql = `select next_tag from fair_shares where place = ? and priority_rank = ? order by next_tag desc limit 1`
  return (await reader.get<{ next_tag: number }>(sql, [place, priorityRank]))?.next_tag ?? 0
}

async function nextTags(
  unit: Unit,
  { place, priorityRank }: Line,
  workspaceIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await rowsIn<{ workspace_id: string; next_tag: number }>(
    unit,
    'select workspace_id, next_tag from fair_shares where workspace_id',
    workspaceIds,
    { sql: `and place = ? and priority_rank = ?${unit.dialect.lockRows}`, params: [place, priorityRank] },
  )
  return new Map(rows.map(({ workspace_id, next_tag }) => [workspace_id, next_tag]))
}
