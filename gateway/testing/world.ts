import { composeServices } from '@apollo/composition'
import { parse } from 'graphql'
import { type Client, createClient } from 'graphql-ws/client'
import WebSocket from 'ws'
import { systemClock } from '#platform/clock'
import { openMetrics, silentLog } from '#platform/telemetry'
import { openGateway } from '../main.ts'
import type { GatewayOptions } from '../options.ts'
import { TEST_SCHEMAS } from './schemas.ts'
import { testIdentity } from './session.ts'
import { authSubgraph, executionsSubgraph, jobsSubgraph } from './subgraphs.ts'

/** What an HTTP request to the gateway gave. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: GraphqlBody
}

/** The JSON of an answer, loosely: a test says what it expects of it. */
export interface GraphqlBody {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly TestError[]
  readonly [member: string]: unknown
}

/** An error as clients see it. */
export interface TestError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** A gateway over the three test subgraphs, on a free port. */
export type World = Awaited<ReturnType<typeof openWorld>>

/** Opens a world of its own for one test file or one test. */
export async function openWorld(options: Partial<GatewayOptions> = {}) {
  const clock = options.clock ?? systemClock()
  const identity = testIdentity(clock)
  const [auth, jobs, executions] = [authSubgraph(identity), jobsSubgraph(identity), executionsSubgraph(identity)]
  const gateway = await openGateway({
    subgraphs: [auth, jobs, executions],
    verifyToken: identity,
    revocations: identity,
    supergraphSdl: composedTestSchemas(),
    clock,
    log: silentLog(),
    metrics: openMetrics({ ofProcess: true }),
    health: async () => ({ status: 'ok', checks: {} }),
    jwks: async () => ({ keys: [] }),
    ...options,
    config: { ...TEST_CONFIG, ...options.config },
  })
  const wsUrl = `ws://127.0.0.1:${gateway.port}/graphql`

  async function http(path: string, init: RequestInit = {}): Promise<HttpAnswer> {
    const response = await fetch(`${gateway.url}${path}`, init)
    const text = await response.text()
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} }
  }
  return {
    auth,
    jobs,
    executions,
    gateway,
    identity,
    wsUrl,
    http,
    /** Posts an operation. */
    post: (query: string, variables: object = {}, token?: string, headers: Record<string, string> = {}) =>
      http('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...bearer(token), ...headers },
        body: JSON.stringify({ query, variables }),
      }),
    /** A graphql-ws client that never comes back by itself. */
    ws: (token?: string, more: Partial<Parameters<typeof createClient>[0]> = {}): Client =>
      createClient({
        url: wsUrl,
        webSocketImpl: WebSocket,
        retryAttempts: 0,
        ...(token ? { connectionParams: bearer(token) } : {}),
        ...more,
      }),
    close: () => gateway.close(),
  }
}

/** The header of a token; nothing without one. */
export function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

/** The supergraph of the test subgraphs. */
export function composedTestSchemas(schemas: Readonly<Record<string, string>> = TEST_SCHEMAS): string {
  const services = Object.entries(schemas).map(([name, typeDefs]) => {
    return { name, url: `subgraph:${name}`, typeDefs: parse(typeDefs) }
  })
  const { supergraphSdl, errors } = composeServices(services)
  if (supergraphSdl === undefined) throw new AggregateError(errors ?? [], 'the test schemas do not compose')
  return supergraphSdl
}

/** Small limits, so that tests reach them. */
export const TEST_CONFIG = {
  port: 0,
  host: '127.0.0.1',
  trustProxy: false,
  isProduction: false,
  socketsMax: 200,
  streamsMax: 100,
  operationsPerSocketMax: 5,
  dashboardPort: 0,
} as const
