import type { FormattedExecutionResult } from 'graphql'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { movedClock } from '#platform/testing'
import { openWorld, request, type World } from '../executions.fixture.ts'

const clock = movedClock(new Date('2026-12-01T09:00:00Z'))
const MISSING = '019a0000-0000-7000-8000-000000000000'
const FIELDS = `id job { id } jobVersion jobType params status cause scheduledFor queuedAt startedAt finishedAt version result
  attempts { number status executor startedAt finishedAt error { code message } lateResultAt logs(first: 1, level: INFO) { edges { node { message } } } }
  error { code message }
  progress { percent step message data at attempt } artefacts { name mediaType sizeBytes sha256 content slice }
  logs(first: 2) { edges { cursor node { seq attempt at level message } } pageInfo { hasNextPage endCursor } }`
let world: World
let mine = ''

beforeAll(async () => {
  world = await openWorld({ clock })
  await world.executions.start()
  const { commands } = world.executions
  await commands.register('x1')
  const ids = await request(world, { workspaceId: 'alice', jobId: 'job' }, { workspaceId: 'alice', jobId: 'job' })
  mine = ids[0] ?? ''
  await clock.settle()
  const [first] = await commands.claim('x1', 'loop', 1)
  if (!first) throw new Error('nothing was claimed')
  const lines = ['one', 'two', 'three'].map((message) => ({
    atMs: clock.now().getTime(),
    level: 'INFO' as const,
    message,
  }))
  const file = { name: 'a.csv', mediaType: 'text/csv', content: 'a,b' }
  const artefacts = await commands.storeArtefacts(first.execution.id, [file])
  const log = [{ firstSeq: 1, lines }]
  await commands.finish([
    { claim: first, outcome: { status: 'SUCCEEDED', result: '{"n":1}' }, artefacts, log, progress: { percent: 100 } },
  ])
})

afterAll(async () => {
  await world.close()
})

function ask(token: string | undefined, query: string, variables = {}): Promise<FormattedExecutionResult> {
  return world.graph.subgraph.execute({ query, variables }, { token })
}

async function subscribe(token: string | undefined, query: string): Promise<FormattedExecutionResult | 'stream'> {
  const abort = new AbortController()
  const answer = await world.graph.subgraph.subscribe({ query }, { token }, abort.signal)
  abort.abort()
  return 'next' in answer ? 'stream' : answer
}

/** An answer as anybody could compare it: with the ids that were asked for taken out. */
function words(answer: unknown): string {
  return JSON.stringify(answer).replaceAll(mine, 'ID').replaceAll(MISSING, 'ID').replaceAll('job-of-nobody', 'job')
}

const queries: Record<string, (id: string, jobId: string) => string> = {
  execution: (id) => `{ execution(id: "${id}") { ${FIELDS} } }`,
  '_entities Execution': (id) =>
    `{ _entities(representations: [{ __typename: "Execution", id: "${id}" }]) { ... on Execution { ${FIELDS} } } }`,
  '_entities Job': (_id, jobId) =>
    `{ _entities(representations: [{ __typename: "Job", id: "${jobId}" }]) { ... on Job { id executions { totalCount edges { node { id } } } } } }`,
  'executions by job': (_id, jobId) =>
    `{ executions(filter: { jobId: "${jobId}" }) { totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } }`,
}

describe.each(Object.entries(queries))('%s', (_name, query) => {
  test("another's is answered in the words of a missing one", async () => {
    const theirs = await ask('mallory', query(mine, 'job'))
    expect(words(theirs)).toBe(words(await ask('mallory', query(MISSING, 'job-of-nobody'))))
    expect(words(theirs)).not.toBe(words(await ask('alice', query(mine, 'job'))))
  })

  test('nobody is told anything without a good token', async () => {
    for (const token of [undefined, 'forged']) {
      const { errors } = await ask(token, query(mine, 'job'))
      expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    }
  })
})

