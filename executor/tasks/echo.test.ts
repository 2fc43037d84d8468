import { expect, test } from 'vitest'
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
