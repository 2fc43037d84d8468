import { describe, expect, test } from 'vitest'
import { type Database, migrate } from '#platform/database'
import { append, type NewEvents } from './append.ts'
import { once } from './commands.ts'
import { VersionConflictError } from './errors.ts'
import { executeCommand } from './execute-command.ts'
import { brokenLinks } from './hash-chain.ts'
import { load, loadMany, readStream, type StoredEvent, versionAt } from './load.ts'
import { eventStoreMigrations } from './migrations.ts'
import { BEGINNING, type Place, readOn } from './read-all.ts'
import { newStream, type StreamHead } from './stream-head.ts'

type Counted = { readonly type: 'Counted'; readonly by: number }

const context = { workspaceId: 'w1', actor: 'tester', correlationId: 'c1', causationId: 'r1' }

/** What the event store promises on every database. */
export function describeEventStore(name: string, open: () => Promise<Database>): void {
  async function store(): Promise<Database> {
    const database = await open()
    await migrate(database, eventStoreMigrations)
    return database
  }
  const counted = (head: StreamHead, ...by: number[]): NewEvents => ({
    ...context,
    head,
    events: by.map((number) => ({ type: 'Counted', by: number })),
  })
  const count = (database: Database, stream: string, by: number): Promise<number> =>
    executeCommand<number, Counted, number, number>(database, {
      ...context,
      decider: {
        initial: 0,
        decide: (command) => [{ type: 'Counted', by: command }],
        evolve: (state, event) => state + event.by,
      },
      stream,
      command: () => by,
      conclude: async (_unit, { state }) => state,
    })

  describe(`event store (${name})`, () => {
    test('events come back as they were appended, in order', async () => {
      const database = await store()
      const [head] = await database.unit([], (unit) => append(unit, [counted(newStream('s'), 1, 2)]))
      expect(head?.version).toBe(2)
      const stream = await load<Counted>(database.reader, 's')
      expect(stream.events.map(({ event }) => event.by)).toEqual([1, 2])
      expect(stream.events[1]).toMatchObject({ stream: 's', version: 2, workspaceId: 'w1', actor: 'tester' })
      expect(stream.head).toEqual(head)
    })

    test('a part of a stream is read in pages, without what is not wanted', async () => {
      const database = await store()
      const numbers = Array.from({ length: 2_100 }, (_, index) => index + 1)
      await database.unit([], async (unit) => {
        const [head = newStream('s')] = await append(unit, [counted(newStream('s'), ...numbers)])
        await append(unit, [{ ...context, head, events: [{ type: 'Renamed' }] }, counted(newStream('t'), 7)])
      })
      const read = async (part: Parameters<typeof readStream>[2]): Promise<readonly number[]> => {
        const versions: number[] = []
        for await (const events of readStream(database.reader, 's', part)) {
          expect(events.length).toBeLessThanOrEqual(1_000)
          versions.push(...events.map(({ version }) => version))
        }
        return versions
      }
      expect(await read({ through: 2_101 })).toEqual([...numbers, 2_101])
      expect(await read({ after: 2_098, through: 2_100 })).toEqual([2_099, 2_100])
      expect(await read({ through: 2_101, without: ['Counted', 'None'] })).toEqual([2_101])
      expect(await read({ through: 0 })).toEqual([])
    })

    test('a stream has at an instant the version that was written by then', async () => {
      const database = await store()
      const recorded = await database.unit([], async (unit) => {
        await append(unit, [counted(newStream('s'), 1, 2)])
        return unit.now.getTime()
      })
      expect(await versionAt(database.reader, 's', new Date(recorded))).toBe(2)
      expect(await versionAt(database.reader, 's', new Date(recorded - 1))).toBe(0)
      expect(await versionAt(database.reader, 'none', new Date(recorded))).toBe(0)
    })

    test('each event has the hash that is the head of its stream after it', async () => {
      const database = await store()
      const [first] = await database.unit([], (unit) => append(unit, [counted(newStream('s'), 1)]))
      const [second] = await database.unit([], (unit) => append(unit, [counted(first ?? newStream('s'), 2)]))
      const { events } = await load(database.reader, 's')
      expect(events.map(({ hash }) => hash)).toEqual([first?.hash, second?.hash])
    })

    test('a stream that is too long to load says so, and is not cut off', async () => {
      const database = await store()
      await database.unit([], (unit) =>
        append(unit, [counted(newStream('long'), 1, 2), counted(newStream('short'), 1)]),
      )
      const reach = (version: number): Promise<number> =>
        database.unit([], (unit) =>
          unit.run("update events set version = ? where stream = 'long' and version > 1", [version]),
        )
      await reach(100_000)
      expect((await load(database.reader, 'long')).head.version).toBe(100_000)
      await reach(100_001)
      await expect(load(database.reader, 'short')).resolves.toMatchObject({ head: { version: 1 } })
      await expect(loadMany(database.reader, ['long', 'short'])).rejects.toThrow('long has more than 100000 events')
    })

    test('streams that are loaded together do not share a limit, and a long chain is checked to its end', async () => {
      const database = await store()
      const by = Array.from({ length: 35_000 }, (_, index) => index)
      const streams = ['a', 'b', 'c']
      await database.unit([], (unit) =>
        append(
          unit,
          streams.map((stream) => counted(newStream(stream), ...by)),
        ),
      )
      const loaded = await loadMany(database.reader, streams)
      expect(streams.map((stream) => loaded.get(stream)?.events.length)).toEqual([35_000, 35_000, 35_000])
      expect(await brokenLinks(database.reader, 'c')).toEqual([])
      await database.unit([], (unit) => unit.run("update events set actor = 'x', type = 'Y' where version = 34999"))
      expect(await brokenLinks(database.reader, 'c')).toEqual([34_999])
    })

    test('one of two writers wins, and the other is told', async () => {
      const database = await store()
      const write = (): Promise<unknown> => database.unit([], (unit) => append(unit, [counted(newStream('s'), 1)]))
      const [one, other] = await Promise.allSettled([write(), write()])
      expect([one?.status, other?.status]).toEqual(['fulfilled', 'rejected'])
      expect((other as PromiseRejectedResult).reason).toBeInstanceOf(VersionConflictError)
      expect((await load(database.reader, 's')).head.version).toBe(1)
    })

    test('a unit writes many streams, or none of them', async () => {
      const database = await store()
      await database.unit([], (unit) => append(unit, [counted(newStream('taken'), 1)]))
      const both = [counted(newStream('free'), 1), counted(newStream('taken'), 1)]
      await expect(database.unit([], (unit) => append(unit, both))).rejects.toBeInstanceOf(VersionConflictError)
      expect((await load(database.reader, 'free')).head.version).toBe(0)
    })

    test('commands that race on a stream are all decided on what was before them', async () => {
      const database = await store()
      const sums = await Promise.all(Array.from({ length: 20 }, () => count(database, 's', 1)))
      expect([...sums].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
    })

    test('all events are read in pages, each once, those of a stream in order', async () => {
      const database = await store()
      for (let index = 0; index < 25; index++) await count(database, `s${index % 3}`, index)
      const seen: number[] = []
      let place = BEGINNING
      for (let isMore = true; isMore; ) {
        const page: { events: readonly StoredEvent<Counted>[]; place: Place } = await readOn(database.reader, place, 10)
        seen.push(...page.events.map(({ event }) => event.by))
        place = page.place
        isMore = page.events.length > 0
      }
      expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => index))
    })

    test('a changed payload, a changed version and a missing event break the chain', async () => {
      const database = await store()
      for (let index = 0; index < 5; index++) await count(database, 's', index)
      const tamper = (sql: string): Promise<number> => database.unit([], (unit) => unit.run(sql))
      expect(await brokenLinks(database.reader, 's')).toEqual([])
      await tamper(`update events set payload = '{"type":"Counted","by":9}' where version = 3`)
      expect(await brokenLinks(database.reader, 's')).toEqual([3])
      await tamper('update events set payload = null where version = 3')
      expect(await brokenLinks(database.reader, 's')).toEqual([])
      await tamper('delete from events where version = 4')
      expect(await brokenLinks(database.reader, 's')).toEqual([5])
    })

    test('a command that comes again gets the first answer, and another request under its id is refused', async () => {
      const database = await store()
      let runs = 0
      const send = (request: string): Promise<number> =>
        database.unit([], (unit) => once(unit, { commandId: 'k1', request }, async () => ++runs))
      expect(await send('a')).toBe(1)
      expect(await send('a')).toBe(1)
      await expect(send('b')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
      expect(runs).toBe(1)
    })
  })
}
