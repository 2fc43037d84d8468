import { afterEach, describe, expect, test } from 'vitest'
import { type MovedClock, movedClock } from '#platform/testing'
import { type FlowConfig, OPEN_FLOW } from './commands/flow-config.ts'
import type { Claim } from './commands/ports.ts'
import { member, openWorld, request, type World } from './executions.fixture.ts'

const START = new Date('2026-12-01T09:00:00Z')
const SECOND_MS = 1_000
const opened: World[] = []

afterEach(async () => {
  for (const made of opened.splice(0)) await made.close()
})

type Made = World & { readonly clock: MovedClock; ids: readonly string[] }

/** A context with one executor, which was asked for some executions. */
async function open(flow: Partial<FlowConfig>, ...wanted: readonly Parameters<typeof request>[1][]): Promise<Made> {
  const clock = movedClock(START)
  const world = await openWorld({ clock, flow: { ...OPEN_FLOW, ...flow } })
  opened.push(world)
  await world.executions.start()
  await world.executions.commands.register('x1')
  const made = { ...world, clock, ids: await request(world, ...wanted.map((each) => each ?? {})) }
  await clock.settle()
  return made
}

const keyed = (customer: string, policy: object) => ({
  params: JSON.stringify({ customer }),
  policy: JSON.stringify({ overlap: 'ALLOW_ALL', concurrencyKey: 'params.customer', ...policy }),
})

async function claim({ executions }: World, limit = 100): Promise<readonly Claim[]> {
  return executions.commands.claim('x1', 'loop', limit)
}

const finish = ({ executions }: World, ...claims: readonly (Claim | undefined)[]): Promise<void> =>
  executions.commands.finish(
    claims
      .filter((each) => each !== undefined)
      .map((each) => ({ claim: each, outcome: { status: 'SUCCEEDED', result: '1' }, artefacts: [], log: [] })),
  )

async function waitingFor({ graph, ids }: Made, id = ids.at(-1)): Promise<unknown> {
  const query = 'query ($id: ID!) { execution(id: $id) { status waitingFor { kind key max until } } }'
  const operation = { query, variables: { id } }
  const { data } = (await graph.subgraph.execute(operation, { token: 'workspace' })) as {
    data?: { execution: unknown }
  }
  return data?.execution
}

describe('a limit of a key', () => {
  test('lets so many run; the next starts when one has ended, in the order in which they came', async () => {
    const two = { concurrencyMax: 2 }
    const made = await open({}, keyed('a', two), keyed('a', two), keyed('a', two), keyed('b', two), keyed('a', two))
    const first = await claim(made)
    expect(first.map(({ execution }) => execution.id)).toEqual([made.ids[0], made.ids[1], made.ids[3]])
    expect(await waitingFor(made)).toEqual({
      status: 'QUEUED',
      waitingFor: { kind: 'CONCURRENCY', key: 'params.customer=a', max: 2, until: null },
    })
    expect(await claim(made)).toEqual([])
    await finish(made, first[2])
    expect(await claim(made)).toEqual([])
    await finish(made, first[0])
    expect((await claim(made)).map(({ execution }) => execution.id)).toEqual([made.ids[2]])
    expect(await waitingFor(made, made.ids[2])).toEqual({ status: 'RUNNING', waitingFor: null })
  })

  test('is a workspace’s own, and without a key its job’s', async () => {
    const one = { concurrencyMax: 1 }
    const policy = JSON.stringify({ overlap: 'ALLOW_ALL', ...one })
    const made = await open(
      {},
      keyed('a', one),
      { ...keyed('a', one), workspaceId: 'theirs' },
      { policy, jobId: 'j1' },
      { policy, jobId: 'j2' },
      { policy, jobId: 'j1' },
    )
    expect(await claim(made)).toHaveLength(4)
    expect(await waitingFor(made)).toMatchObject({ waitingFor: { key: 'job=j1' } })
  })

  test('what waits can be cancelled, and takes nobody’s turn', async () => {
    const one = { concurrencyMax: 1 }
    const made = await open({}, keyed('a', one), keyed('a', one), keyed('a', one))
    const [first] = await claim(made)
    const executionId = made.ids[1] ?? ''
    await made.executions.commands.operate({ kind: 'cancel', caller: member, executionId, reason: '' })
    expect(await waitingFor(made, executionId)).toEqual({ status: 'CANCELLED', waitingFor: null })
    await finish(made, first)
    expect((await claim(made)).map(({ execution }) => execution.id)).toEqual([made.ids[2]])
  })

  test('an executor that dies holds nothing up', async () => {
    const one = { concurrencyMax: 1 }
    const made = await open({}, keyed('a', one), keyed('a', one))
    await claim(made)
    await made.executions.commands.declareLost('x1')
    await made.executions.commands.register('x1')
    const [again, ...others] = await claim(made)
    expect([again?.execution.attempts.length, others]).toEqual([2, []])
  })

  test('a thousand that wait for one key keep nobody else from starting', async () => {
    const one = { concurrencyMax: 1 }
    const made = await open({}, ...Array.from({ length: 300 }, () => keyed('a', one)), {})
    const claims = [...(await claim(made, 2)), ...(await claim(made, 2))]
    expect(claims.map(({ execution }) => execution.id)).toEqual([made.ids[0], made.ids.at(-1)])
  })
})

