import { hash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Claim } from '#executions'
import { differences, rebuild, replaceLive } from '#platform/projections'
import { movedClock } from '#platform/testing'
import { openSweep, type Sweep, TOMBSTONE_MS } from './commands/sweep.ts'
import { openWorld, request, type World } from './executions.fixture.ts'
import { executionsProjection } from './main.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const FOR_EVER = { executionsMs: null, logsMs: null }

let clock: ReturnType<typeof movedClock>
let world: World

beforeEach(async () => {
  clock = movedClock(new Date('2026-12-01T09:00:00Z'))
  world = await openWorld({ clock })
  await world.executions.start()
  await world.executions.commands.register('x')
})

afterEach(() => world.close())

type Asked = Parameters<typeof request>[1]

/** Lets executions run to their end, with a line and a file each. @returns their claims */
async function ended(...wanted: Asked[]): Promise<readonly Claim[]> {
  const { commands } = world.executions
  await request(world, ...wanted)
  await clock.settle()
  // Workspaces take turns: not always the order in which they were asked for.
  const claims = (await commands.claim('x', 'loop', 1_000)).toSorted((one, two) => (idOf(one) < idOf(two) ? -1 : 1))
  expect(claims).toHaveLength(wanted.length)
  await commands.finish(claims.map(finishedWith))
  return claims
}

/** Only the databases' clock: nobody wakes for it. */
function later(spanMs: number): void {
  clock.setWall(new Date(clock.now().getTime() + spanMs))
}

function finishedWith(claim: Claim) {
  const lines = [{ atMs: clock.now().getTime(), level: 'INFO' as const, message: 'hello' }]
  return {
    claim,
    outcome: { status: 'SUCCEEDED' as const, result: '{}' },
    artefacts: [
      { name: 'a.csv', mediaType: 'text/csv', sizeBytes: 1, sha256: hash('sha256', 'a'), storage: 'database' as const },
    ],
    log: [{ firstSeq: 1, lines }],
  }
}

const policy = (fields: object): Asked => ({ jobId: 'apart', policy: JSON.stringify(fields) })
const idOf = ({ execution }: Claim): string => execution.id

/** Sweeps until nothing is left to do. */
async function swept(sweep: Sweep): Promise<void> {
  for (let rounds = 0; (await sweep.run()) > 0; rounds++) if (rounds > 100) throw new Error('it sweeps for ever')
}

async function counts(): Promise<Record<string, number>> {
  const found: Record<string, number> = {}
  for (const table of ['executions', 'events', 'log_chunks', 'artefacts', 'tombstones', 'kept_apart', 'queue']) {
    found[table] = (await world.database.reader.get<{ n: number }>(`select count(*) as n from ${table}`))?.n ?? 0
  }
  return found
}

async function kept(): Promise<readonly string[]> {
  return (await world.database.reader.all<{ id: string }>('select id from executions order by id')).map(({ id }) => id)
}

function ask(query: string, variables = {}, token = 'workspace') {
  return world.graph.subgraph.execute({ query, variables }, { token })
}

const SET = `mutation ($input: SetRetentionInput!) { setRetention(input: $input) { workspaceId executionsFor logsFor } }`

