import { afterEach, describe, expect, test } from 'vitest'
import { brokenLinks } from '#platform/event-store'
import type { Overlap } from '#platform/policy'
import { differences, rebuild } from '#platform/projections'
import { OPEN_FLOW } from './commands/flow-config.ts'
import type { Claim } from './commands/ports.ts'
import { type ExecutionRequest, takeIn } from './commands/take-in.ts'
import { type MovedWorld, member, openMovedWorld, request, type World } from './executions.fixture.ts'
import { executionsProjection } from './main.ts'

const START = new Date('2026-12-01T09:00:00Z')
const opened: World[] = []

afterEach(async () => {
  for (const made of opened.splice(0)) await made.close()
})

type Opened = MovedWorld

async function open(): Promise<Opened> {
  const made = await openMovedWorld(START)
  opened.push(made)
  return made
}

/** Asks for executions of one job, together. @returns their ids */
async function arrive(made: Opened, ...wanted: readonly (Overlap | object)[]): Promise<readonly string[]> {
  const ids = await request(
    made,
    ...wanted.map((each) => ({ policy: JSON.stringify(typeof each === 'string' ? { overlap: each } : each) })),
  )
  await made.clock.settle()
  return ids
}

async function claimAll(made: Opened, executor = 'x1'): Promise<readonly Claim[]> {
  await made.executions.commands.register(executor)
  return made.executions.commands.claim(executor, 'loop', 99)
}

const success = (claim: Claim) =>
  ({ claim, outcome: { status: 'SUCCEEDED', result: '1' }, artefacts: [], log: [] }) as const
const failure = (claim: Claim) =>
  ({ claim, outcome: { status: 'FAILED', error: { code: 'NO', message: 'no' } }, artefacts: [], log: [] }) as const
const cancel = (made: Opened, executionId = '') =>
  made.executions.commands.operate({ kind: 'cancel', caller: member, executionId, reason: '' })

/** The statuses of all, in the order in which they came; of what was skipped its code. */
async function statuses({ database }: World): Promise<readonly string[]> {
  const rows = await database.reader.all<{ status: string; error_code: string | null }>(
    'select status, error_code from executions order by id',
  )
  return rows.map(({ status, error_code }) => (status === 'SKIPPED' ? (error_code ?? '') : status))
}

