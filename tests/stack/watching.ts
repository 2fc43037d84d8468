import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { ApiClient } from '#platform/testing'
import { eventually } from '../e2e/world.ts'
import type { Balancer } from './balancer.ts'

/** What somebody was told about a job. */
export interface Told {
  /** Counts the subscriptions of the watcher: it comes back when one ends. */
  readonly subscription: number
  readonly version: number
  readonly succeededCount: number
}

/** Somebody who watches a job for as long as it takes. */
export interface Watcher {
  readonly jobId: string
  readonly told: readonly Told[]
}

/** Watchers, each with a connection of their own. */
export interface Watching {
  readonly watchers: readonly Watcher[]
  stop(): Promise<void>
}

const STATUS = 'subscription ($id: ID!) { jobStatusChanged(jobId: $id) { version succeededCount } }'
const QUERY = 'query ($id: ID!) { job(id: $id) { status { version succeededCount } } }'
const COME_BACK_MS = 200

interface Result {
  readonly jobStatusChanged: Omit<Told, 'subscription'>
}

/** Watches jobs in turn, through gateways in turn. */
export function startWatching(
  token: string | undefined,
  gateways: Balancer,
  jobIds: readonly string[],
  watchers: number,
): Watching {
  const over = new AbortController()
  const all = Array.from({ length: watchers }, (_, index) => {
    const jobId = jobIds[index % jobIds.length] ?? ''
    const told: Told[] = []
    return { jobId, told, ended: watch(jobId, told) }
  })

  async function watch(jobId: string, told: Told[]): Promise<void> {
    for (let subscription = 1; !over.signal.aborted; subscription++) {
      const url = gateways.next()
      if (url !== undefined) await subscribe(url, jobId, (status) => told.push({ subscription, ...status }))
      if (!over.signal.aborted) await new Promise((resolve) => setTimeout(resolve, COME_BACK_MS))
    }
  }

  /** Ends when the subscription has, for whatever reason. */
  async function subscribe(url: string, jobId: string, tell: (status: Omit<Told, 'subscription'>) => void) {
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${token}` },
    })
    const dispose = (): void => void client.dispose()
    over.signal.addEventListener('abort', dispose)
    await new Promise<void>((resolve) => {
      client.subscribe<Result>(
        { query: STATUS, variables: { id: jobId } },
        {
          next: ({ data }) => {
            if (data) tell(data.jobStatusChanged)
          },
          error: () => resolve(),
          complete: resolve,
        },
      )
    })
    over.signal.removeEventListener('abort', dispose)
    dispose()
  }

  return {
    watchers: all,
    async stop() {
      over.abort()
      await Promise.all(all.map(({ ended }) => ended))
    },
  }
}

/** Waits until each watcher was last told what a query says. @throws {Error} when one is not told in time */
export async function toldTheSame({ watchers }: Watching, client: ApiClient): Promise<void> {
  for (const { jobId, told } of watchers) {
    const { job } = await client.data<{ job: { status: object } }>(QUERY, { id: jobId })
    await eventually(
      async () => ({ ...told.at(-1) }),
      (last) => JSON.stringify({ ...last, ...job.status }) === JSON.stringify(last),
    )
  }
}

/**
 * What a watcher should not have been told: within a subscription each status is newer than the one before, and one who
 * comes back is told nothing older than what they knew.
 */
export function steppedBack({ told }: Watcher): readonly string[] {
  return told.flatMap((status, index) => {
    const before = told[index - 1]
    if (!before) return []
    const isAnew = status.subscription !== before.subscription
    const isRight = isAnew ? status.version >= before.version : status.version > before.version
    return isRight && status.succeededCount >= before.succeededCount
      ? []
      : [`${JSON.stringify(status)} after ${JSON.stringify(before)}`]
  })
}
