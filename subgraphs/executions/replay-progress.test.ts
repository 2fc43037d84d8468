import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '#platform/database'
import { movedClock } from '#platform/testing'
import { deleteExecutions } from './commands/delete-executions.ts'
import { makeCommands } from './commands/execution-commands.ts'
import { OPEN_FLOW } from './commands/flow-config.ts'
import { type MovedWorld, openMovedWorld, openWorld } from './executions.fixture.ts'
import {
  ask,
  codeOf,
  endAll,
  ended,
  FAILURE,
  FIELDS,
  known,
  many,
  REPLAY,
  repeated,
  replay,
  rowCount,
  runThrough,
  SUCCESS,
} from './replays.fixture.ts'

const START = new Date('2026-12-01T09:00:00Z')
let world: MovedWorld

beforeEach(async () => {
  world = await openMovedWorld(START)
  await world.executions.commands.register('x1')
})

afterEach(() => world.close())

describe('a submission', () => {
  test('that is repeated adds nothing; another wish under its name is refused', async () => {
    await ended(world, many(3))
    const [one, same] = await Promise.all([replay(world, { id: 'r' }), replay(world, { id: 'r' })])
    expect(same).toEqual(one)
    await runThrough(world, 'r')
    await ended(world, many(2))
    expect(await replay(world, { id: 'r' })).toMatchObject({ state: 'COMPLETED', selectedCount: 3 })
    await world.clock.advance(5_000)
    expect(await rowCount(world)).toBe(8)
    for (const variables of [{ params: 'LATEST' }, { rate: 7 }, { filter: { jobId: 'job' } }]) {
      const refused = await ask(world, 'workspace', REPLAY, { filter: {}, id: 'r', ...variables })
      expect(codeOf(refused)).toBe('IDEMPOTENCY_KEY_REUSED')
    }
    // Names belong to workspaces.
    expect(
      codeOf(await ask(world, 'mallory', REPLAY, { filter: {}, params: 'ORIGINAL', id: 'r', rate: 7 })),
    ).toBeUndefined()
  })

  test('keeps to its pace, and can be stopped midway; what it queued goes on', async () => {
    await ended(world, many(9))
    await replay(world, { id: 'r', rate: 60 })
    await world.clock.advance(3_500)
    const stop = 'mutation { stopReplay(id: "r") { state queuedCount } }'
    const { data } = await ask(world, 'workspace', stop)
    expect(data?.['stopReplay']).toMatchObject({ state: 'STOPPED' })
    const { queuedCount } = await known(world, 'r')
    expect(queuedCount).toBeGreaterThanOrEqual(3)
    expect(queuedCount).toBeLessThanOrEqual(4)
    await endAll(world, SUCCESS)
    await world.clock.advance(5_000)
    expect(await known(world, 'r')).toMatchObject({
      state: 'STOPPED',
      queuedCount,
      outcomes: [{ status: 'SUCCEEDED', count: queuedCount }],
    })
    expect((await known(world, 'r')).executions.edges).toHaveLength(queuedCount)
    expect((await ask(world, 'workspace', stop)).data?.['stopReplay']).toMatchObject({ state: 'STOPPED', queuedCount })
  })

  test.each([
    [undefined, 3, 0],
    ['SKIP', 1, 2],
  ] as const)('of a job that skips what overlaps: with overlap %s', async (overlap, run, skipped) => {
    await ended(world, many(3, { policy: '{"bufferMax":1,"overlap":"ALLOW_ALL"}' }))
    await world.database.unit([], (unit) => unit.run('update executions set policy = ?', ['{"bufferMax":1}']))
    await replay(world, { id: 'r', overlap })
    const { outcomes } = await runThrough(world, 'r')
    const counts = Object.fromEntries(outcomes.map(({ status, count }) => [status, count]))
    expect(counts).toEqual({ SUCCEEDED: run, ...(skipped > 0 && { SKIPPED: skipped }) })
  })

  test('queues no more while a hundred of it are open', async () => {
    await ended(world, many(130))
    await replay(world, { id: 'r', rate: 60_000 })
    await world.clock.advance(3_000)
    expect(await known(world, 'r')).toMatchObject({ queuedCount: 100, state: 'RUNNING' })
    expect(await runThrough(world, 'r')).toMatchObject({
      queuedCount: 130,
      outcomes: [{ status: 'SUCCEEDED', count: 130 }],
    })
  })
})

describe('what its retention deletes meanwhile', () => {
  const drop = (ids: readonly string[]) => world.database.unit([], (unit) => deleteExecutions(unit, ids))

  test('is passed over at once, whatever the pace, and the rest is run', async () => {
    const ids = await ended(world, many(9))
    await replay(world, { id: 'r', rate: 1 })
    await drop(ids.slice(0, 8))
    await world.clock.advance(1_500)
    expect(await known(world, 'r')).toMatchObject({ state: 'RUNNING', queuedCount: 1 })
    const outcomes = [{ status: 'SUCCEEDED', count: 1 }]
    expect(await runThrough(world, 'r')).toMatchObject({
      state: 'COMPLETED',
      selectedCount: 9,
      queuedCount: 1,
      outcomes,
    })
  })

  test.each([0, 2, 3])('holds nothing up where it is number %i of four', async (index) => {
    const ids = await ended(world, many(4))
    await replay(world, { id: 'r', rate: 60 })
    await drop([ids[index] ?? ''])
    const outcomes = [{ status: 'SUCCEEDED', count: 3 }]
    expect(await runThrough(world, 'r')).toMatchObject({ state: 'COMPLETED', queuedCount: 3, outcomes })
  })

  test('counts as it had ended once it was run again', async () => {
    await ended(world, many(4))
    await replay(world, { id: 'r', rate: 60 })
    await world.clock.advance(1_500)
    const [first = '', ...others] = await endAll(world, SUCCESS)
    expect(others.length).toBeLessThan(3)
    await drop([first])
    const outcomes = [{ status: 'SUCCEEDED', count: 4 }]
    expect(await runThrough(world, 'r')).toMatchObject({ state: 'COMPLETED', queuedCount: 4, outcomes })
  })
})

