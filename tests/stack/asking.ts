import { type ApiClient, openApiClient } from '#platform/testing'
import type { Balancer } from './balancer.ts'

/** What became of a query: when it was sent, how long it took, and why it failed if it did. */
export interface Asked {
  readonly atMs: number
  readonly tookMs: number
  readonly failure: string | undefined
}

/** Queries that are under way. */
export interface Asking {
  asked(): readonly Asked[]
  /** Ends when all are answered. */
  stop(): Promise<void>
}

const QUERY = '{ jobs(first: 3) { edges { node { id owner { username } status { phase } } } } }'

/** Asks through gateways in turn, at a steady rate, until it is stopped. */
export function startAsking(token: string | undefined, gateways: Balancer, perSecond: number): Asking {
  const asked: Asked[] = []
  const clients = new Map<string, ApiClient>()
  const pending = new Set<Promise<void>>()

  function clientOf(url: string): ApiClient {
    const client = clients.get(url) ?? openApiClient(url, token)
    clients.set(url, client)
    return client
  }

  async function ask(): Promise<void> {
    const url = gateways.next()
    if (url === undefined) return
    const atMs = performance.now()
    const failure = await clientOf(url)
      .graphql(QUERY)
      .then(
        ({ errors }) => errors[0]?.message,
        (error: Error) => {
          gateways.broke(url)
          return error.message
        },
      )
    asked.push({ atMs, tookMs: performance.now() - atMs, failure })
  }

  const timer = setInterval(() => {
    const one = ask().finally(() => pending.delete(one))
    pending.add(one)
  }, 1_000 / perSecond)

  return {
    asked: () => asked,
    async stop() {
      clearInterval(timer)
      await Promise.all(pending)
      for (const client of clients.values()) client.close()
    },
  }
}
