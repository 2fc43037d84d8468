import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { ApiClient } from '#platform/testing'
import { createJob, eventually } from './world.ts'

/** A line as a subscriber is told it. */
export interface FollowedLine {
  readonly cursor: string
  readonly node: { readonly seq: number; readonly attempt: number; readonly at: string; readonly message: string }
}

/** Somebody who follows a log to its end, and comes back after each interruption with the cursor that they have. */
export interface LogFollower {
  readonly lines: readonly FollowedLine[]
  /** How often they came. */
  visits(): number
  /** Breaks their connection, as a network does. */
  cut(): void
  /** Ends once so many lines were told. */
  until(lines: number): Promise<void>
  /** Ends when they were told that there is no more. */
  readonly ended: Promise<void>
}

const LOG = `subscription ($id: ID!, $after: String) {
  executionLog(executionId: $id, after: $after) { cursor node { seq attempt at message } } }`
const PAGE = `query ($id: ID!, $after: String) { execution(id: $id) { logs(first: 1000, after: $after) {
  edges { cursor node { seq attempt at message } } pageInfo { hasNextPage endCursor } } } }`
const COME_BACK_MS = 100
const WAIT_MS_MAX = 180_000

/** @param urlNow where a gateway is reached now, if anywhere */
export function followLog(
  { token }: ApiClient,
  executionId: string,
  urlNow: () => string | undefined,
  onLine: (line: FollowedLine) => void = () => undefined,
): LogFollower {
  const lines: FollowedLine[] = []
  let visits = 0
  let connection: WebSocket | undefined

  /** @returns whether the log has ended */
  function visit(url: string): Promise<boolean> {
    visits += 1
    const client = createClient({
      url: `${url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: { authorization: `Bearer ${token}` },
      on: {
        connected(socket) {
          connection = socket as WebSocket
        },
      },
    })
    const variables = { id: executionId, after: lines.at(-1)?.cursor ?? null }
    return new Promise<boolean>((resolve) => {
      let isWhole = true
      client.subscribe<{ executionLog: FollowedLine }>(
        { query: LOG, variables },
        {
          next({ data, errors }) {
            if (errors) isWhole = false
            if (!data?.executionLog) return
            lines.push(data.executionLog)
            onLine(data.executionLog)
          },
          error: () => resolve(false),
          complete: () => resolve(isWhole),
        },
      )
    }).finally(() => client.dispose())
  }

  async function follow(): Promise<void> {
    for (;;) {
      const url = urlNow()
      if (url !== undefined && (await visit(url))) return
      await new Promise((resolve) => setTimeout(resolve, COME_BACK_MS))
    }
  }

  return {
    lines,
    visits: () => visits,
    cut: () => connection?.terminate(),
    until: async (count) =>
      void (await eventually(
        async () => lines.length,
        (told) => told >= count,
        WAIT_MS_MAX,
      )),
    ended: follow(),
  }
}

/** Has an ECHO write so many lines. @returns the id of its execution, which is there */
export async function startLogging(client: ApiClient, times: number, perSecond: number): Promise<string> {
  const params = { message: 'line', times, perSecond }
  const id = await createJob(client, { jobType: 'ECHO', schedule: '@manually', params })
  const trigger = 'mutation ($id: ID!) { triggerJob(id: $id) { executionId } }'
  const { triggerJob } = await client.data<{ triggerJob: { executionId: string } }>(trigger, { id })
  const { executionId } = triggerJob
  await eventually(
    () =>
      client.graphql<{ execution: object | null }>('query ($id: ID!) { execution(id: $id) { id } }', {
        id: executionId,
      }),
    ({ data }) => data?.execution != null,
    WAIT_MS_MAX,
  )
  return executionId
}

/** The log as queries tell it. */
export async function readLog(client: ApiClient, executionId: string): Promise<readonly FollowedLine[]> {
  interface Page {
    readonly execution: {
      readonly logs: {
        readonly edges: readonly FollowedLine[]
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
      }
    }
  }
  const lines: FollowedLine[] = []
  for (let after: string | null = null; ; ) {
    const { execution }: Page = await client.data<Page>(PAGE, { id: executionId, after })
    lines.push(...execution.logs.edges)
    after = execution.logs.pageInfo.endCursor
    if (!execution.logs.pageInfo.hasNextPage) return lines
  }
}
