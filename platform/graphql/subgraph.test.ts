import { describe, expect, test } from 'vitest'
import { DomainError } from '#platform/domain'
import type { Log } from '#platform/telemetry'
import { dateTimeScalar } from './scalars.ts'
import { makeSubgraph, type ResultStream, type Subgraph, type SubgraphCaller } from './subgraph.ts'

const typeDefs = /* GraphQL */ `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  scalar DateTime
  type Query {
    echo(text: String!): String
    token: String
    fail(how: String!): Int
    sure: Int!
  }
  type Subscription { ticks(count: Int!): Tick! }
  type Tick @key(fields: "n") { n: Int! loads: Int! }
`

interface Context {
  readonly caller: SubgraphCaller
  loads: number
}

interface Logged {
  readonly level: string
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

function logInto(lines: Logged[]): Log {
  const at =
    (level: string) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}) =>
      void lines.push({ level, event, fields })
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), with: () => log }
  return log
}

const failures: Record<string, () => unknown> = {
  refusal: () => {
    throw new DomainError('INVALID_PARAMS', 'no such report', { path: '/reportType' })
  },
  bug: () => {
    throw new Error('the password is 12345')
  },
  'no error': () => Promise.reject('a string'),
  outage: () => {
    throw new Error('wrapped', { cause: Object.assign(new Error('gone'), { name: 'DatabaseClosedError' }) })
  },
  unshowable: () => 'not a number',
}

function open(resolvers: Record<string, object> = {}): { subgraph: Subgraph; lines: Logged[]; revoked: Set<string> } {
  const lines: Logged[] = []
  const revoked = new Set(['bad'])
  const subgraph = makeSubgraph<Context>({
    name: 'test',
    typeDefs,
    log: logInto(lines),
    async contextFor(caller) {
      if (revoked.has(caller.token ?? '')) throw new DomainError('UNAUTHENTICATED', 'the access token is not valid')
      return { caller, loads: 0 }
    },
    resolvers: {
      DateTime: dateTimeScalar,
      Query: {
        echo: (_: unknown, { text }: { text: string }) => text,
        token: (_: unknown, __: unknown, { caller }: Context) => caller.token,
        fail: (_: unknown, { how }: { how: string }) => failures[how]?.(),
        sure: () => null,
      },
      Tick: { loads: (_: unknown, __: unknown, context: Context) => ++context.loads },
      ...resolvers,
    },
  })
  return { subgraph, lines, revoked }
}

const somebody: SubgraphCaller = { correlationId: 'c1' }
const codesOf = (result: { errors?: readonly { extensions?: Record<string, unknown> }[] }) =>
  result.errors?.map(({ extensions }) => extensions?.code)

describe('execute', () => {
  test('runs an operation with its variables, in the context of its caller', async () => {
    const { subgraph } = open()
    const query = 'query Q($text: String!) { echo(text: $text) token } query Other { token }'
    const request = { query, variables: { text: 'hi' }, operationName: 'Q' }
    expect(await subgraph.execute(request, { token: 't1' })).toEqual({ data: { echo: 'hi', token: 't1' } })
  })

  test('answers an entity to the gateway', async () => {
    const { subgraph } = open()
    const query =
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Tick { n } } }'
    const variables = { representations: [{ __typename: 'Tick', n: 4 }] }
    expect(await subgraph.execute({ query, variables }, somebody)).toEqual({ data: { _entities: [{ n: 4 }] } })
  })

  test('shows a refusal with its code and details, and logs nothing', async () => {
    const { subgraph, lines } = open()
    expect(await subgraph.execute({ query: '{ fail(how: "refusal") }' }, somebody)).toEqual({
      data: { fail: null },
      errors: [
        {
          message: 'no such report',
          path: ['fail'],
          extensions: { code: 'INVALID_PARAMS', details: { path: '/reportType' } },
        },
      ],
    })
    expect(lines).toEqual([])
  })

  test('masks bugs and outages, and logs them with the id that the caller is given', async () => {
    const { subgraph, lines } = open()
    for (const [how, code, level] of [
      ['bug', 'INTERNAL_SERVER_ERROR', 'error'],
      ['no error', 'INTERNAL_SERVER_ERROR', 'error'],
      ['unshowable', 'INTERNAL_SERVER_ERROR', 'error'],
      ['outage', 'SERVICE_UNAVAILABLE', 'warn'],
    ]) {
      lines.length = 0
      const result = await subgraph.execute({ query: `{ fail(how: "${how}") }` }, somebody)
      expect(result.errors?.[0]?.extensions, how).toEqual({ code, correlationId: 'c1' })
      expect(JSON.stringify(result)).not.toMatch(/12345|gone|not a number/)
      expect(lines).toMatchObject([{ level, fields: { subgraph: 'test', correlationId: 'c1', path: 'fail' } }])
    }
    const missing = await subgraph.execute({ query: '{ sure }' }, somebody)
    expect(missing).toMatchObject({ data: null })
    expect(codesOf(missing)).toEqual(['INTERNAL_SERVER_ERROR'])
  })

  test('blames the request for what is wrong in it, and never throws', async () => {
    const { subgraph, lines } = open()
    const wrong = [
      { query: '{' },
      { query: '{ nope }' },
      { query: 'query ($t: String!) { echo(text: $t) }' },
      { query: 'query ($t: String!) { echo(text: $t) }', variables: { t: {} } },
      { query: 'query A { token } query B { token }' },
    ]
    for (const request of wrong) {
      const result = await subgraph.execute(request, somebody)
      expect(result.data).toBeUndefined()
      expect(new Set(codesOf(result)), request.query).toEqual(new Set(['BAD_USER_INPUT']))
    }
    expect(lines).toEqual([])
  })

  test('refuses a token before anything is resolved', async () => {
    const { subgraph } = open()
    const result = await subgraph.execute({ query: '{ token }' }, { token: 'bad' })
    expect(result).toEqual({
      errors: [{ message: 'the access token is not valid', extensions: { code: 'UNAUTHENTICATED' } }],
    })
  })
})