test.each([
  ['dies before its commit', false],
  ['dies after its commit', true],
])('a process that %s leaves no hole and no double, with another one beside it', async (_when, commits) => {
  // Nobody but the two goes on with replays.
  await world.close()
  const clock = movedClock(START)
  world = { ...(await openWorld({ clock })), clock }
  await world.executions.takeIn()
  await world.executions.commands.register('x1')
  const originIds = await ended(world, many(20))
  let steps = 0
  const dying: Database = {
    ...world.database,
    async claim(query, work) {
      const dies = ++steps % 2 === 1
      const result = await world.database.claim(query, async (unit, rows) => {
        const made = await work(unit, rows as never)
        if (dies && !commits) throw new Error('killed')
        return made
      })
      if (dies) throw new Error('killed')
      return result
    },
  }
  const ports = {
    ...{
      database: dying,
      schemas: world.schemas,
      storages: world.storages,
      operators: [],
      flow: OPEN_FLOW,
      placeOf: () => 'loop' as const,
    },
    ...{ random: () => 0, newId: world.clock.newId, onQueued: () => undefined, onInterrupted: () => undefined },
  }
  const other = makeCommands(ports, () => () => undefined)
  await replay(world, { id: 'r', rate: 600 })
  for (let rounds = 0; rounds < 16; rounds++) {
    await world.clock.advance(500)
    const { commands } = world.executions
    await Promise.all([other.advanceReplays().catch(() => undefined), commands.advanceReplays()])
    await endAll(world, SUCCESS)
  }
  expect(steps).toBeGreaterThan(2)
  expect(repeated(await known(world, 'r'))).toEqual(originIds)
  expect(await rowCount(world)).toBe(40)
})

describe('who may see it', () => {
  test("another's replay is as missing as one that never was", async () => {
    await ended(world, [{}])
    await replay(world, { id: 'r' })
    const look = `query ($id: ID!) { replay(id: $id) { ${FIELDS} } replays { edges { node { id } } } }`
    expect((await ask(world, 'mallory', look, { id: 'r' })).data).toEqual({ replay: null, replays: { edges: [] } })
    expect((await ask(world, 'workspace', look, { id: 'r' })).data).toMatchObject({
      replay: { id: 'r' },
      replays: { edges: [{ node: { id: 'r' } }] },
    })
    const stop = (id: string) => ask(world, 'mallory', `mutation { stopReplay(id: "${id}") { id } }`)
    expect(codeOf(await stop('r'))).toBe('REPLAY_NOT_FOUND')
    expect(JSON.stringify(await stop('r'))).toBe(JSON.stringify(await stop('x')))
    expect((await ask(world, 'mallory', REPLAY, { filter: {}, dryRun: true })).data?.['replay']).toMatchObject({
      selectedCount: 0,
    })
    for (const [query, variables] of [
      [look, { id: 'r' }],
      [REPLAY, { filter: {} }],
      ['mutation { stopReplay(id: "r") { id } }', {}],
    ] as const) {
      expect(codeOf(await ask(world, undefined, query, variables))).toBe('UNAUTHENTICATED')
    }
    expect(await known(world, 'r')).toMatchObject({ state: 'RUNNING' })
  })

  test('its progress is pushed until it has ended', async () => {
    await ended(world, many(3), FAILURE)
    await replay(world, { id: 'r', rate: 60 })
    const query = 'subscription { replayChanged(id: "r") { state queuedCount } }'
    const abort = new AbortController()
    const subscribe = (token: string) => world.graph.subgraph.subscribe({ query }, { token }, abort.signal)
    const theirs = await subscribe('mallory')
    expect(theirs).toMatchObject({ errors: [{ extensions: { code: 'REPLAY_NOT_FOUND' } }] })
    const stream = await subscribe('workspace')
    if (!('next' in stream)) throw new Error(JSON.stringify(stream))
    const heard: unknown[] = []
    const listening = (async () => {
      for await (const event of stream) heard.push((event.data as { replayChanged: unknown }).replayChanged)
    })()
    await runThrough(world, 'r')
    await world.clock.advance(500)
    abort.abort()
    await listening
    expect(heard[0]).toEqual({ state: 'RUNNING', queuedCount: 0 })
    expect(heard.at(-1)).toEqual({ state: 'COMPLETED', queuedCount: 3 })
    expect(heard).toContainEqual({ state: 'RUNNING', queuedCount: 2 })
  })
})