describe('what has ended', () => {
  test('stays for ever where nobody says anything', async () => {
    await ended({})
    later(400 * DAY_MS)
    await swept(openSweep(world.database, FOR_EVER))
    expect(await counts()).toMatchObject({ executions: 1, log_chunks: 1, tombstones: 0 })
  })

  test('goes with all that is its own when its time is over, not before, and leaves a tombstone', async () => {
    const [claim] = await ended({})
    const sweep = openSweep(world.database, { executionsMs: DAY_MS, logsMs: null })
    later(DAY_MS - 1)
    await swept(sweep)
    expect(await counts()).toMatchObject({ executions: 1, events: 3, log_chunks: 1, artefacts: 1, tombstones: 0 })
    later(1)
    await swept(sweep)
    expect(await counts()).toMatchObject({ executions: 0, events: 0, log_chunks: 0, artefacts: 0, tombstones: 1 })
    const deletedAtMs = clock.now().getTime()
    expect(await world.database.reader.all('select * from tombstones')).toMatchObject([
      {
        execution_id: claim && idOf(claim),
        workspace_id: 'workspace',
        job_id: 'job',
        status: 'SUCCEEDED',
        deleted_at: deletedAtMs,
      },
    ])
    const { data } = await ask(`{ execution(id: "${claim && idOf(claim)}") { id } executions { totalCount } }`)
    expect(data).toEqual({ execution: null, executions: { totalCount: 0 } })
  })

  test('goes by what its workspace says, and there by what its job says', async () => {
    const [own, plain, other] = await ended(policy({ executionsKeptMs: 3 * DAY_MS }), {}, { workspaceId: 'other' })
    expect((await ask(SET, { input: { executionsFor: '2h' } })).data?.setRetention).toEqual({
      workspaceId: 'workspace',
      executionsFor: '2h',
      logsFor: null,
    })
    const sweep = openSweep(world.database, { executionsMs: DAY_MS, logsMs: null })
    later(2 * HOUR_MS)
    await swept(sweep)
    expect(await kept()).toEqual([own, other].map((claim) => claim && idOf(claim)))
    expect(plain).toBeDefined()
    later(DAY_MS)
    await swept(sweep)
    expect(await kept()).toEqual([own && idOf(own)])
    later(2 * DAY_MS)
    await swept(sweep)
    expect(await counts()).toMatchObject({ executions: 0, kept_apart: 0, tombstones: 3 })
  })

  test('goes sooner where its job wants less than its workspace', async () => {
    await ended(policy({ executionsKeptMs: HOUR_MS }), {})
    later(HOUR_MS)
    await swept(openSweep(world.database, { executionsMs: DAY_MS, logsMs: null }))
    expect(await counts()).toMatchObject({ executions: 1, tombstones: 1 })
  })

  test('loses its log before the rest, where that is asked for', async () => {
    await ended({}, policy({ logsKeptMs: 3 * HOUR_MS }))
    await ask(SET, { input: { executionsFor: '1d', logsFor: '1h' } })
    const sweep = openSweep(world.database, FOR_EVER)
    for (const [hours, left] of [
      [1, 1],
      [2, 0],
    ] as const) {
      later(hours * HOUR_MS)
      await swept(sweep)
      expect(await counts()).toMatchObject({ executions: 2, artefacts: 2, log_chunks: left })
    }
    const { data } = await ask('{ executions { edges { node { status logs { edges { cursor } } } } } }')
    expect(JSON.stringify(data)).not.toContain('cursor')
  })

  test('goes in small units, the oldest first, and a long log in several', async () => {
    const { commands } = world.executions
    const [id] = await request(world, {})
    await clock.settle()
    const [claim] = await commands.claim('x', 'loop', 1)
    if (!claim) throw new Error(`${id} was not claimed`)
    const line = { atMs: 0, level: 'INFO' as const, message: '' }
    const chunks = Array.from({ length: 12_000 }, (_, index) => ({ firstSeq: index + 1, lines: [line] }))
    await commands.appendLogs([{ claim, chunks }])
    await commands.finish([{ claim, outcome: { status: 'SUCCEEDED', result: '{}' }, artefacts: [], log: [] }])
    later(1_000)
    await ended(...Array.from({ length: 250 }, () => ({})))
    later(DAY_MS)
    const { database } = world
    const units: Record<string, number>[] = []
    const stop = database.onCommit(() => void counts().then((now) => units.push(now)))
    await swept(openSweep(database, { executionsMs: DAY_MS, logsMs: null }))
    stop()
    await clock.settle()
    expect(await counts()).toMatchObject({ executions: 0, log_chunks: 0, events: 0, tombstones: 251 })
    // Whatever order the counts came in: no two of them are further apart than a unit may be.
    const chunksSeen = [12_250, ...units.map((unit) => unit['log_chunks'] ?? 0)].sort((one, other) => other - one)
    for (const [index, count] of chunksSeen.slice(1).entries()) {
      expect((chunksSeen[index] ?? 0) - count).toBeLessThanOrEqual(5_000)
    }
  })

  test('is never deleted while it is open', async () => {
    await request(world, {})
    await clock.settle()
    later(400 * DAY_MS)
    await swept(openSweep(world.database, { executionsMs: HOUR_MS, logsMs: HOUR_MS }))
    expect(await counts()).toMatchObject({ executions: 1, queue: 1, tombstones: 0 })
  })
})

