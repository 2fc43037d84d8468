import type { FormattedExecutionResult } from 'graphql'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type MovedClock, movedClock } from '#platform/testing'
import type { Claim } from '../commands/ports.ts'
import { openWorld, request, type World } from '../executions.fixture.ts'

let clock: MovedClock
let world: World
let claim: Claim

beforeEach(async () => {
  clock = movedClock(new Date('2026-12-01T09:00:00Z'))
  world = await openWorld({ clock })
  await world.executions.start()
  await world.executions.commands.register('x1')
  await request(world, {})
  await clock.settle()
  claim = (await world.executions.commands.claim('x1', 'loop', 1))[0]!
})

afterEach(async () => {
  await world.close()
})

interface Event {
  readonly data: { readonly executionChanged: object; readonly executionLog: { cursor: string; node: { seq: number } } }
}
type Stream = AsyncIterableIterator<FormattedExecutionResult>

async function open(query: string): Promise<Stream & { stop(): void }> {
  const abort = new AbortController()
  const stream = await world.graph.subgraph.subscribe({ query }, { token: 'workspace' }, abort.signal)
  if (!('next' in stream)) throw new Error(JSON.stringify(stream))
  return Object.assign(stream, { stop: () => abort.abort() })
}

/** Reads on while time goes on. */
async function next(stream: Stream): Promise<IteratorResult<Event>> {
  const event = stream.next() as Promise<IteratorResult<Event>>
  for (let steps = 0; steps < 100; steps++) {
    const first = await Promise.race([event, clock.advance(20)])
    if (first) return first
  }
  throw new Error('nothing came')
}

async function log(...messages: string[]): Promise<void> {
  const lines = messages.map((message) => ({ atMs: clock.now().getTime(), level: 'INFO' as const, message }))
  const written = await world.database.reader.get<{ last: number | null }>(
    'select max(last_seq) as last from log_chunks',
  )
  await world.executions.commands.appendLogs([{ claim, chunks: [{ firstSeq: (written?.last ?? 0) + 1, lines }] }])
}

const finish = (firstSeq: number, message: string): Promise<void> =>
  world.executions.commands.finish([
    {
      claim,
      outcome: { status: 'SUCCEEDED', result: 'null' },
      artefacts: [],
      log: [{ firstSeq, lines: [{ atMs: 0, level: 'INFO', message }] }],
    },
  ])

test.each(['jobId: "job"', 'executionId: "ID"'])(
  'executionChanged(%s) shows how it is, then each change',
  async (argument) => {
    const argumentWithId = argument.replace('ID', claim.execution.id)
    const stream = await open(
      `subscription { executionChanged(${argumentWithId}) { id status version finishedAt job { id } } }`,
    )
    const seen = [await next(stream)]
    await finish(1, 'done')
    seen.push(await next(stream))
    const job = { id: 'job' }
    expect(seen.map(({ value }) => value.data?.executionChanged)).toEqual([
      { id: claim.execution.id, status: 'RUNNING', version: 2, finishedAt: null, job },
      { id: claim.execution.id, status: 'SUCCEEDED', version: 3, finishedAt: '2026-12-01T09:00:00.000Z', job },
    ])
    stream.stop()
  },
)

test('a job shows its next execution as soon as that is queued', async () => {
  const stream = await open('subscription { executionChanged(jobId: "job") { id status } }')
  await next(stream)
  const [id] = await request(world, {})
  expect((await next(stream)).value.data).toEqual({ executionChanged: { id, status: 'QUEUED' } })
  stream.stop()
})

test('a job shows what runs, however many were skipped since, and the newest', async () => {
  const ids = await request(world, ...Array.from({ length: 120 }, () => ({ policy: '{}' })))
  await clock.settle()
  const stream = await open('subscription { executionChanged(jobId: "job") { id status } }')
  const seen = [await next(stream), await next(stream)]
  expect(seen.map(({ value }) => value.data?.executionChanged)).toEqual([
    { id: claim.execution.id, status: 'RUNNING' },
    { id: ids.at(-1), status: 'SKIPPED' },
  ])
  stream.stop()
})

test('a log is told from its beginning, goes on as it is written, and ends with the execution', async () => {
  await log('one', 'two')
  const stream = await open(
    `subscription { executionLog(executionId: "${claim.execution.id}") { node { seq message } } }`,
  )
  const seen: unknown[] = []
  const take = async (count: number): Promise<void> => {
    for (let taken = 0; taken < count; taken++) seen.push((await next(stream)).value.data.executionLog.node)
  }
  await take(2)
  await log('three')
  await take(1)
  await finish(4, 'four')
  await take(1)
  expect(seen).toEqual(['one', 'two', 'three', 'four'].map((message, index) => ({ seq: index + 1, message })))
  expect((await next(stream)).done).toBe(true)
})

test('whoever comes again with a cursor misses no line and gets none twice', async () => {
  const query = (after: string): string =>
    `subscription { executionLog(executionId: "${claim.execution.id}"${after && `, after: "${after}"`}) { cursor node { seq } } }`
  const seen: number[] = []
  let cursor = ''
  for (let round = 0; round < 10; round++) {
    await log(`a${round}`, `b${round}`, `c${round}`)
    const stream = await open(query(cursor))
    // Written while the stream is open, and not all of it read.
    await log(`d${round}`)
    for (let taken = 0; taken < 3; taken++) {
      const edge = (await next(stream)).value.data.executionLog
      cursor = edge.cursor
      seen.push(edge.node.seq)
    }
    stream.stop()
  }
  await finish(41, 'last')
  const rest = await open(query(cursor))
  for (let event = await next(rest); !event.done; event = await next(rest))
    seen.push(event.value.data.executionLog.node.seq)
  expect(seen).toEqual(Array.from({ length: 41 }, (_, index) => index + 1))
})

test('the log of an execution that has ended is told at once, however long', async () => {
  await log(...Array.from({ length: 1_200 }, (_, index) => `line ${index + 1}`))
  await finish(1_201, 'last')
  const stream = await open(`subscription { executionLog(executionId: "${claim.execution.id}") { node { seq } } }`)
  const seen: number[] = []
  for await (const { data } of stream)
    seen.push((data as { executionLog: { node: { seq: number } } }).executionLog.node.seq)
  expect(seen).toEqual(Array.from({ length: 1_201 }, (_, index) => index + 1))
})

test('a listener that leaves while it waits is let go', async () => {
  const stream = await open(`subscription { executionLog(executionId: "${claim.execution.id}") { node { seq } } }`)
  const waiting = stream.next()
  await clock.settle()
  stream.stop()
  expect((await waiting).done).toBe(true)
})
