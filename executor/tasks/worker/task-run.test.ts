import { expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { taskContext } from '../testing/task-context.ts'
import type { FromWorker } from './messages.ts'
import { openTaskRun } from './task-run.ts'

const RESULT = { result: 'in order', artefacts: [] }
const done: FromWorker = { type: 'done', runId: 1, result: RESULT }
const failed: FromWorker = { type: 'failed', runId: 1, code: 'NO', message: '', retryAfterMs: null, isFinal: false }

/** A run whose process only takes notes. */
function open() {
  const clock = movedClock(new Date('2026-12-01T09:00:00Z'))
  const [abort, givenUp] = [new AbortController(), new AbortController()]
  const noted: string[] = []
  const run = openTaskRun({
    ...{ runId: 1, context: taskContext({ clock, signal: abort.signal }) },
    ...{ limits: { timeLimitMs: 30_000, graceMs: 2_000 }, ending: { graceMs: 8_000, givenUp: givenUp.signal } },
    send: ({ type }) => void noted.push(type),
    kill: () => void noted.push('killed'),
  })
  const end = run.result.catch((error: unknown) => error)
  return { clock, noted, run, end, ask: () => abort.abort(), giveUp: () => givenUp.abort() }
}

test('a task that is asked to end and succeeds within its grace has its result', async () => {
  const { clock, noted, run, end, ask } = open()
  ask()
  await clock.advance(7_999)
  run.receive(done)
  await clock.advance(60_000)
  expect([await end, noted]).toEqual([RESULT, ['abort']])
})

test('one that fails then was ended from outside, whatever it says', async () => {
  const { run, end, ask } = open()
  ask()
  run.receive(failed)
  expect(await end).toMatchObject({ code: 'TASK_ABORTED' })
})

test.each([
  ['at once', 0],
  ['after it was asked to end', 1],
])('one that is given up %s has no result any more', async (_when, asks) => {
  const { clock, noted, run, end, ask, giveUp } = open()
  if (asks) ask()
  giveUp()
  run.receive(done)
  await clock.advance(60_000)
  expect(await end).toMatchObject({ code: 'TASK_ABORTED' })
  expect(noted).toEqual(['abort'])
})

test('one whose time was over before it was asked to end has timed out', async () => {
  const { clock, run, end, ask } = open()
  await clock.advance(30_000)
  ask()
  run.receive(done)
  expect(await end).toMatchObject({ code: 'TASK_TIMED_OUT' })
})

test('one that does not end within its grace is killed then', async () => {
  const { clock, noted, ask } = open()
  ask()
  await clock.advance(7_999)
  expect(noted).toEqual(['abort'])
  await clock.advance(1)
  expect(noted).toEqual(['abort', 'killed'])
})
