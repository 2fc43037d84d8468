import type { Database, Unit } from '#platform/database'
import type { Arrival, KeyHolder } from '../domain/admit-arrivals.ts'
import { rowsIn, runIn } from './bulk.ts'

interface Row {
  readonly id: string
  readonly execution_id: string
  readonly until_at: number
}

const KEYS_A_ROUND = 500

/** Who has taken the values that arrivals have, by the ids of these. Those whose time is over may be among them. */
export async function keyHolders(unit: Unit, arrivals: readonly Arrival[]): Promise<Map<string, KeyHolder>> {
  const ids = [...new Set(arrivals.flatMap(({ uniqueKey }) => uniqueKey?.id ?? []))]
  const rows = await rowsIn<Row>(unit, 'select id, execution_id, until_at from unique_keys where id', ids)
  return new Map(rows.map((row) => [row.id, { executionId: row.execution_id, untilMs: row.until_at }]))
}

/** Keeps those of the arrivals that have taken a value. */
export async function keepHolders(
  unit: Unit,
  arrivals: readonly Arrival[],
  holders: ReadonlyMap<string, KeyHolder>,
): Promise<void> {
  const taken = new Map<string, KeyHolder>()
  for (const { executionId, uniqueKey } of arrivals) {
    const holder = uniqueKey && holders.get(uniqueKey.id)
    if (holder && holder.executionId === executionId) taken.set(uniqueKey.id, holder)
  }
  if (taken.size === 0) return
  const rows = [...taken].map(([id, { executionId, untilMs }]) => [id, executionId, untilMs])
  rows.sort(([one = ''], [other = '']) => (one < other ? -1 : 1))
  await unit.upsertMany('unique_keys', ['id'], ['id', 'execution_id', 'until_at'], rows)
}

/** Forgets values whose time is over. @returns whether there may be more */
export async function forgetKeys(database: Database): Promise<boolean> {
  const nowMs = (await database.now()).getTime()
  const rows = await database.reader.all<Pick<Row, 'id'>>(
    `select id from unique_keys${database.dialect.alongIndex('unique_keys_until')}
      where until_at <= ? order by until_at limit ?`,
    [nowMs, KEYS_A_ROUND],
  )
  if (rows.length === 0) return false
  const ids = rows.map(({ id }) => id).sort()
  // One that was taken again meanwhile stays.
  await database.unit(['unique-keys'], (unit) =>
    runIn(unit, `delete from unique_keys where until_at <= ${nowMs} and id`, ids),
  )
  return rows.length === KEYS_A_ROUND
}
