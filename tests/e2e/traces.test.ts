import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiClient, isOnStack } from '#platform/testing'
import { type CollectedSpan, type Collector, openCollector } from './collector.ts'
import { createJob, eventually, openWorld } from './world.ts'

let collector: Collector
const environment: Record<string, string> = {}
beforeAll(async () => {
  collector = await openCollector()
  environment['OTEL_EXPORTER_OTLP_ENDPOINT'] = collector.endpoint
})
const world = openWorld(environment)
afterAll(() => collector.close())

const CLIENT_SPAN = 'b7ad6b7169203331'
const SECRET = 'swordfish'
// From the mutation to what is written of its run. Between a commit and what it causes elsewhere lies Kafka, or nothing.
const TO_SCHEDULER = ['graphql mutation', 'fetch jobs', 'subgraph jobs', 'commit jobs', 'send job-events']
const TO_EXECUTOR = ['process job-events', 'fire job', 'send job-execute', 'process job-execute', 'run attempt']
const PATH = [...TO_SCHEDULER, ...TO_EXECUTOR].filter((name) => isOnStack() || !name.startsWith('send '))
const SERVICES: Readonly<Record<string, string>> = {
  'graphql mutation': 'carillon-gateway',
  'commit jobs': 'carillon-jobs',
  'fire job': 'carillon-scheduler',
  'run attempt': 'carillon-executor',
  'write result': 'carillon-executor',
}

/** Sends a mutation as a client does that traces. */
async function send<Data>(client: ApiClient, query: string, variables: object, traceparent: string): Promise<Data> {
  const { body } = await client.rest('POST', '/graphql', { query, variables }, { traceparent })
  expect(body.errors).toBeUndefined()
  return body.data as Data
}

/** A span with all before it in its trace, the first one first. */
function pathTo(span: CollectedSpan, trace: readonly CollectedSpan[]): readonly CollectedSpan[] {
  const parent = trace.find(({ spanId }) => spanId === span.parentSpanId)
  return parent ? [...pathTo(parent, trace), span] : [span]
}

const named = (spans: readonly CollectedSpan[], name: string) => spans.filter((span) => span.name === name)

const isWritten = ({ name }: CollectedSpan) => name === 'write result' || name === 'write log'

/**
 * Waits until a trace has spans of these names, and the way to each that was written: processes send what they have in
 * their own time.
 */
const whole = (traceId: string, ...names: string[]): Promise<readonly CollectedSpan[]> =>
  eventually(
    async () => collector.trace(traceId),
    (trace) =>
      names.every((name) => named(trace, name).length > 0) &&
      trace.filter(isWritten).every((span) => pathTo(span, trace).some(({ name }) => name === 'fire job')) &&
      trace.every(({ parentSpanId: parent }) => !parent || parent === CLIENT_SPAN || has(trace, parent)),
    30_000,
  )

const has = (trace: readonly CollectedSpan[], id: string) => trace.some(({ spanId }) => spanId === id)

test.each([
  ['triggerJob', 'ECHO', { message: SECRET }, '1'],
  ['triggerJob', 'REPORT', { reportType: 'daily-sales' }, '2'],
  ['triggerJob', 'SLEEP', { durationMs: 500 }, '3'],
  ['createJob', 'ECHO', { message: SECRET }, '4'],
])('one trace leads from %s of %s to the log of its run', async (mutation, jobType, params, digit) => {
  const client = await world.user()
  const traceId = digit.repeat(32)
  const traceparent = `00-${traceId}-${CLIENT_SPAN}-01`
  if (mutation === 'createJob') {
    const query = 'mutation ($input: CreateJobInput!) { createJob(input: $input) { id } }'
    await send(client, query, { input: { jobType, schedule: '@now', params } }, traceparent)
  } else {
    const id = await createJob(client, { jobType, schedule: '@manually', params })
    const query = 'mutation ($id: ID!, $key: String) { triggerJob(id: $id, idempotencyKey: $key) { executionId } }'
    await send(client, query, { id, key: SECRET }, traceparent)
  }
  // A run that lasts has its lines written while it runs, the last ones with its result.
  const writes = jobType === 'SLEEP' ? ['write log', 'write result'] : ['write result']
  const trace = await whole(traceId, ...writes, 'process execution-events', 'process schedule-events')

  const written = trace.filter(isWritten)
  expect(written.some(({ attributes }) => Number(attributes['carillon.log.lines']) > 0)).toBe(true)
  for (const span of written) {
    const path = pathTo(span, trace)
    expect(path.map(({ name }) => name)).toEqual([...PATH, span.name])
    expect(path[0]?.parentSpanId).toBe(CLIENT_SPAN)
  }
  for (const [name, service] of Object.entries(SERVICES)) {
    for (const span of named(trace, name)) expect(span.service).toBe(isOnStack() ? service : 'carillon')
  }
  // On a machine that has too much to do an executor may lose one, and make another.
  const last = named(trace, 'run attempt').find(
    ({ spanId }) => spanId === named(trace, 'write result').at(-1)?.parentSpanId,
  )
  expect(last?.attributes).toMatchObject({ 'carillon.job.type': jobType, 'carillon.attempt.status': 'SUCCEEDED' })
  // What the executions tell of its end is caused by the result.
  await eventually(
    async () => named(collector.trace(traceId), 'process execution-events'),
    (spans) => spans.some((span) => pathTo(span, collector.trace(traceId)).some(({ name }) => name === 'write result')),
  )
  const causes = new Set(named(trace, 'fire job').map(({ attributes }) => attributes['carillon.cause']))
  expect([...causes]).toEqual([mutation === 'createJob' ? 'schedule' : 'trigger'])
})