describe('subscribe', () => {
  /** A source that a test holds in its hands. */
  function pushSource() {
    const queue: object[] = []
    const state = { returned: false, push: (_: object): void => undefined }
    let wake = (): void => undefined
    state.push = (event) => {
      queue.push(event)
      wake()
    }
    const source: AsyncIterableIterator<object> = {
      [Symbol.asyncIterator]: () => source,
      async next() {
        while (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve))
        return { done: false, value: queue.shift() as object }
      },
      async return() {
        state.returned = true
        return { done: true, value: undefined }
      },
    }
    return { source, state }
  }
  const query = 'subscription { ticks(count: 1) { n loads } }'
  const subscribed = async (subgraph: Subgraph, signal: AbortSignal, by = somebody): Promise<ResultStream> =>
    (await subgraph.subscribe({ query }, by, signal)) as ResultStream

  test('gives a result for each event, each in a context of its own', async () => {
    const { source, state } = pushSource()
    const { subgraph } = open({ Subscription: { ticks: { subscribe: () => source } } })
    const results = await subscribed(subgraph, new AbortController().signal)
    state.push({ ticks: { n: 1 } })
    state.push({ ticks: { n: 2 } })
    expect((await results.next()).value).toEqual({ data: { ticks: { n: 1, loads: 1 } } })
    expect((await results.next()).value).toEqual({ data: { ticks: { n: 2, loads: 1 } } })
    await results.return?.()
    expect(state.returned).toBe(true)
  })

  test('ends at once when its signal aborts, also while the source is idle', async () => {
    const { source, state } = pushSource()
    const { subgraph } = open({ Subscription: { ticks: { subscribe: () => source } } })
    const stop = new AbortController()
    const results = await subscribed(subgraph, stop.signal)
    const pending = results.next()
    stop.abort()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(state.returned).toBe(true)
    expect(await results.next()).toEqual({ done: true, value: undefined })
  })

  // Planted: the usual way to write a source. Its own return() waits for an event that never comes.
  test('an async generator on its own cannot be let go, which is why the stream is not one', async () => {
    async function* idle(signal: AbortSignal): AsyncGenerator<object> {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    }
    const never = new AbortController()
    const bare = idle(never.signal)
    void bare.next()
    const isReleased = await Promise.race([
      bare.return(undefined).then(() => true),
      new Promise((go) => setImmediate(go)),
    ])
    expect(isReleased).toBeUndefined()
    never.abort()

    const { subgraph } = open({ Subscription: { ticks: { subscribe: () => idle(never.signal) } } })
    const results = await subscribed(subgraph, new AbortController().signal)
    const pending = results.next()
    await results.return?.()
    expect((await pending).done).toBe(true)
  })

  test('tells as its last result why the source ended', async () => {
    async function* refused(): AsyncGenerator<object> {
      yield* []
      throw new DomainError('JOB_NOT_FOUND', 'no such job')
    }
    const { subgraph } = open({ Subscription: { ticks: { subscribe: refused } } })
    const results = await subscribed(subgraph, new AbortController().signal)
    expect(codesOf((await results.next()).value)).toEqual(['JOB_NOT_FOUND'])
    expect((await results.next()).done).toBe(true)
  })

  test('looks at the token again with each event, and ends when it is good no more', async () => {
    const { source, state } = pushSource()
    const { subgraph, revoked } = open({ Subscription: { ticks: { subscribe: () => source } } })
    const results = await subscribed(subgraph, new AbortController().signal, { token: 'soon bad' })
    state.push({ ticks: { n: 1 } })
    expect((await results.next()).value.data).toBeTruthy()
    revoked.add('soon bad')
    state.push({ ticks: { n: 2 } })
    expect(codesOf((await results.next()).value)).toEqual(['UNAUTHENTICATED'])
    expect((await results.next()).done).toBe(true)
    expect(state.returned).toBe(true)
  })

  test('is refused without a stream when the operation or the caller is wrong', async () => {
    const { subgraph } = open({ Subscription: { ticks: { subscribe: () => failures.refusal?.() } } })
    const { signal } = new AbortController()
    expect(codesOf((await subgraph.subscribe({ query: 'subscription { nope }' }, somebody, signal)) as never)).toEqual([
      'BAD_USER_INPUT',
    ])
    expect(codesOf((await subgraph.subscribe({ query }, { token: 'bad' }, signal)) as never)).toEqual([
      'UNAUTHENTICATED',
    ])
    expect(codesOf((await subgraph.subscribe({ query }, somebody, signal)) as never)).toEqual(['INVALID_PARAMS'])
  })
})

test('a resolver without a place in the schema stops the start', () => {
  expect(() => open({ Job: { name: () => 'x' } })).toThrow('test resolves Job, which')
  expect(() => open({ Tick: { lods: () => 1 } })).toThrow('test resolves Tick.lods')
})
