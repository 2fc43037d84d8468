import { afterEach, expect, test } from 'vitest'
import { topics } from '#avro'
import { movedClock } from '#platform/testing'
import { type EndedSpan, installSink } from '../../platform/telemetry/trace/span.ts'
import { openWorld, requested, type World } from './executions.fixture.ts'

const START = new Date('2026-12-01T09:00:00Z')
const TRACE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
const ATTEMPT = `00-${'a'.repeat(32)}-${'c'.repeat(16)}-01`

const opened: World[] = []
afterEach(async () => {
  installSink(undefined)
  for (const made of opened.splice(0)) await made.close()
})

/** A context that has taken in a request with this header, and an executor's claim of it. */
async function claimed(traceparent: string) {
  const clock = movedClock(START)
  const world = await openWorld({ clock })
  opened.push(world)
  const { executions, messaging, schemas } = world
  await executions.start()
  const { schema } = topics['job-execute']
  const value = schemas.frame(schemas.idOf(schema), schemas.encode(schema, requested(clock)))
  await messaging.produce([{ topic: 'job-execute', key: 'job', value, headers: { traceparent } }])
  await clock.settle()
  await executions.commands.register('e1')
  const [claim] = await executions.commands.claim('e1', 'loop', 10)
  return { world, claim: claim! }
}

const told = ({ database }: World) =>
  database.reader.all<{ trace_parent: string | null }>('select trace_parent from outbox order by position')

const SUCCEEDED = { outcome: { status: 'SUCCEEDED', result: '{}' }, artefacts: [] } as const

test('whoever claims an execution, and whoever hears of it, is told the trace in which it was fired', async () => {
  const { world, claim } = await claimed(TRACE)
  expect(claim.traceparent).toBe(TRACE)
  await world.executions.commands.finish([{ ...SUCCEEDED, claim, log: [] }])
  expect(await told(world)).toEqual([{ trace_parent: TRACE }, { trace_parent: TRACE }, { trace_parent: TRACE }])
})

test('an execution whose executor was lost stays in its trace', async () => {
  const { world } = await claimed(TRACE)
  const { commands } = world.executions
  await commands.declareLost('e1')
  await commands.register('e2')
  const [again] = await commands.claim('e2', 'loop', 10)
  expect(again).toMatchObject({ epoch: 2, traceparent: TRACE })
})

test('a trace context that is none goes no further', async () => {
  const { world, claim } = await claimed('00-zz')
  expect(claim.traceparent).toBeUndefined()
  expect(await told(world)).toEqual([{ trace_parent: null }, { trace_parent: null }])
})

test('lines and results are written in the trace of their attempt, and the news of a result is caused by it', async () => {
  const ended: EndedSpan[] = []
  const { world, claim } = await claimed(TRACE)
  installSink({ clock: world.clock, take: (span) => ended.push(span) })
  const { commands } = world.executions
  const line = { atMs: START.getTime(), level: 'INFO', message: 'hunter2' } as const
  const chunk = (firstSeq: number) => ({ firstSeq, lines: [line, line] })
  expect(await commands.appendLogs([{ claim, chunks: [chunk(1)], traceparent: ATTEMPT }])).toEqual([])
  await commands.finish([{ ...SUCCEEDED, claim, log: [chunk(3)], traceparent: ATTEMPT }])
  const attributes = { 'carillon.execution.id': claim.execution.id, 'carillon.attempt': 1, 'carillon.log.lines': 2 }
  const shared = { traceId: 'a'.repeat(32), parentSpanId: 'c'.repeat(16), attributes }
  expect(ended).toMatchObject([
    { name: 'write log', ...shared },
    { name: 'write result', ...shared },
  ])
  expect((await told(world)).at(-1)).toEqual({ trace_parent: `00-${'a'.repeat(32)}-${ended[1]?.spanId}-01` })
  expect(JSON.stringify(ended)).not.toContain('hunter2')
})
