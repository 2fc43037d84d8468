import { describe, expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { request } from '../subgraphs/executions/executions.fixture.ts'
import { asking, START, shown, stage, taskOf, tasksOf } from './executor.fixture.ts'
import { TaskError } from './tasks/index.ts'

const aborted: string[] = []
// Does not end by itself, and says when it was asked to.
const endless = taskOf('ENDLESS', async (_params, { executionId, clock, signal }) => {
  await clock.sleep(1e9, signal)
  aborted.push(executionId)
  throw new TaskError('ENDLESS_ENDED', 'asked to end')
})

async function scene(policy: Parameters<typeof asking>[1], task = endless, loop = 100) {
  const given = await stage()
  await given.executor({ tasks: tasksOf(given.clock, task), capacity: { loop, worker: 1 } })
  const [id = ''] = await request(given.world, asking(task.name, policy))
  await given.clock.settle()
  return { given, id }
}

const sinceStart = (atMs: number | null): number => (atMs ?? 0) - START.getTime()

describe('schedule-to-start', () => {
  test('lets an execution expire that nobody has started by then', async () => {
    const { given } = await scene({ scheduleToStartMs: 3_000, attemptsMax: 5 }, endless, 0)
    await given.clock.advance(2_900)
    expect(await shown(given)).toMatchObject({ status: 'QUEUED' })
    await given.clock.advance(200)
    const { status, attempts, finished_at } = await shown(given)
    expect([status, attempts]).toEqual(['EXPIRED', []])
    expect(sinceStart(finished_at)).toBeLessThanOrEqual(3_100)
    expect(await given.world.database.reader.all('select * from queue')).toEqual([])
  })

  test('is no matter once the first attempt has started', async () => {
    const { given } = await scene({ scheduleToStartMs: 1_000 })
    await given.clock.advance(3_000)
    expect(await shown(given)).toMatchObject({ status: 'RUNNING' })
  })
})

describe('start-to-close', () => {
  test('ends an attempt, tells its task, and lets another follow after its back-off', async () => {
    const { given, id } = await scene({ startToCloseMs: 2_000, attemptsMax: 2, backoffMs: 1_000 })
    await given.clock.advance(2_200)
    expect((await shown(given)).attempts[0]).toMatchObject({ status: 'TIMED_OUT', error: { code: 'START_TO_CLOSE' } })
    expect(aborted).toContain(id)
    await given.clock.advance(3_500)
    const { status, error_code, attempts } = await shown(given)
    expect([status, error_code]).toEqual(['TIMED_OUT', 'START_TO_CLOSE'])
    expect(attempts).toMatchObject([{ status: 'TIMED_OUT' }, { status: 'TIMED_OUT', lateResultAtMs: null }])
  })

  test('refuses and records the result of a frozen executor that comes after it', async () => {
    const given = await stage()
    const clock = movedClock(START, 2)
    clock.holdWhile(given.clock.isHeld)
    const slow = taskOf('SLOW', async (_params, context) => {
      await context.clock.sleep(100, context.signal)
      return { result: 'too late', artefacts: [] }
    })
    await request(given.world, asking('SLOW', { startToCloseMs: 1_000, attemptsMax: 2, backoffMs: 60_000 }))
    await given.clock.settle()
    // As one in another process: nobody tells it what happens meanwhile.
    const executions = { ...given.world.executions.commands, connect: () => () => undefined }
    await given.executor({ clock, executions, tasks: tasksOf(clock, slow) })
    expect(await shown(given)).toMatchObject({ status: 'RUNNING' })
    await given.executor({ capacity: { loop: 0, worker: 0 } })
    await given.clock.advance(1_200)
    expect((await shown(given)).attempts).toMatchObject([{ status: 'TIMED_OUT', lateResultAtMs: null }])
    await clock.advance(101)
    const { status, result, attempts } = await shown(given)
    expect([status, result]).toEqual(['RETRYING', null])
    expect(attempts).toMatchObject([{ status: 'TIMED_OUT', lateResultAtMs: given.clock.now().getTime() }])
  })
})

describe('schedule-to-close', () => {
  test('ends what runs, whatever attempts are left', async () => {
    const { given, id } = await scene({ scheduleToCloseMs: 2_000, attemptsMax: 5 })
    await given.clock.advance(2_200)
    expect(await shown(given)).toMatchObject({
      status: 'TIMED_OUT',
      error_code: 'SCHEDULE_TO_CLOSE',
      attempts: [{ status: 'TIMED_OUT', error: { code: 'SCHEDULE_TO_CLOSE' } }],
    })
    expect(aborted).toContain(id)
  })

  test('lets no attempt follow that could not begin in time', async () => {
    const down = taskOf('DOWN', () => Promise.reject(new TaskError('DOWN', 'down', { retryAfterMs: 2_000 })))
    const { given } = await scene({ scheduleToCloseMs: 2_000, attemptsMax: 5 }, down)
    expect(await shown(given)).toMatchObject({ status: 'FAILED', error_code: 'DOWN' })
  })

  test('ends what nobody starts', async () => {
    const { given } = await scene({ scheduleToCloseMs: 2_000 }, endless, 0)
    await given.clock.advance(2_200)
    expect(await shown(given)).toMatchObject({ status: 'TIMED_OUT', error_code: 'SCHEDULE_TO_CLOSE', attempts: [] })
  })
})

test('what became due while no executor lived is over as soon as one is there, and is not run again', async () => {
  const given = await stage()
  const first = await given.executor({ tasks: tasksOf(given.clock, endless) })
  const [id] = await request(given.world, asking('ENDLESS', { startToCloseMs: 60_000 }))
  await given.clock.settle()
  first.kill()
  await given.clock.advance(60_000)
  expect(await shown(given, id)).toMatchObject({ status: 'RUNNING' })
  // As a process does that has the database to itself.
  await given.world.executions.commands.declareAllLost()
  await given.executor({ tasks: tasksOf(given.clock, endless) })
  await given.clock.advance(1_000)
  const timedOut = { status: 'TIMED_OUT', error: { code: 'START_TO_CLOSE' } }
  expect(await shown(given, id)).toMatchObject({ status: 'TIMED_OUT', attempts: [timedOut] })
})

describe('heartbeat', () => {
  const beating = (beat: 'heartbeat' | 'log', beats: number) =>
    taskOf('BEATING', async (_params, { clock, signal, log, heartbeat }) => {
      for (let n = 0; n < beats; n++) {
        await clock.sleep(500, signal)
        if (beat === 'log') log('INFO', `beat ${n}`)
        else heartbeat()
      }
      await clock.sleep(1e9, signal)
      return { result: null, artefacts: [] }
    })

  test.each(['heartbeat', 'log'] as const)('by %s keeps an attempt alive, and silence ends it', async (beat) => {
    const { given } = await scene({ heartbeatMs: 2_000 }, beating(beat, 8))
    await given.clock.advance(5_500)
    expect(await shown(given)).toMatchObject({ status: 'RUNNING' })
    await given.clock.advance(1_500)
    const { status, error_code, finished_at } = await shown(given)
    expect([status, error_code]).toEqual(['TIMED_OUT', 'HEARTBEAT'])
    // The last sign of life came after 4 s, and was written down at most 500 ms later.
    expect(sinceStart(finished_at)).toBeGreaterThanOrEqual(6_000)
    expect(sinceStart(finished_at)).toBeLessThanOrEqual(6_700)
  })
})
