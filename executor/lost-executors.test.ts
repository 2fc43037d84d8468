import { describe, expect, test } from 'vitest'
import type { Clock } from '#platform/clock'
import type { Database } from '#platform/database'
import { openStorages } from '#platform/storage'
import { movedClock } from '#platform/testing'
import { makeCommands } from '../subgraphs/executions/commands/execution-commands.ts'
import { OPEN_FLOW } from '../subgraphs/executions/commands/flow-config.ts'
import { request } from '../subgraphs/executions/executions.fixture.ts'
import { lines, START, type Stage, shown, sleeping, stage, tasksOf } from './executor.fixture.ts'
import { type Task, taskNamed } from './tasks/index.ts'

describe('an executor that dies', () => {
  test('attempt 2 starts elsewhere within 15 s, and the lines are numbered on', async () => {
    const given = await stage()
    const first = await given.executor()
    const [id] = await request(given.world, sleeping(60_000))
    await given.clock.advance(3_000)
    const second = await given.executor()
    const diedAtMs = given.clock.now().getTime()
    first.kill()
    await given.clock.advance(15_000)
    const { status, attempts } = await shown(given, id)
    expect(status).toBe('RUNNING')
    expect(attempts).toMatchObject([
      { status: 'LOST', executorId: first.id() },
      { status: 'RUNNING', executorId: second.id() },
    ])
    expect((attempts[1]?.startedAtMs ?? 0) - diedAtMs).toBeLessThanOrEqual(15_000)
    await given.clock.advance(60_000)
    expect((await shown(given, id)).status).toBe('SUCCEEDED')
    expect(await lines(given)).toEqual([
      '1 1 sleeping for 60000 ms',
      '2 2 sleeping for 60000 ms',
      '3 2 woke after 60000 ms',
    ])
  })

  test('a former process that is known to be dead is not waited for', async () => {
    const given = await stage()
    const first = await given.executor()
    const [id] = await request(given.world, sleeping(1_000))
    await given.clock.advance(100)
    first.kill()
    expect(await given.world.executions.commands.declareAllLost()).toBe(1)
    await given.executor()
    await given.clock.advance(1_100)
    expect((await shown(given, id)).attempts).toMatchObject([{ status: 'LOST' }, { status: 'SUCCEEDED' }])
  })

  test('two executors share what waits, and nothing runs twice at once', async () => {
    const given = await stage()
    const running = new Map<string, number>()
    let mostOfOne = 0
    const watched: Task = {
      ...taskNamed('ECHO')!,
      name: 'WATCHED',
      async run(_params, { executionId, clock, signal }) {
        running.set(executionId, (running.get(executionId) ?? 0) + 1)
        mostOfOne = Math.max(mostOfOne, running.get(executionId) ?? 0)
        await clock.sleep(300, signal)
        running.set(executionId, (running.get(executionId) ?? 0) - 1)
        return { result: null, artefacts: [] }
      },
    }
    const ports = { tasks: tasksOf(given.clock, watched), capacity: { loop: 20, worker: 1 } }
    const [one, other] = [await given.executor(ports), await given.executor(ports)]
    const ids = await request(given.world, ...Array.from({ length: 200 }, () => ({ jobType: 'WATCHED' })))
    await given.clock.advance(700)
    const names = [one.id(), other.id()]
    one.kill()
    await given.clock.advance(30_000)
    const ended = await Promise.all(ids.map((id) => shown(given, id)))
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']))
    const ran = new Set(ended.flatMap(({ attempts }) => attempts.map(({ executorId }) => executorId)))
    expect([...ran].sort()).toEqual(names.sort())
    expect(mostOfOne).toBe(1)
  })
})

