import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Health } from './options.ts'
import { openWorld, TEST_CONFIG, type World } from './testing/world.ts'

const JSON_TYPE = { 'content-type': 'application/json' }

let health: Health | Error = { status: 'ok', checks: {} }
let world: World
let token: string
beforeAll(async () => {
  world = await openWorld({
    health: async () => {
      if (health instanceof Error) throw health
      return health
    },
    jwks: async () => ({ keys: [{ kid: 'k1' }] }),
  })
  token = world.identity.issue('alice')
})
afterAll(() => world.close())

const graphql = (init: RequestInit, search = '') => world.http(`/graphql${search}`, init)

describe('a request that is malformed', () => {
  test('gives problem+json with its status, code and correlation id', async () => {
    const { status, headers, body } = await world.http('/nowhere', { headers: { 'x-correlation-id': 'abc-1' } })
    expect(status).toBe(404)
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(body).toEqual({
      type: 'urn:carillon:problem:not-found',
      title: 'Not Found',
      status: 404,
      detail: 'There is nothing at this path.',
      code: 'NOT_FOUND',
      correlationId: 'abc-1',
    })
  })

  test('by its method gives 405, and says which it may have', async () => {
    const { status, headers } = await world.http('/jobs', { method: 'DELETE' })
    expect(status).toBe(405)
    expect(headers.get('allow')).toBe('POST, GET')
    expect((await graphql({ method: 'PUT', body: '{}', headers: JSON_TYPE })).status).toBe(405)
  })

  test('by its media type gives 415, by its JSON 400', async () => {
    const text = { 'content-type': 'text/plain' }
    expect((await graphql({ method: 'POST', body: '{"query":"{__typename}"}', headers: text })).status).toBe(415)
    expect((await graphql({ method: 'POST', body: '{"query":', headers: JSON_TYPE })).status).toBe(400)
    expect((await graphql({ method: 'POST', body: '"x"', headers: JSON_TYPE })).status).toBe(400)
    expect((await graphql({ method: 'POST', headers: JSON_TYPE })).status).toBe(400)
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    expect((await world.http('/auth/login', { method: 'POST', body: 'a=b', headers: form })).status).toBe(415)
  })

  test('by its operation gives 400 without a stack', async () => {
    for (const query of ['{', '{ nope }', 'query ($id: ID!) { job(id: $id) { id } }', '']) {
      const { status, text } = await world.post(query)
      expect(status).toBe(400)
      expect(text).not.toMatch(/\.ts:|node_modules|stack/)
    }
  })

  test('across sites is stopped: neither GET nor a simple POST runs an operation', async () => {
    const before = world.auth.seen.requests
    expect((await graphql({}, '?query={users{id}}')).status).toBe(400)
    expect((await graphql({ method: 'POST' }, '?query={users{id}}')).status).toBe(400)
    expect(world.auth.seen.requests).toBe(before)
    const preflight = { headers: { 'apollo-require-preflight': '1' } }
    expect((await graphql(preflight, '?query={users{id}}')).status).toBe(200)
    expect((await graphql(preflight, '?query=mutation{touch}')).status).toBe(405)
  })

  test('does not spoil the connection for the next one', async () => {
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, () => world.http('/nowhere', { method: 'POST', body: 'x'.repeat(10_000) })),
      ...Array.from({ length: 20 }, () => world.post('{ users { id } }')),
    ])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404, 200]))
  })
})

describe('what a subgraph could not do', () => {
  const failing = (how: string) => world.post('query ($how: String!) { fail(how: $how) }', { how })

  test('is told as a refusal with its code and details, and status 200', async () => {
    const { status, body } = await failing('refusal')
    expect(status).toBe(200)
    const extensions = { code: 'JOB_NOT_FOUND', details: { id: 'j1' }, serviceName: 'auth' }
    expect(body.errors).toEqual([{ message: 'no such job', path: ['fail'], extensions }])
  })

  test('is masked when it is an outage or a bug, and bears the id under which it was logged', async () => {
    const expected = { outage: 'SERVICE_UNAVAILABLE', bug: 'INTERNAL_SERVER_ERROR' }
    for (const [how, code] of Object.entries(expected)) {
      const { headers, text, body } = await failing(how)
      const correlationId = headers.get('x-correlation-id')
      expect(body.errors?.[0]?.extensions).toEqual({ code, correlationId, serviceName: 'auth' })
      expect(text).not.toMatch(/12345|disk 7/)
    }
  })
})

