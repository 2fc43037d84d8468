import { afterEach, describe, expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { OPEN_FLOW } from './commands/flow-config.ts'
import { openWorld, request, type World } from './executions.fixture.ts'

const opened: World[] = []

afterEach(async () => {
  for (const made of opened.splice(0)) await made.close()
})

type Asked = NonNullable<Parameters<typeof request>[1]>

/** A context in which nothing starts before it is claimed. */
async function open(weights: Readonly<Record<string, number>> = {}) {
  const clock = movedClock(new Date('2026-12-01T09:00:00Z'))
  const world = await openWorld({ clock, flow: { ...OPEN_FLOW, weights: new Map(Object.entries(weights)) } })
  opened.push(world)
  await world.executions.start()
  await world.executions.commands.register('x1')
  return {
    world,
    async ask(workspaceId: string, count: number, fields: Asked = {}): Promise<void> {
      await request(world, ...Array.from({ length: count }, () => ({ workspaceId, jobId: workspaceId, ...fields })))
      await clock.settle()
    },
    /** Claims some. @returns whose they were, in the order in which they were given out */
    async claim(count: number): Promise<readonly string[]> {
      const claims = await world.executions.commands.claim('x1', 'loop', count)
      return claims.map(({ execution }) => execution.workspaceId)
    },
  }
}

const policy = (says: object): Asked => ({ policy: JSON.stringify({ overlap: 'ALLOW_ALL', ...says }) })

const shareOf = (who: string, order: readonly string[]): number =>
  order.filter((each) => each === who).length / order.length

describe('workspaces take turns inside a priority', () => {
  test('ten of one are through after fifteen claims, however much another has queued before', async () => {
    const given = await open()
    await given.ask('a', 3_000)
    await given.claim(500)
    await given.ask('b', 10)
    const order = await given.claim(15)
    expect(order.filter((who) => who === 'b')).toHaveLength(10)
  })

  test('what comes now and then is given out next', async () => {
    const given = await open()
    await given.ask('a', 1_000)
    for (let round = 0; round < 10; round++) {
      await given.claim(17)
      await given.ask('b', 1)
      expect(await given.claim(2)).toContain('b')
    }
  })

  test('weights of 3 and 1 give 3 to 1', async () => {
    const given = await open({ a: 3 })
    await given.ask('b', 400)
    await given.ask('a', 400)
    const order = await given.claim(400)
    expect(shareOf('a', order)).toBeGreaterThan(0.75 * 0.9)
    expect(shareOf('a', order)).toBeLessThan(0.75 * 1.1)
    expect(shareOf('b', order.slice(100, 140))).toBeCloseTo(0.25, 1)
  })

  test('a higher priority goes before all turns', async () => {
    const given = await open({ a: 1_000 })
    await given.ask('a', 50)
    await given.ask('b', 5, policy({ priority: 6 }))
    expect(await given.claim(6)).toEqual(['b', 'b', 'b', 'b', 'b', 'a'])
  })

  test('retries take their turns like new work: failing often gains nothing', async () => {
    const given = await open()
    const { commands } = given.world.executions
    await given.ask('a', 100, policy({ attemptsMax: 9 }))
    const claims = await commands.claim('x1', 'loop', 100)
    const failed = { status: 'FAILED', error: { code: 'NO', message: 'no' }, retryAfterMs: 0 } as const
    await commands.finish(claims.map((claim) => ({ claim, outcome: failed, artefacts: [], log: [] })))
    await given.ask('b', 20)
    await commands.fireTimers()
    expect(shareOf('b', await given.claim(40))).toBeCloseTo(0.5, 1)
  })

  test('what a limit has held long comes in at the present, and not before all others', async () => {
    const given = await open()
    await given.ask('a', 200, policy({ concurrencyMax: 1 }))
    await given.ask('b', 100)
    await given.claim(100)
    await given.ask('c', 20)
    const order = await given.claim(20)
    expect(shareOf('c', order)).toBeGreaterThanOrEqual(0.4)
  })
})
