import { afterEach, describe, expect, test } from 'vitest'
import { type Clock, systemClock } from '#platform/clock'
import type { Database } from '#platform/database'
import { silentLog } from '#platform/telemetry'
import { type MovedClock, movedClock } from '#platform/testing'
import { openWorld, request, type World } from '../subgraphs/executions/executions.fixture.ts'
import { type Executor, type ExecutorPorts, openExecutor } from './main.ts'
import { openTaskWorkers, type Task, taskNamed } from './tasks/index.ts'

const START = new Date('2026-12-01T09:00:00Z')
const opened: { readonly world: World; readonly clock: MovedClock; readonly executors: Executor[] }[] = []

afterEach(async () => {
  for (const { world, executors } of opened.splice(0)) {
    for (const executor of executors) executor.kill()
    await world.close()
  }
})

interface Stage {
  readonly world: World
  readonly clock: MovedClock
  executor(ports?: Partial<ExecutorPorts>): Promise<Executor>
}

/** A context whose time the test moves, and executors in it. `clock` of an executor may be another than the database's. */
async function stage({ plant }: { readonly plant?: (database: Database) => Database } = {}): Promise<Stage> {
  const clock = movedClock(START)
  const world = await openWorld(plant ? { clock, plant } : { clock })
  const executors: Executor[] = []
  opened.push({ world, clock, executors })
  await world.executions.start()
  return {
    world,
    clock,
    async executor(ports = {}) {
      const executor = openExecutor({
        executions: world.executions.commands,
        clock,
        log: silentLog(),
        tasks: tasksOf(ports.clock ?? clock),
        httpPolicy: { allowPrivate: false },
        capacity: { loop: 100, worker: 1 },
        ...ports,
      })
      executors.push(executor)
      await executor.start()
      await clock.settle()
      return executor
    },
  }
}

function tasksOf(clock: Clock, ...more: Task[]): ExecutorPorts['tasks'] {
  const { runTask } = openTaskWorkers({ clock })
  return { runTask, taskNamed: (name) => more.find((task) => task.name === name) ?? taskNamed(name) }
}

const sleeping = (durationMs: number) => ({ jobType: 'SLEEP', params: JSON.stringify({ durationMs }) })

interface Shown {
  readonly status: string
  readonly error_code: string | null
  readonly error_message: string | null
  readonly attempts: { status: string; executorId: string; startedAtMs: number; lateResultAtMs: number | null }[]
}

async function shown({ world }: Stage, id?: string): Promise<Shown> {
  const sql = `select * from executions where id = coalesce(?, id) order by id`
  const row = await world.database.reader.get<Omit<Shown, 'attempts'> & { attempts: string }>(sql, [id ?? null])
  if (!row) throw new Error('there is no such execution')
  return { ...row, attempts: JSON.parse(row.attempts) as Shown['attempts'] }
}

async function lines({ world }: Stage): Promise<string[]> {
  const chunks = await world.database.reader.all<{ first_seq: number; attempt: number; lines: string }>(
    'select first_seq, attempt, lines from log_chunks order by execution_id, first_seq',
  )
  return chunks.flatMap((chunk) =>
    (JSON.parse(chunk.lines) as { message: string }[]).map(
      ({ message }, index) => `${chunk.first_seq + index} ${chunk.attempt} ${message}`,
    ),
  )
}

