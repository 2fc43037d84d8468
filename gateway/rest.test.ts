import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { statusOf } from './http/problem.ts'
import { realGraph, refusing } from './testing/real-graph.ts'
import { bearer, openWorld, type World } from './testing/world.ts'

const AT = new Date('2026-11-23T10:00:00Z')
const user = { id: 'u1', username: 'ada', roles: ['OWNER'], workspaces: [{ id: 'w1', name: 'ada' }] }
const session = { accessToken: 'a.b.c', refreshToken: 'r1', expiresAt: AT, user }
const status = {
  phase: 'WAITING',
  lastOutcome: null,
  nextFireAt: AT,
  lastFiredAt: null,
  lastExecution: null,
  ...{ queuedCount: 0, runningCount: 0, retryingCount: 0, heldCount: 0, waitingCount: 0 },
  ...{ succeededCount: 0, failedCount: 0, cancelledCount: 0, expiredCount: 0, skippedCount: 0 },
  updatedAt: AT,
  version: 1,
}
const job = {
  ...{ id: 'j1', name: 'nightly', jobType: 'REPORT', schedule: '@daily', params: { reportType: 'daily-sales' } },
  ...{ state: 'ACTIVE', version: 1, createdAt: AT, updatedAt: AT, nextFireTimes: [AT], status },
  ...{ timeZone: 'Europe/Berlin', dstGap: 'SHIFT', dstOverlap: 'FIRST', startAt: null, endAt: AT, firesMax: 3 },
  ...{ jitter: 90_000, catchup: 'ALL', catchupWindow: 86_400_000, catchupMax: 10, lateAfter: 5_000 },
  retry: { attemptsMax: 3, backoff: 1_000, backoffMax: 60_000, nonRetryable: ['NO'] },
  timeouts: { scheduleToStart: null, startToClose: 3_600_000, scheduleToClose: null, heartbeat: null },
  ...{ priority: 7, concurrencyKey: 'params.customer', concurrencyMax: 2, rate: { perMinute: 60, burst: 1 } },
  ...{ onUnknown: 'HOLD', cancelGrace: 10_000, retention: { executions: 7_776_000_000, logs: null } },
  ...{ overlap: 'BUFFER_ALL', bufferMax: 20 },
  ...{ calendars: [{ name: 'days-off', version: 2, on: 'ANY_DAY' }], pauseOnFailures: null, pause: null, warnings: [] },
}
const execution = {
  ...{ id: 'e1', job: { id: 'j1' }, jobVersion: 1, jobType: 'REPORT', params: {}, status: 'SUCCEEDED' },
  ...{ cause: 'schedule', scheduledFor: AT, queuedAt: AT, startedAt: AT, finishedAt: AT, attempts: [], artefacts: [] },
  ...{ result: { rows: 3 }, error: null, version: 4 },
  logs: {
    edges: [{ cursor: 'c1', node: { seq: 1, attempt: 1, at: AT, level: 'INFO', message: 'hello' } }],
    pageInfo: { hasNextPage: false, endCursor: 'c1' },
  },
}

const asked: { field: string; args: Readonly<Record<string, unknown>> }[] = []
const answers: Record<string, unknown> = {}
let refuse: ReturnType<typeof refusing> | undefined
let world: World
let token: string

beforeAll(async () => {
  const subgraphs = realGraph((field, args) => {
    asked.push({ field, args })
    return refuse ? refuse(field, args) : answers[field]
  })
  const committed = readFileSync(new URL('../schemas/generated/supergraph.graphql', import.meta.url), 'utf8')
  world = await openWorld({ subgraphs, supergraphSdl: committed })
  token = world.identity.issue('ada')
})
afterAll(() => world.close())
beforeEach(() => {
  asked.length = 0
  refuse = undefined
  Object.assign(answers, {
    ...{ signUp: session, logIn: session, refreshSession: session, logOut: true, createJob: job, job, execution },
    jobs: { edges: [{ cursor: 'c', node: job }], pageInfo: { hasNextPage: true, endCursor: 'c' }, totalCount: 7 },
    triggerJob: { executionId: 'e9', execution: null },
  })
})

