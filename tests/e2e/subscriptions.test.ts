import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client'
import { createClient as createSseClient } from 'graphql-sse'
import { createClient as createWsClient } from 'graphql-ws'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { ApiClient } from '#platform/testing'
import { createJob, sharedWorld } from './world.ts'

const world = sharedWorld()

const STATUS = `subscription ($id: ID!) { jobStatusChanged(jobId: $id) {
  phase succeededCount version job { name owner { username } } lastExecution { id result logs { edges { node { message } } } } } }`
const LOG =
  'subscription ($id: ID!, $after: String) { executionLog(executionId: $id, after: $after) { cursor node { seq message } } }'

interface StatusEvent {
  readonly jobStatusChanged: {
    readonly phase: string
    readonly succeededCount: number
    readonly version: number
    readonly job: { readonly owner: { readonly username: string } }
    readonly lastExecution: {
      readonly result: unknown
      readonly logs: { readonly edges: readonly { node: { message: string } }[] }
    } | null
  }
}

function overWebSocket<Data>(client: ApiClient, query: string, variables: object): AsyncIterableIterator<Data> {
  const socket = createWsClient({
    url: `${client.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: { authorization: `Bearer ${client.token}` },
  })
  return results(socket.iterate({ query, variables: { ...variables } }), () => socket.dispose())
}

function overSse<Data>(client: ApiClient, query: string, variables: object): AsyncIterableIterator<Data> {
  const sse = createSseClient({
    url: `${client.url}/graphql`,
    headers: { authorization: `Bearer ${client.token}` },
    retryAttempts: 0,
  })
  return results(sse.iterate({ query, variables: { ...variables } }), () => sse.dispose())
}

async function* overMultipart<Data>(client: ApiClient, query: string, variables: object): AsyncIterableIterator<Data> {
  const link = new HttpLink({ uri: `${client.url}/graphql`, headers: { authorization: `Bearer ${client.token}` } })
  const apollo = new ApolloClient({ cache: new InMemoryCache(), link })
  const queue: Data[] = []
  let wake = (): void => undefined
  const subscription = apollo.subscribe({ query: gql(query), variables }).subscribe(({ data }) => {
    queue.push(data as Data)
    wake()
  })
  try {
    for (;;) {
      const next = queue.shift()
      if (next) yield next
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    subscription.unsubscribe()
  }
}

async function* results<Data>(
  events: AsyncIterableIterator<{ data?: unknown; errors?: readonly unknown[] | undefined }>,
  end: () => unknown,
): AsyncIterableIterator<Data> {
  try {
    for await (const { data, errors } of events) {
      if (errors) throw new Error(JSON.stringify(errors))
      yield data as Data
    }
  } finally {
    end()
  }
}

test.each([
  ['graphql-ws', overWebSocket],
  ['SSE', overSse],
  ['multipart', overMultipart],
] as const)(
  'over %s: the current status first, then each change, with fields of the other subgraphs',
  async (_name, open) => {
    const client = await world.user()
    const id = await createJob(client, { jobType: 'ECHO', schedule: '@manually', params: { message: 'hello' } })
    const events: StatusEvent['jobStatusChanged'][] = []
    for await (const { jobStatusChanged } of open<StatusEvent>(client, STATUS, { id })) {
      if (events.push(jobStatusChanged) === 1) {
        await client.data('mutation ($id: ID!) { triggerJob(id: $id) { executionId } }', { id })
      }
      if (jobStatusChanged.succeededCount === 1) break
    }
    expect(events[0]).toMatchObject({ phase: 'WAITING', succeededCount: 0, lastExecution: null })
    const last = events.at(-1)
    expect(last?.job.owner.username).toMatch(/^user-/)
    expect(last?.lastExecution?.logs.edges.map(({ node }) => node.message)).toEqual(['hello'])
    const versions = events.map(({ version }) => version)
    expect([...versions].sort((one, other) => one - other)).toEqual(versions)
    expect(new Set(versions).size).toBe(versions.length)
    // What a subscriber was told, a query confirms.
    const query = 'query ($id: ID!) { job(id: $id) { status { phase succeededCount version } } }'
    const { job } = await client.data<{ job: { status: { succeededCount: number } } }>(query, { id })
    expect(job.status.succeededCount).toBe(1)
  },
)

test('an execution is watched from its start to its end, and its log is complete and in order', async () => {
  const client = await world.user()
  const id = await createJob(client, { jobType: 'SLEEP', schedule: '@manually', params: { durationMs: 300 } })
  const trigger = 'mutation ($id: ID!) { triggerJob(id: $id) { executionId } }'
  const { triggerJob } = await client.data<{ triggerJob: { executionId: string } }>(trigger, { id })
  const { executionId } = triggerJob

  const lines: { cursor: string; node: { seq: number } }[] = []
  const log = async (after: string | null): Promise<void> => {
    for await (const { executionLog } of overWebSocket<{ executionLog: (typeof lines)[number] }>(client, LOG, {
      id: executionId,
      after,
    })) {
      lines.push(executionLog)
    }
  }
  // It may not have been taken in yet; then there is nothing to watch.
  await expect
    .poll(() => client.graphql('query ($id: ID!) { execution(id: $id) { id } }', { id: executionId }))
    .toMatchObject({ data: { execution: { id: executionId } } })
  const statuses: string[] = []
  const changed = 'subscription ($id: ID!) { executionChanged(executionId: $id) { status job { name } } }'
  const watching = (async () => {
    for await (const { executionChanged } of overSse<{ executionChanged: { status: string } }>(client, changed, {
      id: executionId,
    })) {
      statuses.push(executionChanged.status)
      if (executionChanged.status === 'SUCCEEDED') break
    }
  })()
  await Promise.all([log(null), watching])
  expect(statuses.at(-1)).toBe('SUCCEEDED')
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.map(({ node }) => node.seq)).toEqual(lines.map((_, index) => index + 1))

  const all = lines.splice(0)
  await log(all[0]?.cursor ?? null)
  expect(lines).toEqual(all.slice(1))
})

test("another's job cannot be watched: the answer is that of a missing one", async () => {
  const [owner, stranger] = [await world.user(), await world.user()]
  const id = await createJob(owner, { jobType: 'ECHO', schedule: '@manually', params: {} })
  const refusal = async (jobId: string): Promise<string> => {
    const events = overWebSocket<StatusEvent>(stranger, STATUS, { id: jobId })
    return events.next().then(
      () => 'watched',
      (error: unknown) => JSON.stringify(error instanceof Error ? error.message : error).replaceAll(jobId, '<id>'),
    )
  }
  const missing = await refusal('019ab000-0000-7000-8000-000000000000')
  expect(missing).toContain('JOB_NOT_FOUND')
  expect(await refusal(id)).toBe(missing)
})