describe('what comes while another execution is open', () => {
  test.each<[Overlap, readonly string[]]>([
    ['SKIP', ['RUNNING', 'SKIPPED_OVERLAP', 'SKIPPED_OVERLAP']],
    ['BUFFER_ONE', ['RUNNING', 'WAITING', 'DROPPED_BUFFER']],
    ['BUFFER_ALL', ['RUNNING', 'WAITING', 'WAITING']],
    ['CANCEL_OTHER', ['RUNNING', 'DROPPED_BUFFER', 'WAITING']],
    ['TERMINATE_OTHER', ['CANCELLED', 'CANCELLED', 'QUEUED']],
    ['ALLOW_ALL', ['RUNNING', 'QUEUED', 'QUEUED']],
  ])('%s, in one batch and in two', async (overlap, expected) => {
    for (const batches of [[2], [1, 1]]) {
      const made = await open()
      const [first] = await arrive(made, overlap)
      await claimAll(made)
      for (const size of batches) await arrive(made, ...Array<Overlap>(size).fill(overlap))
      expect(await statuses(made)).toEqual(expected)
      const [shown] = await made.database.reader.all<{ cancellation: string | null }>('select * from executions')
      const isAsked = overlap === 'CANCEL_OTHER' || overlap === 'TERMINATE_OTHER'
      expect(JSON.parse(shown?.cancellation ?? 'null')).toEqual(
        isAsked ? expect.objectContaining({ by: { kind: 'SUPERSEDED', executionId: expect.any(String) } }) : null,
      )
      expect(first).toBeDefined()
    }
  })

  test('another job is another matter', async () => {
    const made = await open()
    await request(made, { jobId: 'a', policy: '{}' }, { jobId: 'b', policy: '{}' }, { jobId: 'a', policy: '{}' })
    await made.clock.settle()
    expect(await statuses(made)).toEqual(['QUEUED', 'QUEUED', 'SKIPPED_OVERLAP'])
  })

  test('what is skipped has an error that names what stood in its way, two events and one record', async () => {
    const made = await open()
    const [first, second] = await arrive(made, 'SKIP', 'SKIP')
    const query = `query ($id: ID!) { execution(id: $id) { status blockedBy finishedAt error { code message } attempts { number } } }`
    const answer = await made.graph.subgraph.execute({ query, variables: { id: second } }, { token: 'workspace' })
    expect(answer.data).toEqual({
      execution: {
        ...{ status: 'SKIPPED', blockedBy: first, finishedAt: START.toISOString(), attempts: [] },
        error: { code: 'SKIPPED_OVERLAP', message: `execution ${first} of the job had not ended` },
      },
    })
    const events = await made.database.reader.all('select type from events where stream = ? order by version', [
      `execution-${second}`,
    ])
    expect(events).toEqual([{ type: 'ExecutionQueued' }, { type: 'ExecutionSkipped' }])
    const sql = `select count(*) as total from outbox where stream = ?`
    expect(await made.database.reader.get(sql, [`execution-${second}`])).toEqual({ total: 1 })
    expect(await made.database.reader.all('select execution_id from queue')).toEqual([{ execution_id: first }])
  })

  test('one whose executor was lost does not stand in the way for ever', async () => {
    const made = await open()
    await arrive(made, 'BUFFER_ONE')
    await claimAll(made)
    await arrive(made, 'BUFFER_ONE')
    await made.executions.commands.declareAllLost()
    expect(await statuses(made)).toEqual(['QUEUED', 'WAITING'])
    const [again] = await claimAll(made, 'x2')
    if (again) await made.executions.commands.finish([success(again)])
    expect(await statuses(made)).toEqual(['SUCCEEDED', 'QUEUED'])
  })

  test('one in back-off, or held, is open', async () => {
    for (const [policy, status] of [
      [{ overlap: 'SKIP', attemptsMax: 2, backoffMs: 60_000 }, 'RETRYING'],
      [{ overlap: 'SKIP', onUnknown: 'HOLD' }, 'HELD'],
    ] as const) {
      const made = await open()
      await arrive(made, policy)
      const [claim] = await claimAll(made)
      if (status === 'RETRYING' && claim) await made.executions.commands.finish([failure(claim)])
      else await made.executions.commands.declareAllLost()
      await arrive(made, 'SKIP')
      expect(await statuses(made)).toEqual([status, 'SKIPPED_OVERLAP'])
    }
  })
})

describe('what waits', () => {
  test.each<[string, (made: Opened, claim: Claim) => Promise<unknown>]>([
    ['succeeds', (made, claim) => made.executions.commands.finish([success(claim)])],
    ['fails', (made, claim) => made.executions.commands.finish([failure(claim)])],
    ['times out', (made) => made.clock.advance(61_000).then(() => made.executions.commands.fireTimers())],
    ['is lost for good', (made) => made.executions.commands.declareAllLost()],
  ])('goes on, the first first, when what it waits behind %s', async (_how, end) => {
    const made = await open()
    const policy = { overlap: 'BUFFER_ALL', startToCloseMs: 60_000, onUnknown: 'SKIP' }
    await arrive(made, policy)
    const [claim] = await claimAll(made)
    const [second] = await arrive(made, policy, policy)
    expect((await statuses(made)).slice(1)).toEqual(['WAITING', 'WAITING'])
    expect(await claimAll(made, 'x2')).toEqual([])
    if (claim) await end(made, claim)
    expect((await statuses(made)).slice(1)).toEqual(['QUEUED', 'WAITING'])
    expect((await claimAll(made, 'x3')).map(({ execution }) => execution.id)).toEqual([second])
    expect(await brokenLinks(made.database.reader, `execution-${second}`)).toEqual([])
  })

  test('goes on when what it waits behind is cancelled while it waits itself, or expires', async () => {
    const made = await open()
    const soon = { overlap: 'BUFFER_ALL', scheduleToStartMs: 5_000 }
    const [first] = await arrive(made, 'BUFFER_ALL')
    await arrive(made, soon, 'BUFFER_ALL')
    await made.clock.advance(5_001)
    await made.executions.commands.fireTimers()
    expect(await statuses(made)).toEqual(['QUEUED', 'EXPIRED', 'WAITING'])
    await cancel(made, first)
    expect(await statuses(made)).toEqual(['CANCELLED', 'EXPIRED', 'QUEUED'])
  })

  test('is cancelled at once, and the next one takes its turn', async () => {
    const made = await open()
    await arrive(made, 'BUFFER_ALL')
    const [claim] = await claimAll(made)
    const [second] = await arrive(made, 'BUFFER_ALL', 'BUFFER_ALL')
    await cancel(made, second)
    expect(await statuses(made)).toEqual(['RUNNING', 'CANCELLED', 'WAITING'])
    if (claim) await made.executions.commands.finish([success(claim)])
    expect(await statuses(made)).toEqual(['SUCCEEDED', 'CANCELLED', 'QUEUED'])
  })

  test('is admitted when all that stood before it ends in one unit', async () => {
    const made = await open()
    await arrive(made, 'ALLOW_ALL', 'ALLOW_ALL', 'BUFFER_ONE')
    const claims = await claimAll(made)
    expect(await statuses(made)).toEqual(['RUNNING', 'RUNNING', 'WAITING'])
    await made.executions.commands.finish(claims.map(success))
    expect(await statuses(made)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'QUEUED'])
  })

  test('is found, if rows are gone that it waited behind', async () => {
    const made = await open()
    await arrive(made, 'BUFFER_ALL', 'BUFFER_ALL', 'BUFFER_ALL')
    expect(await made.executions.commands.admitWaiting()).toBe(0)
    await made.database.unit([], (unit) => unit.run('delete from queue where waiting_since is null'))
    expect(await made.executions.commands.admitWaiting()).toBe(1)
    expect((await statuses(made)).slice(1)).toEqual(['QUEUED', 'WAITING'])
  })
})