const get = (path: string, by: string | undefined = token) => world.http(path, { headers: bearer(by) })
const post = (path: string, body?: unknown, headers: Record<string, string> = bearer(token)) =>
  world.http(path, {
    method: 'POST',
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

describe('/auth', () => {
  const shown = { token: 'a.b.c', refreshToken: 'r1', expiresAt: AT.toISOString(), user }

  test('sign-up, log-in and refresh give a token, log-out gives nothing', async () => {
    const input = { username: 'ada', password: '12345' }
    expect(await post('/auth/signup', input, {})).toMatchObject({ status: 201, body: shown })
    expect(await post('/auth/login', input, {})).toMatchObject({ status: 200, body: shown })
    expect(await post('/auth/refresh', { refreshToken: 'r0' }, {})).toMatchObject({ status: 200, body: shown })
    expect(await post('/auth/logout')).toMatchObject({ status: 204, text: '' })
    expect(asked.map(({ args }) => args)).toEqual([{ input }, { input }, { refreshToken: 'r0' }, {}])
  })

  test('a wrong password is 401, too many attempts 429 with a time to wait', async () => {
    refuse = refusing('INVALID_CREDENTIALS')
    expect((await post('/auth/login', { username: 'ada', password: 'x' }, {})).status).toBe(401)
    refuse = refusing('RATE_LIMITED', { retryAfterMs: 1_500 })
    const limited = await post('/auth/login', { username: 'ada', password: 'x' }, {})
    expect(limited.status).toBe(429)
    expect(limited.headers.get('retry-after')).toBe('2')
    expect(limited.body).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterMs: 1_500 } })
  })

  test('what is missing or too much is 400 with its name', async () => {
    const missing = await post('/auth/login', { username: 'ada' }, {})
    expect(missing).toMatchObject({ status: 400, body: { code: 'BAD_USER_INPUT' } })
    expect(missing.text).toContain('password')
    expect((await post('/auth/login', undefined, {})).status).toBe(400)
    expect((await post('/auth/login', [], {})).status).toBe(400)
    expect(asked).toEqual([])
  })
})