describe('what comes late for what was deleted', () => {
  async function deleted(): Promise<Claim> {
    const [claim] = await ended({})
    if (!claim) throw new Error('nothing ended')
    later(DAY_MS)
    await swept(openSweep(world.database, { executionsMs: HOUR_MS, logsMs: null }))
    return claim
  }

  test('a request that is delivered once more does not run again', async () => {
    const { id } = (await deleted()).execution
    await request(world, { executionId: id })
    await clock.settle()
    expect(await counts()).toMatchObject({ executions: 0, queue: 0, events: 0 })
    expect(await world.executions.commands.claim('x', 'loop', 10)).toEqual([])
  })

  test('a result, a line and a cancellation leave nothing', async () => {
    const claim = await deleted()
    const { commands } = world.executions
    await commands.finish([finishedWith(claim)])
    expect(await commands.appendLogs([{ claim, chunks: finishedWith(claim).log }])).toEqual([claim])
    const cancel = `mutation { cancelExecution(id: "${idOf(claim)}") { id } }`
    const [theirs, nobodys] = [await ask(cancel), await ask(cancel.replace(idOf(claim), 'no-such-execution'))]
    expect(theirs.errors?.[0]?.extensions?.code).toBe('EXECUTION_NOT_FOUND')
    expect(theirs).toEqual(nobodys)
    expect(await counts()).toMatchObject({ executions: 0, events: 0, log_chunks: 0, artefacts: 0 })
  })

  test('the tombstone itself goes when no topic can bring anything back', async () => {
    await deleted()
    const sweep = openSweep(world.database, FOR_EVER)
    later(TOMBSTONE_MS - 1)
    await swept(sweep)
    expect(await counts()).toMatchObject({ tombstones: 1 })
    later(1)
    await swept(sweep)
    expect(await counts()).toMatchObject({ tombstones: 0 })
  })
})

test('the history that is made again from events has neither what was deleted before nor what is deleted meanwhile', async () => {
  const { database } = world
  await ended({}, {}, {})
  later(DAY_MS)
  await ended({}, {})
  const sweep = openSweep(database, { executionsMs: HOUR_MS, logsMs: null })
  await swept(sweep)
  const compare = () => rebuild(database, executionsProjection, (unit) => differences(unit, executionsProjection))
  expect(await compare()).toEqual([])

  // Deleted after its events were read, and before the last look.
  later(HOUR_MS)
  let units = 0
  const meanwhile: typeof database = {
    ...database,
    async unit(keys, work) {
      const result = await database.unit(keys, work)
      units += 1
      if (units === 2) await swept(sweep)
      return result
    },
  }
  await rebuild(meanwhile, executionsProjection, async (unit) => {
    expect(units).toBe(2)
    expect(await unit.all('select id from executions')).toEqual([])
    await replaceLive(unit, executionsProjection)
  })
  expect(await kept()).toEqual([])
})

describe('setRetention', () => {
  test('is shown, taken back by leaving out, and has bounds', async () => {
    const SHOW = '{ retention { executionsFor logsFor } }'
    expect((await ask(SHOW)).data?.retention).toEqual({ executionsFor: null, logsFor: null })
    await ask(SET, { input: { executionsFor: '30d', logsFor: '7d' } })
    expect((await ask(SHOW)).data?.retention).toEqual({ executionsFor: '30d', logsFor: '7d' })
    expect((await ask(SHOW, {}, 'other')).data?.retention).toEqual({ executionsFor: null, logsFor: null })
    for (const executionsFor of ['59m', '36501d']) {
      const { errors } = await ask(SET, { input: { executionsFor } })
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { path: 'executionsFor' } })
    }
    await ask(SET, { input: {} })
    expect((await ask(SHOW)).data?.retention).toEqual({ executionsFor: null, logsFor: null })
  })

  test("of another's workspace is refused as that of none is", async () => {
    for (const workspaceId of ['workspace', 'no-such-workspace']) {
      const set = await ask(SET, { input: { workspaceId, executionsFor: '1h' } }, 'mallory')
      const read = await ask(`{ retention(workspaceId: "${workspaceId}") { executionsFor } }`, {}, 'mallory')
      for (const { errors } of [set, read]) expect(errors?.[0]?.extensions?.code).toBe('FORBIDDEN')
    }
    for (const token of [undefined, 'forged']) {
      const query = 'mutation { setRetention(input: {}) { workspaceId } }'
      const { errors } = await world.graph.subgraph.execute({ query }, { token })
      expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    }
    expect((await ask('{ retention { executionsFor } }')).data?.retention).toEqual({ executionsFor: null })
  })
})