describe('what goes with a request', () => {
  test('a sane correlation id is kept and handed down, any other is replaced', async () => {
    const sent = (id: string) => world.post('{ correlationId }', {}, undefined, { 'x-correlation-id': id })
    const kept = await sent('order:7.a_b-c')
    expect(kept.headers.get('x-correlation-id')).toBe('order:7.a_b-c')
    expect(kept.body.data).toEqual({ correlationId: 'order:7.a_b-c' })
    for (const id of ['a b', 'x'.repeat(129), 'ä']) {
      const { headers, body } = await sent(encodeURI(id).replace('%20', ' '))
      expect(headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/)
      expect(body.data).toEqual({ correlationId: headers.get('x-correlation-id') })
    }
  })

  test("the sender's network is the socket's, whatever a header says, until a proxy of ours is trusted", async () => {
    const forged = { 'x-forwarded-for': '10.0.0.1, 192.0.2.7' }
    expect((await world.post('{ network }', {}, undefined, forged)).body.data?.network).toMatch(/127\.0\.0\.1$/)
    const behind = await openWorld({ config: { ...TEST_CONFIG, trustProxy: true } })
    const networkOf = async (header: string) =>
      (await behind.post('{ network }', {}, undefined, { 'x-forwarded-for': header })).body.data?.network
    expect(await networkOf('10.0.0.1, 192.0.2.7')).toBe('192.0.2.7')
    expect(await networkOf('10.0.0.1, junk')).toMatch(/127\.0\.0\.1$/)
    await behind.close()
  })
})

describe('GraphQL over HTTP', () => {
  test('persisted queries are registered and found', async () => {
    const query = '{ users { username } }'
    const persistedQuery = { version: 1, sha256Hash: createHash('sha256').update(query).digest('hex') }
    const send = (body: object) => graphql({ method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) })
    const missed = await send({ extensions: { persistedQuery } })
    expect(missed.body.errors?.[0]?.extensions?.code).toBe('PERSISTED_QUERY_NOT_FOUND')
    expect((await send({ query, extensions: { persistedQuery } })).status).toBe(200)
    expect((await send({ extensions: { persistedQuery } })).body.data?.users).toHaveLength(2)
  })

  test('a browser gets Apollo Sandbox in development; in production there is no page and no schema', async () => {
    const html = { headers: { accept: 'text/html' }, redirect: 'manual' } as const
    const page = await graphql(html)
    expect(page.headers.get('content-type')).toContain('text/html')
    expect(page.text).toContain('embeddable-sandbox')
    expect((await world.http('/', html)).headers.get('location')).toBe('/graphql')
    const introspection = '{ __schema { queryType { name } } }'
    expect((await world.post(introspection)).status).toBe(200)

    const live = await openWorld({ config: { ...TEST_CONFIG, isProduction: true } })
    expect((await live.http('/graphql', html)).headers.get('content-type')).not.toContain('text/html')
    expect((await live.http('/', html)).status).toBe(404)
    expect((await live.post(introspection)).status).toBe(400)
    const { body } = await live.post('{ userz { id } }')
    expect(body.errors?.[0]?.message).not.toContain('users')
    await live.close()
  })
})

describe('operators', () => {
  test('ready says 503 when the system is down or cannot say, alive says 200 all the while', async () => {
    const statuses: Record<string, number> = {}
    const reports = { ok: 'ok', degraded: 'degraded', down: 'down' } as const
    for (const status of Object.values(reports)) {
      health = { status, checks: { database: status } }
      const answer = await world.http('/health/ready')
      expect(answer.body).toEqual(health)
      statuses[status] = answer.status
    }
    expect(statuses).toEqual({ ok: 200, degraded: 200, down: 503 })
    health = new Error('no answer')
    expect((await world.http('/health/ready')).status).toBe(503)
    expect((await world.http('/health/live')).body).toEqual({ status: 'ok' })
    health = { status: 'ok', checks: {} }
  })

  test('metrics count requests by route, not by what somebody puts in a path', async () => {
    await world.post('{ users { id } }', {}, token)
    await world.http('/jobs/my-secret-name', { headers: { authorization: `Bearer ${token}` } })
    const { headers, text } = await world.http('/metrics')
    expect(headers.get('content-type')).toContain('text/plain')
    expect(text).toMatch(/carillon_gateway_request_seconds_count\{route="\/graphql",method="POST",status="200"\} \d+/)
    expect(text).toContain('carillon_gateway_sockets 0')
    expect(text).not.toContain('my-secret-name')
    expect(text).toContain('route="/jobs/:id"')
  })

  test('the public keys are served for others to verify tokens by', async () => {
    const { headers, body } = await world.http('/.well-known/jwks.json')
    expect(body).toEqual({ keys: [{ kid: 'k1' }] })
    expect(headers.get('cache-control')).toContain('max-age')
  })
})

test('a peer that breaks off in the middle of a body harms nobody', async () => {
  await new Promise<void>((resolve) => {
    const sent = httpRequest(`${world.gateway.url}/graphql`, {
      method: 'POST',
      headers: { ...JSON_TYPE, 'content-length': 1_000 },
    })
    sent.on('error', () => undefined).on('close', () => resolve())
    sent.write('{"query":', () => sent.destroy())
  })
  expect((await world.post('{ users { id } }')).status).toBe(200)
})
