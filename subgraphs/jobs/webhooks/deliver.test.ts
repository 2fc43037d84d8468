import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { armFailPoint, disarmFailPoint } from '#platform/fail-points'
import { isSignedBy, openReceiver, openWebhookStage, type Sink, type WebhookStage } from '../webhooks.fixture.ts'

let stage: WebhookStage
let sink: Sink

beforeEach(async () => {
  stage = await openWebhookStage()
  sink = await openReceiver()
})

afterEach(async () => {
  disarmFailPoint()
  await sink.close()
  await stage.close()
})

const HOUR_MS = 3_600_000
const codes = (
  delivery: { attempts: readonly { statusCode: number | null; errorCode: string | null }[] } | undefined,
) => delivery?.attempts.map(({ statusCode, errorCode }) => statusCode ?? errorCode)

/** Goes on to the next attempt at the newest delivery. */
async function nextAttempt(webhookId: string): Promise<void> {
  const [delivery] = await stage.deliveries(webhookId)
  const waitMs = Date.parse(delivery?.nextAttemptAt ?? '') - stage.clock.now().getTime()
  await stage.pass(Math.max(0, waitMs))
}

describe('what was missed', () => {
  test('is posted once, signed so that the receiver can tell, and says all of it', async () => {
    const { id, secret } = await stage.makeWebhook(sink.url)
    const missed = await stage.miss({ detail: 'ran late', executionId: 'execution-1' })
    await stage.pass()
    await stage.pass()
    expect(sink.received).toHaveLength(1)
    const [received] = sink.received
    const [delivery] = await stage.deliveries(id)
    expect(received).toMatchObject({ method: 'POST', url: '/hook?token=url-canary' })
    expect(received?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': delivery?.id })
    expect(Number(received?.headers['webhook-timestamp']) * 1_000 - missed.at.getTime()).toBeLessThan(5_000)
    expect(received && isSignedBy(secret, received)).toBe(true)
    expect(received && isSignedBy(`whsec_${Buffer.alloc(32).toString('base64')}`, received)).toBe(false)
    expect(JSON.parse(received?.body ?? '')).toEqual({
      type: 'job.late',
      timestamp: missed.at.toISOString(),
      data: {
        workspaceId: 'workspace-alice',
        job: { id: stage.job.id, name: 'nightly' },
        cause: missed.cause,
        scheduledFor: missed.scheduledFor.toISOString(),
        through: missed.through.toISOString(),
        count: 1,
        wallTime: null,
        outcome: 'FIRED',
        reason: 'LATE',
        detail: 'ran late',
        lateByMs: 6_000,
        executionId: 'execution-1',
      },
    })
    expect(delivery).toMatchObject({ type: 'job.late', state: 'DELIVERED', nextAttemptAt: null })
    expect(delivery?.body).toEqual(JSON.parse(received?.body ?? ''))
    expect(codes(delivery)).toEqual([204])
  })

  test('goes to each webhook that wants its kind, of its workspace, that is enabled and was there', async () => {
    await stage.miss()
    await stage.pass()
    const late = await stage.makeWebhook(sink.url, { kinds: ['LATE'] })
    const skipped = await stage.makeWebhook(sink.url, { kinds: ['SKIPPED', 'EXPIRED'] })
    const disabled = await stage.makeWebhook(sink.url, { isEnabled: false })
    const bobs = await stage.makeWebhook(sink.url, {}, 'bob')
    await stage.miss({ kind: 'LATE' })
    await stage.miss({ kind: 'SKIPPED', reason: 'DST_GAP' })
    await stage.miss({ kind: 'OVERDUE' })
    await stage.pass()
    expect((await stage.deliveries(late.id)).map(({ type }) => type)).toEqual(['job.late'])
    const [gap] = await stage.deliveries(skipped.id)
    expect(gap?.body).toMatchObject({ type: 'job.skipped', data: { outcome: 'SKIPPED_DST' } })
    expect(await stage.deliveries(disabled.id)).toEqual([])
    expect(await stage.deliveries(bobs.id, 'bob')).toEqual([])
    expect(sink.received).toHaveLength(2)
  })

  test('is shared out once, also by two processes that look at the same time', async () => {
    const other = await openWebhookStage({ database: stage.database, clock: stage.clock })
    const { id } = await stage.makeWebhook(sink.url)
    for (let count = 0; count < 30; count++) await stage.miss()
    for (let round = 0; round < 10; round++) await stage.pass()
    expect(new Set(sink.received.map(({ headers }) => headers['webhook-id'])).size).toBe(30)
    expect(sink.received).toHaveLength(30)
    expect(
      (await stage.deliveries(id)).every(({ state, attempts }) => state === 'DELIVERED' && attempts.length === 1),
    ).toBe(true)
    await other.close()
  })
})

test('a job that no scheduler says anything about is told by itself', async () => {
  const { id } = await stage.makeWebhook(sink.url, { kinds: ['OVERDUE'] })
  const create = 'mutation { createJob(input: { jobType: "ECHO", schedule: "@hourly", name: "forgotten" }) { id } }'
  const { id: jobId } = await stage.ask<{ id: string }>(create)
  await stage.pass(HOUR_MS + 60_000)
  for (let rounds = 0; rounds < 10 && sink.received.length === 0; rounds++) await stage.pass()
  expect(await stage.deliveries(id)).toMatchObject([{ type: 'job.overdue', state: 'DELIVERED' }])
  expect(JSON.parse(sink.received[0]?.body ?? '')).toMatchObject({
    type: 'job.overdue',
    data: { job: { id: jobId, name: 'forgotten' }, scheduledFor: '2026-12-01T10:00:00.000Z', outcome: 'PENDING' },
  })
})

describe('a delivery that is not taken', () => {
  test('is tried again with the same id and body, later and later, until it is', async () => {
    const { id, secret } = await stage.makeWebhook(sink.url)
    await stage.miss()
    sink.answer = { status: 503 }
    await stage.pass()
    for (let attempt = 2; attempt <= 5; attempt++) await nextAttempt(id)
    sink.answer = { status: 200 }
    await nextAttempt(id)
    const [delivery] = await stage.deliveries(id)
    expect(codes(delivery)).toEqual([503, 503, 503, 503, 503, 200])
    expect(delivery).toMatchObject({ state: 'DELIVERED', nextAttemptAt: null })
    expect(new Set(sink.received.map(({ headers, body }) => `${headers['webhook-id']} ${body}`)).size).toBe(1)
    expect(sink.received.every((received) => isSignedBy(secret, received))).toBe(true)
    expect(new Set(sink.received.map(({ headers }) => headers['webhook-timestamp'])).size).toBeGreaterThan(1)
  })

  test('fails after twelve attempts within a day, and goes on when it is asked for again', async () => {
    const { id } = await stage.makeWebhook(sink.url)
    await stage.miss()
    sink.answer = { status: 400 }
    const startedMs = stage.clock.now().getTime()
    await stage.pass()
    for (let attempt = 2; attempt <= 12; attempt++) await nextAttempt(id)
    const [delivery] = await stage.deliveries(id)
    expect(delivery).toMatchObject({ state: 'FAILED', nextAttemptAt: null })
    expect(codes(delivery)).toEqual(Array(12).fill(400))
    expect(stage.clock.now().getTime() - startedMs).toBeLessThan(24 * HOUR_MS)
    await stage.pass(48 * HOUR_MS)
    expect(sink.received).toHaveLength(12)

    sink.answer = { status: 202 }
    await stage.ask('mutation ($id: ID!) { redeliverWebhook(deliveryId: $id) { state } }', { id: delivery?.id })
    await stage.pass()
    expect(await stage.deliveries(id)).toMatchObject([{ id: delivery?.id, state: 'DELIVERED' }])
    expect(new Set(sink.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })

  test('waits as long as the receiver asks, within bounds', async () => {
    const { id } = await stage.makeWebhook(sink.url)
    await stage.miss()
    for (const [retryAfter, waitMs] of [
      ['3600', HOUR_MS],
      [new Date(stage.clock.now().getTime() + 2 * HOUR_MS).toUTCString(), HOUR_MS],
      ['999999', 6 * HOUR_MS],
    ] as const) {
      sink.answer = { status: 429, headers: { 'retry-after': retryAfter } }
      if (sink.received.length === 0) await stage.pass()
      else await nextAttempt(id)
      const [delivery] = await stage.deliveries(id)
      const toWaitMs = Date.parse(delivery?.nextAttemptAt ?? '') - stage.clock.now().getTime()
      expect(Math.abs(toWaitMs - waitMs)).toBeLessThan(10_000)
    }
  })

  test('to a receiver that says nothing is cut off after 10 s', async () => {
    const { id } = await stage.makeWebhook(sink.url)
    await stage.miss()
    sink.answer = 'hangs'
    await stage.clock.advance(1_000)
    await expect.poll(() => sink.received.length).toBe(1)
    await stage.clock.advance(9_000)
    expect(codes((await stage.deliveries(id))[0])).toEqual([])
    await stage.clock.advance(1_000)
    await stage.pass()
    expect(codes((await stage.deliveries(id))[0])).toEqual(['HTTP_TIMED_OUT'])
  })

  test('to nobody is tried again', async () => {
    const { id } = await stage.makeWebhook(sink.url)
    await sink.close()
    await stage.miss()
    await stage.pass()
    expect(await stage.deliveries(id)).toMatchObject([
      { state: 'PENDING', attempts: [{ errorCode: 'HTTP_CONNECTION_FAILED', statusCode: null }] },
    ])
  })
})

describe('a process that dies between the claim and its result', () => {
  test('leaves the delivery to whoever comes when its lease has ended, under the same id', async () => {
    const { id } = await stage.makeWebhook(sink.url)
    await stage.miss()
    armFailPoint('jobs.before-webhook-result', 1, () => {
      throw new Error('killed')
    })
    await stage.clock.advance(1_000)
    await expect.poll(() => sink.received.length).toBe(1)
    await stage.clock.advance(20_000)
    expect(sink.received).toHaveLength(1)
    expect(await stage.deliveries(id)).toMatchObject([{ state: 'PENDING', attempts: [] }])
    await stage.pass(30_000)
    expect(await stage.deliveries(id)).toMatchObject([
      { state: 'DELIVERED', attempts: [{ errorCode: 'INTERRUPTED' }, { statusCode: 204 }] },
    ])
    expect(new Set(sink.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(sink.received).toHaveLength(2)
  })

  test('does not go round for ever', async () => {
    const { id } = await stage.makeWebhook(sink.url)
    await stage.miss()
    await stage.pass()
    const again = "update webhook_deliveries set state = 'PENDING', is_leased = 1, tries = 12, next_attempt_at = 1"
    await stage.database.unit([], (unit) => unit.run(again))
    await stage.pass()
    expect(sink.received).toHaveLength(1)
    expect(await stage.deliveries(id)).toMatchObject([{ state: 'FAILED', nextAttemptAt: null }])
  })

  test('that is stopped instead gives back what it has not ended', async () => {
    const { id } = await stage.makeWebhook(sink.url)
    await stage.miss()
    sink.answer = 'hangs'
    await stage.clock.advance(1_000)
    await expect.poll(() => sink.received.length).toBe(1)
    const stopped = stage.jobs.stop()
    await stage.clock.advance(3_000)
    await stopped
    const [delivery] = await stage.deliveries(id)
    expect(delivery).toMatchObject({ state: 'PENDING', attempts: [] })
    expect(Date.parse(delivery?.nextAttemptAt ?? '')).toBeLessThanOrEqual(stage.clock.now().getTime())
  })
})