describe('/jobs', () => {
  test('a job is created with its place', async () => {
    const input = { jobType: 'REPORT', schedule: '@daily', params: { reportType: 'daily-sales' } }
    const { status: created, headers, body } = await post('/jobs', input)
    expect(created).toBe(201)
    expect(headers.get('location')).toBe('/jobs/j1')
    expect(body).toMatchObject({ id: 'j1', createdAt: AT.toISOString(), params: input.params })
    expect(asked).toEqual([{ field: 'createJob', args: { input } }])
  })

  test('a job is created once for each Idempotency-Key', async () => {
    const input = { jobType: 'ECHO', schedule: '@daily' }
    await post('/jobs', input, { ...bearer(token), 'idempotency-key': 'monday' })
    expect(asked).toEqual([{ field: 'createJob', args: { input: { ...input, idempotencyKey: 'monday' } } }])
    refuse = refusing('IDEMPOTENCY_KEY_REUSED')
    expect((await post('/jobs', input, { ...bearer(token), 'idempotency-key': 'monday' })).status).toBe(422)
  })

  test('what a job says of time goes in and comes out', async () => {
    const input = {
      jobType: 'ECHO',
      schedule: '@daily',
      timeZone: 'Europe/Berlin',
      endAt: AT.toISOString(),
      firesMax: 3,
    }
    const retry = { attemptsMax: 3, backoff: '1s', nonRetryable: ['NO'] }
    const { body } = await post('/jobs', { ...input, retry, jitter: 'PT1M30S', calendars: [{ name: 'days-off' }] })
    expect(body).toMatchObject({
      ...{ timeZone: 'Europe/Berlin', endAt: AT.toISOString(), firesMax: 3, jitter: '1m30s', catchupWindow: '1d' },
      retry: { ...retry, backoffMax: '1m' },
      timeouts: { scheduleToStart: null, startToClose: '1h' },
      ...{ priority: 7, concurrencyKey: 'params.customer', concurrencyMax: 2, rate: { perMinute: 60, burst: 1 } },
      ...{ onUnknown: 'HOLD', cancelGrace: '10s', retention: { executions: '90d', logs: null } },
      ...{ overlap: 'BUFFER_ALL', bufferMax: 20 },
      calendars: [{ name: 'days-off', version: 2, on: 'ANY_DAY' }],
    })
    const calendars = [{ name: 'days-off', on: 'ANY_DAY' }]
    expect(asked[0]?.args).toEqual({
      input: { ...input, endAt: AT, retry: { ...retry, backoff: 1_000 }, jitter: 90_000, calendars },
    })
    for (const wrong of [{ jitter: 'soon' }, { jitter: 'P1M' }, { catchup: 'SOME' }, { timeZone: 1 }]) {
      expect((await post('/jobs', { ...input, ...wrong })).body).toMatchObject({ code: 'BAD_USER_INPUT' })
    }
  })

  test('jobs are listed by page and filter', async () => {
    const { body } = await get('/jobs?first=5&after=c0&state=ACTIVE&state=PAUSED&jobType=ECHO&nameContains=x')
    expect(body).toMatchObject({ jobs: [{ id: 'j1' }], pageInfo: { hasNextPage: true, endCursor: 'c' }, totalCount: 7 })
    const filter = { states: ['ACTIVE', 'PAUSED'], jobTypes: ['ECHO'], nameContains: 'x' }
    expect(asked[0]?.args).toEqual({ filter, first: 5, after: 'c0' })
    await get('/jobs')
    expect(asked[1]?.args).toEqual({ filter: {}, first: 20 })
    expect((await get('/jobs?first=many')).status).toBe(400)
    expect((await get('/jobs?state=BROKEN')).status).toBe(400)
  })

  test('a job and its status are read; one that is missing is 404', async () => {
    expect((await get('/jobs/j1')).body).toMatchObject({ id: 'j1', name: 'nightly' })
    expect((await get('/jobs/j1/status')).body).toMatchObject({ jobId: 'j1', phase: 'WAITING', version: 1 })
    answers.job = null
    for (const path of ['/jobs/j1', '/jobs/j1/status']) {
      const { headers, ...missing } = await get(path)
      expect(missing).toMatchObject({ status: 404, body: { code: 'JOB_NOT_FOUND' } })
      expect(headers.get('content-type')).toContain('application/problem+json')
    }
    await get('/jobs/a%2Fb%22')
    expect(asked.at(-1)?.args).toEqual({ id: 'a/b"' })
  })

  test('a trigger is accepted with the idempotency key of its header, with a body or without', async () => {
    const headers = { ...bearer(token), 'idempotency-key': 'k1' }
    const { status: accepted, headers: sent, body } = await post('/jobs/j1/trigger', { params: { a: 1 } }, headers)
    expect(accepted).toBe(202)
    expect(sent.get('location')).toBe('/executions/e9')
    expect(body).toEqual({ executionId: 'e9' })
    expect((await post('/jobs/j1/trigger')).status).toBe(202)
    expect(asked.map(({ args }) => args)).toEqual([{ id: 'j1', params: { a: 1 }, idempotencyKey: 'k1' }, { id: 'j1' }])
  })

  test('without a token every route is 401, and no subgraph is asked', async () => {
    const routes = [
      '/jobs',
      '/jobs/j1',
      '/jobs/j1/status',
      '/executions/e1',
      '/executions/e1/logs',
      '/executions/e1/log',
    ]
    for (const path of routes) {
      const { status: refused, headers, body } = await world.http(path)
      expect(refused).toBe(401)
      expect(headers.get('www-authenticate')).toBe('Bearer')
      expect(body).toMatchObject({ code: 'UNAUTHENTICATED', type: 'urn:carillon:problem:unauthenticated' })
    }
    expect((await get('/jobs', 'junk')).status).toBe(401)
    expect(asked).toEqual([])
  })
})

