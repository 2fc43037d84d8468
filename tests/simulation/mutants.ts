import type { Database, Unit } from '#platform/database'
import type { Draw } from './draw.ts'
import type { SimulatedProcess } from './simulated-time.ts'
import type { Plant } from './world.ts'

const RETRY_MS = 100
/** How often a unit is acknowledged and undone. */
const FORGOTTEN = 0.1

/** Broken systems, each with one right part replaced. Every one must be found. */
export const mutants: Readonly<Record<string, Plant>> = {
  'an inbox that keeps no marks': {
    database: (database) =>
      withUnits(database, (unit) => ({
        ...unit,
        upsertMany: async (table, ...rest) => (table === 'inbox_marks' ? undefined : unit.upsertMany(table, ...rest)),
      })),
  },
  'a consumer that commits its offsets before it has handled the records, and then dies': {
    messaging: (messaging, process) => ({
      ...messaging,
      consume: (options) =>
        messaging.consume({
          ...options,
          handle: async (batch) => void untilDone(process, () => options.handle(batch)),
        }),
    }),
  },
  'a consumer that commits what it could not handle': {
    messaging: (messaging) => ({
      ...messaging,
      consume: (options) =>
        messaging.consume({ ...options, handle: (batch) => options.handle(batch).catch(() => undefined) }),
    }),
  },
  'a fence that lets a stale epoch through': {
    commands: (commands, { database }) => ({
      ...commands,
      async finish(finished) {
        const sql = 'select epoch, executor_id from queue where execution_id = ?'
        const waved = finished.map(async (each) => {
          const { execution } = each.claim
          const row = await database.reader.get<{ epoch: number; executor_id: string }>(sql, [execution.id])
          if (!row?.executor_id) return each
          return { ...each, claim: { ...each.claim, epoch: row.epoch, executorId: row.executor_id } }
        })
        await commands.finish(await Promise.all(waved))
      },
    }),
  },
  'leases that are judged by the clock of a process': {
    database: (database, process, kind) => (kind === 'executor' ? byOwnClock(database, process) : database),
  },
  'a scheduler that goes by its own clock': {
    database: (database, process, kind) => (kind === 'scheduler' ? byOwnClock(database, process) : database),
  },
  'a unit that is acknowledged and rolled back': {
    database: (database, _process, kind, draw) => (kind === 'jobs' ? forgetful(database, draw) : database),
  },
  'two schedulers that claim one row, and no identity that refuses it': {
    database: (database, process, kind) =>
      kind === 'scheduler' ? withoutIdentity(withoutLocks(database, process)) : database,
  },
  'an outbox reader that follows ids which are not yet there': {
    outbox: (outbox) => ({
      ...outbox,
      // It takes the last of two for the first: what came before it is never read.
      read: async (...place) => (await outbox.read(...place)).slice(-1),
    }),
  },
  'a ledger that leaves out what fired': {
    database: (database) =>
      withUnits(database, (unit) => ({
        ...unit,
        insertMany: async (table, ...rest) => (table === 'occurrences' ? 0 : unit.insertMany(table, ...rest)),
      })),
  },
}

function withUnits(database: Database, change: (unit: Unit) => Unit): Database {
  return {
    ...database,
    unit: (keys, work) => database.unit(keys, (unit) => work(change(unit))),
    claim: (query, work) => database.claim(query, (unit, rows) => work(change(unit), rows as never)),
  }
}

/** A database that tells the time of the process. */
export function byOwnClock(database: Database, { clock }: SimulatedProcess): Database {
  return { ...withUnits(database, (unit) => ({ ...unit, now: clock.now() })), now: async () => clock.now() }
}

/** Only its death keeps it from ending. */
async function untilDone({ clock }: SimulatedProcess, work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await work()
    } catch {
      await clock.sleep(RETRY_MS)
    }
  }
}

/** Reads what is due, and takes it later. */
function withoutLocks(database: Database, { clock }: SimulatedProcess): Database {
  return {
    ...database,
    async claim(query, work) {
      const rows = await database.reader.all(query.sql, query.params)
      await clock.turn()
      return database.unit([], (unit) => work(unit, rows as never))
    },
  }
}

/** Makes the tables without the keys that make an occurrence, and an event of its stream, what there is one of. */
function withoutIdentity(database: Database): Database {
  return withUnits(database, (unit) => ({
    ...unit,
    run: (sql, params) =>
      unit.run(
        sql
          .replace(/, constraint "occurrences_pk" primary key \([^)]*\)/, '')
          .replace('create unique index "events_stream"', 'create index "events_stream"'),
        params,
      ),
  }))
}

class Undone extends Error {}

function forgetful(database: Database, draw: Draw): Database {
  return {
    ...database,
    unit: (keys, work) =>
      // A database without its tables would be found by anybody.
      !keys.includes('migrations') && draw.chance(FORGOTTEN)
        ? acknowledgedAndUndone(database, keys, work)
        : database.unit(keys, work),
  }
}

async function acknowledgedAndUndone<T>(
  database: Database,
  keys: readonly string[],
  work: (unit: Unit) => Promise<T>,
): Promise<T> {
  const { promise, resolve } = Promise.withResolvers<T>()
  await database
    .unit(keys, async (unit) => {
      resolve(await work(unit))
      throw new Undone()
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error
    })
  return promise
}
