import { afterEach, describe, expect, test } from 'vitest'
import { brokenLinks } from '#platform/event-store'
import { differences, rebuild } from '#platform/projections'
import type { FinishedAttempt } from './commands/finish-attempts.ts'
import type { Claim } from './commands/ports.ts'
import { type MovedWorld, openMovedWorld, request, requested, type World } from './executions.fixture.ts'
import { executionsProjection } from './main.ts'
import type { QueueRow } from './projections/queue.ts'

const START = new Date('2026-12-01T09:00:00Z')
const deaf = { wake: () => undefined, look: () => undefined }
const opened: World[] = []

afterEach(async () => {
  for (const made of opened.splice(0)) await made.close()
})

async function open(): Promise<MovedWorld> {
  const made = await openMovedWorld(START)
  opened.push(made)
  return made
}

type Row = {
  id: string
  status: string
  attempts: string
  version: number
  result: string | null
  error_code: string | null
}

const rows = ({ database }: World): Promise<Row[]> => database.reader.all<Row>('select * from executions order by id')
const queue = ({ database }: World): Promise<QueueRow[]> => database.reader.all<QueueRow>('select * from queue')
const eventTypes = async ({ database }: World, id: string): Promise<string[]> =>
  (
    await database.reader.all<{ type: string }>('select type from events where stream = ? order by version', [
      `execution-${id}`,
    ])
  ).map(({ type }) => type)

async function sent({ database, schemas }: World, executionId: string): Promise<string[]> {
  const id = await schemas.register('carillon.executions.ExecutionChanged')
  const found = await database.reader.all<{ body: Uint8Array; version: number; previous: number }>(
    `select body, version, previous from outbox where topic = 'execution-events' and stream = ? order by position`,
    [`execution-${executionId}`],
  )
  return Promise.all(
    found.map(async ({ body, version, previous }) => {
      const { value } = await schemas.decode(schemas.frame(id, body))
      const { previousStatus, status } = value as { previousStatus: string; status: string }
      return `${previous}→${version} ${previousStatus}→${status}`
    }),
  )
}

function success(claim: Claim, fields: Partial<FinishedAttempt> = {}): FinishedAttempt {
  return { claim, outcome: { status: 'SUCCEEDED', result: '{"ok":true}' }, artefacts: [], log: [], ...fields }
}

async function claimed(made: MovedWorld, executor = 'x1'): Promise<Claim> {
  await request(made, {})
  await made.clock.settle()
  await made.executions.commands.register(executor)
  const [claim] = await made.executions.commands.claim(executor, 'loop', 10)
  return claim!
}

describe('intake', () => {
  test('a request that comes twice, in one batch or in two, is taken in once', async () => {
    const made = await open()
    const once = requested(made.clock)
    await request(made, once, once)
    await made.clock.settle()
    await request(made, once)
    await made.clock.settle()
    expect(await rows(made)).toMatchObject([{ id: once.executionId, status: 'QUEUED', version: 1 }])
    expect(await queue(made)).toMatchObject([{ executor_id: '', epoch: 0, sent_version: 1 }])
    expect(await sent(made, once.executionId)).toEqual(['0→1 NONE→QUEUED'])
  })

  test('params that are not JSON are parked, and the others of the batch are taken in', async () => {
    const made = await open()
    await request(made, {}, { params: '{broken' }, {})
    await made.clock.settle()
    expect(await rows(made)).toHaveLength(2)
    expect(await made.database.reader.all('select reason from quarantine')).toMatchObject([{ reason: 'RULE_BROKEN' }])
  })

  test('an executor at hand with room is given what comes, in the same unit and told once', async () => {
    const made = await open()
    const given: Claim[] = []
    await made.executions.commands.register('x1')
    let slots = 2
    made.executions.commands.connect({
      id: () => 'x1',
      freeSlots: () => slots,
      start: (claims) => given.push(...claims),
      ...deaf,
    })
    const ids = await request(made, { jobId: 'a' }, { jobId: 'a' }, { jobId: 'a' })
    await made.clock.settle()
    expect(given.map(({ execution, epoch }) => [execution.id, epoch])).toEqual([
      [ids[0], 1],
      [ids[1], 1],
    ])
    expect((await rows(made)).map(({ status }) => status)).toEqual(['RUNNING', 'RUNNING', 'QUEUED'])
    expect(await sent(made, ids[0]!)).toEqual(['0→2 NONE→RUNNING'])
    slots = 2
    await request(made, {})
    await made.clock.settle()
    // One waits already: whoever comes later stands behind it.
    expect(given).toHaveLength(2)
  })

  test('an executor that was declared lost is given nothing', async () => {
    const made = await open()
    const given: Claim[] = []
    await made.executions.commands.register('x1')
    const start = (claims: readonly Claim[]): number => given.push(...claims)
    made.executions.commands.connect({ id: () => 'x1', freeSlots: () => 9, start, ...deaf })
    await made.executions.commands.declareLost('x1')
    await request(made, {})
    await made.clock.settle()
    expect(given).toEqual([])
    expect(await made.executions.commands.claim('x1', 'loop', 9)).toEqual([])
    expect(await rows(made)).toMatchObject([{ status: 'QUEUED' }])
  })
})