const mutations: Record<string, (id: string) => string> = {
  cancelExecution: (id) => `mutation { cancelExecution(id: "${id}", reason: "enough") { ${FIELDS} } }`,
  releaseExecution: (id) => `mutation { releaseExecution(id: "${id}") { ${FIELDS} } }`,
  failExecution: (id) => `mutation { failExecution(id: "${id}") { ${FIELDS} } }`,
}

describe.each(Object.entries(mutations))('%s', (_name, mutation) => {
  test("of another's is refused in the words of a missing one, and changes nothing", async () => {
    const before = await ask('alice', `{ execution(id: "${mine}") { ${FIELDS} } }`)
    const theirs = await ask('mallory', mutation(mine))
    expect(theirs.errors?.[0]?.extensions?.code).toBe('EXECUTION_NOT_FOUND')
    expect(words(theirs)).toBe(words(await ask('mallory', mutation(MISSING))))
    expect(await ask('alice', `{ execution(id: "${mine}") { ${FIELDS} } }`)).toEqual(before)
  })

  test('is for nobody without a good token', async () => {
    for (const token of [undefined, 'forged']) {
      const { errors } = await ask(token, mutation(mine))
      expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    }
  })
})

test('cancelExecutions reaches what is open of the caller, and nothing else', async () => {
  const [open] = await request(world, { workspaceId: 'bob', jobId: 'shared' })
  await request(world, { workspaceId: 'alice', jobId: 'shared' })
  await clock.settle()
  const cancel = `mutation ($jobId: ID, $statuses: [ExecutionStatus!]) { cancelExecutions(filter: { jobId: $jobId, statuses: $statuses }) {
    changed executions { id status cancellation { by reason requestedAt acknowledgedAt } } } }`
  expect((await ask('mallory', cancel, {})).data?.cancelExecutions).toEqual({ changed: 0, executions: [] })
  expect((await ask('bob', cancel, { statuses: ['SUCCEEDED'] })).data?.cancelExecutions).toMatchObject({ changed: 0 })
  expect((await ask('bob', cancel, { jobId: 'shared' })).data?.cancelExecutions).toMatchObject({
    changed: 1,
    executions: [{ id: open, status: 'CANCELLED', cancellation: { by: 'user of bob', reason: '' } }],
  })
  expect((await ask('bob', cancel, { jobId: 'shared' })).data?.cancelExecutions).toMatchObject({ changed: 0 })
  const query = '{ executions(filter: { jobId: "shared", statuses: [QUEUED] }) { totalCount } }'
  expect((await ask('alice', query)).data?.executions).toEqual({ totalCount: 1 })
  await ask('alice', cancel, { jobId: 'shared' })
})

test('a reason has its limit', async () => {
  const { errors } = await ask(
    'alice',
    `mutation { cancelExecution(id: "${mine}", reason: "${'x'.repeat(501)}") { id } }`,
  )
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', details: { argument: 'reason' } })
})

describe('subscriptions', () => {
  test.each(['executionChanged(executionId: "ID") { id }', 'executionLog(executionId: "ID") { cursor }'])(
    "%s: another's is refused in the words of a missing one",
    async (field) => {
      const open = (token: string | undefined, id: string) =>
        subscribe(token, `subscription { ${field.replace('ID', id)} }`)
      expect(await open('alice', mine)).toBe('stream')
      const theirs = await open('mallory', mine)
      expect(theirs).toMatchObject({ errors: [{ extensions: { code: 'EXECUTION_NOT_FOUND' } }] })
      expect(words(theirs)).toBe(words(await open('mallory', MISSING)))
      expect(await open(undefined, mine)).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] })
    },
  )

  test("another's job is as silent as one that never ran", async () => {
    const abort = new AbortController()
    const query = 'subscription { executionChanged(jobId: "job") { id } }'
    const streams = await Promise.all(
      ['mallory', 'alice'].map((token) => world.graph.subgraph.subscribe({ query }, { token }, abort.signal)),
    )
    const heard: string[] = []
    const listening = streams.map(async (stream, index) => {
      if (!('next' in stream)) throw new Error(JSON.stringify(stream))
      for await (const _event of stream) heard.push(index === 0 ? 'mallory' : 'alice')
    })
    await request(world, { workspaceId: 'alice', jobId: 'job' })
    await clock.advance(500)
    abort.abort()
    await Promise.all(listening)
    // Alice: the two that are there, the newest of which is open, and the one that came.
    expect(heard).toEqual(['alice', 'alice'])
  })

  test.each(['', '(jobId: "job", executionId: "ID")'])('executionChanged%s is refused', async (args) => {
    const query = `subscription { executionChanged${args.replace('ID', mine)} { id } }`
    expect(await subscribe('alice', query)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] })
  })
})

