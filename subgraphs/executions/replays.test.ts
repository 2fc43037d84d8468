import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type MovedWorld, openMovedWorld } from './executions.fixture.ts'
import {
  ask,
  codeOf,
  ended,
  many,
  origins,
  REPLAY,
  repeated,
  replay,
  rowCount,
  runThrough,
  SUCCESS,
  tellJob,
} from './replays.fixture.ts'

const START = new Date('2026-12-01T09:00:00Z')
let world: MovedWorld

beforeEach(async () => {
  world = await openMovedWorld(START)
  await world.executions.commands.register('x1')
})

afterEach(() => world.close())

describe('the set', () => {
  test('a dry run lists exactly what the replay then runs, and changes nothing', async () => {
    const failed = await ended(world, [{ jobId: 'a' }, { jobId: 'b' }, { jobId: 'a' }])
    await ended(world, [{ jobId: 'a' }], SUCCESS)
    const dry = await replay(world, { dryRun: true })
    expect(dry).toMatchObject({ id: null, state: 'DRY_RUN', selectedCount: 3, queuedCount: 0 })
    expect(origins(dry)).toEqual(failed)
    expect(dry.executions.edges).toEqual([])
    await world.clock.advance(5_000)
    expect(await rowCount(world)).toBe(4)
    await replay(world, { id: 'r' })
    const done = await runThrough(world, 'r')
    expect(repeated(done)).toEqual(origins(dry))
    expect(origins(done)).toEqual(origins(dry))
    expect(done).toMatchObject({ state: 'COMPLETED', queuedCount: 3, outcomes: [{ status: 'SUCCEEDED', count: 3 }] })
    expect(done.executions.edges[0]?.node).toMatchObject({
      cause: 'replay:r',
      jobVersion: 1,
      params: { message: 'hello' },
    })
  })

  test('is chosen by job, status, time, cause and code, and is in pages', async () => {
    const [old = ''] = await ended(world, [{ jobId: 'a', cause: 'trigger:one' }])
    await world.clock.advance(60_000)
    const cutAt = world.clock.now().toISOString()
    const [other = '', good = ''] = [
      ...(await ended(world, [{ jobId: 'b', cause: 'backfill:x' }])),
      ...(await ended(world, [{ jobId: 'b' }], SUCCESS)),
    ]
    const chosen = async (filter: object): Promise<readonly string[]> =>
      origins(await replay(world, { filter, dryRun: true }))
    expect(await chosen({})).toEqual([old, other])
    expect(await chosen({ jobId: 'b' })).toEqual([other])
    expect(await chosen({ from: cutAt })).toEqual([other])
    expect(await chosen({ to: cutAt })).toEqual([old])
    expect(await chosen({ statuses: ['SUCCEEDED'] })).toEqual([good])
    expect(await chosen({ cause: 'trigger:' })).toEqual([old])
    expect(await chosen({ cause: 'backfill:x' })).toEqual([other])
    expect(await chosen({ errorCode: 'BROKEN', statuses: ['FAILED', 'SUCCEEDED'] })).toEqual([old, other])
    expect(await chosen({ errorCode: 'OTHER' })).toEqual([])
    const page = `mutation ($after: String) { replay(filter: {}, dryRun: true) { origins(first: 1, after: $after) {
      edges { node { id } } pageInfo { hasNextPage endCursor } } } }`
    const first = (await ask(world, 'workspace', page)).data?.['replay'] as {
      origins: { pageInfo: { endCursor: string } }
    }
    expect(first).toMatchObject({ origins: { edges: [{ node: { id: old } }], pageInfo: { hasNextPage: true } } })
    const { endCursor: after } = first.origins.pageInfo
    const second = (await ask(world, 'workspace', page, { after })).data?.['replay']
    expect(second).toMatchObject({ origins: { edges: [{ node: { id: other } }], pageInfo: { hasNextPage: false } } })
  })

  test('is fixed when it is asked for, and leaves out what was run again already', async () => {
    const first = await ended(world, many(2))
    await replay(world, { id: 'one' })
    const late = await ended(world, [{}])
    expect(origins(await runThrough(world, 'one'))).toEqual(first)
    expect(origins(await replay(world, { dryRun: true }))).toEqual(late)
    expect(origins(await replay(world, { dryRun: true, filter: { rerun: true } }))).toEqual([...first, ...late])
    expect(await replay(world, { id: 'empty', filter: { jobId: 'none' } })).toMatchObject({
      state: 'COMPLETED',
      selectedCount: 0,
    })
  })

  test.each([
    [{ filter: { statuses: ['RUNNING'] } }, 'BAD_USER_INPUT'],
    [{ filter: { statuses: [] } }, 'BAD_USER_INPUT'],
    [{ filter: { from: START.toISOString(), to: START.toISOString() } }, 'BAD_USER_INPUT'],
    [{ filter: { cause: '' } }, 'BAD_USER_INPUT'],
    [{ rate: 0 }, 'BAD_USER_INPUT'],
    [{ id: '' }, 'BAD_USER_INPUT'],
    [{ id: 'x'.repeat(101) }, 'BAD_USER_INPUT'],
    [{ id: 'a\u0000b' }, 'BAD_USER_INPUT'],
    [{ id: 'two\nlines' }, 'BAD_USER_INPUT'],
    [{ id: ' r' }, 'BAD_USER_INPUT'],
    [{ id: 'r ' }, 'BAD_USER_INPUT'],
    [{ id: '\ud800' }, 'BAD_USER_INPUT'],
  ])('%j is refused', async (variables, code) => {
    for (const dryRun of [true, false]) {
      expect(codeOf(await ask(world, 'workspace', REPLAY, { filter: {}, dryRun, ...variables }))).toBe(code)
    }
  })
})