describe('claims', () => {
  test('each waiting execution goes to one claim, the oldest first, and a full place does not block another', async () => {
    const made = await open()
    const { commands } = made.executions
    const ids = await request(made, { jobType: 'REPORT' }, {}, { jobType: 'REPORT' }, {}, {})
    await made.clock.settle()
    await commands.register('x1')
    await commands.register('x2')
    const claims = await Promise.all([commands.claim('x1', 'loop', 2), commands.claim('x2', 'loop', 2)])
    const given = claims.map((some) => some.map(({ execution }) => execution.id))
    // Which of the two is first is nobody's promise.
    expect(given.toSorted((one, other) => other.length - one.length)).toEqual([[ids[1], ids[3]], [ids[4]]])
    expect(await commands.claimsOf('x1')).toEqual(new Map(given[0]?.map((id) => [id, { epoch: 1, cancel: null }])))
    expect((await commands.claim('x2', 'worker', 9)).map(({ execution }) => execution.id)).toEqual([ids[0], ids[2]])
  })

  test('a run without trouble has three events and three records, and leaves no row in the queue', async () => {
    const made = await open()
    const claim = await claimed(made)
    const file = { name: 'a.csv', mediaType: 'text/csv', content: 'é' }
    const artefacts = await made.executions.commands.storeArtefacts(claim.execution.id, [file])
    const log = [{ firstSeq: 1, lines: [{ atMs: 5, level: 'INFO' as const, message: 'hello' }] }]
    await made.executions.commands.finish([success(claim, { artefacts, log })])
    const { id } = claim.execution
    expect(await eventTypes(made, id)).toEqual(['ExecutionQueued', 'AttemptStarted', 'ExecutionSucceeded'])
    expect(await sent(made, id)).toEqual(['0→1 NONE→QUEUED', '1→2 QUEUED→RUNNING', '2→3 RUNNING→SUCCEEDED'])
    expect(await queue(made)).toEqual([])
    expect(await made.database.reader.all('select name, size_bytes from artefacts')).toMatchObject([{ size_bytes: 2 }])
    expect(await made.database.reader.all('select first_seq, last_seq, attempt from log_chunks')).toMatchObject([
      { first_seq: 1, last_seq: 1, attempt: 1 },
    ])
    expect(await brokenLinks(made.database.reader, `execution-${id}`)).toEqual([])
  })

  test('a result that is written twice, because its acknowledgement was lost, is written once', async () => {
    const made = await open()
    const claim = await claimed(made)
    await made.executions.commands.finish([success(claim)])
    await made.executions.commands.finish([success(claim)])
    expect(await eventTypes(made, claim.execution.id)).toHaveLength(3)
  })
})

