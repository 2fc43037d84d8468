import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Value } from '#platform/database'
import { openReceiver, openWebhookStage, type Sink, type WebhookStage } from '../webhooks.fixture.ts'
import { OPEN_MAX } from './fan-out.ts'
import { KEPT_MAX, KEPT_MS, pruneOld, pruneWebhook } from './prune-deliveries.ts'

let stage: WebhookStage
let sink: Sink

beforeEach(async () => {
  stage = await openWebhookStage()
  sink = await openReceiver()
})

afterEach(async () => {
  await sink.close()
  await stage.close()
})

const DAY_MS = 24 * 3_600_000
const COLUMNS = [
  ...['id', 'webhook_id', 'workspace_id', 'missed_id', 'type', 'host', 'body', 'state', 'tries', 'epoch', 'is_leased'],
  ...['next_attempt_at', 'created_at', 'finished_at'],
]

interface ShownPage {
  readonly deliveries: {
    readonly edges: readonly { readonly node: { readonly id: string } }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string }
  }
}

/** Writes deliveries of before: open ones that are due at `nextAttemptAt`, or such that have ended. */
async function plant(webhookId: string, howMany: number, nextAttemptAt: number | null): Promise<void> {
  const nowMs = stage.clock.now().getTime()
  const ended = nextAttemptAt === null
  const rows = Array.from({ length: howMany }, (): Value[] => [
    ...[stage.clock.newId(), webhookId, 'workspace-alice', stage.clock.newId(), 'job.late', 'h', '{}'],
    ...[ended ? 'FAILED' : 'PENDING', 0, 0, 0, nextAttemptAt, nowMs, ended ? nowMs : null],
  ])
  await stage.database.unit([], (unit) => unit.insertMany('webhook_deliveries', COLUMNS, rows))
}

async function count(where: string): Promise<number> {
  const row = await stage.database.reader.get<{ n: number }>(`select count(*) as n from ${where}`)
  return Number(row?.n ?? 0)
}

test('what is missed beyond what may be open fails at once, where it is seen, and can be asked for again', async () => {
  const { id } = await stage.makeWebhook(sink.url)
  await plant(id, OPEN_MAX - 1, stage.clock.now().getTime() + DAY_MS)
  await stage.miss()
  await stage.miss()
  await stage.pass()
  const [second, first] = await stage.deliveries(id)
  expect(first).toMatchObject({ state: 'DELIVERED' })
  expect(second).toMatchObject({ state: 'FAILED', attempts: [{ errorCode: 'BACKLOG_FULL' }] })
  await stage.ask('mutation ($id: ID!) { redeliverWebhook(deliveryId: $id) { id } }', { id: second?.id })
  await stage.pass()
  expect((await stage.deliveries(id))[0]).toMatchObject({ id: second?.id, state: 'DELIVERED' })
})

test('the log of a webhook is bounded by age and by number, and what is open is never dropped', async () => {
  const { database, clock } = stage
  const { id } = await stage.makeWebhook(sink.url)
  await plant(id, KEPT_MAX + 300, null)
  await plant(id, 1, clock.now().getTime() + 30 * DAY_MS)
  while ((await pruneWebhook(database, id)) > 0);
  expect(await count('webhook_deliveries')).toBe(KEPT_MAX)
  expect(await stage.deliveries(id)).toHaveLength(100)
  clock.setWall(new Date(clock.now().getTime() + KEPT_MS - 1_000))
  expect(await pruneOld(database)).toBe(0)
  clock.setWall(new Date(clock.now().getTime() + 1_000))
  while ((await pruneOld(database)) > 0);
  expect(await count('webhook_deliveries')).toBe(1)
})

test('what ended long ago goes by itself, with its attempts', async () => {
  const { id } = await stage.makeWebhook(sink.url)
  await stage.miss()
  await stage.pass()
  expect([await count('webhook_deliveries'), await count('webhook_attempts')]).toEqual([1, 1])
  const { database, clock } = stage
  clock.setWall(new Date(clock.now().getTime() + KEPT_MS + DAY_MS))
  const next = await openWebhookStage({ database, clock })
  await next.pass()
  expect(await stage.deliveries(id)).toEqual([])
  expect([await count('webhook_deliveries'), await count('webhook_attempts')]).toEqual([0, 0])
  await next.close()
})

test('of a webhook that was deleted nothing is told, and its deliveries go', async () => {
  const { id } = await stage.makeWebhook(sink.url)
  sink.answer = { status: 500 }
  await stage.miss()
  await stage.pass()
  await stage.ask('mutation ($id: ID!) { deleteWebhook(id: $id) }', { id })
  await stage.miss()
  await stage.pass(DAY_MS)
  expect(sink.received).toHaveLength(1)
  for (const table of ['webhook_deliveries', 'webhook_attempts', 'webhook_secrets', 'webhook_health', 'webhooks']) {
    expect([table, await count(table)]).toEqual([table, 0])
  }
})

test('a page of deliveries goes on where the last one ended', async () => {
  const { id } = await stage.makeWebhook(sink.url)
  for (let made = 0; made < 5; made++) await stage.miss()
  await stage.pass()
  const query = `query ($after: String) { webhooks { deliveries(first: 2, after: $after) {
    edges { node { id } } pageInfo { hasNextPage endCursor } } } }`
  const seen: string[] = []
  let after: string | null = null
  for (let page = 0; page < 3; page++) {
    const [shown]: readonly ShownPage[] = await stage.ask(query, { after })
    seen.push(...(shown?.deliveries.edges.map(({ node }) => node.id) ?? []))
    after = shown?.deliveries.pageInfo.endCursor ?? null
    expect(shown?.deliveries.pageInfo.hasNextPage).toBe(page < 2)
  }
  expect(seen).toEqual((await stage.deliveries(id)).map((delivery) => delivery.id))
})
