import type { Database, Unit } from '#platform/database'

/** What was committed, in that order. */
export interface Committed {
  readonly type: 'received' | 'advanced'
  readonly stream: string
  readonly version: number
  readonly nowMs: number
  /** Whoever decided was not to let anything fire. */
  readonly isHeldBack: boolean
}

/** Watches a scheduler. */
export interface Observation {
  /** The database as that scheduler has it: of what it takes in and decides is told, as it is committed. */
  of(database: Database): Database
  /** What it asks to know whether it may fire, and goes by until it asks again. */
  mayFire(ask: () => Promise<boolean>): () => Promise<boolean>
}

/** Opens the observation of a scheduler. */
export function openObservation(committed: Committed[]): Observation {
  let isHeldBack = false

  function observed(unit: Unit): Unit {
    const seen: Committed[] = []
    // The mark of a change is written after its effect, and yet it came first.
    const of = (type: Committed['type']): readonly Committed[] => seen.filter((each) => each.type === type)
    unit.afterCommit(() => void committed.push(...of('received'), ...of('advanced')))
    const see = (type: Committed['type'], columns: readonly string[], row: readonly unknown[]): void => {
      const [stream, version] = [row[columns.indexOf('stream')], row[columns.indexOf('version')]]
      seen.push({ type, stream: String(stream), version: Number(version), nowMs: unit.now.getTime(), isHeldBack })
    }
    return {
      ...unit,
      upsertMany(table, keyColumns, columns, rows, changing) {
        if (table === 'inbox_marks') for (const row of rows) see('received', columns, row)
        return unit.upsertMany(table, keyColumns, columns, rows, changing)
      },
      append(feed, columns, rows) {
        const decided = rows.filter((row) => row[columns.indexOf('topic')] === 'schedule-events')
        if (feed === 'outbox') for (const row of decided) see('advanced', columns, row)
        return unit.append(feed, columns, rows)
      },
    }
  }

  return {
    of: (database) => ({
      ...database,
      unit: (keys, work) => database.unit(keys, (unit) => work(observed(unit))),
      claim: (query, work) => database.claim(query, (unit, rows) => work(observed(unit), rows as never)),
    }),
    mayFire: (ask) => async () => {
      const may = await ask()
      isHeldBack = !may
      return may
    },
  }
}
