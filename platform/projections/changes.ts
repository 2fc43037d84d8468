import type { Clock } from '#platform/clock'
import type { Database, Unit } from '#platform/database'
import { startLoop } from '#platform/lifecycle'
import { headPosition, lastBefore } from '#platform/outbox'

/** What a key looks like since a version. `state` is the row as JSON. */
export interface Change {
  readonly key: string
  /** A second name under which the change is found, shared by keys that belong together, such as those of one job. */
  readonly group?: string
  readonly version: number
  readonly state: string
}

/** A database's changes, tailed by this process. */
export interface ChangeFeed {
  /**
   * Calls back with each change of these keys, or groups of keys, that is committed after this resolves, once and in
   * commit order. The listener must not throw: others wait behind it.
   *
   * @returns how to stop it
   */
  subscribe(keys: readonly string[], listener: (change: Change) => void): Promise<() => void>
  stop(): Promise<void>
}

/** Records how keys look now, in the transaction that made them so. */
export async function recordChanges(unit: Unit, changes: readonly Change[]): Promise<void> {
  const recordedAtMs = unit.now.getTime()
  const rows = changes.map(({ key, group, version, state }) => [key, group ?? null, version, state, recordedAtMs])
  await unit.append('changes', ['change_key', 'change_group', 'version', 'state', 'recorded_at'], rows)
}

const PAGE_CHANGES = 1_000
const POLL_MS = 100

interface ChangeRow {
  readonly position: number
  readonly change_key: string
  readonly change_group: string | null
  readonly version: number
  readonly state: string
}

/**
 * Follows the changes of a database from a cursor: woken by this process's commits, with a poll as the net for those of
 * others. Reads nothing while nobody has subscribed.
 */
export function openChangeFeed(database: Database, clock: Clock): ChangeFeed {
  const listeners = new Map<string, Set<(change: Change) => void>>()
  let cursor: Promise<number> | undefined

  async function runOnce(): Promise<boolean> {
    if (listeners.size === 0) cursor = undefined
    if (!cursor) return false
    const from = cursor
    const rows = await database.reader.all<ChangeRow>(
      `select position, change_key, change_group, version, state from changes
       where position > ? order by position limit ?`,
      [await from, PAGE_CHANGES],
    )
    const last = rows.at(-1)
    // Everybody may have left and somebody come anew while this was read: then the cursor is theirs.
    if (!last || cursor !== from) return false
    cursor = Promise.resolve(last.position)
    for (const row of rows) tell(row)
    return true
  }

  function tell(row: ChangeRow): void {
    const { change_key: key, change_group: group, version, state } = row
    const concerned = new Set([...(listeners.get(key) ?? []), ...(group === null ? [] : (listeners.get(group) ?? []))])
    for (const listener of concerned) listener({ key, ...(group === null ? {} : { group }), version, state })
  }

  function leave(keys: readonly string[], listener: (change: Change) => void): void {
    for (const key of keys) {
      const known = listeners.get(key)
      known?.delete(listener)
      if (known?.size === 0) listeners.delete(key)
    }
  }

  // A round that fails is tried again: the database is away, and subscribers get the rest when it is back.
  const loop = startLoop({ clock, pollMs: POLL_MS, runOnce, onError: () => undefined })
  const unsubscribe = database.onCommit(() => cursor && loop.wake(), ['insert changes'])
  return {
    async subscribe(keys, listener) {
      for (const key of keys) {
        const known = listeners.get(key)
        if (known) known.add(listener)
        else listeners.set(key, new Set([listener]))
      }
      const start = cursor ?? headPosition(database.reader, 'changes')
      cursor = start
      try {
        await start
      } catch (error) {
        if (cursor === start) cursor = undefined
        leave(keys, listener)
        throw error
      }
      loop.wake()
      return () => leave(keys, listener)
    },
    async stop() {
      unsubscribe()
      await loop.stop()
    },
  }
}

/** Drops changes recorded before an instant, in one bounded batch. @returns how many; call again while it is not 0 */
export async function pruneChanges(database: Database, before: Date): Promise<number> {
  return database.unit(['changes'], async (unit) => {
    const last = await lastBefore(unit, 'changes', before)
    return last === 0 ? 0 : unit.run('delete from changes where position <= ?', [last])
  })
}