test('what time alone fires begins a trace of its own each time', async () => {
  const client = await world.user()
  const input = { jobType: 'ECHO', schedule: '@every 1s', params: { message: 'tick' } }
  // Each fire is to run, on a busy machine, too.
  const id = await createJob(client, { ...input, overlap: 'ALLOW_ALL' })
  const fires = await eventually(
    async () => named(collector.all(), 'fire job').filter(({ attributes }) => attributes['carillon.job.id'] === id),
    (spans) => spans.length >= 3,
    30_000,
  )
  expect(new Set(fires.map(({ traceId }) => traceId)).size).toBe(fires.length)
  const last = fires[fires.length - 2]
  const trace = await whole(last?.traceId ?? '', 'write result')
  expect(pathTo(named(trace, 'write result')[0]!, trace)[0]).toMatchObject({ name: 'fire job' })
})

test('a traceparent that is none is ignored, and one that is not to be recorded is not', async () => {
  const client = await world.user()
  const traceId = 'e'.repeat(32)
  await client.rest(
    'POST',
    '/graphql',
    { query: 'query Unsampled { jobs { totalCount } }' },
    { traceparent: `00-${traceId}-${CLIENT_SPAN}-00` },
  )
  await client.rest(
    'POST',
    '/graphql',
    { query: 'query Malformed { jobs { totalCount } }' },
    { traceparent: `00-${'0'.repeat(32)}-${CLIENT_SPAN}-01` },
  )
  const found = await eventually(
    async () => collector.all().filter(({ attributes }) => attributes['graphql.operation.name'] === 'Malformed'),
    (spans) => spans.length > 0,
  )
  expect(found).toHaveLength(1)
  expect(found[0]).not.toHaveProperty('parentSpanId')
  expect(found[0]?.traceId).toMatch(/^(?!0{32})[\da-f]{32}$/)
  expect(collector.trace(traceId)).toEqual([])
})

test('no parameter, no key of a caller and no token is in any span', async () => {
  const client = await world.user()
  expect(collector.all().length).toBeGreaterThan(20)
  expect(collector.text()).not.toContain(SECRET)
  expect(collector.text()).not.toContain('correct horse battery')
  expect(collector.text()).not.toContain(client.token?.split('.')[0] ?? 'no token')
})

test('a collector that hangs, or is away, neither slows nor breaks the system, and is spoken of once a process', {
  timeout: 150_000,
}, async () => {
  const hanging = await openCollector({ hangs: true })
  try {
    for (const endpoint of [hanging.endpoint, 'http://127.0.0.1:9']) {
      expect(await world.system().stop()).toBe(0)
      await world.restart({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint })
      const client = await world.user()
      const inputs = Array.from({ length: 2_000 }, () => ({ jobType: 'ECHO', schedule: '@now', params: {} }))
      await client.data('mutation ($inputs: [CreateJobInput!]!) { createJobs(inputs: $inputs) { id } }', { inputs })
      await eventually(
        () => client.data<{ jobs: { totalCount: number } }>('{ jobs(filter: { states: [COMPLETED] }) { totalCount } }'),
        ({ jobs }) => jobs.totalCount === 2_000,
        60_000,
      )
      const said = await eventually(
        async () =>
          world
            .system()
            .output()
            .split('\n')
            .filter((line) => line.includes('traces.not_exported')),
        (lines) => lines.length > 0,
      )
      const threads = said.map((line) => `${/"pid":\d+/.exec(line)?.[0]} ${line.includes('"thread":"engine"')}`)
      expect(new Set(threads).size).toBe(threads.length)
    }
  } finally {
    hanging.close()
  }
})
