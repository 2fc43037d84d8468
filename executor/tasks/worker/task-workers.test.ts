import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '#platform/clock'
import { movedClock } from '#platform/testing'
import { taskNamed } from '../catalogue.ts'
import { LOG_BURST_LINES_MAX, LOG_LINES_PER_SECOND_MAX } from '../log-limits.ts'
import { report } from '../report.ts'
import type { JsonObject, Task, TaskContext, TaskResult } from '../task.ts'
import { hostileTasks } from '../testing/hostile-tasks.ts'
import { taskContext } from '../testing/task-context.ts'
import { openTaskWorkers, type TaskWorkers, type TaskWorkersOptions } from './task-workers.ts'

const HOSTILE = new URL('../testing/hostile-worker.ts', import.meta.url)
const clock = systemClock()
const opened: TaskWorkers[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((workers) => workers.close()))
})

function open(options: Partial<TaskWorkersOptions> = {}): TaskWorkers {
  const workers = openTaskWorkers({ clock, entry: HOSTILE, graceMs: 100, heapMegabytesMax: 48, ...options })
  opened.push(workers)
  return workers
}

function run(
  workers: TaskWorkers,
  name: string,
  changes: Partial<TaskContext> = {},
  params: JsonObject = {},
): Promise<TaskResult> {
  return workers.runTask(hostileTasks.get(name) as Task, params, taskContext(changes))
}

