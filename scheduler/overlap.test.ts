import { expect, test } from 'vitest'
import { policyOf } from '#platform/policy'
import { movedClock } from '#platform/testing'
import { created, openWorld, runDry, send, told } from './scheduler.fixture.ts'

const START = new Date('2026-11-23T10:00:00.500Z')
const startPlus = (seconds: number): Date => new Date(START.getTime() + seconds * 1_000)

test('what a trigger or a backfill says of overlap holds for what it fires, and for nothing else', async () => {
  const clock = movedClock(START)
  const world = await openWorld({ clock })
  const job = created('job', START, '@every 10s', { policy: '{"overlap":"BUFFER_ONE","attemptsMax":3}' })
  const trigger = { executionId: 'e', key: 'k', params: '{}', triggeredAt: START, follows: null }
  const range = { from: startPlus(-15), to: startPlus(-5), rerun: false, firesPerMinuteMax: 60 }
  const backfill = { backfillId: 'b', ...range, requestedAt: START }
  await send(
    world,
    clock.settle,
    job,
    { ...job, version: 2, change: 'TRIGGERED', trigger: { ...trigger, overlap: 'ALLOW_ALL' } },
    { ...job, version: 3, change: 'TRIGGERED', trigger: { ...trigger, executionId: 'f', key: 'l', overlap: null } },
    { ...job, version: 4, change: 'BACKFILL_REQUESTED', backfill: { ...backfill, overlap: 'SKIP' } },
  )
  for (let second = 0; second < 10; second++) {
    await clock.advance(1_000)
    await runDry(world.scheduler)
  }
  const fired = (await told(world, 'job-execute')).map(({ value: { cause, policy } }) => {
    const { overlap, attemptsMax } = policyOf(policy)
    return `${cause} ${overlap} ${attemptsMax}`
  })
  expect(fired.toSorted()).toEqual([
    'backfill:b SKIP 3',
    'schedule BUFFER_ONE 3',
    'trigger:k ALLOW_ALL 3',
    'trigger:l BUFFER_ONE 3',
  ])
  await world.close()
})