describe('an executor that was frozen', () => {
  // A line that it logs would be refused first, and tell it that it was lost.
  const quiet: Task = {
    ...taskNamed('SLEEP')!,
    name: 'QUIET',
    async run(params, { clock, signal }) {
      await clock.sleep(Number(params.durationMs), signal)
      return { result: null, artefacts: [] }
    },
  }

  /** An executor on a clock of its own: while that stands still, the executor is frozen and the world goes on. */
  async function frozen(given: Stage, durationMs: number) {
    const clock = movedClock(START, 2)
    clock.holdWhile(given.clock.isHeld)
    const executor = await given.executor({ clock, tasks: tasksOf(clock, quiet) })
    const [id] = await request(given.world, { jobType: 'QUIET', params: JSON.stringify({ durationMs }) })
    await given.clock.settle()
    expect(await shown(given, id)).toMatchObject({ status: 'RUNNING' })
    const healthy = await given.executor({ tasks: tasksOf(given.clock, quiet) })
    await given.clock.advance(12_000)
    expect((await shown(given, id)).attempts).toMatchObject([{ status: 'LOST' }, { executorId: healthy.id() }])
    return { clock, executor, id }
  }

  test('a late result is refused and recorded', async () => {
    const given = await stage()
    const { clock, id } = await frozen(given, 300)
    await given.clock.advance(1_000)
    await clock.advance(400)
    const { status, attempts } = await shown(given, id)
    expect(status).toBe('SUCCEEDED')
    expect(attempts).toMatchObject([
      { status: 'LOST', lateResultAtMs: given.clock.now().getTime() },
      { status: 'SUCCEEDED', lateResultAtMs: null },
    ])
  })

  test('it ends its work, comes back under another name, and is given work again', async () => {
    const given = await stage()
    const { clock, executor, id } = await frozen(given, 600_000)
    const former = executor.id()
    await clock.advance(2_100)
    expect([executor.running(), executor.id() === former]).toEqual([0, false])
    expect((await shown(given, id)).attempts).toHaveLength(2)
    await given.world.executions.commands.declareLost((await shown(given, id)).attempts[1]?.executorId ?? '')
    await clock.advance(1_000)
    expect((await shown(given, id)).attempts[2]).toMatchObject({ status: 'RUNNING', executorId: executor.id() })
  })

  test('it trusts no lease that it could not renew', async () => {
    const given = await stage()
    const { commands } = given.world.executions
    let isAway = false
    const away =
      <Args extends unknown[], Result>(command: (...args: Args) => Promise<Result>) =>
      (...args: Args): Promise<Result> =>
        isAway ? Promise.reject(new Error('away')) : command(...args)
    const executor = await given.executor({
      executions: { ...commands, renewLease: away(commands.renewLease), register: away(commands.register) },
    })
    await request(given.world, sleeping(600_000))
    await given.clock.advance(100)
    isAway = true
    expect(executor.running()).toBe(1)
    await given.clock.advance(7_900)
    expect(executor.running()).toBe(0)
  })
})

describe('an executor whose claim is gone, or whose work is', () => {
  test('work without a claim is ended within a second', async () => {
    const given = await stage()
    const executor = await given.executor()
    const [id] = await request(given.world, sleeping(600_000))
    await given.clock.advance(100)
    await given.world.database.unit([], (unit) =>
      unit.run(`update queue set executor_id = 'another' where execution_id = ?`, [id ?? '']),
    )
    await given.clock.advance(1_000)
    expect(executor.running()).toBe(0)
  })

  test('a claim whose reply was lost is given back, and run', async () => {
    const given = await stage()
    const { commands } = given.world.executions
    let isLosing = true
    const claim: typeof commands.claim = async (...args) => {
      const claims = await commands.claim(...args)
      if (!isLosing || claims.length === 0) return claims
      isLosing = false
      throw new Error('the reply was lost')
    }
    const [id] = await request(given.world, {})
    await given.clock.settle()
    await given.executor({ executions: { ...commands, claim } })
    await given.clock.advance(3_000)
    expect((await shown(given, id)).attempts).toMatchObject([{ status: 'LOST' }, { status: 'SUCCEEDED' }])
  })
})

describe('whose clock says that a lease has ended', () => {
  /**
   * An executor works; another, whose process is half an hour ahead, looks for lost ones. At an hour the time-out of the
   * attempt would be over, too. @returns the attempts it took
   */
  async function attemptsBeside(plant: (database: Database, process: Clock) => Database): Promise<number> {
    const given = await stage()
    await given.executor()
    const [id] = await request(given.world, sleeping(5_000))
    await given.clock.settle()
    const ahead = movedClock(new Date(START.getTime() + 1_800_000), 2)
    const { database, schemas } = given.world
    const ports = {
      database: plant(database, ahead),
      schemas,
      storages: openStorages({ kind: 'database' }, { database, clock: ahead }),
      operators: [],
      placeOf: () => 'loop' as const,
      flow: OPEN_FLOW,
      random: () => 0,
      newId: ahead.newId,
      onInterrupted: () => undefined,
      onQueued: () => undefined,
    }
    const commands = makeCommands(ports, () => () => undefined)
    await given.executor({ clock: ahead, executions: commands, capacity: { loop: 0, worker: 0 } })
    for (let seconds = 0; seconds < 10; seconds++) {
      await given.clock.advance(1_000)
      await ahead.advance(1_000)
    }
    const { attempts } = await shown(given, id)
    return attempts.length
  }

  test("the database's: a process half an hour ahead takes nothing from anybody", async () => {
    expect(await attemptsBeside((database) => database)).toBe(1)
  })

  test('planted mutant: judged by the clock of that process, work is lost', async () => {
    const judgedByProcess = (database: Database, { now }: Clock): Database => ({
      ...database,
      now: async () => now(),
      unit: (keys, work) => database.unit(keys, (unit) => work({ ...unit, now: now() })),
    })
    expect(await attemptsBeside(judgedByProcess)).toBeGreaterThan(1)
  })
})