/** Shows that the workers still work. */
async function expectAlive(workers: TaskWorkers): Promise<void> {
  expect((await run(workers, 'tellsOfItself', {}, { still: 'here' })).result).toMatchObject({
    params: { still: 'here' },
  })
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A process that ended stays as a zombie where nobody waits for orphans.
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe('a task in a process', () => {
  test('knows its execution, logs in order, and sees nothing of the environment', async () => {
    const context = taskContext()
    const workers = open()
    const { result } = await workers.runTask(hostileTasks.get('tellsOfItself') as Task, { a: [1] }, context)
    const { executionId, attempt, jobId, workspaceId, httpPolicy } = context
    expect(result).toMatchObject({
      params: { a: [1] },
      execution: { executionId, attempt, jobId, workspaceId, httpPolicy, scheduledFor: '2026-11-23T00:05:00.000Z' },
      variables: expect.not.arrayContaining(['HOME', 'PATH']),
    })
    expect(context.lines).toEqual(Array.from({ length: 250 }, (_, line) => ['INFO', `line ${line}`]))
  })

  test('follows another in the same process', async () => {
    const workers = open()
    const one = (await run(workers, 'tellsOfItself')).result as { pid: number }
    const other = (await run(workers, 'tellsOfItself')).result as { pid: number }
    expect(one.pid).not.toBe(process.pid)
    expect(other.pid).toBe(one.pid)
  })

  test('asks for history through the executor, which answers for its own workspace only', async () => {
    const asked: unknown[] = []
    const row = { jobId: 'a', jobType: 'ECHO', status: 'SUCCEEDED', count: 2, durationMsTotal: 10, durationMsMax: 9 }
    const history: TaskContext['history'] = {
      async summary(...call) {
        asked.push(call)
        return [row]
      },
      async due(...call) {
        asked.push(call)
        return { executions: [], next: 'more' }
      },
    }
    const { result } = await run(open(), 'asksForAnothersHistory', { history })
    expect(asked).toEqual([
      ['workspace-1', new Date(0), new Date(86_400_000)],
      ['workspace-1', new Date(0), new Date(1), 'a page'],
    ])
    expect(result).toEqual([[row], { executions: [], next: 'more' }])
  })

  test('fails when the history fails', async () => {
    const away = () => Promise.reject(new Error('database is away'))
    const history = { summary: away, due: away }
    await expect(run(open(), 'asksForAnothersHistory', { history })).rejects.toMatchObject({
      code: 'TASK_FAILED',
      message: expect.stringContaining('database is away'),
    })
  })

  test.each([
    ['throws', 'TASK_FAILED'],
    ['returnsTooMuch', 'TASK_RESULT_TOO_LARGE'],
    ['returnsAFunction', 'TASK_RESULT_NOT_JSON'],
  ])('that %s fails as %s, and its process goes on', async (name, code) => {
    const workers = open()
    const { pid } = (await run(workers, 'tellsOfItself')).result as { pid: number }
    await expect(run(workers, name)).rejects.toMatchObject({ name: 'TaskError', code })
    expect((await run(workers, 'tellsOfItself')).result).toMatchObject({ pid })
  })
})

describe('no task can stop the house:', () => {
  test('one that logs for ever sends what it may, and is ended like any other', async () => {
    const workers = open()
    const abort = new AbortController()
    const startedMs = performance.now()
    let lines = 0
    const log = (): void => {
      lines += 1
      if (lines === 1_000) abort.abort() // What a blocked loop sends beyond its socket stays with it.
    }
    await expect(run(workers, 'logsForEver', { log, signal: abort.signal })).rejects.toMatchObject({
      code: 'TASK_ABORTED',
    })
    // Each second's worth has a line of its own that says how many were left out.
    const more = ((performance.now() - startedMs) / 1_000) * (LOG_LINES_PER_SECOND_MAX + 1)
    expect(lines).toBeLessThanOrEqual(LOG_BURST_LINES_MAX + more)
    await expectAlive(workers)
  })

  test.each([
    ['hoardsObjects', 'TASK_OUT_OF_MEMORY', 'more memory'],
    ['hoardsAMap', 'TASK_OUT_OF_MEMORY', 'more memory'],
    ['hoardsOneArray', 'TASK_OUT_OF_MEMORY', 'more memory'],
    ['hoardsBuffers', 'TASK_OUT_OF_MEMORY', 'more memory'],
    ['exits', 'TASK_CRASHED', 'exit code 7'],
    ['isKilled', 'TASK_CRASHED', 'SIGKILL'],
    ['throwsInACallback', 'TASK_CRASHED', 'RangeError: out of tea'],
  ])('one that %s fails as %s, and the next runs', async (name, code, message) => {
    const workers = open()
    await expect(run(workers, name)).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    await expectAlive(workers)
  })

  test.each([
    ['blocksItsLoop', 'is killed'],
    ['ignoresTheSignal', 'is killed'],
    ['obeysTheSignal', 'ends in time'],
    ['endsWellWhenAborted', 'ends in time'],
  ])('one that %s for more than five minutes %s, fails as TASK_TIMED_OUT, and the next runs', async (name, end) => {
    const moved = movedClock(new Date('2026-11-23T00:00:00Z'))
    const workers = open({ clock: moved, graceMs: 2000 })
    const { pid } = (await run(workers, 'tellsOfItself', { clock: moved })).result as { pid: number }
    const started = Promise.withResolvers<void>()
    const running = run(workers, name, { clock: moved, log: () => started.resolve() })
    const failed = expect(running).rejects.toMatchObject({ code: 'TASK_TIMED_OUT' })
    await started.promise
    await moved.advance(299_999)
    expect(workers.load().running).toBe(1)
    await moved.advance(1)
    if (end === 'is killed') await moved.advance(2000)
    await failed
    const { pid: next } = (await run(workers, 'tellsOfItself', { clock: moved })).result as { pid: number }
    expect(next === pid).toBe(end === 'ends in time')
  })

  test.each(['blocksItsLoop', 'ignoresTheSignal', 'obeysTheSignal', 'endsWellWhenAborted'])(
    'one that %s ends when its attempt is ended',
    async (name) => {
      const workers = open()
      const abort = new AbortController()
      // The first line of its log shows that it runs.
      const failed = expect(run(workers, name, { signal: abort.signal, log: () => abort.abort() })).rejects
      await failed.toMatchObject({ code: 'TASK_ABORTED' })
      await expectAlive(workers)
    },
  )

  test.each(['blocksItsLoop', 'ignoresTheSignal'])(
    'one that %s is killed once its grace is over, or sooner when nobody waits for it any more',
    async (name) => {
      const moved = movedClock(new Date('2026-11-23T00:00:00Z'))
      const workers = open({ clock: moved, graceMs: 2_000 })
      for (const isGivenUp of [false, true]) {
        const [abort, givenUp, started] = [new AbortController(), new AbortController(), Promise.withResolvers<void>()]
        const context = taskContext({ clock: moved, signal: abort.signal, log: () => started.resolve() })
        const ending = { graceMs: 60_000, givenUp: givenUp.signal }
        const failed = expect(workers.runTask(hostileTasks.get(name) as Task, {}, context, ending)).rejects
        await started.promise
        abort.abort()
        await moved.advance(isGivenUp ? 10_000 : 59_999)
        expect(workers.load().running).toBe(1)
        if (isGivenUp) givenUp.abort()
        await moved.advance(isGivenUp ? 2_000 : 1)
        await failed.toMatchObject({ code: 'TASK_ABORTED' })
      }
    },
  )

  test('the loop of the executor goes on while a task blocks its own', async () => {
    const workers = open()
    const abort = new AbortController()
    const blocking = Promise.withResolvers<void>()
    const failed = expect(
      run(workers, 'blocksItsLoop', { signal: abort.signal, log: () => blocking.resolve() }),
    ).rejects.toBeDefined()
    await blocking.promise
    for (let turn = 0; turn < 100; turn++) await clock.turn()
    expect((await workers.runTask(taskNamed('ECHO') as Task, { a: 1 }, taskContext())).result).toEqual({ a: 1 })
    abort.abort()
    await failed
  })

  test('a blocked process dies with an executor that was killed', async () => {
    const executor = fork(new URL('../testing/killed-executor.ts', import.meta.url), { execArgv: [] })
    const pid = await new Promise<number>((resolve, reject) => {
      executor.once('message', (message) => resolve((message as { pid: number }).pid))
      executor.once('exit', () => reject(new Error('the executor ended')))
    })
    expect(isRunning(pid)).toBe(true)
    executor.kill('SIGKILL')
    await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false)
  })
})

