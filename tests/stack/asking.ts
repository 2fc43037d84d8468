import { type ApiClient, openApiClient } from '#platform/testing'
import type { Balancer } from './balancer.ts'

/** What became of a query: when it was sent and when it ended, and why it failed if it did. */
export interface Asked {
  readonly atMs: number
  readonly endMs: number
  readonly failure: string | undefined
}

/** Queries that are under way. */
export interface Asking {
  /** Those sent since then that failed, or have had no answer for over three seconds. */
  failures(fromMs: number): readonly Asked[]
  /** How many were answered of those that the rate asks for: 1 when the load is what it is meant to be. */
  share(): number
  /** Ends when all are answered. */
  stop(): Promise<void>
}

const QUERY = '{ jobs(first: 3) { edges { node { id owner { username } status { phase } } } } }'
const EVERY_MS = 5
const ANSWER_MS_MAX = 3_000

/** Asks through gateways in turn, at a steady rate, until it is stopped. */
export function startAsking(token: string | undefined, gateways: Balancer, perSecond: number): Asking {
  const asked: Asked[] = []
  const clients = new Map<string, ApiClient>()
  const pending = new Map<Promise<void>, number>()
  const startedMs = performance.now()
  let sent = 0

  function clientOf(url: string): ApiClient {
    const client = clients.get(url) ?? openApiClient(url, token)
    clients.set(url, client)
    return client
  }

  async function failureOf(url: string | undefined): Promise<string | undefined> {
    if (url === undefined) return 'no gateway is ready'
    try {
      const { errors } = await clientOf(url).graphql(QUERY)
      return errors[0]?.message
    } catch (error) {
      gateways.broke(url)
      return error instanceof Error ? error.message : String(error)
    }
  }

  const meant = (): number => ((performance.now() - startedMs) * perSecond) / 1_000
  const timer = setInterval(() => {
    // A timer that is late makes up for it, so that a busy tester does not ask for less.
    for (; sent < meant(); sent++) {
      const atMs = performance.now()
      const one = failureOf(gateways.next()).then((failure) => {
        asked.push({ atMs, endMs: performance.now(), failure })
        pending.delete(one)
      })
      pending.set(one, atMs)
    }
  }, EVERY_MS)

  return {
    failures(fromMs) {
      const nowMs = performance.now()
      const silent = [...pending.values()].filter((atMs) => nowMs - atMs > ANSWER_MS_MAX)
      const all = [...asked, ...silent.map((atMs) => ({ atMs, endMs: nowMs, failure: 'no answer yet' }))]
      return all.filter(({ atMs, failure }) => failure !== undefined && atMs >= fromMs)
    },
    share: () => asked.filter(({ failure }) => failure === undefined).length / meant(),
    async stop() {
      clearInterval(timer)
      await Promise.all(pending.keys())
      for (const client of clients.values()) client.close()
    },
  }
}
