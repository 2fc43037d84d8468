import { describe, expect, test } from 'vitest'
import { member, request } from '../subgraphs/executions/executions.fixture.ts'
import { asking, type Stage, shown, stage, taskOf, tasksOf } from './executor.fixture.ts'
import type { ExecutorPorts } from './main.ts'
import { TaskError } from './tasks/index.ts'

const obedient = taskOf('OBEDIENT', async (_params, { clock, signal }) => {
  await clock.sleep(1e9, signal)
  throw new TaskError('ENDED', 'asked to end')
})
const deaf = taskOf('DEAF', async (_params, { clock }) => {
  await clock.sleep(1e9)
  return { result: 'never', artefacts: [] }
})
const finishing = taskOf('FINISHING', async (_params, { clock, signal }) => {
  await clock.sleep(1e9, signal)
  return { result: 'in order', artefacts: [] }
})
const failing = taskOf('FAILING', () => Promise.reject(new TaskError('DOWN', 'down', { retryAfterMs: 60_000 })))
const tasks = [obedient, deaf, finishing, failing]

async function scene(jobType: string, policy = {}, ports: (given: Stage) => Partial<ExecutorPorts> = () => ({})) {
  const given = await stage()
  const executor = await given.executor({ tasks: tasksOf(given.clock, ...tasks), ...ports(given) })
  const [id = ''] = await request(given.world, asking(jobType, policy))
  await given.clock.settle()
  const { operate } = given.world.executions.commands
  const ask = (kind: 'cancel' | 'release' | 'fail') =>
    operate({ kind, caller: member, executionId: id, reason: 'enough' }).then(({ executions: [after] }) => after)
  return { given, executor, id, ask }
}

async function cancellationOf(given: Stage) {
  const { cancellation } = await shown(given)
  return JSON.parse(cancellation ?? 'null') as { requestedAtMs: number; acknowledgedAtMs: number | null } | null
}

describe('cancelling', () => {
  test('ends at once what waits for an executor', async () => {
    const { given, ask } = await scene('OBEDIENT', {}, () => ({ capacity: { loop: 0, worker: 0 } }))
    expect(await ask('cancel')).toMatchObject({
      status: 'CANCELLED',
      cancellation: { by: { userId: member.userId }, reason: 'enough' },
    })
    expect(await given.world.database.reader.all('select * from queue')).toEqual([])
  })

  test('ends at once what waits for its next attempt, which never comes', async () => {
    const { given, ask } = await scene('FAILING', { attemptsMax: 2 })
    expect(await shown(given)).toMatchObject({ status: 'RETRYING' })
    expect(await ask('cancel')).toMatchObject({ status: 'CANCELLED', retryAtMs: null })
    await given.clock.advance(61_000)
    expect(await shown(given)).toMatchObject({ status: 'CANCELLED', attempts: [{ status: 'FAILED' }] })
  })

  test.each([
    ['of this process at once', {}, 0],
    // Nobody tells it: it finds out by itself.
    ['of another process within a second', { connect: () => () => undefined }, 1_000],
  ])('reaches a task %s', async (_where, changes, waitMs) => {
    const { given, ask } = await scene('OBEDIENT', {}, ({ world }) => ({
      executions: { ...world.executions.commands, ...changes },
    }))
    await given.clock.advance(300)
    expect(await ask('cancel')).toMatchObject({ status: 'RUNNING', cancellation: { acknowledgedAtMs: null } })
    await given.clock.advance(waitMs)
    expect(await shown(given)).toMatchObject({ status: 'CANCELLED', attempts: [{ status: 'CANCELLED' }] })
    const cancellation = await cancellationOf(given)
    expect((cancellation?.acknowledgedAtMs ?? 1e15) - (cancellation?.requestedAtMs ?? 0)).toBeLessThanOrEqual(1_000)
  })

  test('waits for a task that ignores its signal as long as the job says, and gives its place to another', async () => {
    const { given, executor, ask } = await scene('DEAF', { cancelGraceMs: 3_000 }, () => ({
      capacity: { loop: 1, worker: 0 },
    }))
    await ask('cancel')
    const [next] = await request(given.world, { params: '{"message":"next"}' })
    await given.clock.advance(2_900)
    expect(await shown(given)).toMatchObject({ status: 'RUNNING' })
    expect(executor.running()).toBe(1)
    await given.clock.advance(400)
    expect(await shown(given)).toMatchObject({ status: 'CANCELLED', attempts: [{ status: 'CANCELLED' }] })
    expect(await shown(given, next)).toMatchObject({ status: 'SUCCEEDED' })
  })

  test('does not take back a success that the task came to before its grace was over', async () => {
    const { given, ask } = await scene('FINISHING')
    await ask('cancel')
    await given.clock.settle()
    expect(await shown(given)).toMatchObject({ status: 'SUCCEEDED', result: '"in order"' })
  })

  test('ends also what an executor has that died since', async () => {
    const { given, executor, ask } = await scene('DEAF', { cancelGraceMs: 1_000 })
    executor.kill()
    await given.executor({ capacity: { loop: 0, worker: 0 } })
    await ask('cancel')
    await given.clock.advance(6_500)
    expect(await shown(given)).toMatchObject({ status: 'CANCELLED' })
  })

  test('twice is cancelling once, and what has ended stays as it is', async () => {
    const { given, ask } = await scene('OBEDIENT')
    await ask('cancel')
    await given.clock.settle()
    const ended = await ask('cancel')
    expect(ended).toMatchObject({ status: 'CANCELLED' })
    expect(await ask('cancel')).toEqual(ended)
  })
})

