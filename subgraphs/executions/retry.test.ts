import { afterEach, beforeEach, expect, test } from 'vitest'
import { differences, rebuild } from '#platform/projections'
import { type MovedWorld, member, openMovedWorld } from './executions.fixture.ts'
import { executionsProjection } from './main.ts'
import { ask, codeOf, endAll, ended, queued, SUCCESS } from './replays.fixture.ts'

const START = new Date('2026-12-01T09:00:00Z')
let world: MovedWorld

beforeEach(async () => {
  world = await openMovedWorld(START)
  await world.executions.commands.register('x1')
})

afterEach(() => world.close())

const RETRY = `mutation ($id: ID!, $key: String, $overlap: Overlap) { retryExecution(id: $id, idempotencyKey: $key, overlap: $overlap) {
  id cause status jobVersion params scheduledFor origin { id status } } }`
type Retried = { readonly id: string; readonly status: string }

async function retry(id: string, key?: string): Promise<Retried> {
  const { data, errors } = await ask(world, 'workspace', RETRY, { id, key })
  expect(errors).toBeUndefined()
  return data?.['retryExecution'] as Retried
}

test('a retry is a new execution with all that the original had, and names it', async () => {
  const policy = '{"attemptsMax":3,"backoffMs":60000}'
  const fields = {
    jobVersion: 7,
    params: '{"message":"original"}',
    policy,
    scheduledFor: new Date('2026-11-30T00:00:00Z'),
  }
  const [id = ''] = await queued(world, { ...fields, cause: 'trigger:t' })
  await world.executions.commands.operate({ kind: 'cancel', caller: member, executionId: id, reason: '' })
  const retried = await retry(id)
  expect(retried).toMatchObject({
    cause: `retry:${id}`,
    status: 'QUEUED',
    jobVersion: 7,
    params: { message: 'original' },
    scheduledFor: '2026-11-30T00:00:00.000Z',
    origin: { id, status: 'CANCELLED' },
  })
  expect(retried.id).not.toBe(id)
  const [row] = await world.database.reader.all('select policy, origin_id from executions where id = ?', [retried.id])
  expect(row).toEqual({ policy, origin_id: id })
  expect(await endAll(world, SUCCESS)).toEqual([retried.id])
  // What is rebuilt from events is what the commands wrote.
  await rebuild(world.database, executionsProjection, async (unit) => {
    expect(await differences(unit, executionsProjection)).toEqual([])
  })
})

test('one that is open is refused, and so is another’s, in the words of a missing one', async () => {
  const [id = ''] = await queued(world, {})
  expect(codeOf(await ask(world, 'workspace', RETRY, { id }))).toBe('EXECUTION_OPEN')
  await endAll(world)
  const theirs = await ask(world, 'mallory', RETRY, { id })
  expect(codeOf(theirs)).toBe('EXECUTION_NOT_FOUND')
  const missing = await ask(world, 'mallory', RETRY, { id: world.clock.newId() })
  expect(theirs.errors?.[0]?.message).toBe(missing.errors?.[0]?.message)
  expect(codeOf(await ask(world, undefined, RETRY, { id }))).toBe('UNAUTHENTICATED')
  expect(await world.database.reader.all('select id from executions')).toHaveLength(1)
})

test('the same key gives the same execution, also when that has ended; another key another one', async () => {
  const [id = ''] = await ended(world, [{}])
  const [one, same] = await Promise.all([retry(id, 'k'), retry(id, 'k')])
  expect(same?.id).toBe(one?.id)
  await endAll(world)
  expect(await retry(id, 'k')).toMatchObject({ id: one?.id, status: 'FAILED' })
  expect((await retry(id, 'other')).id).not.toBe(one?.id)
  expect(codeOf(await ask(world, 'workspace', RETRY, { id, key: '' }))).toBe('BAD_USER_INPUT')
})

test('without a key a second click gives the retry that is open, and a later one a new retry', async () => {
  const [id = ''] = await ended(world, [{}])
  const [first, second] = await Promise.all([retry(id), retry(id)])
  expect(second?.id).toBe(first?.id)
  await endAll(world)
  const third = await retry(id)
  expect(third.id).not.toBe(first?.id)
  // A retry may be retried: it names what it repeats.
  expect(await retry(first?.id ?? '')).toMatchObject({ origin: { id: first?.id } })
})

test('it passes admission like any other, and may say otherwise for itself', async () => {
  const policy = '{}'
  const [id = ''] = await ended(world, [{ policy }])
  await queued(world, { policy })
  expect(await retry(id)).toMatchObject({ status: 'SKIPPED', origin: { id } })
  const { data } = await ask(world, 'workspace', RETRY, { id, overlap: 'ALLOW_ALL' })
  expect(data?.['retryExecution']).toMatchObject({ status: 'QUEUED' })
})

test('a click that asks for another overlap than the open retry has is no repetition of it', async () => {
  const policy = '{"overlap":"BUFFER_ALL"}'
  const [id = ''] = await ended(world, [{ policy }])
  await queued(world, { policy })
  const waiting = await retry(id)
  expect(waiting).toMatchObject({ status: 'WAITING' })
  const atOnce = async () =>
    (await ask(world, 'workspace', RETRY, { id, overlap: 'ALLOW_ALL' })).data?.['retryExecution']
  const [first, second] = [await atOnce(), await atOnce()]
  expect(first).toMatchObject({ status: 'QUEUED' })
  expect(second).toEqual(first)
  expect((await retry(id)).id).toBe(waiting.id)
})

test('a reason has lines, but nothing that nobody can see', async () => {
  const id = 'e1'
  const operate = (kind: 'cancel' | 'fail', reason: string) =>
    world.executions.commands.operate({ kind, caller: member, executionId: id, reason })
  for (const reason of ['a\u0000b', '\ud800', 'x'.repeat(501)]) {
    for (const kind of ['cancel', 'fail'] as const) {
      await expect(operate(kind, reason)).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        details: { argument: 'reason' },
      })
    }
  }
  await expect(operate('cancel', 'two\nlines')).rejects.toMatchObject({ code: 'EXECUTION_NOT_FOUND' })
})