describe('a rate', () => {
  const rate = { rate: { perMinute: 60, burst: 2 } }

  test('lets a burst start, then one a second; it says until when the next waits', async () => {
    const made = await open({}, ...Array.from({ length: 5 }, () => keyed('a', rate)))
    expect(await claim(made)).toHaveLength(2)
    const until = new Date(START.getTime() + SECOND_MS).toISOString()
    expect(await waitingFor(made)).toMatchObject({
      waitingFor: { kind: 'RATE', key: 'params.customer=a', max: 60, until },
    })
    const started: number[] = []
    for (let second = 1; second <= 4; second++) {
      await made.clock.advance(SECOND_MS)
      await made.executions.commands.fireTimers()
      started.push((await claim(made)).length)
    }
    expect(started).toEqual([1, 1, 1, 0])
  })

  test('who comes later does not take the token of who waits', async () => {
    const made = await open({}, ...Array.from({ length: 3 }, () => keyed('a', rate)))
    await claim(made)
    await made.clock.advance(SECOND_MS)
    await request(made, keyed('a', rate))
    await made.clock.settle()
    expect(await claim(made)).toEqual([])
    await made.executions.commands.fireTimers()
    expect((await claim(made)).map(({ execution }) => execution.id)).toEqual([made.ids[2]])
  })

  test('a key that nobody has used for an hour is forgotten, with its slots', async () => {
    const made = await open({}, keyed('a', { ...rate, concurrencyMax: 3 }))
    await finish(made, ...(await claim(made)))
    made.clock.setWall(new Date(START.getTime() + 7_200 * SECOND_MS))
    await made.executions.commands.fireTimers()
    expect(await made.database.reader.all('select * from flow_keys')).toEqual([])
    expect(await made.database.reader.all('select * from slots')).toEqual([])
  })
})

describe('what has no time left when it is claimed, before anybody looked for timers', () => {
  const later = (made: Made, ms: number) => made.clock.setWall(new Date(made.clock.now().getTime() + ms))
  const once = { concurrencyMax: 1, rate: { perMinute: 1, burst: 1 } }

  test('expires, and takes neither slot nor token from the next', async () => {
    const late = { ...once, scheduleToStartMs: SECOND_MS }
    const made = await open({ concurrencyMax: 1 }, keyed('a', late), keyed('a', late), keyed('a', once))
    later(made, SECOND_MS)
    expect((await claim(made, 1)).map(({ execution }) => execution.id)).toEqual([made.ids[2]])
    for (const id of made.ids.slice(0, 2)) {
      expect(await waitingFor(made, id)).toEqual({ status: 'EXPIRED', waitingFor: null })
    }
    const held = await made.database.reader.all(`select execution_id from slots where execution_id > ''`)
    expect(new Set(held.map(({ execution_id }) => execution_id))).toEqual(new Set([made.ids[2]]))
    expect(await made.executions.commands.fireTimers()).toBe(0)
  })

  test('times out when it was held for longer than it may take, and is released', async () => {
    const made = await open({}, keyed('a', { onUnknown: 'HOLD', scheduleToCloseMs: 60 * SECOND_MS }))
    await claim(made)
    await made.executions.commands.declareLost('x1')
    await made.executions.commands.register('x1')
    later(made, 60 * SECOND_MS)
    await made.executions.commands.fireTimers()
    expect(await waitingFor(made)).toMatchObject({ status: 'HELD' })
    const [executionId = ''] = made.ids
    await made.executions.commands.operate({ kind: 'release', caller: member, executionId })
    expect(await claim(made)).toEqual([])
    expect(await waitingFor(made)).toEqual({ status: 'TIMED_OUT', waitingFor: null })
  })
})