describe('at once', () => {
  const overlapping = (made: Opened, overlap: Overlap): ExecutionRequest => ({
    ...{ executionId: made.clock.newId(), workspaceId: 'workspace', jobId: 'job', jobVersion: 1, jobType: 'ECHO' },
    ...{ params: '{}', cause: 'schedule', scheduledAtMs: 0, correlationId: 'c', causationId: 'c' },
    policy: JSON.stringify({ overlap }),
  })
  const take = ({ database, schemas, storages }: Opened, wanted: ExecutionRequest) => {
    const nothing = (): void => undefined
    const ports = {
      ...{ schemas, storages },
      ...{ operators: [], flow: OPEN_FLOW, random: () => 0, newId: () => 'none' },
      placeOf: () => 'loop' as const,
      onQueued: nothing,
      onInterrupted: nothing,
    } as const
    return database.unit([], (unit) => takeIn(unit, ports, [wanted], undefined))
  }

  test('intakes that know nothing of each other admit one between them', async () => {
    const made = await open()
    await Promise.all(Array.from({ length: 12 }, () => take(made, overlapping(made, 'SKIP'))))
    const found = await statuses(made)
    expect(found.filter((status) => status === 'QUEUED')).toHaveLength(1)
    expect(found.filter((status) => status === 'SKIPPED_OVERLAP')).toHaveLength(11)
  })

  test('one that comes while another ends runs after it, whoever is first', async () => {
    const made = await open()
    await arrive(made, 'BUFFER_ONE')
    for (let round = 0; round < 12; round++) {
      const [claim] = await claimAll(made, `x${round}`)
      const end = claim ? made.executions.commands.finish([success(claim)]) : Promise.resolve()
      await Promise.all([end, take(made, overlapping(made, 'BUFFER_ONE'))])
      expect((await statuses(made)).at(-1)).toBe('QUEUED')
    }
  })

  test('all that stood before one may end in units of their own', async () => {
    const made = await open()
    await arrive(made, ...Array<Overlap>(6).fill('ALLOW_ALL'), 'BUFFER_ONE')
    const claims = await claimAll(made)
    await Promise.all(claims.map((claim) => made.executions.commands.finish([success(claim)])))
    expect((await statuses(made)).at(-1)).toBe('QUEUED')
  })
})

test('live equals rebuilt, over all policies', async () => {
  const made = await open()
  const policies = ['SKIP', 'BUFFER_ONE', 'BUFFER_ALL', 'CANCEL_OTHER', 'TERMINATE_OTHER'] as const
  for (let round = 0; round < 8; round++) {
    await arrive(made, ...policies.map((_overlap, index) => policies[(index + round) % policies.length] ?? 'SKIP'))
    const claims = await claimAll(made, `x${round}`)
    if (round % 2 === 0) await made.executions.commands.finish(claims.map(success))
    await made.clock.advance(1_000)
  }
  const found = await rebuild(made.database, executionsProjection, (unit) => differences(unit, executionsProjection))
  expect(found).toEqual([])
})
