import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { expect } from 'vitest'
import type { Database } from '#platform/database'
import type { Log } from '#platform/telemetry'
import { httpServer, type MovedClock, movedClock, textOf } from '#platform/testing'
import type { Missed } from './domain/missed.ts'
import { callerNamed, type JobsStage, openStage } from './jobs.fixture.ts'
import { createJob, type Job } from './main.ts'
import { recordMissed } from './projections/missed.ts'

/** What a receiver was sent. */
export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly url: string
  readonly method: string
}

/** What a receiver answers; nothing at all when it hangs. */
export type Answer =
  | { readonly status: number; readonly headers?: Record<string, string> }
  | 'hangs'
  | ((received: Received) => { readonly status: number; readonly headers?: Record<string, string> })

/** A receiver on this machine, at `url` by a name that the policy admits. */
export interface Sink {
  readonly url: string
  readonly port: number
  readonly received: readonly Received[]
  connections(): number
  answer: Answer
  close(): Promise<void>
}

/** Jobs at work on a moved clock, with a job of alice's, and receivers that may be called by name. */
export interface WebhookStage extends JobsStage {
  readonly clock: MovedClock
  readonly job: Job
  /** Alice's, on a receiver of hers. */
  makeWebhook(url: string, fields?: object, token?: string): Promise<{ readonly id: string; readonly secret: string }>
  miss(changes?: Partial<Missed>): Promise<Missed>
  /** Lets the deliveries look once, after a while, and end what they began. */
  pass(durationMs?: number): Promise<void>
  deliveries(webhookId: string, token?: string): Promise<readonly ShownDelivery[]>
}

/** A delivery as the API shows it. */
export interface ShownDelivery {
  readonly id: string
  readonly type: string
  readonly state: string
  readonly body: Record<string, unknown>
  readonly createdAt: string
  readonly nextAttemptAt: string | null
  readonly attempts: readonly {
    readonly at: string
    readonly statusCode: number | null
    readonly errorCode: string | null
  }[]
}

const HOSTS = ['hooks.example', 'slow.example', 'other.example']
export const POLICY = { allowPrivate: HOSTS }
export const DELIVERY = 'id type state body createdAt nextAttemptAt attempts { at durationMs statusCode errorCode }'
export const SET = `mutation ($input: SetWebhookInput!) { setWebhook(input: $input) { secret webhook { id url } } }`
const LIST = `{ webhooks { id deliveries(first: 100) { edges { node { ${DELIVERY} } } } } }`

/** Opens a receiver, which answers 204 until it is told otherwise. */
export async function openReceiver(host = 'hooks.example'): Promise<Sink> {
  const received: Received[] = []
  const server = await httpServer(async (request, response) => {
    const { headers, url = '', method = '' } = request
    const each = { headers, url, method, body: await textOf(request) }
    received.push(each)
    const said = typeof sink.answer === 'function' ? sink.answer(each) : sink.answer
    if (said !== 'hangs') response.writeHead(said.status, said.headers).end()
  })
  const sink: Sink = {
    url: `http://${host}:${server.port}/hook?token=url-canary`,
    port: server.port,
    received,
    connections: server.connections,
    answer: { status: 204 },
    close: async () => server[Symbol.asyncDispose](),
  }
  return sink
}

/** Opens the stage, at work unless it is told not to be. */
export async function openWebhookStage(
  options: {
    readonly database?: Database
    readonly clock?: MovedClock
    readonly log?: Log
    readonly isIdle?: boolean
  } = {},
): Promise<WebhookStage> {
  const { database, log, isIdle = false, clock = movedClock(new Date('2026-12-01T09:00:00Z')) } = options
  const lookup = async (host: string) => (HOSTS.includes(host) || host === 'sneaky.example' ? ['127.0.0.1'] : [])
  const webhooks = { httpPolicy: POLICY, sealingKeys: [], lookup }
  const ports = { webhooks, ...(database ? { database } : {}), ...(log ? { log } : {}) }
  const stage = await openStage(clock, ports)
  const input = { jobType: 'ECHO', schedule: '@manually', name: 'nightly' }
  const job = await createJob(stage.jobs.parts, callerNamed('alice'), input)
  if (!isIdle) await stage.jobs.start()

  return {
    ...stage,
    clock,
    job,
    async makeWebhook(url, fields = {}, token = 'alice') {
      const variables = { input: { url, kinds: ['LATE', 'SKIPPED', 'EXPIRED', 'FAILING', 'OVERDUE'], ...fields } }
      const { secret, webhook } = await stage.ask<{ secret: string; webhook: { id: string } }>(SET, variables, token)
      return { id: webhook.id, secret }
    },
    async miss(changes = {}) {
      const at = clock.now()
      const missed: Missed = {
        id: clock.newId(),
        workspaceId: job.workspaceId,
        jobId: job.id,
        kind: 'LATE',
        cause: `schedule-${clock.newId()}`,
        ...{ scheduledFor: at, through: at, count: 1, wallTime: null },
        ...{ reason: 'LATE', detail: '', jobVersion: 1, lateByMs: 6_000, executionId: 'e', at },
        ...changes,
      }
      await stage.database.unit([], (unit) => recordMissed(unit, [missed]))
      return missed
    },
    async pass(durationMs = 0) {
      // The wall clock alone: nobody has to sleep through days second by second.
      clock.setWall(new Date(clock.now().getTime() + durationMs))
      await clock.advance(1_000)
      await expect.poll(() => leased(stage.database), { interval: 5, timeout: 10_000 }).toBe(0)
      await clock.settle()
    },
    async deliveries(webhookId, token) {
      const webhooksShown = await stage.ask<
        readonly { id: string; deliveries: { edges: readonly { node: ShownDelivery }[] } }[]
      >(LIST, {}, token)
      return webhooksShown.find(({ id }) => id === webhookId)?.deliveries.edges.map(({ node }) => node) ?? []
    },
  }
}

async function leased({ reader }: Database): Promise<number> {
  const row = await reader.get<{ total: number }>(
    'select count(*) as total from webhook_deliveries where is_leased = 1 and next_attempt_at is not null',
  )
  return Number(row?.total ?? 0)
}

/** Whether a receiver that knows a secret takes what it was sent: as the documentation tells it to. */
export function isSignedBy(secret: string, { headers, body }: Received): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const wanted = createHmac('sha256', key).update(signed).digest('base64')
  return String(headers['webhook-signature']).split(' ').includes(`v1,${wanted}`)
}
