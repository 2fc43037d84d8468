import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client/core/index.js'
import { createClient as sseClient } from 'graphql-sse'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'
import { until } from './testing/until.ts'
import { bearer, openWorld, type World } from './testing/world.ts'

interface Event {
  readonly jobStatusChanged: { readonly to: string; readonly job: { readonly owner: { readonly username: string } } }
}

const QUERY = 'subscription ($id: ID!) { jobStatusChanged(jobId: $id) { to job { owner { username } } } }'
const ended = [expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED' } })]

let world: World
let token: string
beforeAll(async () => {
  world = await openWorld()
  token = world.identity.issue('alice')
})
afterEach(() => until(() => expect(world.jobs.seen.streams).toBe(0)))
afterAll(() => world.close())

const streams = (count: number): Promise<void> => until(() => expect(world.jobs.seen.streams).toBe(count))
const sse = (authorization: string | undefined = token) =>
  sseClient({ url: `${world.gateway.url}/graphql`, headers: bearer(authorization), retryAttempts: 0 })

describe('every transport', () => {
  test('SSE carries a subscription, and lets go of its source at the end', async () => {
    const client = sse()
    const results = client.iterate<Event>({ query: QUERY, variables: { id: 'j5' } })
    const first = results.next()
    await streams(1)
    world.jobs.setStatus('j5', 'DONE')
    expect((await first).value).toEqual({
      data: { jobStatusChanged: { to: 'DONE', job: { owner: { username: 'alice' } } } },
    })
    client.dispose()
    await streams(0)
    await until(() => expect(world.jobs.bus.listenerCount('job:j5')).toBe(0))
  })

  test('SSE carries a query as a stream of one result', async () => {
    const client = sse()
    const results = []
    for await (const result of client.iterate({ query: '{ me { username } }' })) results.push(result)
    expect(results).toEqual([{ data: { me: { username: 'alice' } } }])
    client.dispose()
  })

  test('multipart carries a subscription to Apollo Client, each event as soon as it comes', async () => {
    const link = new HttpLink({ uri: `${world.gateway.url}/graphql`, headers: bearer(token) })
    const client = new ApolloClient({ cache: new InMemoryCache(), link })
    const seen: unknown[] = []
    const subscription = client.subscribe<Event>({ query: gql(QUERY), variables: { id: 'j5' } }).subscribe({
      next: ({ data, error }) => void seen.push(data?.jobStatusChanged.to ?? error),
      error: (error: unknown) => void seen.push(error),
    })
    await streams(1)
    world.jobs.setStatus('j5', 'RUNNING')
    await until(() => expect(seen).toEqual(['RUNNING']))
    world.jobs.setStatus('j5', 'DONE')
    await until(() => expect(seen).toEqual(['RUNNING', 'DONE']))
    subscription.unsubscribe()
  })

  test('a WebSocket carries queries and mutations too', async () => {
    const client = world.ws(token)
    const { value } = await client
      .iterate({ query: '{ me { username } jobs(first: 1) { owner { username } } }' })
      .next()
    expect(value?.data).toEqual({ me: { username: 'alice' }, jobs: [{ owner: { username: 'alice' } }] })
    const touched = await client.iterate({ query: 'mutation { touch }' }).next()
    expect(touched.value?.data).toEqual({ touch: true })
    await client.dispose()
  })

  test('a subscription that asks for one plain answer is refused with 406', async () => {
    const { status, body } = await world.post(QUERY, { id: 'j1' }, token)
    expect(status).toBe(406)
    expect(body.errors?.[0]?.extensions?.code).toBe('SUBSCRIPTION_TRANSPORT')
  })

  test('a body without the members of the protocol is refused on streams as well', async () => {
    const headers = { 'content-type': 'application/json', accept: 'text/event-stream' }
    for (const body of ['[]', '{"query":1}', '{"query":"{me{id}}","variables":[]}']) {
      const answer = await world.http('/graphql', { method: 'POST', headers, body })
      expect(answer.status).toBe(400)
    }
  })
})

describe('who may listen', () => {
  test('the token reaches the subscription and the entity fetches; other headers of a client do not', async () => {
    world.auth.seen.callers.length = 0
    const client = world.ws(token)
    const results = client.iterate({ query: QUERY, variables: { id: 'j7' } })
    const first = results.next()
    await streams(1)
    world.jobs.setStatus('j7', 'DONE')
    await first
    await client.dispose()
    expect(world.auth.seen.callers.map((seen) => seen.token)).toEqual([token])

    world.auth.seen.callers.length = 0
    const spoofed = { 'x-user-id': 'admin', cookie: 'a=b', 'x-forwarded-for': '1.2.3.4' }
    await world.post('{ job(id: "j1") { owner { username } } }', {}, token, spoofed)
    const [caller] = world.auth.seen.callers
    expect(Object.keys(caller ?? {}).sort()).toEqual(['correlationId', 'network', 'token'])
    expect(caller?.network).toContain('127.0.0.1')
  })

  test('a guarded field without a token is refused before any source runs', async () => {
    const client = world.ws()
    await expect(client.iterate({ query: QUERY, variables: { id: 'j7' } }).next()).rejects.toEqual([
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'UNAUTHENTICATED' }) }),
    ])
    expect(world.jobs.seen.streams).toBe(0)
    await client.dispose()
  })

  test('a token that is no good gives 401 over HTTP and SSE, and closes a WebSocket with 4403', async () => {
    const refused = await world.post('{ __typename }', {}, `${token}x`)
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer')
    expect(refused.body.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    expect((await world.post('{ __typename }', {}, undefined, { authorization: 'Basic YTpi' })).status).toBe(401)
    const accept = { accept: 'text/event-stream' }
    expect((await world.post('{ __typename }', {}, `${token}x`, accept)).status).toBe(401)
    const client = world.ws(`${token}x`)
    await expect(client.iterate({ query: '{ __typename }' }).next()).rejects.toMatchObject({ code: 4403 })
    await client.dispose()
  })

  test('at expiry a WebSocket closes with 4403 and its client comes back with a fresh token', async () => {
    let connects = 0
    const seen: unknown[] = []
    const client = world.ws(undefined, {
      retryAttempts: 3,
      retryWait: async () => undefined,
      shouldRetry: () => true,
      connectionParams: () => bearer(world.identity.issue('alice', connects++ ? 300_000 : 400)),
    })
    const sink = { next: (result: unknown) => void seen.push(result), error: (error: unknown) => void seen.push(error) }
    client.subscribe({ query: QUERY, variables: { id: 'j7' } }, { ...sink, complete: () => undefined })
    await streams(1)
    await until(() => expect(connects).toBe(2))
    await until(() => expect(world.gateway.open()).toMatchObject({ sockets: 1, readers: 1 }))
    await until(() => {
      world.jobs.setStatus('j7', 'RUNNING')
      expect(seen).not.toEqual([])
    })
    expect(seen[0]).toMatchObject({ data: { jobStatusChanged: { to: 'RUNNING' } } })
    await client.dispose()
  })

  test('at expiry SSE and multipart end with UNAUTHENTICATED', async () => {
    const client = sse(world.identity.issue('alice', 300))
    const results = client.iterate({ query: QUERY, variables: { id: 'j7' } })
    expect((await results.next()).value).toEqual({ errors: ended.map((error) => error) })
    expect((await results.next()).done).toBe(true)
    client.dispose()
  })

  test('a revoked session loses its streams on every transport within a second, and others keep theirs', async () => {
    const revoked = world.identity.issue('alice')
    const kept = world.identity.issue('bob')
    const [one, other, socket] = [sse(revoked), sse(kept), world.ws(revoked, { shouldRetry: () => false })]
    const variables = { id: 'j8' }
    const last = one.iterate({ query: QUERY, variables }).next()
    const next = other.iterate<Event>({ query: QUERY, variables }).next()
    const closed = socket.iterate({ query: QUERY, variables }).next()
    closed.catch(() => undefined)
    await until(() => expect(world.gateway.open()).toMatchObject({ sources: 2, readers: 3 }))

    const revokedAt = performance.now()
    world.identity.revoke(revoked)
    expect((await last).value).toEqual({ errors: ended })
    await expect(closed).rejects.toMatchObject({ code: 4403 })
    expect(performance.now() - revokedAt).toBeLessThan(1_000)

    world.jobs.setStatus('j8', 'DONE')
    expect((await next).value?.data?.jobStatusChanged.to).toBe('DONE')
    for (const client of [one, other, socket]) await client.dispose()
    expect((await world.post('{ me { id } }', {}, revoked)).status).toBe(401)
  })
})

test('a WebSocket is bound to its path, its protocol, its first message and its size', async () => {
  const closeOf = (url: string, act: (socket: WebSocket) => void): Promise<number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, 'graphql-transport-ws')
      socket
        .on('open', () => act(socket))
        .on('close', resolve)
        .on('error', () => undefined)
    })
  expect(await closeOf(world.wsUrl.replace('/graphql', '/other'), () => undefined)).toBe(1006)
  expect(
    await closeOf(world.wsUrl, (socket) => socket.send('{"type":"subscribe","id":"1","payload":{"query":"{a}"}}')),
  ).toBe(4401)
  expect(await closeOf(world.wsUrl, (socket) => socket.send('x'))).toBe(4400)
  expect(await closeOf(world.wsUrl, (socket) => socket.send('x'.repeat(1_100_000)))).toBe(1009)
})