test('lists show what the caller may see, the newest first, in pages', async () => {
  const query = `query ($after: String, $statuses: [ExecutionStatus!]) {
    executions(first: 1, after: $after, filter: { statuses: $statuses }) {
      totalCount edges { node { status } } pageInfo { hasNextPage endCursor } } }`
  type Page = {
    executions: {
      totalCount: number
      edges: { node: { status: string } }[]
      pageInfo: { hasNextPage: boolean; endCursor: string }
    }
  }
  const page = async (variables: object): Promise<Page['executions']> =>
    ((await ask('alice', query, variables)).data as Page).executions
  const seen: string[] = []
  for (let after: string | undefined, more = true; more; ) {
    const { edges, pageInfo } = await page({ after })
    seen.push(...edges.map(({ node }) => node.status))
    after = pageInfo.endCursor
    more = pageInfo.hasNextPage
  }
  expect(seen.at(-1)).toBe('SUCCEEDED')
  expect(seen).toHaveLength((await page({})).totalCount)
  expect(await page({ statuses: ['SUCCEEDED'] })).toMatchObject({ totalCount: 1, pageInfo: { hasNextPage: false } })
  expect((await ask('alice', query, { after: 'nonsense' })).errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT')
})

test('an execution shows its attempts, its result, its log in pages, and its files', async () => {
  const { data, errors } = await ask('alice', `{ execution(id: "${mine}") { ${FIELDS} } }`)
  expect(errors).toBeUndefined()
  expect(data?.execution).toMatchObject({
    job: { id: 'job' },
    status: 'SUCCEEDED',
    params: { message: 'hello' },
    result: { n: 1 },
    version: 3,
    attempts: [{ number: 1, status: 'SUCCEEDED', executor: 'x1', startedAt: '2026-12-01T09:00:00.000Z' }],
    progress: { percent: 100, step: null, data: null, attempt: 1 },
    artefacts: [{ name: 'a.csv', sizeBytes: 3, content: 'a,b', slice: 'YSxi' }],
    logs: {
      edges: [{ node: { seq: 1, message: 'one' } }, { node: { seq: 2, attempt: 1 } }],
      pageInfo: { hasNextPage: true },
    },
  })
  const logs = `query ($first: Int, $after: String) { execution(id: "${mine}") { logs(first: $first, after: $after) { edges { cursor node { message } } } } }`
  const { execution } = data as { execution: { logs: { pageInfo: { endCursor: string } } } }
  const cursor = execution.logs.pageInfo.endCursor
  expect((await ask('alice', logs, { after: cursor })).data).toMatchObject({
    execution: { logs: { edges: [{ node: { message: 'three' } }] } },
  })
  for (const first of [0, 1_001]) {
    expect((await ask('alice', logs, { first })).errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT')
  }
})

test('executions of many references are loaded by one query', async () => {
  const representations = [mine, MISSING, mine].map((id) => ({ __typename: 'Execution', id }))
  const query =
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Execution { status } } }'
  const reading = vi.spyOn(world.database.reader, 'all')
  const { data } = await ask('alice', query, { representations })
  expect(data?._entities).toEqual([{ status: 'SUCCEEDED' }, null, { status: 'SUCCEEDED' }])
  expect(reading).toHaveBeenCalledTimes(1)
  reading.mockRestore()
})