describe('/executions', () => {
  test('an execution and its log are read', async () => {
    expect((await get('/executions/e1')).body).toMatchObject({ id: 'e1', jobId: 'j1', result: { rows: 3 } })
    const { body } = await get('/executions/e1/logs?first=1')
    expect(body).toEqual({
      logs: [{ cursor: 'c1', seq: 1, attempt: 1, at: AT.toISOString(), level: 'INFO', message: 'hello' }],
      pageInfo: { hasNextPage: false, endCursor: 'c1' },
    })
    answers.execution = null
    for (const path of ['/executions/e1', '/executions/e1/logs', '/executions/e1/artefacts/sales.csv']) {
      expect(await get(path)).toMatchObject({ status: 404, body: { code: 'EXECUTION_NOT_FOUND' } })
    }
  })

  test.each(['cancel', 'fail', 'release'])('%s changes an execution, and shows it', async (change) => {
    const field = `${change}Execution`
    answers[field] = { ...execution, status: 'CANCELLED' }
    const takesReason = change !== 'release'
    const body = takesReason ? { reason: 'enough' } : undefined
    expect(await post(`/executions/e1/${change}`, body)).toMatchObject({
      status: 200,
      body: { id: 'e1', jobId: 'j1', status: 'CANCELLED' },
    })
    expect((await post(`/executions/e1/${change}`)).status).toBe(200)
    const reasons = takesReason ? [{ reason: 'enough' }, { reason: '' }] : [{}, {}]
    expect(asked).toEqual(reasons.map((reason) => ({ field, args: { id: 'e1', ...reason } })))
    expect((await world.http(`/executions/e1/${change}`, { method: 'POST' })).status).toBe(401)
    refuse = refusing('EXECUTION_NOT_FOUND')
    expect((await post(`/executions/e1/${change}`)).status).toBe(404)
    refuse = refusing('EXECUTION_NOT_HELD')
    expect((await post(`/executions/e1/${change}`)).status).toBe(409)
  })

  test('an execution is run again, as a new one with a place of its own', async () => {
    answers.retryExecution = { ...execution, id: 'e2', status: 'QUEUED' }
    const headers = { ...bearer(token), 'idempotency-key': 'k1' }
    const { status: made, headers: sent, body } = await post('/executions/e1/retry', { overlap: 'BUFFER_ONE' }, headers)
    expect([made, sent.get('location')]).toEqual([201, '/executions/e2'])
    expect(body).toMatchObject({ id: 'e2', jobId: 'j1', status: 'QUEUED' })
    expect((await post('/executions/e1/retry')).status).toBe(201)
    const args = [{ id: 'e1', idempotencyKey: 'k1', overlap: 'BUFFER_ONE' }, { id: 'e1' }]
    expect(asked.map((each) => each.args)).toEqual(args)
    refuse = refusing('EXECUTION_NOT_FOUND')
    expect((await post('/executions/e1/retry')).status).toBe(404)
  })
})

test('each code has its status, and one that nobody foresaw is our fault', async () => {
  const codes = { VERSION_CONFLICT: 409, IDEMPOTENCY_KEY_REUSED: 422, INVALID_SCHEDULE: 400, OVERLOADED: 503 } as const
  for (const [code, expected] of Object.entries(codes)) {
    refuse = refusing(code as keyof typeof codes)
    expect(await get('/jobs/j1')).toMatchObject({ status: expected, body: { code, status: expected } })
  }
  expect(statusOf('NEVER_HEARD_OF')).toBe(500)
  expect(statusOf('toString')).toBe(500)
})
