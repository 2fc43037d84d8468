import { expect, test } from 'vitest'
import type { Database, Unit } from '#platform/database'
import { simulate } from './simulation.ts'
import type { Plant } from './world.ts'

const SEEDS_MAX = 60

/** Runs seeds until one has a finding. @returns how many it took; one more than allowed when none had */
async function seedsToFind(plant: Plant): Promise<number> {
  for (let seed = 1; seed <= SEEDS_MAX; seed++) if ((await simulate(seed, plant)).findings.length > 0) return seed
  return SEEDS_MAX + 1
}

function withUnits(database: Database, change: (unit: Unit) => Unit): Database {
  return {
    ...database,
    unit: (keys, work) => database.unit(keys, (unit) => work(change(unit))),
    claim: (query, work) => database.claim(query, (unit, rows) => work(change(unit), rows as never)),
  }
}

class Undone extends Error {}

/** Says that a unit was committed, and rolls it back. */
async function forget<T>(database: Database, keys: readonly string[], work: (unit: Unit) => Promise<T>): Promise<T> {
  let result: { readonly value: T } | undefined
  await database
    .unit(keys, async (unit) => {
      result = { value: await work(unit) }
      throw new Undone()
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error
    })
  return (result as { readonly value: T }).value
}

const mutants: Readonly<Record<string, Plant>> = {
  'an inbox without marks': {
    database: (database) =>
      withUnits(database, (unit) => ({
        ...unit,
        upsertMany: async (table, ...rest) => (table === 'inbox_marks' ? undefined : unit.upsertMany(table, ...rest)),
      })),
  },
  'a consumer that commits what it could not handle': {
    messaging: (messaging) => ({
      ...messaging,
      consume: (options) =>
        messaging.consume({ ...options, handle: (batch) => options.handle(batch).catch(() => undefined) }),
    }),
  },
  'a commit that is acknowledged and lost': {
    database: (database, _process, kind, draw) => ({
      ...database,
      unit: (keys, work) =>
        kind === 'jobs' && draw.int(0, 9) === 0 ? forget(database, keys, work) : database.unit(keys, work),
    }),
  },
  'an outbox reader that skips a record': {
    outbox: (outbox) => ({
      ...outbox,
      read: async (...place) => {
        const records = await outbox.read(...place)
        return records.length > 1 ? records.slice(1) : records
      },
    }),
  },
  'a scheduler that goes by its own clock': {
    database: (database, process, kind) =>
      kind === 'scheduler'
        ? {
            ...withUnits(database, (unit) => ({ ...unit, now: process.clock.now() })),
            now: async () => process.clock.now(),
          }
        : database,
  },
  'a ledger row that is not written': {
    database: (database) =>
      withUnits(database, (unit) => ({
        ...unit,
        insertMany: async (table, ...rest) => (table === 'occurrences' ? 0 : unit.insertMany(table, ...rest)),
      })),
  },
}

test.each(Object.entries(mutants))('%s is found', async (_name, plant) => {
  expect(await seedsToFind(plant)).toBeLessThanOrEqual(SEEDS_MAX)
})

test('the same seed tells the same story', async () => {
  const [once, again, other] = [await simulate(3), await simulate(3), await simulate(4)]
  expect(once.traceHash).toBe(again.traceHash)
  expect(once.traceHash).not.toBe(other.traceHash)
})