describe('the queue', () => {
  test('runs as many at once as there are processes, in order, and refuses what is too much', async () => {
    const workers = open({ size: 1, queueMax: 2 })
    const abort = new AbortController()
    const first = run(workers, 'obeysTheSignal', { signal: abort.signal })
    const second = run(workers, 'tellsOfItself', {}, { number: 2 })
    const third = run(workers, 'tellsOfItself', {}, { number: 3 })
    expect(workers.load()).toEqual({ running: 1, queued: 2, queueMax: 2 })
    await expect(run(workers, 'tellsOfItself')).rejects.toMatchObject({ code: 'TASK_QUEUE_FULL' })
    abort.abort()
    await expect(first).rejects.toMatchObject({ code: 'TASK_ABORTED' })
    expect((await second).result).toMatchObject({ params: { number: 2 } })
    expect((await third).result).toMatchObject({ params: { number: 3 } })
    expect(workers.load()).toEqual({ running: 0, queued: 0, queueMax: 2 })
  })

  test('forgets a task whose attempt is ended while it waits', async () => {
    const workers = open({ size: 1 })
    const blocker = new AbortController()
    const waiting = new AbortController()
    const first = expect(run(workers, 'ignoresTheSignal', { signal: blocker.signal })).rejects.toBeDefined()
    const second = run(workers, 'tellsOfItself', { signal: waiting.signal })
    waiting.abort()
    await expect(second).rejects.toMatchObject({ code: 'TASK_ABORTED' })
    expect(workers.load().queued).toBe(0)
    blocker.abort()
    await first
  })

  test('is emptied when the workers close, and nothing runs afterwards', async () => {
    const workers = open({ size: 2 })
    const { pid } = (await run(workers, 'tellsOfItself')).result as { pid: number }
    const runs = ['blocksItsLoop', 'ignoresTheSignal', 'tellsOfItself', 'tellsOfItself'].map((name) =>
      run(workers, name),
    )
    const codes = Promise.all(runs.map((each) => each.catch((error: { code: string }) => error.code)))
    await workers.close()
    expect(await codes).toEqual(Array(4).fill('TASK_ABORTED'))
    expect(isRunning(pid)).toBe(false)
    await expect(run(workers, 'tellsOfItself')).rejects.toMatchObject({ code: 'TASK_ABORTED' })
  })
})

describe('runTask', () => {
  test('makes a real report off the loop, the same as on it', async () => {
    const workers = open({ entry: new URL('./worker-main.ts', import.meta.url), heapMegabytesMax: 192 })
    workers.warmUp()
    const context = taskContext()
    const made = await workers.runTask(report, { reportType: 'daily-sales' }, context)
    expect(made).toEqual(await report.run({ reportType: 'daily-sales' }, taskContext()))
    expect(made.artefacts.map(({ name }) => name)).toEqual(['daily-sales-2026-11-22.csv', 'daily-sales-2026-11-22.md'])
    expect(context.lines).toEqual([['INFO', 'daily-sales from 2026-11-22 to 2026-11-22']])
    const summary = await workers.runTask(report, { reportType: 'execution-summary' }, context)
    expect(summary.result).toMatchObject({ totals: { executions: 0 } })
  })

  test('holds tasks on the loop to the same limits', async () => {
    const workers = open()
    const task = (runIt: Task['run']): Task => ({ ...(taskNamed('ECHO') as Task), run: runIt })
    const failing = (runIt: Task['run']) => expect(workers.runTask(task(runIt), {}, taskContext())).rejects
    await failing(async () => ({ result: 'x'.repeat(70_000), artefacts: [] })).toMatchObject({
      code: 'TASK_RESULT_TOO_LARGE',
    })
    await failing(async () => {
      throw new TypeError('a bug')
    }).toMatchObject({ name: 'TaskError', code: 'TASK_FAILED' })
    expect(workers.load().running).toBe(0)
  })
})
