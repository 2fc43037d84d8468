import { afterEach, expect, test } from 'vitest'
import type { JobChanged } from '#avro'
import { movedClock } from '#platform/testing'
import { type EndedSpan, installSink } from '../platform/telemetry/trace/span.ts'
import { created, openWorld, runDry, type World } from './scheduler.fixture.ts'

const START = new Date('2026-11-23T10:00:00.500Z')
const TRACE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`

const open: World[] = []
afterEach(async () => {
  installSink(undefined)
  for (const world of open.splice(0)) await world.close()
})

async function openAt(mayFire: () => Promise<boolean> = async () => true) {
  const clock = movedClock(START)
  const world = await openWorld({ clock, mayFire })
  open.push(world)
  const pass = async (): Promise<void> => {
    await clock.advance(1_000)
    await runDry(world.scheduler)
  }
  return { ...world, clock, pass }
}

async function send({ messaging, schemas }: World, change: JobChanged, traceparent: string): Promise<void> {
  const id = schemas.idOf('carillon.jobs.JobChanged')
  const value = schemas.frame(id, schemas.encode('carillon.jobs.JobChanged', change))
  const { jobId, version } = change
  const headers = { stream: `job-${jobId}`, version: String(version), previous: String(version - 1), traceparent }
  await messaging.produce([{ topic: 'job-events', key: jobId, value, headers }])
}

const requests = ({ database }: World) =>
  database.reader.all<{ trace_parent: string | null }>(
    "select trace_parent from outbox where topic = 'job-execute' order by position",
  )

const triggered = (jobId: string): JobChanged => ({
  ...created(jobId, START, '@manually'),
  trigger: { executionId: 'e1', key: 'k', params: '{}', triggeredAt: START, follows: null, overlap: null },
})

test('a trigger that was held back fires in the trace in which it was asked for, traced here or not', async () => {
  let keepsUp = false
  const world = await openAt(async () => keepsUp)
  await world.pass()
  await send(world, triggered('job'), TRACE)
  await world.clock.settle()
  await world.pass()
  expect(await requests(world)).toEqual([])
  keepsUp = true
  await world.pass()
  expect(await requests(world)).toEqual([{ trace_parent: TRACE }])
})

test('a trace context that is none goes no further', async () => {
  const world = await openAt()
  await send(world, triggered('job'), `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`)
  await world.clock.settle()
  await world.pass()
  expect(await requests(world)).toEqual([{ trace_parent: null }])
})

test('what a change fires at once is caused by the record that brought it; what time fires begins a trace each time', async () => {
  const ended: EndedSpan[] = []
  const world = await openAt()
  installSink({ clock: world.clock, take: (span) => ended.push(span) })
  await send(world, created('now', START, '@now'), TRACE)
  await send(world, created('ticks', START, '@every 1s'), TRACE)
  await world.clock.settle()
  for (let second = 0; second < 3; second++) await world.pass()

  const fires = ended.filter(({ name }) => name === 'fire job')
  const [atOnce, ...byTime] = fires
  const taken = ended.find(({ spanId }) => spanId === atOnce?.parentSpanId)
  expect(taken).toMatchObject({ name: 'process job-events', kind: 'consumer', traceId: 'a'.repeat(32) })
  expect(byTime.map(({ parentSpanId }) => parentSpanId)).toEqual([undefined, undefined, undefined])
  expect(new Set(fires.map(({ traceId }) => traceId)).size).toBe(4)
  expect((await requests(world)).map(({ trace_parent }) => trace_parent)).toEqual(
    fires.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`),
  )
})