describe('an attempt of which nobody knows how it ended', () => {
  async function lost(onUnknown: string) {
    const made = await scene('DEAF', { onUnknown })
    made.executor.kill()
    await made.given.executor({
      tasks: tasksOf(
        made.given.clock,
        taskOf('DEAF', async () => ({ result: 2, artefacts: [] })),
      ),
    })
    await made.given.clock.advance(12_000)
    return made
  }

  test('runs again by RETRY', async () => {
    const { given } = await lost('RETRY')
    expect(await shown(given)).toMatchObject({
      status: 'SUCCEEDED',
      attempts: [{ status: 'LOST' }, { status: 'SUCCEEDED' }],
    })
  })

  test('fails by SKIP', async () => {
    const { given } = await lost('SKIP')
    expect(await shown(given)).toMatchObject({
      status: 'FAILED',
      error_code: 'OUTCOME_UNKNOWN',
      attempts: [{ status: 'LOST' }],
    })
  })

  test('is held by HOLD, until somebody lets it run again', async () => {
    const { given, ask } = await lost('HOLD')
    expect(await shown(given)).toMatchObject({ status: 'HELD', attempts: [{ status: 'LOST' }] })
    expect(await ask('release')).toMatchObject({ status: 'QUEUED' })
    await given.clock.settle()
    expect(await shown(given)).toMatchObject({
      status: 'SUCCEEDED',
      attempts: [{ status: 'LOST' }, { status: 'SUCCEEDED' }],
    })
    await expect(ask('release')).rejects.toMatchObject({ code: 'EXECUTION_NOT_HELD' })
  })

  test('is held by HOLD, until somebody fails it', async () => {
    const { given, ask } = await lost('HOLD')
    expect(await ask('fail')).toMatchObject({
      status: 'FAILED',
      error: { code: 'FAILED_BY_OPERATOR', message: 'enough' },
    })
    await given.clock.advance(1_000)
    expect((await shown(given)).attempts).toHaveLength(1)
  })

  test('is held by HOLD, until somebody cancels it', async () => {
    const { ask } = await lost('HOLD')
    expect(await ask('cancel')).toMatchObject({ status: 'CANCELLED' })
  })
})

test('an executor that is stopped takes nothing new, lets finish what can, and hands over the rest', async () => {
  const given = await stage()
  const short = taskOf('SHORT', async (_params, { clock }) => {
    await clock.sleep(1_000)
    return { result: null, artefacts: [] }
  })
  const ports = { tasks: tasksOf(given.clock, deaf, short), graceMs: 3_000 }
  const stopping = await given.executor(ports)
  const [first, second] = await request(given.world, asking('SHORT'), asking('DEAF'))
  await given.clock.settle()
  const stopped = stopping.stop()
  const [third] = await request(given.world, asking('SHORT'))
  await given.clock.advance(2_000)
  expect(await shown(given, first)).toMatchObject({ status: 'SUCCEEDED' })
  expect(await shown(given, third)).toMatchObject({ status: 'QUEUED' })
  await given.clock.advance(1_500)
  await stopped
  expect(await shown(given, second)).toMatchObject({ status: 'QUEUED', attempts: [{ status: 'LOST' }] })
  const next = await given.executor(ports)
  await given.clock.advance(1_200)
  expect(await shown(given, third)).toMatchObject({ status: 'SUCCEEDED', attempts: [{ executorId: next.id() }] })
  expect((await shown(given, second)).attempts).toMatchObject([{ status: 'LOST' }, { executorId: next.id() }])
})
