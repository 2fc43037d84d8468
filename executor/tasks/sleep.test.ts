import { expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { sleep } from './sleep.ts'
import { taskContext } from './testing/task-context.ts'

test('SLEEP ends when its time has passed, and not before', async () => {
  const clock = movedClock(new Date('2026-11-23T00:00:00Z'))
  const context = taskContext({ clock })
  let ended = false
  const run = sleep.run({ durationMs: 60_000 }, context).finally(() => {
    ended = true
  })
  await clock.advance(59_999)
  expect(ended).toBe(false)
  await clock.advance(1)
  expect(await run).toEqual({ result: { durationMs: 60_000, sleptMs: 60_000 }, artefacts: [] })
  expect(context.lines).toEqual([
    ['INFO', 'sleeping for 60000 ms'],
    ['INFO', 'woke after 60000 ms'],
  ])
})

test('SLEEP ends at once when its attempt is ended, and is no success', async () => {
  const clock = movedClock(new Date('2026-11-23T00:00:00Z'))
  const abort = new AbortController()
  const run = sleep.run({ durationMs: 3_600_000 }, taskContext({ clock, signal: abort.signal }))
  abort.abort()
  await expect(run).rejects.toMatchObject({ code: 'TASK_ABORTED' })
  expect(clock.nextWakeMs()).toBeUndefined()
})
