import { describe, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { silentLog } from '#platform/telemetry'
import { openWorld, request } from '../subgraphs/executions/executions.fixture.ts'
import { lines, shown, sleeping, stage, tasksOf } from './executor.fixture.ts'
import { type ExecutorPorts, openExecutor } from './main.ts'
import { type Task, taskNamed } from './tasks/index.ts'

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

describe('a database that is away for a moment', () => {
  /** Finishes many at once while nothing can be written for so long. @returns how it went */
  async function finishDuring(outageMs: number, count: number) {
    const given = await stage()
    const { commands } = given.world.executions
    let backAtMs = Number.POSITIVE_INFINITY
    const sizes: number[] = []
    const finish: typeof commands.finish = async (finished) => {
      if (given.clock.monotonicMs() < backAtMs) throw new Error('the database is away')
      sizes.push(finished.length)
      await commands.finish(finished)
    }
    await given.executor({ executions: { ...commands, finish }, capacity: { loop: count, worker: 1 } })
    backAtMs = given.clock.monotonicMs() + outageMs
    await request(given.world, ...Array.from({ length: count }, () => ({})))
    await given.clock.advance(outageMs * 2 + 20)
    const sql = 'select status, count(*) as n from executions group by status'
    return { sizes, statuses: await given.world.database.reader.all(sql) }
  }

  test('is made up for by few units, and not by one for each result', async () => {
    const { sizes, statuses } = await finishDuring(100, 512)
    expect(statuses).toEqual([{ status: 'SUCCEEDED', n: 512 }])
    expect(sizes.length).toBeLessThanOrEqual(16)
  })

  test('turns no result into a failure, however long it takes', async () => {
    const { statuses } = await finishDuring(3_000, 3)
    expect(statuses).toEqual([{ status: 'SUCCEEDED', n: 3 }])
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

test('what was claimed while an executor stops is handed over at once, and its executor is not counted as lost', async () => {
  const given = await stage()
  const { commands } = given.world.executions
  const answered = Promise.withResolvers<void>()
  const claim: typeof commands.claim = async (...args) => {
    const claims = await commands.claim(...args)
    if (claims.length > 0) await answered.promise
    return claims
  }
  const connect: typeof commands.connect = () => () => undefined
  const executor = await given.executor({ executions: { ...commands, claim, connect } })
  const [busy] = await request(given.world, sleeping(1))
  await given.clock.advance(300)
  const stopping = executor.stop()
  answered.resolve()
  await given.clock.settle()
  const handedOver = { status: 'LOST', error: { code: 'EXECUTOR_STOPPED' } }
  expect(await shown(given, busy)).toMatchObject({ status: 'QUEUED', attempts: [handedOver] })
  await stopping
  await given.executor()
  await given.clock.advance(300)
  expect(await shown(given, busy)).toMatchObject({ status: 'SUCCEEDED', attempts: [handedOver, {}] })
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
  await expect
    .poll(async () => (await world.database.reader.get<{ n: number }>(succeeded))?.n, { timeout: 5_000 })
    .toBe(200)
  await executor.stop()
  await world.close()
})