describe('a run', () => {
  test('an ECHO runs as soon as it is asked for, with its log and its result', async () => {
    const given = await stage()
    await given.executor()
    await request(given.world, { params: '{"message":"hello","n":1}' })
    await given.clock.settle()
    expect(await shown(given)).toMatchObject({ status: 'SUCCEEDED', result: '{"message":"hello","n":1}' })
    expect(await lines(given)).toEqual(['1 1 hello'])
  })

  test("a task's own error is the execution's, and a bug shows nothing of itself", async () => {
    const given = await stage()
    const broken = { ...taskNamed('ECHO')!, name: 'BROKEN' }
    const tasks = tasksOf(given.clock, broken)
    const runTask: ExecutorPorts['tasks']['runTask'] = (task, params, context) =>
      task === broken ? Promise.reject(new Error('secret of the inside')) : tasks.runTask(task, params, context)
    await given.executor({ tasks: { ...tasks, runTask } })
    const ids = await request(
      given.world,
      { params: '{"message":"no","errorCode":"OWN_CODE"}' },
      { jobType: 'BROKEN' },
      { jobType: 'NO_SUCH_TYPE' },
    )
    await given.clock.settle()
    const errors = await Promise.all(ids.map((id) => shown(given, id)))
    expect(errors.map(({ status, error_code, error_message }) => `${status} ${error_code} ${error_message}`)).toEqual([
      'FAILED OWN_CODE no',
      'FAILED TASK_FAILED the task failed',
      'FAILED UNKNOWN_JOB_TYPE this executor has no task NO_SUCH_TYPE',
    ])
  })

  test('no more runs at a time than there is room for, and all run in the end', async () => {
    const given = await stage()
    let [now, most] = [0, 0]
    const counted: Task = {
      ...taskNamed('ECHO')!,
      name: 'COUNTED',
      async run(_params, { clock }) {
        most = Math.max(most, ++now)
        await clock.sleep(100)
        now -= 1
        return { result: null, artefacts: [] }
      },
    }
    const tasks = tasksOf(given.clock, counted)
    await given.executor({ tasks, capacity: { loop: 7, worker: 1 } })
    await request(given.world, ...Array.from({ length: 50 }, () => ({ jobType: 'COUNTED' })))
    await given.clock.advance(2_000)
    const left = await given.world.database.reader.all('select execution_id from queue')
    expect([left.length, most]).toEqual([0, 7])
  })

  test('lines are written while the task runs', async () => {
    const given = await stage()
    await given.executor()
    await request(given.world, sleeping(5_000))
    await given.clock.advance(200)
    expect(await lines(given)).toEqual(['1 1 sleeping for 5000 ms'])
    await given.clock.advance(5_000)
    expect(await lines(given)).toEqual(['1 1 sleeping for 5000 ms', '2 1 woke after 5000 ms'])
  })

  test('a result that cannot be written ends as a failure, and does not keep others from theirs', async () => {
    const given = await stage()
    const { commands } = given.world.executions
    const finish: typeof commands.finish = async (finished) => {
      if (finished.some(({ outcome }) => outcome.status === 'SUCCEEDED' && outcome.result.includes('poison'))) {
        throw new Error('cannot be written')
      }
      await commands.finish(finished)
    }
    await given.executor({ executions: { ...commands, finish } })
    const ids = await request(given.world, { params: '{"message":"poison"}' }, {})
    await given.clock.advance(5_000)
    expect(await shown(given, ids[0])).toMatchObject({ status: 'FAILED', error_code: 'RESULT_NOT_WRITTEN' })
    expect(await shown(given, ids[1])).toMatchObject({ status: 'SUCCEEDED' })
  })
})

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
  /** An executor on a clock of its own: while that stands still, the executor is frozen and the world goes on. */
  async function frozen(given: Stage, durationMs: number) {
    const clock = movedClock(START, 2)
    const executor = await given.executor({ clock })
    const [id] = await request(given.world, sleeping(durationMs))
    await given.clock.settle()
    expect(await shown(given, id)).toMatchObject({ status: 'RUNNING' })
    const healthy = await given.executor()
    await given.clock.advance(12_000)
    expect((await shown(given, id)).attempts).toMatchObject([{ status: 'LOST' }, { executorId: healthy.id() }])
    return { clock, executor, id }
  }

  test('a late result is refused and recorded', async () => {
    const given = await stage()
    const { clock, id } = await frozen(given, 1_000)
    await given.clock.advance(1_000)
    await clock.advance(1_200)
    await given.clock.settle()
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
    expect((await shown(given, id)).attempts[2]).toMatchObject({ status: 'RUNNING' })
  })

  test('it trusts no lease that it could not renew', async () => {
    const given = await stage()
    const { commands } = given.world.executions
    let isAway = false
    const away = <Args extends unknown[], Result>(command: (...args: Args) => Promise<Result>) =>
      (...args: Args): Promise<Result> => (isAway ? Promise.reject(new Error('away')) : command(...args))
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
    await given.world.database.unit([], (unit) => unit.run('update queue set epoch = 2 where execution_id = ?', [id ?? '']))
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

describe('stopping', () => {
  test('waits for what runs, and takes nothing new', async () => {
    const given = await stage()
    const executor = await given.executor()
    const [id] = await request(given.world, sleeping(2_000))
    await given.clock.advance(100)
    const stopping = executor.stop()
    const [later] = await request(given.world, {})
    await given.clock.advance(3_000)
    await stopping
    expect(await shown(given, id)).toMatchObject({ status: 'SUCCEEDED' })
    expect(await shown(given, later)).toMatchObject({ status: 'QUEUED', attempts: [] })
    expect(await given.world.database.reader.all('select id from executors')).toEqual([])
  })

  test('gives the rest back at once, with what it logged', async () => {
    const given = await stage()
    const executor = await given.executor({ graceMs: 1_000 })
    const [id] = await request(given.world, sleeping(600_000))
    await given.clock.settle()
    const other = await given.executor()
    const stopping = executor.stop()
    await given.clock.advance(1_500)
    await stopping
    expect((await shown(given, id)).attempts).toMatchObject([
      { status: 'LOST', error: { code: 'EXECUTOR_STOPPED' } },
      { status: 'RUNNING', executorId: other.id() },
    ])
    expect((await lines(given))[0]).toBe('1 1 sleeping for 600000 ms')
  })
})

describe('whose clock says that a lease has ended', () => {
  /** A process an hour ahead looks for lost executors. @returns how many attempts the healthy executor's work took */
  async function attemptsBeside(plant?: (database: Database) => Database): Promise<number> {
    const given = await stage(plant ? { plant } : {})
    await given.executor()
    const [id] = await request(given.world, sleeping(5_000))
    await given.clock.advance(10_000)
    return (await shown(given, id)).attempts.length
  }
  const hourAhead = (now: Date): Date => new Date(now.getTime() + 3_600_000)

  test("the database's: a process an hour ahead takes nothing from anybody", async () => {
    expect(await attemptsBeside()).toBe(1)
  })

  test('planted mutant: with leases judged by the clock of a process an hour ahead, the same run is lost', async () => {
    const judgedByProcess = (database: Database): Database => ({ ...database, now: async () => hourAhead(await database.now()), unit: (keys, work) => database.unit(keys, work) })
    const endedByProcess = (database: Database): Database => ({
      ...judgedByProcess(database),
      unit: (keys, work) =>
        database.unit(keys, (unit) => work({ ...unit, run: (sql, params) => unit.run(sql.replace('lease_until <=', 'lease_until - 3600000 <='), params) })),
    })
    expect(await attemptsBeside(endedByProcess)).toBeGreaterThan(1)
  })
})

test('real time: two hundred executions on the system clock', async () => {
  const clock = systemClock()
  const world = await openWorld({ clock })
  await world.executions.start()
  const executor = openExecutor({
    executions: world.executions.commands,
    clock,
    log: silentLog(),
    tasks: tasksOf(clock),
    httpPolicy: { allowPrivate: false },
    capacity: { loop: 50, worker: 1 },
  })
  await executor.start()
  await request(world, ...Array.from({ length: 200 }, () => ({})))
  const succeeded = `select count(*) as n from executions where status = 'SUCCEEDED'`
  await expect.poll(async () => (await world.database.reader.get<{ n: number }>(succeeded))?.n, { timeout: 5_000 }).toBe(200)
  await executor.stop()
  await world.close()
})
