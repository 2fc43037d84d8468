import { expect, test } from 'vitest'
import { movedClock } from '#platform/testing'
import { echo } from './echo.ts'
import { taskContext } from './testing/task-context.ts'

test('ECHO returns its params and logs nothing without a message', async () => {
  const context = taskContext()
  const params = { nested: [1, { two: null }] }
  expect(await echo.run(params, context)).toEqual({ result: params, artefacts: [] })
  expect(context.lines).toEqual([])
})

test('ECHO logs its message, also when it fails', async () => {
  const context = taskContext()
  await echo.run({ message: 'hello' }, context)
  await expect(echo.run({ message: 'alas', fail: true }, context)).rejects.toMatchObject({
    code: 'ECHO_FAILED',
    message: 'alas',
  })
  expect(context.lines).toEqual([
    ['INFO', 'hello'],
    ['INFO', 'alas'],
  ])
})

test('ECHO fails with the code that it was given', async () => {
  await expect(echo.run({ errorCode: 'OUT_OF_TEA' }, taskContext())).rejects.toMatchObject({ code: 'OUT_OF_TEA' })
})

test('ECHO logs its message as often and as fast as it is asked to, and ends when it is aborted', async () => {
  const clock = movedClock(new Date('2026-12-01T09:00:00Z'))
  const abort = new AbortController()
  const context = taskContext({ clock, signal: abort.signal })
  const run = expect(echo.run({ message: 'tick', times: 1_000, perSecond: 50 }, context)).rejects
  await clock.advance(1_990)
  expect(context.lines).toHaveLength(100)
  expect(context.lines.at(-1)).toEqual(['INFO', 'tick 100'])
  abort.abort()
  await run.toMatchObject({ code: 'TASK_ABORTED' })
  const fast = taskContext()
  await echo.run({ message: 'tick', times: 250 }, fast)
  expect(fast.lines).toHaveLength(250)
})
