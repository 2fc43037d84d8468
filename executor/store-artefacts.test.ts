import { expect, test } from 'vitest'
import { request } from '../subgraphs/executions/executions.fixture.ts'
import { shown, stage, taskOf, tasksOf } from './executor.fixture.ts'

const making = (content: string) =>
  taskOf('MAKING', async () => ({ result: null, artefacts: [{ name: 'a.txt', mediaType: 'text/plain', content }] }))

/** Runs a task that makes a file, beside one that makes none, while the storage refuses so many times. */
async function runWhile(refusals: number, content = 'x') {
  const given = await stage()
  const { commands } = given.world.executions
  let tries = 0
  const storeArtefacts: typeof commands.storeArtefacts = async (...args) => {
    tries += 1
    if (tries <= refusals) throw new Error('the storage is away')
    return commands.storeArtefacts(...args)
  }
  await given.executor({ tasks: tasksOf(given.clock, making(content)), executions: { ...commands, storeArtefacts } })
  const [id, other] = await request(given.world, { jobType: 'MAKING' }, {})
  await given.clock.advance(50)
  expect((await shown(given, other)).status).toBe('SUCCEEDED')
  await given.clock.advance(20_000)
  const rows = await given.world.database.reader.all('select name, size_bytes, storage from artefacts')
  return { ...(await shown(given, id)), rows, tries }
}

test('a storage that is away for a moment delays the result of who needs it, and of nobody else', async () => {
  const { status, rows, tries } = await runWhile(3)
  expect([status, tries]).toEqual(['SUCCEEDED', 4])
  expect(rows).toEqual([{ name: 'a.txt', size_bytes: 1, storage: 'database' }])
})

test('a storage that stays away fails the attempt, and nothing refers to what is not there', async () => {
  const { status, error_code, rows } = await runWhile(Number.POSITIVE_INFINITY)
  expect([status, error_code, rows]).toEqual(['FAILED', 'ARTEFACT_NOT_STORED', []])
})

test('what is too large for the storage fails at once', async () => {
  const { status, error_code, tries } = await runWhile(0, 'x'.repeat(1024 * 1024 + 1))
  expect([status, error_code, tries]).toEqual(['FAILED', 'TASK_ARTEFACT_TOO_LARGE', 1])
})
