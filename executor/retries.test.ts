import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { request } from '../subgraphs/executions/executions.fixture.ts'
import { asking, type Stage, shown, stage, taskOf, tasksOf } from './executor.fixture.ts'
import { TaskError } from './tasks/index.ts'

/** Fails up to an attempt, and then succeeds. */
const failing = (attempts: number, hints: { retryAfterMs?: number; isFinal?: boolean } = {}) =>
  taskOf('FLAKY', async (_params, { attempt }) => {
    if (attempt <= attempts) throw new TaskError('FLAKY_DOWN', 'down', hints)
    return { result: attempt, artefacts: [] }
  })

async function scene(task: ReturnType<typeof failing>, policy: Parameters<typeof asking>[1]) {
  const given = await stage()
  await given.executor({ tasks: tasksOf(given.clock, task) })
  await request(given.world, asking('FLAKY', policy))
  await given.clock.settle()
  return given
}

const codesOf = async (given: Stage): Promise<string[]> =>
  (await shown(given)).attempts.map(({ status, error }) => `${status} ${error?.code ?? ''}`.trim())

describe('an attempt that failed', () => {
  test('is followed by another once its back-off is over, which is within its bounds', async () => {
    const given = await scene(failing(2), { attemptsMax: 5, backoffMs: 2_000, backoffMsMax: 3_000 })
    for (const [failures, boundMs] of [
      [1, 2_000],
      [2, 3_000],
    ] as const) {
      const { status, retry_at, attempts } = await shown(given)
      expect([status, attempts.length]).toEqual(['RETRYING', failures])
      const waitMs = (retry_at ?? 0) - (attempts.at(-1)?.finishedAtMs ?? 0)
      expect(waitMs).toBeGreaterThanOrEqual(0)
      expect(waitMs).toBeLessThan(boundMs)
      await given.clock.advance(Math.max(0, waitMs - 1))
      expect((await shown(given)).attempts).toHaveLength(failures)
      // Timers are looked at every 100 ms, and what they free is claimed at once.
      await given.clock.advance(102)
    }
    expect(await shown(given)).toMatchObject({ status: 'SUCCEEDED', result: '3', retry_at: null })
    expect(await codesOf(given)).toEqual(['FAILED FLAKY_DOWN', 'FAILED FLAKY_DOWN', 'SUCCEEDED'])
  })

  test('is the last when there were enough', async () => {
    const given = await scene(failing(9), { attemptsMax: 3, backoffMs: 100 })
    await given.clock.advance(1_000)
    expect(await shown(given)).toMatchObject({ status: 'FAILED', error_code: 'FLAKY_DOWN' })
    expect(await codesOf(given)).toEqual(Array(3).fill('FAILED FLAKY_DOWN'))
  })

  test.each([
    ['its job lists the code', failing(1), { attemptsMax: 5, nonRetryable: ['FLAKY_DOWN'] }],
    ['its task knows better', failing(1, { isFinal: true }), { attemptsMax: 5 }],
    ['nothing is said of retries', failing(1), {}],
  ])('is the last when %s', async (_why, task, policy) => {
    const given = await scene(task, policy)
    await given.clock.advance(2_000)
    expect(await shown(given)).toMatchObject({ status: 'FAILED', error_code: 'FLAKY_DOWN' })
    expect(await codesOf(given)).toEqual(['FAILED FLAKY_DOWN'])
  })

  test('is followed by another when its task asked for it, however the back-off is', async () => {
    const given = await scene(failing(1, { retryAfterMs: 7_000 }), { attemptsMax: 2, backoffMs: 1, backoffMsMax: 1 })
    const { retry_at, attempts } = await shown(given)
    expect((retry_at ?? 0) - (attempts[0]?.finishedAtMs ?? 0)).toBe(7_000)
    await given.clock.advance(6_900)
    expect(await shown(given)).toMatchObject({ status: 'RETRYING' })
    await given.clock.advance(300)
    expect(await shown(given)).toMatchObject({ status: 'SUCCEEDED' })
  })
})

test('a retry that is due while everything is dead comes when something lives again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-retries-'))
  try {
    const path = join(folder, 'executions.sqlite')
    const before = await stage({ path })
    const tasks = tasksOf(before.clock, failing(1, { retryAfterMs: 5_000 }))
    await before.executor({ tasks })
    await request(before.world, asking('FLAKY', { attemptsMax: 2 }))
    await before.clock.settle()
    expect(await shown(before)).toMatchObject({ status: 'RETRYING' })
    await before.die()
    await before.clock.advance(4_000)
    const after = await stage({ path, before })
    await after.executor({ tasks })
    expect(await shown(after)).toMatchObject({ status: 'RETRYING' })
    await after.clock.advance(1_200)
    expect(await shown(after)).toMatchObject({ status: 'SUCCEEDED', result: '2' })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