describe('the fence', () => {
  test('what a given-up attempt writes is refused, and its late result is recorded', async () => {
    const made = await open()
    const { commands } = made.executions
    const claim = await claimed(made, 'x1')
    expect(await commands.declareLost('x1')).toBe(1)
    await commands.register('x2')
    const [second] = await commands.claim('x2', 'loop', 1)
    const lines = [{ atMs: 5, level: 'INFO' as const, message: 'stale' }]
    expect(await commands.appendLogs([{ claim, chunks: [{ firstSeq: 1, lines }] }])).toEqual([claim])
    const stale = { name: 'a.csv', mediaType: 'text/csv', content: 'stale' }
    const artefacts = await commands.storeArtefacts(claim.execution.id, [stale])
    await commands.finish([success(claim, { artefacts, log: [{ firstSeq: 1, lines }] })])
    expect(await made.database.reader.all('select * from log_chunks')).toEqual([])
    expect(await made.database.reader.all('select * from artefacts')).toEqual([])
    expect(await rows(made)).toMatchObject([{ status: 'RUNNING', result: null }])

    // The one who holds it goes on, though an event came between.
    await commands.finish([success(second!)])
    await commands.finish([success(claim)])
    const [row] = await rows(made)
    expect(row).toMatchObject({ status: 'SUCCEEDED' })
    expect(JSON.parse(row!.attempts)).toMatchObject([
      { number: 1, status: 'LOST', executorId: 'x1', lateResultAtMs: START.getTime() },
      { number: 2, status: 'SUCCEEDED', executorId: 'x2', lateResultAtMs: null },
    ])
    expect(await eventTypes(made, claim.execution.id)).toEqual([
      'ExecutionQueued',
      'AttemptStarted',
      'AttemptLost',
      'AttemptStarted',
      'LateResultRefused',
      'ExecutionSucceeded',
    ])
    const told = ['0→1 NONE→QUEUED', '1→2 QUEUED→RUNNING', '2→3 RUNNING→QUEUED', '3→4 QUEUED→RUNNING']
    expect(await sent(made, claim.execution.id)).toEqual([...told, '4→6 RUNNING→SUCCEEDED'])
    expect(await brokenLinks(made.database.reader, `execution-${claim.execution.id}`)).toEqual([])
  })

  test('an execution fails when five attempts were lost', async () => {
    const made = await open()
    const { commands } = made.executions
    await request(made, {})
    await made.clock.settle()
    for (let attempt = 1; attempt <= 5; attempt++) {
      await commands.register(`x${attempt}`)
      expect(await commands.claim(`x${attempt}`, 'loop', 1)).toMatchObject([{ epoch: attempt }])
      await commands.declareAllLost()
    }
    expect(await rows(made)).toMatchObject([{ status: 'FAILED', error_code: 'ATTEMPTS_EXHAUSTED' }])
    expect(await queue(made)).toEqual([])
  })

  test('the lines of the next attempt are numbered on', async () => {
    const made = await open()
    const { commands } = made.executions
    const claim = await claimed(made, 'x1')
    const lines = ['one', 'two'].map((message) => ({ atMs: 5, level: 'INFO' as const, message }))
    await commands.appendLogs([{ claim, chunks: [{ firstSeq: 1, lines }] }])
    await commands.appendLogs([{ claim, chunks: [{ firstSeq: 1, lines }] }])
    await commands.retire('x1')
    await commands.register('x2')
    expect(await commands.claim('x2', 'loop', 1)).toMatchObject([{ epoch: 2, logSeq: 2 }])
  })
})

test('live equals rebuilt, over executions that ran, failed, were lost and were late', async () => {
  const made = await open()
  const { commands } = made.executions
  await request(made, ...Array.from({ length: 300 }, (_, index) => ({ jobId: `job-${index % 7}` })))
  await made.clock.settle()
  for (let round = 0; round < 12; round++) {
    const executor = `x${round}`
    await commands.register(executor)
    const claims = await commands.claim(executor, 'loop', 60)
    const [finished, abandoned] = [
      claims.filter((_, index) => index % 3 > 0),
      claims.filter((_, index) => index % 3 === 0),
    ]
    await commands.finish(
      finished.map((claim, index) =>
        index % 4 === 0
          ? success(claim, { outcome: { status: 'FAILED', error: { code: 'NO', message: 'no' } } })
          : success(claim),
      ),
    )
    await commands.declareLost(executor)
    await commands.finish(abandoned.filter((_, index) => index % 2 === 0).map((claim) => success(claim)))
    await made.clock.advance(1_000)
  }
  const statuses = new Set((await rows(made)).map(({ status }) => status))
  expect(statuses).toEqual(new Set(['SUCCEEDED', 'FAILED']))
  const compare = (): Promise<readonly unknown[]> =>
    rebuild(made.database, executionsProjection, (unit) => differences(unit, executionsProjection))
  expect(await compare()).toEqual([])
  await made.database.unit([], (unit) =>
    unit.run(
      `update executions set attempts = '[]' where id in (select id from (select min(id) as id from executions) oldest)`,
    ),
  )
  expect(await compare()).toHaveLength(1)
})

test('the history counts what ended in a period, by job, type and status, for one workspace', async () => {
  const made = await open()
  const { commands } = made.executions
  await request(made, {}, {}, { jobId: 'other' }, { workspaceId: 'theirs' })
  await made.clock.settle()
  await commands.register('x1')
  const given = await commands.claim('x1', 'loop', 9)
  const claims = given.toSorted((one, other) => (one.execution.id < other.execution.id ? -1 : 1))
  await made.clock.advance(2_000)
  await commands.finish(claims.slice(0, 1).map((claim) => success(claim)))
  await made.clock.advance(1_000)
  await commands.finish(claims.slice(1).map((claim) => success(claim)))
  const at = (ms: number): Date => new Date(START.getTime() + ms)
  const count = { jobType: 'ECHO', status: 'SUCCEEDED' }
  expect(await commands.history.summary('workspace', at(0), at(3_001))).toEqual([
    { ...count, jobId: 'job', count: 2, durationMsTotal: 5_000, durationMsMax: 3_000 },
    { ...count, jobId: 'other', count: 1, durationMsTotal: 3_000, durationMsMax: 3_000 },
  ])
  expect(await commands.history.summary('workspace', at(0), at(3_000))).toMatchObject([{ count: 1 }])
})