describe('definitions', () => {
  test('LATEST is the job as it was when the replay was asked for', async () => {
    await tellJob(world, { version: 1 })
    await ended(world, many(2, { jobVersion: 1 }))
    await tellJob(world, { version: 4, params: '{"n":4}', jobType: 'SLEEP', policy: '{"attemptsMax":5}' })
    const query = `mutation ($id: Int) { replay(filter: { jobId: "job" }, params: LATEST, jobVersionMin: $id, dryRun: true) { id } }`
    expect(codeOf(await ask(world, 'workspace', query, { id: 5 }))).toBe('NOT_READY')
    expect(codeOf(await ask(world, 'workspace', query, { id: 4 }))).toBeUndefined()
    for (const id of [-1, 0]) expect(codeOf(await ask(world, 'workspace', query, { id }))).toBe('BAD_USER_INPUT')
    await replay(world, { id: 'r', params: 'LATEST', rate: 60 })
    await tellJob(world, { version: 5, params: '{"n":5}' })
    const done = await runThrough(world, 'r')
    expect(done.executions.edges.map(({ node }) => node)).toMatchObject(
      many(2, { jobVersion: 4, params: { n: 4 }, jobType: 'SLEEP' }),
    )
    const policies = await world.database.reader.all('select distinct policy from executions where cause = ?', [
      'replay:r',
    ])
    expect(policies).toMatchObject([{ policy: expect.stringContaining('"attemptsMax":5') }])
  })

  test('LATEST of an archived job is refused, and of one that was never heard of; ORIGINAL is not', async () => {
    await ended(world, [{ jobId: 'gone' }])
    expect(codeOf(await ask(world, 'workspace', REPLAY, { filter: {}, params: 'LATEST' }))).toBe('JOB_NOT_FOUND')
    await tellJob(world, { jobId: 'gone', version: 1, state: 'ARCHIVED', change: 'ARCHIVED' })
    const { errors } = await ask(world, 'workspace', REPLAY, { filter: {}, params: 'LATEST', dryRun: true })
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'JOB_ARCHIVED', details: { jobIds: ['gone'] } })
    expect(await replay(world, { dryRun: true })).toMatchObject({ selectedCount: 1 })
  })
})