describe('a limit of the operator', () => {
  test('over all lets so many run, what starts at once included', async () => {
    const made = await open({ concurrencyMax: 2 })
    const started: Claim[] = []
    const hooks = { freeSlots: () => 9, wake: () => undefined, look: () => undefined }
    made.executions.commands.connect({ id: () => 'x1', ...hooks, start: (claims) => void started.push(...claims) })
    made.ids = await request(made, {}, {}, {})
    await made.clock.settle()
    expect(started).toHaveLength(2)
    expect(await claim(made)).toEqual([])
    expect(await waitingFor(made)).toMatchObject({ waitingFor: { kind: 'CONCURRENCY', key: 'global', max: 2 } })
    await finish(made, started[0])
    expect(await waitingFor(made)).toMatchObject({ waitingFor: null })
    expect(await claim(made)).toHaveLength(1)
  })

  test('for a job type holds others up by nothing', async () => {
    const made = await open(
      { concurrencyMaxOfType: new Map([['SLEEP', 1]]) },
      ...[{ jobType: 'SLEEP' }, { jobType: 'SLEEP' }, { jobType: 'ECHO' }],
    )
    const first = await claim(made)
    expect(first.map(({ execution }) => execution.jobType)).toEqual(['SLEEP', 'ECHO'])
    expect(await waitingFor(made, made.ids[1])).toMatchObject({ waitingFor: { key: 'jobType=SLEEP', max: 1 } })
    await finish(made, first[0])
    expect((await claim(made)).map(({ execution }) => execution.id)).toEqual([made.ids[1]])
  })

  test('that is lowered counts what started before; one that is gone holds nothing', async () => {
    const made = await open({ concurrencyMaxOfType: new Map([['ECHO', 3]]) }, {}, {}, {}, {})
    const before = await claim(made)
    await made.executions.stop()
    const again = async (max: number | null): Promise<World> => {
      const concurrencyMaxOfType = new Map(max === null ? [] : [['ECHO', max] as const])
      const { openExecutions } = await import('./main.ts')
      const executions = await openExecutions({
        ...made,
        ...{ log: { warn: () => undefined } as never, placeOf: () => 'loop' },
        flow: { ...OPEN_FLOW, concurrencyMaxOfType },
      })
      return { ...made, executions }
    }
    const lowered = await again(1)
    await finish(lowered, before[0], before[1])
    expect(await claim(lowered)).toEqual([])
    const gone = await again(null)
    await gone.executions.commands.repairFlow()
    expect(await claim(gone)).toHaveLength(1)
  })

  test('a slot that is held for nothing is freed and told of', async () => {
    const made = await open({ concurrencyMax: 1 })
    await made.database.unit([], (unit) => unit.run(`update slots set execution_id = 'nobody'`))
    expect(await made.executions.commands.repairFlow()).toBe(1)
    expect(await made.executions.commands.repairFlow()).toBe(0)
  })
})

test('what has a higher priority goes first, and what is alike in the order in which it came', async () => {
  const asked = [5, 0, 9, 5, 9].map((priority) => ({ policy: JSON.stringify({ overlap: 'ALLOW_ALL', priority }) }))
  const made = await open({}, ...asked)
  const order = (await claim(made)).map(({ execution }) => made.ids.indexOf(execution.id))
  expect(order).toEqual([2, 4, 0, 3, 1])
})
